/* Reads characters into tokens. */

#include "analytics/lexer.h"

#include "base/text.h"

#include <ctype.h>
#include <string.h>

static char peek(const struct sql_lexer *lexer, size_t ahead)
{
    return (size_t)(lexer->end - lexer->at) > ahead ? lexer->at[ahead] : '\0';
}

static void skip(struct sql_lexer *lexer)
{
    char c = *lexer->at++;

    if (c == '\n') {
        lexer->place.line++;
        lexer->place.column = 1;
    } else if (((unsigned char)c & 0xc0) != 0x80) {
        lexer->place.column++;
    }
}

static void skip_line(struct sql_lexer *lexer)
{
    while (lexer->at < lexer->end && *lexer->at != '\n')
        skip(lexer);
}

/* False when the comment has no end; then the token to come begins with it. */
static bool skip_comment(struct sql_lexer *lexer)
{
    lexer->token.span.begin = lexer->place;
    skip(lexer);
    skip(lexer);
    while (lexer->at < lexer->end) {
        if (peek(lexer, 0) == '*' && peek(lexer, 1) == '/') {
            skip(lexer);
            skip(lexer);
            return true;
        }
        skip(lexer);
    }
    return false;
}

static bool skip_space(struct sql_lexer *lexer)
{
    while (lexer->at < lexer->end) {
        if (isspace((unsigned char)*lexer->at))
            skip(lexer);
        else if (peek(lexer, 0) == '-' && peek(lexer, 1) == '-')
            skip_line(lexer);
        else if (peek(lexer, 0) == '/' && peek(lexer, 1) == '/')
            skip_line(lexer);
        else if (peek(lexer, 0) == '/' && peek(lexer, 1) == '*') {
            if (!skip_comment(lexer))
                return false;
        } else
            break;
    }
    return true;
}

static void finish(struct sql_lexer *lexer, enum token_kind kind, const char *text)
{
    lexer->token.kind = kind;
    lexer->token.text = text;
    lexer->token.span.end = lexer->place;
    if (lexer->place.column > 1)
        lexer->token.span.end.column--;
}

static void read_word(struct sql_lexer *lexer)
{
    const char *begin = lexer->at;
    char *text;

    while (isalnum((unsigned char)peek(lexer, 0)) || peek(lexer, 0) == '_' || peek(lexer, 0) == '$')
        skip(lexer);
    text = arena_copy(lexer->arena, begin, (size_t)(lexer->at - begin));
    for (char *c = text; *c; c++)
        *c = (char)toupper((unsigned char)*c);
    finish(lexer, TOKEN_WORD, text);
}

/* Between two quotes; a doubled one stands for itself. */
static void read_quoted(struct sql_lexer *lexer, char quote, enum token_kind kind)
{
    const char *begin = lexer->at + 1;
    char *text, *to;

    skip(lexer);
    while (lexer->at < lexer->end && (*lexer->at != quote || peek(lexer, 1) == quote)) {
        if (*lexer->at == quote)
            skip(lexer);
        skip(lexer);
    }
    if (lexer->at == lexer->end) {
        finish(lexer, TOKEN_BAD, quote == '\'' ? "A string literal has no end" : "A quoted identifier has no end");
        return;
    }
    text = arena_copy(lexer->arena, begin, (size_t)(lexer->at - begin));
    to = text;
    for (const char *c = text; *c; c++) {
        *to++ = *c;
        if (*c == quote)
            c++;
    }
    *to = '\0';
    skip(lexer);
    finish(lexer, kind == TOKEN_QUOTED && !*text ? TOKEN_BAD : kind, kind == TOKEN_QUOTED && !*text ? "An identifier is empty" : text);
}

static void skip_digits(struct sql_lexer *lexer)
{
    while (isdigit((unsigned char)peek(lexer, 0)))
        skip(lexer);
}

static void read_number(struct sql_lexer *lexer)
{
    const char *begin = lexer->at;

    skip_digits(lexer);
    if (peek(lexer, 0) == '.') {
        skip(lexer);
        skip_digits(lexer);
    }
    if (toupper((unsigned char)peek(lexer, 0)) == 'E') {
        size_t sign = peek(lexer, 1) == '+' || peek(lexer, 1) == '-';

        if (isdigit((unsigned char)peek(lexer, 1 + sign))) {
            for (size_t i = 0; i < 1 + sign; i++)
                skip(lexer);
            skip_digits(lexer);
        }
    }
    finish(lexer, TOKEN_NUMBER, arena_copy(lexer->arena, begin, (size_t)(lexer->at - begin)));
}

static void read_symbol(struct sql_lexer *lexer)
{
    static const char *const pairs[] = { "<=", ">=", "<>", "!=", "||", NULL };
    static const char singles[] = "()+-*/<>=,.;[]?:%";
    size_t length = 0;

    for (size_t i = 0; pairs[i]; i++)
        if (peek(lexer, 0) == pairs[i][0] && peek(lexer, 1) == pairs[i][1])
            length = 2;
    if (!length && peek(lexer, 0) && strchr(singles, peek(lexer, 0)))
        length = 1;
    if (length) {
        const char *text = arena_copy(lexer->arena, lexer->at, length);

        for (size_t i = 0; i < length; i++)
            skip(lexer);
        finish(lexer, TOKEN_SYMBOL, text);
        return;
    }
    do
        skip(lexer);
    while (lexer->at < lexer->end && ((unsigned char)*lexer->at & 0xc0) == 0x80);
    finish(lexer, TOKEN_BAD, "This character has no meaning in SQL");
}

void sql_lexer_next(struct sql_lexer *lexer)
{
    bool is_closed;
    char c;

    if (lexer->token.kind == TOKEN_BAD)
        return; /* nothing sensible follows */
    lexer->before = lexer->token.span;
    is_closed = skip_space(lexer);
    if (is_closed)
        lexer->token.span.begin = lexer->place;
    c = peek(lexer, 0);
    if (!is_closed)
        finish(lexer, TOKEN_BAD, "A comment has no end");
    else if (lexer->at == lexer->end) {
        finish(lexer, TOKEN_END, "");
        lexer->token.span.end = lexer->token.span.begin;
    } else if (isalpha((unsigned char)c) || c == '_')
        read_word(lexer);
    else if (isdigit((unsigned char)c) || (c == '.' && isdigit((unsigned char)peek(lexer, 1))))
        read_number(lexer);
    else if (c == '"')
        read_quoted(lexer, '"', TOKEN_QUOTED);
    else if (c == '\'')
        read_quoted(lexer, '\'', TOKEN_STRING);
    else
        read_symbol(lexer);
}

void sql_lexer_open(struct sql_lexer *lexer, const char *text, size_t size, struct arena *arena)
{
    *lexer = (struct sql_lexer){ .arena = arena, .at = text, .end = text + size, .place = { 1, 1 } };
    lexer->token.span = (struct sql_span){ { 1, 1 }, { 1, 1 } };
    lexer->token.kind = TOKEN_SYMBOL;
    if (!text_is_utf8(text, size) || memchr(text, '\0', size)) {
        lexer->token.kind = TOKEN_BAD;
        lexer->token.text = "The code is not UTF-8 text";
        return;
    }
    sql_lexer_next(lexer);
}

const char *sql_error_print(const struct sql_error *error, struct arena *arena)
{
    const struct sql_span *span = &error->span;

    if (!memcmp(&span->begin, &span->end, sizeof span->begin))
        return arena_print(arena, "At line %d, column %d: %s", span->begin.line, span->begin.column, error->text);
    return arena_print(arena, "From line %d, column %d to line %d, column %d: %s", span->begin.line, span->begin.column, span->end.line,
                       span->end.column, error->text);
}
