#include "producer.h"

#include "base/base64.h"
#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"

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
    size_t length = strlen(options->endpoint);

    *producer = (struct producer){ .courier = courier, .options = *options };
    while (length && options->endpoint[length - 1] == '/')
        length--;
    snprintf(producer->url, sizeof producer->url, "%.*s/", (int)length, options->endpoint);
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

/* Faults of the service's own, and those that pass: the SDKs repeat the same ones. */
static bool is_passing(int status, const char *type)
{
    static const char *const passing[] = { "ProvisionedThroughputExceededException",
                                           "LimitExceededException",
                                           "ThrottlingException",
                                           "Throttling",
                                           "KMSThrottlingException",
                                           "RequestLimitExceeded",
                                           "InternalFailure",
                                           "ServiceUnavailable",
                                           NULL };

    for (size_t i = 0; passing[i]; i++)
        if (text_is(type, passing[i]))
            return true;
    return status >= 500 || status == 429;
}

/* "com.amazonaws.kinesis#ResourceNotFoundException" and "ResourceNotFoundException:" name the same. */
static void read_type(const json_t *root, char type[80])
{
    const char *text = json_string_value(json_object_get(root, "__type"));
    const char *hash = text ? strrchr(text, '#') : NULL;

    snprintf(type, 80, "%s", hash ? hash + 1 : text ? text : "");
    type[strcspn(type, ":")] = '\0';
}

static const char *message_of(const json_t *root)
{
    const char *message = json_string_value(json_object_get(root, "message"));

    return message ? message : json_string_value(json_object_get(root, "Message"));
}

static void read_error(int status, const json_t *root, struct producer_result *results, size_t count)
{
    char type[80];
    char problem[256];
    const char *message = message_of(root);

    read_type(root, type);
    if (*type || message)
        snprintf(problem, sizeof problem, "%s%s%s", type, *type && message ? ": " : "", message ? message : "");
    else
        snprintf(problem, sizeof problem, "HTTP status %d", status);
    say_all(results, count, is_passing(status, type) ? PRODUCER_DELAYED : PRODUCER_REFUSED, problem);
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
        read_error(answer->status, root, results, count);
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
    static const char *const headers[] = { "Content-Type: application/x-amz-json-1.1", "X-Amz-Target: Kinesis_20131202.PutRecords", NULL };
    const struct producer_options *options = &producer->options;
    struct buffer body = { 0 };
    struct put *put = memory_new(sizeof *put);

    *put = (struct put){ .count = count, .done = done, .context = context };
    producer_print_body(options->stream, records, count, &body);
    courier_send(producer->courier, &(struct courier_request){
                                        .url = producer->url,
                                        .body = body.data,
                                        .size_bytes = body.size,
                                        .headers = headers,
                                        .signature = &(struct courier_signature){ .region = options->region,
                                                                                  .service = "kinesis",
                                                                                  .key = options->key,
                                                                                  .secret = options->secret,
                                                                                  .session_token = options->session_token },
                                        .ca_file = options->ca_file,
                                        .timeout_ms = options->timeout_ms,
                                        .answered = answered,
                                        .context = put,
                                    });
    buffer_clear(&body);
}
