/* Who runs what, and when one more environment is worth its while. */

#include "lambda/pool.h"

#include "lambda/environment_invoke.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/room.h"
#include "lambda/watch.h"

#include <signal.h>
#include <string.h>

static const struct ground *ground_of(const struct pool *pool)
{
    return pool->version->room->ground;
}

void pool_open(struct pool *pool, struct function_version *version)
{
    pool->version = version;
    list_init(&pool->environments);
    list_init(&pool->queue);
}

/* ---- the queue ---- */

static struct invocation *take_first(struct pool *pool)
{
    struct invocation *invocation;

    if (!pool->queue_count)
        return NULL;
    invocation = list_item(pool->queue.next, struct invocation, link);
    list_remove(&invocation->link);
    pool->queue_count--;
    return invocation;
}

void pool_withdraw(struct pool *pool, struct invocation *invocation)
{
    if (!invocation->link.next)
        return;
    list_remove(&invocation->link);
    pool->queue_count--;
}

void pool_failed_start(struct pool *pool, const char *payload, const char *error_type, const char *words)
{
    struct invocation *invocation = take_first(pool);

    if (!invocation)
        return;
    if (payload)
        invocation_answer(invocation, payload, strlen(payload), error_type);
    else
        invocation_fail(invocation, error_type, "RequestId: %s Error: %s", invocation->request_id, words);
    invocation_finish(invocation);
}

/* ---- the environments ---- */

/* The idle environment used last: it stands first. */
static struct environment *find_idle(const struct pool *pool)
{
    list_each(link, following, &pool->environments) {
        struct environment *environment = list_item(link, struct environment, link);

        if (environment->state == ENVIRONMENT_IDLE)
            return environment;
    }
    return NULL;
}

static int count_in(const struct pool *pool, enum environment_state state)
{
    int count = 0;

    list_each(link, following, &pool->environments)
        count += list_item(link, struct environment, link)->state == state;
    return count;
}

static void on_impatient(struct timer *timer);

/* How many environments the waiting invocations are short of. */
static int count_missing(struct pool *pool)
{
    int finishing = count_in(pool, ENVIRONMENT_FINISHING);
    int missing = pool->queue_count - count_in(pool, ENVIRONMENT_STARTING);

    if (missing > 0 && finishing && !pool->is_impatient) {
        if (!timer_is_running(&pool->patience))
            timer_start(ground_of(pool)->clock, &pool->patience, POOL_PATIENCE_MS, on_impatient);
        missing -= finishing;
    }
    return missing;
}

static void start_missing(struct pool *pool)
{
    struct arena arena = { 0 };
    const char *message;

    for (int missing = count_missing(pool); missing > 0 && pool->queue_count; missing--) {
        if (pool->environment_count >= pool->version->room->concurrency_max)
            break;
        if (environment_start(pool, &arena, &message) != OK) {
            struct invocation *invocation = take_first(pool);

            log_sink_line(pool->version->room->sink, pool->version->name, message, strlen(message));
            invocation->end = INVOCATION_BROKEN;
            invocation_fail(invocation, "Runtime.InvalidEntrypoint", "RequestId: %s Error: %s", invocation->request_id, message);
            invocation_finish(invocation);
        }
    }
    pool->is_impatient = false;
    arena_clear(&arena);
}

static void run(struct deferred *deferred)
{
    struct pool *pool = list_item(deferred, struct pool, run);
    struct function_version *version = version_ref(pool->version);
    struct environment *environment;

    while (pool->queue_count && (environment = find_idle(pool)))
        environment_give(environment, take_first(pool));
    if (!pool->is_closed)
        start_missing(pool);
    version_unref(version);
}

static void run_later(struct pool *pool)
{
    loop_defer(ground_of(pool)->loop, &pool->run, run);
}

static void on_impatient(struct timer *timer)
{
    struct pool *pool = list_item(timer, struct pool, patience);

    pool->is_impatient = true;
    run_later(pool);
}

/* Code that its author has just saved is live at the next invocation. */
void pool_notice_changes(struct pool *pool)
{
    struct code *code = pool->version->code;

    if (code && code->watch && code_watch_changed(code->watch))
        pool_renew(pool);
}

void pool_submit(struct pool *pool, struct invocation *invocation)
{
    struct environment *environment;

    pool_notice_changes(pool);
    environment = pool->queue_count ? NULL : find_idle(pool);
    if (environment) {
        environment_give(environment, invocation);
        return;
    }
    list_add(&pool->queue, &invocation->link);
    pool->queue_count++;
    run_later(pool);
}

bool pool_ready(struct pool *pool, struct environment *environment)
{
    struct invocation *invocation = take_first(pool);

    list_remove(&environment->link);
    list_add_first(&pool->environments, &environment->link);
    if (!invocation)
        return false;
    environment_give(environment, invocation);
    return true;
}

void pool_left(struct pool *pool)
{
    pool->environment_count--;
    if (pool->queue_count)
        run_later(pool);
}

/* Ends the environments that run nothing. */
static void end_resting(struct pool *pool)
{
    list_each(link, following, &pool->environments) {
        struct environment *environment = list_item(link, struct environment, link);

        if (environment->state != ENVIRONMENT_BUSY && !environment->invocation)
            environment_end(environment);
    }
}

void pool_renew(struct pool *pool)
{
    pool->generation++;
    end_resting(pool);
}

void pool_close(struct pool *pool)
{
    struct invocation *invocation;

    pool->is_closed = true;
    timer_stop(ground_of(pool)->clock, &pool->patience);
    end_resting(pool);
    while ((invocation = take_first(pool)))
        invocation_refuse(invocation, INVOCATION_ABSENT, NULL);
    loop_forget(&pool->run);
}

void pool_strike(struct pool *pool)
{
    list_each(link, following, &pool->environments) {
        struct environment *environment = list_item(link, struct environment, link);

        if (environment->child)
            child_kill(environment->child, SIGKILL);
    }
}

void pool_kill(struct pool *pool)
{
    struct invocation *invocation;

    pool->is_closed = true;
    timer_stop(ground_of(pool)->clock, &pool->patience);
    loop_forget(&pool->run);
    while ((invocation = take_first(pool))) {
        invocation->done = NULL;
        invocation_finish(invocation);
    }
    list_each(link, following, &pool->environments)
        environment_kill(list_item(link, struct environment, link));
}
