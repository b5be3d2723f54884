/* GetRecords: up to 10,000 records and 10 MiB an answer, at least one record; the iterator may be used again until it expires. */

#include "base/text.h"
#include "kinesis/iterator.h"
#include "kinesis/records.h"
#include "kinesis/shapes.h"

#include <inttypes.h>
#include <time.h>

enum { ANSWER_MAX_BYTES = 10 << 20 };

const struct member kinesis_get_records_input[] = {
    { "ShardIterator", STRING, .required = true, .min = 1, .max = 512 },
    { "Limit", INTEGER, .min = 1, .max = 10000 },
    STREAM_ARN_MEMBER,
    STREAM_ID_MEMBER,
    { 0 },
};

/* "Thu Jan 22 01:22:02 UTC 2015" */
static const char *java_time(struct call *call, int64_t time_ms)
{
    time_t seconds = (time_t)(time_ms / 1000);
    char *text = arena_take(call->arena, 40);
    struct tm parts;

    gmtime_r(&seconds, &parts);
    strftime(text, 40, "%a %b %d %H:%M:%S UTC %Y", &parts);
    return text;
}

static enum outcome check_age(struct call *call, const struct iterator *iterator)
{
    int64_t now_ms = clock_now_ms(call->ground->clock);

    if (iterator->issued_ms >= now_ms - ITERATOR_LIFE_MS)
        return DONE;
    return call_fail(
        call, ERR_EXPIRED_ITERATOR,
        "Iterator expired. The iterator was created at time %s while right now it is %s which is further in the future than the "
        "tolerated delay of %d milliseconds.",
        java_time(call, iterator->issued_ms), java_time(call, now_ms), ITERATOR_LIFE_MS);
}

/* Only the answer that has passed the last record of a closed shard lacks the next iterator and carries the children: KCL moves on by that.
 */
static void print_end(struct buffer *text, const struct shard *shard, uint64_t reached)
{
    char next[ITERATOR_SIZE];

    buffer_print(text, ",\"MillisBehindLatest\":%" PRId64, kinesis_shard_behind_ms(shard, reached));
    if (!shard->closed_ms || reached < shard->next_position) {
        kinesis_iterator_print(shard, reached, next);
        buffer_print(text, ",\"NextShardIterator\":\"%s\"}", next);
        return;
    }
    buffer_add_char(text, ',');
    kinesis_print_children(text, shard);
    buffer_add_char(text, '}');
}

/* Of data and partition keys, as the limits count. */
static size_t bytes_between(const struct shard *shard, uint64_t from, uint64_t to)
{
    size_t bytes = 0;

    for (; from < to; from++)
        bytes += kinesis_shard_record(shard, from)->size_bytes + kinesis_shard_record(shard, from)->key_size;
    return bytes;
}

/* The stream's ARN is said for the SDK's sake, which finds the endpoint by it; the iterator says enough. But it may not be another's. */
static enum outcome check_arn(struct call *call, const struct iterator *iterator)
{
    const char *name = call_has(call, "StreamARN") ? kinesis_name_given(call) : iterator->stream;

    if (!name || text_is(name, iterator->stream))
        return name ? DONE : FAILED;
    return call_fail(call, ERR_INVALID_ARGUMENT, "StreamARN %s is not of the stream that the ShardIterator is of.",
                     call_string(call, "StreamARN"));
}

enum outcome kinesis_get_records(struct call *call)
{
    struct iterator iterator;
    struct kinesis_stream *stream;
    struct shard *shard;
    uint64_t reached;

    if (kinesis_iterator_parse(room_of(call), call_string(call, "ShardIterator"), &iterator) != OK)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid ShardIterator.");
    if (check_age(call, &iterator) != DONE || check_arn(call, &iterator) != DONE)
        return FAILED;
    stream = kinesis_stream_find(room_of(call), iterator.stream);
    if (!stream || stream->made_ms != iterator.stream_made_ms || iterator.shard >= stream->shard_count)
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Shard shardId-%012u in stream %s under account %s does not exist", iterator.shard,
                         iterator.stream, call->ground->account);
    shard = stream->shards[iterator.shard];
    kinesis_shard_trim(shard);
    if (iterator.position < shard->first_position)
        iterator.position = shard->first_position;
    if (kinesis_is_throttled(stream) && !throttle_take_read(&shard->throttle, call->ground->clock))
        return call_fail(call, ERR_PROVISIONED_THROUGHPUT_EXCEEDED, "Rate exceeded for Shard - %s/%s/%s", call->ground->account,
                         stream->name, shard->id);
    buffer_add_text(&call->text, "{\"Records\":");
    reached = kinesis_print_records(&call->text, shard, iterator.position, call_integer(call, "Limit", 10000), ANSWER_MAX_BYTES);
    if (kinesis_is_throttled(stream))
        throttle_note_read(&shard->throttle, call->ground->clock, bytes_between(shard, iterator.position, reached));
    print_end(&call->text, shard, reached);
    return DONE;
}
