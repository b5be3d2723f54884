#pragma once
/* A track: where something was, and when, as a file tells it. GPX, CSV with a header line, GeoJSON lines, and the JSON array
 * [{"point":"POINT(lon lat)","time":"2014-09-10 06:54:07+0200","id":"x"}, ...].
 *
 * What must always be true of a track that was read: it has at least two points, times begin at 0 and grow strictly, places are on the
 * globe. Points that repeat the time of the one before are left out (receivers write such); time that runs backwards is an error. */

#include "base/status.h"
#include "geo.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
    TRACK_FILE_MAX_BYTES = 64 << 20,
    TRACK_POINTS_MAX = 1 << 20,
};

/* A track without times is driven at this speed. */
#define TRACK_ASSUMED_MPS 12.0

struct track_point {
    struct geo place;
    int64_t time_ms; /* since the first point; TRACK_NO_TIME only while reading */
};

#define TRACK_NO_TIME INT64_MIN

struct track {
    char *name;                 /* the file's name without folder and ending */
    struct track_point *points; /* at least two */
    size_t count;
    size_t capacity;
    bool has_recorded_times; /* false: they were made up from TRACK_ASSUMED_MPS */
};

/* What is wrong with a file, for a person: "track.gpx:12: lat is not a number". */
struct track_error {
    char text[256];
};

/* Reads the file at path. INVALID with a line in error (path, line, what) when it is no track; ABSENT when it cannot be read, also with a
 * line. The track is empty then. */
enum status track_read(struct track *track, const char *path, struct track_error *error);

/* The same from size_bytes bytes in memory (with a NUL behind them); path gives the name, and the ending by which CSV is told from the
 * rest. */
enum status track_parse(struct track *track, const char *path, const char *bytes, size_t size_bytes, struct track_error *error);

/* The whole file at path, with a NUL behind it; free() releases it. NULL, with a line in error, when it cannot be read or is larger than
 * TRACK_FILE_MAX_BYTES. */
char *track_read_file(const char *path, size_t *size_bytes, struct track_error *error);

/* From the first point to the last, milliseconds; greater than 0. */
int64_t track_duration_ms(const struct track *track);

/* Metres along all points. */
double track_length_m(const struct track *track);

/* What a vehicle on the track is and does at a time. */
struct track_state {
    struct geo place;
    double speed_mps;   /* of the leg that it is on */
    double heading_deg; /* of that leg, or while standing of the last one that moved */
};

/* The state at time_ms since the track's beginning; before it and after its end it stands at the first or last point. */
struct track_state track_at(const struct track *track, double time_ms);

void track_close(struct track *track);
