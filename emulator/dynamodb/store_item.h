#pragma once
/* Items in the store, by key; an index holds the keys of its items alone. What belongs together is written between store_begin and
 * store_end. Statuses: BROKEN is logged. */

#include "dynamodb/store.h"

/* The packed item at key, copied into arena; ABSENT when there is none. */
enum status store_find(struct store *store, const struct table *table, const struct key *key, struct arena *arena, struct bytes *packed);

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
