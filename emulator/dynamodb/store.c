#include "dynamodb/store.h"

#include "base/buffer.h"
#include "base/memory.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum statement { FIND, PUT, REMOVE, QUERY_FORWARDS, QUERY_BACKWARDS, SCAN, COUNT, STATEMENTS };

/* What is kept beside a table or an index. */
struct store_shelf {
    sqlite3_stmt *statements[STATEMENTS];
    struct table_counts counts;
    bool knows_counts;
};

struct store {
    struct database *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *keep;
    sqlite3_stmt *undo;
    int64_t last_number; /* the highest number that any table or index had */
};

/* $t is the table's number, $i the index's. A query's bounds stand as rows, so that index entries with equal index keys are told apart by
 * the item's own key; CROSS JOIN keeps the index outside, in whose order the items come. */
static const char *const table_sql[STATEMENTS] = {
    [FIND] = "SELECT item FROM dynamodb_table_$t WHERE part = ?1 AND sort = ?2",
    [PUT] = "INSERT OR REPLACE INTO dynamodb_table_$t (part, sort, size, item) VALUES (?1, ?2, ?3, ?4)",
    [REMOVE] = "DELETE FROM dynamodb_table_$t WHERE part = ?1 AND sort = ?2",
    [QUERY_FORWARDS] = "SELECT item FROM dynamodb_table_$t WHERE part = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort",
    [QUERY_BACKWARDS] = "SELECT item FROM dynamodb_table_$t WHERE part = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort DESC",
    [SCAN] = "SELECT item FROM dynamodb_table_$t WHERE (part, sort) > (?1, ?2) AND part < ?3 ORDER BY part, sort",
    [COUNT] = "SELECT count(*), coalesce(sum(size), 0) FROM dynamodb_table_$t",
};

#define INDEX_JOIN                                                                                \
    " FROM dynamodb_index_$i AS i CROSS JOIN dynamodb_table_$t AS t ON t.part = i.base_part AND " \
    "t.sort = i.base_sort WHERE "

static const char *const index_sql[STATEMENTS] = {
    [PUT] = "INSERT OR REPLACE INTO dynamodb_index_$i (part, sort, base_part, base_sort) VALUES (?1, ?2, ?3, ?4)",
    [REMOVE] = "DELETE FROM dynamodb_index_$i WHERE part = ?1 AND sort = ?2 AND base_part = ?3 AND base_sort = ?4",
    [QUERY_FORWARDS] = "SELECT t.item" INDEX_JOIN "i.part = ?1 AND (i.sort, i.base_part, i.base_sort) > (?2, ?4, ?5) AND i.sort < ?3 "
                       "ORDER BY i.sort, i.base_part, i.base_sort",
    [QUERY_BACKWARDS] = "SELECT t.item" INDEX_JOIN "i.part = ?1 AND i.sort >= ?2 AND (i.sort, i.base_part, i.base_sort) < (?3, ?4, ?5) "
                        "ORDER BY i.sort DESC, i.base_part DESC, i.base_sort DESC",
    [SCAN] = "SELECT t.item" INDEX_JOIN "(i.part, i.sort, i.base_part, i.base_sort) > (?1, ?2, ?4, ?5) AND i.part < ?3 "
             "ORDER BY i.part, i.sort, i.base_part, i.base_sort",
    [COUNT] = "SELECT count(*), coalesce(sum(t.size), 0)" INDEX_JOIN "1",
};

/* Above all keys: longer than any, of the highest byte. */
static const unsigned char above[KEY_RANGE_BYTES_MAX + 1] = { [0 ... KEY_RANGE_BYTES_MAX] = 0xff };
static const struct bytes endless = { (const char *)above, sizeof above };

/* ---- statements ---- */

/* The SQL with its numbers put in; to be freed. */
static char *fill(const char *sql, int64_t table, int64_t index)
{
    struct buffer text = { 0 };

    for (; *sql; sql++) {
        bool is_number = *sql == '$' && (sql[1] == 't' || sql[1] == 'i');

        if (is_number)
            buffer_print(&text, "%" PRId64, *++sql == 't' ? table : index);
        else
            buffer_add_char(&text, *sql);
    }
    return buffer_take(&text);
}

static sqlite3_stmt *prepare(struct store *store, const char *sql, int64_t table, int64_t index)
{
    char *text = fill(sql, table, index);
    sqlite3_stmt *statement = database_prepare(store->database, text);

    free(text);
    return statement;
}

static sqlite3_stmt *table_statement(struct store *store, const struct table *table, enum statement which)
{
    sqlite3_stmt **statement = &table->shelf->statements[which];

    if (!*statement)
        *statement = prepare(store, table_sql[which], table->number, 0);
    return *statement;
}

static sqlite3_stmt *index_statement(struct store *store, int64_t table, const struct table_index *index, enum statement which)
{
    sqlite3_stmt **statement = &index->shelf->statements[which];

    if (!*statement)
        *statement = prepare(store, index_sql[which], table, index->number);
    return *statement;
}

static void bind(sqlite3_stmt *statement, int place, struct bytes bytes)
{
    sqlite3_bind_blob64(statement, place, bytes.size ? bytes.data : "", bytes.size, SQLITE_STATIC);
}

static enum status complain(struct store *store, sqlite3_stmt *statement)
{
    return database_complain(store->database, statement ? sqlite3_sql(statement) : "a statement");
}

static enum status run_sql(struct store *store, const char *sql, int64_t table, int64_t index)
{
    char *text = fill(sql, table, index);
    enum status status = database_write(store->database) == OK ? database_run(store->database, text) : BROKEN;

    free(text);
    return status;
}

static void empty_shelf(struct store_shelf **shelf)
{
    if (!*shelf)
        return;
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize((*shelf)->statements[i]);
    free(*shelf);
    *shelf = NULL;
}

/* ---- tables ---- */

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

enum status store_each_table(struct store *store, store_each_function *each, void *context)
{
    sqlite3_stmt *statement = database_prepare(store->database, "SELECT definition FROM dynamodb_tables ORDER BY name");
    enum status status = statement ? OK : BROKEN;
    int step = SQLITE_DONE;

    while (status == OK && (step = sqlite3_step(statement)) == SQLITE_ROW)
        status = each(context, (const char *)sqlite3_column_text(statement, 0));
    if (status == OK && step != SQLITE_DONE)
        status = complain(store, statement);
    sqlite3_finalize(statement);
    return status;
}

static void attach_index(struct store *store, struct table_index *index)
{
    index->shelf = memory_new(sizeof *index->shelf);
    if (index->number > store->last_number)
        store->last_number = index->number;
}

void store_attach(struct store *store, struct table *table)
{
    table->shelf = memory_new(sizeof *table->shelf);
    if (table->number > store->last_number)
        store->last_number = table->number;
    for (size_t i = 0; i < table->index_count; i++)
        attach_index(store, table->indexes[i]);
}

void store_detach(struct table *table)
{
    empty_shelf(&table->shelf);
    for (size_t i = 0; i < table->index_count; i++)
        empty_shelf(&table->indexes[i]->shelf);
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

static enum status make_index(struct store *store, struct table_index *index)
{
    index->number = ++store->last_number;
    attach_index(store, index);
    index->shelf->knows_counts = true;
    return run_sql(store,
                   "CREATE TABLE dynamodb_index_$i (part BLOB, sort BLOB, base_part BLOB, base_sort BLOB, "
                   "PRIMARY KEY (part, sort, base_part, base_sort)) WITHOUT ROWID",
                   0, index->number);
}

enum status store_add_table(struct store *store, struct table *table)
{
    enum status status = store_begin(store);

    table->number = ++store->last_number;
    table->shelf = memory_new(sizeof *table->shelf);
    table->shelf->knows_counts = true;
    if (status == OK)
        status = run_sql(store,
                         "CREATE TABLE dynamodb_table_$t (part BLOB, sort BLOB, size INTEGER, item BLOB, "
                         "PRIMARY KEY (part, sort)) WITHOUT ROWID",
                         table->number, 0);
    for (size_t i = 0; i < table->index_count && status == OK; i++)
        status = make_index(store, table->indexes[i]);
    if (status == OK)
        status = store_keep_definition(store, table);
    return store_end(store, status == OK) == OK ? status : BROKEN;
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

static enum status drop_index(struct store *store, struct table_index *index)
{
    return run_sql(store, "DROP TABLE IF EXISTS dynamodb_index_$i", 0, index->number);
}

enum status store_drop_table(struct store *store, struct table *table)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = forget_definition(store, table);
    for (size_t i = 0; i < table->index_count && status == OK; i++)
        status = drop_index(store, table->indexes[i]);
    if (status == OK)
        status = run_sql(store, "DROP TABLE IF EXISTS dynamodb_table_$t", table->number, 0);
    return store_end(store, status == OK) == OK ? status : BROKEN;
}

enum status store_add_index(struct store *store, const struct table *table, struct table_index *index)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = make_index(store, index);
    if (status == OK)
        status = store_keep_definition(store, table);
    if (store_end(store, status == OK) != OK)
        status = BROKEN;
    if (status != OK)
        empty_shelf(&index->shelf);
    return status;
}

enum status store_drop_index(struct store *store, const struct table *table, struct table_index *index)
{
    enum status status = store_begin(store);

    if (status == OK)
        status = store_keep_definition(store, table);
    empty_shelf(&index->shelf);
    if (status == OK)
        status = drop_index(store, index);
    if (store_end(store, status == OK) != OK)
        status = BROKEN;
    if (status != OK)
        attach_index(store, index);
    return status;
}

/* ---- items ---- */

static void bind_key(sqlite3_stmt *statement, int place, const struct key *key)
{
    bind(statement, place, key->partition);
    bind(statement, place + 1, key->sort);
}

enum status store_find(struct store *store, const struct table *table, const struct key *key, struct arena *arena, struct bytes *packed)
{
    sqlite3_stmt *statement = table_statement(store, table, FIND);
    int step;

    if (!statement)
        return BROKEN;
    bind_key(statement, 1, key);
    step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        packed->size = (size_t)sqlite3_column_bytes(statement, 0);
        packed->data = arena_copy(arena, sqlite3_column_blob(statement, 0), packed->size);
    } else if (step != SQLITE_DONE) {
        complain(store, statement);
    }
    sqlite3_reset(statement);
    return step == SQLITE_ROW ? OK : step == SQLITE_DONE ? ABSENT : BROKEN;
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

enum status store_put(struct store *store, const struct table *table, const struct key *key, struct bytes packed, size_t item_bytes)
{
    sqlite3_stmt *statement = table_statement(store, table, PUT);

    if (!statement)
        return BROKEN;
    bind_key(statement, 1, key);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)item_bytes);
    bind(statement, 4, packed);
    return database_step(store->database, statement);
}

enum status store_remove(struct store *store, const struct table *table, const struct key *key)
{
    sqlite3_stmt *statement = table_statement(store, table, REMOVE);

    if (!statement)
        return BROKEN;
    bind_key(statement, 1, key);
    return database_step(store->database, statement);
}

static enum status write_index(struct store *store, const struct table_index *index, enum statement which, const struct key *index_key,
                               const struct key *key)
{
    sqlite3_stmt *statement = index_statement(store, 0, index, which);

    if (!statement)
        return BROKEN;
    bind_key(statement, 1, index_key);
    bind_key(statement, 3, key);
    return database_step(store->database, statement);
}

enum status store_index_put(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key)
{
    return write_index(store, index, PUT, index_key, key);
}

enum status store_index_remove(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key)
{
    return write_index(store, index, REMOVE, index_key, key);
}

/* ---- counts ---- */

static struct table_counts read_counts(struct store *store, struct store_shelf *shelf, sqlite3_stmt *statement)
{
    if (shelf->knows_counts || !statement)
        return shelf->counts;
    if (sqlite3_step(statement) == SQLITE_ROW) {
        shelf->counts.items = sqlite3_column_int64(statement, 0);
        shelf->counts.bytes = sqlite3_column_int64(statement, 1);
        shelf->knows_counts = true;
    } else {
        complain(store, statement);
    }
    sqlite3_reset(statement);
    return shelf->counts;
}

struct table_counts store_counts(struct store *store, const struct table *table)
{
    return read_counts(store, table->shelf, table_statement(store, table, COUNT));
}

/* Worked out again for what only projects a part, it is the size of the whole items: the true one is known while the process lives. */
struct table_counts store_index_counts(struct store *store, const struct table *table, const struct table_index *index)
{
    return read_counts(store, index->shelf, index_statement(store, table->number, index, COUNT));
}

void store_count(struct store_shelf *shelf, int64_t items, int64_t bytes)
{
    shelf->counts.items += items;
    shelf->counts.bytes += bytes;
}

void store_forget_counts(struct table *table)
{
    table->shelf->knows_counts = false;
    for (size_t i = 0; i < table->index_count; i++)
        store_forget_index_counts(table->indexes[i]);
}

void store_forget_index_counts(struct table_index *index)
{
    index->shelf->knows_counts = false;
}

/* ---- ranges ---- */

/* A table's query: a start moves the lower bound behind it, or going backwards the upper bound down to it. */
static sqlite3_stmt *open_table_query(struct store *store, const struct store_range *range, struct bytes *low, char room[])
{
    sqlite3_stmt *statement = table_statement(store, range->table, range->is_backwards ? QUERY_BACKWARDS : QUERY_FORWARDS);

    if (!statement)
        return NULL;
    *low = range->low;
    if (range->has_start && !range->is_backwards) {
        memcpy(room, range->start.sort.data, range->start.sort.size);
        room[range->start.sort.size] = '\0'; /* the next higher key */
        *low = (struct bytes){ room, range->start.sort.size + 1 };
    }
    bind(statement, 1, range->partition);
    sqlite3_bind_blob64(statement, 2, low->size ? low->data : "", low->size, SQLITE_TRANSIENT);
    bind(statement, 3, range->has_start && range->is_backwards ? range->start.sort : range->high.size ? range->high : endless);
    return statement;
}

static sqlite3_stmt *open_index_query(struct store *store, const struct store_range *range)
{
    sqlite3_stmt *statement =
        index_statement(store, range->table->number, range->index, range->is_backwards ? QUERY_BACKWARDS : QUERY_FORWARDS);
    struct bytes high = range->high.size ? range->high : endless;

    if (!statement)
        return NULL;
    bind(statement, 1, range->partition);
    bind(statement, 2, range->has_start && !range->is_backwards ? range->start.sort : range->low);
    bind(statement, 3, range->has_start && range->is_backwards ? range->start.sort : high);
    bind_key(statement, 4, &range->base_start);
    return statement;
}

static sqlite3_stmt *open_scan(struct store *store, const struct store_range *range)
{
    sqlite3_stmt *statement =
        range->index ? index_statement(store, range->table->number, range->index, SCAN) : table_statement(store, range->table, SCAN);

    if (!statement)
        return NULL;
    bind(statement, 1, range->has_start ? range->start.partition : range->low);
    bind(statement, 2, range->has_start ? range->start.sort : (struct bytes){ "", 0 });
    bind(statement, 3, range->high.size ? range->high : endless);
    if (range->index)
        bind_key(statement, 4, &range->base_start);
    return statement;
}

enum status store_range_open(struct store *store, const struct store_range *range, struct store_cursor *cursor)
{
    char room[KEY_RANGE_BYTES_MAX + 1];
    struct bytes low;

    cursor->store = store;
    if (!range->partition.size)
        cursor->statement = open_scan(store, range);
    else if (range->index)
        cursor->statement = open_index_query(store, range);
    else
        cursor->statement = open_table_query(store, range, &low, room);
    return cursor->statement ? OK : BROKEN;
}

enum status store_range_next(struct store_cursor *cursor, struct bytes *packed)
{
    int step = sqlite3_step(cursor->statement);

    if (step == SQLITE_ROW) {
        packed->size = (size_t)sqlite3_column_bytes(cursor->statement, 0);
        packed->data = sqlite3_column_blob(cursor->statement, 0);
        return OK;
    }
    return step == SQLITE_DONE ? ABSENT : complain(cursor->store, cursor->statement);
}

void store_range_close(struct store_cursor *cursor)
{
    if (cursor->statement)
        sqlite3_reset(cursor->statement);
    cursor->statement = NULL;
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
