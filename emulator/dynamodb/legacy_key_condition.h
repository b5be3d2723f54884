#pragma once
/* KeyConditions, which AWS calls legacy and still serves: what a Query reads, as a map from the names of keys to conditions. */

#include "dynamodb/key_condition.h"

#include <jansson.h>

/* Reads KeyConditions: one or two of them. Whether their operators can search an index is seen when the schema is known. */
bool legacy_key_condition_read(struct key_condition *terms, const json_t *conditions, struct fault *fault);
