#pragma once
/* What a ResourceArn names: tags and policies belong to tables, by their ARN. */

#include "dynamodb/intake.h"

enum { RESOURCE_ARN_MAX = 1283 };

#define RESOURCE_ARN_MEMBER                                                        \
    {                                                                              \
        "ResourceArn", STRING, .required = true, .min = 1, .max = RESOURCE_ARN_MAX \
    }

/* The table that the call's ResourceArn names, or NULL with a fault: what is no ARN of a table of ours, and a table that is not there
 * (`not_found` is printed with the ARN or the table's name: see the operations). A table that is CREATING or DELETING is not there yet, or
 * no more. */
struct table *resource_table(struct intake *intake);

/* The same, where the table is named when it is not found. */
struct table *resource_table_by_name(struct intake *intake);
