#pragma once
/* A shard's throughput as AWS bounds it: 1,000 records and 1 MiB a second in, 5 reads and 2 MiB a second out (facts: Kinesis, 6 and 7). Off
 * unless asked for (--kinesis-throttle, or the stream's tag lowcloud:throttle = on), because tests come in bursts. */

#include "base/clock.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* A bucket that refills with the clock; a zeroed one is full. */
struct bucket {
    int64_t spent;   /* millionths of a unit that are not refilled yet */
    int64_t seen_us; /* when that was true */
};

struct throttle {
    struct bucket records_in;
    struct bucket bytes_in;
    struct bucket reads_out;
    struct bucket bytes_out;
    uint64_t refused_call; /* the number of the last call of several records of which one was refused */
    bool is_overdrawn;     /* a read gave more than a second's worth, which is paid for to the last byte before the next one */
};

struct kinesis_stream;

/* Whether the stream is held to AWS's limits of its own: by the flag, or by its tag. */
bool kinesis_is_held(const struct kinesis_stream *stream);

/* Whether its shards are throttled; those of one on demand never are, for they would grow. */
bool kinesis_is_throttled(const struct kinesis_stream *stream);

/* Takes room for one record of size_bytes; false: the shard has no room for it now, and nothing was taken. */
bool throttle_take_record(struct throttle *throttle, const struct clock *clock, size_t size_bytes);

/* Takes room for one read; false when there were five within the second, or the shard still pays for what was read. */
bool throttle_take_read(struct throttle *throttle, const struct clock *clock);

/* Notes what a read gave: up to 10 MiB at once, which the next reads wait for. */
void throttle_note_read(struct throttle *throttle, const struct clock *clock, size_t size_bytes);
