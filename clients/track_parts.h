#pragma once
/* What the readers of the track formats share. Each reader adds points in the order of the file, with times since the epoch or none;
 * track.c then checks and settles them. */

#include "track.h"

#include <stdarg.h>

struct track_reader {
    struct track *track;
    const char *path; /* for messages */
    struct track_error *error;
    bool has_failed;
    int64_t latest_ms; /* of the points so far; TRACK_NO_TIME before the first with a time */
};

/* Adds a point that stands on `line` of the file (or is number `line` when unit is "point"). False, after saying why, when it is not on the
 * globe, time runs backwards, or there are too many. */
bool track_add(struct track_reader *reader, const char *unit, size_t line, struct geo place, int64_t time_ms);

/* Writes "path:line: text" (or "path: point 12: text") once; the first failure wins. Answers false. */
bool track_fail(struct track_reader *reader, const char *unit, size_t line, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* A whole number with a fraction in decimal, and nothing else but blanks around it. */
bool track_number(const char *text, double *number);

bool track_read_gpx(struct track_reader *reader, const char *bytes, size_t size_bytes);
bool track_read_csv(struct track_reader *reader, const char *bytes, size_t size_bytes);
bool track_read_json(struct track_reader *reader, const char *bytes, size_t size_bytes);
