/* DescribeStream and DescribeStreamSummary. */

#include "kinesis/describe.h"
#include "kinesis/shapes.h"

const struct member kinesis_describe_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "Limit", INTEGER, .min = 1, .max = 10000 },
    { "ExclusiveStartShardId", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    STREAM_ARN_MEMBER,
    { 0 },
};

const struct member kinesis_describe_stream_summary_input[] = { STREAM_NAME_MEMBER, STREAM_ARN_MEMBER, { 0 } };

enum outcome kinesis_describe_stream(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    int64_t limit = call_integer(call, "Limit", 100);
    const char *after = call_string(call, "ExclusiveStartShardId");
    unsigned first = 0;
    unsigned count;
    json_t *description;
    json_t *shards = json_array();

    if (!stream || (after && kinesis_shard_index(after, &first) != OK)) {
        json_decref(shards);
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", after,
                         call_string(call, "StreamName"), call->ground->account);
    }
    first += after ? 1 : 0;
    count = stream->state == STREAM_CREATING ? 0 : stream->shard_count;
    limit = limit > 100 ? 100 : limit; /* AWS gives at most 100 an answer, whatever is asked */
    for (; first < count && (int64_t)json_array_size(shards) < limit; first++)
        if (!kinesis_shard_is_expired(stream->shards[first]))
            json_array_append_new(shards, kinesis_shard_json(stream->shards[first]));
    description = kinesis_stream_json(stream);
    json_object_set_new(description, "Shards", shards);
    json_object_set_new(description, "HasMoreShards", json_boolean(first < count));
    call->output = json_pack("{s:o}", "StreamDescription", description);
    return DONE;
}

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
    json_object_set_new(summary, "StreamId", json_string(stream->id));
    call->output = json_pack("{s:o}", "StreamDescriptionSummary", summary);
    return DONE;
}
