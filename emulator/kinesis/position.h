#pragma once
/* Where reading of a shard begins, as GetShardIterator and SubscribeToShard both let one say (facts: Kinesis, 7). */

#include "kinesis/room.h"

extern const char *const kinesis_position_types[]; /* in AWS's order; NULL ends it */

struct starting_point {
    const char *type;            /* one of kinesis_position_types */
    const char *sequence_number; /* NULL: not given */
    bool has_time;
    double time_s; /* seconds since the epoch */
};

/* The position of the first record to read. FAILED, after call_fail, for what does not fit together, a time in the future, and a sequence
 * number of another shard or stream. */
enum outcome kinesis_position_find(struct call *call, const struct shard *shard, const struct starting_point *start, uint64_t *position);

/* The shard that a client calls id, of the stream of that name; NULL after call_fail, which speaks of the shard even when it is the stream
 * that is not there, as the service does. */
struct shard *kinesis_position_shard(struct call *call, const char *stream, const char *id);
