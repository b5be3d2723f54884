/* CreateTable: a table is there at once; the answer still says CREATING, as the service's does. */

#include "base/map.h"
#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/intake.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/stream.h"

static const char *const billing_modes[] = { "PROVISIONED", "PAY_PER_REQUEST", NULL };
static const char *const table_classes[] = { "STANDARD", "STANDARD_INFREQUENT_ACCESS", NULL };

#define LIST_OF(shape, name)                                      \
    LIST, .members = (const struct member[])                      \
    {                                                             \
        { "member", STRUCTURE, .members = shape, .class = name }, \
        {                                                         \
            0                                                     \
        }                                                         \
    }

const struct member dynamodb_create_table_input[] = {
    { "AttributeDefinitions", LIST_OF(shape_definition, "AttributeDefinition"), .required = true, .max = 500 },
    { "TableName", STRING },
    { "BillingMode", STRING, .values = billing_modes },
    { "ProvisionedThroughput", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" },
    { "KeySchema", LIST_OF(shape_key_element, "KeySchemaElement"), .required = true, .min = 1, .max = 2 },
    { "LocalSecondaryIndexes", LIST_OF(shape_local_index, "LocalSecondaryIndex") },
    { "GlobalSecondaryIndexes", LIST_OF(shape_global_index, "GlobalSecondaryIndex") },
    { "StreamSpecification", STRUCTURE, .members = shape_stream, .class = "StreamSpecification" },
    { "SSESpecification", STRUCTURE, .members = shape_encryption, .class = "SSESpecification" },
    { "TableClass", STRING, .values = table_classes },
    { "DeletionProtectionEnabled", BOOLEAN },
    { "Tags", LIST_OF(shape_tag, "Tag"), .max = 50 },
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
    return table;
}

static bool keep_table(struct intake *intake, struct table *table)
{
    struct store *store = intake->room->store;

    if (store_add_table(store, table) == OK &&
        (!table->stream || (stream_enable(intake->room, table, table->stream) == OK && store_keep_definition(store, table) == OK))) {
        map_put(&intake->room->tables, table->name, table);
        return true;
    }
    stream_disable(intake->room, table);
    store_detach(table);
    table_free(table);
    return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

enum outcome dynamodb_create_table(struct call *call)
{
    static const struct table_counts none[TABLE_INDEXES_MAX];
    const char *name = call_string(call, "TableName");
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    if (!table_check(call->input, &intake.fault))
        return intake_refuse(&intake);
    if (dynamodb_find_table(intake.room, name)) {
        fault_raise(&intake.fault, FAULT_IN_USE, "Table already exists: %s", name);
        return intake_refuse(&intake);
    }
    table = make_table(&intake);
    if (!keep_table(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "TableDescription", table_describe(table, "CREATING", none, none));
    return DONE;
}
