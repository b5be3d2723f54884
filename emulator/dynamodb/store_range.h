#pragma once
/* Items in the order of their keys: the part of a table or an index that a Query or a Scan reads. */

#include "dynamodb/store.h"

/* A run of items in order of their keys. */
struct store_range {
    const struct table *table;
    const struct table_index *index; /* NULL: the table itself */
    struct bytes partition;          /* of a query; no bytes: a scan */
    struct bytes low;                /* query: the lowest sort key, included. Scan: the lowest partition hash, included */
    struct bytes high;               /* query: the end of the sort keys, excluded. Scan: of the hashes; no bytes: no end */
    bool is_backwards;
    /* The item after which to go on: its key here, and for an index its key in the table. */
    bool has_start;
    struct key start;
    struct key base_start;
};

struct store_cursor {
    struct store *store;
    void *statement;
};

enum status store_range_open(struct store *store, const struct store_range *range, struct store_cursor *cursor);

/* The next packed item, good until the next call; ABSENT at the end. */
enum status store_range_next(struct store_cursor *cursor, struct bytes *packed);
void store_range_close(struct store_cursor *cursor);
