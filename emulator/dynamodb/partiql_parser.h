#pragma once
/* Inside the PartiQL parser: what its files (statements, terms, paths) share. */

#include "dynamodb/partiql_statement.h"

enum { PARTIQL_NESTING_MAX = 300 /* of parentheses, collections, calls and signs */ };

struct partiql_parser {
    const struct partiql_word *word; /* the current one */
    struct partiql_statement *statement;
    struct fault *fault;
    struct arena *arena;
    int nesting;
};

/* The statement is not well formed; detail says what AWS says of it. Answers false. */
bool partiql_refuse(struct partiql_parser *parser, const char *detail);

/* Steps over the current word when it is text. */
bool partiql_take(struct partiql_parser *parser, const char *text);

/* Reads a term at the current word; NULL with a fault. */
struct term *partiql_parse_term(struct partiql_parser *parser);

/* A term that begins at word. */
struct term *partiql_new_term(struct partiql_parser *parser, enum term_kind kind, const struct partiql_word *word);

/* No term begins at the current word: NULL, with AWS's words for it. */
struct term *partiql_refuse_word(struct partiql_parser *parser);

/* Reads a path and nothing more: a target of SET or REMOVE. */
struct term *partiql_parse_path(struct partiql_parser *parser);
