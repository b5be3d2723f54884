#include "dynamodb/backfill.h"

#include "base/memory.h"
#include "dynamodb/change.h"
#include "dynamodb/pack.h"

#include <stdlib.h>

/* A slice ends with whichever comes first. */
enum { SLICE_ITEMS = 250, SLICE_BYTES = 1 << 20 };

/* How long to wait when the store failed (the disk may be full): the slice is tried again. */
enum { RETRY_MS = 1000 };

struct backfill {
    struct deferred deferred;
    struct timer timer;
    struct dynamodb *room;
    struct table_index *index;
    void (*done)(struct table_index *index);
    bool has_place;
    struct key place; /* of the last item that was looked at; owned */
};

static struct bytes copy_bytes(struct bytes bytes)
{
    return (struct bytes){ memory_copy(bytes.data, bytes.size), bytes.size };
}

static void forget_place(struct backfill *backfill)
{
    free((char *)backfill->place.partition.data);
    free((char *)backfill->place.sort.data);
    backfill->has_place = false;
}

static void keep_place(struct backfill *backfill, const struct key *key)
{
    forget_place(backfill);
    backfill->place = (struct key){ copy_bytes(key->partition), copy_bytes(key->sort) };
    backfill->has_place = true;
}

/* What one slice reads. */
struct slice {
    struct arena arena;
    struct fault fault;
    struct key key; /* of the last item */
    int items;
    size_t bytes;
};

static bool take_item(struct backfill *backfill, struct slice *slice, struct bytes packed)
{
    struct table *table = backfill->index->table;
    struct value item;

    if (!unpack_item(packed, &slice->arena, &item) || !key_of_item(&table->keys, &item, &slice->key, &slice->arena))
        return fault_raise(&slice->fault, FAULT_BROKEN, "an item cannot be read back");
    slice->items++;
    slice->bytes += packed.size;
    return change_backfill(backfill->room, table, backfill->index, &item, &slice->fault);
}

/* OK: there may be more; ABSENT: that was the last. */
static enum status read_slice(struct backfill *backfill, struct slice *slice)
{
    struct store_range range = {
        .table = backfill->index->table, .low = { "", 0 }, .has_start = backfill->has_place, .start = backfill->place
    };
    struct store_cursor cursor;
    struct bytes packed;
    enum status status = store_range_open(backfill->room->store, &range, &cursor);

    if (status != OK)
        return status;
    while (slice->items < SLICE_ITEMS && slice->bytes < SLICE_BYTES) {
        status = store_range_next(&cursor, &packed);
        if (status == OK && !take_item(backfill, slice, packed))
            status = BROKEN;
        if (status != OK)
            break;
    }
    if (status == OK)
        keep_place(backfill, &slice->key);
    store_range_close(&cursor);
    return status;
}

/* A slice is kept whole or not at all. */
static enum status fill_slice(struct backfill *backfill)
{
    struct slice slice = { 0 };
    enum status status = store_begin(backfill->room->store);

    slice.fault.arena = &slice.arena;
    if (status == OK) {
        status = read_slice(backfill, &slice);
        if (store_end(backfill->room->store, status != BROKEN) != OK)
            status = BROKEN;
    }
    arena_clear(&slice.arena);
    return status;
}

/* Changes of items that were not in yet have put the counts wrong, unless all went in at once. */
static void finish(struct backfill *backfill)
{
    struct table_index *index = backfill->index;
    void (*done)(struct table_index *) = backfill->done;

    if (backfill->has_place)
        store_forget_index_counts(index);
    backfill_stop(index);
    done(index);
}

static void go_on(struct backfill *backfill);

static void go_on_deferred(struct deferred *deferred)
{
    go_on(list_item(deferred, struct backfill, deferred));
}

static void go_on_timed(struct timer *timer)
{
    go_on(list_item(timer, struct backfill, timer));
}

static void go_on(struct backfill *backfill)
{
    const struct ground *ground = backfill->room->ground;
    enum status status;

    do {
        status = fill_slice(backfill);
    } while (status == OK && !ground->loop);
    if (status == ABSENT)
        finish(backfill);
    else if (status == OK)
        loop_defer(ground->loop, &backfill->deferred, go_on_deferred);
    else
        timer_start(ground->clock, &backfill->timer, RETRY_MS, go_on_timed);
}

void backfill_begin(struct dynamodb *room, struct table_index *index, void (*done)(struct table_index *index))
{
    struct backfill *backfill = memory_new(sizeof *backfill);

    backfill->room = room;
    backfill->index = index;
    backfill->done = done;
    index->backfill = backfill;
    go_on(backfill);
}

void backfill_stop(struct table_index *index)
{
    struct backfill *backfill = index->backfill;

    if (!backfill)
        return;
    index->backfill = NULL;
    loop_forget(&backfill->deferred);
    timer_stop(backfill->room->ground->clock, &backfill->timer);
    forget_place(backfill);
    free(backfill);
}
