/* DescribeStream: a stream has one shard, which ends with it and has no children; so there is one page, of one shard or none. */

#include "dynamodb/operations.h"
#include "dynamodb/stream_lookup.h"

#include <string.h>

static const char *const filter_types[] = { "CHILD_SHARDS", NULL };

static const struct member shape_filter[] = {
    { "Type", STRING, .required = true, .values = filter_types },
    { "ShardId", STRING, .required = true, .min = 28, .max = 65 },
    { 0 },
};

const struct member dynamodb_describe_stream_input[] = {
    { "StreamArn", STRING, .required = true, .max = 1024 },
    { "Limit", INTEGER, .min = 1, .max = 100 },
    { "ExclusiveStartShardId", STRING, .min = 28, .max = 65 },
    { "ShardFilter", STRUCTURE, .members = shape_filter },
    { 0 },
};

static json_t *sequence(const struct stream *stream, uint64_t position)
{
    char text[DYNAMODB_SEQUENCE_SIZE];

    stream_sequence(stream, position, text);
    return json_string(text);
}

static json_t *describe_shard(const struct stream *stream)
{
    json_t *range = json_pack("{s:o}", "StartingSequenceNumber", sequence(stream, 0));

    if (stream->closed_ms)
        json_object_set_new(range, "EndingSequenceNumber", sequence(stream, stream->next - 1));
    return json_pack("{s:s, s:o}", "ShardId", stream->shard, "SequenceNumberRange", range);
}

static json_t *describe(const struct stream *stream, json_t *shards)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:f, s:s, s:O, s:o}", "StreamArn", stream->arn, "StreamLabel", stream->label, "StreamStatus",
                     stream->closed_ms ? "DISABLED" : "ENABLED", "StreamViewType", stream_view_name(stream->view),
                     "CreationRequestDateTime", (double)stream->made_ms / 1000, "TableName", stream->table, "KeySchema", stream->keys,
                     "Shards", shards);
}

enum outcome dynamodb_describe_stream(struct call *call)
{
    const struct stream *stream = stream_lookup(call);
    const char *start = call_string(call, "ExclusiveStartShardId");
    json_t *shards;

    if (!stream)
        return FAILED;
    shards = json_array();
    if (!call_has(call, "ShardFilter") && (!start || strcmp(stream->shard, start) > 0))
        json_array_append_new(shards, describe_shard(stream));
    call->output = json_pack("{s:o}", "StreamDescription", describe(stream, shards));
    return DONE;
}
