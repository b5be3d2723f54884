#pragma once
/* What a pipeline must push, worked out from the fixes and the fences alone, and whether each client got exactly that: all of it, in order,
 * and nothing else. */

#include "fence.h"
#include "vehicle.h"

#include <stdbool.h>
#include <stddef.h>

struct expected_push {
    bool is_enter;
    const struct fence *fence;
    uint64_t seq; /* of the fix that crossed */
};

/* One vehicle's pushes, in order. Zero it before use. */
struct expected_list {
    struct fence_presence presence;
    struct expected_push *pushes;
    size_t count;
    size_t capacity;
    uint64_t seq; /* of the latest fix */
};

/* The vehicle made a fix. */
void expected_list_step(struct expected_list *list, const struct fence_list *fences, const struct fix *fix);

void expected_list_clear(struct expected_list *list);

/* Reads a push of push.py: {"type":"enter"|"exit","vehicle":...,"fence":...,"seq":...} and holds it against the next one that a client
 * which follows `vehicle` is to get (*seen counts them). NULL when it is that one; otherwise what is wrong with it, for a person. */
const char *expected_list_check(const struct expected_list *list, const char *vehicle, size_t *seen, const char *text, size_t size_bytes);
