#pragma once
/* Conditions from before expressions: Expected, QueryFilter, ScanFilter and KeyConditions, which AWS calls legacy and still serves.
 *
 * Each is a map from the name of a top-level attribute to what must be true of it: {"a": {"ComparisonOperator": "GT",
 * "AttributeValueList": [{"N": "1"}]}}. They are read into the same trees that expressions are, so that there is one evaluation. What they
 * allow is less: operands are values, of one type each, and of types that each operator names. */

#include "dynamodb/condition.h"

#include <jansson.h>

/* How the conditions of one map are joined: by ConditionalOperator, which is "AND" where it is missing. */
enum legacy_join { LEGACY_ALL, LEGACY_ANY };

/* Reads a QueryFilter or ScanFilter; leaves NULL for an empty one. */
bool legacy_filter_read(struct condition **condition, const json_t *filter, enum legacy_join join, struct fault *fault);

/* Reads an Expected, whose entries may also be {"Value": v}, with or without Exists, or {"Exists": false}. */
bool legacy_expected_read(struct condition **condition, const json_t *expected, enum legacy_join join, struct fault *fault);

/* Reads one entry of a filter or of KeyConditions: what must be true of the attribute called name. */
bool legacy_condition_read(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault);

/* The name at an entry of a JSON object's iterator. */
struct bytes legacy_entry_name(void *entry);
