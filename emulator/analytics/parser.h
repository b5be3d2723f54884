#pragma once
/* A parse under way: its place in the code, what the parsing functions take from there, and the first failure. Who reads what: statement.c
 * statements and selects, expression.c expressions, and beside it literal.c, call.c and predicate.c their parts. */

#include "analytics/syntax.h"

enum { SQL_DEPTH_MAX = 200 /* of nested expressions */ };

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

/* Moves on when the current token is one of these (NULL behind the last), and answers which; NULL: none. */
const char *sql_parser_take_any(struct sql_parser *parser, const char *const *words_or_symbols);

/* An identifier, quoted or a word that is not reserved. */
bool sql_parser_is_name(const struct sql_parser *parser);
bool sql_parser_name(struct sql_parser *parser, struct sql_name *name);

bool sql_parser_type(struct sql_parser *parser, struct sql_type *type);

/* Adds an element of size bytes to a growing array in the arena; items is doubled when count is a power of two. */
void *sql_parser_grow(struct sql_parser *parser, void *items, size_t count, size_t size);

/* Parses a type alone, as RecordColumns' SqlType has it: "VARCHAR(16)". False when it is none. */
bool sql_parse_type(const char *text, struct sql_type *type);
