/* Tokens, names and types. */

#include "analytics/parser.h"

#include "base/text.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- tokens ---- */

void *sql_parser_fail(struct sql_parser *parser, const struct sql_span *span, const char *format, ...)
{
    va_list list;

    if (parser->has_failed)
        return NULL;
    parser->has_failed = true;
    parser->error->span = *span;
    va_start(list, format);
    vsnprintf(parser->error->text, sizeof parser->error->text, format, list);
    va_end(list);
    return NULL;
}

void *sql_parser_unexpected(struct sql_parser *parser, const char *expected)
{
    const struct sql_token *token = &parser->lexer.token;

    if (token->kind == TOKEN_BAD)
        return sql_parser_fail(parser, &token->span, "%s", token->text);
    if (token->kind == TOKEN_END)
        return sql_parser_fail(parser, &token->span, "The code ends where %s is expected", expected);
    return sql_parser_fail(parser, &token->span, "Encountered \"%.64s\" where %s is expected", token->text, expected);
}

bool sql_parser_is(const struct sql_parser *parser, const char *word_or_symbol)
{
    const struct sql_token *token = &parser->lexer.token;

    return (token->kind == TOKEN_WORD || token->kind == TOKEN_SYMBOL) && !strcmp(token->text, word_or_symbol);
}

bool sql_parser_take(struct sql_parser *parser, const char *word_or_symbol)
{
    if (parser->has_failed || !sql_parser_is(parser, word_or_symbol))
        return false;
    sql_lexer_next(&parser->lexer);
    return true;
}

const char *sql_parser_take_any(struct sql_parser *parser, const char *const *words_or_symbols)
{
    for (; *words_or_symbols; words_or_symbols++)
        if (sql_parser_take(parser, *words_or_symbols))
            return *words_or_symbols;
    return NULL;
}

bool sql_parser_expect(struct sql_parser *parser, const char *word_or_symbol)
{
    if (sql_parser_take(parser, word_or_symbol))
        return true;
    sql_parser_unexpected(parser, word_or_symbol);
    return false;
}

/* Words that end an expression or a source, so they can be no alias; a column called so must be quoted. */
static bool is_reserved(const char *word)
{
    static const char *const words[] = { "ALL",    "AND",      "AS",     "BETWEEN", "BY",     "CASE",   "CAST",   "CREATE",    "CROSS",
                                         "CURSOR", "DISTINCT", "ELSE",   "END",     "ESCAPE", "EXCEPT", "EXISTS", "FALSE",     "FETCH",
                                         "FOR",    "FROM",     "FULL",   "GROUP",   "HAVING", "IN",     "INNER",  "INSERT",    "INTERSECT",
                                         "INTO",   "IS",       "JOIN",   "LEFT",    "LIKE",   "LIMIT",  "MINUS",  "NATURAL",   "NOT",
                                         "NULL",   "OFFSET",   "ON",     "OR",      "ORDER",  "OUTER",  "OVER",   "PARTITION", "RANGE",
                                         "RIGHT",  "ROWS",     "SELECT", "SIMILAR", "STREAM", "TABLE",  "THEN",   "TO",        "TRUE",
                                         "UNION",  "UNKNOWN",  "USING",  "VALUES",  "WHEN",   "WHERE",  "WINDOW", "WINDOWED",  "WITH" };

    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (!strcmp(words[i], word))
            return true;
    return false;
}

bool sql_parser_is_name(const struct sql_parser *parser)
{
    const struct sql_token *token = &parser->lexer.token;

    return token->kind == TOKEN_QUOTED || (token->kind == TOKEN_WORD && !is_reserved(token->text));
}

bool sql_parser_name(struct sql_parser *parser, struct sql_name *name)
{
    if (parser->has_failed || !sql_parser_is_name(parser)) {
        sql_parser_unexpected(parser, "an identifier");
        return false;
    }
    *name = (struct sql_name){ parser->lexer.token.text, parser->lexer.token.span };
    sql_lexer_next(&parser->lexer);
    return true;
}

void *sql_parser_grow(struct sql_parser *parser, void *items, size_t count, size_t size)
{
    void *grown;

    if (count & (count - 1))
        return items;
    grown = arena_take(parser->arena, (count ? count * 2 : 1) * size);
    if (count)
        memcpy(grown, items, count * size);
    return grown;
}

/* ---- types ---- */

static int bounded_number(struct sql_parser *parser, int most)
{
    int64_t number = 0;

    if (parser->lexer.token.kind != TOKEN_NUMBER || !text_to_int64(parser->lexer.token.text, &number) || number < 0 || number > most)
        sql_parser_unexpected(parser, "a length");
    sql_lexer_next(&parser->lexer);
    return (int)number;
}

static bool parameters(struct sql_parser *parser, struct sql_type *type)
{
    if (!sql_parser_take(parser, "("))
        return true;
    type->length = bounded_number(parser, type->kind == SQL_DECIMAL ? 38 : 65535);
    if (type->kind == SQL_DECIMAL && sql_parser_take(parser, ","))
        type->scale = bounded_number(parser, type->length);
    if (type->kind >= SQL_DATE || type->kind < SQL_DECIMAL || type->kind == SQL_REAL || type->kind == SQL_DOUBLE)
        type->length = 0; /* TIMESTAMP(3), FLOAT(53): a precision that we always have */
    return sql_parser_expect(parser, ")");
}

bool sql_parser_type(struct sql_parser *parser, struct sql_type *type)
{
    static const struct {
        const char *word;
        enum sql_kind kind;
    } names[] = {
        { "BOOLEAN", SQL_BOOLEAN },     { "TINYINT", SQL_TINYINT }, { "SMALLINT", SQL_SMALLINT }, { "INT", SQL_INTEGER },
        { "INTEGER", SQL_INTEGER },     { "BIGINT", SQL_BIGINT },   { "DECIMAL", SQL_DECIMAL },   { "DEC", SQL_DECIMAL },
        { "NUMERIC", SQL_DECIMAL },     { "REAL", SQL_REAL },       { "FLOAT", SQL_DOUBLE },      { "DOUBLE", SQL_DOUBLE },
        { "CHAR", SQL_CHAR },           { "CHARACTER", SQL_CHAR },  { "VARCHAR", SQL_VARCHAR },   { "BINARY", SQL_BINARY },
        { "VARBINARY", SQL_VARBINARY }, { "DATE", SQL_DATE },       { "TIME", SQL_TIME },         { "TIMESTAMP", SQL_TIMESTAMP }
    };

    *type = (struct sql_type){ 0 };
    if (parser->has_failed)
        return false;
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (sql_parser_take(parser, names[i].word)) {
            type->kind = names[i].kind;
            if (type->kind == SQL_DOUBLE)
                sql_parser_take(parser, "PRECISION");
            if ((type->kind == SQL_CHAR || type->kind == SQL_BINARY) && sql_parser_take(parser, "VARYING"))
                type->kind++;
            return parameters(parser, type);
        }
    sql_parser_unexpected(parser, "a data type");
    return false;
}

bool sql_parse_type(const char *text, struct sql_type *type)
{
    struct arena arena = { 0 };
    struct sql_error error;
    struct sql_parser parser = { .arena = &arena, .error = &error };
    bool is_one;

    sql_lexer_open(&parser.lexer, text, strlen(text), &arena);
    is_one = sql_parser_type(&parser, type) && !parser.has_failed && parser.lexer.token.kind == TOKEN_END;
    arena_clear(&arena);
    return is_one;
}
