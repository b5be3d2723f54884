#pragma once
/* The environments of one version and the invocations that wait for one: an idle environment is used again, the one used last first;
 * otherwise one is added, up to a bound; beyond it invocations wait in order.
 *
 * An environment that has answered but not yet asked for more ("finishing") is nearly always idle within microseconds, so an invocation
 * waits POOL_PATIENCE_MS for it before another environment is started in its stead. */

#include "base/clock.h"
#include "base/list.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>

enum { POOL_PATIENCE_MS = 25, POOL_IDLE_MS = 10 * 60 * 1000 };

struct environment;
struct function_version;
struct invocation;

struct pool {
    struct function_version *version;
    struct list environments; /* all that are not ending */
    int environment_count;
    struct list queue; /* invocations, oldest first */
    int queue_count;
    uint64_t generation; /* grows when code or configuration changes: older environments run nothing more */
    struct timer patience;
    bool is_impatient; /* do not count on the finishing ones */
    bool is_closed;
    struct deferred run;
};

void pool_open(struct pool *pool, struct function_version *version);

/* Hands over an invocation (taken): it runs at once when an environment is idle, otherwise from the end of this turn on. */
void pool_submit(struct pool *pool, struct invocation *invocation);

/* Takes an invocation that still waits out of the queue. */
void pool_withdraw(struct pool *pool, struct invocation *invocation);

/* Code or configuration changed: idle and starting environments end, busy ones end when they have answered. */
void pool_renew(struct pool *pool);

/* Ends what is idle or starting and tells the waiting that the function is gone; busy environments end when they have answered. */
void pool_close(struct pool *pool);

/* Sends all processes SIGKILL without waiting for their ends, so that many end side by side. */
void pool_strike(struct pool *pool);

/* Kills everything at once and waits for the ends (the room closes). */
void pool_kill(struct pool *pool);

/* Renews the pool when its code's directory was changed. */
void pool_notice_changes(struct pool *pool);

/* ---- told by environments ---- */

/* It asked for an invocation: answers true when it got one (or was ended), false when it rests. */
bool pool_ready(struct pool *pool, struct environment *environment);

/* It ended before it ever asked: the invocation that waits longest fails with the error JSON that the runtime gave, or (payload NULL) with
 * AWS's own for error_type and words. */
void pool_failed_start(struct pool *pool, const char *payload, const char *error_type, const char *words);

/* It is ending and no more of this pool. */
void pool_left(struct pool *pool);
