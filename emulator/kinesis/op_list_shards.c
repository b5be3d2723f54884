/* ListShards. Without resharding every shard is open, so the filters differ only in what they ask for; the token says stream, last shard
 * and time. */

#include "base/base64.h"
#include "kinesis/describe.h"
#include "kinesis/shapes.h"

#include <inttypes.h>
#include <string.h>

enum { TOKEN_LIFE_MS = 300 * 1000, TOKEN_MAX = 400 };

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
    char *plain = call_print(call, "%s %u %d %" PRId64 " %" PRId64, listing->stream->name, listing->next, listing->filter, listing->time_ms,
                             clock_now_ms(call->ground->clock));
    char *token = arena_take(call->arena, base64_encoded_size(strlen(plain)) + 1);

    base64_encode(plain, strlen(plain), token);
    json_object_set_new(call->output, "NextToken", json_string(token));
}

/* Where a token goes on. FAILED with AWS's error when it is not ours or too old. */
static enum outcome read_token(struct call *call, const char *token, struct listing *listing)
{
    char plain[TOKEN_MAX + 4] = { 0 };
    char name[STREAM_NAME_SIZE];
    int64_t issued_ms;
    size_t size;

    if (call_has(call, "StreamName"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "NextToken and StreamName cannot be provided together.");
    if (strlen(token) > TOKEN_MAX || base64_decode(token, strlen(token), plain, &size) != OK ||
        sscanf(plain, "%128s %u %d %" SCNd64 " %" SCNd64, name, &listing->next, &listing->filter, &listing->time_ms, &issued_ms) != 5)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    if (issued_ms < clock_now_ms(call->ground->clock) - TOKEN_LIFE_MS)
        return call_fail(call, ERR_EXPIRED_NEXT_TOKEN, "NextToken has expired.");
    listing->stream = kinesis_stream_find(room_of(call), name);
    if (!listing->stream)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Stream %s under account %s not found.", name, call->ground->account);
    return DONE;
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
    const char *token = call_string(call, "NextToken");
    const char *after = call_string(call, "ExclusiveStartShardId");

    if (token)
        return read_token(call, token, listing);
    if (!call_has(call, "StreamName") && !call_has(call, "StreamARN"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "Either NextToken or StreamName should be provided.");
    listing->stream = kinesis_stream_named(call);
    if (!listing->stream || read_filter(call, call_member(call, "ShardFilter"), &after, listing) != DONE)
        return FAILED;
    if (after && kinesis_shard_index(after, &listing->next) != OK)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", after,
                         listing->stream->name, call->ground->account);
    listing->next += after ? 1 : 0;
    return DONE;
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
    horizon_ms = clock_now_ms(call->ground->clock) - listing.stream->retention_hours * 3600 * 1000;
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
