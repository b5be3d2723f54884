#pragma once
/* The words of an expression, one after the other, with one word of foresight and one of memory: AWS shows both around a syntax error. */

#include "dynamodb/value.h"

enum token_kind {
    TOKEN_END,
    TOKEN_WORD,        /* a letter, then letters, digits and '_' */
    TOKEN_NAME_ALIAS,  /* #name */
    TOKEN_VALUE_ALIAS, /* :value */
    TOKEN_DIGITS,
    TOKEN_OPEN,  /* ( */
    TOKEN_CLOSE, /* ) */
    TOKEN_OPEN_BRACKET,
    TOKEN_CLOSE_BRACKET,
    TOKEN_COMMA,
    TOKEN_DOT,
    TOKEN_EQ,
    TOKEN_NE,
    TOKEN_LT,
    TOKEN_LE,
    TOKEN_GT,
    TOKEN_GE,
    TOKEN_PLUS,
    TOKEN_MINUS,
    TOKEN_UNKNOWN /* a character that no expression has */
};

struct token {
    enum token_kind kind;
    struct bytes text;
};

struct lexer {
    struct bytes source;
    struct token previous; /* its text has no bytes at the beginning */
    struct token current;
    struct token next;
};

/* Stands on the first word of source, which must live as long as the lexer. */
void lexer_open(struct lexer *lexer, struct bytes source);

/* Steps to the next word; stays on the end. */
void lexer_step(struct lexer *lexer);

/* Whether token is the keyword, in any case of letters. */
bool token_is(const struct token *token, const char *keyword);

/* The text around the current word, from the previous to the next one. */
struct bytes lexer_near(const struct lexer *lexer);
