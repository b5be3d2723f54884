#include "lambda/batch.h"

#include "base/base64.h"
#include "base/memory.h"
#include "base/text.h"

#include <inttypes.h>
#include <jansson.h>
#include <string.h>

static void print_text(struct buffer *event, const char *name, const char *text)
{
    buffer_print(event, "\"%s\":", name);
    buffer_add_json_string(event, text, strlen(text));
}

static void print_data(struct buffer *event, const struct kinesis_record *record)
{
    size_t size = base64_encoded_size(record->size_bytes);

    buffer_add_text(event, "\"data\":\"");
    base64_encode(record->data, record->size_bytes, buffer_reserve(event, size));
    event->size += size;
    buffer_add_char(event, '"');
}

static void print_record(struct buffer *event, const struct batch_source *source, const struct kinesis_record *record)
{
    buffer_add_text(event, "{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",");
    print_text(event, "partitionKey", record->partition_key);
    buffer_print(event, ",\"sequenceNumber\":\"%s\",", record->sequence_number);
    print_data(event, record);
    buffer_print(event, ",\"approximateArrivalTimestamp\":%" PRId64 ".%03d},", record->arrived_ms / 1000, (int)(record->arrived_ms % 1000));
    buffer_print(event,
                 "\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\"eventID\":\"%s:%s\",\"eventName\":\"aws:kinesis:record\",",
                 source->shard, record->sequence_number);
    print_text(event, "invokeIdentityArn", source->role);
    buffer_add_char(event, ',');
    print_text(event, "awsRegion", source->region);
    buffer_add_char(event, ',');
    print_text(event, "eventSourceARN", source->stream_arn);
    buffer_add_char(event, '}');
}

size_t batch_print(struct buffer *event, const struct batch_source *source, const struct kinesis_record *records, size_t count)
{
    size_t i;

    buffer_add_text(event, "{\"Records\":[");
    for (i = 0; i < count; i++) {
        size_t before = event->size;

        if (i)
            buffer_add_char(event, ',');
        print_record(event, source, &records[i]);
        if (i && event->size + 2 > BATCH_EVENT_MAX_BYTES) {
            event->size = before;
            event->data[before] = '\0';
            break;
        }
    }
    buffer_add_text(event, "]}");
    return i;
}

/* The index of the record with that sequence number; count when there is none. */
static size_t find_record(const char *sequence_number, const struct kinesis_record *records, size_t count)
{
    size_t i = 0;

    while (i < count && !text_is(records[i].sequence_number, sequence_number))
        i++;
    return i;
}

static enum batch_verdict read_failures(const json_t *failures, const struct kinesis_record *records, size_t count, size_t *failed_at)
{
    json_t *failure;
    size_t i;

    if (!failures || json_is_null(failures) || (json_is_array(failures) && !json_array_size(failures)))
        return BATCH_DONE;
    if (!json_is_array(failures))
        return BATCH_FAILED;
    *failed_at = count;
    json_array_foreach((json_t *)failures, i, failure)
    {
        const char *identifier = json_string_value(json_object_get(failure, "itemIdentifier"));
        size_t at = identifier && *identifier ? find_record(identifier, records, count) : count;

        if (at == count)
            return BATCH_FAILED;
        *failed_at = at < *failed_at ? at : *failed_at;
    }
    return *failed_at ? BATCH_PARTLY : BATCH_FAILED;
}

enum batch_verdict batch_read_report(const char *answer, size_t size_bytes, const struct kinesis_record *records, size_t count,
                                     size_t *failed_at)
{
    json_t *report = size_bytes ? json_loadb(answer, size_bytes, JSON_DECODE_ANY, NULL) : NULL;
    enum batch_verdict verdict = BATCH_DONE;

    if (json_is_object(report))
        verdict = read_failures(json_object_get(report, "batchItemFailures"), records, count, failed_at);
    json_decref(report);
    return verdict;
}
