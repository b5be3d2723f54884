/* CSV with a header line that names a latitude, a longitude and maybe a time column, in any order and case; comma, semicolon or tab, as the
 * header shows; fields may stand in double quotes. Empty lines and lines that begin with # are passed over. */

#include "base/text.h"
#include "moment.h"
#include "track_parts.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

enum { FIELD_MAX_BYTES = 128, FIELDS_MAX = 256, NO_COLUMN = -1 };

struct csv {
    struct track_reader *reader;
    char separator;
    int lat;
    int lon;
    int time;
    size_t line;
};

static const char *const lat_names[] = { "lat", "latitude", "lat_deg", "y", NULL };
static const char *const lon_names[] = { "lon", "lng", "long", "longitude", "lon_deg", "x", NULL };
static const char *const time_names[] = { "time", "timestamp", "ts", "datetime", "date_time", "utc", NULL };

/* Copies the field at *at into field (cut when longer, blanks around it left out), and moves *at behind its separator. False at the end of
 * the line. */
static bool take_field(const char **at, const char *end, char separator, char field[FIELD_MAX_BYTES])
{
    const char *from = *at;
    bool is_quoted = false;
    size_t length = 0;

    if (from > end)
        return false;
    while (from < end && *from == ' ')
        from++;
    for (; from < end && (is_quoted || *from != separator); from++) {
        if (*from == '"' && is_quoted && from + 1 < end && from[1] == '"')
            from++; /* "" inside quotes is one of them */
        else if (*from == '"') {
            is_quoted = !is_quoted;
            continue;
        }
        if (length < FIELD_MAX_BYTES - 1)
            field[length++] = *from;
    }
    while (length && strchr(" \r", field[length - 1]))
        length--;
    field[length] = '\0';
    *at = from + 1;
    return true;
}

static bool is_one_of(const char *name, const char *const *names)
{
    for (; *names; names++)
        if (!strcasecmp(name, *names))
            return true;
    return false;
}

static bool read_header(struct csv *csv, const char *line, const char *end)
{
    size_t length = (size_t)(end - line);
    char field[FIELD_MAX_BYTES];

    csv->separator = memchr(line, ';', length) ? ';' : memchr(line, '\t', length) ? '\t' : ',';
    csv->lat = csv->lon = csv->time = NO_COLUMN;
    for (int i = 0; i < FIELDS_MAX && take_field(&line, end, csv->separator, field); i++) {
        if (csv->lat == NO_COLUMN && is_one_of(field, lat_names))
            csv->lat = i;
        else if (csv->lon == NO_COLUMN && is_one_of(field, lon_names))
            csv->lon = i;
        else if (csv->time == NO_COLUMN && is_one_of(field, time_names))
            csv->time = i;
    }
    if (csv->lat == NO_COLUMN || csv->lon == NO_COLUMN)
        return track_fail(csv->reader, "line", csv->line, "the header names no %s column (try \"lat,lon,time\")",
                          csv->lat == NO_COLUMN ? "latitude" : "longitude");
    return true;
}

static bool read_degrees(struct csv *csv, const char *field, const char *what, double *degrees)
{
    if (track_number(field, degrees))
        return true;
    return track_fail(csv->reader, "line", csv->line, "%s \"%.40s\" is not a number", what, field);
}

static bool read_row(struct csv *csv, const char *line, const char *end)
{
    char field[FIELD_MAX_BYTES];
    struct geo place = { 0 };
    int64_t time_ms = TRACK_NO_TIME;
    int i;

    for (i = 0; i < FIELDS_MAX && take_field(&line, end, csv->separator, field); i++) {
        if (i == csv->lat && !read_degrees(csv, field, "latitude", &place.lat))
            return false;
        if (i == csv->lon && !read_degrees(csv, field, "longitude", &place.lon))
            return false;
        if (i == csv->time && !moment_read(field, &time_ms))
            return track_fail(csv->reader, "line", csv->line, "\"%.40s\" is not a time", field);
    }
    if (i <= csv->lat || i <= csv->lon || i <= csv->time)
        return track_fail(csv->reader, "line", csv->line, "has %d field%s, too few for the header", i, i == 1 ? "" : "s");
    return track_add(csv->reader, "line", csv->line, place, time_ms);
}

bool track_read_csv(struct track_reader *reader, const char *bytes, size_t size_bytes)
{
    struct csv csv = { .reader = reader };
    const char *end = bytes + size_bytes;
    bool has_header = false;

    for (const char *line = bytes; line < end;) {
        const char *newline = memchr(line, '\n', (size_t)(end - line));
        const char *stop = newline ? newline : end;

        csv.line++;
        if (stop > line && stop[-1] == '\r')
            stop--;
        if (stop > line && *line != '#') {
            if (has_header ? !read_row(&csv, line, stop) : !read_header(&csv, line, stop))
                return false;
            has_header = true;
        }
        line = newline ? newline + 1 : end;
    }
    return has_header || track_fail(reader, "line", 0, "has no header line");
}
