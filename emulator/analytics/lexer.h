#pragma once
/* Application code as tokens with their places. Unquoted words are folded to upper case, as AWS's dialect does; quoted identifiers keep
 * theirs. The text is read once, front to back, with one token looked ahead. */

#include "base/arena.h"

#include <stdbool.h>
#include <stddef.h>

/* A place in the code, both counted from 1; columns in characters of the text. */
struct sql_place {
    int line;
    int column;
};

/* From the first character to the last one. */
struct sql_span {
    struct sql_place begin;
    struct sql_place end;
};

/* What is wrong with a piece of code, and where. */
struct sql_error {
    struct sql_span span;
    char text[320]; /* "" : nothing */
};

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,   /* text: in upper case */
    TOKEN_QUOTED, /* text: between the quotes, "" undone */
    TOKEN_STRING, /* text: between the quotes, '' undone */
    TOKEN_NUMBER, /* text: as written */
    TOKEN_SYMBOL, /* text: "(", "<=", "||", ... */
    TOKEN_BAD     /* text: what is wrong, as a sentence */
};

struct sql_token {
    enum token_kind kind;
    const char *text; /* in the lexer's arena */
    struct sql_span span;
};

struct sql_lexer {
    struct arena *arena;
    const char *at;
    const char *end;
    struct sql_place place; /* of `at` */
    struct sql_token token; /* the current one */
    struct sql_span before; /* of the token before it */
};

/* Starts reading size bytes of text; the first token is the current one. arena keeps the tokens' texts. */
void sql_lexer_open(struct sql_lexer *lexer, const char *text, size_t size, struct arena *arena);

/* Moves on to the next token. */
void sql_lexer_next(struct sql_lexer *lexer);

/* "From line 2, column 3 to line 2, column 9: text", or "At line ..., column ...: text" for one character. */
const char *sql_error_print(const struct sql_error *error, struct arena *arena);
