#pragma once
/* Where items are kept: the room's only SQL.
 *
 * The picture: one sqlite table per table, keyed by (partition, sort) as key.h encodes them, holding packed items; one per index, keyed by
 * the index key and then the item's own, holding nothing else: an item read through an index is read from its table. So an item is stored
 * once, and only a change of index keys touches an index. A catalogue holds the definitions.
 *
 * Statements are prepared once per table and index and kept on its shelf. A cursor uses them, so one cursor per table or index is open at
 * a time, within one operation. */

#include "aws/ground.h"
#include "dynamodb/key.h"

struct store;

/* Opens the store on the ground's database, making the catalogue when there is none. */
enum status store_open(struct store **store, const struct ground *ground);

/* Hands each kept definition (JSON text) to `each`, until one is not OK. */
typedef enum status store_each_function(void *context, const char *definition);
enum status store_each_table(struct store *store, store_each_function *each, void *context);

/* Keeps a new table (its number is given here), its definition after a change, or drops it with all that it holds. */
enum status store_add_table(struct store *store, struct table *table);
enum status store_keep_definition(struct store *store, const struct table *table);
enum status store_drop_table(struct store *store, struct table *table);

/* Gets a table that was read back from its definition ready for use. */
void store_attach(struct store *store, struct table *table);

/* Gives back what the store keeps beside the table. */
void store_detach(struct table *table);

/* Makes room for a new index (empty), or drops one: with the table's definition as it is now, all or nothing. */
enum status store_add_index(struct store *store, const struct table *table, struct table_index *index);
enum status store_drop_index(struct store *store, const struct table *table, struct table_index *index);

/* The packed item at key, copied into arena; ABSENT when there is none. */
enum status store_find(struct store *store, const struct table *table, const struct key *key, struct arena *arena, struct bytes *packed);

/* Writes between begin and end are kept all or none: store_end with `keep` false takes them back. */
enum status store_begin(struct store *store);
enum status store_end(struct store *store, bool keep);

enum status store_put(struct store *store, const struct table *table, const struct key *key, struct bytes packed, size_t item_bytes);
enum status store_remove(struct store *store, const struct table *table, const struct key *key);
enum status store_index_put(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key);
enum status store_index_remove(struct store *store, const struct table_index *index, const struct key *index_key, const struct key *key);

/* How many items a table or index holds, and their bytes as AWS counts them; kept up to date by store_count_*, worked out when unknown. */
struct table_counts store_counts(struct store *store, const struct table *table);
struct table_counts store_index_counts(struct store *store, const struct table *table, const struct table_index *index);
void store_count(struct store_shelf *shelf, int64_t items, int64_t bytes);
void store_forget_counts(struct table *table);
void store_forget_index_counts(struct table_index *index);

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

void store_close(struct store *store);
