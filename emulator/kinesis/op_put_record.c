/* PutRecord. The answer is written as text: this is the hottest path of the room. */

#include "kinesis/put.h"
#include "kinesis/sequence.h"
#include "kinesis/shapes.h"

#include <string.h>

const struct member kinesis_put_record_input[] = {
    STREAM_NAME_MEMBER,
    { "Data", BLOB, .required = true, .max = 10 << 20 },
    { "PartitionKey", STRING, .required = true, .min = 1, .max = 256 },
    { "ExplicitHashKey", STRING, .pattern = "0|([1-9]\\d{0,38})" },
    { "SequenceNumberForOrdering", STRING, .pattern = "0|([1-9]\\d{0,128})" },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

struct kinesis_stream *kinesis_put_stream(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);

    if (stream && stream->state != STREAM_ACTIVE && stream->state != STREAM_UPDATING) {
        kinesis_fail_absent(call, stream->name);
        return NULL;
    }
    return stream;
}

struct shard *kinesis_put_shard(struct call *call, const struct kinesis_stream *stream, const char *partition_key, size_t key_size,
                                const char *explicit_hash_key)
{
    hash_key key;

    if (!explicit_hash_key)
        return kinesis_shard_of(stream, hash_key_of(partition_key, key_size));
    if (hash_key_parse(explicit_hash_key, &key) == OK)
        return kinesis_shard_of(stream, key);
    call_fail(call, ERR_INVALID_ARGUMENT,
              "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was %s", explicit_hash_key);
    return NULL;
}

bool kinesis_put_admits(struct call *call, struct shard *shard, size_t size_bytes, const char **why)
{
    return !kinesis_is_throttled(shard->stream) || throttle_take_record(&shard->throttle, call->ground->clock, size_bytes) ||
           kinesis_put_refuse(call, shard, why);
}

bool kinesis_put_refuse(struct call *call, const struct shard *shard, const char **why)
{
    *why = call_print(call, "Rate exceeded for shard %s in stream %s under account %s.", shard->id, shard->stream->name,
                      call->ground->account);
    return false;
}

/* What was put in the second before its shard's numbers begin has the shard's first second. */
static bool is_past(const struct sequence *sequence, int64_t now_s)
{
    return sequence->second <= now_s || (sequence->second == sequence->shard_made_s && sequence->second == now_s + 1);
}

static enum outcome check_order(struct call *call, const struct kinesis_stream *stream)
{
    const char *text = call_string(call, "SequenceNumberForOrdering");
    struct sequence sequence;

    if (!text)
        return DONE;
    if (sequence_parse(text, &sequence) == OK && is_past(&sequence, clock_now_ms(call->ground->clock) / 1000))
        return DONE;
    return call_fail(call, ERR_INVALID_ARGUMENT,
                     "ExclusiveMinimumSequenceNumber %s used in PutRecord on stream %s under account %s is invalid.", text, stream->name,
                     call->ground->account);
}

static enum outcome check_size(struct call *call, const struct kinesis_stream *stream, size_t size, size_t key_size)
{
    if ((int64_t)(size + key_size) <= stream->record_max_bytes)
        return DONE;
    return call_fail(call, ERR_VALIDATION,
                     "1 validation error detected: Value 'java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]' at 'data' failed to satisfy "
                     "constraint: Member must have length less than or equal to %lld",
                     size, size, (long long)stream->record_max_bytes);
}

static void print_answer(struct buffer *text, const struct shard *shard, const char *sequence)
{
    buffer_add_text(text, "{\"ShardId\":\"");
    buffer_add_text(text, shard->id);
    buffer_add_text(text, "\",\"SequenceNumber\":\"");
    buffer_add_text(text, sequence);
    buffer_add_text(text, shard->stream->key_id ? "\",\"EncryptionType\":\"KMS\"}" : "\"}");
}

enum outcome kinesis_put_record(struct call *call)
{
    struct kinesis_stream *stream = kinesis_put_stream(call);
    json_t *key = call_member(call, "PartitionKey");
    size_t key_size = json_string_length(key);
    char sequence[KINESIS_SEQUENCE_SIZE];
    struct blob data;
    struct shard *shard;
    const char *why;

    if (!stream || check_order(call, stream) != DONE)
        return FAILED;
    data = call_blob(call, "Data");
    if (check_size(call, stream, data.size_bytes, key_size) != DONE)
        return FAILED;
    shard = kinesis_put_shard(call, stream, json_string_value(key), key_size, call_string(call, "ExplicitHashKey"));
    if (!shard)
        return FAILED;
    if (!kinesis_put_admits(call, shard, data.size_bytes + key_size, &why))
        return call_fail(call, ERR_PROVISIONED_THROUGHPUT_EXCEEDED, "%s", why);
    if (kinesis_shard_append(shard, json_string_value(key), key_size, data.bytes, data.size_bytes, call->cause, sequence) != OK)
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    if (call->exchange)
        print_answer(&call->text, shard, sequence);
    else
        call->output = json_pack("{s:s, s:s}", "ShardId", shard->id, "SequenceNumber", sequence);
    return DONE;
}
