/* Consumers inside lowcloud: readers with their own place, and listeners that are woken at the end of a turn in which records came. */

#include "base/text.h"
#include "kinesis/consumer.h"
#include "kinesis/room.h"
#include "kinesis/sequence.h"

#include <string.h>

/* The name in a name or an ARN (arn:aws:kinesis:<region>:<account>:stream/<name>, or a consumer's, which goes on from there); cut where no
 * stream has a longer one. */
static void read_name(const char *stream, char name[STREAM_NAME_SIZE])
{
    const char *slash = text_begins(stream, "arn:") ? strchr(stream, '/') : NULL;

    snprintf(name, STREAM_NAME_SIZE, "%.*s", slash ? (int)strcspn(slash + 1, "/") : STREAM_NAME_SIZE, slash ? slash + 1 : stream);
}

bool kinesis_is_consumer_arn(const char *arn)
{
    return text_begins(arn, "arn:") && strstr(arn, "/consumer/");
}

bool kinesis_consumer_is_active(const struct kinesis *room, const char *consumer_arn)
{
    const struct kinesis_consumer *consumer = kinesis_consumer_by_arn(room, consumer_arn);

    return consumer && !consumer->is_creating;
}

/* Whether the ARN is the stream's, or one of its consumers'. */
static bool is_of(const struct kinesis_stream *stream, const char *arn)
{
    size_t length = strlen(stream->arn);

    return !strncmp(arn, stream->arn, length) && (!arn[length] || arn[length] == '/');
}

static struct kinesis_stream *find_readable(const struct kinesis *room, const char *stream)
{
    struct kinesis_stream *found;
    char name[STREAM_NAME_SIZE];

    if (kinesis_is_consumer_arn(stream) && !kinesis_consumer_by_arn(room, stream))
        return NULL;
    read_name(stream, name);
    found = kinesis_stream_find(room, name);
    return found && found->state != STREAM_DELETING && (!text_begins(stream, "arn:") || is_of(found, stream)) ? found : NULL;
}

bool kinesis_stream_exists(const struct kinesis *room, const char *stream, char *arn)
{
    const struct kinesis_stream *found = find_readable(room, stream);

    if (found && arn)
        strcpy(arn, found->arn);
    return found != NULL;
}

static const char *id_of(const struct shard *shard)
{
    return shard ? shard->id : NULL;
}

enum status kinesis_each_shard(const struct kinesis *room, const char *stream,
                               void (*each)(void *context, const char *shard, const char *parent, const char *adjacent_parent),
                               void *context)
{
    const struct kinesis_stream *found = find_readable(room, stream);

    if (!found)
        return ABSENT;
    for (unsigned i = 0; i < found->shard_count; i++)
        each(context, found->shards[i]->id, id_of(found->shards[i]->parent), id_of(found->shards[i]->adjacent_parent));
    return OK;
}

static enum status find_start(struct shard *shard, enum kinesis_start start, int64_t timestamp_ms, const char *sequence_number,
                              uint64_t *position)
{
    struct sequence sequence;

    switch (start) {
    case KINESIS_TRIM_HORIZON:
        *position = shard->first_position;
        return OK;
    case KINESIS_LATEST:
        *position = shard->next_position;
        return OK;
    case KINESIS_AT_TIMESTAMP:
        *position = kinesis_shard_position_at(shard, timestamp_ms);
        return OK;
    case KINESIS_AFTER_SEQUENCE:
        if (!sequence_number || sequence_parse(sequence_number, &sequence) != OK || sequence.version != 2 ||
            sequence.shard_index != shard->index)
            return INVALID;
        *position = sequence.counter + 1;
        return OK;
    }
    return INVALID;
}

enum status kinesis_reader_open(const struct kinesis *room, const char *stream, const char *shard_id, enum kinesis_start start,
                                int64_t timestamp_ms, const char *sequence_number, struct kinesis_reader *reader)
{
    const struct kinesis_stream *found = find_readable(room, stream);
    struct shard *shard = found ? kinesis_shard_find(found, shard_id) : NULL;

    if (!shard)
        return ABSENT;
    kinesis_shard_trim(shard);
    *reader = (struct kinesis_reader){ .stream_made_ms = found->made_ms };
    strcpy(reader->stream, found->name);
    strcpy(reader->shard, shard->id);
    return find_start(shard, start, timestamp_ms, sequence_number, &reader->next);
}

/* The reader's shard, or NULL when its stream is gone or another one of the same name stands in its place. */
static struct shard *shard_of(const struct kinesis *room, const struct kinesis_reader *reader)
{
    const struct kinesis_stream *stream = find_readable(room, reader->stream);

    return stream && stream->made_ms == reader->stream_made_ms ? kinesis_shard_find(stream, reader->shard) : NULL;
}

static void lend(const struct shard *shard, uint64_t position, struct kinesis_record *record)
{
    const struct stored_record *stored = kinesis_shard_record(shard, position);

    record->partition_key = stored->bytes;
    record->data = stored->bytes + stored->key_size + 1;
    record->size_bytes = stored->size_bytes;
    record->arrived_ms = stored->arrived_ms;
    record->position = position;
    record->event = stored->event;
    kinesis_shard_sequence(shard, position, record->sequence_number);
}

enum status kinesis_read(const struct kinesis *room, struct kinesis_reader *reader, struct kinesis_record *records, size_t max,
                         size_t max_bytes, size_t *count)
{
    const struct shard *shard = shard_of(room, reader);
    uint64_t oldest = shard ? kinesis_shard_oldest(shard) : 0;
    size_t bytes = 0;

    *count = 0;
    if (!shard)
        return ABSENT;
    if (reader->next < oldest)
        reader->next = oldest; /* nothing is dropped here: what was lent a moment ago may be among it */
    while (*count < max && reader->next < shard->next_position) {
        size_t size = kinesis_shard_record(shard, reader->next)->size_bytes;

        if (*count && bytes + size > max_bytes)
            break;
        lend(shard, reader->next++, &records[(*count)++]);
        bytes += size;
    }
    return !*count && shard->closed_ms ? FULL : OK;
}

int64_t kinesis_behind_ms(const struct kinesis *room, const struct kinesis_reader *reader)
{
    const struct shard *shard = shard_of(room, reader);

    return shard ? kinesis_shard_behind_ms(shard, reader->next) : 0;
}

static void wake(struct deferred *deferred)
{
    struct kinesis *room = list_item(deferred, struct kinesis, wake);
    size_t cursor = 0;

    /* A listener may be taken out, or others added, while one is told: those whose stream has news are gathered first. */
    struct list woken;

    list_init(&woken);
    list_each(link, following, &room->listeners) {
        struct kinesis_listener *listener = list_item(link, struct kinesis_listener, link);
        const struct kinesis_stream *stream = kinesis_stream_find(room, listener->stream);

        if (!stream || stream->has_news) {
            list_remove(link);
            list_add(&woken, link);
        }
    }
    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        ((struct kinesis_stream *)entry->value)->has_news = false;
    while (!list_is_empty(&woken)) {
        struct kinesis_listener *listener = list_item(woken.next, struct kinesis_listener, link);

        list_remove(&listener->link);
        list_add(&room->listeners, &listener->link);
        listener->woken(listener);
    }
}

void kinesis_tell(struct kinesis_stream *stream)
{
    stream->has_news = true;
    if (!list_is_empty(&stream->room->listeners))
        loop_defer(stream->room->ground->loop, &stream->room->wake, wake);
}

void kinesis_listen(struct kinesis *room, const char *stream, struct kinesis_listener *listener,
                    void (*woken)(struct kinesis_listener *listener))
{
    list_remove(&listener->link);
    read_name(stream, listener->stream);
    listener->woken = woken;
    list_add(&room->listeners, &listener->link);
}

void kinesis_unlisten(struct kinesis_listener *listener)
{
    list_remove(&listener->link);
}
