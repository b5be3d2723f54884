/* A table as DescribeTable, CreateTable, UpdateTable and DeleteTable tell it. */

#include "dynamodb/table.h"

static const char *state_text(enum table_state state)
{
    static const char *const texts[] = { "ACTIVE", "CREATING", "UPDATING", "DELETING" };

    return texts[state];
}

static json_t *seconds(int64_t time_us)
{
    return json_real((double)(time_us / 1000) / 1000);
}

/* ---- indexes ---- */

/* The answer of CreateTable does not tell yet what an index is warmed up for. */
static void describe_global(json_t *json, const struct table *table, const struct table_index *index, int64_t now_us)
{
    bool is_new = table->state == TABLE_CREATING;

    json_object_set_new(json, "IndexStatus", json_string(state_text(is_new ? TABLE_CREATING : index->state)));
    if (index->state == TABLE_CREATING && index->is_added)
        json_object_set_new(json, "Backfilling", json_boolean(index->is_backfilling));
    throughput_describe(&index->throughput, now_us, !is_new, json);
}

static json_t *describe_index(const struct table *table, const struct table_index *index, int64_t now_us, const struct table_counts *counts)
{
    json_t *json = json_pack("{s:s, s:o, s:o, s:I, s:I, s:o}", "IndexName", index->name, "KeySchema", table_schema_json(&index->keys),
                             "Projection", table_projection_json(index), "IndexSizeBytes", (json_int_t)counts->bytes, "ItemCount",
                             (json_int_t)counts->items, "IndexArn", json_sprintf("%s/index/%s", table->arn, index->name));

    if (index->is_global)
        describe_global(json, table, index, now_us);
    return json;
}

static void describe_indexes(json_t *json, const struct table *table, bool is_global, int64_t now_us, const struct table_counts *counts)
{
    static const struct table_counts none;
    json_t *indexes = json_array();

    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->is_global == is_global)
            json_array_append_new(indexes, describe_index(table, table->indexes[i], now_us, &counts[i]));
    if (is_global && table->leaving)
        json_array_append_new(indexes, describe_index(table, table->leaving, now_us, &none));
    if (json_array_size(indexes))
        json_object_set(json, is_global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes", indexes);
    json_decref(indexes);
}

/* ---- options ---- */

/* A table that never was on demand has no summary. Since when it is, is told once it is. */
static void describe_billing(json_t *json, const struct table *table)
{
    bool is_changing = table->state == TABLE_CREATING || (table->state == TABLE_UPDATING && table->work == WORK_THROUGHPUT);
    json_t *summary;

    if (!table->is_on_demand && !table->on_demand_since_us)
        return;
    summary = json_pack("{s:s}", "BillingMode", table->is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED");
    if (table->on_demand_since_us && !(is_changing && table->is_on_demand))
        json_object_set_new(summary, "LastUpdateToPayPerRequestDateTime", seconds(table->on_demand_since_us));
    json_object_set_new(json, "BillingModeSummary", summary);
}

static void describe_stream(json_t *json, const struct table *table)
{
    if (table->stream)
        json_object_set(json, "StreamSpecification", table->stream);
    if (!table->stream_label)
        return;
    json_object_set_new(json, "LatestStreamLabel", json_string(table->stream_label));
    json_object_set_new(json, "LatestStreamArn", json_sprintf("%s/stream/%s", table->arn, table->stream_label));
}

static void describe_class(json_t *json, const struct table *table)
{
    json_t *summary;

    if (!table->class)
        return;
    summary = json_pack("{s:s}", "TableClass", table->class);
    if (table->class_since_us)
        json_object_set_new(summary, "LastUpdateDateTime", seconds(table->class_since_us));
    json_object_set_new(json, "TableClassSummary", summary);
}

static void describe_restore(json_t *json, const struct table *table)
{
    json_t *summary = json_copy(table->restore);

    if (!summary)
        return;
    json_object_set_new(summary, "RestoreInProgress", json_boolean(table->state == TABLE_CREATING));
    json_object_set_new(json, "RestoreSummary", summary);
}

static void describe_options(json_t *json, const struct table *table)
{
    describe_billing(json, table);
    describe_stream(json, table);
    describe_class(json, table);
    describe_restore(json, table);
    if (table->encryption_key)
        json_object_set_new(json, "SSEDescription",
                            json_pack("{s:s, s:s, s:s}", "Status", "ENABLED", "SSEType", "KMS", "KMSMasterKeyArn", table->encryption_key));
}

/* ---- the table ---- */

/* What is told in each state. */
static json_t *describe(const struct table *table, int64_t now_us, const struct table_counts *counts)
{
    json_t *json = json_pack("{s:s, s:s, s:s, s:s, s:I, s:I, s:b}", "TableName", table->name, "TableStatus", state_text(table->state),
                             "TableArn", table->arn, "TableId", table->id, "TableSizeBytes", (json_int_t)counts->bytes, "ItemCount",
                             (json_int_t)counts->items, "DeletionProtectionEnabled", table->is_protected);

    throughput_describe(&table->throughput, now_us, table->state == TABLE_ACTIVE || table->state == TABLE_UPDATING, json);
    return json;
}

json_t *table_describe(const struct table *table, int64_t now_us, const struct table_counts *counts,
                       const struct table_counts *index_counts)
{
    json_t *json = describe(table, now_us, counts);

    describe_options(json, table);
    if (table->state == TABLE_DELETING)
        return json;
    json_object_set_new(json, "AttributeDefinitions", table_definitions_json(table));
    json_object_set_new(json, "KeySchema", table_schema_json(&table->keys));
    json_object_set_new(json, "CreationDateTime", seconds(table->created_us));
    describe_indexes(json, table, false, now_us, index_counts);
    describe_indexes(json, table, true, now_us, index_counts);
    return json;
}
