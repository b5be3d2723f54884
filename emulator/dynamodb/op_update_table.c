/* UpdateTable: changes one thing of a table. The answer tells it UPDATING, with the values that were. */

#include "base/memory.h"
#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/stream.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"
#include "dynamodb/table_update.h"

static const struct member shape_replica_index[] = {
    { "IndexName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};
static const struct member shape_replica[] = {
    { "RegionName", STRING, .required = true },
    { "KMSMasterKeyId", STRING },
    { "GlobalSecondaryIndexes", SHAPE_LIST_OF(shape_replica_index, "ReplicaGlobalSecondaryIndex"), .min = 1 },
    { "TableClassOverride", STRING, .values = shape_table_classes },
    { 0 },
};
static const struct member shape_replica_deletion[] = { { "RegionName", STRING, .required = true }, { 0 } };
static const struct member shape_replica_update[] = {
    { "Create", STRUCTURE, .members = shape_replica, .class = "CreateReplicationGroupMemberAction" },
    { "Update", STRUCTURE, .members = shape_replica, .class = "UpdateReplicationGroupMemberAction" },
    { "Delete", STRUCTURE, .members = shape_replica_deletion, .class = "DeleteReplicationGroupMemberAction" },
    { 0 },
};

const struct member dynamodb_update_table_input[] = {
    { "AttributeDefinitions", SHAPE_LIST_OF(shape_definition, "AttributeDefinition") },
    { "TableName", STRING },
    { "ProvisionedThroughput", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" },
    { "BillingMode", STRING, .values = shape_billing_modes },
    { "GlobalSecondaryIndexUpdates", SHAPE_LIST_OF(shape_index_update, "GlobalSecondaryIndexUpdate") },
    { "StreamSpecification", STRUCTURE, .members = shape_stream, .class = "StreamSpecification" },
    { "SSESpecification", STRUCTURE, .members = shape_encryption, .class = "SSESpecification" },
    { "ReplicaUpdates", SHAPE_LIST_OF(shape_replica_update, "ReplicationGroupUpdate"), .min = 1 },
    { "TableClass", STRING, .values = shape_table_classes },
    { "DeletionProtectionEnabled", BOOLEAN },
    { "OnDemandThroughput", STRUCTURE, .members = shape_on_demand, .class = "OnDemandThroughput" },
    { "WarmThroughput", STRUCTURE, .members = shape_warm, .class = "WarmThroughput" },
    { 0 },
};

static void work_on(struct table *table, enum table_work work)
{
    table->state = TABLE_UPDATING;
    if (table->work == WORK_NONE || work == WORK_THROUGHPUT)
        table->work = work;
}

/* ---- throughput ---- */

/* The indexes become it with their table. */
static void become_on_demand(struct table *table, int64_t now_us)
{
    static const struct units none;

    table->is_on_demand = true;
    table->on_demand_since_us = now_us;
    throughput_set(&table->throughput, none);
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->is_global) {
            throughput_set(&table->indexes[i]->throughput, none);
            if (table->indexes[i]->state == TABLE_ACTIVE)
                table->indexes[i]->state = TABLE_UPDATING;
        }
    work_on(table, WORK_THROUGHPUT);
}

/* What an on-demand table gets is told at once. */
static void change_units(struct throughput *throughput, const json_t *json, bool was_on_demand, int64_t now_us)
{
    struct units units = throughput_units(json);

    if (!was_on_demand) {
        throughput_begin(throughput, units, now_us);
        return;
    }
    throughput_set(throughput, units);
    throughput_unbind(throughput);
}

static void change_throughput(struct table *table, const json_t *input, int64_t now_us)
{
    const json_t *throughput = json_object_get(input, "ProvisionedThroughput");

    throughput_bound(&table->throughput, json_object_get(input, "OnDemandThroughput"));
    if (table_update_is_on_demand(table, input) && !table->is_on_demand)
        become_on_demand(table, now_us);
    if (!json_is_object(throughput))
        return;
    change_units(&table->throughput, throughput, table->is_on_demand, now_us);
    work_on(table, WORK_THROUGHPUT);
}

/* ---- indexes ---- */

static void update_index(struct table *table, const json_t *update, int64_t now_us)
{
    struct table_index *index = table_find_index(table, table_member_text(update, "IndexName"));
    const json_t *throughput = json_object_get(update, "ProvisionedThroughput");

    throughput_bound(&index->throughput, json_object_get(update, "OnDemandThroughput"));
    throughput_warm_up(&index->throughput, throughput_warm_units(json_object_get(update, "WarmThroughput")));
    if (json_is_object(throughput))
        change_units(&index->throughput, throughput, table->is_on_demand, now_us);
    index->state = TABLE_UPDATING;
}

static bool add_index(struct intake *intake, struct table *table, const json_t *create)
{
    struct table_index *index = table_add_index(table, create, true, call_member(intake->call, "AttributeDefinitions"));

    index->state = TABLE_CREATING;
    index->is_added = true;
    if (store_add_index(intake->room->store, table, index) == OK) {
        work_on(table, WORK_INDEX);
        return true;
    }
    table_remove_index(table, index);
    table_free_index(index);
    return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

/* It can no longer be read; its description stays for a while. */
static bool delete_index(struct intake *intake, struct table *table, const json_t *deletion)
{
    struct table_index *index = table_find_index(table, table_member_text(deletion, "IndexName"));

    table_life_stop_index(intake->room, index);
    table_remove_index(table, index);
    if (store_drop_index(intake->room->store, table, index) == OK) {
        index->state = TABLE_DELETING;
        table->leaving = index;
        work_on(table, WORK_INDEX);
        return true;
    }
    table->indexes[table->index_count++] = index;
    return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

static bool change_indexes(struct intake *intake, struct table *table, int64_t now_us)
{
    size_t i;
    json_t *update;
    bool is_done = true;

    json_array_foreach(call_member(intake->call, "GlobalSecondaryIndexUpdates"), i, update)
    {
        if (json_is_object(json_object_get(update, "Update")))
            update_index(table, json_object_get(update, "Update"), now_us);
        else if (json_is_object(json_object_get(update, "Create")))
            is_done &= add_index(intake, table, json_object_get(update, "Create"));
        else
            is_done &= delete_index(intake, table, json_object_get(update, "Delete"));
    }
    return is_done;
}

/* ---- the rest ---- */

static bool change_stream(struct intake *intake, struct table *table)
{
    const json_t *stream = call_member(intake->call, "StreamSpecification");
    enum status status;

    if (!stream)
        return true;
    status = json_is_true(json_object_get(stream, "StreamEnabled")) ? stream_enable(intake->room, table, stream)
                                                                    : stream_disable(intake->room, table);
    if (status != OK)
        return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    work_on(table, WORK_STREAM);
    return true;
}

/* A table that was never told its class is STANDARD. */
static void change_class(struct table *table, const char *class)
{
    if (!class || text_is(class, table->class ? table->class : "STANDARD"))
        return;
    table->wanted_class = memory_copy_text(class);
    work_on(table, WORK_CLASS);
}

/* What one table and each of its indexes may have. */
static bool check_limits(struct intake *intake)
{
    const char *region = intake->room->ground->region;
    size_t i;
    json_t *update;

    json_array_foreach(call_member(intake->call, "GlobalSecondaryIndexUpdates"), i, update)
    {
        const json_t *action = json_object_get(update, json_object_get(update, "Create") ? "Create" : "Update");

        if (!throughput_check_limit(json_object_get(action, "ProvisionedThroughput"), table_member_text(action, "IndexName"), region,
                                    &intake->fault))
            return false;
    }
    return throughput_check_limit(call_member(intake->call, "ProvisionedThroughput"), NULL, region, &intake->fault);
}

/* All that changes with the request; what has to wait is left under way. */
static bool begin(struct intake *intake, struct table *table)
{
    const json_t *input = intake->call->input;
    int64_t now_us = clock_now_us(intake->room->ground->clock);
    bool will_be_on_demand = table_update_is_on_demand(table, input);

    change_throughput(table, input, now_us);
    if (!change_indexes(intake, table, now_us) || !change_stream(intake, table))
        return false;
    table->is_on_demand = will_be_on_demand;
    change_class(table, call_string(intake->call, "TableClass"));
    table->is_protected = call_boolean(intake->call, "DeletionProtectionEnabled", table->is_protected);
    return true;
}

/* What does not touch the state of the table: told UPDATING as it was, done at once. */
static void change_quietly(struct intake *intake, struct table *table, json_t *description)
{
    const struct ground *ground = intake->room->ground;
    const json_t *encryption = call_member(intake->call, "SSESpecification");
    const json_t *warm = call_member(intake->call, "WarmThroughput");
    json_t *told = json_object_get(description, "SSEDescription");

    if (encryption && told)
        json_object_set_new(told, "Status", json_string("UPDATING"));
    else if (encryption)
        json_object_set_new(description, "SSEDescription", json_pack("{s:s}", "Status", "UPDATING"));
    if (encryption)
        table_set_encryption(table, encryption, ground->region, ground->account);
    if (!warm)
        return;
    json_object_set_new(json_object_get(description, "WarmThroughput"), "Status", json_string("UPDATING"));
    throughput_warm_up(&table->throughput, throughput_warm_units(warm));
}

static json_t *describe(struct intake *intake, struct table *table)
{
    json_t *description = table_lookup_describe(intake, table);

    /* The billing mode or class that it has already: told as if it were being changed. */
    if (call_has(intake->call, "BillingMode") || call_has(intake->call, "TableClass"))
        json_object_set_new(description, "TableStatus", json_string("UPDATING"));
    change_quietly(intake, table, description);
    return description;
}

enum outcome dynamodb_update_table(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    if (!table_update_check(call->input, &intake.fault))
        return intake_refuse(&intake);
    table = table_lookup(&intake);
    if (!table || !table_update_check_replicas(call->input, intake.room->ground->region, &intake.fault) ||
        !table_update_fits(table, call->input, &intake.fault) || !check_limits(&intake) || !begin(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "TableDescription", describe(&intake, table));
    if (store_keep_definition(intake.room->store, table) != OK) {
        fault_raise(&intake.fault, FAULT_BROKEN, "Internal server error");
        return intake_refuse(&intake);
    }
    table_life_go(table);
    return DONE;
}
