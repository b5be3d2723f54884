/* Sending and judging. */

#include "lambda/mapping_attempt.h"

#include "base/text.h"
#include "lambda/batch.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/mapping.h"
#include "lambda/mapping_lane.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"

#include <stdio.h>

static struct mapping *mapping_of(const struct mapping_lane *lane)
{
    return lane->shard->mapping;
}

static bool reports_failures(const struct mapping *mapping)
{
    json_t *types = json_object_get(mapping->settings, "FunctionResponseTypes");

    return text_is(json_string_value(json_array_get(types, 0)), "ReportBatchItemFailures");
}

/* ---- the answer ---- */

/* The attempt failed as a whole: halved, tried again, or given up. Halving costs no try. */
static void fail(struct mapping_lane *lane)
{
    struct mapping *mapping = mapping_of(lane);
    int64_t retries = mapping_setting(mapping, "MaximumRetryAttempts", -1);
    size_t count = lane->running_end - lane->pending.first;

    mapping->last_result = "PROBLEM: Function call failed";
    pending_narrow(&lane->pending, lane->running_end);
    if (count > 1 && json_is_true(json_object_get(mapping->settings, "BisectBatchOnFunctionError"))) {
        pending_narrow(&lane->pending, lane->pending.first + count / 2);
        mapping_lane_try_later(lane);
        return;
    }
    lane->attempts++;
    if (retries >= 0 && lane->attempts > retries)
        mapping_lane_give_up(lane, lane->running_end, "RetryAttemptsExhausted");
    else
        mapping_lane_try_later(lane);
}

/* What the answer says. An answer without a state fails an attempt in a window, and a failed one leaves the state as it was. */
static enum batch_verdict read_answer(struct mapping_lane *lane, const struct invocation_result *result, size_t *failed_at)
{
    const struct mapping *mapping = mapping_of(lane);
    enum batch_verdict verdict = BATCH_DONE;

    if (result->error || result->end == INVOCATION_BROKEN)
        return BATCH_FAILED;
    if (reports_failures(mapping)) {
        size_t count = mapping_lane_load(lane, lane->running_end);

        verdict = batch_read_report(result->payload, result->size_bytes, mapping->records, count, failed_at);
    }
    if (verdict != BATCH_FAILED && lane->window.is_open && !window_read_state(&lane->window, result->payload, result->size_bytes))
        return BATCH_FAILED;
    return verdict;
}

static void judge(struct mapping_lane *lane, const struct invocation_result *result)
{
    size_t end = lane->running_end;
    size_t failed_at = 0;
    enum batch_verdict verdict = read_answer(lane, result, &failed_at);

    if (pending_is_empty(&lane->pending)) /* the stream has dropped them all meanwhile */
        return;
    if (verdict == BATCH_FAILED) {
        fail(lane);
        return;
    }
    mapping_of(lane)->last_result = "OK";
    pending_narrow(&lane->pending, end);
    mapping_lane_advance(lane, verdict == BATCH_DONE ? end : lane->pending.first + failed_at);
    if (verdict == BATCH_PARTLY)
        mapping_lane_try_later(lane);
}

/* The shard stands still until a window's last invocation went well. */
static void judge_final(struct mapping_lane *lane, const struct invocation_result *result)
{
    bool is_done = !result->error && result->end == INVOCATION_DONE;

    if (!is_done || !window_read_state(&lane->window, result->payload, result->size_bytes)) {
        mapping_of(lane)->last_result = "PROBLEM: Function call failed";
        mapping_lane_try_later(lane);
        return;
    }
    mapping_of(lane)->last_result = "OK";
    window_close(&lane->window);
    mapping_lane_advance(lane, lane->pending.first);
}

static void on_done(void *context, const struct invocation_result *result)
{
    struct mapping_lane *lane = context;
    struct mapping_shard *shard = lane->shard;

    lane->is_running = false;
    shard->mapping->running_count--;
    if (shard->mapping->is_deleted) {
        mapping_left(shard->mapping);
        return;
    }
    if (result->end == INVOCATION_THROTTLED || result->end == INVOCATION_ABSENT) {
        shard->mapping->last_result = "PROBLEM: Function call failed";
        mapping_lane_try_later(lane);
        return;
    }
    lane->cause = lane->window.cause = result->event;
    snprintf(lane->last.request_id, sizeof lane->last.request_id, "%s", result->request_id);
    snprintf(lane->last.version, sizeof lane->last.version, "%s", result->executed_version);
    lane->last.is_error = result->error || result->end == INVOCATION_BROKEN;
    if (lane->is_final)
        judge_final(lane, result);
    else
        judge(lane, result);
    mapping_shard_checkpoint(shard);
    mapping_shard_pump(shard);
}

/* ---- sending ---- */

static struct function_version *find_version(const struct mapping *mapping)
{
    struct function_name name;
    struct function *function = function_name_read(mapping->function, &name) ? function_find(mapping->room, name.name) : NULL;

    return function ? function_drawn(function, name.qualifier) : NULL;
}

static uint64_t trace(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    const struct mapping *mapping = mapping_of(lane);
    uint64_t cause = lane->cause ? lane->cause : count ? records[0].event : lane->window.cause;
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s:%s", mapping->uuid, lane->shard->place.shard, count ? records[0].sequence_number : "window");
    return trace_add(mapping_ground(mapping)->trace, TRACE_BATCH, cause, subject, (int64_t)count, NULL);
}

size_t mapping_attempt_print(const struct mapping_lane *lane, const struct source_record *records, size_t count, struct buffer *event)
{
    const struct mapping *mapping = mapping_of(lane);
    const struct function_version *version = find_version(mapping);
    const char *role = version ? version_text(version, "Role") : NULL;
    struct buffer more = { 0 };
    struct batch_source source = {
        .type = mapping->source,
        .shard = lane->shard->place.shard,
        .source_arn = mapping->source_arn,
        .region = mapping_ground(mapping)->region,
        .role = role ? role : "",
        .more = &more,
    };

    if (lane->window.is_open)
        window_print(&lane->window, &more, source.shard, source.source_arn, lane->is_final);
    count = batch_print(event, &source, records, count);
    buffer_clear(&more);
    return count;
}

static void send(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    struct mapping *mapping = mapping_of(lane);
    struct function_version *version = find_version(mapping);
    struct buffer event = { 0 };

    if (!version) {
        mapping->last_result = "PROBLEM: Function call failed";
        mapping_lane_try_later(lane);
        return;
    }
    count = mapping_attempt_print(lane, records, count, &event);
    lane->running_end = lane->pending.first + count;
    lane->is_running = true;
    mapping->running_count++;
    invocation_start(&(struct invocation_order){
        .version = version,
        .payload = event.data,
        .size_bytes = event.size,
        .arn = mapping->function,
        .cause = trace(lane, records, count),
        .done = on_done,
        .context = lane,
    });
    buffer_clear(&event);
}

void mapping_attempt_send(struct mapping_lane *lane, const struct source_record *records, size_t count)
{
    lane->is_final = false;
    send(lane, records, count);
}

void mapping_attempt_send_final(struct mapping_lane *lane)
{
    lane->is_final = true;
    send(lane, NULL, 0);
}
