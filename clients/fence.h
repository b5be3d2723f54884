#pragma once
/* Geofences: circles on the map, and the one question about them: who entered and who left. This is the reference that `make demo` holds
 * the pipeline against, so it follows the same rule as scenarios/fleet/handlers/push.py and shares no line with it: inside from radius_m
 * on inwards, outside again only beyond radius_m + margin_m, so that a vehicle waiting on the edge does not flutter. */

#include "base/status.h"
#include "geo.h"
#include "track.h"

#include <stdbool.h>
#include <stddef.h>

enum { FENCES_MAX = 1024, FENCE_ID_MAX = 64 };

struct fence {
    char id[FENCE_ID_MAX];
    struct geo centre;
    double radius_m;
};

struct fence_list {
    struct fence *fences; /* in the order of their ids */
    size_t count;
    double margin_m;
};

/* Reads the Points of a GeoJSON FeatureCollection with the properties "id" and "radiusM"; other features are passed over. INVALID or ABSENT
 * with a line in error, as track_read. */
enum status fence_list_read(struct fence_list *list, const char *path, double margin_m, struct track_error *error);

/* The same from memory. */
enum status fence_list_parse(struct fence_list *list, const char *path, const char *bytes, size_t size_bytes, double margin_m,
                             struct track_error *error);

void fence_list_close(struct fence_list *list);

/* Where one vehicle is: one flag for each fence. Zero it before the first step. */
struct fence_presence {
    bool is_inside[FENCES_MAX];
};

typedef void fence_crossed(const struct fence *fence, bool is_enter, void *context);

/* The vehicle is now at place: tells of the fences that it left, then of those that it entered, each in the order of their ids. */
void fence_step(const struct fence_list *list, struct fence_presence *presence, struct geo place, fence_crossed *crossed, void *context);
