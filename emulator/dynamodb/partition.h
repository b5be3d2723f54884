#pragma once
/* Partitions: AWS spreads a table, and each global index, over partitions by the hash of the partition key, and some of its answers show
 * it: a scan is charged at least one unit for each partition, a BatchGetItem gets at most 1 MiB out of each. Here a table is one sqlite
 * table; this says over how many partitions AWS would begin to spread it, and which of them holds a key. */

#include "dynamodb/key.h"

enum { PARTITIONS_MAX = 64 };

/* Of the table, or of its index when one is given: 4 on demand, else as many as the provisioned throughput needs. At most PARTITIONS_MAX.
 */
int partition_count(const struct table *table, const struct table_index *index);

/* Which of `count` partitions holds the key's first component (or begins with it); they stand in the order in which a scan walks. */
int partition_of(struct bytes partition_key, int count);
