#include "kinesis/store.h"

#include "base/database.h"
#include "base/memory.h"
#include "kinesis/document.h"
#include "kinesis/room.h"

#include <stdlib.h>
#include <string.h>

/* Beyond this no more records are taken until those of lost turns are kept: a producer that tries again and again fills no memory. */
enum { UNKEPT_MAX_BYTES = 4 << 20 };

struct kinesis_store {
    struct kinesis *room;
    struct database *database;
    struct database_watch watch;
    bool is_behind;      /* a turn was lost: memory knows more */
    size_t added_bytes;  /* of records, in this turn */
    size_t unkept_bytes; /* of records that lost turns have left in memory */
    sqlite3_stmt *put_stream;
    sqlite3_stmt *remove_stream;
    sqlite3_stmt *remove_records;
    sqlite3_stmt *add;
    sqlite3_stmt *trim;
    sqlite3_stmt *last; /* position of a shard's last record */
};

static const char tables[] = "CREATE TABLE IF NOT EXISTS kinesis_stream(name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS kinesis_record(stream TEXT, shard INT, position INT, arrived_ms INT, key BLOB,"
                             " data BLOB, PRIMARY KEY(stream, shard, position)) WITHOUT ROWID;";

/* ---- reading ---- */

static bool restore_record(struct kinesis_stream *stream, sqlite3_stmt *row)
{
    unsigned index = (unsigned)sqlite3_column_int64(row, 0);

    return index < stream->shard_count &&
           kinesis_shard_restore(stream->shards[index], (uint64_t)sqlite3_column_int64(row, 1), sqlite3_column_int64(row, 2),
                                 sqlite3_column_blob(row, 3), (size_t)sqlite3_column_bytes(row, 3), sqlite3_column_blob(row, 4),
                                 (size_t)sqlite3_column_bytes(row, 4));
}

static enum status load_records(struct database *database, struct kinesis_stream *stream)
{
    static const char sql[] = "SELECT shard, position, arrived_ms, key, data FROM kinesis_record WHERE stream = ? ORDER BY shard, position";
    sqlite3_stmt *rows = database_prepare(database, sql);
    enum status status = rows ? OK : BROKEN;
    int step = SQLITE_DONE;

    sqlite3_bind_text(rows, 1, stream->name, -1, SQLITE_STATIC);
    while (status == OK && (step = sqlite3_step(rows)) == SQLITE_ROW)
        if (!restore_record(stream, rows))
            status = database_refuse(database, "a record of a Kinesis stream");
    if (status == OK && step != SQLITE_DONE)
        status = database_complain(database, sql);
    sqlite3_finalize(rows);
    return status;
}

static enum status load_stream(struct kinesis *room, struct database *database, const char *text)
{
    json_t *document = json_loads(text, 0, NULL);
    struct kinesis_stream *stream = document ? kinesis_document_read(room, document) : NULL;

    json_decref(document);
    if (!stream)
        return database_refuse(database, "the document of a Kinesis stream");
    map_put(&room->streams, stream->name, stream);
    return load_records(database, stream);
}

/* Reads the streams that the room does not have. */
static enum status load_streams(struct kinesis *room, struct database *database)
{
    static const char sql[] = "SELECT name, document FROM kinesis_stream ORDER BY name";
    sqlite3_stmt *rows = database_prepare(database, sql);
    enum status status = rows ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(rows)) == SQLITE_ROW)
        if (!kinesis_stream_find(room, (const char *)sqlite3_column_text(rows, 0)))
            status = load_stream(room, database, (const char *)sqlite3_column_text(rows, 1));
    if (status == OK && step != SQLITE_DONE)
        status = database_complain(database, sql);
    sqlite3_finalize(rows);
    return status;
}

/* ---- when a turn is lost ---- */

static void forget_unkept(struct kinesis_store *store)
{
    sqlite3_stmt *find = database_prepare(store->database, "SELECT 1 FROM kinesis_stream WHERE name = ?");
    size_t cursor = 0;

    for (struct map_entry *entry; find && (entry = map_next(&store->room->streams, &cursor));) {
        sqlite3_bind_text(find, 1, entry->key, -1, SQLITE_TRANSIENT);
        if (sqlite3_step(find) == SQLITE_DONE)
            kinesis_forget(entry->value);
        sqlite3_reset(find);
    }
    sqlite3_finalize(find);
}

static void on_turn_end(struct database_watch *watch, bool is_kept)
{
    struct kinesis_store *store = list_item(watch, struct kinesis_store, watch);

    store->unkept_bytes = is_kept && !store->is_behind ? 0 : store->unkept_bytes + store->added_bytes;
    store->added_bytes = 0;
    if (is_kept)
        return;
    store->is_behind = true;
    forget_unkept(store);
    load_streams(store->room, store->database);
    kinesis_resume_deletions(store->room, DELETION_AGAIN_MS);
}

static enum status put_stream(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    json_t *document = kinesis_document_of(stream);
    char *text = json_dumps(document, JSON_COMPACT);
    enum status status;

    sqlite3_bind_text(store->put_stream, 1, stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(store->put_stream, 2, text, -1, SQLITE_STATIC);
    status = database_step(store->database, store->put_stream);
    free(text);
    json_decref(document);
    return status;
}

/* A record as it is kept. */
struct kept_record {
    uint64_t position;
    int64_t arrived_ms;
    const char *key;
    size_t key_size;
    const void *data;
    size_t size_bytes;
};

static enum status add_record(struct kinesis_store *store, const struct shard *shard, const struct kept_record *record)
{
    sqlite3_bind_text(store->add, 1, shard->stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->add, 2, shard->index);
    sqlite3_bind_int64(store->add, 3, (int64_t)record->position);
    sqlite3_bind_int64(store->add, 4, record->arrived_ms);
    sqlite3_bind_blob(store->add, 5, record->key, (int)record->key_size, SQLITE_STATIC);
    sqlite3_bind_blob(store->add, 6, record->size_bytes ? record->data : "", (int)record->size_bytes, SQLITE_STATIC);
    return database_step(store->database, store->add);
}

/* The records that the shard has dropped. A shard without records has its next position in the stream's document alone, which must have
 * been put. */
static enum status trim(struct kinesis_store *store, const struct shard *shard)
{
    sqlite3_bind_text(store->trim, 1, shard->stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->trim, 2, shard->index);
    sqlite3_bind_int64(store->trim, 3, (int64_t)shard->first_position);
    return database_step(store->database, store->trim);
}

/* The position behind the last record that is kept. */
static enum status find_end(struct kinesis_store *store, const struct shard *shard, uint64_t *end)
{
    int step;

    sqlite3_bind_text(store->last, 1, shard->stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->last, 2, shard->index);
    step = sqlite3_step(store->last);
    if (step == SQLITE_ROW)
        *end = (uint64_t)sqlite3_column_int64(store->last, 0) + 1;
    sqlite3_reset(store->last);
    return step == SQLITE_ROW ? OK : database_complain(store->database, sqlite3_sql(store->last));
}

static enum status catch_up_shard(struct kinesis_store *store, const struct shard *shard)
{
    uint64_t position = 0;
    enum status status = find_end(store, shard, &position);

    if (position < shard->first_position)
        position = shard->first_position;
    for (; status == OK && position < shard->next_position; position++) {
        const struct stored_record *record = kinesis_shard_record(shard, position);

        status = add_record(store, shard,
                            &(struct kept_record){ position, record->arrived_ms, record->bytes, record->key_size,
                                                   record->bytes + record->key_size + 1, record->size_bytes });
    }
    return status == OK ? trim(store, shard) : status;
}

/* Keeps what lost turns had written, if one was lost since; before anything else is written. */
static enum status catch_up(struct kinesis_store *store)
{
    enum status status = OK;
    size_t cursor = 0;

    if (!store->is_behind)
        return OK;
    for (struct map_entry *entry; status == OK && (entry = map_next(&store->room->streams, &cursor));) {
        const struct kinesis_stream *stream = entry->value;

        status = put_stream(store, stream);
        for (unsigned i = 0; i < stream->shard_count && status == OK; i++)
            status = catch_up_shard(store, stream->shards[i]);
    }
    store->is_behind = status != OK;
    return status;
}

/* ---- a life ---- */

static enum status prepare(struct kinesis_store *store)
{
    struct database *database = store->database;

    store->put_stream = database_prepare(database, "INSERT OR REPLACE INTO kinesis_stream VALUES(?,?)");
    store->remove_stream = database_prepare(database, "DELETE FROM kinesis_stream WHERE name = ?");
    store->remove_records = database_prepare(database, "DELETE FROM kinesis_record WHERE stream = ?");
    store->add = database_prepare(database, "INSERT INTO kinesis_record VALUES(?,?,?,?,?,?)");
    store->trim = database_prepare(database, "DELETE FROM kinesis_record WHERE stream = ? AND shard = ? AND position < ?");
    store->last = database_prepare(database, "SELECT max(position) FROM kinesis_record WHERE stream = ? AND shard = ?");
    return store->put_stream && store->remove_stream && store->remove_records && store->add && store->trim && store->last ? OK : BROKEN;
}

enum status kinesis_store_open(struct kinesis_store **out, struct kinesis *room)
{
    struct database *database = room->ground->database;
    struct kinesis_store *store;

    if (!database_is_kept(database))
        return OK;
    if (database_run(database, tables) != OK || load_streams(room, database) != OK)
        return BROKEN;
    store = memory_new(sizeof *store);
    store->room = room;
    store->database = database;
    database_watch(database, &store->watch, on_turn_end);
    *out = store;
    return prepare(store);
}

void kinesis_store_close(struct kinesis_store *store)
{
    if (!store)
        return;
    catch_up(store);
    database_unwatch(&store->watch);
    sqlite3_finalize(store->put_stream);
    sqlite3_finalize(store->remove_stream);
    sqlite3_finalize(store->remove_records);
    sqlite3_finalize(store->add);
    sqlite3_finalize(store->trim);
    sqlite3_finalize(store->last);
    free(store);
}

/* ---- writing ---- */

enum status kinesis_store_put(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    if (!store)
        return OK;
    return catch_up(store) == OK ? put_stream(store, stream) : BROKEN;
}

enum status kinesis_store_remove(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    if (!store)
        return OK;
    if (catch_up(store) != OK)
        return BROKEN;
    sqlite3_bind_text(store->remove_stream, 1, stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(store->remove_records, 1, stream->name, -1, SQLITE_STATIC);
    return database_step(store->database, store->remove_stream) == OK ? database_step(store->database, store->remove_records) : BROKEN;
}

enum status kinesis_store_add(struct kinesis_store *store, const struct shard *shard, uint64_t position, int64_t arrived_ms,
                              const char *key, size_t key_size, const void *data, size_t size_bytes)
{
    if (!store)
        return OK;
    if (catch_up(store) != OK || store->unkept_bytes > UNKEPT_MAX_BYTES)
        return BROKEN;
    store->added_bytes += sizeof(struct stored_record) + key_size + size_bytes;
    return add_record(store, shard, &(struct kept_record){ position, arrived_ms, key, key_size, data, size_bytes });
}

void kinesis_store_trim(struct kinesis_store *store, const struct shard *shard)
{
    bool is_empty = shard->first_position == shard->next_position;

    if (store && !store->is_behind && (!is_empty || put_stream(store, shard->stream) == OK))
        trim(store, shard);
}

void kinesis_store_trim_all(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    enum status status = store && !store->is_behind ? put_stream(store, stream) : BROKEN;

    for (unsigned i = 0; i < stream->shard_count && status == OK; i++)
        status = trim(store, stream->shards[i]);
}
