/* What CreateTable refuses beyond the shape of its input, in AWS's order and words. */

#include "base/text.h"
#include "dynamodb/index_check.h"
#include "dynamodb/key_schema_check.h"
#include "dynamodb/table.h"
#include "dynamodb/tags.h"

#include <string.h>

const char *table_member_text(const json_t *json, const char *member)
{
    const char *text = json_string_value(json_object_get(json, member));

    return text ? text : "";
}

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

/* ---- attribute definitions ---- */

static bool is_used(const json_t *schema, const char *name)
{
    for (size_t i = 0; i < json_array_size(schema); i++)
        if (!strcmp(key_schema_name(schema, i), name))
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
            is_there |= !strcmp(json_string_value(json_array_get(used, j)), key_schema_name(schema, i));
        if (!is_there)
            json_array_append_new(used, json_string(key_schema_name(schema, i)));
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
                    key_schema_print_names(json_object_get(input, "AttributeDefinitions"), fault->arena),
                    key_schema_print_names(used, fault->arena));
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
    return key_schema_check_defined(schema, definitions, fault) && key_schema_check_simple(schema, fault);
}

bool table_check(const json_t *input, struct fault *fault)
{
    const json_t *schema = json_object_get(input, "KeySchema");
    const json_t *definitions = json_object_get(input, "AttributeDefinitions");
    const json_t *locals = json_object_get(input, "LocalSecondaryIndexes");
    const json_t *globals = json_object_get(input, "GlobalSecondaryIndexes");

    return check_billing(input, fault) && check_key(schema, definitions, fault) && index_check_locals(input, locals, fault) &&
           index_check_globals(input, globals, fault) && index_check_unique(locals, globals, fault) &&
           check_definitions(input, locals, globals, fault) && index_check_projected(locals, globals, fault) &&
           throughput_check(input, NULL, text_is(table_member_text(input, "BillingMode"), "PAY_PER_REQUEST"), "table", fault) &&
           check_stream(input, fault) && table_check_encryption(input, fault) && tags_check(json_object_get(input, "Tags"), fault);
}
