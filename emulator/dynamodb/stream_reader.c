/* Consumers inside lowcloud: readers with their own place, and listeners that are woken at the end of a turn in which changes came. */

#include "dynamodb/stream_reader.h"

#include "base/text.h"
#include "dynamodb/stream_record.h"

#include <string.h>

static struct stream *find_readable(const struct dynamodb *room, const char *arn)
{
    struct stream *stream = stream_find(room, arn);

    return stream ? stream_trimmed(stream) : NULL;
}

bool dynamodb_stream_exists(const struct dynamodb *room, const char *stream)
{
    return find_readable(room, stream) != NULL;
}

enum status dynamodb_each_shard(const struct dynamodb *room, const char *stream,
                                void (*each)(void *context, const char *shard, const char *parent), void *context)
{
    const struct stream *found = find_readable(room, stream);

    if (!found)
        return ABSENT;
    each(context, found->shard, NULL);
    return OK;
}

static enum status find_start(const struct stream *stream, enum dynamodb_start start, const char *sequence_number, uint64_t *position)
{
    switch (start) {
    case DYNAMODB_TRIM_HORIZON:
        *position = stream->first;
        return OK;
    case DYNAMODB_LATEST:
        *position = stream->next;
        return OK;
    case DYNAMODB_AFTER_SEQUENCE:
        if (!sequence_number || stream_position(stream, sequence_number, position) != OK)
            return INVALID;
        (*position)++;
        return OK;
    }
    return INVALID;
}

enum status dynamodb_reader_open(const struct dynamodb *room, const char *stream, const char *shard, enum dynamodb_start start,
                                 const char *sequence_number, struct dynamodb_reader *reader)
{
    const struct stream *found = find_readable(room, stream);

    if (!found || !text_is(found->shard, shard))
        return ABSENT;
    *reader = (struct dynamodb_reader){ 0 };
    strcpy(reader->stream, found->arn);
    strcpy(reader->shard, found->shard);
    return find_start(found, start, sequence_number, &reader->next);
}

/* ---- reading ---- */

static bool lend(const struct stream *stream, const struct stream_row *row, struct arena *arena, struct dynamodb_record *record)
{
    struct buffer text = { 0 };
    bool is_whole = stream_record_print(&text, stream, row);
    char *id = arena_take(arena, STREAM_RECORD_ID_SIZE);

    stream_record_id(row, id);
    *record = (struct dynamodb_record){
        .id = id,
        .name = stream_event_names[row->name],
        .change = arena_copy(arena, text.data, text.size),
        .change_bytes = text.size,
        .is_expiry = row->is_expiry,
        .made_ms = row->made_us / 1000,
        .position = row->position,
        .event = row->event,
    };
    stream_sequence(stream, row->position, record->sequence_number);
    buffer_clear(&text);
    return is_whole;
}

enum status dynamodb_read(const struct dynamodb *room, struct dynamodb_reader *reader, struct arena *arena, struct dynamodb_record *records,
                          size_t max, size_t max_bytes, size_t *count)
{
    struct stream *stream = find_readable(room, reader->stream);
    struct stream_cursor cursor;
    struct stream_row row;
    size_t bytes = 0;
    enum status status;

    *count = 0;
    if (!stream)
        return ABSENT;
    status = stream_cursor_open(room->stream_store, stream, reader->next, &cursor);
    while (status == OK && *count < max && (status = stream_cursor_next(&cursor, &row)) == OK) {
        if (!lend(stream, &row, arena, &records[*count]))
            status = BROKEN;
        else if (*count && bytes + records[*count].change_bytes > max_bytes)
            break;
        bytes += records[*count].change_bytes;
        if (status == OK)
            reader->next = records[(*count)++].position + 1;
    }
    stream_cursor_close(&cursor);
    if (status == BROKEN)
        return BROKEN;
    return !*count && stream->closed_ms ? FULL : OK;
}

int64_t dynamodb_behind_ms(const struct dynamodb *room, const struct dynamodb_reader *reader)
{
    struct stream *stream = find_readable(room, reader->stream);
    struct stream_cursor cursor = { 0 };
    struct stream_row row;
    int64_t behind_ms = 0;

    if (stream && reader->next < stream->next && stream_cursor_open(room->stream_store, stream, reader->next, &cursor) == OK &&
        stream_cursor_next(&cursor, &row) == OK)
        behind_ms = clock_now_ms(room->ground->clock) - row.made_us / 1000;
    stream_cursor_close(&cursor);
    return behind_ms > 0 ? behind_ms : 0;
}

/* ---- listening ---- */

/* A listener may be taken out, or others added, while one is told: those whose stream has news, or is gone, are gathered first. */
static void wake(struct deferred *deferred)
{
    struct dynamodb *room = list_item(deferred, struct dynamodb, wake);
    struct list woken;
    size_t cursor = 0;

    list_init(&woken);
    list_each(link, following, &room->listeners) {
        const struct stream *stream = stream_find(room, list_item(link, struct dynamodb_listener, link)->stream);

        if (!stream || stream->has_news) {
            list_remove(link);
            list_add(&woken, link);
        }
    }
    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        ((struct stream *)entry->value)->has_news = false;
    while (!list_is_empty(&woken)) {
        struct dynamodb_listener *listener = list_item(woken.next, struct dynamodb_listener, link);

        list_remove(&listener->link);
        list_add(&room->listeners, &listener->link);
        listener->woken(listener);
    }
}

void stream_tell(struct stream *stream)
{
    stream->has_news = true;
    if (!list_is_empty(&stream->room->listeners))
        loop_defer(stream->room->ground->loop, &stream->room->wake, wake);
}

void dynamodb_listen(struct dynamodb *room, const char *stream, struct dynamodb_listener *listener,
                     void (*woken)(struct dynamodb_listener *listener))
{
    list_remove(&listener->link);
    snprintf(listener->stream, sizeof listener->stream, "%s", stream);
    listener->woken = woken;
    list_add(&room->listeners, &listener->link);
}

void dynamodb_unlisten(struct dynamodb_listener *listener)
{
    list_remove(&listener->link);
}
