#pragma once
/* What the operations on tables share. */

#include "dynamodb/intake.h"

/* The request's table; not found is worded with the table's name here. */
struct table *table_lookup(struct intake *intake);

/* The table's description with its live counts. A new reference. */
json_t *table_lookup_describe(const struct intake *intake, const struct table *table);
