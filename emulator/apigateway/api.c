/* Keeping APIs and their resources. */

#include "apigateway/api.h"

#include "apigateway/stage.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

json_t *apigateway_date(const struct apigateway *room)
{
    struct arena arena = { 0 };
    char *text = text_iso_time(&arena, clock_now_ms(room->ground->clock));
    json_t *date;

    memcpy(text + 19, "Z", 2); /* to the second */
    date = json_string(text);
    arena_clear(&arena);
    return date;
}

struct apigateway_api *apigateway_api_find(const struct apigateway *room, const char *id)
{
    return map_find(&room->apis, id);
}

struct apigateway_api *apigateway_api_add(struct apigateway *room, json_t *view)
{
    struct apigateway_api *api = memory_new(sizeof *api);

    do
        apigateway_identifier_resource(&room->identifiers, api->id, sizeof api->id - 1);
    while (map_find(&room->apis, api->id));
    api->view = view;
    map_put(&room->apis, api->id, api);
    return api;
}

static void free_all(struct map *resources);

static void free_resource(struct apigateway_resource *resource)
{
    json_decref(resource->view);
    free_all(&resource->responses);
    apigateway_plan_free(resource->plan);
    free(resource);
}

static void free_all(struct map *resources)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(resources, &cursor)))
        free_resource(entry->value);
    map_clear(resources);
}

void apigateway_api_remove(struct apigateway *room, struct apigateway_api *api)
{
    size_t cursor = 0;
    struct map_entry *entry;

    map_remove(&room->apis, api->id);
    while ((entry = map_next(&api->stages, &cursor)))
        apigateway_stage_free(entry->value);
    map_clear(&api->stages);
    free_all(&api->routes);
    free_all(&api->integrations);
    free_all(&api->authorizers);
    free_all(&api->models);
    free_all(&api->deployments);
    json_decref(api->view);
    free(api);
}

struct apigateway_resource *apigateway_api_target(const struct apigateway_api *api, const char *target)
{
    return text_begins(target, "integrations/") ? map_find(&api->integrations, target + strlen("integrations/")) : NULL;
}

struct apigateway_resource *apigateway_resource_add(struct apigateway *room, struct map *map, size_t length, json_t *view)
{
    struct apigateway_resource *resource = memory_new(sizeof *resource);

    do
        apigateway_identifier_resource(&room->identifiers, resource->id, length);
    while (map_find(map, resource->id));
    resource->view = view;
    map_put(map, resource->id, resource);
    return resource;
}

void apigateway_resource_remove(struct map *map, struct apigateway_resource *resource)
{
    map_remove(map, resource->id);
    free_resource(resource);
}

struct apigateway_resource *apigateway_api_deploy(struct apigateway *room, struct apigateway_api *api, const char *description,
                                                  bool is_automatic)
{
    json_t *view = json_pack("{s:b, s:o, s:s, s:s*}", "autoDeployed", is_automatic, "createdDate", apigateway_date(room),
                             "deploymentStatus", "DEPLOYED", "description", description);
    struct apigateway_resource *deployment = apigateway_resource_add(room, &api->deployments, 6, view);

    json_object_set_new(view, "deploymentId", json_string(deployment->id));
    deployment->plan = apigateway_plan_new(api);
    return deployment;
}

/* The service makes a deployment for each change too. */
void apigateway_api_changed(struct apigateway *room, struct apigateway_api *api)
{
    struct apigateway_resource *deployment = NULL;
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&api->stages, &cursor))) {
        struct apigateway_stage *stage = entry->value;

        if (!json_is_true(json_object_get(stage->view, "autoDeploy")))
            continue;
        if (!deployment)
            deployment = apigateway_api_deploy(room, api, "Automatic deployment triggered by changes to the Api configuration", true);
        apigateway_stage_serve(room, stage, deployment);
    }
}
