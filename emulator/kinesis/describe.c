#include "kinesis/describe.h"

const char *kinesis_state_text(const struct kinesis_stream *stream)
{
    switch (stream->state) {
    case STREAM_CREATING:
        return "CREATING";
    case STREAM_UPDATING:
        return "UPDATING";
    case STREAM_DELETING:
        return "DELETING";
    case STREAM_ACTIVE:
        break;
    }
    return "ACTIVE";
}

json_t *kinesis_time_json(int64_t time_ms)
{
    return json_real((double)time_ms / 1000.0);
}

json_t *kinesis_metrics_json(unsigned metrics)
{
    json_t *names = json_array();

    for (unsigned i = 0; i < METRIC_COUNT; i++)
        if (metrics & 1u << i)
            json_array_append_new(names, json_string(kinesis_metric_names[i]));
    return names;
}

json_t *kinesis_stream_json(const struct kinesis_stream *stream)
{
    json_t *value = json_pack(
        "{s:s, s:s, s:s, s:{s:s}, s:I, s:o, s:[{s:o}]}", "StreamName", stream->name, "StreamARN", stream->arn, "StreamStatus",
        kinesis_state_text(stream), "StreamModeDetails", "StreamMode", stream->is_on_demand ? "ON_DEMAND" : "PROVISIONED",
        "RetentionPeriodHours", (json_int_t)stream->retention_hours, "StreamCreationTimestamp",
        kinesis_time_json(stream->made_ms / 1000 * 1000), "EnhancedMonitoring", "ShardLevelMetrics", kinesis_metrics_json(stream->metrics));

    json_object_set_new(value, "EncryptionType", json_string(stream->key_id ? "KMS" : "NONE"));
    if (stream->key_id)
        json_object_set_new(value, "KeyId", json_string(stream->key_id));
    return value;
}

json_t *kinesis_warmth_json(const struct kinesis_stream *stream)
{
    return json_pack("{s:I, s:I}", "TargetMiBps", (json_int_t)stream->warm.target_mibps, "CurrentMiBps",
                     (json_int_t)stream->warm.current_mibps);
}

static json_t *range_json(const struct shard *shard)
{
    char first[HASH_KEY_SIZE];
    char last[HASH_KEY_SIZE];

    hash_key_print(shard->first_key, first);
    hash_key_print(shard->last_key, last);
    return json_pack("{s:s, s:s}", "StartingHashKey", first, "EndingHashKey", last);
}

enum outcome kinesis_first_behind(struct call *call, const struct kinesis_stream *stream, const char *after, unsigned *first)
{
    *first = 0;
    if (!after)
        return DONE;
    if (kinesis_shard_index(after, first) != OK)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", after, stream->name,
                         call->ground->account);
    ++*first;
    return DONE;
}

json_t *kinesis_shard_json(const struct shard *shard)
{
    char sequence[KINESIS_SEQUENCE_SIZE];
    json_t *range;
    json_t *value = json_pack("{s:s}", "ShardId", shard->id);

    if (shard->parent)
        json_object_set_new(value, "ParentShardId", json_string(shard->parent->id));
    if (shard->adjacent_parent)
        json_object_set_new(value, "AdjacentParentShardId", json_string(shard->adjacent_parent->id));
    json_object_set_new(value, "HashKeyRange", range_json(shard));
    kinesis_shard_sequence(shard, 0, sequence);
    range = json_pack("{s:s}", "StartingSequenceNumber", sequence);
    if (shard->closed_ms) {
        kinesis_shard_last_sequence(shard, sequence);
        json_object_set_new(range, "EndingSequenceNumber", json_string(sequence));
    }
    json_object_set_new(value, "SequenceNumberRange", range);
    return value;
}

json_t *kinesis_children_json(const struct shard *shard)
{
    const struct kinesis_stream *stream = shard->stream;
    json_t *children = json_array();

    for (unsigned i = shard->index + 1; i < stream->shard_count; i++) {
        const struct shard *child = stream->shards[i];
        json_t *parents;

        if (child->parent != shard && child->adjacent_parent != shard)
            continue;
        parents = json_pack("[s]", child->parent->id);
        if (child->adjacent_parent)
            json_array_append_new(parents, json_string(child->adjacent_parent->id));
        json_array_append_new(
            children, json_pack("{s:s, s:o, s:o}", "ShardId", child->id, "ParentShards", parents, "HashKeyRange", range_json(child)));
    }
    return children;
}
