/* Reading, sending, judging the answer: one shard at a time. */

#include "lambda/mapping_shard.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/batch.h"
#include "lambda/filter.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/mapping.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdio.h>

static bool reports_failures(const struct mapping *mapping)
{
    json_t *types = json_object_get(mapping->settings, "FunctionResponseTypes");

    return text_is(json_string_value(json_array_get(types, 0)), "ReportBatchItemFailures");
}

/* ---- the place ---- */

/* The end of the narrowed batch that comes next; UINT64_MAX when nothing is narrowed. Ends that lie behind are dropped. */
static uint64_t next_end(struct mapping_shard *shard)
{
    while (shard->end_count && shard->ends[shard->end_count - 1] <= shard->place.next)
        shard->end_count--;
    return shard->end_count ? shard->ends[shard->end_count - 1] : UINT64_MAX;
}

static void narrow(struct mapping_shard *shard, uint64_t end)
{
    if (shard->end_count < MAPPING_SPLITS_MAX && end < next_end(shard))
        shard->ends[shard->end_count++] = end;
}

void mapping_shard_move_on(struct mapping_shard *shard, uint64_t position)
{
    shard->place.next = position;
    shard->attempts = 0;
    shard->pause_ms = MAPPING_PAUSE_FIRST_MS;
    shard->cause = 0;
    shard->is_window_over = false;
    lambda_store_put_place(shard->mapping->room->store, shard);
}

static void give_up(struct mapping_shard *shard, uint64_t end, const char *condition)
{
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s", shard->mapping->uuid, shard->shard);
    log_warn("mapping %s gives up %llu record(s) of %s after %d attempt(s): %s", shard->mapping->uuid,
             (unsigned long long)(end - shard->place.next), shard->shard, shard->attempts, condition);
    trace_add(mapping_ground(shard->mapping)->trace, TRACE_FAULT, shard->cause, subject, (int64_t)(end - shard->place.next), condition);
    mapping_shard_move_on(shard, end);
}

void mapping_shard_begin_anew(struct mapping_shard *shard, const struct kinesis_reader *reader)
{
    shard->place = *reader;
    shard->end_count = 0;
    shard->is_drained = false;
    mapping_shard_move_on(shard, reader->next);
}

/* ---- failure ---- */

static void on_pause_over(struct timer *timer)
{
    mapping_shard_pump(list_item(timer, struct mapping_shard, pause));
}

static void try_later(struct mapping_shard *shard)
{
    timer_start(mapping_ground(shard->mapping)->clock, &shard->pause, shard->pause_ms, on_pause_over);
    shard->pause_ms = shard->pause_ms * 2 < MAPPING_PAUSE_MOST_MS ? shard->pause_ms * 2 : MAPPING_PAUSE_MOST_MS;
}

/* The batch failed as a whole: halved, tried again, or given up. Halving costs no try. */
static void fail_batch(struct mapping_shard *shard)
{
    struct mapping *mapping = shard->mapping;
    int64_t retries = mapping_setting(mapping, "MaximumRetryAttempts", -1);
    uint64_t count = shard->running_end - shard->place.next;

    mapping->last_result = "PROBLEM: Function call failed";
    /* Every further attempt is for these records alone, whatever comes in meanwhile. */
    narrow(shard, shard->running_end);
    if (count > 1 && json_is_true(json_object_get(mapping->settings, "BisectBatchOnFunctionError"))) {
        narrow(shard, shard->place.next + count / 2);
        try_later(shard);
        return;
    }
    shard->attempts++;
    if (retries >= 0 && shard->attempts > retries)
        give_up(shard, shard->running_end, "RetryAttemptsExhausted");
    else
        try_later(shard);
}

/* ---- the answer ---- */

/* The records of the batch in flight once more, for their sequence numbers. */
static size_t reread(struct mapping_shard *shard)
{
    struct kinesis_reader reader = shard->place;
    size_t count = 0;

    kinesis_read(shard->mapping->room->kinesis, &reader, shard->mapping->records, (size_t)(shard->running_end - shard->place.next),
                 SIZE_MAX, &count);
    return count;
}

static void judge(struct mapping_shard *shard, const struct invocation_result *result)
{
    struct mapping *mapping = shard->mapping;
    size_t failed_at = 0;
    enum batch_verdict verdict = BATCH_DONE;

    if (result->end == INVOCATION_THROTTLED || result->end == INVOCATION_ABSENT) {
        mapping->last_result = "PROBLEM: Function call failed";
        try_later(shard);
        return;
    }
    shard->cause = result->event;
    if (result->error || result->end == INVOCATION_BROKEN)
        verdict = BATCH_FAILED;
    else if (reports_failures(mapping))
        verdict = batch_read_report(result->payload, result->size_bytes, mapping->records, reread(shard), &failed_at);
    if (verdict == BATCH_FAILED) {
        fail_batch(shard);
        return;
    }
    mapping->last_result = "OK";
    if (verdict == BATCH_DONE) {
        mapping_shard_move_on(shard, shard->running_end);
        return;
    }
    /* The rest counts as a new batch with tries of its own. */
    mapping_shard_move_on(shard, mapping->records[failed_at].position);
    narrow(shard, shard->running_end);
    try_later(shard);
}

static void on_done(void *context, const struct invocation_result *result)
{
    struct mapping_shard *shard = context;
    struct mapping *mapping = shard->mapping;

    shard->is_running = false;
    mapping->running_count--;
    if (mapping->is_deleted) {
        mapping_left(mapping);
        return;
    }
    judge(shard, result);
    mapping_shard_pump(shard);
}

/* ---- sending ---- */

static struct function_version *find_version(const struct mapping *mapping)
{
    struct function_name name;
    struct function *function = function_name_read(mapping->function, &name) ? function_find(mapping->room, name.name) : NULL;

    return function ? function_drawn(function, name.qualifier) : NULL;
}

static uint64_t trace_batch(struct mapping_shard *shard, const struct kinesis_record *records, size_t count)
{
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s:%s", shard->mapping->uuid, shard->shard, records[0].sequence_number);
    return trace_add(mapping_ground(shard->mapping)->trace, TRACE_BATCH, shard->cause ? shard->cause : records[0].event, subject,
                     (int64_t)count, NULL);
}

static void send(struct mapping_shard *shard, struct kinesis_record *records, size_t count)
{
    struct mapping *mapping = shard->mapping;
    struct function_version *version = find_version(mapping);
    struct buffer event = { 0 };
    struct batch_source source = {
        .shard = shard->shard,
        .stream_arn = mapping->stream_arn,
        .region = mapping_ground(mapping)->region,
        .role = version ? version_text(version, "Role") : NULL,
    };

    if (!version) {
        mapping->last_result = "PROBLEM: Function call failed";
        try_later(shard);
        return;
    }
    source.role = source.role ? source.role : "";
    count = batch_print(&event, &source, records, count);
    shard->running_end = records[count - 1].position + 1;
    shard->is_running = true;
    mapping->running_count++;
    invocation_start(&(struct invocation_order){
        .version = version,
        .payload = event.data,
        .size_bytes = event.size,
        .arn = mapping->function,
        .cause = trace_batch(shard, records, count),
        .done = on_done,
        .context = shard,
    });
    buffer_clear(&event);
}

/* ---- reading ---- */

static void on_window_over(struct timer *timer)
{
    struct mapping_shard *shard = list_item(timer, struct mapping_shard, window);

    shard->is_window_over = true;
    mapping_shard_pump(shard);
}

/* Whether a batch of that size has to wait for more, up to the batching window. */
static bool must_fill(struct mapping_shard *shard, size_t count, size_t bytes)
{
    int64_t window_s = mapping_setting(shard->mapping, "MaximumBatchingWindowInSeconds", 0);

    if (!window_s || shard->is_window_over || shard->end_count || shard->attempts ||
        count >= (size_t)mapping_setting(shard->mapping, "BatchSize", 100) || bytes >= BATCH_EVENT_MAX_BYTES / 4 * 3)
        return false;
    if (!timer_is_running(&shard->window))
        timer_start(mapping_ground(shard->mapping)->clock, &shard->window, window_s * 1000, on_window_over);
    return true;
}

/* Gives up what has become too old; answers how many records that was. */
static size_t drop_aged(struct mapping_shard *shard, const struct kinesis_record *records, size_t count)
{
    int64_t age_s = mapping_setting(shard->mapping, "MaximumRecordAgeInSeconds", -1);
    int64_t oldest_ms = clock_now_ms(mapping_ground(shard->mapping)->clock) - age_s * 1000;
    size_t aged = 0;

    while (age_s > 0 && aged < count && records[aged].arrived_ms < oldest_ms)
        aged++;
    if (aged)
        give_up(shard, records[aged - 1].position + 1, "RecordAgeExceeded");
    return aged;
}

/* Keeps what the filter lets through. What it holds back in front is done with; behind a passing record it goes with that batch. */
static size_t filter(struct mapping_shard *shard, struct kinesis_record *records, size_t count)
{
    const json_t *patterns = shard->mapping->patterns;
    size_t kept = 0;

    if (!json_array_size(patterns))
        return count;
    for (size_t i = 0; i < count; i++)
        if (filter_passes(patterns, &records[i]))
            records[kept++] = records[i];
    if (!kept && count)
        mapping_shard_move_on(shard, records[count - 1].position + 1);
    return kept;
}

static size_t batch_max(struct mapping_shard *shard)
{
    size_t max = (size_t)mapping_setting(shard->mapping, "BatchSize", 100);
    uint64_t end = next_end(shard);

    if (end != UINT64_MAX && end - shard->place.next < max)
        max = (size_t)(end - shard->place.next);
    return max;
}

static void make_room(struct mapping *mapping)
{
    size_t wanted = (size_t)mapping_setting(mapping, "BatchSize", 100);

    if (mapping->record_capacity >= wanted)
        return;
    mapping->records = memory_resize(mapping->records, wanted * sizeof *mapping->records);
    mapping->record_capacity = wanted;
}

/* Parents that nobody reads (they have expired) hold nobody up. */
static bool is_shard_drained(const struct mapping *mapping, const char *id)
{
    const struct mapping_shard *shard = mapping_find_shard(mapping, id);

    return !shard || shard->is_drained;
}

static bool may_run(const struct mapping_shard *shard)
{
    const struct mapping *mapping = shard->mapping;

    return mapping->is_enabled && !mapping->is_deleted && !shard->is_running && !shard->is_drained && !timer_is_running(&shard->pause) &&
           is_shard_drained(mapping, shard->parents[0]) && is_shard_drained(mapping, shard->parents[1]);
}

/* Reads the next batch; false when there is nothing to send now. */
static bool read_batch(struct mapping_shard *shard, size_t *count)
{
    struct mapping *mapping = shard->mapping;
    struct kinesis_reader reader = shard->place;
    size_t bytes = 0;

    switch (kinesis_read(mapping->room->kinesis, &reader, mapping->records, batch_max(shard), BATCH_EVENT_MAX_BYTES, count)) {
    case OK:
        break;
    case FULL:
        shard->is_drained = true;
        mapping_pump(mapping); /* its children may begin */
        return false;
    default: /* the stream is gone; another of the same name is read from its beginning */
        if (kinesis_reader_open(mapping->room->kinesis, shard->place.stream, shard->shard, KINESIS_TRIM_HORIZON, 0, NULL, &reader) == OK &&
            reader.stream_made_ms != shard->place.stream_made_ms) {
            mapping_shard_begin_anew(shard, &reader);
            return read_batch(shard, count);
        }
        return false;
    }
    for (size_t i = 0; i < *count; i++)
        bytes += mapping->records[i].size_bytes;
    return *count && !must_fill(shard, *count, bytes);
}

void mapping_shard_pump(struct mapping_shard *shard)
{
    struct mapping *mapping = shard->mapping;
    size_t count;

    make_room(mapping);
    /* Each round sends a batch or moves on; records that are dropped or filtered out cost another one. */
    while (may_run(shard) && read_batch(shard, &count)) {
        if (drop_aged(shard, mapping->records, count))
            continue;
        count = filter(shard, mapping->records, count);
        if (!count)
            continue;
        timer_stop(mapping_ground(mapping)->clock, &shard->window);
        send(shard, mapping->records, count);
    }
}
