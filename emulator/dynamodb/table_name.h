#pragma once
/* What stands in TableName: a name, or since 2024 the ARN of a table of ours. It is looked at as the first of all constraints, and alone.
 */

#include "aws/call.h"
#include "dynamodb/fault.h"
#include "dynamodb/value.h"

/* Checks what was sent as a TableName (data NULL when nothing was); path says where it stands ("tableName"). */
bool table_name_check(struct call *call, struct bytes sent, const char *path, struct fault *fault);
