/* CreateStream: ShardCount is optional; an on-demand stream, and one without a count, has four shards (facts: Kinesis, 4). */

#include "kinesis/resource.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"
#include "kinesis/store.h"

#include <string.h>

enum { SHARD_MAX = 10000, CREATING_MAX = 5 };

static const char *const modes[] = { "PROVISIONED", "ON_DEMAND", NULL };
static const struct member mode_details[] = { { "StreamMode", STRING, .required = true, .values = modes }, { 0 } };

const struct member kinesis_create_stream_input[] = {
    { "StreamName", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "ShardCount", INTEGER, .min = 1 },
    { "StreamModeDetails", STRUCTURE, .members = mode_details },
    TAGS_MEMBER,
    { "WarmThroughputMiBps", INTEGER, .min_is_zero = true },
    { "MaxRecordSizeInKiB", INTEGER, .min = 1024, .max = 10240 },
    { 0 },
};

static int64_t count_open_shards(const struct kinesis *room)
{
    int64_t count = 0;
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        count += ((const struct kinesis_stream *)entry->value)->open_count;
    return count;
}

enum outcome kinesis_check_shard_limit(struct call *call, int64_t added)
{
    int64_t open = count_open_shards(room_of(call));

    if (added <= SHARD_MAX - open)
        return DONE;
    return call_fail(
        call, ERR_LIMIT_EXCEEDED,
        "This request would exceed the shard limit for the account %s in %s. Current shard count for the account: %lld. Limit: "
        "%d. Number of additional shards that would have resulted from this request: %lld. Refer to the AWS Service Limits "
        "page (http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to "
        "request higher limits.",
        call->ground->account, call->ground->region, (long long)open, SHARD_MAX, (long long)added);
}

/* AWS's words for it are not known. */
static enum outcome check_creating_limit(struct call *call)
{
    const struct kinesis *room = room_of(call);
    int creating = 0;
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        creating += ((const struct kinesis_stream *)entry->value)->state == STREAM_CREATING;
    if (creating < CREATING_MAX)
        return DONE;
    return call_fail(call, ERR_LIMIT_EXCEEDED,
                     "This request would exceed the limit of %d streams in state CREATING for the account %s in %s.", CREATING_MAX,
                     call->ground->account, call->ground->region);
}

static void begin_life(struct kinesis *room, struct kinesis_stream *stream)
{
    map_put(&room->streams, stream->name, stream);
    trace_add(room->ground->trace, TRACE_CALL, 0, stream->arn, -1, "CreateStream");
    kinesis_pass_through(stream, STREAM_CREATING);
}

enum outcome kinesis_create_stream(struct call *call)
{
    struct kinesis *room = room_of(call);
    const char *name = call_string(call, "StreamName");
    const char *mode = json_string_value(json_object_get(call_member(call, "StreamModeDetails"), "StreamMode"));
    bool is_on_demand = mode && !strcmp(mode, "ON_DEMAND");
    int64_t count = call_integer(call, "ShardCount", 4);
    struct kinesis_resource resource;
    struct kinesis_stream *stream;

    if (is_on_demand && call_has(call, "ShardCount"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "ShardCount cannot be specified for a stream in ON_DEMAND mode.");
    if (kinesis_check_warmth(call, is_on_demand) != DONE)
        return FAILED;
    if (kinesis_stream_find(room, name))
        return call_fail(call, ERR_RESOURCE_IN_USE, "Stream %s under account %s already exists.", name, room->ground->account);
    if (check_creating_limit(call) != DONE || kinesis_check_shard_limit(call, count) != DONE)
        return FAILED;
    stream = kinesis_stream_new(room, name, clock_now_ms(room->ground->clock));
    resource = kinesis_resource_of(stream);
    if (kinesis_resource_tag(call, &resource) != DONE) {
        kinesis_stream_free(stream);
        return FAILED;
    }
    kinesis_stream_divide(stream, (unsigned)count);
    stream->is_on_demand = is_on_demand;
    kinesis_stream_warm(call, stream);
    stream->record_max_bytes = call_integer(call, "MaxRecordSizeInKiB", 1024) * 1024;
    if (kinesis_store_put(room->store, stream) != OK) {
        kinesis_stream_free(stream);
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    }
    begin_life(room, stream);
    return DONE;
}
