#include "kinesis/document.h"

#include "base/json.h"
#include "base/memory.h"
#include "kinesis/consumer.h"
#include "kinesis/room.h"

static json_t *index_of(const struct shard *shard)
{
    return shard ? json_integer(shard->index) : json_null();
}

static json_t *shards_of(const struct kinesis_stream *stream)
{
    json_t *shards = json_array();
    char first[HASH_KEY_SIZE];
    char last[HASH_KEY_SIZE];

    for (unsigned i = 0; i < stream->shard_count; i++) {
        const struct shard *shard = stream->shards[i];

        hash_key_print(shard->first_key, first);
        hash_key_print(shard->last_key, last);
        json_array_append_new(shards, json_pack("{s:s, s:s, s:I, s:I, s:I, s:o, s:o}", "first", first, "last", last, "made",
                                                (json_int_t)shard->made_ms, "closed", (json_int_t)shard->closed_ms, "next",
                                                (json_int_t)shard->next_position, "parent", index_of(shard->parent), "adjacent",
                                                index_of(shard->adjacent_parent)));
    }
    return shards;
}

static json_t *consumers_of(const struct kinesis_stream *stream)
{
    json_t *consumers = json_array();
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&stream->consumers, &cursor));) {
        const struct kinesis_consumer *consumer = entry->value;

        json_array_append_new(consumers, json_pack("{s:s, s:I, s:O, s:s?}", "name", consumer->name, "made", (json_int_t)consumer->made_ms,
                                                   "tags", consumer->tags, "policy", consumer->policy));
    }
    return consumers;
}

json_t *kinesis_document_of(const struct kinesis_stream *stream)
{
    json_t *document = json_pack("{s:s, s:I, s:b, s:b, s:I, s:I, s:i, s:s?, s:s?, s:O, s:o, s:o}", "name", stream->name, "made",
                                 (json_int_t)stream->made_ms, "onDemand", stream->is_on_demand, "deleting",
                                 stream->state == STREAM_DELETING, "retentionHours", (json_int_t)stream->retention_hours, "recordMax",
                                 (json_int_t)stream->record_max_bytes, "metrics", (int)stream->metrics, "keyId", stream->key_id, "policy",
                                 stream->policy, "tags", stream->tags, "shards", shards_of(stream), "consumers", consumers_of(stream));

    if (stream->warm.is_set)
        json_object_set_new(document, "warm", json_integer(stream->warm.target_mibps));
    json_object_set_new(document, "scalings", quota_json(&stream->scalings));
    json_object_set_new(document, "switches", quota_json(&stream->switches));
    return document;
}

static int64_t number(const json_t *document, const char *name)
{
    return json_integer_value(json_object_get(document, name));
}

/* A parent stands before its children. */
static struct shard *shard_at(const struct kinesis_stream *stream, const json_t *index)
{
    return json_is_integer(index) && json_integer_value(index) < stream->shard_count ? stream->shards[json_integer_value(index)] : NULL;
}

static bool read_shard(struct kinesis_stream *stream, const json_t *document)
{
    hash_key first;
    hash_key last;
    struct shard *shard;

    if (!json_text_in(document, "first") || !json_text_in(document, "last") ||
        hash_key_parse(json_text_in(document, "first"), &first) != OK || hash_key_parse(json_text_in(document, "last"), &last) != OK)
        return false;
    shard = kinesis_stream_add_shard(stream, first, last, number(document, "made"), shard_at(stream, json_object_get(document, "parent")),
                                     shard_at(stream, json_object_get(document, "adjacent")));
    if (number(document, "next") > 1)
        shard->first_position = shard->next_position = (uint64_t)number(document, "next");
    if (number(document, "closed"))
        kinesis_shard_end(shard, number(document, "closed"));
    return true;
}

static void read_consumer(struct kinesis_stream *stream, const json_t *document)
{
    struct kinesis_consumer *consumer;

    if (!json_text_in(document, "name"))
        return;
    consumer = kinesis_consumer_add(stream, json_text_in(document, "name"), number(document, "made"));
    json_object_update(consumer->tags, json_object_get(document, "tags"));
    consumer->policy = memory_copy_text(json_text_in(document, "policy"));
}

static bool read_lists(struct kinesis_stream *stream, const json_t *document)
{
    json_t *item;
    size_t i;

    json_array_foreach(json_object_get(document, "shards"), i, item) if (!read_shard(stream, item)) return false;
    json_array_foreach(json_object_get(document, "consumers"), i, item) read_consumer(stream, item);
    return stream->open_count > 0;
}

struct kinesis_stream *kinesis_document_read(struct kinesis *room, const json_t *document)
{
    struct kinesis_stream *stream;

    if (!json_text_in(document, "name"))
        return NULL;
    stream = kinesis_stream_new(room, json_text_in(document, "name"), number(document, "made"));
    stream->is_on_demand = json_is_true(json_object_get(document, "onDemand"));
    if (json_is_true(json_object_get(document, "deleting")))
        stream->state = STREAM_DELETING;
    stream->retention_hours = number(document, "retentionHours");
    stream->record_max_bytes = number(document, "recordMax");
    stream->metrics = (unsigned)number(document, "metrics") & METRICS_ALL;
    stream->key_id = memory_copy_text(json_text_in(document, "keyId"));
    stream->policy = memory_copy_text(json_text_in(document, "policy"));
    json_object_update(stream->tags, json_object_get(document, "tags"));
    stream->warm.is_set = json_object_get(document, "warm") != NULL;
    stream->warm.target_mibps = stream->warm.current_mibps = number(document, "warm");
    quota_read(&stream->scalings, json_object_get(document, "scalings"));
    quota_read(&stream->switches, json_object_get(document, "switches"));
    if (read_lists(stream, document))
        return stream;
    kinesis_stream_free(stream);
    return NULL;
}
