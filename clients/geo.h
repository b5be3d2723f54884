#pragma once
/* Places on the globe: distance, bearing, and the way from one place to another. The earth is a sphere of the mean radius here, which is
 * within half a per cent of the truth and exactly what a handler computes with the haversine formula. */

struct geo {
    double lat; /* degrees north, -90 to 90 */
    double lon; /* degrees east, -180 to 180 */
};

/* Mean radius of the earth in metres (IUGG). Whoever compares distances with a handler's must use the same. */
#define GEO_EARTH_RADIUS_M 6371008.8

/* Metres from a to b along the great circle (haversine). */
double geo_distance_m(struct geo a, struct geo b);

/* The direction in which one leaves a for b: degrees clockwise from north, 0 (included) to 360 (excluded); 0 when both are the same. */
double geo_bearing_deg(struct geo a, struct geo b);

/* The place that is `fraction` (0 to 1) of the way from a to b. The two are neighbours on a track, so the way is straight in degrees; it
 * takes the short side across the date line. */
struct geo geo_between(struct geo a, struct geo b, double fraction);

/* The place that is distance_m metres from `from` in direction bearing_deg. */
struct geo geo_offset(struct geo from, double bearing_deg, double distance_m);
