#pragma once
/* What a WHERE says, as the conditions that filters and writes have: the same tree, the same rules, the same evaluation. In comparisons of
 * a path with a value the path stands left, however it was written. */

#include "dynamodb/condition.h"
#include "dynamodb/partiql_value.h"

/* Reads a term as a condition; false, with a fault, when it is none. */
bool partiql_read_condition(const struct partiql_scope *scope, const struct term *term, struct condition **condition);

/* Whether the term says something that holds or not, rather than a value. */
bool partiql_is_condition(const struct term *term);

/* "Unrecognized function: f at 1:8:1". Answers false. */
bool partiql_refuse_function(const struct partiql_scope *scope, const struct term *call);

/* An operator in a place that has none: AWS's words for a "Condition" or an "Update". Answers false. */
bool partiql_refuse_operator(const struct partiql_scope *scope, const struct term *term, const char *where);

/* Checks a path's length. */
bool partiql_check_path(const struct partiql_scope *scope, const struct term *term);

/* Small conditions that others are made of, in arena. */
struct condition *partiql_join(enum condition_kind kind, struct condition *left, struct condition *right, struct arena *arena);
struct condition *partiql_exists(struct bytes attribute, struct arena *arena);
