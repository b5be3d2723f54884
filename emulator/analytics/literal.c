/* Numbers, words, moments and intervals. */

#include "analytics/literal.h"

#include "analytics/node.h"
#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct sql_node *literal(struct sql_parser *parser, enum sql_kind kind, struct value value)
{
    struct sql_node *node = sql_node_new(parser, NODE_LITERAL, parser->lexer.token.span);

    node->type.kind = kind;
    node->value = value;
    sql_lexer_next(&parser->lexer);
    return node;
}

struct sql_node *sql_literal_number(struct sql_parser *parser)
{
    const char *text = parser->lexer.token.text;
    int64_t whole;
    double real;

    if (text_to_int64(text, &whole))
        return literal(parser, whole > INT32_MAX ? SQL_BIGINT : SQL_INTEGER, value_integer(whole));
    real = strtod(text, NULL);
    if (!isfinite(real))
        return sql_parser_fail(parser, &parser->lexer.token.span, "The number %.64s is out of range", text);
    return literal(parser, strpbrk(text, "eE") ? SQL_DOUBLE : SQL_DECIMAL, value_real(real));
}

struct sql_node *sql_literal_text(struct sql_parser *parser)
{
    return literal(parser, SQL_VARCHAR, value_text(parser->lexer.token.text));
}

struct sql_node *sql_literal_word(struct sql_parser *parser)
{
    if (sql_parser_is(parser, "TRUE") || sql_parser_is(parser, "FALSE"))
        return literal(parser, SQL_BOOLEAN, value_integer(sql_parser_is(parser, "TRUE")));
    if (sql_parser_is(parser, "UNKNOWN"))
        return literal(parser, SQL_BOOLEAN, (struct value){ 0 });
    return literal(parser, SQL_ANY, (struct value){ 0 }); /* NULL */
}

struct sql_node *sql_literal_moment(struct sql_parser *parser, struct sql_span begin, enum sql_kind kind)
{
    const char *text = parser->lexer.token.text;
    struct value value;
    struct sql_node *node;
    misfit why = value_from_text(text, strlen(text), &(struct sql_type){ .kind = kind }, parser->arena, &value);

    if (why)
        return sql_parser_fail(parser, &parser->lexer.token.span, "%s: '%.64s'", why, text);
    node = literal(parser, kind, value);
    node->span.begin = begin.begin;
    return node;
}

enum moment_unit sql_literal_unit(struct sql_parser *parser)
{
    enum moment_unit found = parser->lexer.token.kind == TOKEN_WORD ? moment_unit_find(parser->lexer.token.text) : UNIT_NONE;

    if (found == UNIT_NONE)
        sql_parser_unexpected(parser, "YEAR, MONTH, DAY, HOUR, MINUTE or SECOND");
    sql_lexer_next(&parser->lexer);
    if (sql_parser_take(parser, "(")) { /* a precision says how many digits may be written, and bounds nothing here */
        sql_lexer_next(&parser->lexer);
        if (sql_parser_take(parser, ","))
            sql_lexer_next(&parser->lexer);
        sql_parser_expect(parser, ")");
    }
    return found;
}

/* Fields from the unit `first` down to `last`, parted by '-', ' ', ':'; the sum goes to count in milliseconds or months. */
static bool interval_fields(const char *text, enum moment_unit first, enum moment_unit last, int64_t *count)
{
    bool is_negative = *text == '-';

    *count = 0;
    text += *text == '-' || *text == '+';
    for (enum moment_unit at = first; at <= last; at++) {
        char *end;
        long long field;

        if (*text < '0' || *text > '9')
            return false;
        field = strtoll(text, &end, 10);
        if (field > 1000000000)
            return false;
        *count += at <= UNIT_MONTH ? field * (at == UNIT_YEAR ? 12 : 1) : field * moment_unit_ms(at);
        if (at == UNIT_SECOND && *end == '.')
            for (int weight = 100; *++end >= '0' && *end <= '9'; weight /= 10)
                *count += (*end - '0') * weight;
        if (at < last && !strchr("- :", *end))
            return false;
        text = end + (at < last && *end);
    }
    if (is_negative)
        *count = -*count;
    return !*text;
}

struct sql_node *sql_literal_interval(struct sql_parser *parser, struct sql_span begin)
{
    struct sql_token text = parser->lexer.token;
    struct sql_node *node = sql_node_new(parser, NODE_LITERAL, begin);
    enum moment_unit first, last;
    int64_t count = 0;

    sql_lexer_next(&parser->lexer);
    first = sql_literal_unit(parser);
    last = sql_parser_take(parser, "TO") ? sql_literal_unit(parser) : first;
    if (parser->has_failed)
        return NULL;
    if (first > last || (first <= UNIT_MONTH) != (last <= UNIT_MONTH) || !interval_fields(text.text, first, last, &count))
        return sql_parser_fail(parser, &text.span, "'%.64s' is not an interval of its unit", text.text);
    node->type.kind = first <= UNIT_MONTH ? SQL_INTERVAL_MONTHS : SQL_INTERVAL;
    node->type.scale = (int)last;
    node->value = value_integer(count);
    return sql_node_close(parser, node);
}
