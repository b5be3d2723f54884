#include "dynamodb/destination.h"

#include "base/md5.h"
#include "base/text.h"
#include "dynamodb/pack.h"
#include "dynamodb/stream_record.h"
#include "dynamodb/wire.h"

#include <inttypes.h>
#include <string.h>

static const char precision_name[] = "ApproximateCreationDateTimePrecision";

json_t *destination_find(const struct table *table, const char *stream)
{
    size_t i;
    json_t *destination;

    json_array_foreach(table->destinations, i, destination)
    {
        if (text_is(json_string_value(json_object_get(destination, "StreamArn")), stream))
            return destination;
    }
    return NULL;
}

const char *destination_status(const json_t *destination)
{
    return json_string_value(json_object_get(destination, "DestinationStatus"));
}

bool destination_is_fine(const json_t *destination)
{
    return text_is(json_string_value(json_object_get(destination, precision_name)), "MICROSECOND");
}

void destination_attach(struct table *table)
{
    size_t i;
    json_t *destination;

    table->feed = NULL;
    json_array_foreach(table->destinations, i, destination)
    {
        if (text_is(destination_status(destination), "ACTIVE"))
            table->feed = destination;
    }
}

/* ---- a life ---- */

static enum status keep(struct dynamodb *room, struct table *table)
{
    destination_attach(table);
    return store_keep_definition(room->store, table);
}

/* Why the stream takes no records, in AWS's words; NULL when it does. */
static const char *why_not(const struct dynamodb *room, const char *stream, struct arena *arena)
{
    const char *here = arena_print(arena, "arn:aws:kinesis:%s:", room->ground->region);

    if (text_begins(stream, "arn:aws:kinesis:") && !text_begins(stream, here))
        return "The kinesis Arn used to enable kinesis replication belongs to a stream which is not in the current region";
    if (room->sink.is_open && room->sink.is_open(room->sink.room, stream))
        return NULL;
    return "User does not have a permission to use kinesis stream";
}

/* The table's destination for the stream, as new. */
static json_t *renew(struct table *table, const char *stream)
{
    json_t *destination = destination_find(table, stream);

    if (!table->destinations)
        table->destinations = json_array();
    if (!destination) {
        destination = json_object();
        json_array_append_new(table->destinations, destination);
    }
    json_object_clear(destination);
    json_object_set_new(destination, "StreamArn", json_string(stream));
    return destination;
}

enum status destination_enable(struct dynamodb *room, struct table *table, const char *stream, const char *precision)
{
    struct arena arena = { 0 };
    const char *why = why_not(room, stream, &arena);
    json_t *destination = renew(table, stream);

    json_object_set_new(destination, "DestinationStatus", json_string(why ? "ENABLE_FAILED" : "ACTIVE"));
    if (why)
        json_object_set_new(destination, "DestinationStatusDescription", json_string(why));
    if (precision)
        json_object_set_new(destination, precision_name, json_string(precision));
    arena_clear(&arena);
    return keep(room, table);
}

enum status destination_disable(struct dynamodb *room, struct table *table)
{
    json_object_set_new((json_t *)table->feed, "DestinationStatus", json_string("DISABLED"));
    return keep(room, table);
}

enum status destination_set_precision(struct dynamodb *room, struct table *table, const char *precision)
{
    json_object_set_new((json_t *)table->feed, precision_name, json_string(precision));
    return keep(room, table);
}

/* ---- feeding ---- */

static size_t print_image(struct buffer *text, const char *name, const struct value *item)
{
    buffer_print(text, ",\"%s\":", name);
    wire_write_item(text, item);
    return value_item_size(item);
}

static void print_change(struct buffer *text, const struct dynamodb *room, const struct change *change, const struct value *keys)
{
    bool is_fine = destination_is_fine(change->table->feed);
    int64_t now_us = clock_now_us(room->ground->clock);
    size_t size;

    buffer_print(text, "{\"ApproximateCreationDateTime\":%" PRId64, is_fine ? now_us : now_us / 1000);
    size = print_image(text, "Keys", keys);
    if (change->has_new)
        size += print_image(text, "NewImage", &change->new);
    if (change->has_old)
        size += print_image(text, "OldImage", &change->old);
    buffer_print(text, ",\"SizeBytes\":%zu%s}", size, is_fine ? ",\"ApproximateCreationDateTimePrecision\":\"MICROSECOND\"" : "");
}

static void print_record(struct buffer *text, struct dynamodb *room, const struct change *change, const struct value *keys)
{
    char id[37];

    random_uuid(&room->record_ids, id);
    buffer_print(text, "{\"awsRegion\":\"%s\",\"eventID\":\"%s\",\"eventName\":\"%s\",\"userIdentity\":%s,", room->ground->region, id,
                 stream_event_names[stream_event_of(change)],
                 change->is_expiry ? "{\"type\":\"Service\",\"principalId\":\"dynamodb.amazonaws.com\"}" : "null");
    buffer_print(text, "\"recordFormat\":\"application/json\",\"tableName\":\"%s\",\"dynamodb\":", change->table->name);
    print_change(text, room, change, keys);
    buffer_add_text(text, ",\"eventSource\":\"aws:dynamodb\"}");
}

/* 32 digits that are the same for the same item, as AWS's look; so changes of an item stay in order in their shard. */
static void print_partition_key(const struct value *keys, char text[2 * MD5_SIZE + 1])
{
    unsigned char digest[MD5_SIZE];
    struct buffer packed = { 0 };

    pack_item(&packed, keys);
    md5(packed.data, packed.size, digest);
    buffer_clear(&packed);
    for (int i = 0; i < MD5_SIZE; i++)
        snprintf(text + 2 * i, 3, "%02X", digest[i]);
}

enum status destination_feed(struct dynamodb *room, const struct change *change, struct arena *arena)
{
    const char *stream = json_string_value(json_object_get(change->table->feed, "StreamArn"));
    struct value keys = change_keys(change, arena);
    struct buffer text = { 0 };
    char partition_key[2 * MD5_SIZE + 1];
    enum status status;

    if (!room->sink.put)
        return OK;
    print_partition_key(&keys, partition_key);
    print_record(&text, room, change, &keys);
    status = room->sink.put(room->sink.room, stream, partition_key, text.data, text.size, change->is_expiry ? 0 : room->cause);
    buffer_clear(&text);
    return status == ABSENT ? OK : status;
}
