/* The queue of an output, and when it is sent. */

#include "analytics/output.h"

#include "analytics/application.h"
#include "analytics/delivery.h"
#include "analytics/room.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

static const struct ground *ground_of(const struct output *output)
{
    return output->application->room->ground;
}

static void replace(char **text, const char *with)
{
    char *copy = memory_copy_text(with ? with : "");

    free(*text);
    *text = copy;
}

void output_configure(struct output *output, const json_t *part)
{
    const json_t *function = json_object_get(part, "LambdaOutput");
    const json_t *resource = function ? function : json_object_get(part, "KinesisStreamsOutput");
    const char *format = json_string_value(json_object_get(json_object_get(part, "DestinationSchema"), "RecordFormatType"));

    replace(&output->id, json_string_value(json_object_get(part, "OutputId")));
    replace(&output->name, json_string_value(json_object_get(part, "Name")));
    replace(&output->resource_arn, json_string_value(json_object_get(resource, "ResourceARN")));
    output->kind = function ? OUTPUT_FUNCTION : OUTPUT_STREAM;
    analytics_row_format(format ? format : "JSON", &output->format);
}

struct output *output_open(struct application *application, const json_t *part)
{
    struct output *output = memory_new(sizeof *output);

    output->application = application;
    list_init(&output->queue);
    list_init(&output->sent);
    output_configure(output, part);
    return output;
}

bool output_is_full(const struct output *output)
{
    return output->queued_bytes >= OUTPUT_QUEUE_MAX;
}

bool output_is_idle(const struct output *output)
{
    return list_is_empty(&output->queue) && list_is_empty(&output->sent) && !output->delivery;
}

/* ---- sending ---- */

static void deliver(struct output *output)
{
    if (!output->is_running || output->delivery || timer_is_running(&output->pause))
        return;
    if (!list_is_empty(&output->queue) || !list_is_empty(&output->sent))
        delivery_send(output);
}

static void deliver_next(struct deferred *deferred)
{
    deliver(list_item(deferred, struct output, next));
}

static void pause_ended(struct timer *timer)
{
    deliver(list_item(timer, struct output, pause));
}

static int64_t pause_ms(int failures)
{
    int64_t ms = OUTPUT_PAUSE_FIRST_MS;

    while (--failures > 0 && ms < OUTPUT_PAUSE_MAX_MS)
        ms *= 2;
    return ms < OUTPUT_PAUSE_MAX_MS ? ms : OUTPUT_PAUSE_MAX_MS;
}

static void forget(struct output *output, struct output_record *record)
{
    list_remove(&record->link);
    output->queued_bytes -= record->size_bytes;
    free(record);
}

static size_t drop_delivered(struct output *output)
{
    size_t left = 0;

    list_each(link, following, &output->sent) {
        struct output_record *record = list_item(link, struct output_record, link);

        if (record->is_done)
            forget(output, record);
        else
            left++;
    }
    return left;
}

void output_answered(struct output *output, const char *why)
{
    size_t count = output->delivery->count;
    size_t left = drop_delivered(output);

    free(output->delivery);
    output->delivery = NULL;
    if (left) {
        int64_t ms = pause_ms(++output->failures);

        log_warn("analytics: %s: %s took %zu of %zu records from %s (%s); the others are sent again in %lld ms", output->application->name,
                 output->resource_arn, count - left, count, output->name, why ? why : "it said so", (long long)ms);
        if (output->is_running)
            timer_start(ground_of(output)->clock, &output->pause, ms, pause_ended);
    } else {
        output->failures = 0;
        if (output->is_running && !list_is_empty(&output->queue))
            loop_defer(ground_of(output)->loop, &output->next, deliver_next);
    }
    application_output_moved(output->application);
}

/* ---- taking rows ---- */

static void add_record(struct output *output, const struct buffer *text, uint64_t cause)
{
    struct output_record *record;

    if (text->size > OUTPUT_ROW_MAX) {
        log_warn("analytics: %s: a row of %zu bytes from %s is dropped: rows have at most %d bytes", output->application->name, text->size,
                 output->name, OUTPUT_ROW_MAX);
        trace_add(ground_of(output)->trace, TRACE_FAULT, cause, output->application->name, (int64_t)text->size, "row too large");
        return;
    }
    record = memory_new(sizeof *record + text->size + 1);
    random_uuid(&output->application->room->ids, record->id);
    record->cause = cause;
    record->size_bytes = text->size;
    memcpy(record->data, text->data, text->size);
    list_add(&output->queue, &record->link);
    output->queued_bytes += text->size;
}

void output_take(struct output *output, const struct program *program)
{
    const struct sql_relation *relation = program_output(program, output->name);
    const struct sql_rows *rows = relation ? sql_engine_rows(program->engine, relation) : NULL;
    struct buffer text = { 0 };

    for (size_t i = 0; rows && i < rows->count; i++) {
        text.size = 0;
        analytics_row_print(&text, output->format, relation, rows->items[i].values);
        add_record(output, &text, rows->items[i].cause);
    }
    buffer_clear(&text);
    deliver(output);
}

/* ---- life ---- */

void output_start(struct output *output)
{
    output->is_running = true;
    output->failures = 0;
    deliver(output);
}

void output_stop(struct output *output)
{
    output->is_running = false;
    timer_stop(ground_of(output)->clock, &output->pause);
    loop_forget(&output->next);
}

void output_discard(struct output *output)
{
    if (output->delivery)
        return; /* its records are still being answered */
    list_each(link, following, &output->sent)
        forget(output, list_item(link, struct output_record, link));
    list_each(link, following, &output->queue)
        forget(output, list_item(link, struct output_record, link));
}

void output_close(struct output *output)
{
    output_stop(output);
    if (output->delivery)
        output->delivery->output = NULL;
    output->delivery = NULL;
    output_discard(output);
    list_remove(&output->link);
    free(output->id);
    free(output->name);
    free(output->resource_arn);
    free(output);
}
