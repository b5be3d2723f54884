#include "kinesis/stream.h"

#include "base/memory.h"
#include "base/text.h"
#include "kinesis/consumer.h"
#include "kinesis/room.h"
#include "kinesis/sequence.h"
#include "kinesis/store.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

const char *const kinesis_metric_names[METRIC_COUNT] = { "IncomingBytes",
                                                         "IncomingRecords",
                                                         "OutgoingBytes",
                                                         "OutgoingRecords",
                                                         "WriteProvisionedThroughputExceeded",
                                                         "ReadProvisionedThroughputExceeded",
                                                         "IteratorAgeMilliseconds" };

static void name_stream(struct kinesis_stream *stream, const char *name)
{
    snprintf(stream->name, sizeof stream->name, "%s", name);
    snprintf(stream->arn, sizeof stream->arn, "%s%s", stream->room->arn_prefix, stream->name);
}

struct kinesis_stream *kinesis_stream_new(struct kinesis *room, const char *name, int64_t made_ms)
{
    struct kinesis_stream *stream = memory_new(sizeof *stream);

    stream->room = room;
    stream->made_ms = made_ms;
    stream->retention_hours = 24;
    stream->record_max_bytes = 1 << 20;
    stream->state = STREAM_ACTIVE;
    stream->tags = json_object();
    name_stream(stream, name);
    return stream;
}

/* Puts the shard among the open ones, which stay in order of their ranges. */
static void list_open(struct kinesis_stream *stream, struct shard *shard)
{
    unsigned at = stream->open_count++;

    stream->open = memory_resize(stream->open, stream->open_count * sizeof(struct shard *));
    for (; at && stream->open[at - 1]->first_key > shard->first_key; at--)
        stream->open[at] = stream->open[at - 1];
    stream->open[at] = shard;
}

struct shard *kinesis_stream_add_shard(struct kinesis_stream *stream, hash_key first, hash_key last, int64_t made_ms, struct shard *parent,
                                       struct shard *adjacent_parent)
{
    struct shard *shard = memory_new(sizeof *shard);

    shard->stream = stream;
    shard->index = stream->shard_count++;
    snprintf(shard->id, sizeof shard->id, "shardId-%012u", shard->index);
    shard->first_key = first;
    shard->last_key = last;
    shard->made_ms = made_ms;
    shard->parent = parent;
    shard->adjacent_parent = adjacent_parent;
    shard->first_position = 1;
    shard->next_position = 1;
    stream->shards = memory_resize(stream->shards, stream->shard_count * sizeof(struct shard *));
    stream->shards[shard->index] = shard;
    list_open(stream, shard);
    return shard;
}

void kinesis_stream_divide(struct kinesis_stream *stream, unsigned count)
{
    for (unsigned i = 0; i < count; i++)
        kinesis_stream_add_shard(stream, hash_key_range_start(i, count),
                                 i + 1 == count ? ~(hash_key)0 : hash_key_range_start(i + 1, count) - 1, stream->made_ms, NULL, NULL);
}

void kinesis_shard_end(struct shard *shard, int64_t time_ms)
{
    struct kinesis_stream *stream = shard->stream;
    unsigned kept = 0;

    shard->closed_ms = time_ms;
    for (unsigned i = 0; i < stream->open_count; i++)
        if (stream->open[i] != shard)
            stream->open[kept++] = stream->open[i];
    stream->open_count = kept;
}

static void free_shard(struct shard *shard)
{
    for (uint64_t i = 0; i < shard->next_position - shard->first_position; i++)
        free(shard->records[shard->spent + i]);
    free(shard->records);
    free(shard);
}

void kinesis_stream_free(struct kinesis_stream *stream)
{
    timer_stop(stream->room->ground->clock, &stream->timer);
    kinesis_consumers_clear(stream);
    for (unsigned i = 0; i < stream->shard_count; i++)
        free_shard(stream->shards[i]);
    json_decref(stream->tags);
    free(stream->key_id);
    free(stream->policy);
    free(stream->open);
    free(stream->shards);
    free(stream);
}

struct kinesis_stream *kinesis_stream_find(const struct kinesis *room, const char *name)
{
    return map_find(&room->streams, name);
}

enum status kinesis_shard_index(const char *id, unsigned *index)
{
    const char *digits = strchr(id, '-');
    int64_t number;

    digits = digits ? digits + 1 : id;
    if (*digits < '0' || *digits > '9' || !text_to_int64(digits, &number) || number > 2147483647)
        return INVALID;
    *index = (unsigned)number;
    return OK;
}

struct shard *kinesis_shard_find(const struct kinesis_stream *stream, const char *id)
{
    unsigned index;

    return kinesis_shard_index(id, &index) == OK && index < stream->shard_count ? stream->shards[index] : NULL;
}

struct shard *kinesis_shard_of(const struct kinesis_stream *stream, hash_key key)
{
    unsigned low = 0;
    unsigned high = stream->open_count - 1;

    while (low < high) {
        unsigned middle = (low + high + 1) / 2;

        if (stream->open[middle]->first_key <= key)
            low = middle;
        else
            high = middle - 1;
    }
    return stream->open[low];
}

static size_t count_of(const struct shard *shard)
{
    return (size_t)(shard->next_position - shard->first_position);
}

static bool is_full(const struct shard *shard)
{
    return shard->spent + count_of(shard) == shard->capacity;
}

/* Makes room for one more. Spent slots are used again when they are at least as many as the others, so that a record is moved about once.
 */
static void grow(struct shard *shard)
{
    size_t count = count_of(shard);

    if (!is_full(shard))
        return;
    if (shard->spent > count) {
        memmove(shard->records, shard->records + shard->spent, count * sizeof(struct stored_record *));
        shard->spent = 0;
        return;
    }
    shard->capacity = shard->capacity ? shard->capacity * 2 : 64;
    shard->records = memory_resize(shard->records, shard->capacity * sizeof(struct stored_record *));
}

static uint64_t trace_record(const struct shard *shard, const char *sequence, size_t size_bytes, uint64_t cause)
{
    char subject[STREAM_NAME_SIZE + SHARD_ID_SIZE + KINESIS_SEQUENCE_SIZE];
    char *end = stpcpy(subject, shard->stream->name); /* not printf: this is the hottest path of the room */

    *end++ = '/';
    end = stpcpy(end, shard->id);
    *end++ = '/';
    strcpy(end, sequence);
    return trace_add(shard->stream->room->ground->trace, TRACE_RECORD, cause, subject, (int64_t)size_bytes, NULL);
}

/* Puts a record at the shard's end without telling or storing. */
static void place(struct shard *shard, const char *key, size_t key_size, const void *data, size_t size_bytes, int64_t arrived_ms,
                  uint64_t event)
{
    struct stored_record *record = memory_new(sizeof *record + key_size + 1 + size_bytes);

    grow(shard);
    record->arrived_ms = arrived_ms;
    record->event = event;
    record->key_size = (uint32_t)key_size;
    record->size_bytes = (uint32_t)size_bytes;
    memcpy(record->bytes, key, key_size);
    if (size_bytes)
        memcpy(record->bytes + key_size + 1, data, size_bytes);
    shard->records[shard->spent + count_of(shard)] = record;
    shard->next_position++;
}

int64_t kinesis_shard_second(const struct shard *shard, int64_t arrived_ms)
{
    return (arrived_ms > shard->made_ms ? arrived_ms : shard->made_ms) / 1000;
}

enum status kinesis_shard_append(struct shard *shard, const char *key, size_t key_size, const void *data, size_t size_bytes, uint64_t cause,
                                 char sequence[KINESIS_SEQUENCE_SIZE])
{
    struct kinesis *room = shard->stream->room;
    int64_t now_ms = clock_now_ms(room->ground->clock);

    if (is_full(shard))
        kinesis_shard_trim(shard); /* also where nobody reads, memory holds no more than the retention asks for */
    if (kinesis_store_add(room->store, shard, shard->next_position, now_ms, key, key_size, data, size_bytes) != OK)
        return BROKEN;
    sequence_print(&(struct sequence){ shard->made_ms / 1000, shard->index, shard->next_position, kinesis_shard_second(shard, now_ms) },
                   sequence);
    place(shard, key, key_size, data, size_bytes, now_ms, trace_record(shard, sequence, size_bytes, cause));
    kinesis_tell(shard->stream);
    return OK;
}

bool kinesis_shard_restore(struct shard *shard, uint64_t position, int64_t arrived_ms, const char *key, size_t key_size, const void *data,
                           size_t size_bytes)
{
    if (shard->next_position == shard->first_position) {
        shard->first_position = position;
        shard->next_position = position;
    }
    if (position != shard->next_position)
        return false;
    place(shard, key, key_size, data, size_bytes, arrived_ms, 0);
    return true;
}

const struct stored_record *kinesis_shard_record(const struct shard *shard, uint64_t position)
{
    return shard->records[shard->spent + (position - shard->first_position)];
}

uint64_t kinesis_shard_position_at(const struct shard *shard, int64_t time_ms)
{
    uint64_t low = shard->first_position;
    uint64_t high = shard->next_position;

    while (low < high) {
        uint64_t middle = low + (high - low) / 2;

        if (kinesis_shard_record(shard, middle)->arrived_ms < time_ms)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

int64_t kinesis_stream_horizon_ms(const struct kinesis_stream *stream)
{
    return clock_now_ms(stream->room->ground->clock) - stream->retention_hours * 3600 * 1000;
}

uint64_t kinesis_shard_oldest(const struct shard *shard)
{
    return kinesis_shard_position_at(shard, kinesis_stream_horizon_ms(shard->stream));
}

/* Drops them from memory; false when there are none. */
static bool drop_old(struct shard *shard)
{
    uint64_t kept = kinesis_shard_oldest(shard);

    if (kept == shard->first_position)
        return false;
    for (; shard->first_position < kept; shard->first_position++)
        free(shard->records[shard->spent++]);
    if (shard->first_position == shard->next_position)
        shard->spent = 0;
    return true;
}

void kinesis_shard_trim(struct shard *shard)
{
    if (drop_old(shard))
        kinesis_store_trim(shard->stream->room->store, shard);
}

void kinesis_stream_trim(struct kinesis_stream *stream)
{
    bool has_dropped = false;

    for (unsigned i = 0; i < stream->shard_count; i++)
        has_dropped |= drop_old(stream->shards[i]);
    if (has_dropped)
        kinesis_store_trim_all(stream->room->store, stream);
}

bool kinesis_shard_is_expired(const struct shard *shard)
{
    return shard->closed_ms && shard->closed_ms < kinesis_stream_horizon_ms(shard->stream);
}

void kinesis_shard_sequence(const struct shard *shard, uint64_t position, char text[KINESIS_SEQUENCE_SIZE])
{
    bool is_kept = position >= shard->first_position && position < shard->next_position;
    int64_t arrived_ms = is_kept    ? kinesis_shard_record(shard, position)->arrived_ms
                         : position ? clock_now_ms(shard->stream->room->ground->clock)
                                    : shard->made_ms;
    struct sequence sequence = { shard->made_ms / 1000, shard->index, position, kinesis_shard_second(shard, arrived_ms) };

    sequence_print(&sequence, text);
}

void kinesis_shard_last_sequence(const struct shard *shard, char text[KINESIS_SEQUENCE_SIZE])
{
    struct sequence sequence = { shard->made_ms / 1000, shard->index, INT64_MAX, shard->closed_ms / 1000 };

    sequence_print(&sequence, text);
}

int64_t kinesis_shard_behind_ms(const struct shard *shard, uint64_t position)
{
    uint64_t reached;

    if (position >= shard->next_position)
        return shard->closed_ms ? clock_now_ms(shard->stream->room->ground->clock) - shard->closed_ms : 0;
    reached = position > shard->first_position ? position - 1 : shard->first_position;
    return kinesis_shard_record(shard, shard->next_position - 1)->arrived_ms - kinesis_shard_record(shard, reached)->arrived_ms;
}
