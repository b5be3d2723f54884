#include "dynamodb/expiry.h"

#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/expiry_store.h"
#include "dynamodb/item_walk.h"

#include <stdlib.h>
#include <string.h>

#define DAY_MS (INT64_C(24) * 3600 * 1000)
#define AGE_MAX_MS (1826 * DAY_MS) /* five years */
#define NEVER INT64_MAX

enum { SWEEP_MS = 1000, SWEEP_ITEMS = 500, RETRY_MS = 1000, SECOND_DIGITS_MAX = 12 };

struct expiry {
    struct dynamodb *room;
    struct table *table;
    struct expiry_store store;
    int64_t interval_ms; /* of sweeps */
    int64_t next_ms;     /* the earliest time in the index, or NEVER */
    struct timer timer;  /* the next sweep */
    struct item_walk fill;
};

/* ---- when ---- */

/* Seconds in their normal text, "1700000000.25". What lies before the epoch is long past, and what has too many digits never comes. */
static int64_t milliseconds(struct bytes text)
{
    int64_t time_ms = 0;
    size_t i = 0;

    for (; i < text.size && text.data[i] != '.'; i++) {
        if (text.data[i] == '-' || i >= SECOND_DIGITS_MAX)
            return -1;
        time_ms = time_ms * 10 + text.data[i] - '0';
    }
    for (size_t digit = 1; digit <= 3; digit++)
        time_ms = time_ms * 10 + (i + digit < text.size ? text.data[i + digit] - '0' : 0);
    return time_ms;
}

int64_t expiry_time_ms(const struct value *item, const char *attribute)
{
    const struct value *value = value_find(item, bytes_of(attribute));

    return value && value->type == VALUE_N ? milliseconds(value->text) : -1;
}

/* ---- sweeping ---- */

static void sweep(struct timer *timer);

/* The next whole multiple of the interval at which something is due; at least once a day, since the machine's clock may be set. */
static void arm(struct expiry *expiry)
{
    struct clock *clock = expiry->room->ground->clock;
    int64_t now_ms = clock_now_ms(clock);
    int64_t due_ms = expiry->next_ms > now_ms ? expiry->next_ms : now_ms + 1;

    timer_stop(clock, &expiry->timer);
    if (expiry->next_ms == NEVER)
        return;
    if (due_ms - now_ms > DAY_MS)
        due_ms = now_ms + DAY_MS;
    due_ms = (due_ms + expiry->interval_ms - 1) / expiry->interval_ms * expiry->interval_ms;
    timer_start(clock, &expiry->timer, due_ms - now_ms, sweep);
}

static enum status remove_item(struct expiry *expiry, const struct expiry_entry *entry, struct arena *arena)
{
    struct fault fault = { .arena = arena };
    struct change change = { .kind = CHANGE_DELETE, .table = expiry->table, .key = entry->key, .is_expiry = true };

    if (!change_prepare(expiry->room, &change, &fault))
        return BROKEN;
    if (!change.has_old || expiry_time_ms(&change.old, expiry->table->ttl) != entry->time_ms)
        return expiry_store_remove(&expiry->store, entry->time_ms, &entry->key);
    return change_apply(expiry->room, &change, &fault) ? OK : BROKEN;
}

static enum status remove_due(struct expiry *expiry, int64_t now_ms, size_t *count)
{
    struct expiry_entry *entries = memory_new(SWEEP_ITEMS * sizeof *entries);
    struct arena arena = { 0 };
    enum status status = expiry_store_due(&expiry->store, now_ms, &arena, entries, SWEEP_ITEMS, count);

    for (size_t i = 0; i < *count && status == OK; i++) {
        struct arena for_item = { 0 };

        status = remove_item(expiry, &entries[i], &for_item);
        arena_clear(&for_item);
    }
    arena_clear(&arena);
    free(entries);
    return status;
}

static enum status find_next(struct expiry *expiry)
{
    enum status status = expiry_store_next(&expiry->store, &expiry->next_ms);

    if (status != OK)
        expiry->next_ms = NEVER;
    return status == BROKEN ? BROKEN : OK;
}

/* A large sweep goes on in the next turn, so that it does not hold up requests. */
static void sweep(struct timer *timer)
{
    struct expiry *expiry = list_item(timer, struct expiry, timer);
    struct clock *clock = expiry->room->ground->clock;
    int64_t now_ms = clock_now_ms(clock);
    size_t count = 0;
    enum status status = expiry_store_forget(&expiry->store, now_ms - AGE_MAX_MS);

    if (status == OK)
        status = remove_due(expiry, now_ms, &count);
    if (status == OK)
        status = find_next(expiry);
    if (status != OK)
        timer_start(clock, timer, RETRY_MS, sweep);
    else if (count == SWEEP_ITEMS)
        timer_start(clock, timer, 1, sweep);
    else
        arm(expiry);
}

/* ---- keeping up the index ---- */

static enum status note(struct expiry *expiry, int64_t time_ms, const struct key *key)
{
    if (expiry_store_put(&expiry->store, time_ms, key) != OK)
        return BROKEN;
    if (time_ms < expiry->next_ms) {
        expiry->next_ms = time_ms;
        arm(expiry);
    }
    return OK;
}

enum status expiry_follow(const struct change *change)
{
    struct expiry *expiry = change->table->expiry;
    int64_t before_ms = change->has_old ? expiry_time_ms(&change->old, change->table->ttl) : -1;
    int64_t after_ms = change->has_new ? expiry_time_ms(&change->new, change->table->ttl) : -1;
    enum status status = OK;

    if (before_ms == after_ms)
        return OK;
    if (before_ms >= 0)
        status = expiry_store_remove(&expiry->store, before_ms, &change->key);
    if (after_ms >= 0 && status == OK)
        status = note(expiry, after_ms, &change->key);
    return status;
}

static int64_t sweep_interval_ms(void)
{
    const char *text = getenv("LOWCLOUD_DYNAMODB_TTL_SWEEP_MS");
    int64_t number;

    return text_to_int64(text, &number) && number > 0 && number <= DAY_MS ? number : SWEEP_MS;
}

static struct expiry *new_expiry(struct dynamodb *room, struct table *table)
{
    struct expiry *expiry = memory_new(sizeof *expiry);

    expiry->room = room;
    expiry->table = table;
    expiry->store = (struct expiry_store){ .database = room->ground->database, .number = table->number };
    expiry->interval_ms = sweep_interval_ms();
    expiry->next_ms = NEVER;
    return expiry;
}

/* ---- items that were there before ---- */

static bool take(struct item_walk *walk, const struct value *item, const struct key *key, struct fault *fault)
{
    struct expiry *expiry = list_item(walk, struct expiry, fill);
    int64_t time_ms = expiry_time_ms(item, walk->table->ttl);

    if (time_ms < 0 || note(expiry, time_ms, key) == OK)
        return true;
    return fault_raise(fault, FAULT_BROKEN, "Internal server error");
}

static void filled(struct item_walk *walk)
{
    item_walk_stop(walk);
    walk->table->is_ttl_filled = true;
    store_keep_definition(walk->room->store, walk->table);
}

static void fill(struct expiry *expiry)
{
    expiry->fill = (struct item_walk){ .room = expiry->room, .table = expiry->table, .take = take, .done = filled };
    item_walk_begin(&expiry->fill);
}

/* ---- from beginning to end ---- */

static void forget_attribute(struct table *table)
{
    free(table->ttl);
    table->ttl = NULL;
    table->is_ttl_filled = false;
}

enum status expiry_enable(struct dynamodb *room, struct table *table, const char *attribute)
{
    struct expiry *expiry = new_expiry(room, table);

    table->expiry = expiry;
    forget_attribute(table);
    table->ttl = memory_copy_text(attribute);
    if (expiry_store_make(&expiry->store) != OK || store_keep_definition(room->store, table) != OK) {
        forget_attribute(table);
        expiry_detach(table);
        return BROKEN;
    }
    fill(expiry);
    return OK;
}

enum status expiry_disable(struct table *table)
{
    struct expiry *expiry = table->expiry;
    struct store *store = expiry->room->store;
    enum status status = expiry_store_drop(&expiry->store);

    expiry_detach(table);
    forget_attribute(table);
    return status == OK ? store_keep_definition(store, table) : status;
}

enum status expiry_attach(struct dynamodb *room, struct table *table)
{
    struct expiry *expiry;

    if (!table->ttl)
        return OK;
    expiry = new_expiry(room, table);
    table->expiry = expiry;
    if (find_next(expiry) != OK)
        return BROKEN;
    arm(expiry);
    return OK;
}

void expiry_go_on(struct table *table)
{
    if (table->expiry && !table->is_ttl_filled)
        fill(table->expiry);
}

enum status expiry_drop(struct table *table)
{
    enum status status = table->expiry ? expiry_store_drop(&table->expiry->store) : OK;

    expiry_detach(table);
    return status;
}

void expiry_detach(struct table *table)
{
    struct expiry *expiry = table->expiry;

    if (!expiry)
        return;
    table->expiry = NULL;
    item_walk_stop(&expiry->fill);
    timer_stop(expiry->room->ground->clock, &expiry->timer);
    expiry_store_close(&expiry->store);
    free(expiry);
}
