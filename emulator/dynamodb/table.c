#include "dynamodb/table.h"

#include "base/md5.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

/* ---- from JSON ---- */

enum value_type table_defined_type(const json_t *definitions, const char *name)
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
            parts[(*count)++] = (struct key_part){ bytes_of(memory_copy_text(name)), table_defined_type(definitions, name) };
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
    json_decref(table->restore);
    free(table->ttl);
    free(table->arn);
    free(table->name);
    free(table);
}
