/* SubscribeToShard: what is wrong is refused with an ordinary answer; then the answer is an event stream (subscription.h). */

#include "kinesis/position.h"
#include "kinesis/shapes.h"
#include "kinesis/subscription.h"

static const struct member starting_position[] = {
    { "Type", STRING, .required = true, .values = kinesis_position_types },
    { "SequenceNumber", STRING, .pattern = "0|([1-9]\\d{0,128})" },
    { "Timestamp", TIMESTAMP },
    { 0 },
};
const struct member kinesis_subscribe_to_shard_input[] = {
    { "ConsumerARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = CONSUMER_ARN_PATTERN },
    STREAM_ID_MEMBER,
    SHARD_ID_MEMBER("ShardId"),
    { "StartingPosition", STRUCTURE, .required = true, .members = starting_position },
    { 0 },
};

/* The consumer that the call names, ACTIVE; NULL after call_fail. */
static struct kinesis_consumer *find_consumer(struct call *call)
{
    struct kinesis_consumer *consumer = kinesis_consumer_named(call);

    if (!consumer || !consumer->is_creating)
        return consumer;
    call_fail(call, ERR_RESOURCE_IN_USE, "Consumer %s with creation timestamp %lld under stream: %s , account %s is not in ACTIVE status.",
              consumer->name, (long long)(consumer->made_ms / 1000), consumer->stream->name, call->ground->account);
    return NULL;
}

static struct starting_point read_start(const struct call *call)
{
    const json_t *given = call_member(call, "StartingPosition");
    const json_t *time = json_object_get(given, "Timestamp");

    return (struct starting_point){
        .type = json_string_value(json_object_get(given, "Type")),
        .sequence_number = json_string_value(json_object_get(given, "SequenceNumber")),
        .has_time = json_is_number(time),
        .time_s = json_number_value(time),
    };
}

enum outcome kinesis_subscribe_to_shard(struct call *call)
{
    struct kinesis_consumer *consumer = find_consumer(call);
    const struct starting_point start = read_start(call);
    const struct shard *shard;
    uint64_t position;

    if (!consumer)
        return FAILED;
    shard = kinesis_position_shard(call, consumer->stream->name, call_string(call, "ShardId"));
    if (!shard || kinesis_position_find(call, shard, &start, &position) != DONE)
        return FAILED;
    if (!call->exchange)
        return call_fail(call, ERR_INVALID_ARGUMENT, "SubscribeToShard is answered to clients alone.");
    return kinesis_subscribe(call, consumer, shard, position);
}
