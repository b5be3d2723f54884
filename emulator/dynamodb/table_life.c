#include "dynamodb/table_life.h"

#include "base/log.h"
#include "base/text.h"
#include "dynamodb/backfill.h"
#include "dynamodb/expiry.h"

#include <stdlib.h>

enum { STATE_MS_MAX = 600000 };

int64_t table_life_state_ms(void)
{
    int64_t ms;

    return text_to_int64(getenv("LOWCLOUD_DYNAMODB_STATE_MS"), &ms) && ms >= 0 && ms <= STATE_MS_MAX ? ms : 0;
}

bool table_life_has_items(const struct table *table)
{
    return table->state == TABLE_ACTIVE || table->state == TABLE_UPDATING;
}

static void keep(const struct table *table)
{
    if (store_keep_definition(table->room->store, table) != OK)
        log_error("the DynamoDB table %s could not be kept as it is now", table->name);
}

/* Fires after the time that each state lasts. */
static void pass_on(struct table *table, struct timer *timer, void (*fire)(struct timer *timer))
{
    struct dynamodb *room = table->room;

    if (timer_is_running(timer))
        return;
    if (room->state_ms)
        timer_start(room->ground->clock, timer, room->state_ms, fire);
    else
        fire(timer);
}

/* ---- indexes ---- */

static void index_is_filled(struct table_index *index)
{
    index->state = TABLE_ACTIVE;
    index->is_added = index->is_backfilling = false;
    keep(index->table);
}

static void fill_index(struct timer *timer)
{
    struct table_index *index = list_item(timer, struct table_index, timer);

    backfill_begin(index->table->room, index, index_is_filled);
}

static void settle_index(struct table_index *index, int64_t now_us)
{
    throughput_settle(&index->throughput, now_us);
    index->state = TABLE_ACTIVE;
}

static void index_is_updated(struct timer *timer)
{
    struct table_index *index = list_item(timer, struct table_index, timer);

    settle_index(index, clock_now_us(index->table->room->ground->clock));
    keep(index->table);
}

/* ---- the table ---- */

static void settle_class(struct table *table, int64_t now_us)
{
    if (!table->wanted_class)
        return;
    free(table->class);
    table->class = table->wanted_class;
    table->wanted_class = NULL;
    table->class_since_us = now_us;
}

/* It became on demand: each index counts that as a decrease, the table does not. */
static void settle_on_demand(struct table *table, int64_t now_us)
{
    static const struct units warm = { WARM_READ_UNITS, WARM_WRITE_UNITS };

    table->on_demand_since_us = now_us;
    throughput_warm_up(&table->throughput, warm);
    for (size_t i = 0; i < table->index_count; i++)
        throughput_warm_up(&table->indexes[i]->throughput, warm);
}

static void settle(struct table *table, int64_t now_us)
{
    if (table->work == WORK_THROUGHPUT && table->is_on_demand)
        settle_on_demand(table, now_us);
    throughput_settle(&table->throughput, now_us);
    settle_class(table, now_us);
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->state == TABLE_UPDATING && !timer_is_running(&table->indexes[i]->timer))
            settle_index(table->indexes[i], now_us);
    if (table->leaving)
        table_life_stop_index(table->room, table->leaving); /* its contributor insights may still be under way */
    table_free_index(table->leaving);
    table->leaving = NULL;
}

/* An index that was added gets filled now: the table is ACTIVE meanwhile. */
static void fill_indexes(struct table *table)
{
    for (size_t i = 0; i < table->index_count; i++) {
        struct table_index *index = table->indexes[i];

        if (!index->is_added || index->backfill)
            continue;
        index->is_backfilling = true;
        pass_on(table, &index->timer, fill_index);
    }
}

static void become_active(struct timer *timer)
{
    struct table *table = list_item(timer, struct table, timer);
    bool is_changed = table->state == TABLE_UPDATING;

    settle(table, clock_now_us(table->room->ground->clock));
    table->state = TABLE_ACTIVE;
    table->work = WORK_NONE;
    if (is_changed)
        keep(table);
    fill_indexes(table);
}

static void vanish(struct timer *timer)
{
    struct table *table = list_item(timer, struct table, timer);
    struct dynamodb *room = table->room;

    map_remove(&room->tables, table->name);
    table_life_end(room, table);
}

void table_life_enter(struct dynamodb *room, struct table *table)
{
    table->room = room;
    map_put(&room->tables, table->name, table);
}

void table_life_go(struct table *table)
{
    if (table->state != TABLE_ACTIVE) {
        pass_on(table, &table->timer, table->state == TABLE_DELETING ? vanish : become_active);
        return;
    }
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->state == TABLE_UPDATING)
            pass_on(table, &table->indexes[i]->timer, index_is_updated);
    fill_indexes(table);
}

void table_life_stop_index(struct dynamodb *room, struct table_index *index)
{
    timer_stop(room->ground->clock, &index->timer);
    insights_stop(&index->insights);
    backfill_stop(index);
}

void table_life_end(struct dynamodb *room, struct table *table)
{
    timer_stop(room->ground->clock, &table->timer);
    insights_stop(&table->insights);
    for (size_t i = 0; i < table->index_count; i++)
        table_life_stop_index(room, table->indexes[i]);
    if (table->leaving)
        table_life_stop_index(room, table->leaving);
    expiry_detach(table);
    store_detach(table);
    table_free(table);
}
