#pragma once
/* UpdateTable's rules beyond the shape of its input, in AWS's words: one change at a time, with few pairs allowed. What is refused was
 * measured on the service in October 2026; where its order among several faults is not known, ours is. */

#include "dynamodb/table.h"

/* What is wrong with the request in itself. */
bool table_update_check(const json_t *input, struct fault *fault);

/* What does not fit the table as it is now: FAULT_IN_USE while something else is under way. */
bool table_update_fits(const struct table *table, const json_t *input, struct fault *fault);

/* What it asks of replicas, which a table of this region alone (the one called region) cannot have; true when it asks nothing. */
bool table_update_check_replicas(const json_t *input, const char *region, struct fault *fault);

/* Whether the table will be on demand. */
bool table_update_is_on_demand(const struct table *table, const json_t *input);

/* Whether the request has the member; an empty list is none. */
bool table_update_has(const json_t *input, const char *member);
