#pragma once
/* A DynamoDB table that an earlier run on the same data made, brought to what the template says now: UpdateTable, one change after the
 * other, as CloudFormation's update of a stack would call it. See docs/decisions/0023. */

#include "deploy/deployment.h"

/* Changes the kept table called resource->physical_id to what CreateTable's input `wanted` says. What cannot be changed (the table's keys,
 * local indexes, an index's keys or projection) is an error that says what to do. What was changed goes to the resource's note. False after
 * an error. */
bool table_update(struct deployment *deployment, struct resource *resource, const json_t *wanted);

/* Notes that a part of a kept resource was changed. */
void table_update_note(struct deployment *deployment, struct resource *resource, const char *part);
