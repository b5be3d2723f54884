/* One struct per event, from its acceptance to its last attempt. It keeps names, not pointers: the function may be deleted or published
 * anew between two attempts. */

#include "lambda/retry.h"

#include "base/log.h"
#include "base/memory.h"
#include "lambda/event_record.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { RETRIES_MAX = 2, PAUSE_MS = 60 * 1000, THROTTLE_FIRST_MS = 1000, THROTTLE_MOST_MS = 300 * 1000, AGE_MAX_S = 6 * 3600 };

struct retry {
    struct list link;
    struct lambda *room;
    char *function; /* as invoked: an ARN with the caller's qualifier */
    char *payload;
    size_t size_bytes;
    char *client_context;
    char request_id[37];
    uint64_t cause;
    int64_t accepted_ms;
    int64_t throttle_ms; /* the next pause after a throttled attempt */
    int attempts;
    struct timer pause;
};

static void free_retry(struct retry *retry)
{
    timer_stop(retry->room->ground->clock, &retry->pause);
    list_remove(&retry->link);
    retry->room->waiting_bytes -= retry->size_bytes;
    free(retry->function);
    free(retry->payload);
    free(retry->client_context);
    free(retry);
}

static struct function *find(const struct retry *retry, struct function_name *name)
{
    return function_name_read(retry->function, name) ? function_find(retry->room, name->name) : NULL;
}

static int64_t limit(const struct retry *retry, const char *member, int64_t fallback)
{
    struct function_name name;
    struct function *function = find(retry, &name);
    json_t *value = function ? json_object_get(function->event_invoke, member) : NULL;

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

/* Tells the function's destinations how it ended. result: the last answer, or NULL when there was none. */
static void tell(const struct retry *retry, const char *condition, const struct invocation_result *result)
{
    struct function_name name;
    const struct function *function = find(retry, &name);

    if (!function)
        return;
    event_record_tell(function, &(struct event_record){
                                    .arn = retry->function,
                                    .condition = condition,
                                    .request_id = retry->request_id,
                                    .invoke_count = retry->attempts,
                                    .payload = retry->payload,
                                    .payload_bytes = retry->size_bytes,
                                    .version = result ? result->executed_version : NULL,
                                    .error = result ? result->error : NULL,
                                    .answer = result ? result->payload : NULL,
                                    .answer_bytes = result ? result->size_bytes : 0,
                                    .cause = retry->cause,
                                });
}

static void give_up(struct retry *retry, const char *why, const struct invocation_result *result)
{
    log_warn("the event %s for %s is given up after %d attempt(s): %s", retry->request_id, retry->function, retry->attempts, why);
    trace_add(retry->room->ground->trace, TRACE_FAULT, retry->cause, retry->function, (int64_t)retry->size_bytes, why);
    tell(retry, why, result);
    free_retry(retry);
}

static void finish(struct retry *retry, const struct invocation_result *result)
{
    tell(retry, "Success", result);
    free_retry(retry);
}

static void attempt(struct timer *timer);

static void wait_for(struct retry *retry, int64_t pause_ms, const struct invocation_result *result)
{
    struct clock *clock = retry->room->ground->clock;

    if (clock_now_ms(clock) + pause_ms - retry->accepted_ms > limit(retry, "MaximumEventAgeInSeconds", AGE_MAX_S) * 1000)
        give_up(retry, "EventAgeExceeded", result);
    else
        timer_start(clock, &retry->pause, pause_ms, attempt);
}

static void on_done(void *context, const struct invocation_result *result)
{
    struct retry *retry = context;

    retry->cause = result->event ? result->event : retry->cause;
    if (result->end == INVOCATION_THROTTLED) {
        int64_t pause_ms = retry->throttle_ms;

        retry->throttle_ms = pause_ms * 2 < THROTTLE_MOST_MS ? pause_ms * 2 : THROTTLE_MOST_MS;
        wait_for(retry, pause_ms, NULL);
        return;
    }
    retry->attempts++;
    if (result->end == INVOCATION_ABSENT)
        give_up(retry, "FunctionNotFound", NULL);
    else if (!result->error && result->end == INVOCATION_DONE)
        finish(retry, result);
    else if (retry->attempts > limit(retry, "MaximumRetryAttempts", RETRIES_MAX))
        give_up(retry, "RetriesExhausted", result);
    else
        wait_for(retry, PAUSE_MS * retry->attempts, result);
}

static void attempt(struct timer *timer)
{
    struct retry *retry = list_item(timer, struct retry, pause);
    struct function_name name;
    struct function *function = find(retry, &name);
    struct function_version *version = function ? function_drawn(function, name.qualifier) : NULL;

    if (!version) {
        give_up(retry, "FunctionNotFound", NULL);
        return;
    }
    if (function->reserved == 0) {
        give_up(retry, "ZeroReservedConcurrency", NULL);
        return;
    }
    invocation_start(&(struct invocation_order){
        .version = version,
        .payload = retry->payload,
        .size_bytes = retry->size_bytes,
        .arn = retry->function,
        .client_context = retry->client_context,
        .request_id = retry->request_id,
        .cause = retry->cause,
        .done = on_done,
        .context = retry,
    });
}

bool retry_start(const struct invocation_order *order)
{
    struct lambda *room = order->version->room;
    struct retry *retry;

    if (room->waiting_bytes + order->size_bytes > room->waiting_max_bytes)
        return false;
    retry = memory_new(sizeof *retry);
    retry->room = room;
    room->waiting_bytes += order->size_bytes;
    retry->function = memory_copy_text(order->arn ? order->arn : order->version->arn);
    retry->payload = memory_copy(order->payload, order->size_bytes);
    retry->size_bytes = order->size_bytes;
    retry->client_context = memory_copy_text(order->client_context);
    snprintf(retry->request_id, sizeof retry->request_id, "%s", order->request_id);
    retry->cause = order->cause;
    retry->accepted_ms = clock_now_ms(retry->room->ground->clock);
    retry->throttle_ms = THROTTLE_FIRST_MS;
    list_add(&retry->room->retries, &retry->link);
    attempt(&retry->pause);
    return true;
}

void retry_close_all(struct lambda *room)
{
    list_each(link, following, &room->retries)
        free_retry(list_item(link, struct retry, link));
}
