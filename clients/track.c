#include "track.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "track_parts.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

bool track_fail(struct track_reader *reader, const char *unit, size_t line, const char *format, ...)
{
    char *text = reader->error->text;
    size_t room = sizeof reader->error->text;
    int used;
    va_list list;

    if (reader->has_failed)
        return false;
    reader->has_failed = true;
    if (!line)
        used = snprintf(text, room, "%.150s: ", reader->path);
    else if (text_is(unit, "line"))
        used = snprintf(text, room, "%.150s:%zu: ", reader->path, line);
    else
        used = snprintf(text, room, "%.150s: %s %zu: ", reader->path, unit, line);
    va_start(list, format);
    vsnprintf(text + used, room - (size_t)used, format, list);
    va_end(list);
    return false;
}

bool track_number(const char *text, double *number)
{
    char *end;

    while (isspace((unsigned char)*text))
        text++;
    if (!*text || strspn(text, "+-0123456789.eE") != strcspn(text, " \t\r\n"))
        return false;
    *number = strtod(text, &end);
    while (isspace((unsigned char)*end))
        end++;
    return !*end && isfinite(*number);
}

static void grow(struct track *track)
{
    if (track->count < track->capacity)
        return;
    track->capacity = track->capacity ? track->capacity * 2 : 256;
    track->points = memory_resize(track->points, track->capacity * sizeof *track->points);
}

bool track_add(struct track_reader *reader, const char *unit, size_t line, struct geo place, int64_t time_ms)
{
    struct track *track = reader->track;

    if (!(fabs(place.lat) <= 90))
        return track_fail(reader, unit, line, "latitude %g is not between -90 and 90", place.lat);
    if (!(fabs(place.lon) <= 180))
        return track_fail(reader, unit, line, "longitude %g is not between -180 and 180", place.lon);
    if (track->count >= TRACK_POINTS_MAX)
        return track_fail(reader, unit, line, "more than %d points", TRACK_POINTS_MAX);
    if (track->count && (time_ms == TRACK_NO_TIME) != (track->points[track->count - 1].time_ms == TRACK_NO_TIME))
        return track_fail(reader, unit, line, "some points have a time and some have none");
    if (time_ms != TRACK_NO_TIME && reader->latest_ms != TRACK_NO_TIME) {
        if (time_ms < reader->latest_ms)
            return track_fail(reader, unit, line, "time runs backwards here");
        if (time_ms == reader->latest_ms)
            return true; /* receivers repeat a fix; the first one stands */
    }
    reader->latest_ms = time_ms;
    grow(track);
    track->points[track->count++] = (struct track_point){ .place = place, .time_ms = time_ms };
    return true;
}

/* Gives times to a track that has none, by its length; points that do not move are left out. */
static void make_up_times(struct track *track)
{
    size_t kept = 1;
    double travelled_m = 0;

    track->points[0].time_ms = 0;
    for (size_t i = 1; i < track->count; i++) {
        travelled_m += geo_distance_m(track->points[kept - 1].place, track->points[i].place);
        int64_t time_ms = (int64_t)llround(travelled_m / TRACK_ASSUMED_MPS * 1000);
        if (time_ms <= track->points[kept - 1].time_ms)
            continue;
        track->points[kept] = (struct track_point){ .place = track->points[i].place, .time_ms = time_ms };
        kept++;
    }
    track->count = kept;
}

static void settle_times(struct track *track)
{
    int64_t first_ms;

    if (!track->count)
        return;
    first_ms = track->points[0].time_ms;
    track->has_recorded_times = first_ms != TRACK_NO_TIME;
    if (!track->has_recorded_times)
        make_up_times(track);
    else
        for (size_t i = 0; i < track->count; i++)
            track->points[i].time_ms -= first_ms;
}

static char *name_of(const char *path)
{
    const char *slash = strrchr(path, '/');
    char *name = memory_copy_text(slash ? slash + 1 : path);
    char *dot = strrchr(name, '.');

    if (dot && dot != name)
        *dot = '\0';
    return name;
}

static bool ends_like(const char *path, const char *ending)
{
    size_t length = strlen(path);
    size_t ending_length = strlen(ending);

    return length >= ending_length && !strcasecmp(path + length - ending_length, ending);
}

/* The format is told by the first character that is not blank, as any reader of the file would; what is neither XML nor JSON is CSV. */
static bool read_points(struct track_reader *reader, const char *bytes, size_t size_bytes)
{
    size_t start = 0;

    if (size_bytes >= 3 && !memcmp(bytes, "\xef\xbb\xbf", 3))
        start = 3; /* a byte order mark */
    bytes += start;
    size_bytes -= start;
    for (start = 0; start < size_bytes && isspace((unsigned char)bytes[start]);)
        start++;
    if (start == size_bytes)
        return track_fail(reader, "line", 0, "is empty");
    if (bytes[start] == '<')
        return track_read_gpx(reader, bytes, size_bytes);
    if ((bytes[start] == '{' || bytes[start] == '[') && !ends_like(reader->path, ".csv"))
        return track_read_json(reader, bytes, size_bytes);
    if (!text_is_utf8(bytes, size_bytes) || memchr(bytes, '\0', size_bytes))
        return track_fail(reader, "line", 0, "is neither GPX, GeoJSON, JSON nor CSV text");
    return track_read_csv(reader, bytes, size_bytes);
}

enum status track_parse(struct track *track, const char *path, const char *bytes, size_t size_bytes, struct track_error *error)
{
    struct track_reader reader = { .track = track, .path = path, .error = error, .latest_ms = TRACK_NO_TIME };

    *track = (struct track){ .name = name_of(path) };
    if (read_points(&reader, bytes, size_bytes)) {
        settle_times(track);
        if (track->count < 2)
            track_fail(&reader, "line", 0, "has %zu point%s that move%s; a track needs at least two", track->count,
                       track->count == 1 ? "" : "s", track->count == 1 ? "s" : "");
    }
    if (!reader.has_failed)
        return OK;
    track_close(track);
    return INVALID;
}

char *track_read_file(const char *path, size_t *size_bytes, struct track_error *error)
{
    struct buffer buffer = { 0 };
    FILE *file = fopen(path, "rbe");
    size_t got = 0;

    if (!file) {
        snprintf(error->text, sizeof error->text, "%.150s: %s", path, strerror(errno));
        return NULL;
    }
    do {
        got = fread(buffer_reserve(&buffer, 65536), 1, 65536, file);
        buffer.size += got;
    } while (got && buffer.size <= TRACK_FILE_MAX_BYTES);
    if (ferror(file) || buffer.size > TRACK_FILE_MAX_BYTES) {
        snprintf(error->text, sizeof error->text, "%.150s: %s", path, ferror(file) ? strerror(errno) : "is larger than 64 MiB");
        buffer_clear(&buffer);
        fclose(file);
        return NULL;
    }
    fclose(file);
    *size_bytes = buffer.size;
    return buffer_take(&buffer);
}

enum status track_read(struct track *track, const char *path, struct track_error *error)
{
    size_t size_bytes = 0;
    char *bytes = track_read_file(path, &size_bytes, error);
    enum status status;

    *track = (struct track){ 0 };
    if (!bytes)
        return ABSENT;
    status = track_parse(track, path, bytes, size_bytes, error);
    free(bytes);
    return status;
}

int64_t track_duration_ms(const struct track *track)
{
    return track->points[track->count - 1].time_ms;
}

double track_length_m(const struct track *track)
{
    double length_m = 0;

    for (size_t i = 1; i < track->count; i++)
        length_m += geo_distance_m(track->points[i - 1].place, track->points[i].place);
    return length_m;
}

/* The index of the leg (from point index to the next) that time_ms falls into. */
static size_t leg_at(const struct track *track, double time_ms)
{
    size_t low = 0;
    size_t high = track->count - 2;

    while (low < high) {
        size_t middle = (low + high + 1) / 2;

        if ((double)track->points[middle].time_ms <= time_ms)
            low = middle;
        else
            high = middle - 1;
    }
    return low;
}

/* The heading of the leg, or while standing that of the last leg before it that moved. */
static double heading_of(const struct track *track, size_t leg)
{
    for (size_t i = leg + 1; i > 0; i--) {
        struct geo from = track->points[i - 1].place;
        struct geo to = track->points[i].place;

        if (from.lat != to.lat || from.lon != to.lon)
            return geo_bearing_deg(from, to);
    }
    return 0;
}

struct track_state track_at(const struct track *track, double time_ms)
{
    size_t leg = leg_at(track, time_ms);
    const struct track_point *from = &track->points[leg];
    const struct track_point *to = from + 1;
    double span_ms = (double)(to->time_ms - from->time_ms);
    double fraction = (time_ms - (double)from->time_ms) / span_ms;
    bool is_under_way = fraction >= 0 && fraction <= 1;

    fraction = fraction < 0 ? 0 : fraction > 1 ? 1 : fraction;
    return (struct track_state){
        .place = geo_between(from->place, to->place, fraction),
        .speed_mps = is_under_way ? geo_distance_m(from->place, to->place) / span_ms * 1000 : 0,
        .heading_deg = heading_of(track, leg),
    };
}

void track_close(struct track *track)
{
    free(track->name);
    free(track->points);
    *track = (struct track){ 0 };
}
