#pragma once
/* The words of a PartiQL statement, all at once: AWS reports what no word can be before it looks at how words follow each other.
 *
 * A bare word is a keyword when SQL-92 or PartiQL reserves it, in any case of letters; "quoted" words never are. Texts are decoded: without
 * their quotes, doubled quotes made one. Each word knows its place, for AWS's texts name places as line:column:length, counted in
 * characters from 1. */

#include "dynamodb/value.h"

enum partiql_kind {
    PARTIQL_END, /* of the statement; a semicolon before it belongs to it */
    PARTIQL_NAME,
    PARTIQL_QUOTED, /* "name" */
    PARTIQL_KEYWORD,
    PARTIQL_STRING, /* 'text' */
    PARTIQL_NUMBER,
    PARTIQL_PARAMETER, /* ? */
    PARTIQL_OPERATOR,  /* = <> != < <= > >= + - * / % || : the text says which */
    PARTIQL_MARK       /* ( ) [ ] { } << >> , . : ; */
};

struct partiql_place {
    uint32_t line;
    uint32_t column;
    uint32_t length;
};

struct partiql_word {
    enum partiql_kind kind;
    struct bytes text;
    struct partiql_place place;
};

/* Splits text, which must live as long as the words, into an array in arena that a PARTIQL_END ends. NULL when it holds what no word can
 * be: an unended quote or comment, a strange character. */
struct partiql_word *partiql_scan(struct bytes text, struct arena *arena);

/* Whether the word is the unquoted word or keyword, in any case; or the operator or mark. */
bool partiql_is(const struct partiql_word *word, const char *text);

/* " at 1:8:5" */
const char *partiql_print_place(const struct partiql_place *place, struct arena *arena);
