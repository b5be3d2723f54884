/* Gathering, and when something is sent: one lane at a time. */

#include "lambda/mapping_lane.h"

#include "base/log.h"
#include "lambda/batch.h"
#include "lambda/discard.h"
#include "lambda/filter.h"
#include "lambda/mapping.h"
#include "lambda/mapping_attempt.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"

#include <stdio.h>

static struct mapping *mapping_of(const struct mapping_lane *lane)
{
    return lane->shard->mapping;
}

static struct clock *clock_of(const struct mapping_lane *lane)
{
    return mapping_ground(mapping_of(lane))->clock;
}

static int64_t setting(const struct mapping_lane *lane, const char *name, int64_t fallback)
{
    return mapping_setting(mapping_of(lane), name, fallback);
}

static void pump_again(struct mapping_lane *lane)
{
    mapping_shard_pump(lane->shard);
}

/* ---- the place ---- */

/* The position before which all its records are done, whatever window they belong to. */
static uint64_t next_record(const struct mapping_lane *lane)
{
    return pending_is_empty(&lane->pending) ? lane->scanned : lane->pending.positions[lane->pending.first];
}

uint64_t mapping_lane_next(const struct mapping_lane *lane)
{
    return lane->window.is_open ? lane->window.first : next_record(lane);
}

bool mapping_lane_rests(const struct mapping_lane *lane)
{
    return !lane->is_running && !lane->window.is_open && pending_is_empty(&lane->pending);
}

void mapping_lane_advance(struct mapping_lane *lane, size_t index)
{
    pending_advance(&lane->pending, index);
    lane->attempts = 0;
    lane->pause_ms = LANE_PAUSE_FIRST_MS;
    lane->cause = 0;
    lane->is_ripe = false;
}

void mapping_lane_give_up(struct mapping_lane *lane, size_t end, const char *condition)
{
    const struct mapping *mapping = mapping_of(lane);
    const char *shard = lane->shard->place.shard;
    size_t count = mapping_lane_load(lane, end);
    char subject[160];

    if (!count)
        return;
    snprintf(subject, sizeof subject, "%s/%s", mapping->uuid, shard);
    log_warn("mapping %s gives up %zu record(s) of %s after %d attempt(s): %s", mapping->uuid, count, shard, lane->attempts, condition);
    trace_add(mapping_ground(mapping)->trace, TRACE_FAULT, lane->cause, subject, (int64_t)count, condition);
    discard_tell(lane, mapping->records, count, condition);
    mapping_lane_advance(lane, end);
}

static void on_pause_over(struct timer *timer)
{
    pump_again(list_item(timer, struct mapping_lane, pause));
}

void mapping_lane_try_later(struct mapping_lane *lane)
{
    timer_start(clock_of(lane), &lane->pause, lane->pause_ms, on_pause_over);
    lane->pause_ms = lane->pause_ms * 2 < LANE_PAUSE_MOST_MS ? lane->pause_ms * 2 : LANE_PAUSE_MOST_MS;
}

/* ---- tumbling windows ---- */

static int64_t window_length_ms(const struct mapping_lane *lane)
{
    return setting(lane, "TumblingWindowInSeconds", 0) * 1000;
}

/* When the window of what is pending, or of what was sent before, ends; 0: there is none. */
static int64_t window_end_ms(const struct mapping_lane *lane)
{
    int64_t length_ms = window_length_ms(lane);

    if (lane->window.is_open)
        return lane->window.end_ms;
    return length_ms && lane->pending.count ? lane->pending.arrived_ms - lane->pending.arrived_ms % length_ms + length_ms : 0;
}

/* Whether a record of that moment may go with what is pending. */
static bool is_in_window(const struct mapping_lane *lane, int64_t moment_ms)
{
    int64_t end_ms = window_end_ms(lane);

    return !end_ms || moment_ms < end_ms;
}

static bool is_window_over(const struct mapping_lane *lane)
{
    int64_t end_ms = window_end_ms(lane);

    return end_ms && (lane->is_at_boundary || lane->is_at_end || clock_now_ms(clock_of(lane)) >= end_ms || !window_length_ms(lane));
}

static void on_window_end(struct timer *timer)
{
    pump_again(list_item(timer, struct mapping_lane, window_end));
}

static void open_window(struct mapping_lane *lane, const struct source_record *record)
{
    if (!window_length_ms(lane) || lane->window.is_open)
        return;
    window_open(&lane->window, window_length_ms(lane), record->arrived_ms, record->position);
    if (lane->window.end_ms > clock_now_ms(clock_of(lane)))
        timer_start(clock_of(lane), &lane->window_end, lane->window.end_ms - clock_now_ms(clock_of(lane)), on_window_end);
}

/* ---- gathering ---- */

static bool is_full(const struct mapping_lane *lane)
{
    return lane->pending.count >= (size_t)setting(lane, "BatchSize", 100) || lane->pending.bytes >= BATCH_EVENT_MAX_BYTES / 4 * 3;
}

static bool passes(const struct mapping *mapping, const struct source_record *record)
{
    json_t *seen;
    bool does;

    if (!json_array_size(mapping->patterns))
        return true;
    seen = mapping->source->describe(&(struct batch_source){ .source_arn = mapping->source_arn, .region = mapping_ground(mapping)->region },
                                     record);
    does = filter_passes(mapping->patterns, seen);
    json_decref(seen);
    return does;
}

/* Takes what is the lane's own of these records, until the batch is full or the next record belongs to a later window. */
static void take(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    for (size_t i = 0; i < count && !is_full(lane); i++) {
        const struct source_record *record = &records[i];

        if (mapping_shard_is_for(lane->shard, lane->index, record) && passes(mapping_of(lane), record)) {
            lane->is_at_boundary = !is_in_window(lane, record->arrived_ms);
            if (lane->is_at_boundary)
                return;
            pending_add(&lane->pending, record->position, record->arrived_ms, record->size_bytes);
        }
        lane->scanned = record->position + 1;
    }
}

/* Adds to what is pending what the shard has for it. What the filter holds back is passed over. */
static void gather(struct mapping_lane *lane)
{
    struct mapping *mapping = mapping_of(lane);
    size_t wanted = (size_t)setting(lane, "BatchSize", 100);
    enum status status = OK;
    size_t count = wanted;

    /* Fewer than wanted are the last for now; whether the shard is closed behind them, the next look tells, and if nothing was taken, this
     * one. */
    lane->is_at_boundary = false;
    while (status == OK && count && (count == wanted || pending_is_empty(&lane->pending)) && !lane->is_at_boundary && !is_full(lane)) {
        struct source_place place = lane->shard->place;

        place.next = lane->scanned;
        mapping_make_room(mapping, wanted);
        status = source_read(mapping, &place, mapping->records, wanted, &count);
        if (status == OK)
            take(lane, mapping->records, count);
    }
    lane->is_at_end = status == FULL;
    lane->is_lost = status == ABSENT;
}

/* Keeps of these records those at the positions of the pending ones from *index on, in place; answers how many, and moves *index behind
 * them and behind those that are missing between. */
static size_t match(const struct pending *pending, size_t *index, size_t end, struct source_record *records, size_t count)
{
    size_t kept = 0;

    for (size_t i = 0; i < count && *index < end; i++) {
        while (*index < end && pending->positions[*index] < records[i].position)
            ++*index;
        if (*index < end && pending->positions[*index] == records[i].position) {
            records[kept++] = records[i];
            ++*index;
        }
    }
    return kept;
}

size_t mapping_lane_load(struct mapping_lane *lane, size_t end)
{
    struct mapping *mapping = mapping_of(lane);
    size_t wanted = end - lane->pending.first;
    size_t index = lane->pending.first;
    size_t loaded = 0;

    mapping_make_room(mapping, wanted);
    while (index < end) {
        struct source_place place = lane->shard->place;
        size_t count = 0;

        place.next = lane->pending.positions[index];
        if (source_read(mapping, &place, mapping->records + loaded, end - index, &count) != OK || !count)
            break;
        loaded += match(&lane->pending, &index, end, mapping->records + loaded, count);
    }
    if (loaded < wanted)
        mapping_lane_advance(lane, end - loaded);
    return loaded;
}

/* ---- sending ---- */

static void on_filled(struct timer *timer)
{
    struct mapping_lane *lane = list_item(timer, struct mapping_lane, filling);

    lane->is_ripe = true;
    pump_again(lane);
}

/* Whether what is pending has to wait for more, up to the batching window, or the end of the tumbling one. */
static bool must_fill(struct mapping_lane *lane)
{
    int64_t wait_ms = setting(lane, "MaximumBatchingWindowInSeconds", 0) * 1000;
    int64_t end_ms = window_end_ms(lane);
    int64_t left_ms = end_ms - clock_now_ms(clock_of(lane));

    if (!wait_ms || lane->is_ripe || lane->pending.is_sealed || is_full(lane) || is_window_over(lane))
        return false;
    if (!timer_is_running(&lane->filling))
        timer_start(clock_of(lane), &lane->filling, end_ms && left_ms < wait_ms ? left_ms : wait_ms, on_filled);
    return true;
}

/* Gives up what has become too old; answers whether there was any. */
static bool drop_aged(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    int64_t age_s = setting(lane, "MaximumRecordAgeInSeconds", -1);
    int64_t oldest_ms = clock_now_ms(clock_of(lane)) - age_s * 1000;
    size_t aged = 0;

    while (age_s > 0 && aged < count && records[aged].arrived_ms < oldest_ms)
        aged++;
    if (aged)
        mapping_lane_give_up(lane, lane->pending.first + aged, "RecordAgeExceeded");
    return aged > 0;
}

static bool may_run(const struct mapping_lane *lane)
{
    return !lane->is_running && !timer_is_running(&lane->pause);
}

/* Sends what is pending, unless it has to wait or is gone. */
static void send_pending(struct mapping_lane *lane)
{
    const struct source_record *records = mapping_of(lane)->records;
    size_t count = mapping_lane_load(lane, pending_end(&lane->pending));

    records = mapping_of(lane)->records;
    if (!count || drop_aged(lane, records, count))
        return;
    timer_stop(clock_of(lane), &lane->filling);
    lane->pending.is_sealed = true;
    open_window(lane, records);
    mapping_attempt_send(lane, records, count);
}

void mapping_lane_pump(struct mapping_lane *lane)
{
    /* Each round sends something, or gives records up: then there is another one. */
    while (may_run(lane)) {
        if (!lane->pending.is_sealed && !lane->window.is_too_large)
            gather(lane);
        if (lane->window.is_too_large || (pending_is_empty(&lane->pending) && lane->window.is_open && is_window_over(lane)))
            mapping_attempt_send_final(lane);
        else if (pending_is_empty(&lane->pending) || must_fill(lane))
            return;
        else
            send_pending(lane);
    }
}

/* ---- a lane's life ---- */

void mapping_lane_init(struct mapping_lane *lane, struct mapping_shard *shard, int index, uint64_t position)
{
    *lane = (struct mapping_lane){ .shard = shard, .index = index, .scanned = position, .pause_ms = LANE_PAUSE_FIRST_MS };
}

void mapping_lane_reconsider(struct mapping_lane *lane)
{
    if (lane->pending.is_sealed)
        return;
    lane->scanned = next_record(lane);
    pending_reset(&lane->pending);
    timer_stop(clock_of(lane), &lane->filling);
    lane->is_ripe = false;
}

void mapping_lane_stop(struct mapping_lane *lane)
{
    timer_stop(clock_of(lane), &lane->pause);
    timer_stop(clock_of(lane), &lane->filling);
    timer_stop(clock_of(lane), &lane->window_end);
}

void mapping_lane_clear(struct mapping_lane *lane)
{
    mapping_lane_stop(lane);
    pending_clear(&lane->pending);
    window_close(&lane->window);
}
