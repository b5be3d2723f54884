/* Expressions, by precedence: OR, AND, NOT, comparisons, + - ||, * /, signs, primaries. */

#include "analytics/expression.h"

#include "analytics/call.h"
#include "analytics/literal.h"
#include "analytics/node.h"
#include "analytics/predicate.h"

#include <string.h>

/* ---- primaries ---- */

static struct sql_node *cast(struct sql_parser *parser)
{
    struct sql_node *node = sql_node_new(parser, NODE_CAST, parser->lexer.before);

    sql_parser_expect(parser, "(");
    sql_node_add(parser, node, sql_expression(parser));
    sql_parser_expect(parser, "AS");
    sql_parser_type(parser, &node->type);
    sql_parser_expect(parser, ")");
    return sql_node_close(parser, node);
}

static struct sql_node *case_(struct sql_parser *parser)
{
    struct sql_node *node = sql_node_new(parser, NODE_CASE, parser->lexer.before);

    if (!sql_parser_is(parser, "WHEN")) {
        node->operand = sql_expression(parser);
        if (node->operand)
            node->depth = node->operand->depth + 1;
    }
    if (!sql_parser_is(parser, "WHEN"))
        sql_parser_unexpected(parser, "WHEN");
    while (sql_parser_take(parser, "WHEN")) {
        sql_node_add(parser, node, sql_expression(parser));
        sql_parser_expect(parser, "THEN");
        sql_node_add(parser, node, sql_expression(parser));
    }
    if (sql_parser_take(parser, "ELSE"))
        sql_node_add(parser, node, sql_expression(parser));
    sql_parser_expect(parser, "END");
    return sql_node_close(parser, node);
}

/* A column, a qualified one, or a qualified star (name NULL); a call when a parenthesis follows. */
static struct sql_node *column(struct sql_parser *parser)
{
    bool is_word = parser->lexer.token.kind == TOKEN_WORD;
    struct sql_node *node = sql_node_new(parser, NODE_COLUMN, parser->lexer.token.span);
    struct sql_name name;

    if (!sql_parser_name(parser, &name))
        return NULL;
    if (is_word && sql_parser_take(parser, "("))
        return sql_call(parser, &name);
    node->name = name.text;
    if (sql_parser_take(parser, ".")) {
        node->qualifier = name.text;
        node->name = NULL;
        if (!sql_parser_take(parser, "*") && sql_parser_name(parser, &name))
            node->name = name.text;
    }
    return sql_node_close(parser, node);
}

static struct sql_node *moment_or_column(struct sql_parser *parser)
{
    struct sql_lexer before = parser->lexer;
    struct sql_token word = parser->lexer.token;

    sql_lexer_next(&parser->lexer);
    if (parser->lexer.token.kind == TOKEN_STRING) {
        if (!strcmp(word.text, "INTERVAL"))
            return sql_literal_interval(parser, word.span);
        return sql_literal_moment(parser, word.span,
                                  !strcmp(word.text, "DATE") ? SQL_DATE : (!strcmp(word.text, "TIME") ? SQL_TIME : SQL_TIMESTAMP));
    }
    parser->lexer = before;
    return column(parser);
}

static struct sql_node *parenthesis(struct sql_parser *parser)
{
    struct sql_span begin = parser->lexer.before;
    struct sql_node *inner, *node;

    if (sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A subquery inside an expression is not supported by lowcloud");
    inner = sql_expression(parser);
    sql_parser_expect(parser, ")");
    if (parser->has_failed || inner->kind != NODE_BINARY || strcmp(inner->op, "-") || parser->lexer.token.kind != TOKEN_WORD ||
        moment_unit_find(parser->lexer.token.text) == UNIT_NONE)
        return inner;
    node = sql_node_new(parser, NODE_DIFFERENCE, begin); /* (a - b) SECOND */
    sql_node_add(parser, node, inner->parts[0]);
    sql_node_add(parser, node, inner->parts[1]);
    node->unit = sql_literal_unit(parser);
    return sql_node_close(parser, node);
}

static struct sql_node *primary(struct sql_parser *parser)
{
    const struct sql_token *token = &parser->lexer.token;

    if (parser->has_failed)
        return NULL;
    if (token->kind == TOKEN_NUMBER)
        return sql_literal_number(parser);
    if (token->kind == TOKEN_STRING)
        return sql_literal_text(parser);
    if (token->kind == TOKEN_WORD) {
        if (!strcmp(token->text, "TRUE") || !strcmp(token->text, "FALSE") || !strcmp(token->text, "UNKNOWN") ||
            !strcmp(token->text, "NULL"))
            return sql_literal_word(parser);
        if (!strcmp(token->text, "DATE") || !strcmp(token->text, "TIME") || !strcmp(token->text, "TIMESTAMP") ||
            !strcmp(token->text, "INTERVAL"))
            return moment_or_column(parser);
    }
    if (sql_parser_take(parser, "CASE"))
        return case_(parser);
    if (sql_parser_take(parser, "CAST"))
        return cast(parser);
    if (sql_parser_take(parser, "("))
        return parenthesis(parser);
    if (sql_parser_is(parser, "EXISTS") || sql_parser_is(parser, "CURSOR") || sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &token->span, "%s inside an expression is not supported by lowcloud", token->text);
    if (sql_parser_is_name(parser))
        return column(parser);
    return sql_parser_unexpected(parser, "an expression");
}

/* ---- operators ---- */

static struct sql_node *binary(struct sql_parser *parser, const char *op, struct sql_node *left, struct sql_node *right)
{
    struct sql_node *node;

    if (!left || !right)
        return NULL;
    node = sql_node_new(parser, NODE_BINARY, left->span);
    node->op = op;
    sql_node_add(parser, node, left);
    sql_node_add(parser, node, right);
    return sql_node_close(parser, node);
}

static struct sql_node *sign(struct sql_parser *parser)
{
    static const char *const operators[] = { "-", "+", NULL };
    struct sql_span begin = parser->lexer.token.span;
    const char *op = sql_parser_take_any(parser, operators);
    struct sql_node *node;

    if (!op)
        return primary(parser);
    if (!sql_node_enter(parser))
        return sql_node_leave(parser, NULL);
    node = sql_node_new(parser, NODE_UNARY, begin);
    node->op = op;
    sql_node_add(parser, node, sign(parser));
    return sql_node_leave(parser, sql_node_close(parser, node));
}

/* A run of left-associative operators over what `next` reads. */
static struct sql_node *chain(struct sql_parser *parser, const char *const *operators, struct sql_node *(*next)(struct sql_parser *))
{
    struct sql_node *left = next(parser);
    const char *op;

    while (left && (op = sql_parser_take_any(parser, operators)))
        left = binary(parser, op, left, next(parser));
    return left;
}

static struct sql_node *multiplicative(struct sql_parser *parser)
{
    static const char *const operators[] = { "*", "/", "%", NULL };

    return chain(parser, operators, sign);
}

struct sql_node *sql_expression_sum(struct sql_parser *parser)
{
    static const char *const operators[] = { "+", "-", "||", NULL };

    return chain(parser, operators, multiplicative);
}

static struct sql_node *comparison(struct sql_parser *parser)
{
    static const char *const operators[] = { "=", "<>", "!=", "<=", ">=", "<", ">", NULL };
    struct sql_node *left = sql_expression_sum(parser);

    while (left) {
        const char *op = sql_parser_take_any(parser, operators);
        struct sql_node *further = op ? binary(parser, op, left, sql_expression_sum(parser)) : sql_predicate(parser, left);

        if (!further)
            return parser->has_failed ? NULL : left;
        left = further;
    }
    return NULL;
}

static struct sql_node *negation(struct sql_parser *parser)
{
    struct sql_span begin = parser->lexer.token.span;
    struct sql_node *node;

    if (!sql_parser_take(parser, "NOT"))
        return comparison(parser);
    if (!sql_node_enter(parser))
        return sql_node_leave(parser, NULL);
    node = sql_node_new(parser, NODE_UNARY, begin);
    node->op = "NOT";
    sql_node_add(parser, node, negation(parser));
    return sql_node_leave(parser, sql_node_close(parser, node));
}

static struct sql_node *conjunction(struct sql_parser *parser)
{
    static const char *const operators[] = { "AND", NULL };

    return chain(parser, operators, negation);
}

struct sql_node *sql_expression(struct sql_parser *parser)
{
    static const char *const operators[] = { "OR", NULL };

    if (!sql_node_enter(parser))
        return sql_node_leave(parser, NULL);
    return sql_node_leave(parser, chain(parser, operators, conjunction));
}
