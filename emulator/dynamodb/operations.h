#pragma once
/* Every action that is answered here: AWS's name and ours. A row makes the entry in the service's table; its function and its input shape
 * stand in op_<action>.c. */

#include "aws/call.h"
#include "aws/shape.h"

/* clang-format off */
#define DYNAMODB_OPERATIONS(row)         \
    row(CreateTable,   create_table)     \
    row(DescribeTable, describe_table)   \
    row(ListTables,    list_tables)      \
    row(DeleteTable,   delete_table)     \
    row(UpdateTable,   update_table)     \
    row(PutItem,       put_item)         \
    row(GetItem,       get_item)         \
    row(DeleteItem,    delete_item)      \
    row(UpdateItem,    update_item)      \
    row(Query,         query)            \
    row(Scan,          scan)             \
    row(BatchGetItem,  batch_get_item)   \
    row(BatchWriteItem, batch_write_item) \
    row(TransactWriteItems, transact_write_items) \
    row(TransactGetItems, transact_get_items) \
    row(ExecuteStatement, execute_statement) \
    row(BatchExecuteStatement, batch_execute_statement) \
    row(ExecuteTransaction, execute_transaction) \
    row(DescribeLimits, describe_limits) \
    row(DescribeEndpoints, describe_endpoints) \
    row(DescribeContinuousBackups, describe_continuous_backups) \
    row(UpdateContinuousBackups, update_continuous_backups) \
    row(CreateBackup, create_backup) \
    row(ListBackups, list_backups) \
    row(DescribeBackup, describe_backup) \
    row(DeleteBackup, delete_backup) \
    row(RestoreTableFromBackup, restore_table_from_backup) \
    row(RestoreTableToPointInTime, restore_table_to_point_in_time) \
    row(ListExports, list_exports) \
    row(DescribeExport, describe_export) \
    row(ListImports, list_imports) \
    row(DescribeImport, describe_import) \
    row(DescribeContributorInsights, describe_contributor_insights) \
    row(UpdateContributorInsights, update_contributor_insights) \
    row(ListContributorInsights, list_contributor_insights) \
    row(CreateGlobalTable, create_global_table) \
    row(UpdateGlobalTable, update_global_table) \
    row(DescribeGlobalTable, describe_global_table) \
    row(ListGlobalTables, list_global_tables) \
    row(DescribeGlobalTableSettings, describe_global_table_settings) \
    row(UpdateGlobalTableSettings, update_global_table_settings) \
    row(DescribeTableReplicaAutoScaling, describe_table_replica_auto_scaling) \
    row(UpdateTableReplicaAutoScaling, update_table_replica_auto_scaling) \
    row(PutResourcePolicy, put_resource_policy) \
    row(GetResourcePolicy, get_resource_policy) \
    row(DeleteResourcePolicy, delete_resource_policy) \
    row(UpdateTimeToLive, update_time_to_live) \
    row(DescribeTimeToLive, describe_time_to_live) \
    row(EnableKinesisStreamingDestination, enable_kinesis_streaming_destination) \
    row(DisableKinesisStreamingDestination, disable_kinesis_streaming_destination) \
    row(UpdateKinesisStreamingDestination, update_kinesis_streaming_destination) \
    row(DescribeKinesisStreamingDestination, describe_kinesis_streaming_destination) \
    row(TagResource, tag_resource) \
    row(UntagResource, untag_resource) \
    row(ListTagsOfResource, list_tags_of_resource)

/* The service DynamoDBStreams_20120810, on the same port. */
#define DYNAMODB_STREAMS_OPERATIONS(row)        \
    row(ListStreams, list_streams)              \
    row(DescribeStream, describe_stream)        \
    row(GetShardIterator, get_shard_iterator)   \
    row(GetRecords, get_records)
/* clang-format on */

#define DYNAMODB_DECLARATION(name, function)                  \
    extern const struct member dynamodb_##function##_input[]; \
    enum outcome dynamodb_##function(struct call *call);
DYNAMODB_OPERATIONS(DYNAMODB_DECLARATION)
DYNAMODB_STREAMS_OPERATIONS(DYNAMODB_DECLARATION)
#undef DYNAMODB_DECLARATION
