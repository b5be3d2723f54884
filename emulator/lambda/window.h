#pragma once
/* A tumbling window of a shard: the span of time whose records a function aggregates, and the state that it hands from one invocation to
 * the next (facts C7). Spans are aligned to the epoch. Pure: no room, no timer. */

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

enum { WINDOW_STATE_MAX_BYTES = 1 << 20 };

struct window {
    bool is_open;
    int64_t start_ms;
    int64_t end_ms; /* the first moment that is not in it */
    uint64_t first; /* the position of its first record: the checkpoint rests there until the window is closed */
    char *state;    /* JSON; NULL: {} */
    bool is_too_large;
    uint64_t cause; /* for the trace: the result of the last attempt in it */
};

/* The window of that length that holds the moment, with an empty state. */
void window_open(struct window *window, int64_t length_ms, int64_t moment_ms, uint64_t first);

/* Whether a record of that moment belongs to it. */
bool window_holds(const struct window *window, int64_t moment_ms);

/* Adds what an event has beside its records: "window", "state", "shardId", ... */
void window_print(const struct window *window, struct buffer *event, const char *shard, const char *source_arn, bool is_final);

/* Takes the state from a function's answer; false when there is none, which counts as a failure. A state that is over the limit makes the
 * window end early. */
bool window_read_state(struct window *window, const char *answer, size_t size_bytes);

/* Closes it; its state is dropped. */
void window_close(struct window *window);
