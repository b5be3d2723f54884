#pragma once
/* Calls of functions. Some have words between their arguments (EXTRACT(unit FROM t)), and functions over several rows are refused. */

#include "analytics/parser.h"

/* The call of name, whose opening parenthesis was taken. NULL when it fails. */
struct sql_node *sql_call(struct sql_parser *parser, const struct sql_name *name);
