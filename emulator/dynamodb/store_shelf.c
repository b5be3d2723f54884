/* The statements, prepared at their first use. */

#include "dynamodb/store_shelf.h"

#include "base/memory.h"

#include <stdlib.h>

/* A REPLACE would delete an item before it is written again, which costs a third more. */
#define PUT_ITEM                                                                      \
    "INSERT INTO dynamodb_table_$n (part, sort, size, item) VALUES (?1, ?2, ?3, ?4) " \
    "ON CONFLICT DO UPDATE SET size = excluded.size, item = excluded.item"

/* A query's bounds stand as rows, so that index entries with equal index keys are told apart by
 * the item's own key; CROSS JOIN keeps the index outside, in whose order the items come. */
static const char *const table_sql[STORE_STATEMENTS] = {
    [STORE_FIND] = "SELECT item FROM dynamodb_table_$n WHERE part = ?1 AND sort = ?2",
    [STORE_PUT] = PUT_ITEM,
    [STORE_REMOVE] = "DELETE FROM dynamodb_table_$n WHERE part = ?1 AND sort = ?2",
    [STORE_QUERY_FORWARDS] = "SELECT item FROM dynamodb_table_$n WHERE part = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort",
    [STORE_QUERY_BACKWARDS] = "SELECT item FROM dynamodb_table_$n WHERE part = ?1 AND sort >= ?2 AND sort < ?3 ORDER BY sort DESC",
    [STORE_SCAN] = "SELECT item FROM dynamodb_table_$n WHERE (part, sort) > (?1, ?2) AND part < ?3 ORDER BY part, sort",
    [STORE_COUNT] = "SELECT count(*), coalesce(sum(size), 0) FROM dynamodb_table_$n",
};

#define INDEX_JOIN                                                                                \
    " FROM dynamodb_index_$n AS i CROSS JOIN dynamodb_table_$b AS t ON t.part = i.base_part AND " \
    "t.sort = i.base_sort WHERE "

static const char *const index_sql[STORE_STATEMENTS] = {
    [STORE_PUT] = "INSERT OR IGNORE INTO dynamodb_index_$n (part, sort, base_part, base_sort) VALUES (?1, ?2, ?3, ?4)",
    [STORE_REMOVE] = "DELETE FROM dynamodb_index_$n WHERE part = ?1 AND sort = ?2 AND base_part = ?3 AND base_sort = ?4",
    [STORE_QUERY_FORWARDS] = "SELECT t.item" INDEX_JOIN "i.part = ?1 AND (i.sort, i.base_part, i.base_sort) > (?2, ?4, ?5) AND i.sort < ?3 "
                             "ORDER BY i.sort, i.base_part, i.base_sort",
    [STORE_QUERY_BACKWARDS] =
        "SELECT t.item" INDEX_JOIN "i.part = ?1 AND i.sort >= ?2 AND (i.sort, i.base_part, i.base_sort) < (?3, ?4, ?5) "
        "ORDER BY i.sort DESC, i.base_part DESC, i.base_sort DESC",
    [STORE_SCAN] = "SELECT t.item" INDEX_JOIN "(i.part, i.sort, i.base_part, i.base_sort) > (?1, ?2, ?4, ?5) AND i.part < ?3 "
                   "ORDER BY i.part, i.sort, i.base_part, i.base_sort",
    [STORE_COUNT] = "SELECT count(*), coalesce(sum(t.size), 0)" INDEX_JOIN "1",
};

_Static_assert((int)STORE_STATEMENTS <= (int)STATEMENTS_MAX, "a shelf has room for each statement");

struct store_shelf *store_shelf_new(void)
{
    return memory_new(sizeof(struct store_shelf));
}

void store_shelf_free(struct store_shelf **shelf)
{
    if (*shelf)
        statements_clear(&(*shelf)->statements);
    free(*shelf);
    *shelf = NULL;
}

sqlite3_stmt *store_table_statement(struct store *store, const struct table *table, enum store_statement which)
{
    return statements_get(&table->shelf->statements, store->database, table_sql, which, table->number, 0);
}

sqlite3_stmt *store_index_statement(struct store *store, int64_t table, const struct table_index *index, enum store_statement which)
{
    return statements_get(&index->shelf->statements, store->database, index_sql, which, index->number, table);
}

void store_bind(sqlite3_stmt *statement, int place, struct bytes bytes)
{
    statements_bind(statement, place, bytes.data, bytes.size);
}

void store_bind_key(sqlite3_stmt *statement, int place, const struct key *key)
{
    store_bind(statement, place, key->partition);
    store_bind(statement, place + 1, key->sort);
}
