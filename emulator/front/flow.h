#pragma once
/* A body on its way out, whatever version of HTTP carries it: bytes that are committed, and that the client takes as it can. A whole answer
 * is a flow that has ended before it began; one in pieces ends when whoever answers says so.
 *
 * A client stalls when something waits for it and it takes nothing. Stalls are counted in sweeps between which the loop has turned, not in
 * time: a clock that is moved by hand may pass minutes in which nobody could have written anything. */

#include "aws/exchange.h"

enum { FLOW_SWEEP_MS = 5000, FLOW_STALLS_MAX = 60 };

struct flow {
    struct buffer bytes;
    size_t taken_bytes;   /* of them, by the client */
    bool is_ended;        /* nothing more will come */
    bool has_moved;       /* the client took some since the last sweep */
    unsigned stalls;      /* sweeps in a row at which something waited and nothing had moved */
    uint64_t swept_turns; /* the count of turns at the last sweep */
};

/* Puts all of bytes into the flow; the buffer is empty afterwards. */
void flow_add(struct flow *flow, struct buffer *bytes);

/* Moves up to room bytes to `into`; answers how many. */
size_t flow_take(struct flow *flow, void *into, size_t room);

/* Bytes that wait for the client. */
size_t flow_waiting(const struct flow *flow);

/* To be asked at each sweep, with the number of turns that the loop has made: whether the client has stalled for too long. */
bool flow_has_stalled(struct flow *flow, uint64_t turns);

void flow_clear(struct flow *flow);
