#pragma once
/* What a template says of a DynamoDB table beside what CreateTable takes: time to live, recovery, policy, contributor insights, the Kinesis
 * stream that gets its changes. Each has operations of its own. */

#include "deploy/deployment.h"

/* Makes them so: of a new table those that the template gives; of one that was kept (resource->is_kept) also those that it no longer gives,
 * and its tags. False after an error. */
bool table_settings_apply(struct deployment *deployment, struct resource *resource, const struct node *properties);
