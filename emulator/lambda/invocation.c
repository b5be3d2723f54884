/* An invocation from its order to its end. */

#include "lambda/invocation.h"

#include "base/memory.h"
#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void on_impatient(struct timer *timer);

static char *copy_text(const char *text)
{
    return text && *text ? memory_copy_text(text) : NULL;
}

static void trace_start(struct invocation *invocation, uint64_t cause)
{
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s", invocation->version->name, invocation->request_id);
    invocation->event =
        trace_add(invocation->version->room->ground->trace, TRACE_INVOCATION, cause, subject, (int64_t)invocation->size_bytes, NULL);
}

struct invocation *invocation_new(const struct invocation_order *order)
{
    struct invocation *invocation = memory_new(sizeof *invocation);
    struct lambda *room = order->version->room;

    invocation->version = version_ref(order->version);
    invocation->payload = memory_copy(order->payload, order->size_bytes);
    invocation->size_bytes = order->size_bytes;
    invocation->arn = memory_copy_text(order->arn ? order->arn : order->version->arn);
    invocation->client_context = copy_text(order->client_context);
    invocation->wants_log = order->wants_log;
    invocation->done = order->done;
    invocation->context = order->context;
    if (order->request_id)
        snprintf(invocation->request_id, sizeof invocation->request_id, "%s", order->request_id);
    else
        random_uuid(&room->ids, invocation->request_id);
    if (order->wants_log)
        invocation->tail = memory_new(sizeof *invocation->tail);
    if (order->timeout_ms > 0)
        timer_start(room->ground->clock, &invocation->patience, order->timeout_ms, on_impatient);
    trace_start(invocation, order->cause);
    return invocation;
}

static void count(struct invocation *invocation, int by)
{
    invocation->version->room->running_count += by;
    if (invocation->version->function)
        invocation->version->function->running_count += by;
    invocation->is_counted = by > 0;
}

/* Why no more may run now, or NULL. */
static const char *limit_reached(const struct function_version *version)
{
    const struct function *function = version->function;

    if (function && function->reserved >= 0 && function->running_count >= function->reserved)
        return "ReservedFunctionConcurrentInvocationLimitExceeded";
    if (version->room->running_count >= LAMBDA_ACCOUNT_CONCURRENCY)
        return "ConcurrentInvocationLimitExceeded";
    return NULL;
}

const char *invocation_start(const struct invocation_order *order)
{
    struct invocation *invocation = invocation_new(order);
    const char *limit = limit_reached(order->version);

    if (limit) {
        invocation_refuse(invocation, INVOCATION_THROTTLED, limit);
    } else {
        count(invocation, 1);
        pool_submit(&order->version->pool, invocation);
    }
    return invocation->request_id;
}

/* ---- the answer ---- */

static void tell(struct invocation *invocation)
{
    invocation_done *done = invocation->done;
    char tail[LOG_TAIL_BYTES];
    struct invocation_result result = {
        .end = invocation->end,
        .error = invocation->error,
        .is_timed_out = invocation->is_timed_out,
        .payload = invocation->answer ? invocation->answer : "",
        .size_bytes = invocation->answer_size,
        .request_id = invocation->request_id,
        .event = invocation->result_event,
        .executed_version = invocation->version->number,
    };

    if (invocation->tail) {
        result.log_tail = tail;
        result.log_tail_bytes = log_tail_read(invocation->tail, tail);
    }
    timer_stop(invocation->version->room->ground->clock, &invocation->patience);
    invocation->done = NULL;
    if (done)
        done(invocation->context, &result);
}

static void trace_end(struct invocation *invocation, const char *note)
{
    char subject[160];

    snprintf(subject, sizeof subject, "%s/%s", invocation->version->name, invocation->request_id);
    invocation->result_event = trace_add(invocation->version->room->ground->trace, TRACE_RESULT, invocation->event, subject,
                                         (int64_t)invocation->answer_size, note);
}

void invocation_answer(struct invocation *invocation, const char *payload, size_t size_bytes, const char *error_type)
{
    if (invocation->is_answered)
        return;
    invocation->is_answered = true;
    invocation->answer = memory_copy(payload, size_bytes);
    invocation->answer_size = size_bytes;
    invocation->error = error_type ? "Unhandled" : NULL;
    trace_end(invocation, error_type ? error_type : "ok");
    if (!invocation->wants_log)
        tell(invocation);
}

void invocation_fail(struct invocation *invocation, const char *error_type, const char *format, ...)
{
    struct buffer payload = { 0 };
    va_list list;
    char *words;

    va_start(list, format);
    if (vasprintf(&words, format, list) < 0)
        words = memory_copy_text(error_type);
    va_end(list);
    buffer_print(&payload, "{\"errorType\":\"%s\",\"errorMessage\":", error_type);
    buffer_add_json_string(&payload, words, strlen(words));
    buffer_add_char(&payload, '}');
    invocation_answer(invocation, payload.data, payload.size, error_type);
    buffer_clear(&payload);
    free(words);
}

/* The asker gives up: it is told, and the function goes on. One that still waits is not run any more. */
static void on_impatient(struct timer *timer)
{
    struct invocation *invocation = list_item(timer, struct invocation, patience);
    struct invocation_result result = {
        .end = INVOCATION_DONE,
        .error = "Unhandled",
        .is_timed_out = true,
        .payload = "",
        .request_id = invocation->request_id,
        .event = invocation->event,
        .executed_version = invocation->version->number,
    };
    invocation_done *done = invocation->done;

    invocation->done = NULL;
    if (done)
        done(invocation->context, &result);
}

/* ---- the end ---- */

static void free_invocation(struct invocation *invocation)
{
    timer_stop(invocation->version->room->ground->clock, &invocation->patience);
    loop_forget(&invocation->tell);
    list_remove(&invocation->link);
    if (invocation->is_counted)
        count(invocation, -1);
    version_unref(invocation->version);
    free(invocation->payload);
    free(invocation->arn);
    free(invocation->client_context);
    free(invocation->tail);
    free(invocation->answer);
    free(invocation);
}

void invocation_finish(struct invocation *invocation)
{
    if (invocation->done)
        tell(invocation);
    free_invocation(invocation);
}

static void tell_refused(struct deferred *deferred)
{
    invocation_finish(list_item(deferred, struct invocation, tell));
}

void invocation_refuse(struct invocation *invocation, enum invocation_end end, const char *payload)
{
    invocation->end = end;
    invocation->answer = payload ? memory_copy_text(payload) : NULL;
    invocation->answer_size = payload ? strlen(payload) : 0;
    trace_end(invocation, end == INVOCATION_THROTTLED ? "throttled" : "absent");
    list_add(&invocation->version->room->refused, &invocation->link);
    loop_defer(invocation->version->room->ground->loop, &invocation->tell, tell_refused);
}
