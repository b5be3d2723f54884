#include "front/flow.h"

#include <string.h>

enum { COMPACT_BYTES = 65536 }; /* taken ones that are kept before the rest is moved down */

void flow_add(struct flow *flow, struct buffer *bytes)
{
    if (!bytes->size)
        return;
    if (flow_waiting(flow)) {
        buffer_add(&flow->bytes, bytes->data, bytes->size);
    } else {
        flow_clear(flow);
        flow->bytes = *bytes;
        *bytes = (struct buffer){ 0 };
    }
    buffer_clear(bytes);
}

size_t flow_take(struct flow *flow, void *into, size_t room)
{
    size_t size = flow_waiting(flow) < room ? flow_waiting(flow) : room;

    if (!size)
        return 0;
    memcpy(into, flow->bytes.data + flow->taken_bytes, size);
    flow->taken_bytes += size;
    flow->has_moved = true;
    if (!flow_waiting(flow)) {
        flow_clear(flow); /* who waits for more costs nothing */
    } else if (flow->taken_bytes >= COMPACT_BYTES && flow->taken_bytes >= flow->bytes.size / 2) {
        buffer_drop(&flow->bytes, flow->taken_bytes);
        flow->taken_bytes = 0;
    }
    return size;
}

size_t flow_waiting(const struct flow *flow)
{
    return flow->bytes.size - flow->taken_bytes;
}

bool flow_has_stalled(struct flow *flow, uint64_t turns)
{
    if (flow->has_moved || !flow_waiting(flow))
        flow->stalls = 0;
    else if (turns != flow->swept_turns)
        flow->stalls++;
    flow->has_moved = false;
    flow->swept_turns = turns;
    return flow->stalls > FLOW_STALLS_MAX;
}

void flow_clear(struct flow *flow)
{
    buffer_clear(&flow->bytes);
    flow->taken_bytes = 0;
}
