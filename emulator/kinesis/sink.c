/* Producers inside lowcloud that do not know this room. */

#include "base/text.h"
#include "kinesis/room.h"

#include <string.h>

static struct kinesis_stream *find_open(const struct kinesis *room, const char *arn)
{
    const char *slash = strchr(arn, '/');
    struct kinesis_stream *stream = slash ? kinesis_stream_find(room, slash + 1) : NULL;

    return stream && text_is(stream->arn, arn) && (stream->state == STREAM_ACTIVE || stream->state == STREAM_UPDATING) ? stream : NULL;
}

static bool is_open(void *room, const char *arn)
{
    return find_open(room, arn) != NULL;
}

static enum status put(void *room, const char *arn, const char *partition_key, const void *data, size_t size_bytes, uint64_t cause)
{
    struct kinesis_stream *stream = find_open(room, arn);
    size_t key_size = strlen(partition_key);
    char sequence[KINESIS_SEQUENCE_SIZE];

    if (!stream)
        return ABSENT;
    return kinesis_shard_append(kinesis_shard_of(stream, hash_key_of(partition_key, key_size)), partition_key, key_size, data, size_bytes,
                                cause, sequence);
}

struct record_sink kinesis_sink(struct kinesis *room)
{
    return (struct record_sink){ .is_open = is_open, .put = put, .room = room };
}
