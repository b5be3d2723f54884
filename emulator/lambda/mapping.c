/* Reading, sending, judging the answer: one shard at a time. */

#include "lambda/mapping.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/batch.h"
#include "lambda/filter.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void pump(struct mapping_shard *shard);

static const struct ground *ground_of(const struct mapping *mapping)
{
    return mapping->room->ground;
}

static int64_t setting(const struct mapping *mapping, const char *name, int64_t fallback)
{
    json_t *value = json_object_get(mapping->settings, name);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

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

/* What is before position is done or given up. */
static void move_on(struct mapping_shard *shard, uint64_t position)
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
    trace_add(ground_of(shard->mapping)->trace, TRACE_FAULT, shard->cause, subject, (int64_t)(end - shard->place.next), condition);
    move_on(shard, end);
}

/* ---- failure ---- */

static void on_pause_over(struct timer *timer)
{
    pump(list_item(timer, struct mapping_shard, pause));
}

static void try_later(struct mapping_shard *shard)
{
    timer_start(ground_of(shard->mapping)->clock, &shard->pause, shard->pause_ms, on_pause_over);
    shard->pause_ms = shard->pause_ms * 2 < MAPPING_PAUSE_MOST_MS ? shard->pause_ms * 2 : MAPPING_PAUSE_MOST_MS;
}

/* The batch failed as a whole: halved, tried again, or given up. Halving costs no try. */
static void fail_batch(struct mapping_shard *shard)
{
    struct mapping *mapping = shard->mapping;
    int64_t retries = setting(mapping, "MaximumRetryAttempts", -1);
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
        move_on(shard, shard->running_end);
        return;
    }
    /* The rest counts as a new batch with tries of its own. */
    move_on(shard, mapping->records[failed_at].position);
    narrow(shard, shard->running_end);
    try_later(shard);
}

static void free_mapping(struct mapping *mapping);

static void on_done(void *context, const struct invocation_result *result)
{
    struct mapping_shard *shard = context;
    struct mapping *mapping = shard->mapping;

    shard->is_running = false;
    mapping->running_count--;
    if (mapping->is_deleted) {
        if (!mapping->running_count)
            free_mapping(mapping);
        return;
    }
    judge(shard, result);
    pump(shard);
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
    return trace_add(ground_of(shard->mapping)->trace, TRACE_BATCH, shard->cause ? shard->cause : records[0].event, subject, (int64_t)count,
                     NULL);
}

static void send(struct mapping_shard *shard, struct kinesis_record *records, size_t count)
{
    struct mapping *mapping = shard->mapping;
    struct function_version *version = find_version(mapping);
    struct buffer event = { 0 };
    struct batch_source source = {
        .shard = shard->shard,
        .stream_arn = mapping->stream_arn,
        .region = ground_of(mapping)->region,
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
    pump(shard);
}

/* Whether a batch of that size has to wait for more, up to the batching window. */
static bool must_fill(struct mapping_shard *shard, size_t count, size_t bytes)
{
    int64_t window_s = setting(shard->mapping, "MaximumBatchingWindowInSeconds", 0);

    if (!window_s || shard->is_window_over || shard->end_count || shard->attempts ||
        count >= (size_t)setting(shard->mapping, "BatchSize", 100) || bytes >= BATCH_EVENT_MAX_BYTES / 4 * 3)
        return false;
    if (!timer_is_running(&shard->window))
        timer_start(ground_of(shard->mapping)->clock, &shard->window, window_s * 1000, on_window_over);
    return true;
}

/* Gives up what has become too old; answers how many records that was. */
static size_t drop_aged(struct mapping_shard *shard, const struct kinesis_record *records, size_t count)
{
    int64_t age_s = setting(shard->mapping, "MaximumRecordAgeInSeconds", -1);
    int64_t oldest_ms = clock_now_ms(ground_of(shard->mapping)->clock) - age_s * 1000;
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
        move_on(shard, records[count - 1].position + 1);
    return kept;
}

static size_t batch_max(struct mapping_shard *shard)
{
    size_t max = (size_t)setting(shard->mapping, "BatchSize", 100);
    uint64_t end = next_end(shard);

    if (end != UINT64_MAX && end - shard->place.next < max)
        max = (size_t)(end - shard->place.next);
    return max;
}

static void make_room(struct mapping *mapping)
{
    size_t wanted = (size_t)setting(mapping, "BatchSize", 100);

    if (mapping->record_capacity >= wanted)
        return;
    mapping->records = memory_resize(mapping->records, wanted * sizeof *mapping->records);
    mapping->record_capacity = wanted;
}

static void pump_all(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->shard_count; i++)
        pump(mapping->shards[i]);
}

static struct mapping_shard *find_shard(const struct mapping *mapping, const char *id)
{
    for (size_t i = 0; i < mapping->shard_count; i++)
        if (text_is(mapping->shards[i]->shard, id))
            return mapping->shards[i];
    return NULL;
}

/* Parents that nobody reads (they have expired) hold nobody up. */
static bool is_shard_drained(const struct mapping *mapping, const char *id)
{
    const struct mapping_shard *shard = find_shard(mapping, id);

    return !shard || shard->is_drained;
}

static bool may_run(const struct mapping_shard *shard)
{
    const struct mapping *mapping = shard->mapping;

    return mapping->is_enabled && !mapping->is_deleted && !shard->is_running && !shard->is_drained && !timer_is_running(&shard->pause) &&
           is_shard_drained(mapping, shard->parents[0]) && is_shard_drained(mapping, shard->parents[1]);
}

/* The shard of a stream that was made anew, from its beginning. */
static void begin_anew(struct mapping_shard *shard, const struct kinesis_reader *reader)
{
    shard->place = *reader;
    shard->end_count = 0;
    shard->is_drained = false;
    move_on(shard, reader->next);
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
        pump_all(mapping); /* its children may begin */
        return false;
    default: /* the stream is gone; another of the same name is read from its beginning */
        if (kinesis_reader_open(mapping->room->kinesis, shard->place.stream, shard->shard, KINESIS_TRIM_HORIZON, 0, NULL, &reader) == OK &&
            reader.stream_made_ms != shard->place.stream_made_ms) {
            begin_anew(shard, &reader);
            return read_batch(shard, count);
        }
        return false;
    }
    for (size_t i = 0; i < *count; i++)
        bytes += mapping->records[i].size_bytes;
    return *count && !must_fill(shard, *count, bytes);
}

static void pump(struct mapping_shard *shard)
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
        timer_stop(ground_of(mapping)->clock, &shard->window);
        send(shard, mapping->records, count);
    }
}

/* ---- shards ---- */

struct discovery {
    struct mapping *mapping;
    bool is_first; /* the mapping begins: StartingPosition counts */
};

static enum kinesis_start start_of(const struct mapping *mapping)
{
    const char *position = json_string_value(json_object_get(mapping->settings, "StartingPosition"));

    return text_is(position, "LATEST") ? KINESIS_LATEST : text_is(position, "AT_TIMESTAMP") ? KINESIS_AT_TIMESTAMP : KINESIS_TRIM_HORIZON;
}

/* A drained shard has nothing more to give, unless the stream was deleted and made anew under its name: then this is another shard. */
static void revive(struct mapping_shard *shard)
{
    struct kinesis_reader reader;

    if (!shard->is_drained ||
        kinesis_reader_open(shard->mapping->room->kinesis, shard->place.stream, shard->shard, KINESIS_TRIM_HORIZON, 0, NULL, &reader) != OK)
        return;
    if (reader.stream_made_ms != shard->place.stream_made_ms)
        begin_anew(shard, &reader);
}

static void set_parents(struct mapping_shard *shard, const char *parent, const char *adjacent_parent)
{
    snprintf(shard->parents[0], sizeof shard->parents[0], "%s", parent ? parent : "");
    snprintf(shard->parents[1], sizeof shard->parents[1], "%s", adjacent_parent ? adjacent_parent : "");
}

static void add_shard(void *context, const char *id, const char *parent, const char *adjacent_parent)
{
    const struct discovery *discovery = context;
    struct mapping *mapping = discovery->mapping;
    struct mapping_shard *shard = find_shard(mapping, id);

    if (shard) {
        revive(shard);
        set_parents(shard, parent, adjacent_parent);
        return;
    }
    shard = memory_new(sizeof *shard);
    shard->mapping = mapping;
    snprintf(shard->shard, sizeof shard->shard, "%s", id);
    set_parents(shard, parent, adjacent_parent);
    if (kinesis_reader_open(mapping->room->kinesis, mapping->stream_arn, id, discovery->is_first ? start_of(mapping) : KINESIS_TRIM_HORIZON,
                            (int64_t)(json_number_value(json_object_get(mapping->settings, "StartingPositionTimestamp")) * 1000), NULL,
                            &shard->place) != OK) {
        free(shard);
        return;
    }
    if (discovery->is_first)
        lambda_store_find_place(mapping->room->store, shard);
    move_on(shard, shard->place.next);
    mapping->shards = memory_resize(mapping->shards, (mapping->shard_count + 1) * sizeof(struct mapping_shard *));
    mapping->shards[mapping->shard_count++] = shard;
}

static void discover(struct mapping *mapping, bool is_first)
{
    kinesis_each_shard(mapping->room->kinesis, mapping->stream_arn, add_shard, &(struct discovery){ mapping, is_first });
}

static void on_woken(struct kinesis_listener *listener)
{
    struct mapping *mapping = list_item(listener, struct mapping, listener);

    discover(mapping, false);
    pump_all(mapping);
}

/* ---- a mapping's life ---- */

static void touch(struct mapping *mapping)
{
    mapping->modified_s = (double)clock_now_ms(ground_of(mapping)->clock) / 1e3;
}

static struct mapping *make(struct lambda *room, const char *uuid, const char *function_arn, const char *stream_arn, json_t *settings)
{
    struct mapping *mapping = memory_new(sizeof *mapping);

    mapping->room = room;
    snprintf(mapping->uuid, sizeof mapping->uuid, "%s", uuid);
    mapping->function = memory_copy_text(function_arn);
    mapping->stream_arn = memory_copy_text(stream_arn);
    mapping->settings = settings;
    mapping->patterns = filter_compile(json_object_get(settings, "FilterCriteria"));
    mapping->is_enabled = !json_is_false(json_object_get(settings, "Enabled"));
    mapping->last_result = "No records processed";
    touch(mapping);
    map_put(&room->mappings, mapping->uuid, mapping);
    kinesis_listen(room->kinesis, stream_arn, &mapping->listener, on_woken);
    return mapping;
}

struct mapping *mapping_new(struct lambda *room, const char *function_arn, const char *stream_arn, json_t *settings)
{
    struct mapping *mapping;
    char uuid[37];

    random_uuid(&room->ids, uuid);
    mapping = make(room, uuid, function_arn, stream_arn, settings);
    discover(mapping, true);
    pump_all(mapping);
    return mapping;
}

static void begin_restored(struct deferred *deferred)
{
    struct mapping *mapping = list_item(deferred, struct mapping, begin);

    discover(mapping, true);
    pump_all(mapping);
}

void mapping_restore(struct lambda *room, const char *uuid, const char *function_arn, const char *stream_arn, json_t *settings,
                     bool is_enabled, double modified_s)
{
    struct mapping *mapping = make(room, uuid, function_arn, stream_arn, settings);

    mapping->is_enabled = is_enabled;
    mapping->modified_s = modified_s;
    /* Functions run only when the front door is open: their SDKs need its port. */
    loop_defer(room->ground->loop, &mapping->begin, begin_restored);
}

void mapping_change(struct mapping *mapping, const char *function_arn, json_t *settings, bool is_enabled)
{
    free(mapping->function);
    mapping->function = memory_copy_text(function_arn);
    json_decref(mapping->settings);
    json_decref(mapping->patterns);
    mapping->settings = settings;
    mapping->patterns = filter_compile(json_object_get(settings, "FilterCriteria"));
    mapping->is_enabled = is_enabled;
    touch(mapping);
    make_room(mapping);
    pump_all(mapping);
}

static void free_mapping(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->shard_count; i++) {
        timer_stop(ground_of(mapping)->clock, &mapping->shards[i]->pause);
        timer_stop(ground_of(mapping)->clock, &mapping->shards[i]->window);
        free(mapping->shards[i]);
    }
    kinesis_unlisten(&mapping->listener);
    loop_forget(&mapping->begin);
    list_remove(&mapping->link);
    json_decref(mapping->settings);
    json_decref(mapping->patterns);
    free(mapping->shards);
    free(mapping->records);
    free(mapping->function);
    free(mapping->stream_arn);
    free(mapping);
}

void mapping_delete(struct mapping *mapping)
{
    map_remove(&mapping->room->mappings, mapping->uuid);
    mapping->is_deleted = true;
    loop_forget(&mapping->begin);
    lambda_store_remove_mapping(mapping->room->store, mapping);
    kinesis_unlisten(&mapping->listener);
    for (size_t i = 0; i < mapping->shard_count; i++) {
        timer_stop(ground_of(mapping)->clock, &mapping->shards[i]->pause);
        timer_stop(ground_of(mapping)->clock, &mapping->shards[i]->window);
    }
    if (mapping->running_count)
        list_add(&mapping->room->leaving, &mapping->link);
    else
        free_mapping(mapping);
}

json_t *mapping_describe(const struct mapping *mapping, const char *state)
{
    const struct ground *ground = ground_of(mapping);
    json_t *output = json_deep_copy(mapping->settings);

    json_object_del(output, "Enabled");
    json_object_del(output, "FunctionName");
    json_object_set_new(output, "UUID", json_string(mapping->uuid));
    json_object_set_new(output, "EventSourceMappingArn",
                        json_sprintf("arn:aws:lambda:%s:%s:event-source-mapping:%s", ground->region, ground->account, mapping->uuid));
    json_object_set_new(output, "EventSourceArn", json_string(mapping->stream_arn));
    json_object_set_new(output, "FunctionArn", json_string(mapping->function));
    json_object_set_new(output, "LastModified", json_real(mapping->modified_s));
    json_object_set_new(output, "LastProcessingResult", json_string(mapping->last_result));
    json_object_set_new(output, "State", json_string(state ? state : mapping->is_enabled ? "Enabled" : "Disabled"));
    json_object_set_new(output, "StateTransitionReason", json_string("User action"));
    return output;
}

void mapping_close_all(struct lambda *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->mappings, &cursor)))
        free_mapping(entry->value);
    map_clear(&room->mappings);
    list_each(link, following, &room->leaving)
        free_mapping(list_item(link, struct mapping, link));
}
