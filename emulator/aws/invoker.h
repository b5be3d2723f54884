#pragma once
/* How a room has a function invoked without knowing the Lambda room: world hands it one of these. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum invocation_end {
    INVOCATION_DONE,      /* the function ran; `error` tells whether it failed */
    INVOCATION_ABSENT,    /* there is no such function */
    INVOCATION_THROTTLED, /* no environment may be added */
    INVOCATION_BROKEN     /* it could not be started at all (no runtime on this machine, ...): `payload` is AWS's error JSON */
};

struct invocation_result {
    enum invocation_end end;
    const char *error;   /* NULL, or "Unhandled": the function error header */
    bool is_timed_out;   /* it was killed at its time-out, and payload says so; or, with an empty payload, the caller gave up */
    const char *payload; /* what the function answered, or AWS's error JSON; size bytes and a NUL; good during the callback */
    size_t size_bytes;
    const char *request_id;
    uint64_t event;               /* the trace id of the result */
    const char *executed_version; /* "$LATEST", or the number that an alias led to */
    const char *log_tail;         /* the last 4 KiB of the log, when they were asked for; good during the callback */
    size_t log_tail_bytes;
};

/* Told exactly once, while the world is open. When it closes, rooms close in reverse order without a turn in between, and nobody is told
 * any more: who waits frees what it waits with. */
typedef void invocation_done(void *context, const struct invocation_result *result);

struct invoker {
    /* Invokes the function named by name or (qualified) ARN with payload (copied), caused by the trace event `cause`. `done` is never
     * called before this returns. timeout_ms > 0: the caller gives up then (it is told INVOCATION_DONE with is_timed_out) while the
     * function goes on. */
    void (*invoke)(void *room, const char *function, const char *payload, size_t size_bytes, uint64_t cause, int64_t timeout_ms,
                   invocation_done *done, void *context);
    void *room;
};
