#pragma once
/* Reads lowcloud's trace (GET /_lowcloud/trace, lines of JSON) and follows causes: from a frame back to the record that it came from, with
 * the time that each stage took. */

#include "figures.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The stages of a push, in the order of its way. */
enum demo_stage { STAGE_BATCH, STAGE_INVOCATION, STAGE_MANAGEMENT, STAGE_FRAME, STAGE_COUNT };

struct demo_event;

struct demo_trace {
    struct demo_event *events; /* at their id */
    size_t capacity;
    uint64_t newest;
    uint64_t missed; /* events that were gone from the ring before they were read */
    uint64_t records;
    uint64_t batches;
    uint64_t invocations;
    uint64_t results;
    uint64_t failures; /* results that are not ok, and faults */
    uint64_t managements;
    uint64_t frames;                    /* that went to clients */
    struct figures stages[STAGE_COUNT]; /* microseconds since the stage before */
    uint64_t traced;                    /* frames whose way was followed back to a record */
};

/* Takes the body of an answer: whole lines. False when a line is not an event. Zero the trace before the first. */
bool demo_trace_read(struct demo_trace *trace, const char *lines, size_t size_bytes);

void demo_trace_clear(struct demo_trace *trace);
