/* To functions in AWS's output event, to streams by PutRecords. */

#include "analytics/delivery.h"

#include "analytics/application.h"
#include "analytics/room.h"
#include "aws/service.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { RECORD_FRAME = 128 }; /* bytes that a record takes in a payload beside its data */

static const struct analytics *room_of_output(const struct output *output)
{
    return output->application->room;
}

/* ---- which records ---- */

static size_t sent_size(const struct output *output, const struct output_record *record)
{
    return base64_encoded_size(record->size_bytes) + (output->kind == OUTPUT_FUNCTION ? RECORD_FRAME : 64);
}

static size_t count_sent(const struct output *output)
{
    size_t count = 0;

    for (const struct list *link = output->sent.next; link != &output->sent; link = link->next)
        count++;
    return count;
}

/* Fills `sent` from the queue, as far as one attempt takes. After a failure the same records go again and no others, unless the output has
 * changed to a kind that takes fewer of them. */
static void choose(struct output *output)
{
    size_t size_max = output->kind == OUTPUT_FUNCTION ? OUTPUT_INVOKE_MAX - 4096 : OUTPUT_PUT_MAX;
    size_t count_max = output->kind == OUTPUT_FUNCTION ? SIZE_MAX : OUTPUT_PUT_RECORDS;
    size_t failed = count_sent(output);
    size_t size = 0;

    if (failed && failed < count_max)
        count_max = failed;
    while (!list_is_empty(&output->sent)) {
        struct list *last = output->sent.previous;

        list_remove(last);
        list_add_first(&output->queue, last);
    }
    for (size_t count = 0; !list_is_empty(&output->queue) && count < count_max; count++) {
        struct output_record *record = list_item(output->queue.next, struct output_record, link);

        size += sent_size(output, record);
        if (count && size > size_max)
            return;
        list_remove(&record->link);
        list_add(&output->sent, &record->link);
    }
}

/* The batch in the trace: caused by the record that its first row came from. */
static uint64_t trace_batch(const struct output *output, size_t count)
{
    const struct output_record *first = list_item(output->sent.next, struct output_record, link);
    char subject[256];
    char note[40];

    snprintf(subject, sizeof subject, "%s/%s", output->application->name, output->name);
    snprintf(note, sizeof note, "attempt %d", first->attempts + 1);
    return trace_add(room_of_output(output)->ground->trace, TRACE_BATCH, first->cause, subject, (int64_t)count, note);
}

static void add_base64(struct buffer *text, const struct output_record *record)
{
    size_t size = base64_encoded_size(record->size_bytes);

    base64_encode(record->data, record->size_bytes, buffer_reserve(text, size + 1));
    text->size += size;
}

/* ---- to a function ---- */

static void print_event(const struct output *output, struct buffer *event)
{
    char id[37];
    const char *comma = "";

    random_uuid(&output->application->room->ids, id);
    buffer_print(event, "{\"invocationId\":\"%s\",\"applicationArn\":\"%s\",\"records\":[", id, output->application->arn);
    for (const struct list *link = output->sent.next; link != &output->sent; link = link->next) {
        struct output_record *record = list_item(link, struct output_record, link);

        buffer_print(event, "%s{\"recordId\":\"%s\",\"lambdaDeliveryRecordMetadata\":{\"retryHint\":%d},\"data\":\"", comma, record->id,
                     record->attempts++);
        add_base64(event, record);
        buffer_add_text(event, "\"}");
        comma = ",";
    }
    buffer_add_text(event, "]}");
}

/* Marks the records whose id the answer gives with the result Ok; what else it says, or leaves out, is not delivered. */
static const char *read_results(struct output *output, const json_t *answer)
{
    const json_t *records = json_object_get(answer, "records");
    struct map results = { 0 };
    const char *why = json_is_array(records) ? NULL : "its answer has no list of records";

    for (size_t i = 0; i < json_array_size(records); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(records, i), "recordId"));
        const char *result = json_string_value(json_object_get(json_array_get(records, i), "result"));

        if (id && result)
            map_put(&results, id, (void *)result);
    }
    list_each(link, following, &output->sent) {
        struct output_record *record = list_item(link, struct output_record, link);
        const char *result = map_find(&results, record->id);

        record->is_done = result && !strcmp(result, "Ok");
        if (!record->is_done && !why)
            why = result ? "it answered that the delivery failed" : "its answer leaves record ids out";
    }
    map_clear(&results);
    return why;
}

static void function_answered(void *context, const struct invocation_result *result)
{
    struct delivery *delivery = context;
    json_t *answer = NULL;
    const char *why = NULL;

    if (!delivery->output) {
        free(delivery);
        return;
    }
    if (result->end == INVOCATION_ABSENT)
        why = "there is no such function";
    else if (result->end == INVOCATION_THROTTLED)
        why = "the function is throttled";
    else if (result->end != INVOCATION_DONE)
        why = "the function could not be started";
    else if (result->error || result->is_timed_out)
        why = result->is_timed_out ? "the function timed out" : "the function failed";
    else {
        json_read(result->payload, result->size_bytes, &answer);
        why = read_results(delivery->output, answer);
    }
    output_answered(delivery->output, why);
    json_decref(answer);
}

static void invoke(struct output *output, uint64_t batch)
{
    const struct invoker *invoker = &room_of_output(output)->invoker;
    struct buffer event = { 0 };

    print_event(output, &event);
    invoker->invoke(invoker->room, output->resource_arn, event.data, event.size, batch, 0, function_answered, output->delivery);
    buffer_clear(&event);
}

/* ---- to a stream ---- */

static json_t *print_put(struct output *output)
{
    const char *name = strrchr(output->resource_arn, '/');
    json_t *records = json_array();
    struct buffer data = { 0 };
    char key[37];

    list_each(link, following, &output->sent) {
        struct output_record *record = list_item(link, struct output_record, link);

        record->attempts++;
        data.size = 0;
        add_base64(&data, record);
        random_uuid(&output->application->room->ids, key);
        json_array_append_new(records, json_pack("{s:s%, s:s}", "Data", data.data, data.size, "PartitionKey", key));
    }
    buffer_clear(&data);
    return json_pack("{s:s, s:o}", "StreamName", name ? name + 1 : output->resource_arn, "Records", records);
}

static void stream_answered(struct call *call, void *context)
{
    struct delivery *delivery = context;
    const json_t *rows;
    json_t *parsed = NULL;
    const char *why = NULL;
    size_t i = 0;

    if (!delivery->output) {
        free(delivery);
        return;
    }
    if (call->text.size) /* PutRecords writes its answer as text */
        json_read(call->text.data, call->text.size, &parsed);
    rows = json_object_get(parsed ? parsed : call->output, "Records");
    if (call->error.id)
        why = call->error.message ? call->error.message : error_name(call->error.id);
    list_each(link, following, &delivery->output->sent) {
        struct output_record *record = list_item(link, struct output_record, link);
        const json_t *row = json_array_get(rows, i++);

        record->is_done = !call->error.id && json_object_get(row, "SequenceNumber");
        if (!record->is_done && !why)
            why = "some records were refused";
    }
    output_answered(delivery->output, why);
    json_decref(parsed);
}

static void put(struct output *output, uint64_t batch)
{
    const struct analytics *room = room_of_output(output);

    service_call_caused(kinesis_service(room->kinesis), room->ground, "PutRecords", print_put(output), batch, stream_answered,
                        output->delivery);
}

void delivery_send(struct output *output)
{
    uint64_t batch;

    choose(output);
    output->delivery = memory_new(sizeof *output->delivery);
    output->delivery->output = output;
    output->delivery->count = count_sent(output);
    batch = trace_batch(output, output->delivery->count);
    (output->kind == OUTPUT_FUNCTION ? invoke : put)(output, batch);
}
