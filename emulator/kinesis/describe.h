#pragma once
/* How streams and shards look in answers, and where a listing of shards begins. */

#include "kinesis/room.h"

/* "CREATING", "ACTIVE", "UPDATING", "DELETING" */
const char *kinesis_state_text(const struct kinesis_stream *stream);

/* The names of shard-level metrics, from their bits; new reference. */
json_t *kinesis_metrics_json(unsigned metrics);

/* What DescribeStream and DescribeStreamSummary share; new reference. */
json_t *kinesis_stream_json(const struct kinesis_stream *stream);

/* {TargetMiBps, CurrentMiBps} of its warm throughput; new reference. */
json_t *kinesis_warmth_json(const struct kinesis_stream *stream);

/* {ShardId, HashKeyRange, SequenceNumberRange}; new reference. */
json_t *kinesis_shard_json(const struct shard *shard);

/* The index of the first shard to list behind the one with the id `after`; NULL: of all. FAILED after call_fail for what is no shard's id
 * at all; an id beyond the last shard has none behind it. */
enum outcome kinesis_first_behind(struct call *call, const struct kinesis_stream *stream, const char *after, unsigned *first);

/* [{ShardId, ParentShards, HashKeyRange}] for the shards that took over from this one; new reference. */
json_t *kinesis_children_json(const struct shard *shard);

/* Seconds with at most three decimals, as a number that prints plainly. */
json_t *kinesis_time_json(int64_t time_ms);
