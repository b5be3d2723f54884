#pragma once
/* Application code to a tree, or to the first thing that is wrong with it. What the engine cannot run (windows, GROUP BY, ...) is refused
 * here by its name and place. Nesting is bounded, so neither a parse nor a walk over the tree can run out of stack. */

#include "analytics/syntax.h"

enum {
    SQL_DEPTH_MAX = 200,      /* of nested expressions */
    SQL_STATEMENTS_MAX = 512, /* of one application */
    SQL_COLUMNS_MAX = 1000    /* of one stream, as of AWS's input schemas */
};

/* Parses size bytes of code; the tree lives in arena. NULL when it is refused: then error says why. */
struct sql_program *sql_parse(const char *code, size_t size, struct arena *arena, struct sql_error *error);

/* Parses a type alone, as RecordColumns' SqlType has it: "VARCHAR(16)". False when it is none. */
bool sql_parse_type(const char *text, struct sql_type *type);

/* ---- between parser.c and expression.c ---- */

struct sql_parser {
    struct sql_lexer lexer;
    struct arena *arena;
    struct sql_error *error;
    int depth;       /* of expressions */
    int query_depth; /* of subqueries */
    bool has_failed;
};

/* Notes the error (the first wins) and answers NULL, so that a parsing function can end with it. */
void *sql_parser_fail(struct sql_parser *parser, const struct sql_span *span, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/* Fails at the current token: `Encountered "x"`, and what was expected. */
void *sql_parser_unexpected(struct sql_parser *parser, const char *expected);

bool sql_parser_is(const struct sql_parser *parser, const char *word_or_symbol); /* the current token, when not quoted */
bool sql_parser_take(struct sql_parser *parser, const char *word_or_symbol);     /* moves on when it is the current token */
bool sql_parser_expect(struct sql_parser *parser, const char *word_or_symbol);   /* takes it or fails */

/* An identifier, quoted or a word that is not reserved. */
bool sql_parser_is_name(const struct sql_parser *parser);
bool sql_parser_name(struct sql_parser *parser, struct sql_name *name);

bool sql_parser_type(struct sql_parser *parser, struct sql_type *type);
struct sql_node *sql_parser_expression(struct sql_parser *parser);

/* Adds an element of size bytes to a growing array in the arena; items is doubled when count is a power of two. */
void *sql_parser_grow(struct sql_parser *parser, void *items, size_t count, size_t size);
