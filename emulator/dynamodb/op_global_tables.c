/* CreateGlobalTable, UpdateGlobalTable, DescribeGlobalTable, ListGlobalTables and the settings: global tables of the version of 2017. The
 * service still answers and makes none of them any more, so that there are none; the texts are those of October 2026. */

#include "dynamodb/auto_scaling.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

#define GLOBAL_TABLE_NAME                                                                               \
    {                                                                                                   \
        "GlobalTableName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" \
    }

static const struct member shape_replica[] = { { "RegionName", STRING }, { 0 } };
static const struct member shape_replica_action[] = { { "RegionName", STRING, .required = true }, { 0 } };
static const struct member shape_replica_update[] = {
    { "Create", STRUCTURE, .members = shape_replica_action, .class = "CreateReplicaAction" },
    { "Delete", STRUCTURE, .members = shape_replica_action, .class = "DeleteReplicaAction" },
    { 0 },
};
static const struct member shape_global_index_settings[] = {
    { "IndexName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "ProvisionedWriteCapacityUnits", LONG, .min = 1 },
    AUTO_SCALING_MEMBER("ProvisionedWriteCapacityAutoScalingSettingsUpdate"),
    { 0 },
};
static const struct member shape_replica_index_settings[] = {
    { "IndexName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "ProvisionedReadCapacityUnits", LONG, .min = 1 },
    AUTO_SCALING_MEMBER("ProvisionedReadCapacityAutoScalingSettingsUpdate"),
    { 0 },
};
static const struct member shape_replica_settings[] = {
    { "RegionName", STRING, .required = true },
    { "ReplicaProvisionedReadCapacityUnits", LONG, .min = 1 },
    AUTO_SCALING_MEMBER("ReplicaProvisionedReadCapacityAutoScalingSettingsUpdate"),
    { "ReplicaGlobalSecondaryIndexSettingsUpdate", SHAPE_LIST_OF(shape_replica_index_settings, "ReplicaGlobalSecondaryIndexSettingsUpdate"),
      .min = 1, .max = 20 },
    { "ReplicaTableClass", STRING, .values = shape_table_classes },
    { 0 },
};

const struct member dynamodb_create_global_table_input[] = {
    GLOBAL_TABLE_NAME, { "ReplicationGroup", SHAPE_LIST_OF(shape_replica, "Replica"), .required = true }, { 0 }
};
const struct member dynamodb_update_global_table_input[] = {
    GLOBAL_TABLE_NAME, { "ReplicaUpdates", SHAPE_LIST_OF(shape_replica_update, "ReplicaUpdate"), .required = true }, { 0 }
};
const struct member dynamodb_describe_global_table_input[] = { GLOBAL_TABLE_NAME, { 0 } };
const struct member dynamodb_describe_global_table_settings_input[] = { GLOBAL_TABLE_NAME, { 0 } };
const struct member dynamodb_update_global_table_settings_input[] = {
    GLOBAL_TABLE_NAME,
    { "GlobalTableBillingMode", STRING, .values = shape_billing_modes },
    { "GlobalTableProvisionedWriteCapacityUnits", LONG, .min = 1 },
    AUTO_SCALING_MEMBER("GlobalTableProvisionedWriteCapacityAutoScalingSettingsUpdate"),
    { "GlobalTableGlobalSecondaryIndexSettingsUpdate",
      SHAPE_LIST_OF(shape_global_index_settings, "GlobalTableGlobalSecondaryIndexSettingsUpdate"), .min = 1, .max = 20 },
    { "ReplicaSettingsUpdate", SHAPE_LIST_OF(shape_replica_settings, "ReplicaSettingsUpdate"), .min = 1, .max = 50 },
    { 0 },
};
const struct member dynamodb_list_global_tables_input[] = {
    { "ExclusiveStartGlobalTableName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Limit", INTEGER, .min = 1 },
    { "RegionName", STRING },
    { 0 },
};

static enum outcome refuse_version(struct call *call)
{
    return call_fail(call, ERR_VALIDATION,
                     "One or more parameter values were invalid: DynamoDB global tables version 2017.11.29 is not supported. We recommend "
                     "using DynamoDB global tables version 2019.11.21, instead of version 2017.11.29 (Legacy).");
}

/* Those about the table have words before it that those about its settings have not. */
static enum outcome refuse_unknown(struct call *call, const char *head)
{
    return call_fail(call, ERR_GLOBAL_TABLE_NOT_FOUND, "%sGlobal table with name: '%s' does not exist.", head,
                     call_string(call, "GlobalTableName"));
}

enum outcome dynamodb_create_global_table(struct call *call)
{
    return refuse_version(call);
}

/* A replica to be added is refused before anything is looked up. */
enum outcome dynamodb_update_global_table(struct call *call)
{
    json_t *updates = call_member(call, "ReplicaUpdates");
    json_t *update;
    size_t i;

    if (!json_array_size(updates))
        return call_fail(call, ERR_VALIDATION, "One or more parameter values were invalid");
    json_array_foreach(updates, i, update)
    {
        if (json_is_object(json_object_get(update, "Create")))
            return refuse_version(call);
    }
    return refuse_unknown(call, "Global table not found: ");
}

enum outcome dynamodb_describe_global_table(struct call *call)
{
    return refuse_unknown(call, "Global table not found: ");
}

enum outcome dynamodb_describe_global_table_settings(struct call *call)
{
    return refuse_unknown(call, "");
}

enum outcome dynamodb_update_global_table_settings(struct call *call)
{
    return refuse_unknown(call, "");
}

enum outcome dynamodb_list_global_tables(struct call *call)
{
    call->output = json_pack("{s:[]}", "GlobalTables");
    return DONE;
}
