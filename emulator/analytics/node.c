/* Nodes and their depth. */

#include "analytics/node.h"

bool sql_node_enter(struct sql_parser *parser)
{
    if (++parser->depth > SQL_DEPTH_MAX)
        sql_parser_fail(parser, &parser->lexer.token.span, "The expression is nested more than %d deep", SQL_DEPTH_MAX);
    return !parser->has_failed;
}

struct sql_node *sql_node_leave(struct sql_parser *parser, struct sql_node *node)
{
    parser->depth--;
    return parser->has_failed ? NULL : node;
}

struct sql_node *sql_node_new(struct sql_parser *parser, enum node_kind kind, struct sql_span span)
{
    struct sql_node *node = arena_take(parser->arena, sizeof *node);

    node->kind = kind;
    node->span = span;
    node->depth = 1;
    return node;
}

void sql_node_add(struct sql_parser *parser, struct sql_node *node, struct sql_node *part)
{
    if (!part)
        return;
    node->parts = sql_parser_grow(parser, node->parts, node->part_count, sizeof *node->parts);
    node->parts[node->part_count++] = part;
    if (part->depth >= node->depth)
        node->depth = part->depth + 1;
    if (node->depth > SQL_DEPTH_MAX)
        sql_parser_fail(parser, &part->span, "The expression is nested more than %d deep", SQL_DEPTH_MAX);
}

struct sql_node *sql_node_close(struct sql_parser *parser, struct sql_node *node)
{
    node->span.end = parser->lexer.before.end;
    return parser->has_failed ? NULL : node;
}
