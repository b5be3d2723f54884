#include "dynamodb/request_token_store.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

struct request_token_store {
    struct database *database;
    sqlite3_stmt *find;
    sqlite3_stmt *put;
    sqlite3_stmt *forget;
};

static const char create[] = "CREATE TABLE IF NOT EXISTS dynamodb_tokens (number INTEGER PRIMARY KEY, token TEXT UNIQUE, digest BLOB, "
                             "sizes BLOB, done_ms INT)";
static const char find[] = "SELECT digest, sizes, done_ms FROM dynamodb_tokens WHERE token = ?1";
static const char put[] = "INSERT OR REPLACE INTO dynamodb_tokens (token, digest, sizes, done_ms) VALUES (?1, ?2, ?3, ?4)";

/* Looks at the two oldest only: each new token takes out up to two, so there are never many more than live. */
static const char forget[] = "DELETE FROM dynamodb_tokens WHERE number IN (SELECT number FROM (SELECT number, done_ms FROM dynamodb_tokens "
                             "ORDER BY number LIMIT 2) WHERE done_ms <= ?1 OR number <= ?2)";

enum status request_token_store_open(struct request_token_store **out, const struct ground *ground)
{
    struct request_token_store *store = memory_new(sizeof *store);

    *out = store;
    store->database = ground->database;
    if (database_write(store->database) != OK || database_run(store->database, create) != OK)
        return BROKEN;
    store->find = database_prepare(store->database, find);
    store->put = database_prepare(store->database, put);
    store->forget = database_prepare(store->database, forget);
    return store->find && store->put && store->forget ? OK : BROKEN;
}

static enum status complain(struct request_token_store *store)
{
    return database_complain(store->database, "a client request token");
}

static void read_row(sqlite3_stmt *row, struct arena *arena, struct request_token *token)
{
    size_t bytes = (size_t)sqlite3_column_bytes(row, 1);

    if (sqlite3_column_bytes(row, 0) == MD5_SIZE)
        memcpy(token->digest, sqlite3_column_blob(row, 0), MD5_SIZE);
    token->count = bytes / sizeof *token->sizes;
    token->sizes = arena_take(arena, bytes);
    if (bytes)
        memcpy(token->sizes, sqlite3_column_blob(row, 1), token->count * sizeof *token->sizes);
    token->done_ms = sqlite3_column_int64(row, 2);
}

enum status request_token_store_find(struct request_token_store *store, const char *text, struct arena *arena, struct request_token *token)
{
    int step;

    sqlite3_bind_text(store->find, 1, text, -1, SQLITE_STATIC);
    step = sqlite3_step(store->find);
    if (step == SQLITE_ROW)
        read_row(store->find, arena, token);
    else if (step != SQLITE_DONE)
        complain(store);
    sqlite3_reset(store->find);
    return step == SQLITE_ROW ? OK : step == SQLITE_DONE ? ABSENT : BROKEN;
}

enum status request_token_store_put(struct request_token_store *store, const struct request_token *token, int64_t oldest_ms)
{
    if (database_write(store->database) != OK)
        return BROKEN;
    sqlite3_bind_text(store->put, 1, token->text, -1, SQLITE_STATIC);
    sqlite3_bind_blob(store->put, 2, token->digest, MD5_SIZE, SQLITE_STATIC);
    sqlite3_bind_blob64(store->put, 3, token->count ? (const void *)token->sizes : "", token->count * sizeof *token->sizes, SQLITE_STATIC);
    sqlite3_bind_int64(store->put, 4, token->done_ms);
    if (database_step(store->database, store->put) != OK)
        return BROKEN;
    sqlite3_bind_int64(store->forget, 1, oldest_ms);
    sqlite3_bind_int64(store->forget, 2, sqlite3_last_insert_rowid(database_handle(store->database)) - REQUEST_TOKENS_MAX);
    return database_step(store->database, store->forget);
}

void request_token_store_close(struct request_token_store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->find);
    sqlite3_finalize(store->put);
    sqlite3_finalize(store->forget);
    free(store);
}
