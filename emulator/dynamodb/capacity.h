#pragma once
/* Capacity units, as ReturnConsumedCapacity tells them, and the metrics of item collections.
 *
 * A write takes a unit for each started KiB of the larger of the old and the new item; a read one for each started 4 KiB, half when it is
 * eventually consistent. Writes to indexes count by themselves. Transactions double what the table takes, but not its indexes, and tell
 * read or write units beside the sum. */

#include "dynamodb/answer.h"

struct capacity {
    const struct table *table;
    bool is_write;
    bool is_transaction;
    double table_units;
    double index_units[TABLE_INDEXES_MAX]; /* beside the table's indexes */
};

/* Units of a read of size_bytes. */
double capacity_read_units(size_t size_bytes, bool is_consistent);

/* Adds a read of one item of size_bytes; a transaction's is consistent. */
void capacity_add_read(struct capacity *capacity, size_t size_bytes, bool is_consistent);

/* The size by which a change is charged: of the larger of the old and the new item. */
size_t capacity_change_bytes(const struct change *change);

/* Adds what an applied change took. */
void capacity_add_change(struct capacity *capacity, const struct change *change);

/* The value of a ConsumedCapacity: {"TableName": ..., "CapacityUnits": ...}; `with_indexes` tells table and indexes apart. */
void capacity_write(const struct capacity *capacity, bool with_indexes, struct buffer *text);

/* The member ConsumedCapacity, if ReturnConsumedCapacity of the call asks for it. */
void capacity_answer(const struct capacity *capacity, const struct call *call, struct answer_writer *answer);

/* The member ItemCollectionMetrics, if ReturnItemCollectionMetrics asks for it and the table has a local index. */
void capacity_answer_collection(const struct change *change, const struct call *call, struct answer_writer *answer);

/* Whether the change touches an item collection: its table has a local index. */
bool capacity_has_collection(const struct change *change);

/* The value of an ItemCollectionMetrics. */
void capacity_write_collection(const struct change *change, struct buffer *text);
