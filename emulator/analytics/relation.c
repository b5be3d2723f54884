/* The columns that every stream has, and finding columns by name. */

#include "analytics/relation.h"

#include <string.h>

/* ROWTIME is on every stream; the others on Kinesis sources alone. */
const struct sql_column sql_hidden_columns[HIDDEN_COUNT] = {
    [HIDDEN_ROWTIME] = { "ROWTIME", { .kind = SQL_TIMESTAMP } },
    [HIDDEN_ARRIVAL] = { "APPROXIMATE_ARRIVAL_TIME", { .kind = SQL_TIMESTAMP } },
    [HIDDEN_PARTITION_KEY] = { "PARTITION_KEY", { .kind = SQL_VARCHAR, .length = 512 } },
    [HIDDEN_SEQUENCE_NUMBER] = { "SEQUENCE_NUMBER", { .kind = SQL_VARCHAR, .length = 128 } },
    [HIDDEN_SHARD_ID] = { "SHARD_ID", { .kind = SQL_VARCHAR, .length = 64 } },
};

const struct sql_column sql_error_columns[ERROR_COLUMN_COUNT] = {
    [ERROR_TIME] = { "ERROR_TIME", { .kind = SQL_TIMESTAMP } },
    [ERROR_LEVEL] = { "ERROR_LEVEL", { .kind = SQL_VARCHAR, .length = 10 } },
    [ERROR_NAME] = { "ERROR_NAME", { .kind = SQL_VARCHAR, .length = 32 } },
    [ERROR_MESSAGE] = { "MESSAGE", { .kind = SQL_VARCHAR, .length = 4096 } },
    [ERROR_DATA_ROWTIME] = { "DATA_ROWTIME", { .kind = SQL_TIMESTAMP } },
    [ERROR_DATA_ROW] = { "DATA_ROW", { .kind = SQL_VARCHAR, .length = 49152 } },
    [ERROR_PUMP_NAME] = { "PUMP_NAME", { .kind = SQL_VARCHAR, .length = 128 } },
};

int sql_relation_column(const struct sql_relation *relation, const char *name, bool with_hidden)
{
    for (size_t i = 0; i < relation->column_count; i++)
        if (!strcmp(relation->columns[i].name, name))
            return (int)i;
    for (size_t i = 0; with_hidden && i < relation->hidden_count; i++)
        if (!strcmp(relation->hidden[i].name, name))
            return (int)(relation->column_count + i);
    return -1;
}

const struct sql_column *sql_relation_column_at(const struct sql_relation *relation, int index)
{
    size_t at = (size_t)index;

    return at < relation->column_count ? &relation->columns[at] : &relation->hidden[at - relation->column_count];
}
