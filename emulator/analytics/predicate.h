#pragma once
/* What can be said of an operand in words: BETWEEN, IN, LIKE, SIMILAR TO, IS. */

#include "analytics/parser.h"

/* The predicate that follows left; NULL without failure when none of them does. */
struct sql_node *sql_predicate(struct sql_parser *parser, struct sql_node *left);
