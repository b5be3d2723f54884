#include "geo.h"

#include <math.h>

static double radians(double degrees)
{
    return degrees * M_PI / 180;
}

static double degrees(double angle)
{
    return angle * 180 / M_PI;
}

/* The same meridian, between -180 and 180. */
static double wrap_longitude(double lon)
{
    if (lon > 180)
        return lon - 360;
    return lon < -180 ? lon + 360 : lon;
}

double geo_distance_m(struct geo a, struct geo b)
{
    double north = sin(radians(b.lat - a.lat) / 2);
    double east = sin(radians(b.lon - a.lon) / 2);
    double h = north * north + cos(radians(a.lat)) * cos(radians(b.lat)) * east * east;

    return 2 * GEO_EARTH_RADIUS_M * asin(sqrt(h < 1 ? h : 1));
}

double geo_bearing_deg(struct geo a, struct geo b)
{
    double turn = radians(b.lon - a.lon);
    double y = sin(turn) * cos(radians(b.lat));
    double x = cos(radians(a.lat)) * sin(radians(b.lat)) - sin(radians(a.lat)) * cos(radians(b.lat)) * cos(turn);
    double bearing = degrees(atan2(y, x));

    if (bearing < 0)
        bearing += 360;
    return bearing < 360 ? bearing : 0;
}

struct geo geo_between(struct geo a, struct geo b, double fraction)
{
    return (struct geo){ .lat = a.lat + (b.lat - a.lat) * fraction,
                         .lon = wrap_longitude(a.lon + wrap_longitude(b.lon - a.lon) * fraction) };
}

struct geo geo_offset(struct geo from, double bearing_deg, double distance_m)
{
    double angle = distance_m / GEO_EARTH_RADIUS_M;
    double lat = radians(from.lat);
    double bearing = radians(bearing_deg);
    double to = asin(sin(lat) * cos(angle) + cos(lat) * sin(angle) * cos(bearing));
    double turn = atan2(sin(bearing) * sin(angle) * cos(lat), cos(angle) - sin(lat) * sin(to));

    return (struct geo){ .lat = degrees(to), .lon = wrap_longitude(from.lon + degrees(turn)) };
}
