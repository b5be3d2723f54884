#include "kinesis/position.h"

#include "kinesis/sequence.h"

#include <string.h>

const char *const kinesis_position_types[] = {
    "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_TIMESTAMP", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON", NULL
};

static bool is_by_sequence(const char *type)
{
    return strstr(type, "SEQUENCE") != NULL;
}

static enum outcome check_combination(struct call *call, const struct starting_point *start)
{
    const char *type = start->type;
    bool has_sequence = start->sequence_number != NULL;

    if (!strcmp(type, "AT_TIMESTAMP"))
        return start->has_time ? DONE
                               : call_fail(call, ERR_INVALID_ARGUMENT,
                                           "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request "
                                           "has no timestamp parameter.");
    if (is_by_sequence(type) == has_sequence)
        return DONE;
    return call_fail(
        call, ERR_INVALID_ARGUMENT,
        "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or "
        "LATEST and no StartingSequenceNumber. Request specified %s and %s.",
        type, has_sequence ? "also a StartingSequenceNumber" : "no StartingSequenceNumber");
}

static enum outcome at_sequence(struct call *call, const struct shard *shard, const char *text, bool is_after, uint64_t *position)
{
    const struct kinesis_stream *stream = shard->stream;
    struct sequence sequence;

    if (sequence_parse(text, &sequence) != OK)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "StartingSequenceNumber %s used in %s on shard %s in stream %s under account %s is invalid.", text,
                         call->operation->name, shard->id, stream->name, call->ground->account);
    if (sequence.shard_index != shard->index)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Invalid StartingSequenceNumber. It encodes shardId-%012d, while it was used in a call to a shard with %s",
                         (int)sequence.shard_index, shard->id);
    if (!sequence.version)
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL); /* as the service does with its oldest numbers, "0" among them */
    if (sequence.version != 2 || sequence.shard_made_s != shard->made_ms / 1000)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "StartingSequenceNumber %s used in %s on shard %s in stream %s under account %s is invalid because it "
                         "did not come from this stream.",
                         text, call->operation->name, shard->id, stream->name, call->ground->account);
    *position = sequence.counter < shard->next_position ? sequence.counter + (is_after ? 1 : 0) : shard->next_position;
    return DONE;
}

static enum outcome at_timestamp(struct call *call, const struct shard *shard, double time_s, uint64_t *position)
{
    int64_t time_ms = shape_whole(time_s * 1000.0 + 0.5);
    int64_t now_ms = clock_now_ms(call->ground->clock);

    if (time_ms > now_ms)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: %lld, "
                         "currentTimestampInMillis: %lld",
                         (long long)time_ms, (long long)now_ms);
    *position = kinesis_shard_position_at(shard, time_ms);
    return DONE;
}

enum outcome kinesis_position_find(struct call *call, const struct shard *shard, const struct starting_point *start, uint64_t *position)
{
    const char *type = start->type;

    if (check_combination(call, start) != DONE)
        return FAILED;
    if (is_by_sequence(type))
        return at_sequence(call, shard, start->sequence_number, type[1] == 'F', position);
    if (!strcmp(type, "AT_TIMESTAMP"))
        return at_timestamp(call, shard, start->time_s, position);
    *position = type[0] == 'L' ? shard->next_position : shard->first_position;
    return DONE;
}

struct shard *kinesis_position_shard(struct call *call, const char *name, const char *id)
{
    const struct kinesis_stream *stream = kinesis_stream_find(room_of(call), name);
    struct shard *shard = stream && stream->state != STREAM_CREATING ? kinesis_shard_find(stream, id) : NULL;
    unsigned index;

    if (shard)
        kinesis_shard_trim(shard);
    else if (kinesis_shard_index(id, &index) != OK)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", id, name, call->ground->account);
    else
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Shard shardId-%012u in stream %s under account %s does not exist", index, name,
                  call->ground->account);
    return shard;
}
