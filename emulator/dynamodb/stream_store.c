#include "dynamodb/stream_store.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum statement { APPEND, WALK, MEASURE, TRIM };

struct stream_store {
    struct database *database;
    sqlite3_stmt *keep;
    sqlite3_stmt *forget;
    int64_t last_number;
};

enum { ROW_OVERHEAD_BYTES = 64 }; /* about what a row takes beside its values */

#define ROWS "dynamodb_stream_$n"
static const char *const row_sql[] = {
    [APPEND] = "INSERT INTO " ROWS " (position, made_us, event, name, is_expiry, id, keys, old, new) VALUES (?,?,?,?,?,?,?,?,?)",
    [WALK] = "SELECT position, made_us, event, name, is_expiry, id, keys, old, new FROM " ROWS " WHERE position >= ? ORDER BY position",
    [MEASURE] = "SELECT min(position), max(position), min(made_us), sum(length(keys) + length(old) + length(new) + ?) FROM " ROWS,
    [TRIM] = "DELETE FROM " ROWS " WHERE position < ?",
};
static const char create_rows[] = "CREATE TABLE " ROWS " (position INTEGER PRIMARY KEY, made_us INT, event INT, name INT, is_expiry INT, "
                                  "id BLOB, keys BLOB, old BLOB, new BLOB)";
static const char drop_rows[] = "DROP TABLE IF EXISTS " ROWS;

static sqlite3_stmt *statement_of(struct stream_store *store, struct stream *stream, enum statement which)
{
    return statements_get(&stream->statements, store->database, row_sql, which, stream->number, 0);
}

/* ---- the catalogue ---- */

enum status stream_store_open(struct stream_store **out, const struct ground *ground)
{
    struct stream_store *store = memory_new(sizeof *store);

    *out = store;
    store->database = ground->database;
    if (database_write(store->database) != OK ||
        database_run(store->database, "CREATE TABLE IF NOT EXISTS dynamodb_streams (number INTEGER PRIMARY KEY, document TEXT)") != OK)
        return BROKEN;
    store->keep = database_prepare(store->database, "INSERT OR REPLACE INTO dynamodb_streams (number, document) VALUES (?, ?)");
    store->forget = database_prepare(store->database, "DELETE FROM dynamodb_streams WHERE number = ?");
    return store->keep && store->forget ? OK : BROKEN;
}

enum status stream_store_each(struct stream_store *store, enum status (*each)(void *context, int64_t number, const char *document),
                              void *context)
{
    sqlite3_stmt *rows = database_prepare(store->database, "SELECT number, document FROM dynamodb_streams ORDER BY number");
    enum status status = rows ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(rows)) == SQLITE_ROW) {
        store->last_number = sqlite3_column_int64(rows, 0);
        status = each(context, store->last_number, (const char *)sqlite3_column_text(rows, 1));
    }
    if (status == OK && step != SQLITE_DONE)
        status = statements_complain(store->database, rows);
    sqlite3_finalize(rows);
    return status;
}

enum status stream_store_keep(struct stream_store *store, const struct stream *stream, const char *document)
{
    sqlite3_bind_int64(store->keep, 1, stream->number);
    sqlite3_bind_text(store->keep, 2, document, -1, SQLITE_STATIC);
    return database_step(store->database, store->keep);
}

enum status stream_store_add(struct stream_store *store, struct stream *stream, const char *document)
{
    stream->number = ++store->last_number;
    return statements_run_once(store->database, create_rows, stream->number) == OK ? stream_store_keep(store, stream, document) : BROKEN;
}

enum status stream_store_drop(struct stream_store *store, struct stream *stream)
{
    statements_clear(&stream->statements);
    sqlite3_bind_int64(store->forget, 1, stream->number);
    return database_step(store->database, store->forget) == OK ? statements_run_once(store->database, drop_rows, stream->number) : BROKEN;
}

/* ---- records ---- */

enum status stream_store_append(struct stream_store *store, struct stream *stream, const struct stream_row *row)
{
    sqlite3_stmt *statement = statement_of(store, stream, APPEND);

    if (!statement)
        return BROKEN;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)row->position);
    sqlite3_bind_int64(statement, 2, row->made_us);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)row->event);
    sqlite3_bind_int(statement, 4, row->name);
    sqlite3_bind_int(statement, 5, row->is_expiry);
    statements_bind(statement, 6, row->id, sizeof row->id);
    statements_bind(statement, 7, row->keys.data, row->keys.size);
    statements_bind(statement, 8, row->old.data, row->old.size);
    statements_bind(statement, 9, row->new.data, row->new.size);
    return database_step(store->database, statement);
}

size_t stream_row_bytes(const struct stream_row *row)
{
    return row->keys.size + row->old.size + row->new.size + ROW_OVERHEAD_BYTES;
}

enum status stream_store_measure(struct stream_store *store, struct stream *stream, struct stream_extent *extent)
{
    sqlite3_stmt *statement = statement_of(store, stream, MEASURE);
    int step;

    if (!statement)
        return BROKEN;
    sqlite3_bind_int(statement, 1, ROW_OVERHEAD_BYTES);
    step = sqlite3_step(statement);
    extent->first = (uint64_t)sqlite3_column_int64(statement, 0);
    extent->last = (uint64_t)sqlite3_column_int64(statement, 1);
    extent->oldest_ms = sqlite3_column_int64(statement, 2) / 1000;
    extent->bytes = (size_t)sqlite3_column_int64(statement, 3);
    sqlite3_reset(statement);
    return step != SQLITE_ROW ? statements_complain(store->database, statement) : extent->first ? OK : ABSENT;
}

enum status stream_store_trim(struct stream_store *store, struct stream *stream, uint64_t position)
{
    sqlite3_stmt *statement = statement_of(store, stream, TRIM);

    if (!statement)
        return BROKEN;
    sqlite3_bind_int64(statement, 1, (sqlite3_int64)position);
    return database_step(store->database, statement);
}

enum status stream_cursor_open(struct stream_store *store, struct stream *stream, uint64_t position, struct stream_cursor *cursor)
{
    cursor->store = store;
    cursor->statement = statement_of(store, stream, WALK);
    if (!cursor->statement)
        return BROKEN;
    sqlite3_bind_int64(cursor->statement, 1, (sqlite3_int64)position);
    return OK;
}

static struct bytes column(sqlite3_stmt *statement, int place)
{
    const void *data = sqlite3_column_blob(statement, place);

    return (struct bytes){ data, (size_t)sqlite3_column_bytes(statement, place) };
}

enum status stream_cursor_next(struct stream_cursor *cursor, struct stream_row *row)
{
    sqlite3_stmt *statement = cursor->statement;
    int step = sqlite3_step(statement);
    struct bytes id;

    if (step != SQLITE_ROW)
        return step == SQLITE_DONE ? ABSENT : statements_complain(cursor->store->database, statement);
    row->position = (uint64_t)sqlite3_column_int64(statement, 0);
    row->made_us = sqlite3_column_int64(statement, 1);
    row->event = (uint64_t)sqlite3_column_int64(statement, 2);
    row->name = (enum stream_event)sqlite3_column_int(statement, 3);
    row->is_expiry = sqlite3_column_int(statement, 4);
    id = column(statement, 5);
    memset(row->id, 0, sizeof row->id);
    if (id.size == sizeof row->id)
        memcpy(row->id, id.data, id.size);
    row->keys = column(statement, 6);
    row->old = column(statement, 7);
    row->new = column(statement, 8);
    return OK;
}

void stream_cursor_close(struct stream_cursor *cursor)
{
    if (cursor->statement)
        sqlite3_reset(cursor->statement);
    cursor->statement = NULL;
}

/* ---- the end ---- */

void stream_store_close(struct stream_store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->keep);
    sqlite3_finalize(store->forget);
    free(store);
}
