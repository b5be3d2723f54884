#pragma once
/* What the control plane's operations share: finding what a call names, answering views, listing, and merging edits. */

#include "apigateway/api.h"
#include "apigateway/stage.h"
#include "aws/call.h"
#include "aws/shape.h"

/* The members that say where a resource is. */
#define IN_API                                              \
    {                                                       \
        "apiId", STRING, .required = true, .where = IN_PATH \
    }
#define IN_LIST                                  \
    { "maxResults", STRING, .where = IN_QUERY }, \
    {                                            \
        "nextToken", STRING, .where = IN_QUERY   \
    }

/* A kind of resource that an API holds. */
struct apigateway_kind {
    const char *name;      /* "Route", as errors call it */
    const char *id_member; /* "routeId" */
    size_t id_length;
    size_t map_offset; /* of its map in struct apigateway_api, or, for responses, in struct apigateway_resource */
};

extern const struct apigateway_kind apigateway_route_kind, apigateway_integration_kind, apigateway_authorizer_kind, apigateway_model_kind,
    apigateway_deployment_kind, apigateway_route_response_kind, apigateway_integration_response_kind;

/* The map of that kind in its owner: an API, or, for responses, a resource. */
struct map *apigateway_kind_map(const struct apigateway_kind *kind, void *owner);

/* The API that the call's apiId names; NULL: there is none, and the call has failed. */
struct apigateway_api *apigateway_call_api(struct call *call);

/* The resource of a kind that the call names, in api; NULL: there is none (or api is NULL), and the call has failed. */
struct apigateway_resource *apigateway_call_resource(struct call *call, const struct apigateway_kind *kind, struct apigateway_api *api);

/* The response of a kind that the call names, of a route or an integration; NULL as above. */
struct apigateway_resource *apigateway_call_response(struct call *call, const struct apigateway_kind *kind,
                                                     struct apigateway_resource *owner);

/* The stage that the call names, in api; NULL as above. */
struct apigateway_stage *apigateway_call_stage(struct call *call, struct apigateway_api *api);

/* A new view out of the members of the call that travel in its body. */
json_t *apigateway_view_of(const struct call *call);

/* A copy of view with the call's members put over it: what an update asks for. */
json_t *apigateway_view_updated(const struct call *call, const json_t *view);

/* The text of a member; NULL: none. */
const char *apigateway_view_text(const json_t *view, const char *name);

/* Sets a member that the call did not give. value is taken. */
void apigateway_view_default(json_t *view, const char *name, json_t *value);

/* Makes a resource of a kind in map out of view (taken), and answers it. */
enum outcome apigateway_answer_new(struct call *call, const struct apigateway_kind *kind, struct apigateway_api *api, struct map *map,
                                   json_t *view);

/* Puts view (taken) in the place of a resource's, and answers it. */
enum outcome apigateway_answer_updated(struct call *call, struct apigateway_api *api, json_t **place, json_t *view);

/* Answers a view. */
enum outcome apigateway_answer_view(struct call *call, json_t *view);

/* Answers {"items": [...]} of the resources in map (NULL: the call has failed before), at most maxResults of them. */
enum outcome apigateway_answer_list(struct call *call, const struct map *map, json_t *(*view_of)(void *value));

/* The view of a resource, for lists. */
json_t *apigateway_resource_view(void *value);

/* Removes a resource (NULL: the call has failed before), and answers nothing. */
enum outcome apigateway_answer_removed(struct call *call, struct apigateway_api *api, struct map *map,
                                       struct apigateway_resource *resource);

/* Traces that the call changed `subject`, and deploys it where that is automatic. */
void apigateway_call_changed(struct call *call, struct apigateway_api *api);
