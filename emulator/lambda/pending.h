#pragma once
/* The records that a lane of a shard has to deliver next, by their positions: gathered until they are sent, then sealed. Whatever comes in
 * meanwhile, further attempts are for these records alone. Attempts may be narrowed, by halving or by what a report leaves over; the ends
 * of narrowed attempts stand on a stack. Pure: no stream, no timer. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { PENDING_SPLITS_MAX = 16 }; /* halving 10,000 records takes 14 */

struct pending {
    uint64_t *positions;
    size_t count;
    size_t capacity;
    size_t first;       /* what is before it is done */
    size_t bytes;       /* of all records' data */
    int64_t arrived_ms; /* the first record's time */
    bool is_sealed;
    size_t ends[PENDING_SPLITS_MAX]; /* of narrowed attempts, outermost first */
    int end_count;
};

static inline bool pending_is_empty(const struct pending *pending)
{
    return pending->first == pending->count;
}

void pending_add(struct pending *pending, uint64_t position, int64_t arrived_ms, size_t size_bytes);

/* The index where the next attempt ends. */
size_t pending_end(struct pending *pending);

/* Lets the next attempt end at that index, if it would go further. */
void pending_narrow(struct pending *pending, size_t end);

/* What is before the index is done; when that is all, the batch is empty and open again. */
void pending_advance(struct pending *pending, size_t index);

/* Forgets all records; what memory they took stays. */
void pending_reset(struct pending *pending);

void pending_clear(struct pending *pending);
