#include "kinesis/store.h"

#include "base/log.h"
#include "base/memory.h"
#include "kinesis/document.h"
#include "kinesis/room.h"

#include <stdlib.h>
#include <string.h>

struct kinesis_store {
    struct database *database;
    sqlite3_stmt *put_stream;
    sqlite3_stmt *remove_stream;
    sqlite3_stmt *remove_records;
    sqlite3_stmt *add;
    sqlite3_stmt *trim;
};

static const char tables[] = "CREATE TABLE IF NOT EXISTS kinesis_stream(name TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;"
                             "CREATE TABLE IF NOT EXISTS kinesis_record(stream TEXT, shard INT, position INT, arrived_ms INT, key BLOB,"
                             " data BLOB, PRIMARY KEY(stream, shard, position)) WITHOUT ROWID;";

static enum status run(struct kinesis_store *store, sqlite3_stmt *statement)
{
    enum status status = database_write(store->database);

    if (status == OK && sqlite3_step(statement) != SQLITE_DONE)
        status = BROKEN;
    if (status != OK)
        log_error("kinesis cannot be stored: %s", sqlite3_errmsg(database_handle(store->database)));
    sqlite3_reset(statement);
    return status;
}

static void load_records(struct kinesis *room, struct database *database)
{
    sqlite3_stmt *rows = database_prepare(
        database, "SELECT stream, shard, position, arrived_ms, key, data FROM kinesis_record ORDER BY stream, shard, position");

    while (rows && sqlite3_step(rows) == SQLITE_ROW) {
        struct kinesis_stream *stream = kinesis_stream_find(room, (const char *)sqlite3_column_text(rows, 0));
        unsigned index = (unsigned)sqlite3_column_int64(rows, 1);

        if (stream && index < stream->shard_count)
            kinesis_shard_restore(stream->shards[index], (uint64_t)sqlite3_column_int64(rows, 2), sqlite3_column_int64(rows, 3),
                                  sqlite3_column_blob(rows, 4), (size_t)sqlite3_column_bytes(rows, 4), sqlite3_column_blob(rows, 5),
                                  (size_t)sqlite3_column_bytes(rows, 5));
    }
    sqlite3_finalize(rows);
}

static enum status load_streams(struct kinesis *room, struct database *database)
{
    sqlite3_stmt *rows = database_prepare(database, "SELECT name, document FROM kinesis_stream ORDER BY name");
    enum status status = rows ? OK : BROKEN;

    while (status == OK && sqlite3_step(rows) == SQLITE_ROW) {
        json_t *document = json_loads((const char *)sqlite3_column_text(rows, 1), 0, NULL);
        struct kinesis_stream *stream = document ? kinesis_document_read(room, document) : NULL;

        if (stream) {
            map_put(&room->streams, stream->name, stream);
        } else {
            log_error("the data file's stream %s cannot be read", (const char *)sqlite3_column_text(rows, 0));
            status = BROKEN;
        }
        json_decref(document);
    }
    sqlite3_finalize(rows);
    return status;
}

enum status kinesis_store_open(struct kinesis_store **out, struct kinesis *room)
{
    struct database *database = room->ground->database;
    struct kinesis_store *store;

    if (!database_is_kept(database))
        return OK;
    if (database_run(database, tables) != OK || load_streams(room, database) != OK)
        return BROKEN;
    load_records(room, database);
    store = memory_new(sizeof *store);
    store->database = database;
    store->put_stream = database_prepare(database, "INSERT OR REPLACE INTO kinesis_stream VALUES(?,?)");
    store->remove_stream = database_prepare(database, "DELETE FROM kinesis_stream WHERE name = ?");
    store->remove_records = database_prepare(database, "DELETE FROM kinesis_record WHERE stream = ?");
    store->add = database_prepare(database, "INSERT INTO kinesis_record VALUES(?,?,?,?,?,?)");
    store->trim = database_prepare(database, "DELETE FROM kinesis_record WHERE stream = ? AND shard = ? AND position < ?");
    *out = store;
    return store->put_stream && store->remove_stream && store->remove_records && store->add && store->trim ? OK : BROKEN;
}

enum status kinesis_store_put(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    json_t *document;
    char *text;
    enum status status;

    if (!store)
        return OK;
    document = kinesis_document_of(stream);
    text = json_dumps(document, JSON_COMPACT);
    sqlite3_bind_text(store->put_stream, 1, stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(store->put_stream, 2, text, -1, SQLITE_STATIC);
    status = run(store, store->put_stream);
    free(text);
    json_decref(document);
    return status;
}

enum status kinesis_store_remove(struct kinesis_store *store, const struct kinesis_stream *stream)
{
    if (!store)
        return OK;
    sqlite3_bind_text(store->remove_stream, 1, stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_text(store->remove_records, 1, stream->name, -1, SQLITE_STATIC);
    return run(store, store->remove_stream) == OK ? run(store, store->remove_records) : BROKEN;
}

enum status kinesis_store_add(struct kinesis_store *store, const struct shard *shard, uint64_t position, int64_t arrived_ms,
                              const char *key, size_t key_size, const void *data, size_t size_bytes)
{
    if (!store)
        return OK;
    sqlite3_bind_text(store->add, 1, shard->stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->add, 2, shard->index);
    sqlite3_bind_int64(store->add, 3, (int64_t)position);
    sqlite3_bind_int64(store->add, 4, arrived_ms);
    sqlite3_bind_blob(store->add, 5, key, (int)key_size, SQLITE_STATIC);
    sqlite3_bind_blob(store->add, 6, size_bytes ? data : "", (int)size_bytes, SQLITE_STATIC);
    return run(store, store->add);
}

void kinesis_store_trim(struct kinesis_store *store, const struct shard *shard)
{
    if (!store)
        return;
    sqlite3_bind_text(store->trim, 1, shard->stream->name, -1, SQLITE_STATIC);
    sqlite3_bind_int64(store->trim, 2, shard->index);
    sqlite3_bind_int64(store->trim, 3, (int64_t)shard->first_position);
    run(store, store->trim);
}

void kinesis_store_close(struct kinesis_store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->put_stream);
    sqlite3_finalize(store->remove_stream);
    sqlite3_finalize(store->remove_records);
    sqlite3_finalize(store->add);
    sqlite3_finalize(store->trim);
    free(store);
}
