/* Kinesis streams, and their registered consumers, as sources of mappings (facts C2). On AWS a consumer has the records pushed to it;
 * the function sees nothing of that but the consumer's ARN in its events, and others that they cannot subscribe at will. */

#include "base/base64.h"
#include "lambda/batch.h"
#include "lambda/mapping.h"
#include "lambda/mapping_source.h"
#include "lambda/room.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

/* ---- reading ---- */

static bool exists(const struct lambda *room, const char *arn)
{
    return kinesis_stream_exists(room->kinesis, arn, NULL);
}

static enum status each_shard(const struct mapping *mapping, source_each_shard *each, void *context)
{
    return kinesis_each_shard(mapping->room->kinesis, mapping->source_arn, each, context);
}

static enum status open(const struct mapping *mapping, const char *shard, enum kinesis_start start, int64_t timestamp_ms,
                        struct source_place *place)
{
    struct kinesis_reader reader;
    enum status status = kinesis_reader_open(mapping->room->kinesis, mapping->source_arn, shard, start, timestamp_ms, NULL, &reader);

    if (status != OK)
        return status;
    *place = (struct source_place){ .next = reader.next, .made_ms = reader.stream_made_ms };
    snprintf(place->shard, sizeof place->shard, "%s", reader.shard);
    return OK;
}

static void take(struct source_record *record, const struct kinesis_record *read)
{
    record->position = read->position;
    record->event = read->event;
    record->arrived_ms = read->arrived_ms;
    record->size_bytes = read->size_bytes;
    memcpy(record->sequence_number, read->sequence_number, sizeof read->sequence_number);
    record->kinesis = *read;
}

static enum status read_chunk(struct mapping *mapping, struct source_place *place, struct source_record *records, size_t max, size_t *count)
{
    struct kinesis_reader reader = { .next = place->next, .stream_made_ms = place->made_ms };
    struct kinesis_record chunk[SOURCE_CHUNK];
    const char *name = strchr(mapping->source_arn, '/') + 1; /* .../<stream>, or .../<stream>/consumer/<consumer>:<time> */
    enum status status;

    if (kinesis_is_consumer_arn(mapping->source_arn) && !exists(mapping->room, mapping->source_arn))
        return ABSENT;
    snprintf(reader.stream, sizeof reader.stream, "%.*s", (int)strcspn(name, "/"), name);
    snprintf(reader.shard, sizeof reader.shard, "%.*s", (int)sizeof reader.shard - 1, place->shard);
    status = kinesis_read(mapping->room->kinesis, &reader, chunk, max, SIZE_MAX, count);
    for (size_t i = 0; status == OK && i < *count; i++)
        take(&records[i], &chunk[i]);
    place->next = reader.next;
    return status;
}

static bool hold(const struct mapping *mapping, const char *shard)
{
    return !kinesis_is_consumer_arn(mapping->source_arn) || kinesis_consumer_hold(mapping->room->kinesis, mapping->source_arn, shard);
}

static void let_go(const struct mapping *mapping)
{
    if (kinesis_is_consumer_arn(mapping->source_arn))
        kinesis_consumer_let_go(mapping->room->kinesis, mapping->source_arn);
}

static void on_woken(struct kinesis_listener *listener)
{
    mapping_woken(list_item(listener, struct mapping, listener.stream));
}

static void listen(struct mapping *mapping)
{
    kinesis_listen(mapping->room->kinesis, mapping->source_arn, &mapping->listener.stream, on_woken);
}

static void unlisten(struct mapping *mapping)
{
    kinesis_unlisten(&mapping->listener.stream);
}

/* ---- records ---- */

static uint32_t order_key(const struct source_record *record)
{
    return source_hash(record->kinesis.partition_key, strlen(record->kinesis.partition_key));
}

/* The record's metadata, and its data as JSON, or as text when it is none. */
static json_t *describe(const struct batch_source *source, const struct source_record *record)
{
    const struct kinesis_record *kinesis = &record->kinesis;
    json_t *data = json_loadb(kinesis->data, kinesis->size_bytes, JSON_DECODE_ANY, NULL);

    (void)source;
    if (!data)
        data = json_stringn(kinesis->data, kinesis->size_bytes);
    return json_pack("{s:s, s:s, s:s, s:f, s:o*}", "kinesisSchemaVersion", "1.0", "partitionKey", kinesis->partition_key, "sequenceNumber",
                     record->sequence_number, "approximateArrivalTimestamp", (double)record->arrived_ms / 1e3, "data", data);
}

static void print_data(struct buffer *event, const struct kinesis_record *record)
{
    size_t size = base64_encoded_size(record->size_bytes);

    buffer_add_text(event, "\"data\":\"");
    base64_encode(record->data, record->size_bytes, buffer_reserve(event, size));
    event->size += size;
    buffer_add_char(event, '"');
}

static void print(struct buffer *event, const struct batch_source *source, const struct source_record *record)
{
    buffer_add_text(event, "{\"kinesis\":{\"kinesisSchemaVersion\":\"1.0\",");
    batch_print_text(event, "partitionKey", record->kinesis.partition_key);
    buffer_print(event, ",\"sequenceNumber\":\"%s\",", record->sequence_number);
    print_data(event, &record->kinesis);
    buffer_print(event, ",\"approximateArrivalTimestamp\":%" PRId64 ".%03d},", record->arrived_ms / 1000, (int)(record->arrived_ms % 1000));
    buffer_print(event,
                 "\"eventSource\":\"aws:kinesis\",\"eventVersion\":\"1.0\",\"eventID\":\"%s:%s\",\"eventName\":\"aws:kinesis:record\",",
                 source->shard, record->sequence_number);
    batch_print_text(event, "invokeIdentityArn", source->role);
    buffer_add_char(event, ',');
    batch_print_text(event, "awsRegion", source->region);
    buffer_add_char(event, ',');
    batch_print_text(event, "eventSourceARN", source->source_arn);
    buffer_add_char(event, '}');
}

const struct source_type source_kinesis = {
    .service = "kinesis",
    .batch_info = "KinesisBatchInfo",
    .exists = exists,
    .each_shard = each_shard,
    .open = open,
    .read_chunk = read_chunk,
    .hold = hold,
    .let_go = let_go,
    .listen = listen,
    .unlisten = unlisten,
    .order_key = order_key,
    .describe = describe,
    .print = print,
};
