/* The rules of indexes, those of a new table and the one that is added. */

#include "dynamodb/index_check.h"

#include "base/text.h"
#include "dynamodb/key_schema_check.h"

#include <string.h>

enum { PROJECTED_MAX = 100 };

static bool check_index_billing(const json_t *index, bool is_on_demand, struct fault *fault)
{
    bool has_throughput = json_is_object(json_object_get(index, "ProvisionedThroughput"));

    if (is_on_demand && has_throughput)
        return fault_parameter(fault, FAULT_REQUEST,
                               "ProvisionedThroughput should not be specified for index: %s when BillingMode is PAY_PER_REQUEST",
                               table_member_text(index, "IndexName"));
    if (!is_on_demand && !has_throughput)
        return fault_parameter(fault, FAULT_REQUEST, "ProvisionedThroughput is not specified for index: %s",
                               table_member_text(index, "IndexName"));
    return true;
}

static bool check_index_throughput(const json_t *index, bool is_on_demand, struct fault *fault)
{
    return throughput_check(index, NULL, is_on_demand, arena_print(fault->arena, "index : %s", table_member_text(index, "IndexName")),
                            fault);
}

static bool check_projection(const json_t *index, struct fault *fault)
{
    const json_t *projection = json_object_get(index, "Projection");
    const char *type = json_string_value(json_object_get(projection, "ProjectionType"));
    const json_t *names = json_object_get(projection, "NonKeyAttributes");

    if (!type)
        return fault_parameter(fault, FAULT_REQUEST, "Unknown ProjectionType: null");
    if (strcmp(type, "INCLUDE") && json_is_array(names))
        return fault_parameter(fault, FAULT_REQUEST, "ProjectionType is %s, but NonKeyAttributes is specified", type);
    if (!strcmp(type, "INCLUDE") && !json_is_array(names))
        return fault_parameter(fault, FAULT_REQUEST, "ProjectionType is INCLUDE, but NonKeyAttributes is not specified");
    for (size_t i = 0; i < json_array_size(names); i++)
        for (size_t j = 0; j < i; j++)
            if (json_equal(json_array_get(names, i), json_array_get(names, j)))
                return fault_parameter(fault, FAULT_REQUEST, "Duplicate element in NonKeyAttributes: %s",
                                       json_string_value(json_array_get(names, i)));
    return true;
}

static bool check_index(const json_t *input, const json_t *index, bool is_global, struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    return key_schema_check_defined(schema, json_object_get(input, "AttributeDefinitions"), fault) &&
           (is_global ? key_schema_check_global(schema, fault)
                      : key_schema_check_local(index, json_object_get(input, "KeySchema"), fault)) &&
           check_projection(index, fault);
}

static bool refuse_projected(struct fault *fault)
{
    return fault_parameter(fault, FAULT_REQUEST,
                           "Number of non-key attributes projected into all indexes exceeds the per-table limit of %d", PROJECTED_MAX);
}

static size_t projected_count(const json_t *indexes)
{
    size_t count = 0;

    for (size_t i = 0; i < json_array_size(indexes); i++)
        count += json_array_size(json_object_get(json_object_get(json_array_get(indexes, i), "Projection"), "NonKeyAttributes"));
    return count;
}

bool index_check_projected(const json_t *locals, const json_t *globals, struct fault *fault)
{
    return projected_count(locals) + projected_count(globals) <= PROJECTED_MAX || refuse_projected(fault);
}

static bool has_name_before(const json_t *indexes, size_t before, const char *name)
{
    for (size_t i = 0; i < before && i < json_array_size(indexes); i++)
        if (!strcmp(table_member_text(json_array_get(indexes, i), "IndexName"), name))
            return true;
    return false;
}

bool index_check_unique(const json_t *locals, const json_t *globals, struct fault *fault)
{
    const char *twice = NULL;

    for (size_t i = 0; i < json_array_size(locals) && !twice; i++)
        if (has_name_before(locals, i, table_member_text(json_array_get(locals, i), "IndexName")))
            twice = table_member_text(json_array_get(locals, i), "IndexName");
    for (size_t i = 0; i < json_array_size(globals) && !twice; i++) {
        const char *name = table_member_text(json_array_get(globals, i), "IndexName");

        if (has_name_before(globals, i, name) || has_name_before(locals, json_array_size(locals), name))
            twice = name;
    }
    return !twice || fault_parameter(fault, FAULT_REQUEST, "Duplicate index name: %s", twice);
}

bool index_check_locals(const json_t *input, const json_t *locals, struct fault *fault)
{
    if (!json_is_array(locals))
        return true;
    if (!json_array_size(locals))
        return fault_parameter(fault, FAULT_REQUEST, "List of LocalSecondaryIndexes is empty");
    if (json_array_size(json_object_get(input, "KeySchema")) < 2)
        return fault_parameter(fault, FAULT_REQUEST,
                               "Table KeySchema does not have a range key, which is required when specifying a LocalSecondaryIndex");
    for (size_t i = 0; i < json_array_size(locals); i++)
        if (!check_index(input, json_array_get(locals, i), false, fault))
            return false;
    if (json_array_size(locals) > LOCAL_INDEXES_MAX)
        return fault_parameter(fault, FAULT_REQUEST, "Number of LocalSecondaryIndexes exceeds per-table limit of 5");
    return true;
}

bool index_check_globals(const json_t *input, const json_t *globals, struct fault *fault)
{
    bool is_on_demand = text_is(json_string_value(json_object_get(input, "BillingMode")), "PAY_PER_REQUEST");

    if (!json_is_array(globals))
        return true;
    if (!json_array_size(globals))
        return fault_parameter(fault, FAULT_REQUEST, "List of GlobalSecondaryIndexes is empty");
    for (size_t i = 0; i < json_array_size(globals); i++)
        if (!check_index(input, json_array_get(globals, i), true, fault) ||
            !check_index_billing(json_array_get(globals, i), is_on_demand, fault) ||
            !check_index_throughput(json_array_get(globals, i), is_on_demand, fault))
            return false;
    if (json_array_size(globals) > GLOBAL_INDEXES_MAX)
        return fault_parameter(fault, FAULT_REQUEST, "GlobalSecondaryIndex count exceeds the per-table limit of 20");
    return true;
}

/* ---- an index that is added ---- */

/* "Schema:[SchemaElement: key{a:S:HASH}]": the parts of the new key that clash, as they are and as they were to be. */
static bool refuse_type(const char *name, enum value_type known, const char *wanted, const char *key_type, struct fault *fault)
{
    return fault_parameter(fault, FAULT_REQUEST,
                           "Attributes cannot be redefined. Please check that your attribute has the same type as previously defined. "
                           "Existing schema: Schema:[SchemaElement: key{%s:%s:%s}] New schema: Schema:[SchemaElement: key{%s:%s:%s}]",
                           name, value_type_name(known), key_type, name, wanted, key_type);
}

static bool check_types(const struct table *table, const json_t *schema, const json_t *definitions, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++) {
        enum value_type known = table_key_type(table, bytes_of(key_schema_name(schema, i)));

        for (size_t j = 0; j < json_array_size(definitions) && known != VALUE_TYPES; j++) {
            const json_t *definition = json_array_get(definitions, j);
            const char *wanted = table_member_text(definition, "AttributeType");

            if (!strcmp(table_member_text(definition, "AttributeName"), key_schema_name(schema, i)) &&
                value_type_of_name(bytes_of(wanted)) != known)
                return refuse_type(key_schema_name(schema, i), known, wanted, key_schema_type(schema, i), fault);
        }
    }
    return true;
}

static bool check_new_billing(const json_t *index, bool is_on_demand, struct fault *fault)
{
    bool has_throughput = json_is_object(json_object_get(index, "ProvisionedThroughput"));
    const char *name = table_member_text(index, "IndexName");

    if (is_on_demand && has_throughput)
        return fault_parameter(
            fault, FAULT_REQUEST,
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified for index: %s when BillingMode is PAY_PER_REQUEST", name);
    if (!is_on_demand && !has_throughput)
        return fault_parameter(fault, FAULT_REQUEST, "Both ReadCapacityUnits and WriteCapacityUnits must be specified for index: %s", name);
    return true;
}

static size_t projected_by(const struct table *table)
{
    size_t count = 0;

    for (size_t i = 0; i < table->index_count; i++)
        count += table->indexes[i]->attribute_count;
    return count;
}

bool index_check_new(const struct table *table, const json_t *index, const json_t *definitions, bool is_on_demand, struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    if (!json_array_size(definitions))
        return fault_parameter(fault, FAULT_REQUEST, "AttributeDefinitions is not specified for index: %s",
                               table_member_text(index, "IndexName"));
    if (!key_schema_check_defined(schema, definitions, fault) || !key_schema_check_global(schema, fault) ||
        !check_projection(index, fault) || !check_new_billing(index, is_on_demand, fault) ||
        !check_index_throughput(index, is_on_demand, fault) || !check_types(table, schema, definitions, fault))
        return false;
    if (projected_by(table) + json_array_size(json_object_get(json_object_get(index, "Projection"), "NonKeyAttributes")) > PROJECTED_MAX)
        return refuse_projected(fault);
    return true;
}
