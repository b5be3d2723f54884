#include "analytics/output.h"

#include "analytics/application.h"
#include "base/base64.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum {
    CALL_MAX_BYTES = 6 << 20, /* of one invocation's event */
    CALL_MAX_RECORDS = 10000,
    STREAM_MAX_RECORDS = 500, /* of PutRecords */
    STREAM_MAX_BYTES = 4 << 20,
    FIRST_PAUSE_MS = 100,
    LONGEST_PAUSE_MS = 10000
};

/* A row that is on its way. */
struct parcel {
    struct list link;
    char id[37];
    int retry_hint;
    uint64_t batch; /* the trace event that it came from */
    char *data;     /* the row as text */
    size_t size_bytes;
};

struct output {
    const struct application *application;
    struct analytics *room;
    const struct sql_relation *relation;
    enum row_format format;
    char *function; /* ARN, or NULL */
    char *stream;   /* name, or NULL */
    void (*drained)(void *context);
    void *context;
    struct list parcels; /* in order; the first `sent` of them are in the call that is under way */
    size_t sent;
    struct timer pause;
    int64_t pause_ms;
    struct delivery *delivery; /* NULL: no invocation under way */
};

/* An invocation under way: it outlives its output when that is closed first. */
struct delivery {
    struct output *output; /* NULL: closed */
};

static void deliver(struct output *output);

/* ---- opening ---- */

static const char *resource_of(const json_t *description, const char *kind)
{
    return json_string_value(json_object_get(json_object_get(description, kind), "ResourceARN"));
}

struct output *output_open(const struct application *application, const json_t *description, const struct sql_relation *relation,
                           void (*drained)(void *context), void *context)
{
    struct output *output = memory_new(sizeof *output);
    const char *stream = resource_of(description, "KinesisStreamsOutput");

    output->application = application;
    output->room = application->room;
    output->relation = relation;
    output->drained = drained;
    output->context = context;
    output->function = memory_copy_text(resource_of(description, "LambdaOutput"));
    output->stream = stream ? memory_copy_text(strrchr(stream, '/') ? strrchr(stream, '/') + 1 : stream) : NULL;
    analytics_row_format(json_string_value(json_object_get(json_object_get(description, "DestinationSchema"), "RecordFormatType")),
                         &output->format);
    list_init(&output->parcels);
    return output;
}

const struct sql_relation *output_relation(const struct output *output)
{
    return output->relation;
}

bool output_is_busy(const struct output *output)
{
    return !list_is_empty(&output->parcels);
}

void output_take(struct output *output, const struct sql_rows *rows, uint64_t batch)
{
    for (size_t i = 0; i < rows->count; i++) {
        struct parcel *parcel = memory_new(sizeof *parcel);
        struct buffer text = { 0 };

        analytics_row_print(&text, output->format, output->relation, rows->items[i].values);
        random_uuid(&output->room->ids, parcel->id);
        parcel->batch = batch;
        parcel->size_bytes = text.size;
        parcel->data = buffer_take(&text);
        list_add(&output->parcels, &parcel->link);
    }
}

static void free_parcel(struct parcel *parcel)
{
    list_remove(&parcel->link);
    free(parcel->data);
    free(parcel);
}

/* ---- after a call ---- */

static void pause_is_over(struct timer *timer)
{
    deliver(list_item(timer, struct output, pause));
}

/* What was acknowledged is gone; the rest is sent again after a pause, or what follows at once. */
static void go_on(struct output *output, bool all_taken)
{
    output->sent = 0;
    if (list_is_empty(&output->parcels)) {
        output->pause_ms = 0;
        output->drained(output->context);
        return;
    }
    if (all_taken) {
        output->pause_ms = 0;
        deliver(output);
        return;
    }
    output->pause_ms = output->pause_ms ? output->pause_ms * 2 : FIRST_PAUSE_MS;
    if (output->pause_ms > LONGEST_PAUSE_MS)
        output->pause_ms = LONGEST_PAUSE_MS;
    timer_start(output->room->ground->clock, &output->pause, output->pause_ms, pause_is_over);
}

/* ---- to a function ---- */

static void add_record(struct buffer *event, const struct parcel *parcel)
{
    buffer_print(event, "{\"recordId\":\"%s\",\"lambdaDeliveryRecordMetadata\":{\"retryHint\":%d},\"data\":\"", parcel->id,
                 parcel->retry_hint);
    base64_encode(parcel->data, parcel->size_bytes, buffer_reserve(event, base64_encoded_size(parcel->size_bytes)));
    event->size += base64_encoded_size(parcel->size_bytes);
    buffer_add_text(event, "\"}");
}

/* The event of as many parcels as fit; sets output->sent. */
static void print_event(struct output *output, struct buffer *event)
{
    char invocation[37];

    random_uuid(&output->room->ids, invocation);
    buffer_print(event, "{\"invocationId\":\"%s\",\"applicationArn\":\"%s\",\"records\":[", invocation, output->application->arn);
    list_each(link, following, &output->parcels) {
        const struct parcel *parcel = list_item(link, struct parcel, link);

        if (output->sent && (output->sent == CALL_MAX_RECORDS || event->size + parcel->size_bytes / 3 * 4 + 200 > CALL_MAX_BYTES))
            break;
        buffer_add_text(event, output->sent ? "," : "");
        add_record(event, parcel);
        output->sent++;
    }
    buffer_add_text(event, "]}");
}

/* Whether the function's answer says Ok of the record. */
static bool is_acknowledged(const json_t *by_id, const struct parcel *parcel)
{
    return text_is(json_string_value(json_object_get(by_id, parcel->id)), "Ok");
}

/* {recordId: result} of the answer; empty when it is not of the form. New reference. */
static json_t *results_of(const struct invocation_result *result)
{
    json_t *answer = result->end == INVOCATION_DONE && !result->error ? json_loadb(result->payload, result->size_bytes, 0, NULL) : NULL;
    json_t *by_id = json_object();
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(answer, "records"), i, record)
    {
        const char *id = json_string_value(json_object_get(record, "recordId"));

        if (id)
            json_object_set(by_id, id, json_object_get(record, "result"));
    }
    json_decref(answer);
    return by_id;
}

static void warn(const struct output *output, const struct invocation_result *result, size_t kept)
{
    const char *why = result->end == INVOCATION_ABSENT                    ? "the function does not exist"
                      : result->end == INVOCATION_THROTTLED               ? "the function is throttled"
                      : result->error || result->end == INVOCATION_BROKEN ? "the function failed"
                                                                          : "the function did not answer Ok for them";

    log_warn("analytics %s: %zu records are sent to %s again: %s", output->application->name, kept, output->function, why);
}

static void invoked(void *context, const struct invocation_result *result)
{
    struct delivery *delivery = context;
    struct output *output = delivery->output;
    json_t *by_id;
    size_t kept = 0;

    free(delivery);
    if (!output)
        return;
    output->delivery = NULL;
    by_id = results_of(result);
    list_each(link, following, &output->parcels) {
        struct parcel *parcel = list_item(link, struct parcel, link);

        if (!output->sent--)
            break;
        if (is_acknowledged(by_id, parcel)) {
            free_parcel(parcel);
        } else {
            parcel->retry_hint++;
            kept++;
        }
    }
    json_decref(by_id);
    if (kept)
        warn(output, result, kept);
    go_on(output, !kept);
}

static void invoke(struct output *output)
{
    struct buffer event = { 0 };
    const struct parcel *first = list_item(output->parcels.next, struct parcel, link);

    print_event(output, &event);
    output->delivery = memory_new(sizeof *output->delivery);
    output->delivery->output = output;
    output->room->invoker.invoke(output->room->invoker.room, output->function, event.data, event.size, first->batch, 0, invoked,
                                 output->delivery);
    buffer_clear(&event);
}

/* ---- to a stream ---- */

struct putting {
    struct output *output;
    bool all_taken;
};

static json_t *record_of(const struct parcel *parcel)
{
    char *data = memory_new(base64_encoded_size(parcel->size_bytes) + 1);
    json_t *record;

    base64_encode(parcel->data, parcel->size_bytes, data);
    record = json_pack("{s:s, s:s}", "Data", data, "PartitionKey", parcel->id); /* AWS spreads rows by a key of its own, too */
    free(data);
    return record;
}

static void was_put(struct call *call, void *context)
{
    struct putting *putting = context;
    struct output *output = putting->output;
    json_t *answer = call->text.size ? json_loadb(call->text.data, call->text.size, 0, NULL) : json_incref(call->output);
    const json_t *records = json_object_get(answer, "Records");
    size_t at = 0;

    putting->all_taken = !call->error.id;
    if (call->error.id)
        log_warn("analytics %s: cannot put rows into the stream %s: %s", output->application->name, output->stream,
                 call->error.message ? call->error.message : error_name(call->error.id));
    list_each(link, following, &output->parcels) {
        struct parcel *parcel = list_item(link, struct parcel, link);

        if (call->error.id || at == output->sent)
            break;
        if (json_object_get(json_array_get(records, at++), "SequenceNumber"))
            free_parcel(parcel);
        else
            putting->all_taken = false;
    }
    json_decref(answer);
}

static void put(struct output *output)
{
    struct putting putting = { .output = output };
    json_t *records = json_array();
    size_t bytes = 0;

    list_each(link, following, &output->parcels) {
        const struct parcel *parcel = list_item(link, struct parcel, link);

        if (output->sent && (output->sent == STREAM_MAX_RECORDS || bytes + parcel->size_bytes > STREAM_MAX_BYTES))
            break;
        json_array_append_new(records, record_of(parcel));
        bytes += parcel->size_bytes;
        output->sent++;
    }
    service_call(kinesis_service(output->room->kinesis), output->room->ground, "PutRecords",
                 json_pack("{s:s, s:o}", "StreamName", output->stream, "Records", records), was_put, &putting);
    go_on(output, putting.all_taken);
}

/* ---- delivering ---- */

static void deliver(struct output *output)
{
    if (output->function)
        invoke(output);
    else
        put(output);
}

void output_deliver(struct output *output)
{
    if (output_is_busy(output) && !output->delivery && !timer_is_running(&output->pause))
        deliver(output);
}

void output_close(struct output *output)
{
    timer_stop(output->room->ground->clock, &output->pause);
    if (output->delivery)
        output->delivery->output = NULL;
    list_each(link, following, &output->parcels)
        free_parcel(list_item(link, struct parcel, link));
    free(output->function);
    free(output->stream);
    free(output);
}
