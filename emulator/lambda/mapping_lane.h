#pragma once
/* One lane of a shard: the batch that is gathered from its records, sent, and judged by the function's answer. At most one batch is in
 * flight, in the order of the records; what is before the lane's place is done or given up, so every record is delivered at least once.
 *
 * A batch that was sent is sealed: whatever comes in meanwhile, further attempts are for its records alone. Attempts may be narrowed, by
 * halving or by what a report leaves over; the ends of the narrowed attempts stand on a stack. */

#include "base/clock.h"
#include "lambda/mapping_source.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANE_SPLITS_MAX = 16, LANE_PAUSE_FIRST_MS = 500, LANE_PAUSE_MOST_MS = 60000 };

struct mapping_shard;

struct mapping_lane {
    struct mapping_shard *shard;
    int index;
    uint64_t scanned;    /* the shard was looked through up to here; what is not done of it is in the batch */
    uint64_t *positions; /* of the batch's records */
    size_t count;
    size_t capacity;
    size_t first; /* the first record that is not done */
    size_t bytes; /* of the records' data */
    bool is_sealed;
    bool is_at_end;               /* the shard is closed, and scanned to its end */
    bool is_lost;                 /* the shard is gone */
    size_t ends[LANE_SPLITS_MAX]; /* where narrowed attempts end, outermost first */
    int end_count;
    bool is_running;
    size_t running_end;  /* of the attempt in flight */
    int attempts;        /* failed ones, since `first` moved */
    int64_t pause_ms;    /* the next pause after a failure */
    struct timer pause;  /* after a failure */
    struct timer window; /* while a batch fills */
    bool is_window_over;
    uint64_t cause; /* of the next attempt, after a failed one */
};

/* A lane that begins at that position. */
void mapping_lane_init(struct mapping_lane *lane, struct mapping_shard *shard, int index, uint64_t position);

/* Sends a batch if one is there and may be sent. */
void mapping_lane_pump(struct mapping_lane *lane);

/* The position before which all its records are done. */
uint64_t mapping_lane_next(const struct mapping_lane *lane);

/* Whether nothing of it is under way: no batch in flight, none to be repeated. */
bool mapping_lane_rests(const struct mapping_lane *lane);

/* Forgets a batch that was not sent yet: its records are gathered anew. */
void mapping_lane_reconsider(struct mapping_lane *lane);

void mapping_lane_stop(struct mapping_lane *lane); /* its timers */
void mapping_lane_clear(struct mapping_lane *lane);
