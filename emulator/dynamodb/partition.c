#include "dynamodb/partition.h"

#include "dynamodb/capacity.h"

#include <string.h>

/* What one partition gives, and the partitions of a new table on demand: from AWS's guide. */
enum { READ_UNITS = 3000, WRITE_UNITS = 1000, ON_DEMAND = 4 };

int partition_count(const struct table *table, const struct table_index *index)
{
    const struct units *units = &(index && index->is_global ? &index->throughput : &table->throughput)->provisioned;
    double needed = (double)units->read / READ_UNITS + (double)units->write / WRITE_UNITS;

    if (table->is_on_demand)
        return ON_DEMAND;
    if (needed > PARTITIONS_MAX)
        return PARTITIONS_MAX;
    return needed <= 1 ? 1 : (int)needed + ((int)needed < needed);
}

static uint64_t hash_of(struct bytes partition_key)
{
    unsigned char bytes[KEY_HASH_BYTES] = { 0 };
    uint64_t hash = 0;

    memcpy(bytes, partition_key.data, partition_key.size < KEY_HASH_BYTES ? partition_key.size : KEY_HASH_BYTES);
    for (int i = 0; i < KEY_HASH_BYTES; i++)
        hash = hash << 8 | bytes[i];
    return hash;
}

static int of_hash(uint64_t hash, int count)
{
    return (int)((unsigned __int128)hash * (unsigned)count >> 64);
}

int partition_of(struct bytes partition_key, int count)
{
    return of_hash(hash_of(partition_key), count);
}

/* ---- charges ---- */

void partition_charges_begin(struct partition_charges *charges, const struct store_range *range)
{
    *charges = (struct partition_charges){ .count = partition_count(range->table, range->index) };
    charges->first = partition_of(range->has_start ? range->start.partition : range->low, charges->count);
    charges->last = range->high.size ? of_hash(hash_of(range->high) - 1, charges->count) : charges->count - 1;
}

void partition_charges_add(struct partition_charges *charges, struct bytes partition_key, size_t size_bytes)
{
    charges->bytes[partition_of(partition_key, charges->count)] += size_bytes;
}

void partition_charges_stop(struct partition_charges *charges, struct bytes partition_key)
{
    charges->last = partition_of(partition_key, charges->count);
}

double partition_charges_units(const struct partition_charges *charges, bool is_consistent)
{
    double units = 0;

    for (int i = charges->first; i <= charges->last; i++)
        units += capacity_read_units(charges->bytes[i], is_consistent);
    return units;
}
