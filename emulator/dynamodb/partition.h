#pragma once
/* Partitions: AWS spreads a table, and each global index, over partitions by the hash of the partition key, and some of its answers show
 * it: a scan is charged at least one unit for each partition, a BatchGetItem gets at most 1 MiB out of each. Here a table is one sqlite
 * table; this says over how many partitions AWS would begin to spread it, and which of them holds a key. */

#include "dynamodb/store_range.h"

enum { PARTITIONS_MAX = 64 };

/* Of the table, or of its index when one is given: 4 on demand, else as many as the provisioned throughput needs. At most PARTITIONS_MAX.
 */
int partition_count(const struct table *table, const struct table_index *index);

/* Which of `count` partitions holds the key's first component (or begins with it); they stand in the order in which a scan walks. */
int partition_of(struct bytes partition_key, int count);

/* What a scan takes of each partition that it walks over. */
struct partition_charges {
    int count; /* of partitions; 0: nothing is charged by them */
    int first;
    int last; /* included */
    size_t bytes[PARTITIONS_MAX];
};

/* Begins the charges of a scan over range; partition_charges_stop says that it went no farther than the key. */
void partition_charges_begin(struct partition_charges *charges, const struct store_range *range);
void partition_charges_add(struct partition_charges *charges, struct bytes partition_key, size_t size_bytes);
void partition_charges_stop(struct partition_charges *charges, struct bytes partition_key);

/* The units of all: each partition is rounded by itself, and takes one unit at least. */
double partition_charges_units(const struct partition_charges *charges, bool is_consistent);
