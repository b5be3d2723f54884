#pragma once
/* An errand: an invocation of a function that is under way. Whoever waits for it embeds one as its first member. When the room closes
 * meanwhile, nobody is told, and `drop` frees it. */

#include "apigateway/plan.h"
#include "apigateway/room.h"

struct apigateway_errand {
    struct list link;
    struct apigateway *room;
    /* Told once. The errand is its owner's again, to free or to send once more. */
    void (*done)(struct apigateway_errand *errand, const struct invocation_result *result);
    void (*drop)(struct apigateway_errand *errand); /* frees it when the room closes */
};

/* Invokes function (an ARN) with event for at most timeout_ms; `done` is told later. */
void apigateway_errand_send(struct apigateway_errand *errand, const char *function, const struct buffer *event, int timeout_ms,
                            uint64_t cause);

/* How an invocation ended, as API Gateway sees it. */
enum apigateway_outcome {
    APIGATEWAY_ANSWERED,  /* there is a payload to read */
    APIGATEWAY_FAILED,    /* the function raised or broke: 502, or "Internal server error" */
    APIGATEWAY_MISPLACED, /* there is no such function, or it was throttled: 500 */
    APIGATEWAY_TIMED_OUT  /* the integration's time was over: 504, or "Endpoint request timed out" */
};

enum apigateway_outcome apigateway_outcome_of(const struct invocation_result *result);
