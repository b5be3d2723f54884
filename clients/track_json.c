/* JSON tracks: GeoJSON (LineString or MultiLineString, bare, as a Feature, in a FeatureCollection or a GeometryCollection; times in the
 * Feature's properties as coordTimes, times or timestamps), and the array [{"point":"POINT(lon lat)","time":...}, ...]. */

#include "base/text.h"
#include "moment.h"
#include "track_parts.h"

#include <jansson.h>
#include <stdio.h>
#include <string.h>

static bool fail(struct track_reader *reader, size_t point, const char *text)
{
    return track_fail(reader, "point", point, "%s", text);
}

/* A time as text or as a number of seconds or milliseconds. */
static bool read_time(const json_t *value, int64_t *time_ms)
{
    char text[32];

    if (json_is_string(value))
        return moment_read(json_string_value(value), time_ms);
    if (!json_is_number(value))
        return false;
    snprintf(text, sizeof text, "%.3f", json_number_value(value));
    return moment_read(text, time_ms);
}

static bool read_position(const json_t *position, struct geo *place)
{
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);

    if (!json_is_number(lon) || !json_is_number(lat))
        return false;
    *place = (struct geo){ .lat = json_number_value(lat), .lon = json_number_value(lon) };
    return true;
}

/* The points of one line; `times` is an array as long as it, or NULL. Points are counted through the whole file. */
static bool read_line(struct track_reader *reader, const json_t *coordinates, const json_t *times)
{
    size_t count = json_array_size(coordinates);

    if (!json_is_array(coordinates))
        return fail(reader, 0, "a LineString has no array of coordinates");
    if (json_is_array(times) && json_array_size(times) != count)
        return track_fail(reader, "line", 0, "a line has %zu points but %zu times", count, json_array_size(times));
    for (size_t i = 0; i < count; i++) {
        struct geo place;
        int64_t time_ms = TRACK_NO_TIME;

        if (!read_position(json_array_get(coordinates, i), &place))
            return fail(reader, i + 1, "is not [longitude, latitude]");
        if (json_is_array(times) && !read_time(json_array_get(times, i), &time_ms))
            return fail(reader, i + 1, "has no time that can be read");
        if (!track_add(reader, "point", i + 1, place, time_ms))
            return false;
    }
    return true;
}

static const json_t *times_in(const json_t *object)
{
    static const char *const names[] = { "coordTimes", "times", "timestamps" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const json_t *times = json_object_get(object, names[i]);

        if (json_is_array(times))
            return times;
    }
    return NULL;
}

/* Newer converters of GPX put the times one level down. */
static const json_t *times_of(const json_t *properties)
{
    const json_t *times = times_in(properties);

    return times ? times : times_in(json_object_get(properties, "coordinateProperties"));
}

/* Objects nest as deep as the parser lets them (2048), but a track needs no more than a collection of features of collections. */
enum { DEPTH_MAX = 8 };

static bool read_object(struct track_reader *reader, const json_t *object, const json_t *times, int depth);

static bool read_members(struct track_reader *reader, const json_t *members, const json_t *times, int depth)
{
    for (size_t i = 0; i < json_array_size(members); i++)
        if (!read_object(reader, json_array_get(members, i), times, depth + 1))
            return false;
    return true;
}

static bool read_multi_line(struct track_reader *reader, const json_t *lines, const json_t *times)
{
    for (size_t i = 0; i < json_array_size(lines); i++) {
        const json_t *own = json_is_array(json_array_get(times, 0)) ? json_array_get(times, i) : times;

        if (!read_line(reader, json_array_get(lines, i), own))
            return false;
    }
    return true;
}

/* Points, polygons and the like are passed over: a map of a drive holds its stops too. */
static bool read_object(struct track_reader *reader, const json_t *object, const json_t *times, int depth)
{
    const char *type = json_string_value(json_object_get(object, "type"));

    if (depth > DEPTH_MAX)
        return fail(reader, 0, "GeoJSON is nested too deeply");
    if (text_is(type, "LineString"))
        return read_line(reader, json_object_get(object, "coordinates"), times);
    if (text_is(type, "MultiLineString"))
        return read_multi_line(reader, json_object_get(object, "coordinates"), times);
    if (text_is(type, "Feature"))
        return read_object(reader, json_object_get(object, "geometry"), times_of(json_object_get(object, "properties")), depth + 1);
    if (text_is(type, "FeatureCollection"))
        return read_members(reader, json_object_get(object, "features"), times, depth);
    if (text_is(type, "GeometryCollection"))
        return read_members(reader, json_object_get(object, "geometries"), times, depth);
    return depth || fail(reader, 0, "is JSON, but neither GeoJSON nor an array of points");
}

/* "POINT(11.56 48.16)", as well-known text writes a place: longitude first. */
static bool read_well_known(const char *text, struct geo *place)
{
    int end = 0;

    return text && sscanf(text, " POINT ( %lf %lf ) %n", &place->lon, &place->lat, &end) == 2 && end && !text[end];
}

static bool read_array(struct track_reader *reader, const json_t *array)
{
    for (size_t i = 0; i < json_array_size(array); i++) {
        const json_t *element = json_array_get(array, i);
        const json_t *time = json_object_get(element, "time");
        struct geo place;
        int64_t time_ms = TRACK_NO_TIME;

        if (!read_well_known(json_string_value(json_object_get(element, "point")), &place))
            return fail(reader, i + 1, "has no \"point\":\"POINT(longitude latitude)\"");
        if (time && !read_time(time, &time_ms))
            return fail(reader, i + 1, "has a \"time\" that cannot be read");
        if (!track_add(reader, "point", i + 1, place, time_ms))
            return false;
    }
    return true;
}

bool track_read_json(struct track_reader *reader, const char *bytes, size_t size_bytes)
{
    json_error_t error;
    json_t *root = json_loadb(bytes, size_bytes, JSON_DECODE_INT_AS_REAL, &error);
    bool is_read;

    if (!root)
        return track_fail(reader, "line", error.line > 0 ? (size_t)error.line : 1, "%s", error.text);
    is_read = json_is_array(root) ? read_array(reader, root) : read_object(reader, root, NULL, 0);
    json_decref(root);
    return is_read;
}
