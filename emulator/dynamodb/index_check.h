#pragma once
/* What is refused of secondary indexes, in AWS's order and words: false, with the fault raised. Schemas and projections are the JSON of
 * CreateTable and UpdateTable, whose shapes hold. */

#include "dynamodb/table.h"

/* The lists of CreateTable's input, where they are there. */
bool index_check_locals(const json_t *input, const json_t *locals, struct fault *fault);
bool index_check_globals(const json_t *input, const json_t *globals, struct fault *fault);

/* No two of them have one name. */
bool index_check_unique(const json_t *locals, const json_t *globals, struct fault *fault);

/* Together they include no more attributes than a table may have projected. */
bool index_check_projected(const json_t *locals, const json_t *globals, struct fault *fault);

/* One new global index in UpdateTable, of a table that is on demand or will be. Its key needs definitions in the request, also of
 * attributes that are the table's keys. */
bool index_check_new(const struct table *table, const json_t *index, const json_t *definitions, bool is_on_demand, struct fault *fault);
