#pragma once
/* One lane of a shard: the records that are pending, sent as an attempt (mapping_attempt.h), and judged by the function's answer. At most
 * one attempt is in flight, in the order of the records; what is before the lane's place is done or given up, so every record is delivered
 * at least once. */

#include "base/clock.h"
#include "lambda/mapping_source.h"
#include "lambda/pending.h"
#include "lambda/window.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { LANE_PAUSE_FIRST_MS = 500, LANE_PAUSE_MOST_MS = 60000 };

struct mapping_shard;

struct mapping_lane {
    struct mapping_shard *shard;
    int index;
    uint64_t scanned; /* the shard was looked through up to here; what is not done of it is pending */
    struct pending pending;
    bool is_at_boundary;  /* what comes next in the shard belongs to a later tumbling window */
    bool is_at_end;       /* the shard is closed, and scanned to its end */
    bool is_lost;         /* the shard is gone */
    struct timer filling; /* while a batch fills */
    bool is_ripe;         /* it has filled for long enough */
    struct window window; /* open between its first attempt and its final one */
    struct timer window_end;
    bool is_running;
    bool is_final;      /* the attempt in flight closes the window, and has no records */
    size_t running_end; /* of the attempt in flight, as an index of what is pending */
    int attempts;       /* failed ones, since records were done */
    int64_t pause_ms;   /* the next pause after a failure */
    struct timer pause; /* after a failure */
    uint64_t cause;     /* of the next attempt: the last one's result */
    struct {
        char request_id[37]; /* "": none yet */
        char version[16];    /* that was executed */
        bool is_error;       /* the function failed, not its report */
    } last;                  /* attempt that was answered */
};

/* A lane that begins at that position. */
void mapping_lane_init(struct mapping_lane *lane, struct mapping_shard *shard, int index, uint64_t position);

/* Sends an attempt if there is something to send and it may be sent. */
void mapping_lane_pump(struct mapping_lane *lane);

/* The position before which all its records are done, and their windows closed. */
uint64_t mapping_lane_next(const struct mapping_lane *lane);

/* Whether nothing of it is under way: no attempt in flight, nothing pending, no window open. */
bool mapping_lane_rests(const struct mapping_lane *lane);

/* The settings have changed: what was not sent yet is gathered anew. */
void mapping_lane_reconsider(struct mapping_lane *lane);

void mapping_lane_stop(struct mapping_lane *lane); /* its timers */
void mapping_lane_clear(struct mapping_lane *lane);

/* ---- for its attempts ---- */

/* Reads what is pending up to the index end again, into the mapping's room for records; answers how many there are. Those that the stream
 * has dropped meanwhile, its oldest, are done with. */
size_t mapping_lane_load(struct mapping_lane *lane, size_t end);

/* What is before the index is done; what comes behind it has tries of its own. */
void mapping_lane_advance(struct mapping_lane *lane, size_t index);

/* Gives up what is pending before the index. condition: AWS's word for the reason. */
void mapping_lane_give_up(struct mapping_lane *lane, size_t end, const char *condition);

/* Lets the lane rest for its next pause. */
void mapping_lane_try_later(struct mapping_lane *lane);
