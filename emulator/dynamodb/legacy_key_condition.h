#pragma once
/* KeyConditions, which AWS calls legacy and still serves: what a Query reads, as a map from the names of keys to conditions. */

#include "dynamodb/key_condition.h"

#include <jansson.h>

/* Reads KeyConditions: as many as keys have attributes at most. Whether those of this schema do, and whether operators can search an index,
 * is seen when the schema is known. */
bool legacy_key_condition_read(struct key_condition *terms, const json_t *conditions, struct fault *fault);
