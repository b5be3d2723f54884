#pragma once
/* One shard of a mapping's stream: its place, and the batch that is made from there, sent, and judged by the function's answer. */

#include "base/clock.h"
#include "kinesis/kinesis.h"

#include <stdbool.h>
#include <stdint.h>

enum { MAPPING_SPLITS_MAX = 16, MAPPING_PAUSE_FIRST_MS = 500, MAPPING_PAUSE_MOST_MS = 60000 };

struct mapping;

struct mapping_shard {
    struct mapping *mapping;
    char shard[40];
    char parents[2][40];               /* "" for none: drained before this one begins */
    struct kinesis_reader place;       /* what is before it is done */
    uint64_t ends[MAPPING_SPLITS_MAX]; /* where narrowed batches end, outermost first */
    int end_count;
    bool is_drained; /* closed and wholly read */
    bool is_running;
    bool is_window_over;
    int attempts;         /* failed ones of the batch at `place` */
    int64_t pause_ms;     /* the next pause after a failure */
    struct timer pause;   /* after a failure */
    struct timer window;  /* while a batch fills */
    uint64_t running_end; /* of the batch in flight */
    uint64_t cause;       /* of the next attempt, after a failed one */
};

/* Sends a batch if one is there and may be sent. */
void mapping_shard_pump(struct mapping_shard *shard);

/* What is before position is done or given up. */
void mapping_shard_move_on(struct mapping_shard *shard, uint64_t position);

/* The shard is that of a stream which was made anew: reader stands at its beginning. */
void mapping_shard_begin_anew(struct mapping_shard *shard, const struct kinesis_reader *reader);
