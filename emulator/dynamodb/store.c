/* The catalogue: which tables and indexes there are, each with a sqlite table of its own. */

#include "dynamodb/store_shelf.h"

#include "base/memory.h"
#include "dynamodb/store_item.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

enum status store_open(struct store **out, const struct ground *ground)
{
    struct store *store = memory_new(sizeof *store);

    *out = store;
    store->database = ground->database;
    if (database_write(store->database) != OK ||
        database_run(store->database,
                     "CREATE TABLE IF NOT EXISTS dynamodb_tables (name TEXT PRIMARY KEY, definition TEXT) WITHOUT ROWID") != OK)
        return BROKEN;
    store->begin = database_prepare(store->database, "SAVEPOINT dynamodb");
    store->keep = database_prepare(store->database, "RELEASE dynamodb");
    store->undo = database_prepare(store->database, "ROLLBACK TO dynamodb");
    return store->begin && store->keep && store->undo ? OK : BROKEN;
}

void store_close(struct store *store)
{
    if (!store)
        return;
    sqlite3_finalize(store->begin);
    sqlite3_finalize(store->keep);
    sqlite3_finalize(store->undo);
    free(store);
}

enum status store_begin(struct store *store)
{
    return database_step(store->database, store->begin);
}

enum status store_end(struct store *store, bool keep)
{
    enum status status = keep ? OK : database_step(store->database, store->undo);

    return database_step(store->database, store->keep) == OK ? status : BROKEN;
}

enum status store_end_as(struct store *store, enum status status)
{
    return store_end(store, status == OK) == OK ? status : BROKEN;
}

/* ---- definitions ---- */

enum status store_each_table(struct store *store, store_each_function *each, void *context)
{
    sqlite3_stmt *statement = database_prepare(store->database, "SELECT definition FROM dynamodb_tables ORDER BY name");
    enum status status = statement ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        status = each(context, (const char *)sqlite3_column_text(statement, 0));
    if (status == OK && step != SQLITE_DONE)
        status = statements_complain(store->database, statement);
    sqlite3_finalize(statement);
    return status;
}

enum status store_keep_definition(struct store *store, const struct table *table)
{
    json_t *definition = table_definition(table);
    char *text = json_dumps(definition, JSON_COMPACT);
    sqlite3_stmt *statement =
        text ? database_prepare(store->database, "INSERT OR REPLACE INTO dynamodb_tables (name, definition) VALUES (?1, ?2)") : NULL;
    enum status status;

    if (statement) {
        sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
        sqlite3_bind_text(statement, 2, text, -1, SQLITE_STATIC);
    }
    status = database_step(store->database, statement);
    sqlite3_finalize(statement);
    free(text);
    json_decref(definition);
    return status;
}

static enum status forget_definition(struct store *store, const struct table *table)
{
    sqlite3_stmt *statement = database_prepare(store->database, "DELETE FROM dynamodb_tables WHERE name = ?1");
    enum status status;

    sqlite3_bind_text(statement, 1, table->name, -1, SQLITE_STATIC);
    status = database_step(store->database, statement);
    sqlite3_finalize(statement);
    return status;
}

/* ---- tables ---- */

static void attach_index(struct store *store, struct table_index *index)
{
    index->shelf = store_shelf_new();
    if (index->number > store->last_number)
        store->last_number = index->number;
}

void store_attach(struct store *store, struct table *table)
{
    table->shelf = store_shelf_new();
    if (table->number > store->last_number)
        store->last_number = table->number;
    for (size_t i = 0; i < table->index_count; i++)
        attach_index(store, table->indexes[i]);
}

void store_detach(struct table *table)
{
    store_shelf_free(&table->shelf);
    for (size_t i = 0; i < table->index_count; i++)
        store_shelf_free(&table->indexes[i]->shelf);
}

static enum status make_index(struct store *store, struct table_index *index)
{
    index->number = ++store->last_number;
    attach_index(store, index);
    index->shelf->knows_counts = true;
    return statements_run_once(store->database,
                               "CREATE TABLE dynamodb_index_$n (part BLOB, sort BLOB, base_part BLOB, base_sort BLOB, "
                               "PRIMARY KEY (part, sort, base_part, base_sort)) WITHOUT ROWID",
                               index->number);
}

/* The sqlite tables of a table and its indexes, empty; their numbers are given here. */
static enum status make_rows(struct store *store, struct table *table)
{
    enum status status;

    table->number = ++store->last_number;
    table->shelf = store_shelf_new();
    table->shelf->knows_counts = true;
    status = statements_run_once(store->database,
                                 "CREATE TABLE dynamodb_table_$n (part BLOB, sort BLOB, size INTEGER, item BLOB, "
                                 "PRIMARY KEY (part, sort)) WITHOUT ROWID",
                                 table->number);
    for (size_t i = 0; i < table->index_count && status == OK; i++)
        status = make_index(store, table->indexes[i]);
    return status;
}

enum status store_add_table(struct store *store, struct table *table)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = make_rows(store, table);
    if (status == OK)
        status = store_keep_definition(store, table);
    return store_end_as(store, status);
}

static enum status drop_index(struct store *store, struct table_index *index)
{
    return statements_run_once(store->database, "DROP TABLE IF EXISTS dynamodb_index_$n", index->number);
}

static enum status drop_rows(struct store *store, struct table *table)
{
    enum status status = OK;

    for (size_t i = 0; i < table->index_count && status == OK; i++)
        status = drop_index(store, table->indexes[i]);
    return status == OK ? statements_run_once(store->database, "DROP TABLE IF EXISTS dynamodb_table_$n", table->number) : status;
}

enum status store_drop_table(struct store *store, struct table *table)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = forget_definition(store, table);
    if (status == OK)
        status = drop_rows(store, table);
    return store_end_as(store, status);
}

/* ---- copies ---- */

/* kind: "table" or "index" */
static enum status copy_kind(struct store *store, const char *kind, int64_t from, int64_t to)
{
    char sql[160];

    snprintf(sql, sizeof sql, "INSERT INTO dynamodb_%s_%" PRId64 " SELECT * FROM dynamodb_%s_%" PRId64, kind, to, kind, from);
    return database_write(store->database) == OK ? database_run(store->database, sql) : BROKEN;
}

static enum status copy_rows(struct store *store, const struct table *table, struct table *copy)
{
    enum status status = copy_kind(store, "table", table->number, copy->number);

    for (size_t i = 0; i < copy->index_count && status == OK; i++)
        status = copy_kind(store, "index", table_find_index(table, copy->indexes[i]->name)->number, copy->indexes[i]->number);
    store_forget_counts(copy);
    return status;
}

enum status store_copy_table(struct store *store, const struct table *table, struct table *copy)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = make_rows(store, copy);
    if (status == OK)
        status = copy_rows(store, table, copy);
    return store_end_as(store, status);
}

enum status store_drop_copy(struct store *store, struct table *copy)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = drop_rows(store, copy);
    return store_end_as(store, status);
}

/* ---- indexes ---- */

enum status store_add_index(struct store *store, const struct table *table, struct table_index *index)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = make_index(store, index);
    if (status == OK)
        status = store_keep_definition(store, table);
    status = store_end_as(store, status);
    if (status != OK)
        store_shelf_free(&index->shelf);
    return status;
}

enum status store_drop_index(struct store *store, const struct table *table, struct table_index *index)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = store_keep_definition(store, table);
    store_shelf_free(&index->shelf);
    if (status == OK)
        status = drop_index(store, index);
    status = store_end_as(store, status);
    if (status != OK)
        attach_index(store, index);
    return status;
}
