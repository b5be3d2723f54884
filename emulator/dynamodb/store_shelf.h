#pragma once
/* Inside the store: what it keeps beside each table and index, its prepared statements and how much it holds. Known to the files of the
 * store alone. */

#include "dynamodb/statements.h"
#include "dynamodb/store.h"

struct store {
    struct database *database;
    sqlite3_stmt *begin;
    sqlite3_stmt *keep;
    sqlite3_stmt *undo;
    int64_t last_number; /* the highest number that any table or index had */
};

enum store_statement {
    STORE_FIND,
    STORE_PUT,
    STORE_REMOVE,
    STORE_QUERY_FORWARDS,
    STORE_QUERY_BACKWARDS,
    STORE_SCAN,
    STORE_COUNT,
    STORE_STATEMENTS
};

struct store_shelf {
    struct statements statements;
    struct table_counts counts;
    bool knows_counts;
};

/* An empty shelf; and its end, with that of its statements (it may hold none: NULL). */
struct store_shelf *store_shelf_new(void);
void store_shelf_free(struct store_shelf **shelf);

/* The statement of a table, or of an index on the table of that number (what writes an index does not need it: 0). NULL: it cannot be
 * prepared, which is logged. */
sqlite3_stmt *store_table_statement(struct store *store, const struct table *table, enum store_statement which);
sqlite3_stmt *store_index_statement(struct store *store, int64_t table, const struct table_index *index, enum store_statement which);

/* Binds bytes at a place; both parts of a key at it and the next. They stay until the statement has run. */
void store_bind(sqlite3_stmt *statement, int place, struct bytes bytes);
void store_bind_key(sqlite3_stmt *statement, int place, const struct key *key);
