#include "dynamodb/table.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- from JSON ---- */

static enum value_type defined_type(const json_t *definitions, const char *name)
{
    size_t i;
    json_t *definition;

    json_array_foreach((json_t *)definitions, i, definition)
    {
        if (text_is(json_string_value(json_object_get(definition, "AttributeName")), name))
            return value_type_of_name(bytes_of(json_string_value(json_object_get(definition, "AttributeType"))));
    }
    return VALUE_TYPES;
}

static void read_schema(struct key_schema *keys, const json_t *json, const json_t *definitions)
{
    size_t i;
    json_t *element;

    json_array_foreach((json_t *)json, i, element)
    {
        const char *name = json_string_value(json_object_get(element, "AttributeName"));
        bool is_hash = text_is(json_string_value(json_object_get(element, "KeyType")), "HASH");
        struct key_part *parts = is_hash ? keys->hash : keys->range;
        int *count = is_hash ? &keys->hash_count : &keys->range_count;

        if (*count < KEY_PARTS_MAX)
            parts[(*count)++] = (struct key_part){ bytes_of(memory_copy_text(name)), defined_type(definitions, name) };
    }
}

static void read_projection(struct table_index *index, const json_t *json)
{
    const char *type = json_string_value(json_object_get(json, "ProjectionType"));
    const json_t *names = json_object_get(json, "NonKeyAttributes");

    index->projection = text_is(type, "ALL") ? PROJECTION_ALL : text_is(type, "INCLUDE") ? PROJECTION_INCLUDE : PROJECTION_KEYS_ONLY;
    index->attributes = memory_new((json_array_size(names) + 1) * sizeof *index->attributes);
    for (size_t i = 0; i < json_array_size(names); i++)
        index->attributes[index->attribute_count++] = bytes_of(memory_copy_text(json_string_value(json_array_get(names, i))));
}

static void read_throughput(const json_t *json, int64_t *read_units, int64_t *write_units)
{
    *read_units = json_integer_value(json_object_get(json, "ReadCapacityUnits"));
    *write_units = json_integer_value(json_object_get(json, "WriteCapacityUnits"));
}

struct table_index *table_add_index(struct table *table, const json_t *json, bool is_global, const json_t *definitions)
{
    struct table_index *index = memory_new(sizeof *index);

    index->name = memory_copy_text(json_string_value(json_object_get(json, "IndexName")));
    index->is_global = is_global;
    index->number = json_integer_value(json_object_get(json, "Number"));
    read_schema(&index->keys, json_object_get(json, "KeySchema"), definitions);
    read_projection(index, json_object_get(json, "Projection"));
    read_throughput(json_object_get(json, "ProvisionedThroughput"), &index->read_units, &index->write_units);
    table->indexes[table->index_count++] = index;
    return index;
}

static void read_indexes(struct table *table, const json_t *json, bool is_global, const json_t *definitions)
{
    size_t i;
    json_t *index;

    json_array_foreach((json_t *)json, i, index)
    {
        if (table->index_count < TABLE_INDEXES_MAX)
            table_add_index(table, index, is_global, definitions);
    }
}

static json_t *keep(const json_t *json)
{
    return json_is_null(json) ? NULL : json_incref((json_t *)json);
}

static void read_tags(struct table *table, const json_t *tags)
{
    size_t i;
    json_t *tag;

    table->tags = json_object();
    json_array_foreach((json_t *)tags, i, tag)
    {
        json_object_set(table->tags, json_string_value(json_object_get(tag, "Key")), json_object_get(tag, "Value"));
    }
}

struct table *table_new(const json_t *input, const char *region, const char *account)
{
    struct table *table = memory_new(sizeof *table);
    const json_t *definitions = json_object_get(input, "AttributeDefinitions");

    table->name = memory_copy_text(json_string_value(json_object_get(input, "TableName")));
    table->arn = memory_print("arn:aws:dynamodb:%s:%s:table/%s", region, account, table->name);
    read_schema(&table->keys, json_object_get(input, "KeySchema"), definitions);
    read_indexes(table, json_object_get(input, "LocalSecondaryIndexes"), false, definitions);
    read_indexes(table, json_object_get(input, "GlobalSecondaryIndexes"), true, definitions);
    table->is_on_demand = text_is(json_string_value(json_object_get(input, "BillingMode")), "PAY_PER_REQUEST");
    read_throughput(json_object_get(input, "ProvisionedThroughput"), &table->read_units, &table->write_units);
    table->is_protected = json_is_true(json_object_get(input, "DeletionProtectionEnabled"));
    if (json_is_true(json_object_get(json_object_get(input, "StreamSpecification"), "StreamEnabled")))
        table->stream = keep(json_object_get(input, "StreamSpecification"));
    if (json_is_true(json_object_get(json_object_get(input, "SSESpecification"), "Enabled")))
        table->encryption = keep(json_object_get(input, "SSESpecification"));
    table->class = memory_copy_text(json_string_value(json_object_get(input, "TableClass")));
    read_tags(table, json_object_get(input, "Tags"));
    return table;
}

/* ---- to JSON ---- */

static json_t *schema_json(const struct key_schema *keys)
{
    json_t *json = json_array();

    for (int i = 0; i < keys->hash_count; i++)
        json_array_append_new(json, json_pack("{s:s, s:s}", "AttributeName", keys->hash[i].name.data, "KeyType", "HASH"));
    for (int i = 0; i < keys->range_count; i++)
        json_array_append_new(json, json_pack("{s:s, s:s}", "AttributeName", keys->range[i].name.data, "KeyType", "RANGE"));
    return json;
}

json_t *table_key_schema(const struct table *table)
{
    return schema_json(&table->keys);
}

static json_t *projection_json(const struct table_index *index)
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
        if (defined_type(definitions, parts[i].name.data) == VALUE_TYPES)
            json_array_append_new(
                definitions, json_pack("{s:s, s:s}", "AttributeName", parts[i].name.data, "AttributeType", value_type_name(parts[i].type)));
}

/* Each attribute that some key uses, once. */
static json_t *definitions_json(const struct table *table)
{
    json_t *definitions = json_array();

    define_parts(definitions, table->keys.hash, table->keys.hash_count);
    define_parts(definitions, table->keys.range, table->keys.range_count);
    for (size_t i = 0; i < table->index_count; i++) {
        define_parts(definitions, table->indexes[i]->keys.hash, table->indexes[i]->keys.hash_count);
        define_parts(definitions, table->indexes[i]->keys.range, table->indexes[i]->keys.range_count);
    }
    return definitions;
}

static json_t *throughput_json(int64_t read_units, int64_t write_units)
{
    return json_pack("{s:I, s:I}", "ReadCapacityUnits", (json_int_t)read_units, "WriteCapacityUnits", (json_int_t)write_units);
}

static json_t *index_json(const struct table_index *index)
{
    return json_pack("{s:s, s:o, s:o, s:o}", "IndexName", index->name, "KeySchema", schema_json(&index->keys), "Projection",
                     projection_json(index), "ProvisionedThroughput", throughput_json(index->read_units, index->write_units));
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

    for (size_t i = 0; i < table->index_count; i++) {
        json_t *index;

        if (table->indexes[i]->is_global != is_global)
            continue;
        index = index_json(table->indexes[i]);
        json_object_set_new(index, "Number", json_integer(table->indexes[i]->number));
        json_array_append_new(json, index);
    }
    return json;
}

json_t *table_definition(const struct table *table)
{
    return json_pack("{s:s, s:o, s:o, s:o, s:o, s:s, s:o, s:b, s:o, s:O?, s:O?, s:s?, s:s, s:I, s:I, s:I, s:s?, s:s?, s:I}", "TableName",
                     table->name, "AttributeDefinitions", definitions_json(table), "KeySchema", schema_json(&table->keys),
                     "LocalSecondaryIndexes", indexes_definition(table, false), "GlobalSecondaryIndexes", indexes_definition(table, true),
                     "BillingMode", table->is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED", "ProvisionedThroughput",
                     throughput_json(table->read_units, table->write_units), "DeletionProtectionEnabled", table->is_protected, "Tags",
                     tags_json(table), "StreamSpecification", table->stream, "SSESpecification", table->encryption, "TableClass",
                     table->class, "TableId", table->id, "CreatedUs", (json_int_t)table->created_us, "OnDemandSinceUs",
                     (json_int_t)table->on_demand_since_us, "Number", (json_int_t)table->number, "StreamLabel", table->stream_label,
                     "TimeToLive", table->ttl, "Backups", (json_int_t)table->backups);
}

struct table *table_from_definition(const json_t *definition, const char *region, const char *account)
{
    const char *id = json_string_value(json_object_get(definition, "TableId"));
    struct table *table;

    if (!id || !json_is_string(json_object_get(definition, "TableName")))
        return NULL;
    table = table_new(definition, region, account);
    memccpy(table->id, id, '\0', sizeof table->id - 1);
    table->created_us = json_integer_value(json_object_get(definition, "CreatedUs"));
    table->on_demand_since_us = json_integer_value(json_object_get(definition, "OnDemandSinceUs"));
    table->number = json_integer_value(json_object_get(definition, "Number"));
    table->stream_label = memory_copy_text(json_string_value(json_object_get(definition, "StreamLabel")));
    table->ttl = memory_copy_text(json_string_value(json_object_get(definition, "TimeToLive")));
    table->backups = json_integer_value(json_object_get(definition, "Backups"));
    return table;
}

/* ---- questions ---- */

struct table_index *table_find_index(const struct table *table, const char *name)
{
    for (size_t i = 0; i < table->index_count; i++)
        if (text_is(table->indexes[i]->name, name))
            return table->indexes[i];
    return NULL;
}

const struct key_part *key_schema_find(const struct key_schema *keys, struct bytes name)
{
    for (int i = 0; i < keys->hash_count; i++)
        if (bytes_are(keys->hash[i].name, name))
            return &keys->hash[i];
    for (int i = 0; i < keys->range_count; i++)
        if (bytes_are(keys->range[i].name, name))
            return &keys->range[i];
    return NULL;
}

enum value_type table_key_type(const struct table *table, struct bytes name)
{
    const struct key_part *part = key_schema_find(&table->keys, name);

    for (size_t i = 0; !part && i < table->index_count; i++)
        part = key_schema_find(&table->indexes[i]->keys, name);
    return part ? part->type : VALUE_TYPES;
}

bool table_index_projects(const struct table *table, const struct table_index *index, struct bytes name)
{
    if (index->projection == PROJECTION_ALL || key_schema_find(&table->keys, name) || key_schema_find(&index->keys, name))
        return true;
    for (size_t i = 0; i < index->attribute_count; i++)
        if (bytes_are(index->attributes[i], name))
            return true;
    return false;
}

/* ---- descriptions ---- */

static json_t *described_throughput(int64_t read_units, int64_t write_units)
{
    json_t *json = throughput_json(read_units, write_units);

    json_object_set_new(json, "NumberOfDecreasesToday", json_integer(0));
    return json;
}

/* What a new table can take at once: four thousand writes and twelve thousand reads a second on demand. */
static json_t *warm_throughput(bool is_on_demand, int64_t read_units, int64_t write_units)
{
    return json_pack("{s:I, s:I, s:s}", "ReadUnitsPerSecond", (json_int_t)(is_on_demand ? 12000 : read_units), "WriteUnitsPerSecond",
                     (json_int_t)(is_on_demand ? 4000 : write_units), "Status", "ACTIVE");
}

static json_t *describe_index(const struct table *table, const struct table_index *index, const char *status,
                              const struct table_counts *counts)
{
    json_t *json = json_pack("{s:s, s:o, s:o, s:I, s:I}", "IndexName", index->name, "KeySchema", schema_json(&index->keys), "Projection",
                             projection_json(index), "IndexSizeBytes", (json_int_t)counts->bytes, "ItemCount", (json_int_t)counts->items);

    json_object_set_new(json, "IndexArn", json_sprintf("%s/index/%s", table->arn, index->name));
    if (index->is_global) {
        json_object_set_new(json, "IndexStatus", json_string(status));
        json_object_set_new(json, "ProvisionedThroughput", described_throughput(index->read_units, index->write_units));
        json_object_set_new(json, "WarmThroughput", warm_throughput(table->is_on_demand, index->read_units, index->write_units));
    }
    return json;
}

static void describe_indexes(json_t *json, const struct table *table, bool is_global, const char *status, const struct table_counts *counts)
{
    json_t *indexes = json_array();

    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->is_global == is_global)
            json_array_append_new(indexes, describe_index(table, table->indexes[i], status, &counts[i]));
    if (json_array_size(indexes))
        json_object_set(json, is_global ? "GlobalSecondaryIndexes" : "LocalSecondaryIndexes", indexes);
    json_decref(indexes);
}

static json_t *seconds(int64_t time_us)
{
    return json_real((double)(time_us / 1000) / 1000);
}

static void describe_options(json_t *json, const struct table *table)
{
    if (table->is_on_demand)
        json_object_set_new(json, "BillingModeSummary",
                            json_pack("{s:s, s:o}", "BillingMode", "PAY_PER_REQUEST", "LastUpdateToPayPerRequestDateTime",
                                      seconds(table->on_demand_since_us)));
    if (table->stream)
        json_object_set(json, "StreamSpecification", table->stream);
    if (table->stream_label) {
        json_object_set_new(json, "LatestStreamLabel", json_string(table->stream_label));
        json_object_set_new(json, "LatestStreamArn", json_sprintf("%s/stream/%s", table->arn, table->stream_label));
    }
    if (table->encryption)
        json_object_set_new(json, "SSEDescription", json_pack("{s:s, s:s}", "Status", "ENABLED", "SSEType", "KMS"));
    if (table->class)
        json_object_set_new(json, "TableClassSummary", json_pack("{s:s}", "TableClass", table->class));
}

json_t *table_describe(const struct table *table, const char *status, const struct table_counts *counts,
                       const struct table_counts *index_counts)
{
    json_t *json =
        json_pack("{s:o, s:s, s:o, s:s, s:o, s:o, s:I, s:I, s:s, s:s, s:b}", "AttributeDefinitions", definitions_json(table), "TableName",
                  table->name, "KeySchema", schema_json(&table->keys), "TableStatus", status, "CreationDateTime",
                  seconds(table->created_us), "ProvisionedThroughput", described_throughput(table->read_units, table->write_units),
                  "TableSizeBytes", (json_int_t)counts->bytes, "ItemCount", (json_int_t)counts->items, "TableArn", table->arn, "TableId",
                  table->id, "DeletionProtectionEnabled", table->is_protected);

    json_object_set_new(json, "WarmThroughput", warm_throughput(table->is_on_demand, table->read_units, table->write_units));
    describe_indexes(json, table, false, status, index_counts);
    describe_indexes(json, table, true, status, index_counts);
    describe_options(json, table);
    return json;
}

json_t *table_describe_deleted(const struct table *table)
{
    return json_pack("{s:s, s:s, s:s, s:s, s:o, s:i, s:i, s:b}", "TableName", table->name, "TableStatus", "DELETING", "TableArn",
                     table->arn, "TableId", table->id, "ProvisionedThroughput", described_throughput(table->read_units, table->write_units),
                     "TableSizeBytes", 0, "ItemCount", 0, "DeletionProtectionEnabled", table->is_protected);
}

/* ---- the end ---- */

static void free_schema(struct key_schema *keys)
{
    for (int i = 0; i < keys->hash_count; i++)
        free((char *)keys->hash[i].name.data);
    for (int i = 0; i < keys->range_count; i++)
        free((char *)keys->range[i].name.data);
}

static void free_index(struct table_index *index)
{
    free_schema(&index->keys);
    for (size_t i = 0; i < index->attribute_count; i++)
        free((char *)index->attributes[i].data);
    free(index->attributes);
    free(index->name);
    free(index);
}

void table_remove_index(struct table *table, struct table_index *index)
{
    size_t i = 0;

    while (i < table->index_count && table->indexes[i] != index)
        i++;
    if (i == table->index_count)
        return;
    memmove(&table->indexes[i], &table->indexes[i + 1], (table->index_count - i - 1) * sizeof(struct table_index *));
    table->index_count--;
    free_index(index);
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->index_count; i++)
        free_index(table->indexes[i]);
    free_schema(&table->keys);
    json_decref(table->stream);
    json_decref(table->encryption);
    json_decref(table->tags);
    free(table->stream_label);
    free(table->class);
    free(table->ttl);
    free(table->arn);
    free(table->name);
    free(table);
}
