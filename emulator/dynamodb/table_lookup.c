#include "dynamodb/table_lookup.h"

#include "dynamodb/store_item.h"
#include "dynamodb/table_life.h"

struct table *table_lookup(struct intake *intake)
{
    const char *name = intake_table_name(call_string(intake->call, "TableName"));
    struct table *table = dynamodb_find_table(intake->room, name);

    if (!table)
        fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found: Table: %s not found", name);
    return table;
}

json_t *table_lookup_describe(const struct intake *intake, const struct table *table)
{
    struct table_counts counts = { 0 };
    struct table_counts index_counts[TABLE_INDEXES_MAX] = { 0 };

    if (table_life_has_items(table)) {
        counts = store_counts(intake->room->store, table);
        for (size_t i = 0; i < table->index_count; i++)
            index_counts[i] = store_index_counts(intake->room->store, table, table->indexes[i]);
    }
    return table_describe(table, clock_now_us(intake->room->ground->clock), &counts, index_counts);
}
