#pragma once
/* Whether a DynamoDB table that is wanted (CreateTable's input) and one that is there (DescribeTable's answer) agree in what cannot be
 * changed: keys, and the projections of indexes. */

#include <jansson.h>
#include <stdbool.h>

/* The table's index of that name in its member `kind` ("GlobalSecondaryIndexes", "LocalSecondaryIndexes"), borrowed; NULL: none. */
const json_t *table_compare_find_index(const json_t *table, const char *kind, const char *name);

/* Whether both have the same keys, of the same types; `wanted` and `given` are the tables themselves, or indexes of them. */
bool table_compare_has_same_keys(const json_t *wanted_table, const json_t *wanted, const json_t *given_table, const json_t *given);

/* Whether both indexes have the same keys and projection; the order of projected names does not matter. */
bool table_compare_is_same_index(const json_t *wanted_table, const json_t *wanted, const json_t *given_table, const json_t *given);
