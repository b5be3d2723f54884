#include "dynamodb/backfill.h"

#include "base/memory.h"
#include "dynamodb/change.h"
#include "dynamodb/item_walk.h"
#include "dynamodb/store_item.h"

#include <stdlib.h>

struct backfill {
    struct item_walk walk;
    struct table_index *index;
    void (*done)(struct table_index *index);
};

static bool take(struct item_walk *walk, const struct value *item, const struct key *key, struct fault *fault)
{
    (void)key;
    return change_backfill(walk->room, walk->table, list_item(walk, struct backfill, walk)->index, item, fault);
}

/* Changes of items that were not in yet have put the counts wrong, unless all went in at once. */
static void finish(struct item_walk *walk)
{
    struct backfill *backfill = list_item(walk, struct backfill, walk);
    struct table_index *index = backfill->index;
    void (*done)(struct table_index *) = backfill->done;

    if (walk->has_place)
        store_forget_index_counts(index);
    backfill_stop(index);
    done(index);
}

void backfill_begin(struct dynamodb *room, struct table_index *index, void (*done)(struct table_index *index))
{
    struct backfill *backfill = memory_new(sizeof *backfill);

    backfill->walk = (struct item_walk){ .room = room, .table = index->table, .take = take, .done = finish };
    backfill->index = index;
    backfill->done = done;
    index->backfill = backfill;
    item_walk_begin(&backfill->walk);
}

void backfill_stop(struct table_index *index)
{
    struct backfill *backfill = index->backfill;

    if (!backfill)
        return;
    index->backfill = NULL;
    item_walk_stop(&backfill->walk);
    free(backfill);
}
