/* Gathering, sending, judging the answer: one lane at a time. */

#include "lambda/mapping_lane.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/batch.h"
#include "lambda/filter.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/mapping.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>

static struct mapping *mapping_of(const struct mapping_lane *lane)
{
    return lane->shard->mapping;
}

static struct clock *clock_of(const struct mapping_lane *lane)
{
    return mapping_ground(mapping_of(lane))->clock;
}

static bool is_set(const struct mapping_lane *lane, const char *setting)
{
    return json_is_true(json_object_get(mapping_of(lane)->settings, setting));
}

static bool reports_failures(const struct mapping *mapping)
{
    json_t *types = json_object_get(mapping->settings, "FunctionResponseTypes");

    return text_is(json_string_value(json_array_get(types, 0)), "ReportBatchItemFailures");
}

/* ---- the batch ---- */

uint64_t mapping_lane_next(const struct mapping_lane *lane)
{
    return lane->first < lane->count ? lane->positions[lane->first] : lane->scanned;
}

bool mapping_lane_rests(const struct mapping_lane *lane)
{
    return !lane->is_running && lane->first == lane->count;
}

static void clear_batch(struct mapping_lane *lane)
{
    lane->first = lane->count = lane->bytes = 0;
    lane->end_count = 0;
    lane->is_sealed = false;
    lane->is_window_over = false;
    timer_stop(clock_of(lane), &lane->window);
}

static void add_record(struct mapping_lane *lane, const struct source_record *record)
{
    if (lane->count == lane->capacity) {
        lane->capacity = lane->capacity ? lane->capacity * 2 : 16;
        lane->positions = memory_resize(lane->positions, lane->capacity * sizeof *lane->positions);
    }
    lane->positions[lane->count++] = record->position;
    lane->bytes += record->size_bytes;
}

/* Where the attempt that comes next ends, as an index; narrowed ends that lie behind are dropped. */
static size_t next_end(struct mapping_lane *lane)
{
    while (lane->end_count && lane->ends[lane->end_count - 1] <= lane->first)
        lane->end_count--;
    return lane->end_count ? lane->ends[lane->end_count - 1] : lane->count;
}

static void narrow(struct mapping_lane *lane, size_t end)
{
    if (lane->end_count < LANE_SPLITS_MAX && end < next_end(lane))
        lane->ends[lane->end_count++] = end;
}

/* What is before the index is done or given up; what comes behind it has tries of its own. */
static void move_on(struct mapping_lane *lane, size_t index)
{
    lane->first = index;
    lane->attempts = 0;
    lane->pause_ms = LANE_PAUSE_FIRST_MS;
    lane->cause = 0;
    if (lane->first == lane->count)
        clear_batch(lane);
}

/* ---- failure ---- */

static void give_up(struct mapping_lane *lane, size_t end, const char *condition)
{
    const struct mapping *mapping = mapping_of(lane);
    const char *shard = lane->shard->place.shard;
    size_t count = end - lane->first;
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s", mapping->uuid, shard);
    log_warn("mapping %s gives up %zu record(s) of %s after %d attempt(s): %s", mapping->uuid, count, shard, lane->attempts, condition);
    trace_add(mapping_ground(mapping)->trace, TRACE_FAULT, lane->cause, subject, (int64_t)count, condition);
    move_on(lane, end);
}

static void on_pause_over(struct timer *timer)
{
    mapping_shard_pump(list_item(timer, struct mapping_lane, pause)->shard);
}

static void try_later(struct mapping_lane *lane)
{
    timer_start(clock_of(lane), &lane->pause, lane->pause_ms, on_pause_over);
    lane->pause_ms = lane->pause_ms * 2 < LANE_PAUSE_MOST_MS ? lane->pause_ms * 2 : LANE_PAUSE_MOST_MS;
}

/* The attempt failed as a whole: halved, tried again, or given up. Halving costs no try. */
static void fail_attempt(struct mapping_lane *lane)
{
    int64_t retries = mapping_setting(mapping_of(lane), "MaximumRetryAttempts", -1);
    size_t count = lane->running_end - lane->first;

    mapping_of(lane)->last_result = "PROBLEM: Function call failed";
    narrow(lane, lane->running_end);
    if (count > 1 && is_set(lane, "BisectBatchOnFunctionError")) {
        narrow(lane, lane->first + count / 2);
        try_later(lane);
        return;
    }
    lane->attempts++;
    if (retries >= 0 && lane->attempts > retries)
        give_up(lane, lane->running_end, "RetryAttemptsExhausted");
    else
        try_later(lane);
}

/* ---- the answer ---- */

/* Reads the batch's records up to the index end again, into the mapping's room for them; answers how many there are. Those that the stream
 * has dropped meanwhile, its oldest, are done with. */
static size_t load(struct mapping_lane *lane, size_t end)
{
    struct mapping *mapping = mapping_of(lane);
    size_t loaded = 0;

    mapping_make_room(mapping, end - lane->first);
    for (size_t i = lane->first; i < end; i++) {
        struct source_place place = lane->shard->place;
        size_t count = 0;

        place.next = lane->positions[i];
        if (mapping->source->read(mapping, &place, &mapping->records[loaded], 1, &count) == OK && count &&
            mapping->records[loaded].position == lane->positions[i])
            loaded++;
    }
    if (loaded < end - lane->first)
        move_on(lane, end - loaded);
    return loaded;
}

static void judge(struct mapping_lane *lane, const struct invocation_result *result)
{
    struct mapping *mapping = mapping_of(lane);
    enum batch_verdict verdict = BATCH_DONE;
    size_t end = lane->running_end;
    size_t failed_at = 0;

    if (result->end == INVOCATION_THROTTLED || result->end == INVOCATION_ABSENT) {
        mapping->last_result = "PROBLEM: Function call failed";
        try_later(lane);
        return;
    }
    lane->cause = result->event;
    if (result->error || result->end == INVOCATION_BROKEN)
        verdict = BATCH_FAILED;
    else if (reports_failures(mapping))
        verdict = batch_read_report(result->payload, result->size_bytes, mapping->records, load(lane, end), &failed_at);
    if (!lane->count) /* the stream has dropped them all */
        return;
    if (verdict == BATCH_FAILED) {
        fail_attempt(lane);
        return;
    }
    mapping->last_result = "OK";
    if (verdict == BATCH_DONE) {
        move_on(lane, end);
        return;
    }
    narrow(lane, end);
    move_on(lane, lane->first + failed_at);
    try_later(lane);
}

static void on_done(void *context, const struct invocation_result *result)
{
    struct mapping_lane *lane = context;
    struct mapping *mapping = mapping_of(lane);

    lane->is_running = false;
    mapping->running_count--;
    if (mapping->is_deleted) {
        mapping_left(mapping);
        return;
    }
    judge(lane, result);
    mapping_shard_checkpoint(lane->shard);
    mapping_shard_pump(lane->shard);
}

/* ---- sending ---- */

static struct function_version *find_version(const struct mapping *mapping)
{
    struct function_name name;
    struct function *function = function_name_read(mapping->function, &name) ? function_find(mapping->room, name.name) : NULL;

    return function ? function_drawn(function, name.qualifier) : NULL;
}

static uint64_t trace_batch(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    const struct mapping *mapping = mapping_of(lane);
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s:%s", mapping->uuid, lane->shard->place.shard, records[0].sequence_number);
    return trace_add(mapping_ground(mapping)->trace, TRACE_BATCH, lane->cause ? lane->cause : records[0].event, subject, (int64_t)count,
                     NULL);
}

static void send(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    struct mapping *mapping = mapping_of(lane);
    struct function_version *version = find_version(mapping);
    struct buffer event = { 0 };
    struct batch_source source = {
        .type = mapping->source,
        .shard = lane->shard->place.shard,
        .source_arn = mapping->source_arn,
        .region = mapping_ground(mapping)->region,
        .role = version ? version_text(version, "Role") : NULL,
    };

    lane->is_sealed = true;
    if (!version) {
        mapping->last_result = "PROBLEM: Function call failed";
        try_later(lane);
        return;
    }
    source.role = source.role ? source.role : "";
    count = batch_print(&event, &source, records, count);
    lane->running_end = lane->first + count;
    lane->is_running = true;
    mapping->running_count++;
    invocation_start(&(struct invocation_order){
        .version = version,
        .payload = event.data,
        .size_bytes = event.size,
        .arn = mapping->function,
        .cause = trace_batch(lane, records, count),
        .done = on_done,
        .context = lane,
    });
    buffer_clear(&event);
}

/* ---- gathering ---- */

static void on_window_over(struct timer *timer)
{
    struct mapping_lane *lane = list_item(timer, struct mapping_lane, window);

    lane->is_window_over = true;
    mapping_shard_pump(lane->shard);
}

static bool is_full(const struct mapping_lane *lane)
{
    return lane->count >= (size_t)mapping_setting(mapping_of(lane), "BatchSize", 100) || lane->bytes >= BATCH_EVENT_MAX_BYTES / 4 * 3;
}

/* Whether a batch of that size has to wait for more, up to the batching window. */
static bool must_fill(struct mapping_lane *lane)
{
    int64_t window_s = mapping_setting(mapping_of(lane), "MaximumBatchingWindowInSeconds", 0);

    if (!window_s || lane->is_window_over || lane->is_sealed || is_full(lane))
        return false;
    if (!timer_is_running(&lane->window))
        timer_start(clock_of(lane), &lane->window, window_s * 1000, on_window_over);
    return true;
}

/* Gives up what has become too old; answers whether there was any. */
static bool drop_aged(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    int64_t age_s = mapping_setting(mapping_of(lane), "MaximumRecordAgeInSeconds", -1);
    int64_t oldest_ms = clock_now_ms(clock_of(lane)) - age_s * 1000;
    size_t aged = 0;

    while (age_s > 0 && aged < count && records[aged].arrived_ms < oldest_ms)
        aged++;
    if (aged)
        give_up(lane, lane->first + aged, "RecordAgeExceeded");
    return aged > 0;
}

static bool passes(const struct mapping *mapping, const struct source_record *record)
{
    json_t *seen;
    bool does;

    if (!json_array_size(mapping->patterns))
        return true;
    seen = mapping->source->describe(record);
    does = filter_passes(mapping->patterns, seen);
    json_decref(seen);
    return does;
}

/* Takes what is the lane's own of these records until the batch is full. */
static void take(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    for (size_t i = 0; i < count && !is_full(lane); i++) {
        if (mapping_shard_is_for(lane->shard, lane->index, &records[i]) && passes(mapping_of(lane), &records[i]))
            add_record(lane, &records[i]);
        lane->scanned = records[i].position + 1;
    }
}

/* Adds to the batch what the shard has for it. What the filter holds back is passed over. */
static void gather(struct mapping_lane *lane)
{
    struct mapping *mapping = mapping_of(lane);
    size_t wanted = (size_t)mapping_setting(mapping, "BatchSize", 100);
    enum status status = OK;
    size_t count = 1;

    mapping_make_room(mapping, wanted);
    while (status == OK && count && !is_full(lane)) {
        struct source_place place = lane->shard->place;

        place.next = lane->scanned;
        status = mapping->source->read(mapping, &place, mapping->records, wanted, &count);
        if (status == OK)
            take(lane, mapping->records, count);
    }
    lane->is_at_end = status == FULL;
    lane->is_lost = status == ABSENT;
}

static bool may_run(const struct mapping_lane *lane)
{
    return !lane->is_running && !timer_is_running(&lane->pause);
}

void mapping_lane_pump(struct mapping_lane *lane)
{
    size_t count;

    /* Each round sends a batch, or gives records up: then there is another one. */
    while (may_run(lane)) {
        if (!lane->is_sealed)
            gather(lane);
        if (lane->first == lane->count || must_fill(lane))
            return;
        count = load(lane, next_end(lane));
        if (!count || drop_aged(lane, mapping_of(lane)->records, count))
            continue;
        timer_stop(clock_of(lane), &lane->window);
        send(lane, mapping_of(lane)->records, count);
    }
}

/* ---- a lane's life ---- */

void mapping_lane_init(struct mapping_lane *lane, struct mapping_shard *shard, int index, uint64_t position)
{
    *lane = (struct mapping_lane){ .shard = shard, .index = index, .scanned = position, .pause_ms = LANE_PAUSE_FIRST_MS };
}

void mapping_lane_reconsider(struct mapping_lane *lane)
{
    if (lane->is_sealed)
        return;
    lane->scanned = mapping_lane_next(lane);
    clear_batch(lane);
}

void mapping_lane_stop(struct mapping_lane *lane)
{
    timer_stop(clock_of(lane), &lane->pause);
    timer_stop(clock_of(lane), &lane->window);
}

void mapping_lane_clear(struct mapping_lane *lane)
{
    mapping_lane_stop(lane);
    free(lane->positions);
}
