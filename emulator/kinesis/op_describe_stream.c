/* DescribeStream and DescribeStreamSummary. */

#include "kinesis/describe.h"
#include "kinesis/shapes.h"

enum { DESCRIBED_MAX = 100 }; /* shards in one answer, whatever is asked */

const struct member kinesis_describe_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "Limit", INTEGER, .min = 1, .max = 10000 },
    { "ExclusiveStartShardId", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

const struct member kinesis_describe_stream_summary_input[] = { STREAM_NAME_MEMBER, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, { 0 } };

enum outcome kinesis_describe_stream(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    int64_t limit = call_integer(call, "Limit", DESCRIBED_MAX);
    unsigned first;
    unsigned count;
    json_t *description;
    json_t *shards;

    if (!stream || kinesis_first_behind(call, stream, call_string(call, "ExclusiveStartShardId"), &first) != DONE)
        return FAILED;
    shards = json_array();
    count = stream->state == STREAM_CREATING ? 0 : stream->shard_count;
    limit = limit > DESCRIBED_MAX ? DESCRIBED_MAX : limit;
    for (; first < count && (int64_t)json_array_size(shards) < limit; first++)
        if (!kinesis_shard_is_expired(stream->shards[first]))
            json_array_append_new(shards, kinesis_shard_json(stream->shards[first]));
    description = kinesis_stream_json(stream);
    json_object_set_new(description, "Shards", shards);
    json_object_set_new(description, "HasMoreShards", json_boolean(first < count));
    call->output = json_pack("{s:o}", "StreamDescription", description);
    return DONE;
}

/*
 * No StreamId is told: AWS's model calls it reserved and not implemented, and today's SDKs send every request that names one to
 * {StreamId}.{control|data}-kinesis.{region}.amazonaws.com, past the endpoint that they were given. The Kinesis Client Library names what
 * it is told.
 */
enum outcome kinesis_describe_stream_summary(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    json_t *summary;

    if (!stream)
        return FAILED;
    summary = kinesis_stream_json(stream);
    json_object_set_new(summary, "OpenShardCount", json_integer(stream->state == STREAM_CREATING ? 0 : stream->open_count));
    json_object_set_new(summary, "ConsumerCount", json_integer((json_int_t)stream->consumers.count));
    json_object_set_new(summary, "MaxRecordSizeInKiB", json_integer(stream->record_max_bytes / 1024));
    if (stream->warm.is_set)
        json_object_set_new(summary, "WarmThroughput", kinesis_warmth_json(stream));
    call->output = json_pack("{s:o}", "StreamDescriptionSummary", summary);
    return DONE;
}
