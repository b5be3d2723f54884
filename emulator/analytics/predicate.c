/* What may follow an operand as words. */

#include "analytics/predicate.h"

#include "analytics/expression.h"
#include "analytics/node.h"

#include <string.h>

static struct sql_node *predicate(struct sql_parser *parser, enum node_kind kind, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = sql_node_new(parser, kind, left->span);

    node->is_negated = is_negated;
    sql_node_add(parser, node, left);
    return node;
}

static struct sql_node *between(struct sql_parser *parser, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = predicate(parser, NODE_BETWEEN, left, is_negated);

    sql_parser_take(parser, "ASYMMETRIC");
    sql_node_add(parser, node, sql_expression_sum(parser));
    sql_parser_expect(parser, "AND");
    sql_node_add(parser, node, sql_expression_sum(parser));
    return sql_node_close(parser, node);
}

static struct sql_node *in(struct sql_parser *parser, struct sql_node *left, bool is_negated)
{
    struct sql_node *node = predicate(parser, NODE_IN, left, is_negated);

    sql_parser_expect(parser, "(");
    if (sql_parser_is(parser, "SELECT"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A subquery inside an expression is not supported by lowcloud");
    do
        sql_node_add(parser, node, sql_expression(parser));
    while (sql_parser_take(parser, ","));
    sql_parser_expect(parser, ")");
    return sql_node_close(parser, node);
}

static struct sql_node *like(struct sql_parser *parser, struct sql_node *left, bool is_negated, const char *op)
{
    struct sql_node *node = predicate(parser, NODE_LIKE, left, is_negated);

    node->op = op;
    sql_node_add(parser, node, sql_expression_sum(parser));
    if (sql_parser_take(parser, "ESCAPE"))
        sql_node_add(parser, node, sql_expression_sum(parser));
    return sql_node_close(parser, node);
}

static struct sql_node *is(struct sql_parser *parser, struct sql_node *left)
{
    static const char *const states[] = { "NULL", "TRUE", "FALSE", "UNKNOWN", "DISTINCT", NULL };
    struct sql_node *node = predicate(parser, NODE_IS, left, sql_parser_take(parser, "NOT"));

    node->op = sql_parser_take_any(parser, states);
    if (!node->op)
        return sql_parser_unexpected(parser, "NULL, TRUE, FALSE, UNKNOWN or DISTINCT FROM");
    if (!strcmp(node->op, "DISTINCT")) {
        sql_parser_expect(parser, "FROM");
        sql_node_add(parser, node, sql_expression_sum(parser));
    }
    return sql_node_close(parser, node);
}

/* All but IS may stand behind NOT. */
struct sql_node *sql_predicate(struct sql_parser *parser, struct sql_node *left)
{
    bool is_negated;

    if (sql_parser_take(parser, "IS"))
        return is(parser, left);
    is_negated = sql_parser_take(parser, "NOT");
    if (sql_parser_take(parser, "BETWEEN"))
        return between(parser, left, is_negated);
    if (sql_parser_take(parser, "IN"))
        return in(parser, left, is_negated);
    if (sql_parser_take(parser, "LIKE"))
        return like(parser, left, is_negated, "LIKE");
    if (sql_parser_take(parser, "SIMILAR"))
        return sql_parser_expect(parser, "TO") ? like(parser, left, is_negated, "SIMILAR") : NULL;
    return is_negated ? sql_parser_unexpected(parser, "BETWEEN, IN, LIKE or SIMILAR TO") : NULL;
}
