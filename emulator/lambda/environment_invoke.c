/* What passes between a runtime and its environment from `next` to `next`. */

#include "lambda/environment_invoke.h"

#include "base/text.h"
#include "lambda/environment_report.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/room.h"
#include "lambda/runtime_http.h"

#include <strings.h>

static struct clock *clock_of(const struct environment *environment)
{
    return environment->version->room->ground->clock;
}

void environment_give(struct environment *environment, struct invocation *invocation)
{
    const struct ground *ground = environment->version->room->ground;
    int64_t timeout_ms = version_timeout_ms(environment->version);
    char trace_id[96];

    timer_stop(ground->clock, &environment->rest);
    environment->state = ENVIRONMENT_BUSY;
    environment->invocation = invocation;
    environment->invoke_began_us = clock_now_us(ground->clock);
    log_source_begin(&environment->output.log, invocation->tail);
    environment_report_start(environment);
    environment_limit(environment, timeout_ms);
    trace_header(ground->trace, invocation->event, trace_id);
    runtime_api_give(environment->api, &(struct runtime_delivery){
                                           .request_id = invocation->request_id,
                                           .deadline_ms = clock_now_ms(ground->clock) + timeout_ms,
                                           .function_arn = invocation->arn,
                                           .trace_id = trace_id,
                                           .client_context = invocation->client_context,
                                           .body = invocation->payload,
                                           .size_bytes = invocation->size_bytes,
                                       });
}

/* ---- its end ---- */

/* The invocation is over: log, tell, forget. */
static void finish(struct environment *environment, const char *status)
{
    struct invocation *invocation = environment->invocation;

    if (!invocation)
        return;
    environment_output_drain(&environment->output);
    environment_report_end(environment, status);
    log_source_begin(&environment->output.log, NULL);
    timer_stop(clock_of(environment), &environment->deadline);
    environment->invocation = NULL;
    invocation_finish(invocation);
}

void environment_invoke_fail(struct environment *environment, const char *words)
{
    struct invocation *invocation = environment->invocation;

    if (!invocation)
        return;
    if (environment->state == ENVIRONMENT_BUSY) {
        log_source_say(&environment->output.log, "RequestId: %s Error: %s", invocation->request_id, words);
        log_source_say(&environment->output.log, "Runtime.ExitError");
        invocation_fail(invocation, "Runtime.ExitError", "RequestId: %s Error: %s", invocation->request_id, words);
        finish(environment, "Status: error\tError Type: Runtime.ExitError");
    } else {
        finish(environment, "");
    }
}

void environment_invoke_time_out(struct environment *environment)
{
    struct invocation *invocation = environment->invocation;
    struct arena arena = { 0 };
    double limit_s = (double)version_timeout_ms(environment->version) / 1e3;

    environment_output_drain(&environment->output);
    log_source_say(&environment->output.log, "%s %s Task timed out after %.2f seconds",
                   text_iso_time(&arena, clock_now_ms(clock_of(environment))), invocation->request_id, limit_s);
    arena_clear(&arena);
    invocation->is_timed_out = !invocation->is_answered;
    invocation_fail(invocation, "Sandbox.Timedout", "RequestId: %s Error: Task timed out after %.2f seconds", invocation->request_id,
                    limit_s);
    finish(environment, "Status: timeout");
    environment_end(environment);
}

/* ---- the runtime asks ---- */

static void on_rested(struct timer *timer)
{
    environment_end(list_item(timer, struct environment, rest));
}

enum runtime_verdict environment_invoke_next(void *owner)
{
    struct environment *environment = owner;
    struct pool *pool = &environment->version->pool;
    struct clock *clock = clock_of(environment);

    if (environment->state == ENVIRONMENT_BUSY || environment->state == ENVIRONMENT_ENDING)
        return RUNTIME_WRONG_STATE;
    timer_stop(clock, &environment->deadline);
    if (environment->state == ENVIRONMENT_STARTING) {
        environment->init_us = clock_now_us(clock) - environment->init_began_us;
        environment->is_cold = true;
    }
    finish(environment, "");
    pool_notice_changes(pool);
    if (environment->generation != pool->generation || pool->is_closed) {
        environment_end(environment);
        return RUNTIME_ACCEPTED;
    }
    environment->state = ENVIRONMENT_IDLE;
    if (!pool_ready(pool, environment))
        timer_start(clock, &environment->rest, POOL_IDLE_MS, on_rested);
    return RUNTIME_ACCEPTED;
}

/* The runtime gave up waiting (or its connection broke): it is not idle until it asks again, which it has to within the function's time. */
void environment_invoke_lost(void *owner)
{
    struct environment *environment = owner;

    if (environment->state != ENVIRONMENT_IDLE)
        return;
    environment->state = ENVIRONMENT_FINISHING;
    environment_limit(environment, version_timeout_ms(environment->version));
}

/* ---- the runtime answers ---- */

/* Whether the post answers the invocation at hand; accepted, the environment waits for nothing but `next`. */
static enum runtime_verdict take_post(struct environment *environment, const struct runtime_post *post)
{
    const struct invocation *invocation = environment->invocation;

    if (!invocation || !text_is(post->request_id, invocation->request_id))
        return RUNTIME_WRONG_REQUEST_ID;
    if (environment->state != ENVIRONMENT_BUSY)
        return RUNTIME_WRONG_STATE;
    environment_output_drain(&environment->output);
    environment->state = ENVIRONMENT_FINISHING;
    return RUNTIME_ACCEPTED;
}

/* error_type: NULL for a response. */
static void answer(struct invocation *invocation, const struct runtime_post *post, const char *error_type)
{
    if (post->is_too_large)
        invocation_fail(invocation, "Function.ResponseSizeTooLarge",
                        "Response payload size exceeded maximum allowed payload size (%d bytes).", RUNTIME_BODY_MAX_BYTES);
    else
        invocation_answer(invocation, post->body, post->size_bytes, error_type);
}

static bool is_known_mode(const char *mode)
{
    return !mode || !strcasecmp(mode, "streaming") || !strcasecmp(mode, "buffered");
}

enum runtime_verdict environment_invoke_response(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    struct invocation *invocation = environment->invocation;
    enum runtime_verdict verdict = take_post(environment, post);

    if (verdict != RUNTIME_ACCEPTED)
        return verdict;
    if (!is_known_mode(post->response_mode)) {
        invocation_fail(invocation, "Runtime.InvalidResponseModeHeader", "RequestId: %s Error: Invalid response mode header",
                        invocation->request_id);
        return RUNTIME_WRONG_RESPONSE_MODE;
    }
    answer(invocation, post, NULL);
    return RUNTIME_ACCEPTED;
}

enum runtime_verdict environment_invoke_error(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    enum runtime_verdict verdict = take_post(environment, post);

    if (verdict == RUNTIME_ACCEPTED)
        answer(environment->invocation, post, post->error_type ? post->error_type : "Unhandled");
    return verdict;
}
