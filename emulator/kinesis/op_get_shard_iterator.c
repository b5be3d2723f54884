/* GetShardIterator: all five types. LATEST is fixed at the call: what is put between it and the first GetRecords is read (facts: Kinesis,
 * 7). */

#include "kinesis/iterator.h"
#include "kinesis/sequence.h"
#include "kinesis/shapes.h"

#include <string.h>

static const char *const types[] = { "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON", NULL };

const struct member kinesis_get_shard_iterator_input[] = {
    { "ShardId", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "ShardIteratorType", STRING, .required = true, .values = types },
    { "StartingSequenceNumber", STRING, .pattern = "0|([1-9]\\d{0,128})" },
    STREAM_NAME_MEMBER,
    { "Timestamp", TIMESTAMP },
    STREAM_ARN_MEMBER,
    { 0 },
};

static bool is_by_sequence(const char *type)
{
    return strstr(type, "SEQUENCE") != NULL;
}

static enum outcome check_combination(struct call *call, const char *type)
{
    bool has_sequence = call_has(call, "StartingSequenceNumber");

    if (!strcmp(type, "AT_TIMESTAMP"))
        return call_has(call, "Timestamp")
                   ? DONE
                   : call_fail(
                         call, ERR_INVALID_ARGUMENT,
                         "Must specify timestamp parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter.");
    if (is_by_sequence(type) == has_sequence)
        return DONE;
    return call_fail(
        call, ERR_INVALID_ARGUMENT,
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or "
        "LATEST and no StartingSequenceNumber. Request specified %s and %s.",
        type, has_sequence ? "also a StartingSequenceNumber" : "no StartingSequenceNumber");
}

static enum outcome at_sequence(struct call *call, const struct shard *shard, bool is_after, uint64_t *position)
{
    const char *text = call_string(call, "StartingSequenceNumber");
    const struct kinesis_stream *stream = shard->stream;
    struct sequence sequence;

    if (!strcmp(text, "0")) {
        *position = shard->first_position;
        return DONE;
    }
    if (sequence_parse(text, &sequence) != OK || sequence.shard_index >= stream->shard_count ||
        sequence.shard_made_s != stream->shards[sequence.shard_index]->made_ms / 1000)
        return call_fail(
            call, ERR_INVALID_ARGUMENT,
            "StartingSequenceNumber %s used in GetShardIterator on shard %s in stream %s under account %s is invalid because it "
            "did not come from this stream.",
            text, shard->id, stream->name, call->ground->account);
    if (sequence.shard_index != shard->index)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Invalid StartingSequenceNumber. It encodes shardId-%012u, while it was used in a call to a shard with %s",
                         sequence.shard_index, shard->id);
    *position = sequence.counter < shard->next_position ? sequence.counter + (is_after ? 1 : 0) : shard->next_position;
    return DONE;
}

static enum outcome at_timestamp(struct call *call, const struct shard *shard, uint64_t *position)
{
    int64_t time_ms = shape_whole(call_number(call, "Timestamp", 0) * 1000.0 + 0.5);
    int64_t now_ms = clock_now_ms(call->ground->clock);

    if (time_ms > now_ms)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %lld, "
                         "currentTimestampInMillis: %lld",
                         (long long)time_ms, (long long)now_ms);
    *position = kinesis_shard_position_at(shard, time_ms);
    return DONE;
}

static enum outcome find_position(struct call *call, const struct shard *shard, const char *type, uint64_t *position)
{
    if (is_by_sequence(type))
        return at_sequence(call, shard, type[1] == 'F', position);
    if (!strcmp(type, "AT_TIMESTAMP"))
        return at_timestamp(call, shard, position);
    *position = type[0] == 'L' ? shard->next_position : shard->first_position;
    return DONE;
}

enum outcome kinesis_get_shard_iterator(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);
    const char *type = call_string(call, "ShardIteratorType");
    const char *id = call_string(call, "ShardId");
    char text[ITERATOR_SIZE];
    struct shard *shard;
    uint64_t position = 0;
    unsigned index;

    if (!stream)
        return FAILED;
    if (kinesis_shard_index(id, &index) != OK)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", id, stream->name,
                         call->ground->account);
    shard = kinesis_shard_find(stream, id);
    if (!shard)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Shard shardId-%012u in stream %s under account %s does not exist", index,
                         stream->name, call->ground->account);
    kinesis_shard_trim(shard);
    if (check_combination(call, type) != DONE || find_position(call, shard, type, &position) != DONE)
        return FAILED;
    kinesis_iterator_print(shard, position, text);
    call->output = json_pack("{s:s}", "ShardIterator", text);
    return DONE;
}
