#pragma once
/* One run of a function: asked for, waiting, running, answered, finished. Its asker is told once, as soon as the runtime has answered, or
 * when the log tail was asked for, after the REPORT line. */

#include "aws/invoker.h"
#include "base/clock.h"
#include "base/list.h"
#include "lambda/logs.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct function_version;

struct invocation_order {
    struct function_version *version;
    const char *payload; /* copied */
    size_t size_bytes;
    const char *arn;            /* of the function as invoked; NULL: unqualified */
    const char *client_context; /* JSON text, or NULL */
    const char *request_id;     /* NULL: a fresh one */
    bool wants_log;
    uint64_t cause;     /* trace event */
    int64_t timeout_ms; /* > 0: how long the asker waits */
    invocation_done *done;
    void *context;
};

struct invocation {
    struct list link; /* in the pool's queue */
    struct function_version *version;
    char request_id[37];
    char *payload;
    size_t size_bytes;
    char *arn;
    char *client_context;
    uint64_t event;        /* of the trace: its start */
    uint64_t result_event; /* its end */
    bool wants_log;
    bool is_counted;       /* among its function's running ones */
    struct log_tail *tail; /* when wants_log */
    struct timer patience;
    invocation_done *done; /* NULL once told */
    void *context;
    struct deferred tell;
    /* the answer */
    enum invocation_end end;
    bool is_answered;
    bool is_timed_out;
    const char *error; /* NULL or "Unhandled" */
    char *answer;      /* owned; NULL: none yet */
    size_t answer_size;
};

struct invocation *invocation_new(const struct invocation_order *order);

/* Creates and submits; refuses (through done, later) when a concurrency limit is reached. `done` is never called before this returns.
 * Answers the request id, good until done is called. */
const char *invocation_start(const struct invocation_order *order);

/* The runtime's answer, or a failure with AWS's error JSON as payload; the payload is copied. The first counts. Tells the asker unless it
 * waits for the log. note: the error's type for the trace, NULL when it went well. */
void invocation_answer(struct invocation *invocation, const char *payload, size_t size_bytes, const char *error_type);

/* As invocation_answer, for AWS's own errors: {"errorType":..., "errorMessage":...}, printf-like. */
void invocation_fail(struct invocation *invocation, const char *error_type, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Ends an invocation that never ran. It must be in no queue any more. */
void invocation_refuse(struct invocation *invocation, enum invocation_end end, const char *payload);

/* It is over: tells who still waits, and frees. */
void invocation_finish(struct invocation *invocation);
