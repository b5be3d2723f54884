#pragma once
/* Asynchronous invocations (InvocationType Event): accepted at once, tried again when the function fails (after one minute, then after two,
 * as on AWS, unless its event invoke configuration says otherwise), under the same request id. Throttled attempts are repeated with growing
 * pauses and cost no try. What is given up is logged and traced; the function's destinations are told of each end (event_record.h). */

#include "lambda/invocation.h"

enum { RETRY_WAITING_MAX_BYTES = 256 << 20 };

/* Takes a copy of the order (but its done and context) and begins. False, doing nothing, when as many bytes of events wait already as the
 * room allows. */
bool retry_start(const struct invocation_order *order);

struct lambda;

/* Forgets all that wait (the room closes). */
void retry_close_all(struct lambda *room);
