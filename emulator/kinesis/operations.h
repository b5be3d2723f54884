#pragma once
/* Every action answered here: AWS's name and ours. A row without its function and its input shape does not link. */

#include "aws/service.h"

/* One row a line, so that additions do not collide. */
/* clang-format off */
#define KINESIS_OPERATIONS(row) \
    row(AddTagsToStream, add_tags_to_stream) \
    row(CreateStream, create_stream) \
    row(DecreaseStreamRetentionPeriod, decrease_stream_retention_period) \
    row(DeleteResourcePolicy, delete_resource_policy) \
    row(DeleteStream, delete_stream) \
    row(DeregisterStreamConsumer, deregister_stream_consumer) \
    row(DescribeAccountSettings, describe_account_settings) \
    row(DescribeLimits, describe_limits) \
    row(DescribeStream, describe_stream) \
    row(DescribeStreamConsumer, describe_stream_consumer) \
    row(DescribeStreamSummary, describe_stream_summary) \
    row(DisableEnhancedMonitoring, disable_enhanced_monitoring) \
    row(EnableEnhancedMonitoring, enable_enhanced_monitoring) \
    row(GetRecords, get_records) \
    row(GetResourcePolicy, get_resource_policy) \
    row(GetShardIterator, get_shard_iterator) \
    row(IncreaseStreamRetentionPeriod, increase_stream_retention_period) \
    row(ListShards, list_shards) \
    row(ListStreamConsumers, list_stream_consumers) \
    row(ListStreams, list_streams) \
    row(ListTagsForResource, list_tags_for_resource) \
    row(ListTagsForStream, list_tags_for_stream) \
    row(MergeShards, merge_shards) \
    row(PutRecord, put_record) \
    row(PutRecords, put_records) \
    row(PutResourcePolicy, put_resource_policy) \
    row(RegisterStreamConsumer, register_stream_consumer) \
    row(RemoveTagsFromStream, remove_tags_from_stream) \
    row(SplitShard, split_shard) \
    row(StartStreamEncryption, start_stream_encryption) \
    row(StopStreamEncryption, stop_stream_encryption) \
    row(SubscribeToShard, subscribe_to_shard) \
    row(TagResource, tag_resource) \
    row(UntagResource, untag_resource) \
    row(UpdateAccountSettings, update_account_settings) \
    row(UpdateMaxRecordSize, update_max_record_size) \
    row(UpdateShardCount, update_shard_count) \
    row(UpdateStreamMode, update_stream_mode) \
    row(UpdateStreamWarmThroughput, update_stream_warm_throughput)
/* clang-format on */

#define KINESIS_DECLARATION(name, function)                  \
    extern const struct member kinesis_##function##_input[]; \
    operation_function kinesis_##function;
KINESIS_OPERATIONS(KINESIS_DECLARATION)
#undef KINESIS_DECLARATION
