#pragma once
/* How records look in the answers that carry many of them: written as text at once, since this is what most of an answer is. */

#include "base/buffer.h"
#include "kinesis/stream.h"

/* Adds [{SequenceNumber, ApproximateArrivalTimestamp, Data, PartitionKey}, ...] for the records from position on: at most `limit`, and
 * about max_bytes of data and keys, but at least one when there is one. Answers the position behind the last. */
uint64_t kinesis_print_records(struct buffer *text, const struct shard *shard, uint64_t position, int64_t limit, size_t max_bytes);

/* Adds "ChildShards":[...] for the shards that took over from this one. */
void kinesis_print_children(struct buffer *text, const struct shard *shard);
