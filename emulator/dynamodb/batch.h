#pragma once
/* What batches and transactions share: the map of tables, and capacity and item collections told table by table. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"

enum { BATCH_TABLES_MAX = 100 };

struct batch_capacity {
    bool is_write;
    bool is_transaction;
    struct capacity tables[BATCH_TABLES_MAX];
    size_t count;
};

/* RequestItems must name a table. */
bool batch_check_items(struct intake *intake);

/* The sum that belongs to a table; made when it is the table's first. */
struct capacity *batch_capacity_of(struct batch_capacity *batch, const struct table *table);

/* The member ConsumedCapacity, a list, if it was asked for. */
void batch_answer_capacity(const struct batch_capacity *batch, const struct call *call, struct answer_writer *answer);

/* The member ItemCollectionMetrics, by table, of those changes that touch an item collection, if it was asked for. */
void batch_answer_collections(const struct change *changes, size_t count, const struct call *call, struct answer_writer *answer);
