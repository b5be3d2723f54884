#include "vehicle.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

/* The errors of a receiver wander, they do not jump: after this many seconds of driving little is left of an error. */
#define ERROR_MEMORY_S 20.0

/* A circle that holds 68 % of a two-dimensional normal error has this radius in standard deviations of one axis. */
#define RADIUS_68_PERCENT 1.515

static double normal(struct random_stream *chance)
{
    double u = 1 - random_fraction(chance);

    return sqrt(-2 * log(u)) * cos(2 * M_PI * random_fraction(chance));
}

static double rounded(double value, double units)
{
    return round(value * units) / units;
}

/* The index of the first point at or behind offset_ms of track time. */
static size_t first_point(const struct track *track, int64_t offset_ms)
{
    size_t i = 0;

    while (i + 1 < track->count && track->points[i].time_ms < offset_ms)
        i++;
    return i;
}

void vehicle_init(struct vehicle *vehicle, const char *id, const struct track *track, const struct vehicle_plan *plan,
                  const struct random *random, bool is_spread)
{
    char name[VEHICLE_ID_MAX + 16];
    double interval_us = plan->rate_hz > 0 ? 1e6 / plan->rate_hz : 1e6 / plan->speed;

    *vehicle = (struct vehicle){ .track = track, .plan = plan };
    snprintf(vehicle->id, sizeof vehicle->id, "%s", id);
    snprintf(name, sizeof name, "vehicle %s", vehicle->id);
    vehicle->chance = random_stream(random, name);
    vehicle->phase_us = (int64_t)(random_fraction(&vehicle->chance) * interval_us);
    if (is_spread)
        vehicle->offset_ms = (int64_t)random_below(&vehicle->chance, (uint64_t)track_duration_ms(track));
    vehicle->first = first_point(track, vehicle->offset_ms);
    vehicle->error_north_m = plan->jitter_m * normal(&vehicle->chance);
    vehicle->error_east_m = plan->jitter_m * normal(&vehicle->chance);
}

/* Track time that has passed when fix number n (from 0) is made, counted on through all laps from the track's beginning. With recorded
 * points the last point of a lap is the first of the next: one moment, one fix. */
static double track_time_ms(const struct vehicle *vehicle, uint64_t n)
{
    const struct track *track = vehicle->track;
    uint64_t legs = track->count - 1;
    uint64_t point;

    if (vehicle->plan->rate_hz > 0)
        return (double)vehicle->offset_ms + (double)n * 1000 / vehicle->plan->rate_hz * vehicle->plan->speed;
    point = n + vehicle->first;
    return (double)(point / legs) * (double)track_duration_ms(track) + (double)track->points[point % legs].time_ms;
}

/* From the place where it starts, in track time. */
static double start_ms(const struct vehicle *vehicle)
{
    return (double)(vehicle->plan->rate_hz > 0 ? vehicle->offset_ms : vehicle->track->points[vehicle->first].time_ms);
}

uint64_t vehicle_fix_count(const struct vehicle *vehicle)
{
    const struct vehicle_plan *plan = vehicle->plan;
    double span_ms = (double)plan->loops * (double)track_duration_ms(vehicle->track);

    if (!plan->loops)
        return 0;
    if (plan->rate_hz > 0)
        return (uint64_t)(span_ms * plan->rate_hz / plan->speed / 1000 + 1e-9) + 1;
    return (uint64_t)plan->loops * (vehicle->track->count - 1) + 1;
}

int64_t vehicle_due_us(const struct vehicle *vehicle)
{
    uint64_t all = vehicle_fix_count(vehicle);

    if (all && vehicle->made >= all)
        return -1;
    return vehicle->phase_us + (int64_t)((track_time_ms(vehicle, vehicle->made) - start_ms(vehicle)) / vehicle->plan->speed * 1000);
}

/* Where a lap ends the vehicle is at the last point, not yet at the first of the next lap. */
static double within_lap(double time_ms, double duration_ms)
{
    double within = fmod(time_ms, duration_ms);

    return within == 0 && time_ms > 0 ? duration_ms : within;
}

/* Lets the receiver's error wander for `seconds` of driving; its spread stays what the plan says. */
static void wander(struct vehicle *vehicle, double seconds)
{
    double kept = exp(-seconds / ERROR_MEMORY_S);
    double fresh = sqrt(1 - kept * kept) * vehicle->plan->jitter_m;

    vehicle->error_north_m = vehicle->error_north_m * kept + fresh * normal(&vehicle->chance);
    vehicle->error_east_m = vehicle->error_east_m * kept + fresh * normal(&vehicle->chance);
}

struct fix vehicle_fix(struct vehicle *vehicle, int64_t ts_ms)
{
    double time_ms = track_time_ms(vehicle, vehicle->made);
    double before_ms = vehicle->made ? track_time_ms(vehicle, vehicle->made - 1) : time_ms;
    struct track_state state = track_at(vehicle->track, within_lap(time_ms, (double)track_duration_ms(vehicle->track)));
    double jitter_m = vehicle->plan->jitter_m;

    if (jitter_m > 0) {
        wander(vehicle, (time_ms - before_ms) / 1000);
        state.place = geo_offset(state.place, 0, vehicle->error_north_m);
        state.place = geo_offset(state.place, 90, vehicle->error_east_m);
    }
    return (struct fix){
        .ts_ms = ts_ms,
        .seq = ++vehicle->made,
        .place = { .lat = rounded(state.place.lat, 1e7), .lon = rounded(state.place.lon, 1e7) },
        .speed_mps = rounded(state.speed_mps, 100),
        .heading_deg = fmod(rounded(state.heading_deg, 10), 360),
        .accuracy_m = rounded(fmax(1, RADIUS_68_PERCENT * jitter_m) * (0.9 + 0.2 * random_fraction(&vehicle->chance)), 10),
    };
}

void fix_print(const struct fix *fix, const char *id, struct buffer *line)
{
    buffer_add_text(line, "{\"id\":");
    buffer_add_json_string(line, id, strlen(id));
    buffer_print(line,
                 ",\"ts\":%" PRId64 ",\"seq\":%" PRIu64 ",\"lat\":%.7f,\"lon\":%.7f,\"speedMps\":%.2f,\"headingDeg\":%.1f,"
                 "\"accuracyM\":%.1f}",
                 fix->ts_ms, fix->seq, fix->place.lat, fix->place.lon, fix->speed_mps, fix->heading_deg, fix->accuracy_m);
}
