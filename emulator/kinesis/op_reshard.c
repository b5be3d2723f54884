/* SplitShard, MergeShards and UpdateShardCount: a shard ends, and its children take over its range one second later (facts: Kinesis, 8). */

#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <string.h>

const struct member kinesis_split_shard_input[] = {
    STREAM_NAME_MEMBER,
    SHARD_ID_MEMBER("ShardToSplit"),
    { "NewStartingHashKey", STRING, .required = true, .pattern = "0|([1-9]\\d{0,38})" },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

const struct member kinesis_merge_shards_input[] = {
    STREAM_NAME_MEMBER,
    SHARD_ID_MEMBER("ShardToMerge"),
    SHARD_ID_MEMBER("AdjacentShardToMerge"),
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

static const char *const scalings[] = { "UNIFORM_SCALING", NULL };

const struct member kinesis_update_shard_count_input[] = {
    STREAM_NAME_MEMBER,
    { "TargetShardCount", INTEGER, .required = true, .min = 1 },
    { "ScalingType", STRING, .required = true, .values = scalings },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

enum { CHILD_DELAY_MS = 1000 };

/* ---- what a reshard does ---- */

static void split(struct shard *shard, hash_key at, int64_t now_ms)
{
    struct kinesis_stream *stream = shard->stream;

    kinesis_shard_end(shard, now_ms);
    kinesis_stream_add_shard(stream, shard->first_key, at - 1, now_ms + CHILD_DELAY_MS, shard, NULL);
    kinesis_stream_add_shard(stream, at, shard->last_key, now_ms + CHILD_DELAY_MS, shard, NULL);
}

static struct shard *merge(struct shard *shard, struct shard *adjacent, int64_t now_ms)
{
    kinesis_shard_end(shard, now_ms);
    kinesis_shard_end(adjacent, now_ms);
    return kinesis_stream_add_shard(shard->stream, shard->first_key, adjacent->last_key, now_ms + CHILD_DELAY_MS, shard, adjacent);
}

/* ---- what it must find ---- */

static struct kinesis_stream *find_stream(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_idle(call);

    if (!stream || !stream->is_on_demand)
        return stream;
    call_fail(call, ERR_VALIDATION, "Request is invalid. Stream %s under account %s is in On-Demand mode.", stream->name,
              call->ground->account);
    return NULL;
}

/* Whether member could be a shard's id at all, which the service asks before it looks for the stream; false after call_fail. */
static bool is_shard_id(struct call *call, const char *member)
{
    const char *id = call_string(call, member);
    const char *stream = kinesis_name_given(call);
    unsigned index;

    if (stream && kinesis_shard_index(id, &index) == OK)
        return true;
    call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard %s in stream %s under account %s.", id, stream, call->ground->account);
    return false;
}

/* The open shard that member names; NULL after call_fail. */
static struct shard *find_open(struct call *call, const struct kinesis_stream *stream, const char *member)
{
    const char *id = call_string(call, member);
    struct shard *shard = kinesis_shard_find(stream, id);
    unsigned index = 0;

    kinesis_shard_index(id, &index);
    if (!shard)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Could not find shard shardId-%012u in stream %s under account %s.", index, stream->name,
                  call->ground->account);
    else if (shard->closed_ms)
        call_fail(
            call, ERR_INVALID_ARGUMENT,
            "Shard %s in stream %s under account %s has already been merged or split, and thus is not eligible for merging or splitting.",
            shard->id, stream->name, call->ground->account);
    return shard && !shard->closed_ms ? shard : NULL;
}

enum outcome kinesis_split_shard(struct call *call)
{
    struct kinesis_stream *stream = is_shard_id(call, "ShardToSplit") ? find_stream(call) : NULL;
    struct shard *shard = stream ? find_open(call, stream, "ShardToSplit") : NULL;
    const char *text = call_string(call, "NewStartingHashKey");
    char first[HASH_KEY_SIZE];
    char last[HASH_KEY_SIZE];
    hash_key key;

    if (!shard)
        return FAILED;
    hash_key_print(shard->first_key, first);
    hash_key_print(shard->last_key, last);
    if (hash_key_parse(text, &key) != OK || key <= shard->first_key + 1 || key >= shard->last_key)
        return call_fail(
            call, ERR_INVALID_ARGUMENT,
            "NewStartingHashKey %s used in SplitShard() on shard %s in stream %s under account %s is not both greater than one "
            "plus the shard's StartingHashKey %s and less than the shard's EndingHashKey %s.",
            text, shard->id, stream->name, call->ground->account, first, last);
    if (kinesis_check_shard_limit(call, 1) != DONE)
        return FAILED;
    split(shard, key, clock_now_ms(call->ground->clock));
    return kinesis_changed(call, stream);
}

enum outcome kinesis_merge_shards(struct call *call)
{
    bool are_ids = is_shard_id(call, "ShardToMerge") && is_shard_id(call, "AdjacentShardToMerge");
    struct kinesis_stream *stream = are_ids ? find_stream(call) : NULL;
    struct shard *shard = stream ? find_open(call, stream, "ShardToMerge") : NULL;
    struct shard *adjacent = shard ? find_open(call, stream, "AdjacentShardToMerge") : NULL;

    if (!adjacent)
        return FAILED;
    /* The last shard has no neighbour behind it: a key after the greatest one would be 0. */
    if (shard->last_key + 1 != adjacent->first_key || !adjacent->first_key)
        return call_fail(call, ERR_INVALID_ARGUMENT,
                         "Shards %s and %s in stream %s under account %s are not an adjacent pair of shards eligible for merging",
                         shard->id, adjacent->id, stream->name, call->ground->account);
    merge(shard, adjacent, clock_now_ms(call->ground->clock));
    return kinesis_changed(call, stream);
}

/* ---- uniform scaling ---- */

/* Splits every open shard at the wanted bounds that fall inside it. */
static void split_at_bounds(struct kinesis_stream *stream, unsigned target, int64_t now_ms)
{
    for (unsigned i = 1; i < target; i++) {
        hash_key bound = hash_key_range_start(i, target);
        struct shard *shard = kinesis_shard_of(stream, bound);

        if (shard->first_key != bound)
            split(shard, bound, now_ms);
    }
}

/* Merges the neighbours that lie in the same wanted range. */
static void merge_within_bounds(struct kinesis_stream *stream, unsigned target, int64_t now_ms)
{
    unsigned range = 0;
    unsigned i = 0;

    while (i + 1 < stream->open_count) {
        hash_key end = range + 1 == target ? ~(hash_key)0 : hash_key_range_start(range + 1, target) - 1;

        if (stream->open[i]->last_key == end) {
            range++;
            i++;
        } else {
            merge(stream->open[i], stream->open[i + 1], now_ms); /* the child stands at i again */
        }
    }
}

/* The type and both texts are those that were seen on AWS for too many; that AWS refuses what changes nothing, and its words for that and
 * for the tenth in a day, are not known. */
static enum outcome check_target(struct call *call, const struct kinesis_stream *stream, int64_t target)
{
    unsigned open = stream->open_count;

    if (kinesis_check_shard_limit(call, target - open) != DONE)
        return FAILED;
    if (target > 2 * (int64_t)open)
        return call_fail(call, ERR_LIMIT_EXCEEDED,
                         "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: %u Target "
                         "shard count: %lld",
                         open, (long long)target);
    if (2 * target < open)
        return call_fail(call, ERR_LIMIT_EXCEEDED,
                         "UpdateShardCount cannot scale down below half your current open shard count. Current open shard count: %u Target "
                         "shard count: %lld",
                         open, (long long)target);
    if (target == open)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Stream %s under account %s has %u open shards already.", stream->name,
                         call->ground->account, open);
    if (kinesis_is_throttled(stream) && quota_is_used_up(&stream->scalings, QUOTA_SCALINGS, clock_now_ms(call->ground->clock)))
        return call_fail(call, ERR_LIMIT_EXCEEDED, "Stream %s under account %s was scaled %d times within 24 hours already.", stream->name,
                         call->ground->account, QUOTA_SCALINGS);
    return DONE;
}

enum outcome kinesis_update_shard_count(struct call *call)
{
    struct kinesis_stream *stream = find_stream(call);
    int64_t target = call_integer(call, "TargetShardCount", 0);
    int64_t now_ms = clock_now_ms(call->ground->clock);
    unsigned before;

    if (!stream || check_target(call, stream, target) != DONE)
        return FAILED;
    before = stream->open_count;
    split_at_bounds(stream, (unsigned)target, now_ms);
    merge_within_bounds(stream, (unsigned)target, now_ms);
    quota_note(&stream->scalings, now_ms);
    call->output = json_pack("{s:s, s:s, s:i, s:i}", "StreamName", stream->name, "StreamARN", stream->arn, "CurrentShardCount", (int)before,
                             "TargetShardCount", (int)target);
    return kinesis_changed(call, stream);
}
