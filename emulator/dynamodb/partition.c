#include "dynamodb/partition.h"

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

int partition_of(struct bytes partition_key, int count)
{
    const unsigned char *hash = (const unsigned char *)partition_key.data;
    int high = partition_key.size > 1 ? hash[0] << 8 | hash[1] : 0;

    return (int)((int64_t)high * count >> 16);
}
