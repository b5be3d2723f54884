#pragma once
/* An API as the control plane keeps it: the API's own attributes, and the resources below it. Each resource is kept as the JSON object that
 * Get answers (`view`), because that is what most of its life is about; what is served is a plan made out of them (plan.h). */

#include "apigateway/identifier.h"
#include "apigateway/plan.h"
#include "apigateway/room.h"

#include <jansson.h>

struct apigateway_resource {
    char id[12];
    json_t *view;
    struct map responses;         /* of a route or an integration: id -> struct apigateway_resource */
    struct apigateway_plan *plan; /* of a deployment */
};

struct apigateway_api {
    char id[APIGATEWAY_API_ID_SIZE];
    json_t *view;
    struct map routes, integrations, authorizers, models, deployments; /* id -> struct apigateway_resource */
    struct map stages;                                                 /* name -> struct apigateway_stage */
};

/* A new API with an id of its own; view is taken. */
struct apigateway_api *apigateway_api_add(struct apigateway *room, json_t *view);

/* NULL: there is none. */
struct apigateway_api *apigateway_api_find(const struct apigateway *room, const char *id);

/* Closes the clients of its stages (1001) and forgets it. */
void apigateway_api_remove(struct apigateway *room, struct apigateway_api *api);

/* The integration that a route's target ("integrations/ID") names; NULL: none. */
struct apigateway_resource *apigateway_api_target(const struct apigateway_api *api, const char *target);

/* A resource with a new id of length in map; view is taken. */
struct apigateway_resource *apigateway_resource_add(struct apigateway *room, struct map *map, size_t length, json_t *view);

/* Takes a resource out of its map and frees it. */
void apigateway_resource_remove(struct map *map, struct apigateway_resource *resource);

/* A deployment of the API as it stands, with its plan. description may be NULL. */
struct apigateway_resource *apigateway_api_deploy(struct apigateway *room, struct apigateway_api *api, const char *description,
                                                  bool is_automatic);

/* To be called after each edit: deploys to the stages that ask for it (autoDeploy). */
void apigateway_api_changed(struct apigateway *room, struct apigateway_api *api);

/* "2026-11-24T05:38:06Z" as a JSON text. */
json_t *apigateway_date(const struct apigateway *room);
