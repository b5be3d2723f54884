#include "lambda/pending.h"

#include "base/memory.h"

#include <stdlib.h>

enum { CAPACITY_FIRST = 16 };

void pending_add(struct pending *pending, uint64_t position, int64_t arrived_ms, size_t size_bytes)
{
    if (pending->count == pending->capacity) {
        pending->capacity = pending->capacity ? pending->capacity * 2 : CAPACITY_FIRST;
        pending->positions = memory_resize(pending->positions, pending->capacity * sizeof *pending->positions);
    }
    if (!pending->count)
        pending->arrived_ms = arrived_ms;
    pending->positions[pending->count++] = position;
    pending->bytes += size_bytes;
}

size_t pending_end(struct pending *pending)
{
    while (pending->end_count && pending->ends[pending->end_count - 1] <= pending->first)
        pending->end_count--;
    return pending->end_count ? pending->ends[pending->end_count - 1] : pending->count;
}

void pending_narrow(struct pending *pending, size_t end)
{
    if (pending->end_count < PENDING_SPLITS_MAX && end < pending_end(pending))
        pending->ends[pending->end_count++] = end;
}

void pending_advance(struct pending *pending, size_t index)
{
    pending->first = index;
    if (pending_is_empty(pending))
        pending_reset(pending);
}

void pending_reset(struct pending *pending)
{
    pending->first = pending->count = pending->bytes = 0;
    pending->end_count = 0;
    pending->is_sealed = false;
}

void pending_clear(struct pending *pending)
{
    free(pending->positions);
    *pending = (struct pending){ 0 };
}
