#include "producer.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "refusal.h"

#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct put {
    size_t count;
    void (*done)(const struct producer_result *results, size_t count, void *context);
    void *context;
};

void producer_init(struct producer *producer, struct courier *courier, const struct producer_options *options)
{
    *producer = (struct producer){ .courier = courier, .options = *options };
}

static void print_record(const struct producer_record *record, struct buffer *body)
{
    size_t length = base64_encoded_size(record->size_bytes);

    buffer_add_text(body, "{\"Data\":\"");
    base64_encode(record->data, record->size_bytes, buffer_reserve(body, length + 1));
    body->size += length;
    buffer_add_text(body, "\",\"PartitionKey\":");
    buffer_add_json_string(body, record->partition_key, strlen(record->partition_key));
    buffer_add_char(body, '}');
}

void producer_print_body(const char *stream, const struct producer_record *records, size_t count, struct buffer *body)
{
    buffer_add_text(body, "{\"StreamName\":");
    buffer_add_json_string(body, stream, strlen(stream));
    buffer_add_text(body, ",\"Records\":[");
    for (size_t i = 0; i < count; i++) {
        if (i)
            buffer_add_char(body, ',');
        print_record(&records[i], body);
    }
    buffer_add_text(body, "]}");
}

static void say_all(struct producer_result *results, size_t count, enum producer_fate fate, const char *problem)
{
    for (size_t i = 0; i < count; i++) {
        results[i].fate = fate;
        snprintf(results[i].problem, sizeof results[i].problem, "%s", problem);
    }
}

static void read_error(const struct courier_answer *answer, const json_t *root, struct producer_result *results, size_t count)
{
    struct refusal refusal;

    refusal_read(&refusal, answer, root);
    say_all(results, count, refusal.is_passing ? PRODUCER_DELAYED : PRODUCER_REFUSED, refusal.problem);
}

static void read_record(const json_t *record, struct producer_result *result)
{
    const char *code = json_string_value(json_object_get(record, "ErrorCode"));
    const char *message = json_string_value(json_object_get(record, "ErrorMessage"));

    *result = (struct producer_result){ .fate = PRODUCER_TAKEN };
    if (!code && json_is_string(json_object_get(record, "SequenceNumber")))
        return;
    result->fate = PRODUCER_DELAYED; /* Kinesis has but two codes for an entry, throttled and failed: both pass */
    snprintf(result->problem, sizeof result->problem, "%s: %s", code ? code : "no sequence number", message ? message : "");
}

void producer_read_answer(const struct courier_answer *answer, struct producer_result *results, size_t count)
{
    json_t *root = answer->status ? json_loadb(answer->body, answer->size_bytes, 0, NULL) : NULL;
    const json_t *records = json_object_get(root, "Records");

    if (!answer->status)
        say_all(results, count, PRODUCER_UNHEARD, answer->problem);
    else if (answer->status != 200)
        read_error(answer, root, results, count);
    else if (json_array_size(records) != count)
        say_all(results, count, PRODUCER_REFUSED, "the answer is not that of Kinesis PutRecords");
    else
        for (size_t i = 0; i < count; i++)
            read_record(json_array_get(records, i), &results[i]);
    json_decref(root);
}

static void answered(const struct courier_answer *answer, void *context)
{
    struct put *put = context;
    struct producer_result *results = memory_new(put->count * sizeof *results);

    producer_read_answer(answer, results, put->count);
    put->done(results, put->count, put->context);
    free(results);
    free(put);
}

void producer_put(struct producer *producer, const struct producer_record *records, size_t count,
                  void (*done)(const struct producer_result *results, size_t count, void *context), void *context)
{
    const struct producer_options *options = &producer->options;
    struct buffer body = { 0 };
    struct put *put = memory_new(sizeof *put);

    *put = (struct put){ .count = count, .done = done, .context = context };
    producer_print_body(options->stream, records, count, &body);
    remote_call_kinesis(options->remote, producer->courier, "X-Amz-Target: Kinesis_20131202.PutRecords", body.data, body.size,
                        options->timeout_ms, answered, put);
    buffer_clear(&body);
}
