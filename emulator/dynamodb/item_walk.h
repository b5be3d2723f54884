#pragma once
/* Looking at all items of a table: by slices, one after the other at the end of the loop's turns, so that a large table does not hold up
 * other requests. What `take` writes of a slice is kept whole or not at all; a slice that the store refuses is tried again a second later.
 */

#include "dynamodb/room.h"

struct item_walk {
    struct dynamodb *room;
    struct table *table;
    /* Is told each item and its key; false, with a fault, when the slice is to be tried again. */
    bool (*take)(struct item_walk *walk, const struct value *item, const struct key *key, struct fault *fault);
    void (*done)(struct item_walk *walk); /* all were looked at */

    /* By item_walk_begin */
    struct deferred deferred;
    struct timer timer;
    bool has_place;
    struct key place; /* of the last item that was looked at; owned */
};

/* Begins with the first slice; `done` may be told before this answers. Without a loop (in unit tests) all is looked at at once. */
void item_walk_begin(struct item_walk *walk);

/* Gives up; harmless when it has not begun, or is done. */
void item_walk_stop(struct item_walk *walk);
