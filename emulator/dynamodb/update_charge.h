#pragma once
/* What an UpdateExpression weighs by itself, whatever the item holds: UpdateItem takes no statement above the size of an item. So
 * `SET b = :v` cannot make an item of quite 409,600 bytes when the item is no more than a short key and b, though one is allowed.
 *
 * The figures were measured on AWS in October 2026, where no page documents them. Not counted: the key, attributes that the update leaves
 * alone, and the values of those that it copies or takes out. AttributeUpdates, transactions and PartiQL know nothing of this. */

#include "dynamodb/update.h"

/* Refuses a statement that is too heavy. */
bool update_charge_check(const struct update *update, struct fault *fault);
