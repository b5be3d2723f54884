/* DescribeTableReplicaAutoScaling and UpdateTableReplicaAutoScaling: of global tables of the version of 2019 alone. A table of one region
 * is none, and is told as one that is not there. */

#include "dynamodb/auto_scaling.h"
#include "dynamodb/intake.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

static const struct member shape_target_tracking[] = {
    { "DisableScaleIn", BOOLEAN },
    { "ScaleInCooldown", INTEGER },
    { "ScaleOutCooldown", INTEGER },
    { "TargetValue", DOUBLE, .required = true },
    { 0 },
};
static const struct member shape_scaling_policy[] = {
    { "PolicyName", STRING, .min = 1, .max = 256 },
    { "TargetTrackingScalingPolicyConfiguration", STRUCTURE, .required = true, .members = shape_target_tracking,
      .class = "AutoScalingTargetTrackingScalingPolicyConfigurationUpdate" },
    { 0 },
};
const struct member shape_auto_scaling[] = {
    { "MinimumUnits", LONG, .min = 1 },
    { "MaximumUnits", LONG, .min = 1 },
    { "AutoScalingDisabled", BOOLEAN },
    { "AutoScalingRoleArn", STRING, .min = 1, .max = 1600 },
    { "ScalingPolicyUpdate", STRUCTURE, .members = shape_scaling_policy, .class = "AutoScalingPolicyUpdate" },
    { 0 },
};

static const struct member shape_scaled_index[] = {
    { "IndexName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    AUTO_SCALING_MEMBER("ProvisionedWriteCapacityAutoScalingUpdate"),
    { 0 },
};
static const struct member shape_replica_index_update[] = {
    { "IndexName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    AUTO_SCALING_MEMBER("ProvisionedReadCapacityAutoScalingUpdate"),
    { 0 },
};
static const struct member shape_replica_update[] = {
    { "RegionName", STRING, .required = true },
    { "ReplicaGlobalSecondaryIndexUpdates", SHAPE_LIST_OF(shape_replica_index_update, "ReplicaGlobalSecondaryIndexAutoScalingUpdate") },
    AUTO_SCALING_MEMBER("ReplicaProvisionedReadCapacityAutoScalingUpdate"),
    { 0 },
};

const struct member dynamodb_describe_table_replica_auto_scaling_input[] = { { "TableName", STRING }, { 0 } };
const struct member dynamodb_update_table_replica_auto_scaling_input[] = {
    { "GlobalSecondaryIndexUpdates", SHAPE_LIST_OF(shape_scaled_index, "GlobalSecondaryIndexAutoScalingUpdate"), .min = 1 },
    { "TableName", STRING },
    AUTO_SCALING_MEMBER("ProvisionedWriteCapacityAutoScalingUpdate"),
    { "ReplicaUpdates", SHAPE_LIST_OF(shape_replica_update, "ReplicaAutoScalingUpdate"), .min = 1 },
    { 0 },
};

static enum outcome refuse(struct call *call)
{
    return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Global table with name: '%s' does not exist.",
                     intake_table_name(call_string(call, "TableName")));
}

enum outcome dynamodb_describe_table_replica_auto_scaling(struct call *call)
{
    return refuse(call);
}

enum outcome dynamodb_update_table_replica_auto_scaling(struct call *call)
{
    return refuse(call);
}
