#pragma once
/* Expressions in application code, read from the parser's current token on. NULL after a failure. */

#include "analytics/parser.h"

struct sql_node *sql_expression(struct sql_parser *parser);

/* An expression that ends before comparisons, as the operands of BETWEEN and LIKE do. */
struct sql_node *sql_expression_sum(struct sql_parser *parser);
