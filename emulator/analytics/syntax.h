#pragma once
/* Application code as a tree: streams, pumps, their selects, expressions. It lives in the parser's arena; spans lead back to the text. */

#include "analytics/lexer.h"
#include "analytics/moment.h"
#include "analytics/type.h"

enum { SQL_COLUMNS_MAX = 1000 /* of one stream, as of AWS's input schemas */ };

/* ---- expressions ---- */

enum node_kind {
    NODE_LITERAL,   /* value and type */
    NODE_COLUMN,    /* name, and qualifier or NULL */
    NODE_UNARY,     /* op: "-", "+", "NOT"; part 0 */
    NODE_BINARY,    /* op: "+", "=", "AND", "||", ...; parts 0 and 1 */
    NODE_BETWEEN,   /* part 0 between part 1 and part 2 */
    NODE_IN,        /* part 0 in the other parts */
    NODE_LIKE,      /* op: "LIKE" or "SIMILAR"; part 0 like part 1, escape part 2 when there is one */
    NODE_IS,        /* op: "NULL", "TRUE", "FALSE", "UNKNOWN", or "DISTINCT" from part 1 */
    NODE_CASE,      /* pairs of WHEN and THEN; then ELSE when the count is odd. A simple CASE has its operand in `operand` */
    NODE_CAST,      /* part 0 to type */
    NODE_CALL,      /* function `name` of the parts; `unit` when it takes one */
    NODE_DIFFERENCE /* (part 0 - part 1) unit */
};

struct sql_node {
    enum node_kind kind;
    struct sql_span span;
    int depth;      /* nodes on the longest way down, itself included */
    const char *op; /* static text */
    const char *name;
    const char *qualifier;
    struct sql_node **parts;
    size_t part_count;
    struct sql_node *operand;
    bool is_negated; /* NOT IN, NOT LIKE, NOT BETWEEN, IS NOT */
    enum moment_unit unit;
    struct sql_type type; /* of CAST's target; of every node once it is checked */
    struct value value;
    /* set by the check: */
    int source;                          /* of a COLUMN: index of its source in the select, or a sql_clock_column */
    int column;                          /* ... and of the column in that source's relation, hidden ones behind the declared */
    const struct sql_function *function; /* of a CALL */
};

/* What a COLUMN is that belongs to no relation: the time of the batch. */
enum sql_clock_column { COLUMN_NOW = -1, COLUMN_TODAY = -2, COLUMN_TIME_OF_DAY = -3, COLUMN_UNKNOWN = -4 };

/* ---- selects ---- */

struct sql_name {
    const char *text;
    struct sql_span span;
};

struct sql_item {
    struct sql_node *expression; /* NULL: a star */
    const char *star_of;         /* the star's qualifier, or NULL for all */
    const char *alias;           /* NULL: the column's own name, or EXPR$n */
    struct sql_span span;
};

enum join_kind { JOIN_FIRST, JOIN_INNER, JOIN_LEFT };

struct sql_select;

struct sql_source {
    enum join_kind join;      /* how it is joined to those before it */
    struct sql_name relation; /* text is NULL for a subquery */
    struct sql_select *query; /* a subquery, or NULL */
    const char *alias;        /* NULL: its own name */
    struct sql_node *on;      /* NULL: no condition */
};

struct sql_select {
    struct sql_item *items;
    size_t item_count;
    struct sql_source *sources;
    size_t source_count;
    struct sql_node *where;  /* NULL: all rows */
    struct sql_span span;    /* of the word SELECT */
    struct sql_select *also; /* the next branch of a UNION ALL */
};

/* ---- statements ---- */

struct sql_column {
    const char *name;
    struct sql_type type;
};

struct sql_stream {
    struct sql_name name;
    struct sql_column *columns;
    size_t column_count;
};

struct sql_pump {
    struct sql_name name;
    struct sql_name target;
    struct sql_name *columns; /* of the target, in the order of the select; none: all */
    size_t column_count;
    struct sql_select *select;
};

/* Statements in the order of the code: exactly one of the two is set. */
struct sql_statement {
    struct sql_stream *stream;
    struct sql_pump *pump;
};

struct sql_program {
    struct sql_statement *statements;
    size_t statement_count;
};
