#pragma once
/* The index of a table's items by the time at which they expire: one sqlite table for each table that has a time to live. */

#include "dynamodb/key.h"
#include "dynamodb/statements.h"

struct expiry_store {
    struct database *database;
    int64_t number; /* the table's */
    struct statements statements;
};

/* Makes the index, or drops it. */
enum status expiry_store_make(struct expiry_store *store);
enum status expiry_store_drop(struct expiry_store *store);

enum status expiry_store_put(struct expiry_store *store, int64_t time_ms, const struct key *key);
enum status expiry_store_remove(struct expiry_store *store, int64_t time_ms, const struct key *key);

/* Forgets all that expired before time_ms. */
enum status expiry_store_forget(struct expiry_store *store, int64_t time_ms);

/* The earliest time; ABSENT when the index is empty. */
enum status expiry_store_next(struct expiry_store *store, int64_t *time_ms);

/* Up to max entries that expire at time_ms or before, earliest first, with keys in arena. */
struct expiry_entry {
    int64_t time_ms;
    struct key key;
};
enum status expiry_store_due(struct expiry_store *store, int64_t time_ms, struct arena *arena, struct expiry_entry *entries, size_t max,
                             size_t *count);

/* Gives back the statements. */
void expiry_store_close(struct expiry_store *store);
