#pragma once
/* Every action answered here: AWS's name and ours. A row without its function and its input shape does not link. */

#include "aws/service.h"

#define KINESIS_OPERATIONS(row)                                                                                                    \
    row(CreateStream, create_stream) row(DeleteStream, delete_stream) row(DescribeStream, describe_stream)                         \
        row(DescribeStreamSummary, describe_stream_summary) row(GetRecords, get_records) row(GetShardIterator, get_shard_iterator) \
            row(ListShards, list_shards) row(ListStreams, list_streams) row(PutRecord, put_record) row(PutRecords, put_records)

#define KINESIS_DECLARATION(name, function)                  \
    extern const struct member kinesis_##function##_input[]; \
    operation_function kinesis_##function;
KINESIS_OPERATIONS(KINESIS_DECLARATION)
#undef KINESIS_DECLARATION
