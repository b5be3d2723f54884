#pragma once
/* Where an item lies: its key, in bytes that memcmp sorts as the service sorts.
 *
 * The first component is eight bytes of a hash of the partition key, then the partition key itself; so a scan walks the partitions in
 * order of their hash, and a segment of a parallel scan is a range of hashes. The second is the sort key: strings and binaries as they
 * are, numbers in their sortable form. Where a key has several parts, each is escaped and ended, so that they sort one after the other. */

#include "dynamodb/table.h"

struct key {
    struct bytes partition;
    struct bytes sort; /* no bytes when the schema has no range key */
};

enum { KEY_HASH_BYTES = 8, KEY_HASHKEY_BYTES_MAX = 2048, KEY_RANGE_BYTES_MAX = 1024 };

/* The key of an item, in arena. False when the item lacks a part or has it in another type or size (a sparse index leaves it out). */
bool key_of_item(const struct key_schema *keys, const struct value *item, struct key *key, struct arena *arena);

/* The first component for the values of all hash parts. */
struct bytes key_partition(const struct key_schema *keys, const struct value *const *values, struct arena *arena);

/* The second component, or its beginning when only the first `count` parts are given. */
struct bytes key_sort(const struct key_schema *keys, const struct value *const *values, int count, struct arena *arena);

/* An item to be put: "Missing the key", "Type mismatch for key", empty and too long keys. */
bool key_check_item(const struct table *table, const struct value *item, struct fault *fault);

/* Where the value of an index key comes from; AWS has words of its own for each. */
enum key_source {
    KEY_OF_ITEM,  /* an item to be put */
    KEY_GIVEN,    /* a value that an update gives */
    KEY_COMPUTED, /* what an update makes of the item as it is */
};

/* The key attributes of all indexes in an item that is about to be kept, or in what an update writes to it. */
bool key_check_indexes(const struct table *table, const struct value *item, enum key_source source, struct fault *fault);

/* A Key member: exactly the table's key attributes. */
bool key_check_key(const struct key_schema *keys, const struct value *key, struct fault *fault);

/* Whether an item may stand in the index: all its key parts are there, of the right types and sizes. */
bool key_fits_index(const struct table_index *index, const struct value *item);

/* One of the attributes of a starting key. */
bool key_check_start_part(const struct key_part *part, bool is_range, const struct value *start, struct fault *fault);

/* One key value's own bounds: not empty, not too long. */
bool key_check_value(const struct key_part *part, bool is_range, const struct value *value, struct fault *fault);
