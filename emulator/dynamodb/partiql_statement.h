#pragma once
/* What a PartiQL statement says, as a tree: one statement of SELECT, INSERT, UPDATE, DELETE or EXISTS, whose conditions and values are
 * terms. The tree knows nothing of tables or parameters; partiql.h makes of it what the operations run. */

#include "dynamodb/expression.h"
#include "dynamodb/partiql_lexer.h"

enum term_kind {
    TERM_STRING, /* text */
    TERM_NUMBER, /* text, with its sign */
    TERM_TRUE,
    TERM_FALSE,
    TERM_NULL,
    TERM_MISSING,
    TERM_PARAMETER, /* index */
    TERM_PATH,      /* path */
    TERM_CALL,      /* text: the function's name in lower case; terms: its arguments */
    TERM_STAR,      /* as COUNT(*) has it */
    TERM_LIST,      /* terms */
    TERM_MAP,       /* terms: key, value, key, value */
    TERM_BAG,       /* terms */
    TERM_NOT,       /* terms: one */
    TERM_AND,       /* terms: two, and so the following */
    TERM_OR,
    TERM_EQ,
    TERM_NE,
    TERM_LT,
    TERM_LE,
    TERM_GT,
    TERM_GE,
    TERM_BETWEEN,  /* terms: three */
    TERM_IN,       /* terms: the value, and the list of candidates */
    TERM_IS,       /* terms: one; text: the name of the type */
    TERM_PLUS,     /* terms: two; one: a sign before what is no number */
    TERM_MINUS,    /* the same */
    TERM_OPERATOR, /* text: an operator that DynamoDB does not serve; terms: two */
};

struct term {
    enum term_kind kind;
    struct partiql_place place; /* of its first word */
    struct bytes text;
    struct path path;
    struct bytes column; /* PATH: how a projection names it: its last name with the indexes behind it */
    size_t index;
    struct term **terms;
    size_t count;
};

enum statement_kind { STATEMENT_SELECT, STATEMENT_INSERT, STATEMENT_UPDATE, STATEMENT_DELETE, STATEMENT_EXISTS, STATEMENT_TERM };

enum returning { RETURNING_NOTHING, RETURNING_ALL_OLD, RETURNING_MODIFIED_OLD, RETURNING_ALL_NEW, RETURNING_MODIFIED_NEW };

/* SET path = value, or REMOVE path (no value). */
struct partiql_change {
    struct term *path;
    struct term *value;
    struct partiql_change *next;
};

/* A column of a SELECT, or a key of its ORDER BY. */
struct partiql_column {
    struct term *term;
    bool is_descending;
    struct partiql_column *next;
};

/* "table"."index": more parts than two are no source. */
enum { SOURCE_PARTS = 2 };

struct partiql_source {
    struct bytes parts[SOURCE_PARTS];
    size_t count;
};

struct partiql_statement {
    enum statement_kind kind;
    struct partiql_source source;
    bool selects_all;
    struct partiql_column *columns; /* of distinct names */
    size_t column_count;
    struct term *where; /* or NULL */
    struct partiql_column *order;
    struct term *item; /* INSERT: the value. TERM: the term that is no statement */
    struct partiql_change *changes;
    enum returning returning;
    size_t parameter_count; /* how many ? there are */
    const char *refusal;    /* what is right PartiQL but refused by DynamoDB whatever the table is; NULL: nothing */
};

/* Reads one statement; the tree lives in fault->arena and points into text. False, with a fault, when it is not well formed. */
bool partiql_parse(struct partiql_statement *statement, struct bytes text, struct fault *fault);
