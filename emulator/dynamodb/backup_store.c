#include "dynamodb/backup_store.h"

#include "base/database.h"
#include "base/memory.h"

#include <stdlib.h>

struct backup_store {
    struct database *database;
    sqlite3_stmt *put;
    sqlite3_stmt *remove;
};

enum status backup_store_open(struct backup_store **out, const struct ground *ground)
{
    static const char create[] = "CREATE TABLE IF NOT EXISTS dynamodb_backups (resource TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID";
    struct backup_store *store = memory_new(sizeof *store);

    *out = store;
    store->database = ground->database;
    if (database_write(store->database) != OK || database_run(store->database, create) != OK)
        return BROKEN;
    store->put = database_prepare(store->database, "INSERT INTO dynamodb_backups (resource, document) VALUES (?1, ?2)");
    store->remove = database_prepare(store->database, "DELETE FROM dynamodb_backups WHERE resource = ?1");
    return store->put && store->remove ? OK : BROKEN;
}

enum status backup_store_each(struct backup_store *store, backup_store_each_function *each, void *context)
{
    sqlite3_stmt *rows = database_prepare(store->database, "SELECT resource, document FROM dynamodb_backups ORDER BY resource");
    enum status status = rows ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(rows)) == SQLITE_ROW)
        status = each(context, (const char *)sqlite3_column_text(rows, 0), (const char *)sqlite3_column_text(rows, 1));
    if (status == OK && step != SQLITE_DONE)
        status = database_complain(store->database, "reading the backups of tables");
    sqlite3_finalize(rows);
    return status;
}

enum status backup_store_put(struct backup_store *store, const char *resource, const json_t *document)
{
    char *text = json_dumps(document, JSON_COMPACT);
    enum status status;

    sqlite3_bind_text(store->put, 1, resource, -1, SQLITE_STATIC);
    sqlite3_bind_text(store->put, 2, text, -1, SQLITE_STATIC);
    status = database_step(store->database, store->put);
    sqlite3_clear_bindings(store->put);
    free(text);
    return status;
}

enum status backup_store_remove(struct backup_store *store, const char *resource)
{
    sqlite3_bind_text(store->remove, 1, resource, -1, SQLITE_TRANSIENT);
    return database_step(store->database, store->remove);
}

void backup_store_close(struct backup_store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->put);
    sqlite3_finalize(store->remove);
    free(store);
}
