/* What CreateTable (and UpdateTable, of a new index) refuses beyond the shape of its input, in AWS's order and words. */

#include "base/text.h"
#include "dynamodb/table.h"
#include "dynamodb/tags.h"

#include <string.h>

enum { PROJECTED_MAX = 100 };

const char *table_member_text(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));

    return text ? text : "";
}

static const char *key_name(const json_t *schema, size_t i)
{
    return table_member_text(json_array_get(schema, i), "AttributeName");
}

static const char *key_type(const json_t *schema, size_t i)
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

/* "[a, b]" of a member of each element. */
static const char *print_names(const json_t *array, struct arena *arena)
{
    const char *text = "[";

    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *element = json_array_get(array, i);
        const char *name = json_is_string(element) ? json_string_value(element) : table_member_text(element, "AttributeName");

        text = arena_print(arena, "%s%s%s", text, i ? ", " : "", name);
    }
    return arena_print(arena, "%s]", text);
}

/* ---- throughput ---- */

static bool check_billing(const json_t *input, struct fault *fault)
{
    bool is_on_demand = text_is(json_string_value(json_object_get(input, "BillingMode")), "PAY_PER_REQUEST");
    const json_t *throughput = json_object_get(input, "ProvisionedThroughput");

    if (is_on_demand && json_is_object(throughput))
        return fault_parameter(fault, FAULT_REQUEST,
                               "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST");
    if (!is_on_demand && !json_is_object(throughput))
        return fault_parameter(fault, FAULT_REQUEST,
                               "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED");
    return throughput_check_bounds(throughput, fault);
}

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

/* ---- key schemas ---- */

static bool check_defined(const json_t *schema, const json_t *definitions, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        if (!is_defined(definitions, key_name(schema, i)))
            return fault_parameter(fault, FAULT_REQUEST,
                                   "Some index key attributes are not defined in AttributeDefinitions. Keys: %s, "
                                   "AttributeDefinitions: %s",
                                   print_names(schema, fault->arena), print_names(definitions, fault->arena));
    return true;
}

static bool check_names(const json_t *schema, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(key_name(schema, i), key_name(schema, j)))
                return fault_raise(fault, FAULT_REQUEST, "Both the Hash Key and the Range Key element in the KeySchema have the same name");
    return true;
}

/* A table or a local index: HASH, then perhaps RANGE. */
static bool check_simple_schema(const json_t *schema, struct fault *fault)
{
    if (!check_names(schema, fault))
        return false;
    if (strcmp(key_type(schema, 0), "HASH"))
        return fault_raise(fault, FAULT_REQUEST, "Invalid KeySchema: The first KeySchemaElement is not a HASH key type");
    if (json_array_size(schema) > 1 && strcmp(key_type(schema, 1), "RANGE"))
        return fault_raise(fault, FAULT_REQUEST, "Invalid KeySchema: The second KeySchemaElement is not a RANGE key type");
    return true;
}

static bool check_part_names(const json_t *schema, struct fault *fault)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        for (size_t j = 0; j < i; j++)
            if (!strcmp(key_name(schema, i), key_name(schema, j)))
                return fault_raise(fault, FAULT_REQUEST, "The KeySchema contains multiple key attributes with the same name");
    return true;
}

/* A global index: one to four HASH parts, then up to four RANGE parts. */
static bool check_global_schema(const json_t *schema, struct fault *fault)
{
    int hashes = 0;
    int ranges = 0;

    if (strcmp(key_type(schema, 0), "HASH") || json_array_size(schema) == 1)
        return check_simple_schema(schema, fault);
    for (size_t i = 0; i < json_array_size(schema); i++) {
        bool is_hash = !strcmp(key_type(schema, i), "HASH");

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

/* ---- indexes ---- */

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

static bool check_local_schema(const json_t *index, const json_t *table_schema, struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    if (!check_simple_schema(schema, fault))
        return false;
    if (json_array_size(schema) < 2)
        return fault_parameter(fault, FAULT_REQUEST, "Index KeySchema does not have a range key for index: %s",
                               table_member_text(index, "IndexName"));
    if (strcmp(key_name(schema, 0), key_name(table_schema, 0)))
        return fault_parameter(
            fault, FAULT_REQUEST,
            "Index KeySchema does not have the same leading hash key as table KeySchema for index: %s. index hash key: %s, "
            "table hash key: %s",
            table_member_text(index, "IndexName"), key_name(schema, 0), key_name(table_schema, 0));
    return true;
}

static bool check_index(const json_t *input, const json_t *index, bool is_global, struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    return check_defined(schema, json_object_get(input, "AttributeDefinitions"), fault) &&
           (is_global ? check_global_schema(schema, fault) : check_local_schema(index, json_object_get(input, "KeySchema"), fault)) &&
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

static bool has_name_before(const json_t *indexes, size_t before, const char *name)
{
    for (size_t i = 0; i < before && i < json_array_size(indexes); i++)
        if (!strcmp(table_member_text(json_array_get(indexes, i), "IndexName"), name))
            return true;
    return false;
}

static bool check_unique(const json_t *locals, const json_t *globals, struct fault *fault)
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

static bool check_local_list(const json_t *input, const json_t *locals, struct fault *fault)
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

static bool check_global_list(const json_t *input, const json_t *globals, struct fault *fault)
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

/* ---- attribute definitions ---- */

static bool is_used(const json_t *schema, const char *name)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        if (!strcmp(key_name(schema, i), name))
            return true;
    return false;
}

static bool is_used_by(const json_t *indexes, const char *name)
{
    for (size_t i = 0; i < json_array_size(indexes); i++)
        if (is_used(json_object_get(json_array_get(indexes, i), "KeySchema"), name))
            return true;
    return false;
}

static void add_keys(json_t *used, const json_t *schema)
{
    for (size_t i = 0; i < json_array_size(schema); i++) {
        bool is_there = false;

        for (size_t j = 0; j < json_array_size(used); j++)
            is_there |= !strcmp(json_string_value(json_array_get(used, j)), key_name(schema, i));
        if (!is_there)
            json_array_append_new(used, json_string(key_name(schema, i)));
    }
}

static bool refuse_unused(const json_t *input, const json_t *locals, const json_t *globals, struct fault *fault)
{
    json_t *used = json_array();

    if (!json_is_array(locals) && !json_is_array(globals)) {
        json_decref(used);
        return fault_parameter(
            fault, FAULT_REQUEST,
            "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions");
    }
    add_keys(used, json_object_get(input, "KeySchema"));
    for (size_t i = 0; i < json_array_size(locals); i++)
        add_keys(used, json_object_get(json_array_get(locals, i), "KeySchema"));
    for (size_t i = 0; i < json_array_size(globals); i++)
        add_keys(used, json_object_get(json_array_get(globals, i), "KeySchema"));
    fault_parameter(fault, FAULT_REQUEST, "Some AttributeDefinitions are not used. AttributeDefinitions: %s, keys used: %s",
                    print_names(json_object_get(input, "AttributeDefinitions"), fault->arena), print_names(used, fault->arena));
    json_decref(used);
    return false;
}

static bool check_definitions(const json_t *input, const json_t *locals, const json_t *globals, struct fault *fault)
{
    const json_t *definitions = json_object_get(input, "AttributeDefinitions");

    for (size_t i = 0; i < json_array_size(definitions); i++) {
        const char *name = table_member_text(json_array_get(definitions, i), "AttributeName");

        for (size_t j = 0; j < i; j++)
            if (!strcmp(name, table_member_text(json_array_get(definitions, j), "AttributeName")))
                return fault_raise(fault, FAULT_REQUEST, "Attribute Name is duplicated: %s", name);
        if (!is_used(json_object_get(input, "KeySchema"), name) && !is_used_by(locals, name) && !is_used_by(globals, name))
            return refuse_unused(input, locals, globals, fault);
    }
    return true;
}

static bool check_stream(const json_t *input, struct fault *fault)
{
    const json_t *stream = json_object_get(input, "StreamSpecification");
    bool has_view = json_is_string(json_object_get(stream, "StreamViewType"));

    if (!json_is_object(stream))
        return true;
    if (!json_is_true(json_object_get(stream, "StreamEnabled")) && has_view)
        return fault_parameter(fault, FAULT_REQUEST,
                               "Table is being created with a stream disabled, UpdateViewType should not be specified");
    if (json_is_true(json_object_get(stream, "StreamEnabled")) && !has_view)
        return fault_parameter(fault, FAULT_REQUEST, "Table is being created with a stream enabled, UpdateViewType is required");
    return true;
}

bool table_check_encryption(const json_t *input, struct fault *fault)
{
    const json_t *encryption = json_object_get(input, "SSESpecification");
    const char *type = json_string_value(json_object_get(encryption, "SSEType"));
    bool has_key = json_is_string(json_object_get(encryption, "KMSMasterKeyId"));

    if (json_is_false(json_object_get(encryption, "Enabled")) && (type || has_key))
        return fault_parameter(fault, FAULT_REQUEST, "%s can not be specified if Enabled is false", type ? "SSEType" : "KMSMasterKeyId");
    if (text_is(type, "AES256"))
        return fault_parameter(fault, FAULT_REQUEST, "SSEType AES256 is not supported");
    if (has_key && !type)
        return fault_parameter(fault, FAULT_REQUEST, "SSEType KMS is required if KMSMasterKeyId is specified");
    return true;
}

/* The table's own key. */
static bool check_key(const json_t *schema, const json_t *definitions, struct fault *fault)
{
    if (json_array_size(schema) > json_array_size(definitions))
        return fault_raise(fault, FAULT_REQUEST, "Invalid KeySchema: Some index key attribute have no definition");
    return check_defined(schema, definitions, fault) && check_simple_schema(schema, fault);
}

bool table_check(const json_t *input, struct fault *fault)
{
    const json_t *schema = json_object_get(input, "KeySchema");
    const json_t *definitions = json_object_get(input, "AttributeDefinitions");
    const json_t *locals = json_object_get(input, "LocalSecondaryIndexes");
    const json_t *globals = json_object_get(input, "GlobalSecondaryIndexes");

    if (!check_billing(input, fault) || !check_key(schema, definitions, fault) || !check_local_list(input, locals, fault) ||
        !check_global_list(input, globals, fault) || !check_unique(locals, globals, fault) ||
        !check_definitions(input, locals, globals, fault))
        return false;
    if (projected_count(locals) + projected_count(globals) > PROJECTED_MAX)
        return refuse_projected(fault);
    return throughput_check(input, NULL, text_is(table_member_text(input, "BillingMode"), "PAY_PER_REQUEST"), "table", fault) &&
           check_stream(input, fault) && table_check_encryption(input, fault) && tags_check(json_object_get(input, "Tags"), fault);
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
        enum value_type known = table_key_type(table, bytes_of(key_name(schema, i)));

        for (size_t j = 0; j < json_array_size(definitions) && known != VALUE_TYPES; j++) {
            const json_t *definition = json_array_get(definitions, j);
            const char *wanted = table_member_text(definition, "AttributeType");

            if (!strcmp(table_member_text(definition, "AttributeName"), key_name(schema, i)) &&
                value_type_of_name(bytes_of(wanted)) != known)
                return refuse_type(key_name(schema, i), known, wanted, key_type(schema, i), fault);
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

/* What stands in the request only: keys of the table need a definition again. */
bool table_check_new_index(const struct table *table, const json_t *index, const json_t *definitions, bool is_on_demand,
                           struct fault *fault)
{
    const json_t *schema = json_object_get(index, "KeySchema");

    if (!json_array_size(definitions))
        return fault_parameter(fault, FAULT_REQUEST, "AttributeDefinitions is not specified for index: %s",
                               table_member_text(index, "IndexName"));
    if (!check_defined(schema, definitions, fault) || !check_global_schema(schema, fault) || !check_projection(index, fault) ||
        !check_new_billing(index, is_on_demand, fault) || !check_index_throughput(index, is_on_demand, fault) ||
        !check_types(table, schema, definitions, fault))
        return false;
    if (projected_by(table) + json_array_size(json_object_get(json_object_get(index, "Projection"), "NonKeyAttributes")) > PROJECTED_MAX)
        return refuse_projected(fault);
    return true;
}
