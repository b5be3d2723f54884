/* Queries and scans: bounds are bound, then the statement is stepped. */

#include "dynamodb/store_range.h"

#include "dynamodb/store_shelf.h"

#include <string.h>

/* Above all keys: longer than any, of the highest byte. */
static const unsigned char above[KEY_RANGE_BYTES_MAX + 1] = { [0 ... KEY_RANGE_BYTES_MAX] = 0xff };
static const struct bytes endless = { (const char *)above, sizeof above };

/* A table's query: a start moves the lower bound behind it, or going backwards the upper bound down to it. */
static sqlite3_stmt *open_table_query(struct store *store, const struct store_range *range, struct bytes *low, char room[])
{
    sqlite3_stmt *statement =
        store_table_statement(store, range->table, range->is_backwards ? STORE_QUERY_BACKWARDS : STORE_QUERY_FORWARDS);

    if (!statement)
        return NULL;
    *low = range->low;
    if (range->has_start && !range->is_backwards) {
        memcpy(room, range->start.sort.data, range->start.sort.size);
        room[range->start.sort.size] = '\0'; /* the next higher key */
        *low = (struct bytes){ room, range->start.sort.size + 1 };
    }
    store_bind(statement, 1, range->partition);
    sqlite3_bind_blob64(statement, 2, low->size ? low->data : "", low->size, SQLITE_TRANSIENT);
    store_bind(statement, 3, range->has_start && range->is_backwards ? range->start.sort : range->high.size ? range->high : endless);
    return statement;
}

static sqlite3_stmt *open_index_query(struct store *store, const struct store_range *range)
{
    sqlite3_stmt *statement = store_index_statement(store, range->table->number, range->index,
                                                    range->is_backwards ? STORE_QUERY_BACKWARDS : STORE_QUERY_FORWARDS);
    struct bytes high = range->high.size ? range->high : endless;

    if (!statement)
        return NULL;
    store_bind(statement, 1, range->partition);
    store_bind(statement, 2, range->has_start && !range->is_backwards ? range->start.sort : range->low);
    store_bind(statement, 3, range->has_start && range->is_backwards ? range->start.sort : high);
    store_bind_key(statement, 4, &range->base_start);
    return statement;
}

static sqlite3_stmt *open_scan(struct store *store, const struct store_range *range)
{
    sqlite3_stmt *statement = range->index ? store_index_statement(store, range->table->number, range->index, STORE_SCAN)
                                           : store_table_statement(store, range->table, STORE_SCAN);

    if (!statement)
        return NULL;
    store_bind(statement, 1, range->has_start ? range->start.partition : range->low);
    store_bind(statement, 2, range->has_start ? range->start.sort : (struct bytes){ "", 0 });
    store_bind(statement, 3, range->high.size ? range->high : endless);
    if (range->index)
        store_bind_key(statement, 4, &range->base_start);
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
    return step == SQLITE_DONE ? ABSENT : statements_complain(cursor->store->database, cursor->statement);
}

void store_range_close(struct store_cursor *cursor)
{
    if (cursor->statement)
        sqlite3_reset(cursor->statement);
    cursor->statement = NULL;
}
