#pragma once
/* The making of nodes while an expression is parsed. Their depth is bounded, whether by nesting or by long chains of operators, so that
 * neither a parse nor a walk over the tree can run out of stack. After a failure parts are NULL, and nothing more is added. */

#include "analytics/parser.h"

/* A node without parts; its span ends where it is closed. */
struct sql_node *sql_node_new(struct sql_parser *parser, enum node_kind kind, struct sql_span span);

/* Adds a part (NULL after a failure is ignored). A left-deep chain of operators is deep too, and bounded like nesting. */
void sql_node_add(struct sql_parser *parser, struct sql_node *node, struct sql_node *part);

/* The node, which ends with the token before the current one; NULL after a failure. */
struct sql_node *sql_node_close(struct sql_parser *parser, struct sql_node *node);

/* Every way into deeper recursion passes through enter, and out through leave: false when it is too deep, or has failed before. */
bool sql_node_enter(struct sql_parser *parser);
struct sql_node *sql_node_leave(struct sql_parser *parser, struct sql_node *node);
