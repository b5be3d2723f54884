#pragma once
/* One item's change: a put, an update, a deletion, or only a check. The operations of one item run one; batches and transactions run
 * several. It goes in steps: change_check (does it fit the table?), change_prepare (read the item as it is, test the condition, work out
 * the item as it shall be), change_apply (keep it, with its index entries and its record in the table's
 * stream, all or nothing). */

#include "dynamodb/condition.h"
#include "dynamodb/room.h"
#include "dynamodb/update.h"

enum change_kind { CHANGE_PUT, CHANGE_UPDATE, CHANGE_DELETE, CHANGE_CHECK };

struct change {
    enum change_kind kind;
    struct table *table;
    struct value item;           /* PUT: the item; else: its key */
    struct condition *condition; /* or NULL */
    struct update *update;       /* UPDATE: or NULL, which only makes sure that the item exists */
    bool tells_old;              /* the item is told when the condition fails */
    bool is_in_transaction;      /* somebody else keeps it all or none */
    bool is_expiry;              /* DELETE: of an item whose time to live is over */

    /* By change_check */
    struct key key;

    /* By change_prepare */
    bool has_old;     /* there is an item */
    bool has_new;     /* there will be one */
    struct value old; /* an empty map when there is none */
    struct value new;
    size_t old_bytes;
    size_t new_bytes;
    bool is_write; /* something is to be kept or removed */

    /* By change_apply */
    int index_units[TABLE_INDEXES_MAX]; /* write units that each index took */
};

bool change_check(struct change *change, struct fault *fault);

/* FAULT_CONDITION when the condition does not hold; old is there then. */
bool change_prepare(struct dynamodb *room, struct change *change, struct fault *fault);

bool change_apply(struct dynamodb *room, struct change *change, struct fault *fault);

/* Whether both change one item: once change_check has found their keys. */
bool change_is_of_same_item(const struct change *a, const struct change *b);

/* Whether the change leaves another item than there was: only that is worth a record. */
bool change_has_effect(const struct change *change);

/* The item's key attributes, as a map. After change_prepare. */
struct value change_keys(const struct change *change, struct arena *arena);

/* Reads the item at key; ABSENT leaves an empty map. Raises a fault when the store fails. */
bool change_read_item(struct dynamodb *room, const struct table *table, const struct key *key, struct value *item, bool *is_there,
                      struct fault *fault);

/* The entry that the index holds of the item: its keys, the table's, and what is projected. */
struct value change_index_entry(const struct table *table, const struct table_index *index, const struct value *item, struct arena *arena);

/* Puts the item into an index that is being built; leaves it out when it does not fit. */
bool change_backfill(struct dynamodb *room, struct table *table, struct table_index *index, const struct value *item, struct fault *fault);
