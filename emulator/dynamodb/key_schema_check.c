/* The rules of key schemas. */

#include "dynamodb/key_schema_check.h"

#include "dynamodb/table.h"

#include <string.h>

const char *key_schema_name(const json_t *schema, size_t i)
{
    return table_member_text(json_array_get(schema, i), "AttributeName");
}

const char *key_schema_type(const json_t *schema, size_t i)
{
    return table_member_text(json_array_get(schema, i), "KeyType");
}

static bool is_defined(const json_t *definitions, const char *name)
{
    for (size_t i = 0; i < json_array_size(definitions); i++)
        if (!strcmp(table_member_text(json_array_get(definitions, i), "AttributeName"), name))
            return true;
    return false;
}

const char *key_schema_print_names(const json_t *array, struct arena *arena)
{
    const char *text = "[";

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *element = json_array_get(array, i);
        const char *name = json_is_string(element) ? json_string_value(element) : table_member_text(element, "AttributeName");

        text = arena_print(arena, "%s%s%s", text, i ? ", " : "", name);
    }
    return arena_print(arena, "%s]", text);
}

bool key_schema_check_defined(const json_t *schema, const json_t *definitions, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        if (!is_defined(definitions, key_schema_name(schema, i)))
            return fault_parameter(fault, FAULT_REQUEST,
                                   "Some index key attributes are not defined in AttributeDefinitions. Keys: %s, "
                                   "AttributeDefinitions: %s",
                                   key_schema_print_names(schema, fault->arena), key_schema_print_names(definitions, fault->arena));
    return true;
}

static bool check_names(const json_t *schema, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(key_schema_name(schema, i), key_schema_name(schema, j)))
                return fault_raise(fault, FAULT_REQUEST, "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    return true;
}

bool key_schema_check_simple(const json_t *schema, struct fault *fault)
{
    if (!check_names(schema, fault))
        return false;
    if (strcmp(key_schema_type(schema, 0), "HASH"))
        return fault_raise(fault, FAULT_REQUEST, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (json_array_size(schema) > 1 && strcmp(key_schema_type(schema, 1), "RANGE"))
        return fault_raise(fault, FAULT_REQUEST, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    return true;
}

static bool check_part_names(const json_t *schema, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(key_schema_name(schema, i), key_schema_name(schema, j)))
                return fault_raise(fault, FAULT_REQUEST, "The KeySchema contains multiple key attributes with the same name");
    return true;
}

bool key_schema_check_global(const json_t *schema, struct fault *fault)
{
    int hashes = 0;
    int ranges = 0;

    if (strcmp(key_schema_type(schema, 0), "HASH") || json_array_size(schema) == 1)
        return key_schema_check_simple(schema, fault);
    for (size_t i = 0; i < json_array_size(schema); i++) {
        bool is_hash = !strcmp(key_schema_type(schema, i), "HASH");

        if (is_hash && ranges)
            return fault_parameter(fault, FAULT_REQUEST, "All HASH key attributes must precede RANGE key attributes in the KeySchema");
        hashes += is_hash;
        ranges += !is_hash;
    }
    if (hashes > KEY_PARTS_MAX || ranges > KEY_PARTS_MAX)
        return fault_parameter(fault, FAULT_REQUEST, "The KeySchema exceeds the maximum allowed number of %s key attributes",
                               hashes > KEY_PARTS_MAX ? "HASH" : "RANGE");
    return json_array_size(schema) == 2 ? check_names(schema, fault) : check_part_names(schema, fault);
}

bool key_schema_check_local(const json_t *index, const json_t *table_schema, struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    if (!key_schema_check_simple(schema, fault))
        return false;
    if (json_array_size(schema) < 2)
        return fault_parameter(fault, FAULT_REQUEST, "Index KeySchema does not have a range key for index: %s",
                               table_member_text(index, "IndexName"));
    if (strcmp(key_schema_name(schema, 0), key_schema_name(table_schema, 0)))
        return fault_parameter(
            fault, FAULT_REQUEST,
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, "
            "table hash key: %s",
            table_member_text(index, "IndexName"), key_schema_name(schema, 0), key_schema_name(table_schema, 0));
    return true;
}
