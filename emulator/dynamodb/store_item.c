/* Items one by one, their entries in indexes, and how many there are. */

#include "dynamodb/store_item.h"

#include "dynamodb/store_shelf.h"

enum status store_find(struct store *store, const struct table *table, const struct key *key, struct arena *arena, struct bytes *packed)
{
    sqlite3_stmt *statement = store_table_statement(store, table, STORE_FIND);
    int step;

    if (!statement || database_read(store->database) != OK)
        return BROKEN;
    store_bind_key(statement, 1, key);
    step = sqlite3_step(statement);
    if (step == SQLITE_ROW) {
        packed->size = (size_t)sqlite3_column_bytes(statement, 0);
        packed->data = arena_copy(arena, sqlite3_column_blob(statement, 0), packed->size);
    } else if (step != SQLITE_DONE) {
        statements_complain(store->database, statement);
    }
    sqlite3_reset(statement);
    return step == SQLITE_ROW ? OK : step == SQLITE_DONE ? ABSENT : BROKEN;
}

enum status store_put(struct store *store, const struct table *table, const struct key *key, struct bytes packed, size_t item_bytes)
{
    sqlite3_stmt *statement = store_table_statement(store, table, STORE_PUT);

    if (!statement)
        return BROKEN;
    store_bind_key(statement, 1, key);
    sqlite3_bind_int64(statement, 3, (sqlite3_int64)item_bytes);
    store_bind(statement, 4, packed);
    return database_step(store->database, statement);
}

enum status store_remove(struct store *store, const struct table *table, const struct key *key)
{
    sqlite3_stmt *statement = store_table_statement(store, table, STORE_REMOVE);

    if (!statement)
        return BROKEN;
    store_bind_key(statement, 1, key);
    return database_step(store->database, statement);
}

static enum status write_index(struct store *store, const struct table_index *index, enum store_statement which,
                               const struct key *index_key, const struct key *key)
{
    sqlite3_stmt *statement = store_index_statement(store, 0, index, which);

    if (!statement)
        return BROKEN;
    store_bind_key(statement, 1, index_key);
    store_bind_key(statement, 3, key);
    return database_step(store->database, statement);
}

enum status store_index_put(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key)
{
    return write_index(store, index, STORE_PUT, index_key, key);
}

enum status store_index_remove(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key)
{
    return write_index(store, index, STORE_REMOVE, index_key, key);
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
        statements_complain(store->database, statement);
    }
    sqlite3_reset(statement);
    return shelf->counts;
}

struct table_counts store_counts(struct store *store, const struct table *table)
{
    return read_counts(store, table->shelf, store_table_statement(store, table, STORE_COUNT));
}

/* Worked out again for what only projects a part, it is the size of the whole items: the true one is known while the process lives. */
struct table_counts store_index_counts(struct store *store, const struct table *table, const struct table_index *index)
{
    return read_counts(store, index->shelf, store_index_statement(store, table->number, index, STORE_COUNT));
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
