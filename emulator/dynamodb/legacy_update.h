#pragma once
/* AttributeUpdates, which AWS calls legacy and still serves: a map from the name of a top-level attribute to what becomes of it,
 * {"n": {"Action": "ADD", "Value": {"N": "1"}}}, read into the actions that an UpdateExpression is too. */

#include "dynamodb/update.h"

#include <jansson.h>

/* Reads AttributeUpdates. An Action is PUT where it is missing; DELETE without a value takes the attribute out, with a set its members. */
bool legacy_update_read(struct update *update, const json_t *updates, struct fault *fault);
