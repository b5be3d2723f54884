#pragma once
/* A convoy: vehicles that drive at the same time and put their fixes into a stream. Each vehicle has at most one fix under way, so its
 * fixes arrive in order whatever is throttled, lost or repeated; fixes of different vehicles share PutRecords calls, and a few calls run
 * side by side. A fix that Kinesis did not take is put again after a pause that doubles. Nothing is dropped: when the stream is slow the
 * vehicles' fixes come late. */

#include "courier.h"
#include "figures.h"
#include "producer.h"
#include "vehicle.h"

#include <stdbool.h>

struct convoy;

struct convoy_options {
    const struct track *tracks; /* vehicles take them in turn */
    size_t track_count;
    int64_t vehicle_count;
    const char *id_prefix; /* vehicles are called PREFIX1, PREFIX2, ... */
    struct vehicle_plan plan;
    bool is_spread;      /* vehicles start anywhere on their tracks; those that share one always do */
    int64_t tries;       /* how often a fix is put before the convoy gives up */
    int64_t duration_ms; /* no fix is made later than this; 0: no bound */
    const struct random *random;
    struct producer_options stream;
    /* May be NULL. Told when a fix is made, before it is put. */
    void (*made)(const struct vehicle *vehicle, const struct fix *fix, void *context);
    /* Told once, when all fixes are taken, the convoy was stopped, or it gave up: problem is NULL or says why. */
    void (*ended)(const char *problem, void *context);
    void *context;
};

/* What happened so far. */
struct convoy_figures {
    uint64_t taken;        /* fixes that are in the stream */
    uint64_t repeated;     /* puts of a fix that had been put before */
    uint64_t calls;        /* of PutRecords */
    size_t driving;        /* vehicles that have not arrived */
    struct figures put_us; /* from a call to its answer */
};

struct convoy *convoy_open(struct clock *clock, struct courier *courier, const struct convoy_options *options);

/* Vehicles start now. */
void convoy_start(struct convoy *convoy);

/* No fix is made any more; `ended` follows when those under way are answered. */
void convoy_stop(struct convoy *convoy);

const struct convoy_figures *convoy_look(const struct convoy *convoy);

/* After courier_close, which answers what is under way. Accepts NULL. */
void convoy_close(struct convoy *convoy);
