/* Tracks: what each format gives, what each mistake is called, and where a vehicle on a track is. */

#include "suites.h"

#include "moment.h"
#include "track.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct track track;
static struct track_error error;

static enum status parse(const char *path, const char *text)
{
    error.text[0] = '\0';
    return track_parse(&track, path, text, strlen(text), &error);
}

#define GPX(points) "<?xml version=\"1.0\"?>\n<gpx version=\"1.1\"><trk><trkseg>\n" points "</trkseg></trk></gpx>\n"

/* The same three points, ten seconds apart, in every format. */
static const struct {
    const char *path;
    const char *text;
} twins[] = {
    { "a/drive.gpx", GPX("<trkpt lat=\"48.1\" lon=\"11.5\"><time>2024-05-01T10:00:00Z</time></trkpt>\n"
                         "<trkpt lat=\"48.2\" lon=\"11.6\"><ele>3</ele><time> 2024-05-01T10:00:10Z </time></trkpt>\n"
                         "<trkpt lat=\"48.3\" lon=\"11.7\"><time>2024-05-01T10:00:20Z</time></trkpt>\n") },
    { "drive.gpx", "\xef\xbb\xbf<g:gpx xmlns:g=\"http://www.topografix.com/GPX/1/1\"><g:rte>"
                   "<g:rtept lat='48.1' lon='11.5'><g:time>2024-05-01T12:00:00+02:00</g:time></g:rtept>"
                   "<g:rtept lat='48.2' lon='11.6'><g:time>2024-05-01T12:00:10+02:00</g:time></g:rtept>"
                   "<g:rtept lat='48.3' lon='11.7'><g:time>2024-05-01T12:00:20+02:00</g:time></g:rtept></g:rte></g:gpx>" },
    { "drive.csv", "time,lat,lon\n1714557600,48.1,11.5\n1714557610,48.2,11.6\n1714557620,48.3,11.7\n" },
    { "drive.csv", "# by hand\r\n\r\nName;Longitude;Latitude;Timestamp\r\n\"x;y\";11.5;48.1;\"2024-05-01 10:00:00\"\r\n"
                   "\"say \"\"hi\"\"\";11.6;48.2;2024-05-01 10:00:10\r\nz; 11.7 ;48.3;2024-05-01 10:00:20" },
    { "drive.geojson", "{\"type\":\"Feature\",\"properties\":{\"coordTimes\":[\"2024-05-01T10:00:00.000Z\",\"2024-05-01T10:00:10.000Z\","
                       "\"2024-05-01T10:00:20.000Z\"]},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11.5,48.1],[11.6,48.2,520],"
                       "[11.7,48.3]]}}" },
    { "drive.json",
      "{\"type\":\"FeatureCollection\",\"features\":[{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"Point\","
      "\"coordinates\":[1,2]}},{\"type\":\"Feature\",\"properties\":{\"coordinateProperties\":{\"times\":[1714557600000,"
      "1714557610000,1714557620000]}},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[11.5,48.1],[11.6,48.2],"
      "[11.7,48.3]]}}]}" },
    { "drive.geojson", "{\"type\":\"Feature\",\"properties\":{\"times\":[[1714557600,1714557610],[1714557620]]},\"geometry\":{"
                       "\"type\":\"MultiLineString\",\"coordinates\":[[[11.5,48.1],[11.6,48.2]],[[11.7,48.3]]]}}" },
    { "drive.json", "[{\"point\":\"POINT(11.5 48.1)\",\"time\":\"2024-05-01 12:00:00+0200\",\"id\":\"x\"},"
                    "{\"point\":\"POINT(11.6 48.2)\",\"time\":\"2024-05-01 12:00:10+0200\",\"id\":\"x\"},"
                    "{\"point\":\"POINT (11.7 48.3)\",\"time\":\"2024-05-01 12:00:20+0200\",\"id\":\"x\"}]" },
};

START_TEST(every_format_gives_the_same_track)
{
    ck_assert_int_eq(parse(twins[_i].path, twins[_i].text), OK);
    ck_assert_str_eq(error.text, "");
    ck_assert_str_eq(track.name, "drive");
    ck_assert_uint_eq(track.count, 3);
    ck_assert(track.has_recorded_times);
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(track.points[i].time_ms, i * 10000);
        ck_assert_double_eq_tol(track.points[i].place.lat, 48.1 + i * 0.1, 1e-12);
        ck_assert_double_eq_tol(track.points[i].place.lon, 11.5 + i * 0.1, 1e-12);
    }
    track_close(&track);
}
END_TEST

#define POINT(lat, lon, time) "<trkpt lat=\"" lat "\" lon=\"" lon "\"><time>" time "</time></trkpt>\n"
#define T0 "2024-05-01T10:00:00Z"
#define T1 "2024-05-01T10:00:01Z"

static const struct {
    const char *path;
    const char *text;
    const char *error;
} mistakes[] = {
    { "t.gpx", "", "t.gpx: is empty" },
    { "t.gpx", " \n\t ", "t.gpx: is empty" },
    { "t.gpx", "<kml></kml>", "t.gpx:1: is XML, but not GPX: it begins with <kml>" },
    { "t.gpx", "<gpx><trk>\n<trkpt lat=\"1\"", "t.gpx:2: unclosed token" },
    { "t.gpx", "<gpx>\n<trk></gpx>", "t.gpx:2: mismatched tag" },
    { "t.gpx", GPX(POINT("48", "11", T0)), "t.gpx: has 1 point that moves; a track needs at least two" },
    { "t.gpx", GPX(""), "t.gpx: has 0 points that move; a track needs at least two" },
    { "t.gpx", GPX(POINT("48", "11", T0) POINT("north", "11", T1)), "t.gpx:4: lat=\"north\" is not a number" },
    { "t.gpx", GPX("<trkpt lon=\"11\"/>"), "t.gpx:3: this point has no lat" },
    { "t.gpx", GPX("<trkpt lat=\"11\"/>"), "t.gpx:3: this point has no lon" },
    { "t.gpx", GPX("<trkpt lat=\"\" lon=\"1\"/>"), "t.gpx:3: lat=\"\" is not a number" },
    { "t.gpx", GPX("<trkpt lat=\"nan\" lon=\"1\"/>"), "t.gpx:3: lat=\"nan\" is not a number" },
    { "t.gpx", GPX(POINT("91", "11", T0)), "t.gpx:3: latitude 91 is not between -90 and 90" },
    { "t.gpx", GPX(POINT("48", "-180.5", T0)), "t.gpx:3: longitude -180.5 is not between -180 and 180" },
    { "t.gpx", GPX(POINT("48", "11", "noon")), "t.gpx:3: <time>noon</time> is not a time" },
    { "t.gpx", GPX(POINT("48", "11", T1) POINT("48", "12", T0)), "t.gpx:4: time runs backwards here" },
    { "t.gpx", GPX(POINT("48", "11", T1) "<trkpt lat=\"1\" lon=\"2\"/>"), "t.gpx:4: some points have a time and some have none" },
    { "t.gpx", GPX(POINT("48", "11", T0) POINT("48", "12", T0)), "t.gpx: has 1 point that moves; a track needs at least two" },
    { "t.csv", "a,b\n1,2\n", "t.csv:1: the header names no latitude column (try \"lat,lon,time\")" },
    { "t.csv", "lat,b\n1,2\n", "t.csv:1: the header names no longitude column (try \"lat,lon,time\")" },
    { "t.csv", "# only a remark\n", "t.csv: has no header line" },
    { "t.csv", "lat,lon\n1,2\n3\n", "t.csv:3: has 1 field, too few for the header" },
    { "t.csv", "lat,lon\n1,2\n\n3,east\n", "t.csv:4: longitude \"east\" is not a number" },
    { "t.csv", "lat,lon,time\n1,2,yesterday\n", "t.csv:2: \"yesterday\" is not a time" },
    { "t.csv", "lat,lon\n1,2\n1,2\n", "t.csv: has 1 point that moves; a track needs at least two" },
    { "t.bin", "lat,lon\n\xff\xfe\n", "t.bin: is neither GPX, GeoJSON, JSON nor CSV text" },
    { "t.json", "{\"type\":\n", "t.json:2: unexpected token near end of file" },
    { "t.json", "{\"a\":1}", "t.json: is JSON, but neither GeoJSON nor an array of points" },
    { "t.json", "[{\"point\":\"POINT(1 2)\"},{\"point\":\"LINE(1 2)\"}]",
      "t.json: point 2: has no \"point\":\"POINT(longitude latitude)\"" },
    { "t.json", "[{\"point\":\"POINT(1 2\"}]", "t.json: point 1: has no \"point\":\"POINT(longitude latitude)\"" },
    { "t.json", "[{\"point\":\"POINT(1 inf)\"}]", "t.json: point 1: latitude inf is not between -90 and 90" },
    { "t.json", "[{\"point\":\"POINT(1 2)\",\"time\":true}]", "t.json: point 1: has a \"time\" that cannot be read" },
    { "t.json", "[1]", "t.json: point 1: has no \"point\":\"POINT(longitude latitude)\"" },
    { "t.json", "[]", "t.json: has 0 points that move; a track needs at least two" },
    { "t.json", "{\"type\":\"LineString\"}", "t.json: a LineString has no array of coordinates" },
    { "t.json", "{\"type\":\"LineString\",\"coordinates\":[[1,2],[\"3\",4]]}", "t.json: point 2: is not [longitude, latitude]" },
    { "t.json",
      "{\"type\":\"Feature\",\"properties\":{\"times\":[1]},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}}",
      "t.json: a line has 2 points but 1 times" },
    { "t.json",
      "{\"type\":\"Feature\",\"properties\":{\"times\":[1,[]]},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[[1,2],[3,4]]}}",
      "t.json: point 2: has no time that can be read" },
};

START_TEST(a_mistake_is_named_with_its_place)
{
    ck_assert_int_eq(parse(mistakes[_i].path, mistakes[_i].text), INVALID);
    ck_assert_str_eq(error.text, mistakes[_i].error);
    ck_assert_uint_eq(track.count, 0);
    ck_assert_ptr_null(track.points);
}
END_TEST

START_TEST(geojson_is_not_followed_without_end)
{
    char text[4096] = "";

    for (int i = 0; i < 20; i++)
        strcat(text, "{\"type\":\"Feature\",\"geometry\":");
    strcat(text, "{\"type\":\"LineString\",\"coordinates\":[]}");
    for (int i = 0; i < 20; i++)
        strcat(text, "}");
    ck_assert_int_eq(parse("t.json", text), INVALID);
    ck_assert_str_eq(error.text, "t.json: GeoJSON is nested too deeply");
}
END_TEST

START_TEST(a_missing_file_is_named)
{
    ck_assert_int_eq(track_read(&track, "/nowhere/at/all.gpx", &error), ABSENT);
    ck_assert_str_eq(error.text, "/nowhere/at/all.gpx: No such file or directory");
    ck_assert_int_eq(track_read(&track, "/", &error), ABSENT);
    ck_assert_str_eq(error.text, "/: Is a directory");
}
END_TEST

START_TEST(a_track_without_times_is_driven_at_the_assumed_speed)
{
    ck_assert_int_eq(parse("t.csv", "lat,lon\n48,11\n48,11\n48.01,11\n48.03,11\n"), OK);
    ck_assert_uint_eq(track.count, 3); /* the repeated point takes no time and is left out */
    ck_assert(!track.has_recorded_times);
    ck_assert_double_eq_tol(track_length_m(&track) / (double)track_duration_ms(&track) * 1000, TRACK_ASSUMED_MPS, 0.01);
    track_close(&track);
}
END_TEST

START_TEST(a_repeated_time_keeps_the_first_fix)
{
    ck_assert_int_eq(parse("t.csv", "lat,lon,time\n48,11,100\n49,11,100\n48.1,11,101\n"), OK);
    ck_assert_uint_eq(track.count, 2);
    ck_assert_double_eq(track.points[0].place.lat, 48);
    track_close(&track);
}
END_TEST

START_TEST(a_vehicle_is_between_its_points)
{
    struct track_state state;

    ck_assert_int_eq(parse("t.csv", "lat,lon,time\n0,0,0\n0,0.001,10\n0,0.001,20\n0.001,0.001,30\n"), OK);
    state = track_at(&track, 5000);
    ck_assert_double_eq_tol(state.place.lon, 0.0005, 1e-12);
    ck_assert_double_eq_tol(state.speed_mps, 11.12, 0.01);
    ck_assert_double_eq_tol(state.heading_deg, 90, 1e-9);
    state = track_at(&track, 15000); /* it stands, and still looks east */
    ck_assert_double_eq(state.speed_mps, 0);
    ck_assert_double_eq_tol(state.heading_deg, 90, 1e-9);
    state = track_at(&track, 25000);
    ck_assert_double_eq_tol(state.place.lat, 0.0005, 1e-12);
    ck_assert_double_eq_tol(state.heading_deg, 0, 1e-9);
    state = track_at(&track, -1);
    ck_assert_double_eq(state.place.lon, 0);
    ck_assert_double_eq(state.speed_mps, 0);
    state = track_at(&track, 99000);
    ck_assert_double_eq(state.place.lat, 0.001);
    ck_assert_double_eq(state.speed_mps, 0);
    track_close(&track);
}
END_TEST

static const struct {
    const char *text;
    int64_t time_ms; /* -1: not a time */
} moments[] = {
    { "1970-01-01T00:00:00Z", 0 },
    { "2014-09-10 06:54:07+0200", 1410324847000 },
    { "2014-09-10T04:54:07.250Z", 1410324847250 },
    { "2014-09-10T04:54:07.2506789Z", 1410324847250 },
    { "2014-09-10t04:54:07,5z", 1410324847500 },
    { "2014-09-10T06:54:07+02", 1410324847000 },
    { "2014-09-09T23:54:07-05:00", 1410324847000 },
    { "2024-02-29T00:00Z", 1709164800000 },
    { "2000-02-29 00:00:00", 951782400000 },
    { "2016-12-31T23:59:60Z", 1483228800000 },
    { "1410324847", 1410324847000 },
    { "1410324847.5", 1410324847500 },
    { "1410324847250", 1410324847250 },
    { "0", 0 },
    { "", -1 },
    { "noon", -1 },
    { "2014-09-10", -1 },
    { "2014-13-10T00:00:00Z", -1 },
    { "2014-02-29T00:00:00Z", -1 },
    { "1900-02-29T00:00:00Z", -1 },
    { "2014-04-31T00:00:00Z", -1 },
    { "2014-09-10T24:00:00Z", -1 },
    { "2014-09-10T00:60:00Z", -1 },
    { "2014-09-10T00:00:61Z", -1 },
    { "2014-09-10T00:00:00.Z", -1 },
    { "2014-09-10T00:00:00Zulu", -1 },
    { "2014-09-10T00:00:00+2", -1 },
    { "2014-09-10T00:00:00+0299", -1 },
    { "2014-09-10T00:00:00+02:0", -1 },
    { "1.2.3", -1 },
    { "1e9", -1 },
    { "99999999999999999999", -1 },
};

START_TEST(moments_are_read)
{
    int64_t time_ms = -1;
    bool is_moment = moment_read(moments[_i].text, &time_ms);

    ck_assert_msg(is_moment == (moments[_i].time_ms >= 0), "%s", moments[_i].text);
    if (is_moment)
        ck_assert_int_eq(time_ms, moments[_i].time_ms);
}
END_TEST

/* Figures of the README beside the tracks. They are not part of the project; where the folder is absent this says so and passes. */
static const struct {
    const char *path;
    size_t count;
    int64_t duration_ms;
    double length_km;
} real[] = {
    { "../shared/gps/munich-1s.json", 1194, 0, 13.65 },
    { "../shared/gps/munich-15s.json", 0, 0, 0 },
    { "../shared/gps/visnjan.gpx", 104, 514000, 2.7 },
};

START_TEST(real_tracks_are_read)
{
    if (access(real[_i].path, R_OK)) {
        fprintf(stderr, "SKIPPED: real_tracks_are_read: %s is not there\n", real[_i].path);
        return;
    }
    ck_assert_msg(track_read(&track, real[_i].path, &error) == OK, "%s", error.text);
    if (real[_i].count)
        ck_assert_uint_eq(track.count, real[_i].count);
    if (real[_i].duration_ms)
        ck_assert_int_eq(track_duration_ms(&track), real[_i].duration_ms);
    if (real[_i].length_km > 0)
        ck_assert_double_eq_tol(track_length_m(&track) / 1000, real[_i].length_km, 0.06);
    track_close(&track);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *suite_track(void)
{
    Suite *suite = suite_create("track");
    TCase *formats = tcase_create("formats");

    tcase_add_loop_test(formats, every_format_gives_the_same_track, 0, COUNT(twins));
    tcase_add_loop_test(formats, a_mistake_is_named_with_its_place, 0, COUNT(mistakes));
    tcase_add_loop_test(formats, moments_are_read, 0, COUNT(moments));
    tcase_add_loop_test(formats, real_tracks_are_read, 0, COUNT(real));
    tcase_add_test(formats, geojson_is_not_followed_without_end);
    tcase_add_test(formats, a_missing_file_is_named);
    tcase_add_test(formats, a_track_without_times_is_driven_at_the_assumed_speed);
    tcase_add_test(formats, a_repeated_time_keeps_the_first_fix);
    tcase_add_test(formats, a_vehicle_is_between_its_points);
    suite_add_tcase(suite, formats);
    return suite;
}
