#include "dynamodb/expiry_store.h"

enum statement { PUT, REMOVE, FORGET, NEXT, DUE };

#define ENTRIES "dynamodb_expiry_$n"
static const char *const sql[] = {
    [PUT] = "INSERT OR REPLACE INTO " ENTRIES " (time_ms, part, sort) VALUES (?, ?, ?)",
    [REMOVE] = "DELETE FROM " ENTRIES " WHERE time_ms = ? AND part = ? AND sort = ?",
    [FORGET] = "DELETE FROM " ENTRIES " WHERE time_ms < ?",
    [NEXT] = "SELECT time_ms FROM " ENTRIES " ORDER BY time_ms LIMIT 1",
    [DUE] = "SELECT time_ms, part, sort FROM " ENTRIES " WHERE time_ms <= ? ORDER BY time_ms, part, sort LIMIT ?",
};

enum status expiry_store_make(struct expiry_store *store)
{
    return statements_run_once(store->database,
                               "CREATE TABLE " ENTRIES " (time_ms INT, part BLOB, sort BLOB, "
                               "PRIMARY KEY (time_ms, part, sort)) WITHOUT ROWID",
                               store->number);
}

enum status expiry_store_drop(struct expiry_store *store)
{
    expiry_store_close(store);
    return statements_run_once(store->database, "DROP TABLE IF EXISTS " ENTRIES, store->number);
}

static sqlite3_stmt *statement_of(struct expiry_store *store, enum statement which, int64_t time_ms)
{
    sqlite3_stmt *statement = statements_get(&store->statements, store->database, sql, which, store->number, 0);

    if (statement && which != NEXT)
        sqlite3_bind_int64(statement, 1, time_ms);
    return statement;
}

static enum status write_entry(struct expiry_store *store, enum statement which, int64_t time_ms, const struct key *key)
{
    sqlite3_stmt *statement = statement_of(store, which, time_ms);

    if (!statement)
        return BROKEN;
    statements_bind(statement, 2, key->partition.data, key->partition.size);
    statements_bind(statement, 3, key->sort.data, key->sort.size);
    return database_step(store->database, statement);
}

enum status expiry_store_put(struct expiry_store *store, int64_t time_ms, const struct key *key)
{
    return write_entry(store, PUT, time_ms, key);
}

enum status expiry_store_remove(struct expiry_store *store, int64_t time_ms, const struct key *key)
{
    return write_entry(store, REMOVE, time_ms, key);
}

enum status expiry_store_forget(struct expiry_store *store, int64_t time_ms)
{
    return database_step(store->database, statement_of(store, FORGET, time_ms));
}

static enum status step(struct expiry_store *store, sqlite3_stmt *statement)
{
    int result = sqlite3_step(statement);

    return result == SQLITE_ROW ? OK : result == SQLITE_DONE ? ABSENT : statements_complain(store->database, statement);
}

enum status expiry_store_next(struct expiry_store *store, int64_t *time_ms)
{
    sqlite3_stmt *statement = statement_of(store, NEXT, 0);
    enum status status = statement ? step(store, statement) : BROKEN;

    if (status == OK)
        *time_ms = sqlite3_column_int64(statement, 0);
    sqlite3_reset(statement);
    return status;
}

static struct bytes copy_column(sqlite3_stmt *statement, int place, struct arena *arena)
{
    size_t size = (size_t)sqlite3_column_bytes(statement, place);

    return (struct bytes){ arena_copy(arena, sqlite3_column_blob(statement, place), size), size };
}

enum status expiry_store_due(struct expiry_store *store, int64_t time_ms, struct arena *arena, struct expiry_entry *entries, size_t max,
                             size_t *count)
{
    sqlite3_stmt *statement = statement_of(store, DUE, time_ms);
    enum status status = OK;

    *count = 0;
    if (!statement)
        return BROKEN;
    sqlite3_bind_int64(statement, 2, (sqlite3_int64)max);
    while (*count < max && (status = step(store, statement)) == OK) {
        struct expiry_entry *entry = &entries[(*count)++];

        entry->time_ms = sqlite3_column_int64(statement, 0);
        entry->key.partition = copy_column(statement, 1, arena);
        entry->key.sort = copy_column(statement, 2, arena);
    }
    sqlite3_reset(statement);
    return status == BROKEN ? BROKEN : OK;
}

void expiry_store_close(struct expiry_store *store)
{
    statements_clear(&store->statements);
}
