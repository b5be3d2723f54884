#pragma once
/* Time to live: items whose attribute says that their time is over go by themselves.
 *
 * The picture: beside a table with a time to live lies an index of its items by the time at which they expire, kept up by every change
 * (expiry_follow, called by change_apply). So the next time is known, and one timer is set to it; nothing is looked through, and without
 * expiring items nothing wakes. A sweep removes what is due as a deletion does, with index entries and a record that names the service
 * (change.is_expiry). Sweeps fall on whole multiples of LOWCLOUD_DYNAMODB_TTL_SWEEP_MS; until then an expired item is read as any other.
 *
 * AWS's rules: the attribute must be a number, in seconds since the epoch, fractions allowed; what is more than five years past is left
 * alone. When it is enabled, items that are there are put into the index by slices. */

#include "dynamodb/change.h"

struct expiry;

/* Makes attribute the time to live of a table that has none, or takes it away from one that has; the table's definition is kept so. BROKEN
 * when the store fails. */
enum status expiry_enable(struct dynamodb *room, struct table *table, const char *attribute);
enum status expiry_disable(struct table *table);

/* Drops what is kept beside a table that is being dropped. */
enum status expiry_drop(struct table *table);

/* Keeps up the index with a change. Within its commit. */
enum status expiry_follow(const struct change *change);

/* Takes up a table that was read back, and then goes on with items that were there before; stops without forgetting anything, before the
 * table is freed. */
enum status expiry_attach(struct dynamodb *room, struct table *table);
void expiry_go_on(struct table *table);
void expiry_detach(struct table *table);

/* When the item expires, in milliseconds since the epoch; -1: never. */
int64_t expiry_time_ms(const struct value *item, const char *attribute);
