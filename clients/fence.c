#include "fence.h"

#include "base/memory.h"
#include "base/text.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static enum status fail(struct track_error *error, const char *path, size_t feature, const char *text)
{
    if (feature)
        snprintf(error->text, sizeof error->text, "%.150s: feature %zu: %s", path, feature, text);
    else
        snprintf(error->text, sizeof error->text, "%.150s: %s", path, text);
    return INVALID;
}

/* A feature that is a fence goes into *fence. What is wrong is named in *problem. */
static bool read_fence(const json_t *feature, struct fence *fence, const char **problem)
{
    const json_t *properties = json_object_get(feature, "properties");
    const json_t *position = json_object_get(json_object_get(feature, "geometry"), "coordinates");
    const json_t *lon = json_array_get(position, 0);
    const json_t *lat = json_array_get(position, 1);
    const char *id = json_string_value(json_object_get(properties, "id"));

    fence->radius_m = json_number_value(json_object_get(properties, "radiusM"));
    fence->centre = (struct geo){ .lat = json_number_value(lat), .lon = json_number_value(lon) };
    if (!id || !*id || strlen(id) >= FENCE_ID_MAX)
        *problem = "a fence needs an \"id\" of 1 to 63 characters";
    else if (!(fence->radius_m > 0))
        *problem = "a fence needs a \"radiusM\" greater than 0";
    else if (!json_is_number(lon) || !json_is_number(lat) || fabs(fence->centre.lat) > 90 || fabs(fence->centre.lon) > 180)
        *problem = "a fence needs the coordinates [longitude, latitude]";
    else
        snprintf(fence->id, sizeof fence->id, "%s", id);
    return !*problem;
}

static bool is_point(const json_t *feature)
{
    return text_is(json_string_value(json_object_get(json_object_get(feature, "geometry"), "type")), "Point");
}

static int by_id(const void *a, const void *b)
{
    return strcmp(((const struct fence *)a)->id, ((const struct fence *)b)->id);
}

static bool has_twins(const struct fence_list *list)
{
    for (size_t i = 1; i < list->count; i++)
        if (text_is(list->fences[i - 1].id, list->fences[i].id))
            return true;
    return false;
}

static enum status read_features(struct fence_list *list, const char *path, const json_t *features, struct track_error *error)
{
    size_t count = json_array_size(features);

    list->fences = memory_new((count < FENCES_MAX ? count : FENCES_MAX) * sizeof *list->fences + 1);
    for (size_t i = 0; i < count; i++) {
        const json_t *feature = json_array_get(features, i);
        const char *problem = NULL;

        if (!is_point(feature))
            continue;
        if (list->count == FENCES_MAX)
            return fail(error, path, i + 1, "more than 1024 fences");
        if (!read_fence(feature, &list->fences[list->count], &problem))
            return fail(error, path, i + 1, problem);
        list->count++;
    }
    if (!list->count)
        return fail(error, path, 0, "has no fences: a FeatureCollection of Points is needed");
    qsort(list->fences, list->count, sizeof *list->fences, by_id);
    return has_twins(list) ? fail(error, path, 0, "two fences have one id") : OK;
}

enum status fence_list_parse(struct fence_list *list, const char *path, const char *bytes, size_t size_bytes, double margin_m,
                             struct track_error *error)
{
    json_error_t problem;
    json_t *root = json_loadb(bytes, size_bytes, 0, &problem);
    enum status status;

    *list = (struct fence_list){ .margin_m = margin_m };
    if (!root) {
        snprintf(error->text, sizeof error->text, "%.120s:%d: %.100s", path, problem.line, problem.text);
        return INVALID;
    }
    status = read_features(list, path, json_object_get(root, "features"), error);
    json_decref(root);
    if (status != OK)
        fence_list_close(list);
    return status;
}

enum status fence_list_read(struct fence_list *list, const char *path, double margin_m, struct track_error *error)
{
    size_t size_bytes = 0;
    char *bytes = track_read_file(path, &size_bytes, error);
    enum status status;

    *list = (struct fence_list){ 0 };
    if (!bytes)
        return ABSENT;
    status = fence_list_parse(list, path, bytes, size_bytes, margin_m, error);
    free(bytes);
    return status;
}

void fence_list_close(struct fence_list *list)
{
    free(list->fences);
    *list = (struct fence_list){ 0 };
}

void fence_step(const struct fence_list *list, struct fence_presence *presence, struct geo place, fence_crossed *crossed, void *context)
{
    bool is_inside[FENCES_MAX];

    for (size_t i = 0; i < list->count; i++) {
        const struct fence *fence = &list->fences[i];
        double reach_m = fence->radius_m + (presence->is_inside[i] ? list->margin_m : 0);

        is_inside[i] = geo_distance_m(fence->centre, place) <= reach_m;
        if (presence->is_inside[i] && !is_inside[i])
            crossed(fence, false, context);
    }
    for (size_t i = 0; i < list->count; i++) {
        if (!presence->is_inside[i] && is_inside[i])
            crossed(&list->fences[i], true, context);
        presence->is_inside[i] = is_inside[i];
    }
}
