/* Vehicles, fences and the arithmetic under them. */

#include "suites.h"

#include "fence.h"
#include "figures.h"
#include "geo.h"
#include "vehicle.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct track track;
static struct track_error error;
static struct random chance;
static struct vehicle vehicle;

/* Ten metres or so per second due north for 30 s, with a point each ten seconds. */
static void open_track(void)
{
    static const char text[] = "lat,lon,time\n48,11,0\n48.0009,11,10\n48.0018,11,20\n48.0027,11,30\n";

    ck_assert_int_eq(track_parse(&track, "north.csv", text, strlen(text), &error), OK);
    random_open(&chance, 7);
}

static void close_track(void)
{
    track_close(&track);
}

static void begin(const struct vehicle_plan *plan, bool is_spread)
{
    vehicle_init(&vehicle, "car-1", &track, plan, &chance, is_spread);
}

/* Known distances and bearings, from the haversine formula worked with the same radius. */
static const struct {
    struct geo a;
    struct geo b;
    double distance_m;
    double bearing_deg;
} ways[] = {
    { { 0, 0 }, { 0, 0 }, 0, 0 },
    { { 0, 0 }, { 0, 1 }, 111195.08, 90 },
    { { 0, 0 }, { 1, 0 }, 111195.08, 0 },
    { { 1, 0 }, { 0, 0 }, 111195.08, 180 },
    { { 0, 1 }, { 0, 0 }, 111195.08, 270 },
    { { 0, 179.5 }, { 0, -179.5 }, 111195.08, 90 },
    { { 0, 0 }, { 0, 180 }, 20015114.35, 90 },
    { { 90, 0 }, { -90, 0 }, 20015114.35, 180 },
    { { 48.1371, 11.5754 }, { 52.5200, 13.4050 }, 504205.0, 14.1 },
};

START_TEST(distances_and_bearings_are_those_of_the_sphere)
{
    ck_assert_double_eq_tol(geo_distance_m(ways[_i].a, ways[_i].b), ways[_i].distance_m, ways[_i].distance_m * 2e-3 + 0.01);
    ck_assert_double_eq_tol(geo_bearing_deg(ways[_i].a, ways[_i].b), ways[_i].bearing_deg, 0.2);
}
END_TEST

START_TEST(an_offset_is_as_far_away_as_it_says)
{
    struct geo from = { 48.1371, 11.5754 };

    for (double bearing = 0; bearing < 360; bearing += 30) {
        struct geo to = geo_offset(from, bearing, 250);

        ck_assert_double_eq_tol(geo_distance_m(from, to), 250, 1e-6);
        ck_assert_double_eq_tol(geo_bearing_deg(from, to), bearing, 1e-3);
    }
}
END_TEST

START_TEST(the_way_between_crosses_the_date_line_on_the_short_side)
{
    ck_assert_double_eq_tol(geo_between((struct geo){ 0, 179.5 }, (struct geo){ 0, -179.5 }, 0.75).lon, -179.75, 1e-9);
    ck_assert_double_eq_tol(geo_between((struct geo){ 0, -179.5 }, (struct geo){ 0, 179.5 }, 0.25).lon, -179.75, 1e-9);
}
END_TEST

START_TEST(recorded_points_are_fixed_at_their_own_times)
{
    begin(&(struct vehicle_plan){ .speed = 10, .loops = 1 }, false);
    ck_assert_uint_eq(vehicle_fix_count(&vehicle), 4);
    for (uint64_t i = 0; i < 4; i++) {
        int64_t due_us = vehicle_due_us(&vehicle);
        struct fix fix = vehicle_fix(&vehicle, 1000);

        ck_assert_int_eq(due_us - vehicle.phase_us, (int64_t)i * 1000000);
        ck_assert_uint_eq(fix.seq, i + 1);
        ck_assert_double_eq(fix.place.lat, track.points[i].place.lat);
        ck_assert_double_eq_tol(fix.speed_mps, 10.01, 0.01); /* the recorded one, whatever the factor */
    }
    ck_assert_int_eq(vehicle_due_us(&vehicle), -1);
}
END_TEST

START_TEST(a_rate_interpolates_along_the_track)
{
    begin(&(struct vehicle_plan){ .speed = 3, .loops = 1, .rate_hz = 2 }, false);
    ck_assert_uint_eq(vehicle_fix_count(&vehicle), 21); /* 30 s at threefold speed, two fixes a second, both ends included */
    for (int i = 0; i < 21; i++) {
        ck_assert_int_eq(vehicle_due_us(&vehicle) - vehicle.phase_us, i * 500000);
        ck_assert_double_eq_tol(vehicle_fix(&vehicle, 0).place.lat, 48 + i * 0.000135, 1e-7);
    }
    ck_assert_int_eq(vehicle_due_us(&vehicle), -1);
}
END_TEST

START_TEST(a_lap_ends_where_the_track_ends)
{
    begin(&(struct vehicle_plan){ .speed = 1, .loops = 2 }, false);
    ck_assert_uint_eq(vehicle_fix_count(&vehicle), 7); /* the end of a lap and the beginning of the next are one moment */
    for (int i = 0; i < 3; i++)
        vehicle_fix(&vehicle, 0);
    ck_assert_double_eq(vehicle_fix(&vehicle, 0).place.lat, 48.0027);
    ck_assert_double_eq(vehicle_fix(&vehicle, 0).place.lat, 48.0009);
    vehicle_fix(&vehicle, 0);
    ck_assert_double_eq(vehicle_fix(&vehicle, 0).place.lat, 48.0027);
    ck_assert_int_eq(vehicle_due_us(&vehicle), -1);
}
END_TEST

START_TEST(a_vehicle_without_a_last_loop_never_arrives)
{
    begin(&(struct vehicle_plan){ .speed = 1, .loops = 0, .rate_hz = 1 }, true);
    for (int i = 0; i < 500; i++) {
        ck_assert_int_ge(vehicle_due_us(&vehicle), 0);
        vehicle_fix(&vehicle, 0);
    }
    ck_assert_uint_eq(vehicle_fix_count(&vehicle), 0);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_fixes)
{
    struct vehicle_plan plan = { .speed = 2, .jitter_m = 3, .loops = 3, .rate_hz = 5 };
    struct vehicle twin;
    struct vehicle other;
    struct random elsewhere;
    int differing = 0;

    random_open(&elsewhere, 8);
    begin(&plan, true);
    vehicle_init(&twin, "car-1", &track, &plan, &chance, true);
    vehicle_init(&other, "car-1", &track, &plan, &elsewhere, true);
    ck_assert_int_eq(vehicle_due_us(&vehicle), vehicle_due_us(&twin));
    for (int i = 0; i < 100; i++) {
        struct fix a = vehicle_fix(&vehicle, 0);
        struct fix b = vehicle_fix(&twin, 0);
        struct fix c = vehicle_fix(&other, 0);

        ck_assert_double_eq(a.place.lat, b.place.lat);
        ck_assert_double_eq(a.place.lon, b.place.lon);
        ck_assert_double_eq(a.accuracy_m, b.accuracy_m);
        differing += a.place.lat != c.place.lat;
    }
    ck_assert_int_gt(differing, 90);
}
END_TEST

START_TEST(jitter_is_as_large_as_it_says)
{
    struct vehicle_plan plan = { .speed = 1, .jitter_m = 4, .loops = 0, .rate_hz = 0.01 };
    double squares = 0;
    int count = 2000;

    begin(&plan, false);
    for (int i = 0; i < count; i++) {
        double time_ms = fmod((double)i * 100000, 30000);
        struct geo true_place = track_at(&track, i && time_ms == 0 ? 30000 : time_ms).place;
        double off_m = geo_distance_m(vehicle_fix(&vehicle, 0).place, true_place);

        squares += off_m * off_m;
    }
    ck_assert_double_eq_tol(sqrt(squares / count / 2), 4, 0.3); /* per axis */
}
END_TEST

START_TEST(a_fix_is_printed_as_handlers_read_it)
{
    struct fix fix = {
        .ts_ms = 1700000000123, .seq = 9, .place = { 48.1234567, -11.5 }, .speed_mps = 13.9, .heading_deg = 271.5, .accuracy_m = 3
    };
    struct buffer line = { 0 };

    fix_print(&fix, "car-\"1\"", &line);
    ck_assert_str_eq(line.data, "{\"id\":\"car-\\\"1\\\"\",\"ts\":1700000000123,\"seq\":9,\"lat\":48.1234567,\"lon\":-11.5000000,"
                                "\"speedMps\":13.90,\"headingDeg\":271.5,\"accuracyM\":3.0}");
    buffer_clear(&line);
}
END_TEST

static const char fences_text[] =
    "{\"type\":\"FeatureCollection\",\"features\":["
    "{\"type\":\"Feature\",\"properties\":{\"id\":\"b\",\"radiusM\":100},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0.003,0]}},"
    "{\"type\":\"Feature\",\"properties\":{},\"geometry\":{\"type\":\"LineString\",\"coordinates\":[]}},"
    "{\"type\":\"Feature\",\"properties\":{\"id\":\"a\",\"radiusM\":100},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0.002,0]}}]}";

static char story[256];

static void tell(const struct fence *fence, bool is_enter, void *context)
{
    (void)context;
    strcat(story, is_enter ? "+" : "-");
    strcat(story, fence->id);
    strcat(story, " ");
}

/* One ten-thousandth of a degree on the equator is 11.1 m. The fences reach from 0.0011 to 0.0029 and from 0.0021 to 0.0039. */
static const struct {
    const char *lons; /* the places, in ten-thousandths of a degree */
    const char *story;
} drives[] = {
    { "0 5 10", "" },
    { "0 12 20 25 32 45", "+a +b -a -b " },
    { "0 20 29 30 29 30 31 50", "+a +b -a -b " }, /* the edge flutters within the margin of 20 m */
    { "25 50", "+a +b -a -b " },                  /* it begins inside both */
    { "20 35", "+a -a +b " },                     /* leaves before enters */
    { "0 50 0", "" },                             /* between two fixes it passed through: not seen */
    { "25 0 25 0", "+a +b -a -b +a +b -a -b " },
};

START_TEST(fences_tell_who_entered_and_who_left)
{
    struct fence_list list;
    struct fence_presence presence = { 0 };
    char lons[64];

    ck_assert_int_eq(fence_list_parse(&list, "f.geojson", fences_text, strlen(fences_text), 20, &error), OK);
    ck_assert_uint_eq(list.count, 2);
    ck_assert_str_eq(list.fences[0].id, "a");
    story[0] = '\0';
    strcpy(lons, drives[_i].lons);
    for (char *lon = strtok(lons, " "); lon; lon = strtok(NULL, " "))
        fence_step(&list, &presence, (struct geo){ 0, atof(lon) / 10000 }, tell, NULL);
    ck_assert_str_eq(story, drives[_i].story);
    fence_list_close(&list);
}
END_TEST

#define FENCE(properties, coordinates) \
    "{\"features\":[{\"properties\":" properties ",\"geometry\":{\"type\":\"Point\",\"coordinates\":" coordinates "}}]}"

static const struct {
    const char *text;
    const char *error;
} bad_fences[] = {
    { "[", "f.json:1: ']' expected near end of file" },
    { "{}", "f.json: has no fences: a FeatureCollection of Points is needed" },
    { FENCE("{\"radiusM\":1}", "[0,0]"), "f.json: feature 1: a fence needs an \"id\" of 1 to 63 characters" },
    { FENCE("{\"id\":\"a\"}", "[0,0]"), "f.json: feature 1: a fence needs a \"radiusM\" greater than 0" },
    { FENCE("{\"id\":\"a\",\"radiusM\":-1}", "[0,0]"), "f.json: feature 1: a fence needs a \"radiusM\" greater than 0" },
    { FENCE("{\"id\":\"a\",\"radiusM\":1}", "[0,91]"), "f.json: feature 1: a fence needs the coordinates [longitude, latitude]" },
    { FENCE("{\"id\":\"a\",\"radiusM\":1}", "[0]"), "f.json: feature 1: a fence needs the coordinates [longitude, latitude]" },
    { "{\"features\":[{\"properties\":{\"id\":\"a\",\"radiusM\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,0]}},"
      "{\"properties\":{\"id\":\"a\",\"radiusM\":1},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,0]}}]}",
      "f.json: two fences have one id" },
};

START_TEST(bad_fences_are_named)
{
    struct fence_list list;

    ck_assert_int_eq(fence_list_parse(&list, "f.json", bad_fences[_i].text, strlen(bad_fences[_i].text), 0, &error), INVALID);
    ck_assert_str_eq(error.text, bad_fences[_i].error);
    ck_assert_ptr_null(list.fences);
}
END_TEST

START_TEST(percentiles_are_right_to_one_per_cent)
{
    static struct figures figures;

    figures = (struct figures){ 0 };
    ck_assert_int_eq(figures_percentile(&figures, 50), 0);
    ck_assert_double_eq(figures_mean(&figures), 0);
    for (int64_t value = 100000; value >= 1; value--)
        figures_add(&figures, value);
    ck_assert_int_eq(figures.least, 1);
    ck_assert_int_eq(figures.greatest, 100000);
    ck_assert_int_eq(figures_percentile(&figures, 0), 1);
    ck_assert_int_eq(figures_percentile(&figures, 100), 100000);
    for (int percent = 1; percent < 100; percent++)
        ck_assert_double_eq_tol((double)figures_percentile(&figures, percent), percent * 1000.0, percent * 10.0);
    ck_assert_double_eq_tol(figures_mean(&figures), 50000.5, 1e-6);
}
END_TEST

START_TEST(figures_take_any_value)
{
    static struct figures figures;

    figures = (struct figures){ 0 };
    figures_add(&figures, -5);
    figures_add(&figures, INT64_MAX);
    ck_assert_int_eq(figures.least, 0);
    ck_assert_int_eq(figures_percentile(&figures, 50), 0);
    ck_assert_int_eq(figures_percentile(&figures, 99), INT64_MAX);
}
END_TEST

#define COUNT(array) ((int)(sizeof(array) / sizeof *(array)))

Suite *suite_vehicle(void)
{
    Suite *suite = suite_create("vehicle");
    TCase *drive = tcase_create("drive");
    TCase *rules = tcase_create("rules");

    tcase_add_checked_fixture(drive, open_track, close_track);
    tcase_add_test(drive, recorded_points_are_fixed_at_their_own_times);
    tcase_add_test(drive, a_rate_interpolates_along_the_track);
    tcase_add_test(drive, a_lap_ends_where_the_track_ends);
    tcase_add_test(drive, a_vehicle_without_a_last_loop_never_arrives);
    tcase_add_test(drive, the_same_seed_gives_the_same_fixes);
    tcase_add_test(drive, jitter_is_as_large_as_it_says);
    tcase_add_test(drive, a_fix_is_printed_as_handlers_read_it);
    tcase_add_loop_test(rules, distances_and_bearings_are_those_of_the_sphere, 0, COUNT(ways));
    tcase_add_test(rules, an_offset_is_as_far_away_as_it_says);
    tcase_add_test(rules, the_way_between_crosses_the_date_line_on_the_short_side);
    tcase_add_loop_test(rules, fences_tell_who_entered_and_who_left, 0, COUNT(drives));
    tcase_add_loop_test(rules, bad_fences_are_named, 0, COUNT(bad_fences));
    tcase_add_test(rules, percentiles_are_right_to_one_per_cent);
    tcase_add_test(rules, figures_take_any_value);
    suite_add_tcase(suite, drive);
    suite_add_tcase(suite, rules);
    return suite;
}
