#include "kinesis/describe.h"

const char *kinesis_state_text(const struct kinesis_stream *stream)
{
    switch (stream->state) {
    case STREAM_CREATING:
        return "CREATING";
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

json_t *kinesis_stream_json(const struct kinesis_stream *stream)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s}, s:I, s:o, s:[{s:[]}]}", "StreamName", stream->name, "StreamARN", stream->arn, "StreamStatus",
                     kinesis_state_text(stream), "StreamModeDetails", "StreamMode", stream->is_on_demand ? "ON_DEMAND" : "PROVISIONED",
                     "RetentionPeriodHours", (json_int_t)stream->retention_hours, "StreamCreationTimestamp",
                     kinesis_time_json(stream->made_ms / 1000 * 1000), "EnhancedMonitoring", "ShardLevelMetrics");
}

json_t *kinesis_shard_json(const struct shard *shard)
{
    char first[HASH_KEY_SIZE];
    char last[HASH_KEY_SIZE];
    char sequence[KINESIS_SEQUENCE_SIZE];

    hash_key_print(shard->first_key, first);
    hash_key_print(shard->last_key, last);
    kinesis_shard_sequence(shard, 0, sequence);
    return json_pack("{s:s, s:{s:s, s:s}, s:{s:s}}", "ShardId", shard->id, "HashKeyRange", "StartingHashKey", first, "EndingHashKey", last,
                     "SequenceNumberRange", "StartingSequenceNumber", sequence);
}
