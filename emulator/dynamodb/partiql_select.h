#pragma once
/* SELECT: as Query where the WHERE names partitions, one after the other, and as Scan where it does not. */

#include "dynamodb/partiql.h"
#include "dynamodb/search_start.h"

/* Checks and walks; writes Items, NextToken, LastEvaluatedKey and ConsumedCapacity of the intake's call. */
bool partiql_select(struct intake *intake, const struct partiql *partiql, struct answer_writer *answer);

/* What batches and transactions read: one item, which the WHERE names by its whole key and nothing else. Finds the key's values; false with
 * a fault that says that `where` ("BatchExecuteStatement") needs them. With skips_types a value of the wrong type is left to key_check_key.
 */
bool partiql_find_item(const struct partiql *partiql, const char *where, bool skips_types, struct value *key, struct fault *fault);

/* The columns that the statement selects of an item, in arena; `item` itself for *. */
struct value partiql_columns(const struct partiql *partiql, const struct value *item, struct arena *arena);
