/* CreateTable: the answer says CREATING, also when the table is there at once. */

#include "dynamodb/operations.h"
#include "dynamodb/policy.h"
#include "dynamodb/shapes.h"
#include "dynamodb/stream.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

#include <stdlib.h>

const struct member dynamodb_create_table_input[] = {
    { "AttributeDefinitions", SHAPE_LIST_OF(shape_definition, "AttributeDefinition"), .required = true, .max = 500 },
    { "TableName", STRING, .pattern = "[a-zA-Z0-9_.-]+" },
    { "BillingMode", STRING, .values = shape_billing_modes },
    { "ProvisionedThroughput", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" },
    { "OnDemandThroughput", STRUCTURE, .members = shape_on_demand, .class = "OnDemandThroughput" },
    { "WarmThroughput", STRUCTURE, .members = shape_warm, .class = "WarmThroughput" },
    { "KeySchema", SHAPE_LIST_OF(shape_key_element, "KeySchemaElement"), .required = true, .min = 1, .max = 2 },
    { "GlobalSecondaryIndexes", SHAPE_LIST_OF(shape_global_index, "GlobalSecondaryIndex") },
    { "LocalSecondaryIndexes", SHAPE_LIST_OF(shape_local_index, "LocalSecondaryIndex") },
    { "StreamSpecification", STRUCTURE, .members = shape_stream, .class = "StreamSpecification" },
    { "SSESpecification", STRUCTURE, .members = shape_encryption, .class = "SSESpecification" },
    { "TableClass", STRING, .values = shape_table_classes },
    { "DeletionProtectionEnabled", BOOLEAN },
    { "ResourcePolicy", STRING },
    { "Tags", SHAPE_LIST_OF(shape_tag, "Tag") },
    { 0 },
};

static struct table *make_table(struct intake *intake)
{
    const struct ground *ground = intake->room->ground;
    struct table *table = table_new(intake->call->input, ground->region, ground->account);

    random_uuid(&intake->room->ids, table->id);
    table->created_us = clock_now_us(ground->clock);
    if (table->is_on_demand)
        table->on_demand_since_us = table->created_us;
    if (call_has(intake->call, "ResourcePolicy")) {
        table->policy = policy_canonical(call_string(intake->call, "ResourcePolicy"), &intake->fault);
        table->policy_since_ms = table->created_us / 1000;
    }
    table->state = TABLE_CREATING;
    return table;
}

/* Of a ResourcePolicy; true when there is none. */
static bool check_policy(struct intake *intake)
{
    const char *policy = call_string(intake->call, "ResourcePolicy");
    char *canonical = policy ? policy_canonical(policy, &intake->fault) : NULL;
    bool is_well = !policy || canonical;

    free(canonical);
    return is_well;
}

static bool keep_table(struct intake *intake, struct table *table)
{
    struct store *store = intake->room->store;

    if (store_add_table(store, table) == OK &&
        (!table->stream || (stream_enable(intake->room, table, table->stream) == OK && store_keep_definition(store, table) == OK))) {
        table_life_enter(intake->room, table);
        return true;
    }
    stream_disable(intake->room, table);
    table_life_end(intake->room, table);
    return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

static bool refuse_name(struct intake *intake, const struct table *table)
{
    return fault_raise(&intake->fault, FAULT_IN_USE,
                       table->state == TABLE_CREATING ? "Attempt to change a resource which is still in use: Table is being created: %s"
                                                      : "Table already exists: %s",
                       table->name);
}

/* What one table and each of its indexes may have. */
static bool check_limits(struct intake *intake)
{
    const json_t *input = intake->call->input;
    const char *region = intake->room->ground->region;
    size_t i;
    json_t *index;

    json_array_foreach(call_member(intake->call, "GlobalSecondaryIndexes"), i, index)
    {
        if (!throughput_check_limit(json_object_get(index, "ProvisionedThroughput"), table_member_text(index, "IndexName"), region,
                                    &intake->fault))
            return false;
    }
    return throughput_check_limit(json_object_get(input, "ProvisionedThroughput"), NULL, region, &intake->fault);
}

enum outcome dynamodb_create_table(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = dynamodb_find_table(intake.room, call_string(call, "TableName"));
    if (!table_check(call->input, &intake.fault) || !check_policy(&intake) || (table && !refuse_name(&intake, table)) ||
        !check_limits(&intake))
        return intake_refuse(&intake);
    table = make_table(&intake);
    if (!keep_table(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "TableDescription", table_lookup_describe(&intake, table));
    table_life_go(table);
    return DONE;
}
