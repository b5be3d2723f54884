/* ListShards. Without resharding every shard is open, so the filters differ only in what they ask for; the token says stream, last shard
 * and time. */

#include "base/base64.h"
#include "kinesis/describe.h"
#include "kinesis/shapes.h"

#include <inttypes.h>
#include <string.h>

enum { TOKEN_LIFE_MS = 300 * 1000, TOKEN_MAX = 400 };

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

static void set_token(struct call *call, const struct kinesis_stream *stream, unsigned next)
{
    char *plain = call_print(call, "%s %u %" PRId64, stream->name, next, clock_now_ms(call->ground->clock));
    char *token = arena_take(call->arena, base64_encoded_size(strlen(plain)) + 1);

    base64_encode(plain, strlen(plain), token);
    json_object_set_new(call->output, "NextToken", json_string(token));
}

/* Where a token goes on. FAILED with AWS's error when it is not ours or too old. */
static enum outcome read_token(struct call *call, const char *token, struct kinesis_stream **stream, unsigned *next)
{
    char plain[TOKEN_MAX + 4] = { 0 };
    char name[STREAM_NAME_SIZE];
    int64_t issued_ms;
    size_t size;

    if (call_has(call, "StreamName"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "NextToken and StreamName cannot be provided together.");
    if (strlen(token) > TOKEN_MAX || base64_decode(token, strlen(token), plain, &size) != OK ||
        sscanf(plain, "%128s %u %" SCNd64, name, next, &issued_ms) != 3)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    if (clock_now_ms(call->ground->clock) - issued_ms > TOKEN_LIFE_MS)
        return call_fail(call, ERR_EXPIRED_NEXT_TOKEN, "NextToken has expired.");
    *stream = kinesis_stream_find(room_of(call), name);
    if (!*stream)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Stream %s under account %s not found.", name, call->ground->account);
    return DONE;
}

static enum outcome find_start(struct call *call, struct kinesis_stream **stream, unsigned *next)
{
    const char *token = call_string(call, "NextToken");
    const char *after = call_string(call, "ExclusiveStartShardId");
    const json_t *wanted = call_member(call, "ShardFilter");
    const char *type = json_string_value(json_object_get(wanted, "Type"));

    if (token)
        return read_token(call, token, stream, next);
    if (!call_has(call, "StreamName") && !call_has(call, "StreamARN"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "Either NextToken or StreamName should be provided.");
    if (type && !strcmp(type, "AFTER_SHARD_ID"))
        after = json_string_value(json_object_get(wanted, "ShardId"));
    *stream = kinesis_stream_named(call);
    if (!*stream)
        return FAILED;
    if (after && kinesis_shard_index(after, next) != OK)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", after, (*stream)->name,
                         call->ground->account);
    *next += after ? 1 : 0;
    return DONE;
}

enum outcome kinesis_list_shards(struct call *call)
{
    struct kinesis_stream *stream = NULL;
    int64_t max = call_integer(call, "MaxResults", 1000);
    json_t *shards;
    unsigned next = 0;

    if (find_start(call, &stream, &next) != DONE)
        return FAILED;
    max = max > 1000 ? 1000 : max;
    shards = json_array();
    for (; stream->state != STREAM_CREATING && next < stream->shard_count && json_array_size(shards) < (size_t)max; next++)
        json_array_append_new(shards, kinesis_shard_json(stream->shards[next]));
    call->output = json_pack("{s:o}", "Shards", shards);
    if (stream->state != STREAM_CREATING && next < stream->shard_count)
        set_token(call, stream, next);
    return DONE;
}
