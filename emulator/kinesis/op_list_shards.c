/* ListShards: all shards that have not expired, or those that a filter asks for (facts: Kinesis, 7). */

#include "kinesis/describe.h"
#include "kinesis/next_token.h"
#include "kinesis/shapes.h"

#include <string.h>

enum filter_type { AFTER_SHARD_ID, AT_TRIM_HORIZON, FROM_TRIM_HORIZON, AT_LATEST, AT_TIMESTAMP, FROM_TIMESTAMP };
static const char *const filters[] = {
    "AFTER_SHARD_ID", "AT_TRIM_HORIZON", "FROM_TRIM_HORIZON", "AT_LATEST", "AT_TIMESTAMP", "FROM_TIMESTAMP", NULL
};
static const struct member filter[] = {
    { "Type", STRING, .required = true, .values = filters },
    { "ShardId", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Timestamp", TIMESTAMP },
    { 0 },
};

const struct member kinesis_list_shards_input[] = {
    STREAM_NAME_MEMBER,
    { "NextToken", STRING, .min = 1, .max = 1048576 },
    { "ExclusiveStartShardId", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "MaxResults", INTEGER, .min = 1, .max = 10000 },
    { "StreamCreationTimestamp", TIMESTAMP },
    { "ShardFilter", STRUCTURE, .members = filter },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

/* What a listing is of, and where it goes on. */
struct listing {
    struct kinesis_stream *stream;
    unsigned next;
    int filter;      /* index into filters */
    int64_t time_ms; /* of AT_TIMESTAMP and FROM_TIMESTAMP */
};

static void set_token(struct call *call, const struct listing *listing)
{
    struct next_token token = {
        .stream_made_ms = listing->stream->made_ms,
        .filter_time_ms = listing->time_ms,
        .filter = (uint32_t)listing->filter,
        .next_shard = listing->next,
    };

    strcpy(token.stream, listing->stream->name);
    next_token_add(call, &token);
}

/* What a token says already may not be said beside it. That a name may not, and in these words, was seen on AWS; of the others the
 * documents say that they may not. The ARN may: SDKs find the endpoint by it. */
static enum outcome refuse_beside_token(struct call *call)
{
    static const char *const members[] = { "StreamName", "ExclusiveStartShardId", "StreamCreationTimestamp", "ShardFilter", NULL };

    for (size_t i = 0; members[i]; i++)
        if (call_has(call, members[i]))
            return call_fail(call, ERR_INVALID_ARGUMENT, "NextToken and %s cannot be provided together.", members[i]);
    return DONE;
}

static enum outcome read_token(struct call *call, struct listing *listing)
{
    const char *named = call_has(call, "StreamARN") ? kinesis_name_given(call) : NULL;
    struct next_token token;

    if (call->error.id || next_token_read(call, &token) != DONE)
        return FAILED;
    if (named && strcmp(named, token.stream))
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    listing->stream = next_token_stream(call, &token);
    listing->next = token.next_shard;
    listing->filter = (int)token.filter;
    listing->time_ms = token.filter_time_ms;
    return listing->stream ? DONE : FAILED;
}

static enum outcome read_filter(struct call *call, const json_t *filter_given, const char **after, struct listing *listing)
{
    const char *type = json_string_value(json_object_get(filter_given, "Type"));
    const json_t *time = json_object_get(filter_given, "Timestamp");

    listing->filter = FROM_TRIM_HORIZON;
    for (int i = 0; type && filters[i]; i++)
        if (!strcmp(type, filters[i]))
            listing->filter = i;
    if (listing->filter == AFTER_SHARD_ID) {
        *after = json_string_value(json_object_get(filter_given, "ShardId"));
        if (!*after)
            return call_fail(call, ERR_INVALID_ARGUMENT, "ShardId must be provided when ShardFilterType is AFTER_SHARD_ID.");
    }
    if (listing->filter == AT_TIMESTAMP || listing->filter == FROM_TIMESTAMP) {
        if (!json_is_number(time))
            return call_fail(call, ERR_INVALID_ARGUMENT, "Timestamp must be provided when ShardFilterType is %s.", type);
        listing->time_ms = shape_whole(json_number_value(time) * 1000.0 + 0.5);
    }
    return DONE;
}

static enum outcome find_start(struct call *call, struct listing *listing)
{
    const char *after = call_string(call, "ExclusiveStartShardId");

    if (call_has(call, "NextToken"))
        return refuse_beside_token(call) == DONE ? read_token(call, listing) : FAILED;
    if (!call_has(call, "StreamName") && !call_has(call, "StreamARN"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "Either NextToken or StreamName should be provided.");
    listing->stream = kinesis_stream_named(call);
    if (!listing->stream || kinesis_is_as_old_as_given(call, listing->stream) != DONE ||
        read_filter(call, call_member(call, "ShardFilter"), &after, listing) != DONE)
        return FAILED;
    return kinesis_first_behind(call, listing->stream, after, &listing->next);
}

/* When the shard began to take records: a child takes over in the moment in which its parent ends, whatever second its numbers begin with,
 * so that at no time a part of the key space is nobody's. */
static int64_t opened_ms(const struct shard *shard)
{
    return shard->parent ? shard->parent->closed_ms + 1 : shard->made_ms;
}

static bool is_wanted(const struct listing *listing, const struct shard *shard, int64_t horizon_ms)
{
    bool is_unexpired = !shard->closed_ms || shard->closed_ms >= horizon_ms;

    switch (listing->filter) {
    case AT_LATEST:
        return !shard->closed_ms;
    case AT_TRIM_HORIZON:
        return is_unexpired && opened_ms(shard) <= (horizon_ms > listing->stream->made_ms ? horizon_ms : listing->stream->made_ms);
    case AT_TIMESTAMP:
        return is_unexpired && opened_ms(shard) <= listing->time_ms && (!shard->closed_ms || shard->closed_ms >= listing->time_ms);
    case FROM_TIMESTAMP:
        return is_unexpired && (!shard->closed_ms || shard->closed_ms >= listing->time_ms);
    default:
        return is_unexpired;
    }
}

enum outcome kinesis_list_shards(struct call *call)
{
    struct listing listing = { 0 };
    size_t max = (size_t)call_integer(call, "MaxResults", 1000);
    int64_t horizon_ms;
    json_t *shards;
    unsigned count;

    if (find_start(call, &listing) != DONE)
        return FAILED;
    horizon_ms = kinesis_stream_horizon_ms(listing.stream);
    count = listing.stream->state == STREAM_CREATING ? 0 : listing.stream->shard_count;
    max = max > 1000 ? 1000 : max;
    shards = json_array();
    for (; listing.next < count && json_array_size(shards) < max; listing.next++)
        if (is_wanted(&listing, listing.stream->shards[listing.next], horizon_ms))
            json_array_append_new(shards, kinesis_shard_json(listing.stream->shards[listing.next]));
    call->output = json_pack("{s:o}", "Shards", shards);
    if (listing.next < count)
        set_token(call, &listing);
    return DONE;
}
