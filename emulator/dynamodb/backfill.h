#pragma once
/* Filling an index that was added to a table with items.
 *
 * The index takes part in every change of an item from the beginning; what was there before is put in by slices, one after the other at the
 * end of the loop's turns, so that a large table does not hold up other requests. Items that do not fit the index (a key attribute missing,
 * of another type, empty, or too long) are left out. An index whose filling was cut off by the end of the process is filled again from the
 * start when the room is opened. */

#include "dynamodb/room.h"

struct backfill;

/* Begins: fills the first slice at once, and tells `done` when all is in, which may be before this answers. Without a loop (in unit tests)
 * all is filled at once. A slice that the store refuses is tried again a second later. */
void backfill_begin(struct dynamodb *room, struct table_index *index, void (*done)(struct table_index *index));

/* Gives up; harmless when the index is not being filled. */
void backfill_stop(struct table_index *index);
