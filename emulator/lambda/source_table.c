/* The streams of DynamoDB's tables as sources of mappings (facts C3). */

#include "lambda/batch.h"
#include "lambda/mapping.h"
#include "lambda/mapping_source.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- reading ---- */

static bool exists(const struct lambda *room, const char *arn)
{
    return dynamodb_stream_exists(room->dynamodb, arn);
}

struct listing {
    source_each_shard *each;
    void *context;
};

static void pass_on(void *context, const char *shard, const char *parent)
{
    const struct listing *listing = context;

    listing->each(listing->context, shard, parent, NULL);
}

static enum status each_shard(const struct mapping *mapping, source_each_shard *each, void *context)
{
    return dynamodb_each_shard(mapping->room->dynamodb, mapping->source_arn, pass_on, &(struct listing){ each, context });
}

/* A stream's ARN is never used again, so there is nothing to tell it by beside. */
static enum status open(const struct mapping *mapping, const char *shard, enum kinesis_start start, int64_t timestamp_ms,
                        struct source_place *place)
{
    struct dynamodb_reader reader;
    enum status status = dynamodb_reader_open(mapping->room->dynamodb, mapping->source_arn, shard,
                                              start == KINESIS_LATEST ? DYNAMODB_LATEST : DYNAMODB_TRIM_HORIZON, NULL, &reader);

    (void)timestamp_ms;
    if (status != OK)
        return status;
    *place = (struct source_place){ .next = reader.next };
    snprintf(place->shard, sizeof place->shard, "%s", reader.shard);
    return OK;
}

static void take(struct source_record *record, const struct dynamodb_record *read)
{
    record->position = read->position;
    record->event = read->event;
    record->arrived_ms = read->made_ms;
    record->size_bytes = read->change_bytes;
    memcpy(record->sequence_number, read->sequence_number, sizeof read->sequence_number);
    record->table = *read;
}

static enum status read_chunk(struct mapping *mapping, struct source_place *place, struct source_record *records, size_t max, size_t *count)
{
    struct dynamodb_reader reader = { .next = place->next };
    struct dynamodb_record chunk[SOURCE_CHUNK];
    enum status status;

    snprintf(reader.stream, sizeof reader.stream, "%s", mapping->source_arn);
    snprintf(reader.shard, sizeof reader.shard, "%s", place->shard);
    status = dynamodb_read(mapping->room->dynamodb, &reader, &mapping->scratch, chunk, max, SIZE_MAX, count);
    for (size_t i = 0; status == OK && i < *count; i++)
        take(&records[i], &chunk[i]);
    place->next = reader.next;
    return status;
}

static void on_woken(struct dynamodb_listener *listener)
{
    mapping_woken(list_item(listener, struct mapping, listener.table));
}

static void listen(struct mapping *mapping)
{
    dynamodb_listen(mapping->room->dynamodb, mapping->source_arn, &mapping->listener.table, on_woken);
}

static void unlisten(struct mapping *mapping)
{
    dynamodb_unlisten(&mapping->listener.table);
}

/* ---- records ---- */

/* Changes of one item stay in order: by its key. */
static uint32_t order_key(const struct source_record *record)
{
    json_t *change = json_loadb(record->table.change, record->table.change_bytes, 0, NULL);
    char *keys = json_dumps(json_object_get(change, "Keys"), JSON_COMPACT | JSON_SORT_KEYS);
    uint32_t key = keys ? source_hash(keys, strlen(keys)) : 0;

    free(keys);
    json_decref(change);
    return key;
}

static void print(struct buffer *event, const struct batch_source *source, const struct source_record *record)
{
    const struct dynamodb_record *table = &record->table;

    buffer_print(event, "{\"eventID\":\"%s\",\"eventName\":\"%s\",\"eventVersion\":\"1.1\",\"eventSource\":\"aws:dynamodb\",", table->id,
                 table->name);
    batch_print_text(event, "awsRegion", source->region);
    buffer_add_text(event, ",\"dynamodb\":");
    buffer_add(event, table->change, table->change_bytes);
    if (table->is_expiry) /* the names begin small here, and large in the streams API */
        buffer_add_text(event, ",\"userIdentity\":{\"principalId\":\"dynamodb.amazonaws.com\",\"type\":\"Service\"}");
    buffer_add_char(event, ',');
    batch_print_text(event, "eventSourceARN", source->source_arn);
    buffer_add_char(event, '}');
}

/* Filters see the record as the function does. */
static json_t *describe(const struct batch_source *source, const struct source_record *record)
{
    struct buffer text = { 0 };
    json_t *described;

    print(&text, source, record);
    described = json_loadb(text.data, text.size, 0, NULL);
    buffer_clear(&text);
    return described;
}

const struct source_type source_table = {
    .service = "dynamodb",
    .batch_info = "DDBStreamBatchInfo",
    .counts_seconds = true,
    .exists = exists,
    .each_shard = each_shard,
    .open = open,
    .read_chunk = read_chunk,
    .listen = listen,
    .unlisten = unlisten,
    .order_key = order_key,
    .describe = describe,
    .print = print,
};
