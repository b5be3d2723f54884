#include "dynamodb/item_walk.h"

#include "base/memory.h"
#include "dynamodb/pack.h"
#include "dynamodb/store_range.h"

#include <stdlib.h>

/* A slice ends with whichever comes first. */
enum { SLICE_ITEMS = 250, SLICE_BYTES = 1 << 20, RETRY_MS = 1000 };

static struct bytes copy(struct bytes bytes)
{
    return (struct bytes){ memory_copy(bytes.data, bytes.size), bytes.size };
}

static void forget_place(struct item_walk *walk)
{
    free((char *)walk->place.partition.data);
    free((char *)walk->place.sort.data);
    walk->place = (struct key){ 0 };
    walk->has_place = false;
}

static void keep_place(struct item_walk *walk, const struct key *key)
{
    forget_place(walk);
    walk->place = (struct key){ copy(key->partition), copy(key->sort) };
    walk->has_place = true;
}

struct slice {
    struct arena arena;
    struct fault fault;
    struct key key; /* of the last item */
    int items;
    size_t bytes;
};

static enum status take_item(struct item_walk *walk, struct slice *slice, struct bytes packed)
{
    struct value item;

    if (!unpack_item(packed, &slice->arena, &item) || !key_of_item(&walk->table->keys, &item, &slice->key, &slice->arena))
        return BROKEN;
    slice->items++;
    slice->bytes += packed.size;
    return walk->take(walk, &item, &slice->key, &slice->fault) ? OK : BROKEN;
}

/* OK: there may be more; ABSENT: that was the last. */
static enum status read_slice(struct item_walk *walk, struct slice *slice)
{
    struct store_range range = { .table = walk->table, .low = { "", 0 }, .has_start = walk->has_place, .start = walk->place };
    struct store_cursor cursor;
    struct bytes packed;
    enum status status = store_range_open(walk->room->store, &range, &cursor);

    while (status == OK && slice->items < SLICE_ITEMS && slice->bytes < SLICE_BYTES) {
        status = store_range_next(&cursor, &packed);
        if (status == OK)
            status = take_item(walk, slice, packed);
    }
    if (status == OK)
        keep_place(walk, &slice->key);
    store_range_close(&cursor);
    return status;
}

static enum status walk_slice(struct item_walk *walk)
{
    struct slice slice = { 0 };
    enum status status = store_begin(walk->room->store);

    slice.fault.arena = &slice.arena;
    if (status == OK) {
        status = read_slice(walk, &slice);
        if (store_end(walk->room->store, status != BROKEN) != OK)
            status = BROKEN;
    }
    arena_clear(&slice.arena);
    return status;
}

static void go_on_deferred(struct deferred *deferred)
{
    item_walk_begin(list_item(deferred, struct item_walk, deferred));
}

static void go_on_timed(struct timer *timer)
{
    item_walk_begin(list_item(timer, struct item_walk, timer));
}

void item_walk_begin(struct item_walk *walk)
{
    const struct ground *ground = walk->room->ground;
    enum status status;

    do {
        status = walk_slice(walk);
    } while (status == OK && !ground->loop);
    if (status == OK)
        loop_defer(ground->loop, &walk->deferred, go_on_deferred);
    else if (status == BROKEN)
        timer_start(ground->clock, &walk->timer, RETRY_MS, go_on_timed);
    else
        walk->done(walk);
}

void item_walk_stop(struct item_walk *walk)
{
    if (!walk->room)
        return;
    loop_forget(&walk->deferred);
    timer_stop(walk->room->ground->clock, &walk->timer);
    forget_place(walk);
}
