#pragma once
/* One execution environment: a child process that speaks the Runtime API on its own listener, one invocation at a time.
 *
 *   STARTING --next--> IDLE --give--> BUSY --response--> FINISHING --next--> IDLE ...      any --> ENDING
 *
 * INIT lasts until the first `next`, at most ten seconds; then it is begun anew under the function's own time-out, as on AWS. INVOKE lasts
 * until the following `next`. A process that ends, or is over its time, takes its whole process group with it. */

#include "base/arena.h"
#include "base/clock.h"
#include "base/list.h"
#include "lambda/environment_output.h"
#include "lambda/pool.h"
#include "lambda/runtime_api.h"
#include "loop/child.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>

enum { ENVIRONMENT_INIT_MS = 10000 };

enum environment_state { ENVIRONMENT_STARTING, ENVIRONMENT_IDLE, ENVIRONMENT_BUSY, ENVIRONMENT_FINISHING, ENVIRONMENT_ENDING };

struct environment {
    struct list link; /* in its pool, or in the room's list of ending ones */
    struct function_version *version;
    struct code *code; /* that it began with: it stays until the environment ends, whatever the version has by then */
    enum environment_state state;
    uint64_t generation;
    struct runtime_api *api;
    struct child *child; /* NULL once it has ended */
    struct environment_output output;
    struct invocation *invocation; /* while BUSY or FINISHING */
    struct timer deadline;         /* of INIT or of the invocation */
    struct timer rest;             /* idle time until it is reaped */
    struct deferred end;
    bool is_second_init;
    bool is_cold;            /* the next REPORT line tells the init's duration */
    int64_t init_began_us;   /* clock */
    int64_t init_us;         /* how long the init took */
    int64_t invoke_began_us; /* clock */
    int64_t memory_kb;       /* the most it used, as last read */
    int64_t memory_read_us;  /* when that was; stopwatch */
    char *directory;         /* its own TMPDIR */
    char log_stream[128];
};

/* Starts an environment for the pool's version. ABSENT when it cannot run: message (in arena) says why. */
enum status environment_start(struct pool *pool, struct arena *arena, const char **message);

/* From now on it has timeout_ms to go on to its next state. */
void environment_limit(struct environment *environment, int64_t timeout_ms);

/* Ends it: it leaves its pool, its process group is killed, and it is freed when the process is gone. */
void environment_end(struct environment *environment);

/* Ends it at once and waits for the process's end (the room closes). */
void environment_kill(struct environment *environment);
