/* A table's definition as JSON, which the store keeps, and the table made from it again. Parts of it stand in descriptions too. */

#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/table.h"

#include <stdlib.h>
#include <string.h>

json_t *table_schema_json(const struct key_schema *keys)
{
    json_t *json = json_array();

    for (int i = 0; i < keys->hash_count; i++)
        json_array_append_new(json, json_pack("{s:s, s:s}", "AttributeName", keys->hash[i].name.data, "KeyType", "HASH"));
    for (int i = 0; i < keys->range_count; i++)
        json_array_append_new(json, json_pack("{s:s, s:s}", "AttributeName", keys->range[i].name.data, "KeyType", "RANGE"));
    return json;
}

json_t *table_projection_json(const struct table_index *index)
{
    static const char *const names[] = { "ALL", "KEYS_ONLY", "INCLUDE" };
    json_t *json = json_pack("{s:s}", "ProjectionType", names[index->projection]);
    json_t *attributes;

    if (index->projection != PROJECTION_INCLUDE)
        return json;
    attributes = json_array();
    for (size_t i = 0; i < index->attribute_count; i++)
        json_array_append_new(attributes, json_string(index->attributes[i].data));
    json_object_set_new(json, "NonKeyAttributes", attributes);
    return json;
}

static void define_parts(json_t *definitions, const struct key_part *parts, int count)
{
    for (int i = 0; i < count; i++)
        if (table_defined_type(definitions, parts[i].name.data) == VALUE_TYPES)
            json_array_append_new(
                definitions, json_pack("{s:s, s:s}", "AttributeName", parts[i].name.data, "AttributeType", value_type_name(parts[i].type)));
}

static void define_index(json_t *definitions, const struct table_index *index)
{
    define_parts(definitions, index->keys.hash, index->keys.hash_count);
    define_parts(definitions, index->keys.range, index->keys.range_count);
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(json_string_value(json_object_get(*(json_t *const *)a, "AttributeName")),
                  json_string_value(json_object_get(*(json_t *const *)b, "AttributeName")));
}

/* The same array in order of the names, as the service tells it. */
static json_t *sorted(json_t *array)
{
    size_t count = json_array_size(array);
    json_t **rows = memory_new((count + 1) * sizeof *rows);
    json_t *json = json_array();

    for (size_t i = 0; i < count; i++)
        rows[i] = json_array_get(array, i);
    qsort(rows, count, sizeof *rows, compare_names);
    for (size_t i = 0; i < count; i++)
        json_array_append(json, rows[i]);
    free(rows);
    json_decref(array);
    return json;
}

json_t *table_definitions_json(const struct table *table)
{
    json_t *definitions = json_array();

    define_parts(definitions, table->keys.hash, table->keys.hash_count);
    define_parts(definitions, table->keys.range, table->keys.range_count);
    for (size_t i = 0; i < table->index_count; i++)
        define_index(definitions, table->indexes[i]);
    if (table->leaving)
        define_index(definitions, table->leaving);
    return sorted(definitions);
}

static void define_insights(json_t *json, const struct insights *insights)
{
    json_t *kept = insights_define(insights);

    if (kept)
        json_object_set_new(json, "Insights", kept);
}

static json_t *index_json(const struct table_index *index)
{
    json_t *json =
        json_pack("{s:s, s:o, s:o, s:I, s:b}", "IndexName", index->name, "KeySchema", table_schema_json(&index->keys), "Projection",
                  table_projection_json(index), "Number", (json_int_t)index->number, "IsBeingFilled", index->is_added);

    throughput_define(&index->throughput, json);
    define_insights(json, &index->insights);
    return json;
}

static json_t *tags_json(const struct table *table)
{
    json_t *tags = json_array();
    const char *key;
    json_t *value;

    json_object_foreach(table->tags, key, value)
    {
        json_array_append_new(tags, json_pack("{s:s, s:O}", "Key", key, "Value", value));
    }
    return tags;
}

static json_t *indexes_definition(const struct table *table, bool is_global)
{
    json_t *json = json_array();

    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->is_global == is_global)
            json_array_append_new(json, index_json(table->indexes[i]));
    return json;
}

static json_t *encryption_json(const struct table *table)
{
    return table->encryption_key ? json_pack("{s:b, s:s}", "Enabled", true, "KMSMasterKeyId", table->encryption_key) : NULL;
}

/* What CreateTable takes too, where it is there. */
static void define_options(json_t *json, const struct table *table)
{
    const char *class = table->wanted_class ? table->wanted_class : table->class;
    json_t *options = json_pack("{s:O?, s:o?, s:s?}", "StreamSpecification", table->stream, "SSESpecification", encryption_json(table),
                                "TableClass", class);

    json_object_update(json, options);
    json_decref(options);
}

/* What it does not take: see read_back. */
static void define_history(json_t *json, const struct table *table)
{
    json_t *history =
        json_pack("{s:s, s:I, s:I, s:I, s:I, s:s?, s:s?, s:b, s:O?, s:I, s:I, s:s?, s:I}", "TableId", table->id, "CreatedUs",
                  (json_int_t)table->created_us, "OnDemandSinceUs", (json_int_t)table->on_demand_since_us, "ClassSinceUs",
                  (json_int_t)table->class_since_us, "Number", (json_int_t)table->number, "StreamLabel", table->stream_label, "TimeToLive",
                  table->ttl, "TimeToLiveFilled", table->is_ttl_filled, "KinesisDestinations", table->destinations, "Backups",
                  (json_int_t)table->backups, "BackupsSinceUs", (json_int_t)table->backups_since_us, "Policy", table->policy,
                  "PolicySinceMs", (json_int_t)table->policy_since_ms);

    json_object_update(json, history);
    json_decref(history);
    if (table->restore)
        json_object_set(json, "RestoreSummary", table->restore);
}

json_t *table_definition(const struct table *table)
{
    json_t *json = json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:b, s:o}", "TableName", table->name, "AttributeDefinitions",
                             table_definitions_json(table), "KeySchema", table_schema_json(&table->keys), "LocalSecondaryIndexes",
                             indexes_definition(table, false), "GlobalSecondaryIndexes", indexes_definition(table, true), "BillingMode",
                             table->is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED", "DeletionProtectionEnabled", table->is_protected,
                             "Tags", tags_json(table));

    define_options(json, table);
    define_history(json, table);
    throughput_define(&table->throughput, json);
    define_insights(json, &table->insights);
    return json;
}

/* ---- read back ---- */

/* What table_new does not read, for CreateTable does not take it. */
static void read_back_indexes(struct table *table, const json_t *indexes)
{
    size_t i;
    json_t *json;

    json_array_foreach((json_t *)indexes, i, json)
    {
        struct table_index *index = table_find_index(table, json_string_value(json_object_get(json, "IndexName")));

        if (!index)
            continue;
        throughput_read_back(&index->throughput, json);
        insights_read_back(&index->insights, json_object_get(json, "Insights"));
        index->is_added = json_is_true(json_object_get(json, "IsBeingFilled"));
        index->state = index->is_added ? TABLE_CREATING : TABLE_ACTIVE;
    }
}

static bool is_sound(const struct key_schema *keys)
{
    for (int i = 0; i < keys->hash_count; i++)
        if (keys->hash[i].type == VALUE_TYPES)
            return false;
    for (int i = 0; i < keys->range_count; i++)
        if (keys->range[i].type == VALUE_TYPES)
            return false;
    return keys->hash_count > 0;
}

/* Whether the keys are such as we defined them: what was read back may be anything. */
static bool has_sound_keys(const struct table *table)
{
    bool is_well = is_sound(&table->keys);

    for (size_t i = 0; i < table->index_count; i++)
        is_well &= table->indexes[i]->name && is_sound(&table->indexes[i]->keys);
    return is_well;
}

static void read_back(struct table *table, const json_t *definition)
{
    throughput_read_back(&table->throughput, definition);
    insights_read_back(&table->insights, json_object_get(definition, "Insights"));
    read_back_indexes(table, json_object_get(definition, "GlobalSecondaryIndexes"));
    table->created_us = json_integer_value(json_object_get(definition, "CreatedUs"));
    table->on_demand_since_us = json_integer_value(json_object_get(definition, "OnDemandSinceUs"));
    table->class_since_us = json_integer_value(json_object_get(definition, "ClassSinceUs"));
    table->number = json_integer_value(json_object_get(definition, "Number"));
    table->stream_label = memory_copy_text(json_string_value(json_object_get(definition, "StreamLabel")));
    table->ttl = memory_copy_text(json_string_value(json_object_get(definition, "TimeToLive")));
    if (json_is_array(json_object_get(definition, "KinesisDestinations"))) /* null: there never was one */
        table->destinations = json_incref(json_object_get(definition, "KinesisDestinations"));
    table->is_ttl_filled = json_is_true(json_object_get(definition, "TimeToLiveFilled"));
    table->backups = json_integer_value(json_object_get(definition, "Backups"));
    table->backups_since_us = json_integer_value(json_object_get(definition, "BackupsSinceUs"));
    table->policy = memory_copy_text(json_string_value(json_object_get(definition, "Policy")));
    table->restore = json_incref(json_object_get(definition, "RestoreSummary"));
    table->policy_since_ms = json_integer_value(json_object_get(definition, "PolicySinceMs"));
}

struct table *table_from_definition(const json_t *definition, const char *region, const char *account)
{
    const char *id = json_string_value(json_object_get(definition, "TableId"));
    struct table *table;

    if (!id || !json_is_string(json_object_get(definition, "TableName")))
        return NULL;
    table = table_new(definition, region, account);
    memccpy(table->id, id, '\0', sizeof table->id - 1);
    read_back(table, definition);
    if (has_sound_keys(table))
        return table;
    table_free(table);
    return NULL;
}
