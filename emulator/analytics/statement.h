#pragma once
/* Application code to a tree, or to the first thing that is wrong with it. What the engine cannot run (windows, GROUP BY, ...) is refused
 * here by its name and place. */

#include "analytics/syntax.h"

enum { SQL_STATEMENTS_MAX = 512 /* of one application */ };

/* Parses size bytes of code; the tree lives in arena. NULL when it is refused: then error says why. */
struct sql_program *sql_parse(const char *code, size_t size, struct arena *arena, struct sql_error *error);
