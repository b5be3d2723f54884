#pragma once
/* Keys are scalars: no path of an expression may lead into a key attribute of the table or of one of its indexes, "pk.a" or "pk[0]". The
 * service says so before it reads an item: UpdateExpression, FilterExpression and ProjectionExpression are looked at. */

#include "dynamodb/condition.h"
#include "dynamodb/update.h"

bool key_path_check_update(const struct table *table, const struct update *update, struct fault *fault);
bool key_path_check_condition(const struct table *table, const struct condition *condition, struct fault *fault);
bool key_path_check_projection(const struct table *table, const struct projection *projection, struct fault *fault);
