#include "dynamodb/stream.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/pack.h"
#include "dynamodb/stream_reader.h"
#include "dynamodb/stream_record.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { TRIM_PAUSE_MS = 60 * 1000, STREAM_MAX_BYTES = 256 << 20 };

static const char *const view_names[] = { "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES" };

const char *stream_view_name(enum stream_view view)
{
    return view_names[view];
}

static enum stream_view view_of_name(const char *name)
{
    for (size_t i = 0; i < sizeof view_names / sizeof *view_names; i++)
        if (text_is(view_names[i], name))
            return (enum stream_view)i;
    return STREAM_KEYS_ONLY;
}

struct stream *stream_find(const struct dynamodb *room, const char *arn)
{
    return map_find(&room->streams, arn);
}

/* ---- sequence numbers: when the stream was made, then the position; so one stream's grow, and another's are told apart ---- */

void stream_sequence(const struct stream *stream, uint64_t position, char text[DYNAMODB_SEQUENCE_SIZE])
{
    snprintf(text, DYNAMODB_SEQUENCE_SIZE, "%013" PRId64 "%015" PRIu64, stream->made_ms, position);
}

enum status stream_position(const struct stream *stream, const char *sequence, uint64_t *position)
{
    char start[DYNAMODB_SEQUENCE_SIZE];

    stream_sequence(stream, 0, start);
    if (strlen(sequence) != strlen(start) || strncmp(sequence, start, 13) || strspn(sequence, "0123456789") != strlen(sequence))
        return INVALID;
    *position = strtoull(sequence + 13, NULL, 10);
    return OK;
}

/* ---- as they are kept ---- */

static enum status keep(struct stream *stream, bool is_new)
{
    struct stream_store *store = stream->room->stream_store;
    json_t *json =
        json_pack("{s:s, s:s, s:s, s:s, s:s, s:O, s:I, s:I, s:I}", "TableName", stream->table, "StreamArn", stream->arn, "StreamLabel",
                  stream->label, "ShardId", stream->shard, "StreamViewType", stream_view_name(stream->view), "KeySchema", stream->keys,
                  "MadeMs", (json_int_t)stream->made_ms, "ClosedMs", (json_int_t)stream->closed_ms, "Next", (json_int_t)stream->next);
    char *text = json_dumps(json, JSON_COMPACT);
    enum status status = is_new ? stream_store_add(store, stream, text) : stream_store_keep(store, stream, text);

    free(text);
    json_decref(json);
    return status;
}

static void copy_member(const json_t *json, const char *name, char *text, size_t size)
{
    const char *member = json_string_value(json_object_get(json, name));

    snprintf(text, size, "%s", member ? member : "");
}

static struct stream *new_stream(struct dynamodb *room, const char *table, const json_t *keys)
{
    struct stream *stream = memory_new(sizeof *stream);

    stream->room = room;
    stream->table = memory_copy_text(table);
    stream->keys = json_incref((json_t *)keys);
    stream->first = 1;
    stream->next = 1;
    return stream;
}

static void free_stream(struct stream *stream)
{
    timer_stop(stream->room->ground->clock, &stream->trim);
    statements_clear(&stream->statements);
    json_decref(stream->keys);
    free(stream->table);
    free(stream);
}

/* ---- trimming ---- */

static void trim(struct timer *timer);

/* One timer, which is due when the oldest record is a day old; a closed stream goes a day after its end. */
static void arm(struct stream *stream)
{
    struct clock *clock = stream->room->ground->clock;
    int64_t since_ms = stream->first < stream->next ? stream->oldest_ms : stream->closed_ms;
    int64_t due_ms = since_ms + STREAM_LIFE_MS - clock_now_ms(clock);

    if (since_ms && !timer_is_running(&stream->trim))
        timer_start(clock, &stream->trim, due_ms > TRIM_PAUSE_MS ? due_ms : TRIM_PAUSE_MS, trim);
}

/* Drops the oldest records: those made before time_ms, and as many as free `bytes`. */
static enum status drop_oldest(struct stream *stream, int64_t time_ms, size_t bytes)
{
    struct stream_store *store = stream->room->stream_store;
    struct stream_cursor cursor;
    struct stream_row row;
    size_t freed = 0;
    enum status status = stream_cursor_open(store, stream, stream->first, &cursor);

    while (status == OK && (status = stream_cursor_next(&cursor, &row)) == OK && (row.made_us < time_ms * 1000 || freed < bytes))
        freed += stream_row_bytes(&row);
    stream_cursor_close(&cursor);
    if (status == BROKEN)
        return BROKEN;
    stream->first = status == OK ? row.position : stream->next;
    stream->oldest_ms = status == OK ? row.made_us / 1000 : 0;
    stream->bytes = status == OK && freed < stream->bytes ? stream->bytes - freed : 0;
    status = stream_store_trim(store, stream, stream->first);
    return status == OK ? keep(stream, false) : status;
}

static void remove_stream(struct stream *stream)
{
    struct dynamodb *room = stream->room;

    stream_tell(stream);
    stream_store_drop(room->stream_store, stream);
    map_remove(&room->streams, stream->arn);
    free_stream(stream);
}

struct stream *stream_trimmed(struct stream *stream)
{
    int64_t horizon_ms = clock_now_ms(stream->room->ground->clock) - STREAM_LIFE_MS;

    if (stream->closed_ms && stream->closed_ms <= horizon_ms) {
        remove_stream(stream);
        return NULL;
    }
    if (stream->first < stream->next && stream->oldest_ms < horizon_ms)
        drop_oldest(stream, horizon_ms, 0);
    return stream;
}

static void trim(struct timer *timer)
{
    struct stream *stream = stream_trimmed(list_item(timer, struct stream, trim));

    if (stream)
        arm(stream);
}

/* ---- a life ---- */

/* Another millisecond where a stream of this table was made in this one: ARNs are never used twice. */
static void name_stream(struct stream *stream, const struct table *table)
{
    struct arena arena = { 0 };

    do {
        snprintf(stream->label, sizeof stream->label, "%s", text_iso_time(&arena, stream->made_ms));
        snprintf(stream->arn, sizeof stream->arn, "%s/stream/%s", table->arn, stream->label);
    } while (stream_find(stream->room, stream->arn) && ++stream->made_ms);
    snprintf(stream->shard, sizeof stream->shard, "shardId-%020" PRId64 "-%08x", stream->made_ms,
             (unsigned)random_below(&stream->room->record_ids, UINT32_MAX));
    arena_clear(&arena);
}

static struct stream *make_stream(struct dynamodb *room, const struct table *table, const json_t *specification)
{
    json_t *keys = table_schema_json(&table->keys);
    struct stream *stream = new_stream(room, table->name, keys);

    json_decref(keys);
    stream->view = view_of_name(json_string_value(json_object_get(specification, "StreamViewType")));
    stream->made_ms = clock_now_ms(room->ground->clock);
    name_stream(stream, table);
    return stream;
}

enum status stream_enable(struct dynamodb *room, struct table *table, const json_t *specification)
{
    struct stream *stream = make_stream(room, table, specification);

    if (keep(stream, true) != OK) {
        free_stream(stream);
        return BROKEN;
    }
    map_put(&room->streams, stream->arn, stream);
    if (table->stream != specification) {
        json_decref(table->stream);
        table->stream = json_incref((json_t *)specification);
    }
    free(table->stream_label);
    table->stream_label = memory_copy_text(stream->label);
    table->live = stream;
    return OK;
}

enum status stream_disable(struct dynamodb *room, struct table *table)
{
    struct stream *stream = table->live;

    if (!stream)
        return OK;
    table->live = NULL;
    json_decref(table->stream);
    table->stream = NULL;
    stream->closed_ms = clock_now_ms(room->ground->clock);
    arm(stream);
    stream_tell(stream);
    return keep(stream, false);
}

/* ---- capture ---- */

static struct bytes pack(const struct value *item, struct arena *arena)
{
    struct buffer packed = { 0 };
    struct bytes bytes;

    pack_item(&packed, item);
    bytes = (struct bytes){ arena_copy(arena, packed.data, packed.size), packed.size };
    buffer_clear(&packed);
    return bytes;
}

static uint64_t trace_record(const struct stream *stream, const struct stream_row *row)
{
    char sequence[DYNAMODB_SEQUENCE_SIZE];
    char subject[DYNAMODB_STREAM_ARN_SIZE];

    stream_sequence(stream, row->position, sequence);
    snprintf(subject, sizeof subject, "%s/%s/%s", stream->table, stream->shard, sequence);
    return trace_add(stream->room->ground->trace, TRACE_RECORD, row->is_expiry ? 0 : stream->room->cause, subject,
                     (int64_t)stream_row_bytes(row), stream_event_names[row->name]);
}

static struct stream_row make_row(struct stream *stream, const struct change *change, struct arena *arena)
{
    struct dynamodb *room = stream->room;
    struct value keys = change_keys(change, arena);
    struct stream_row row = { .position = stream->next++,
                              .made_us = clock_now_us(room->ground->clock),
                              .name = stream_event_of(change),
                              .is_expiry = change->is_expiry,
                              .keys = pack(&keys, arena) };

    random_bytes(&room->record_ids, row.id, sizeof row.id);
    if (change->has_new && (stream->view == STREAM_NEW_IMAGE || stream->view == STREAM_NEW_AND_OLD_IMAGES))
        row.new = pack(&change->new, arena);
    if (change->has_old && (stream->view == STREAM_OLD_IMAGE || stream->view == STREAM_NEW_AND_OLD_IMAGES))
        row.old = pack(&change->old, arena);
    row.event = trace_record(stream, &row);
    return row;
}

enum status stream_capture(struct dynamodb *room, const struct change *change, struct arena *arena)
{
    struct stream *stream = change->table->live;
    struct stream_row row;

    if (stream->bytes > room->stream_max_bytes && drop_oldest(stream, 0, room->stream_max_bytes / 8) != OK)
        return BROKEN;
    row = make_row(stream, change, arena);
    if (!stream->oldest_ms)
        stream->oldest_ms = row.made_us / 1000;
    stream->bytes += stream_row_bytes(&row);
    arm(stream);
    stream_tell(stream);
    return stream_store_append(room->stream_store, stream, &row);
}

/* ---- from the store ---- */

static enum status measure(struct stream *stream)
{
    struct stream_extent extent;
    enum status status = stream_store_measure(stream->room->stream_store, stream, &extent);

    if (status == BROKEN)
        return BROKEN;
    if (status == OK) {
        stream->first = extent.first;
        stream->oldest_ms = extent.oldest_ms;
        stream->bytes = extent.bytes;
        if (stream->next <= extent.last)
            stream->next = extent.last + 1;
    } else {
        stream->first = stream->next;
    }
    arm(stream);
    return OK;
}

static enum status read_back(void *context, int64_t number, const char *document)
{
    struct dynamodb *room = context;
    json_t *json = json_loads(document, 0, NULL);
    struct stream *stream;

    if (!json_is_string(json_object_get(json, "TableName"))) {
        json_decref(json);
        return database_refuse(room->ground->database, "the document of a DynamoDB stream");
    }
    stream = new_stream(room, json_string_value(json_object_get(json, "TableName")), json_object_get(json, "KeySchema"));
    copy_member(json, "StreamArn", stream->arn, sizeof stream->arn);
    copy_member(json, "StreamLabel", stream->label, sizeof stream->label);
    copy_member(json, "ShardId", stream->shard, sizeof stream->shard);
    stream->view = view_of_name(json_string_value(json_object_get(json, "StreamViewType")));
    stream->made_ms = json_integer_value(json_object_get(json, "MadeMs"));
    stream->closed_ms = json_integer_value(json_object_get(json, "ClosedMs"));
    stream->next = (uint64_t)json_integer_value(json_object_get(json, "Next"));
    stream->number = number;
    map_put(&room->streams, stream->arn, stream);
    json_decref(json);
    return OK;
}

/* A table whose stream was asked for but is not kept (written by a lowcloud that had no streams yet) gets one now. */
static enum status find_live(struct dynamodb *room, struct table *table)
{
    struct arena arena = { 0 };

    if (!table->stream)
        return OK;
    table->live = stream_find(room, arena_print(&arena, "%s/stream/%s", table->arn, table->stream_label));
    arena_clear(&arena);
    if (table->live)
        return OK;
    return stream_enable(room, table, table->stream) == OK ? store_keep_definition(room->store, table) : BROKEN;
}

static enum status load(struct dynamodb *room)
{
    enum status status = stream_store_each(room->stream_store, read_back, room);
    size_t cursor = 0;

    for (struct map_entry *entry; status == OK && (entry = map_next(&room->streams, &cursor));)
        status = measure(entry->value);
    cursor = 0;
    for (struct map_entry *entry; status == OK && (entry = map_next(&room->tables, &cursor));)
        status = find_live(room, entry->value);
    return status;
}

enum status streams_open(struct dynamodb *room)
{
    list_init(&room->listeners);
    room->record_ids = random_stream(room->ground->random, "dynamodb stream");
    room->stream_max_bytes = STREAM_MAX_BYTES;
    return stream_store_open(&room->stream_store, room->ground) == OK ? load(room) : BROKEN;
}

/* Positions go on behind those that readers have seen, even where their records are gone. */
static void go_on_behind(const struct stream *before, struct stream *stream)
{
    bool is_empty = stream->first == stream->next;

    if (stream->next < before->next)
        stream->next = before->next;
    if (is_empty)
        stream->first = stream->next;
}

enum status streams_reload(struct dynamodb *room)
{
    struct map before = room->streams;
    enum status status;
    size_t cursor = 0;

    room->streams = (struct map){ 0 };
    status = load(room);
    for (struct map_entry *entry; (entry = map_next(&before, &cursor));) {
        struct stream *stream = stream_find(room, entry->key);

        if (stream)
            go_on_behind(entry->value, stream);
        stream_tell(entry->value);
        free_stream(entry->value);
    }
    map_clear(&before);
    return status;
}

void streams_close(struct dynamodb *room)
{
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        free_stream(entry->value);
    map_clear(&room->streams);
    stream_store_close(room->stream_store);
    loop_forget(&room->wake);
}
