#include "dynamodb/table.h"

#include "base/md5.h"
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

        if (name && *count < KEY_PARTS_MAX)
            parts[(*count)++] = (struct key_part){ bytes_of(memory_copy_text(name)), defined_type(definitions, name) };
    }
}

static int compare_bytes(const void *a, const void *b)
{
    return strcmp(((const struct bytes *)a)->data, ((const struct bytes *)b)->data);
}

/* Included names are told in their order, as the service does. */
static void read_projection(struct table_index *index, const json_t *json)
{
    const char *type = json_string_value(json_object_get(json, "ProjectionType"));
    const json_t *names = json_object_get(json, "NonKeyAttributes");

    index->projection = text_is(type, "ALL") ? PROJECTION_ALL : text_is(type, "INCLUDE") ? PROJECTION_INCLUDE : PROJECTION_KEYS_ONLY;
    index->attributes = memory_new((json_array_size(names) + 1) * sizeof *index->attributes);
    for (size_t i = 0; i < json_array_size(names); i++)
        if (json_is_string(json_array_get(names, i)))
            index->attributes[index->attribute_count++] = bytes_of(memory_copy_text(json_string_value(json_array_get(names, i))));
    qsort(index->attributes, index->attribute_count, sizeof *index->attributes, compare_bytes);
}

struct table_index *table_add_index(struct table *table, const json_t *json, bool is_global, const json_t *definitions)
{
    struct table_index *index = memory_new(sizeof *index);

    index->name = memory_copy_text(json_string_value(json_object_get(json, "IndexName")));
    index->table = table;
    index->is_global = is_global;
    index->number = json_integer_value(json_object_get(json, "Number"));
    read_schema(&index->keys, json_object_get(json, "KeySchema"), definitions);
    read_projection(index, json_object_get(json, "Projection"));
    throughput_init(&index->throughput, json, table->is_on_demand);
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

/* There is no KMS here: an alias gives a key whose id is worked out from the alias, so that it names the same key in each table. */
static char *key_of_alias(const char *alias, const char *region, const char *account)
{
    unsigned char d[MD5_SIZE];

    md5(alias, strlen(alias), d);
    return memory_print("arn:aws:kms:%s:%s:key/%02x%02x%02x%02x-%02x%02x-4%x%02x-a%x%02x-%02x%02x%02x%02x%02x%02x", region, account, d[0],
                        d[1], d[2], d[3], d[4], d[5], d[6] & 15, d[7], d[8] & 15, d[9], d[10], d[11], d[12], d[13], d[14], d[15]);
}

void table_set_encryption(struct table *table, const json_t *specification, const char *region, const char *account)
{
    const char *id = json_string_value(json_object_get(specification, "KMSMasterKeyId"));
    const char *type = json_string_value(json_object_get(specification, "SSEType"));
    const json_t *enabled = json_object_get(specification, "Enabled");
    const char *alias = id ? strstr(id, "alias/") : "alias/aws/dynamodb";

    free(table->encryption_key);
    table->encryption_key = NULL;
    if (!json_is_true(enabled) && (json_is_false(enabled) || !type))
        return;
    if (alias)
        table->encryption_key = key_of_alias(alias, region, account);
    else
        table->encryption_key =
            text_begins(id, "arn:") ? memory_copy_text(id) : memory_print("arn:aws:kms:%s:%s:key/%s", region, account, id);
}

struct table *table_new(const json_t *input, const char *region, const char *account)
{
    struct table *table = memory_new(sizeof *table);
    const json_t *definitions = json_object_get(input, "AttributeDefinitions");

    table->name = memory_copy_text(json_string_value(json_object_get(input, "TableName")));
    table->arn = memory_print("arn:aws:dynamodb:%s:%s:table/%s", region, account, table->name);
    table->is_on_demand = text_is(json_string_value(json_object_get(input, "BillingMode")), "PAY_PER_REQUEST");
    throughput_init(&table->throughput, input, table->is_on_demand);
    read_schema(&table->keys, json_object_get(input, "KeySchema"), definitions);
    read_indexes(table, json_object_get(input, "LocalSecondaryIndexes"), false, definitions);
    read_indexes(table, json_object_get(input, "GlobalSecondaryIndexes"), true, definitions);
    table->is_protected = json_is_true(json_object_get(input, "DeletionProtectionEnabled"));
    if (json_is_true(json_object_get(json_object_get(input, "StreamSpecification"), "StreamEnabled")))
        table->stream = json_incref(json_object_get(input, "StreamSpecification"));
    table_set_encryption(table, json_object_get(input, "SSESpecification"), region, account);
    table->class = memory_copy_text(json_string_value(json_object_get(input, "TableClass")));
    read_tags(table, json_object_get(input, "Tags"));
    return table;
}

/* ---- to JSON ---- */

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
        if (defined_type(definitions, parts[i].name.data) == VALUE_TYPES)
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

/* ---- the end ---- */

static void free_schema(struct key_schema *keys)
{
    for (int i = 0; i < keys->hash_count; i++)
        free((char *)keys->hash[i].name.data);
    for (int i = 0; i < keys->range_count; i++)
        free((char *)keys->range[i].name.data);
}

void table_free_index(struct table_index *index)
{
    if (!index)
        return;
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
}

void table_free(struct table *table)
{
    if (!table)
        return;
    for (size_t i = 0; i < table->index_count; i++)
        table_free_index(table->indexes[i]);
    free_schema(&table->keys);
    json_decref(table->stream);
    table_free_index(table->leaving);
    json_decref(table->tags);
    free(table->stream_label);
    free(table->policy);
    free(table->encryption_key);
    free(table->class);
    free(table->wanted_class);
    json_decref(table->destinations);
    free(table->ttl);
    free(table->arn);
    free(table->name);
    free(table);
}
