#include "deploy/store.h"

#include "base/memory.h"

#include <stdlib.h>

struct deploy_store {
    struct database *database;
    sqlite3_stmt *find;
    sqlite3_stmt *put;
    char *stack;
};

static const char schema[] = "CREATE TABLE IF NOT EXISTS deploy_resources (stack TEXT NOT NULL, logical_id TEXT NOT NULL, type TEXT NOT "
                             "NULL, physical_id TEXT NOT NULL, PRIMARY KEY (stack, logical_id)) WITHOUT ROWID";

struct deploy_store *deploy_store_open(struct database *database, const char *stack)
{
    struct deploy_store *store;

    if (!database || !database_is_kept(database) || database_write(database) != OK || database_run(database, schema) != OK)
        return NULL;
    store = memory_new(sizeof *store);
    store->database = database;
    store->stack = memory_copy_text(stack);
    store->find = database_prepare(database, "SELECT physical_id FROM deploy_resources WHERE stack = ? AND logical_id = ? AND type = ?");
    store->put = database_prepare(database, "INSERT OR REPLACE INTO deploy_resources VALUES (?, ?, ?, ?)");
    if (store->find && store->put)
        return store;
    deploy_store_close(store);
    return NULL;
}

static void bind(sqlite3_stmt *statement, const struct deploy_store *store, const char *logical_id, const char *type)
{
    sqlite3_bind_text(statement, 1, store->stack, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 2, logical_id, -1, SQLITE_STATIC);
    sqlite3_bind_text(statement, 3, type, -1, SQLITE_STATIC);
}

const char *deploy_store_find(struct deploy_store *store, const char *logical_id, const char *type, struct arena *arena)
{
    const char *physical_id = NULL;

    if (!store)
        return NULL;
    bind(store->find, store, logical_id, type);
    if (sqlite3_step(store->find) == SQLITE_ROW)
        physical_id = arena_text(arena, (const char *)sqlite3_column_text(store->find, 0));
    sqlite3_reset(store->find);
    return physical_id;
}

void deploy_store_put(struct deploy_store *store, const char *logical_id, const char *type, const char *physical_id)
{
    if (!store)
        return;
    bind(store->put, store, logical_id, type);
    sqlite3_bind_text(store->put, 4, physical_id, -1, SQLITE_STATIC);
    database_step(store->database, store->put);
}

void deploy_store_close(struct deploy_store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->find);
    sqlite3_finalize(store->put);
    free(store->stack);
    free(store);
}
