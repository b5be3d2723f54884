/* PutRecords: up to 500 records and 10 MiB; the array's order is kept within a shard; a record that cannot be taken fails alone (facts:
 * Kinesis, 6). */

#include "base/base64.h"
#include "kinesis/put.h"
#include "kinesis/shapes.h"

#include <string.h>

enum { REQUEST_MAX_BYTES = 10 << 20 };

static const struct member entry[] = {
    { "Data", BLOB, .required = true, .max = 10 << 20 },
    { "ExplicitHashKey", STRING, .pattern = "0|([1-9]\\d{0,38})" },
    { "PartitionKey", STRING, .required = true, .min = 1, .max = 256 },
    { 0 },
};
static const struct member entries[] = { { "member", STRUCTURE, .required = true, .members = entry, .class = "PutRecordsRequestEntry" },
                                         { 0 } };

const struct member kinesis_put_records_input[] = {
    { "Records", LIST, .required = true, .min = 1, .max = 500, .members = entries },
    STREAM_NAME_MEMBER,
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

/* One record of the request, decoded. */
struct incoming {
    struct shard *shard;
    const char *key;
    size_t key_size;
    char *data;
    size_t size_bytes;
};

static enum outcome decode(struct call *call, const struct kinesis_stream *stream, const json_t *record, size_t number,
                           struct incoming *incoming)
{
    const json_t *key = json_object_get(record, "PartitionKey");
    const json_t *data = json_object_get(record, "Data");

    incoming->key = json_string_value(key);
    incoming->key_size = json_string_length(key);
    incoming->data = arena_take(call->arena, json_string_length(data) / 4 * 3 + 1);
    base64_decode(json_string_value(data), json_string_length(data), incoming->data, &incoming->size_bytes);
    if ((int64_t)(incoming->size_bytes + incoming->key_size) > stream->record_max_bytes)
        return call_fail(call, ERR_VALIDATION,
                         "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]' at "
                         "'records.%zu.member.data' failed to satisfy constraint: Member must have length less than or equal to %lld",
                         incoming->size_bytes, incoming->size_bytes, number, (long long)stream->record_max_bytes);
    incoming->shard =
        kinesis_put_shard(call, stream, incoming->key, incoming->key_size, json_string_value(json_object_get(record, "ExplicitHashKey")));
    return incoming->shard ? DONE : FAILED;
}

/* Everything is decoded and checked before the first record is taken. */
static struct incoming *decode_all(struct call *call, const struct kinesis_stream *stream, const json_t *records)
{
    struct incoming *incoming = arena_take(call->arena, json_array_size(records) * sizeof *incoming);
    size_t bytes = 0;
    size_t i;
    json_t *record;

    json_array_foreach((json_t *)records, i, record)
    {
        if (decode(call, stream, record, i + 1, &incoming[i]) != DONE)
            return NULL;
        bytes += incoming[i].size_bytes + incoming[i].key_size;
    }
    if (bytes > REQUEST_MAX_BYTES) {
        call_fail(call, ERR_INVALID_ARGUMENT, "Records size exceeds 10 MB limit");
        return NULL;
    }
    return incoming;
}

/* Whether the shard has room for the record. Once it had none for an earlier one of the call it has none for the later ones either, so that
 * a producer that puts again what was refused keeps its order. */
static bool admits(struct call *call, const struct incoming *incoming, const char **why)
{
    struct throttle *throttle = &incoming->shard->throttle;
    uint64_t number = ((const struct kinesis *)room_of(call))->batch_count;

    if (throttle->refused_call == number)
        return kinesis_put_refuse(call, incoming->shard, why);
    if (kinesis_put_admits(call, incoming->shard, incoming->size_bytes + incoming->key_size, why))
        return true;
    throttle->refused_call = number;
    return false;
}

/* Appends one record and writes its row of the answer; false when it failed. */
static bool take(struct call *call, const struct incoming *incoming, struct buffer *rows)
{
    char sequence[KINESIS_SEQUENCE_SIZE];
    const char *why;

    if (!admits(call, incoming, &why)) {
        buffer_print(rows, "{\"ErrorCode\":\"ProvisionedThroughputExceededException\",\"ErrorMessage\":\"%s\"}", why);
        return false;
    }

    if (kinesis_shard_append(incoming->shard, incoming->key, incoming->key_size, incoming->data, incoming->size_bytes, call->cause,
                             sequence) != OK) {
        buffer_add_text(rows, "{\"ErrorCode\":\"InternalFailure\",\"ErrorMessage\":\"Internal Service Failure\"}");
        return false;
    }
    buffer_print(rows, "{\"SequenceNumber\":\"%s\",\"ShardId\":\"%s\"}", sequence, incoming->shard->id);
    return true;
}

enum outcome kinesis_put_records(struct call *call)
{
    struct kinesis_stream *stream = kinesis_put_stream(call);
    struct kinesis *room = room_of(call);
    const json_t *records = call_member(call, "Records");
    struct buffer rows = { 0 };
    struct incoming *incoming;
    int failed = 0;

    if (!stream)
        return FAILED;
    incoming = decode_all(call, stream, records);
    if (!incoming)
        return FAILED;
    room->batch_count++;
    for (size_t i = 0; i < json_array_size(records); i++) {
        buffer_add_text(&rows, i ? "," : "");
        failed += !take(call, &incoming[i], &rows);
    }
    buffer_print(&call->text, "{\"FailedRecordCount\":%d,\"Records\":[", failed);
    buffer_add(&call->text, rows.data, rows.size);
    buffer_add_text(&call->text, stream->key_id ? "],\"EncryptionType\":\"KMS\"}" : "]}");
    buffer_clear(&rows);
    return DONE;
}
