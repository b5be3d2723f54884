#pragma once
/* A vehicle that drives along a track and fixes its position: which fix comes next, when, and what it says. Everything follows from the
 * plan and a seeded stream of chance, so two runs with one seed send the same positions in the same order.
 *
 * A vehicle holds one fix at a time: it is made when it is due, kept until Kinesis has taken it, and only then does the next one follow.
 * That is what keeps the order per vehicle through retries, and what bounds the memory of a fleet whose stream is slow. */

#include "base/buffer.h"
#include "base/random.h"
#include "track.h"

#include <stdbool.h>
#include <stdint.h>

enum { VEHICLE_ID_MAX = 64 };

/* How vehicles drive. */
struct vehicle_plan {
    double rate_hz;  /* fixes per second of the run, interpolated along the track; 0: the track's own points at their own times */
    double speed;    /* times the recorded pace; greater than 0 */
    double jitter_m; /* standard deviation of the position's error, per axis; 0: none */
    int64_t loops;   /* how often the track is driven; 0: for ever */
};

struct fix {
    int64_t ts_ms; /* when the position was taken: milliseconds since the epoch */
    uint64_t seq;  /* 1, 2, 3, ... per vehicle */
    struct geo place;
    double speed_mps;
    double heading_deg;
    double accuracy_m; /* radius within which the true place lies at 68 % */
};

struct vehicle {
    char id[VEHICLE_ID_MAX];
    const struct track *track;
    const struct vehicle_plan *plan;
    struct random_stream chance;
    int64_t offset_ms; /* where on the track it starts, in track time */
    size_t first;      /* index of the first point at or behind that place */
    int64_t phase_us;  /* how long after the run's start */
    uint64_t made;     /* fixes made so far */
    double error_north_m;
    double error_east_m;
};

/* A vehicle called id on track; is_spread: it starts somewhere on the track, not at its beginning. track and plan are borrowed. */
void vehicle_init(struct vehicle *vehicle, const char *id, const struct track *track, const struct vehicle_plan *plan,
                  const struct random *random, bool is_spread);

/* Microseconds from the run's start to the next fix; -1 when the vehicle has arrived. */
int64_t vehicle_due_us(const struct vehicle *vehicle);

/* Makes the next fix, taken at ts_ms. Places are rounded to seven digits behind the point, as fix_print writes them. */
struct fix vehicle_fix(struct vehicle *vehicle, int64_t ts_ms);

/* Fixes that the vehicle makes in all; 0: without end. */
uint64_t vehicle_fix_count(const struct vehicle *vehicle);

/* Adds {"id":...,"ts":...,"seq":...,"lat":...,"lon":...,"speedMps":...,"headingDeg":...,"accuracyM":...}. */
void fix_print(const struct fix *fix, const char *id, struct buffer *line);
