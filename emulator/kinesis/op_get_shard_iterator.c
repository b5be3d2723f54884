/* GetShardIterator: all five types. LATEST is fixed at the call: what is put between it and the first GetRecords is read (facts: Kinesis,
 * 7). */

#include "kinesis/iterator.h"
#include "kinesis/position.h"
#include "kinesis/shapes.h"

const struct member kinesis_get_shard_iterator_input[] = {
    { "ShardId", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "ShardIteratorType", STRING, .required = true, .values = kinesis_position_types },
    { "StartingSequenceNumber", STRING, .pattern = "0|([1-9]\\d{0,128})" },
    STREAM_NAME_MEMBER,
    { "Timestamp", TIMESTAMP },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

enum outcome kinesis_get_shard_iterator(struct call *call)
{
    const char *stream = kinesis_name_given(call);
    const struct starting_point start = {
        .type = call_string(call, "ShardIteratorType"),
        .sequence_number = call_string(call, "StartingSequenceNumber"),
        .has_time = call_has(call, "Timestamp"),
        .time_s = call_number(call, "Timestamp", 0),
    };
    const struct shard *shard = stream ? kinesis_position_shard(call, stream, call_string(call, "ShardId")) : NULL;
    char text[ITERATOR_SIZE];
    uint64_t position = 0;

    if (!shard || kinesis_position_find(call, shard, &start, &position) != DONE)
        return FAILED;
    kinesis_iterator_print(shard, position, text);
    call->output = json_pack("{s:s}", "ShardIterator", text);
    return DONE;
}
