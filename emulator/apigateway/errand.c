/* Errands to functions. */

#include "apigateway/errand.h"

#include <string.h>

static void come_back(void *context, const struct invocation_result *result)
{
    struct apigateway_errand *errand = context;

    list_remove(&errand->link);
    errand->done(errand, result);
}

void apigateway_errand_send(struct apigateway_errand *errand, const char *function, const struct buffer *event, int timeout_ms,
                            uint64_t cause)
{
    struct apigateway *room = errand->room;

    list_add(&room->errands, &errand->link);
    room->invoker.invoke(room->invoker.room, function, event->data, event->size, cause, timeout_ms, come_back, errand);
}

/* A function that was killed at its own time-out failed, and says so in its payload; one that outlived the integration's time is still
 * running, and has said nothing yet. */
enum apigateway_outcome apigateway_outcome_of(const struct invocation_result *result)
{
    switch (result->end) {
    case INVOCATION_DONE:
        break;
    case INVOCATION_ABSENT:
    case INVOCATION_THROTTLED:
        return APIGATEWAY_MISPLACED;
    case INVOCATION_BROKEN:
        return APIGATEWAY_FAILED;
    }
    if (result->is_timed_out && !result->size_bytes)
        return APIGATEWAY_TIMED_OUT;
    return result->error ? APIGATEWAY_FAILED : APIGATEWAY_ANSWERED;
}
