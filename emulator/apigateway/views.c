/* What the control plane's operations share. */

#include "apigateway/views.h"

#include "base/text.h"

#include <stdio.h>
#include <string.h>

#define KIND(kind, name, id, length, struct_name, map) \
    const struct apigateway_kind apigateway_##kind##_kind = { name, id, length, offsetof(struct struct_name, map) };
KIND(route, "Route", "routeId", 7, apigateway_api, routes)
KIND(integration, "Integration", "integrationId", 7, apigateway_api, integrations)
KIND(authorizer, "Authorizer", "authorizerId", 6, apigateway_api, authorizers)
KIND(model, "Model", "modelId", 6, apigateway_api, models)
KIND(deployment, "Deployment", "deploymentId", 6, apigateway_api, deployments)
KIND(route_response, "Route Response", "routeResponseId", 6, apigateway_resource, responses)
KIND(integration_response, "Integration Response", "integrationResponseId", 7, apigateway_resource, responses)
#undef KIND

struct map *apigateway_kind_map(const struct apigateway_kind *kind, void *owner)
{
    return (struct map *)((char *)owner + kind->map_offset);
}

struct apigateway_api *apigateway_call_api(struct call *call)
{
    struct apigateway *room = room_of(call);
    const char *id = call_string(call, "apiId");
    struct apigateway_api *api = apigateway_api_find(room, id);

    if (!api)
        call_fail(call, ERR_NOT_FOUND, "Invalid API identifier specified %s:%s", room->ground->account, id);
    return api;
}

static struct apigateway_resource *find(struct call *call, const struct apigateway_kind *kind, void *owner)
{
    struct apigateway_resource *resource = owner ? map_find(apigateway_kind_map(kind, owner), call_string(call, kind->id_member)) : NULL;

    if (owner && !resource)
        call_fail(call, ERR_NOT_FOUND, "Invalid %s identifier specified", kind->name);
    return resource;
}

struct apigateway_resource *apigateway_call_resource(struct call *call, const struct apigateway_kind *kind, struct apigateway_api *api)
{
    return find(call, kind, api);
}

struct apigateway_resource *apigateway_call_response(struct call *call, const struct apigateway_kind *kind,
                                                     struct apigateway_resource *owner)
{
    return find(call, kind, owner);
}

struct apigateway_stage *apigateway_call_stage(struct call *call, struct apigateway_api *api)
{
    struct apigateway_stage *stage = apigateway_stage_find(api, call_string(call, "stageName"));

    if (api && !stage)
        call_fail(call, ERR_NOT_FOUND, "Invalid stage identifier specified");
    return stage;
}

json_t *apigateway_view_of(const struct call *call)
{
    json_t *view = json_object();

    for (const struct member *member = call->operation->input; member->name; member++)
        if (member->where == IN_BODY && call_has(call, member->name))
            json_object_set_new(view, member->name, json_deep_copy(call_member(call, member->name)));
    return view;
}

const char *apigateway_view_text(const json_t *view, const char *name)
{
    return json_string_value(json_object_get(view, name));
}

json_t *apigateway_view_updated(const struct call *call, const json_t *view)
{
    json_t *updated = json_copy((json_t *)view);
    json_t *edits = apigateway_view_of(call);

    json_object_update(updated, edits);
    json_decref(edits);
    return updated;
}

void apigateway_view_default(json_t *view, const char *name, json_t *value)
{
    if (json_object_get(view, name))
        json_decref(value);
    else
        json_object_set_new(view, name, value);
}

enum outcome apigateway_answer_view(struct call *call, json_t *view)
{
    call->output = json_incref(view);
    return DONE;
}

void apigateway_call_changed(struct call *call, struct apigateway_api *api)
{
    char subject[96];

    snprintf(subject, sizeof subject, "apigateway.%s", call->operation->name);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, subject, -1, api ? api->id : NULL);
    if (api)
        apigateway_api_changed(room_of(call), api);
}

enum outcome apigateway_answer_new(struct call *call, const struct apigateway_kind *kind, struct apigateway_api *api, struct map *map,
                                   json_t *view)
{
    struct apigateway_resource *resource = apigateway_resource_add(room_of(call), map, kind->id_length, view);

    json_object_set_new(view, kind->id_member, json_string(resource->id));
    apigateway_call_changed(call, api);
    return apigateway_answer_view(call, view);
}

enum outcome apigateway_answer_updated(struct call *call, struct apigateway_api *api, json_t **place, json_t *view)
{
    json_decref(*place);
    *place = view;
    apigateway_call_changed(call, api);
    return apigateway_answer_view(call, view);
}

json_t *apigateway_resource_view(void *value)
{
    return ((struct apigateway_resource *)value)->view;
}

/* The token is the number of resources that were listed before. */
enum outcome apigateway_answer_list(struct call *call, const struct map *map, json_t *(*view_of)(void *value))
{
    int64_t max = INT64_MAX, skipped = 0, at = 0;
    size_t cursor = 0;
    struct map_entry *entry;
    json_t *items;

    if (!map)
        return FAILED;
    if (call_has(call, "maxResults") && (!text_to_int64(call_string(call, "maxResults"), &max) || max < 1))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid maxResults parameter specified");
    if (call_has(call, "nextToken") && (!text_to_int64(call_string(call, "nextToken"), &skipped) || skipped < 0))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid nextToken parameter specified");
    items = json_array();
    while ((entry = map_next(map, &cursor)) && (at < skipped || at - skipped < max))
        if (at++ >= skipped)
            json_array_append(items, view_of(entry->value));
    call->output = json_pack("{s:o}", "items", items);
    if (entry)
        json_object_set_new(call->output, "nextToken", json_string(call_print(call, "%lld", (long long)at)));
    return DONE;
}

enum outcome apigateway_answer_removed(struct call *call, struct apigateway_api *api, struct map *map, struct apigateway_resource *resource)
{
    if (!resource)
        return FAILED;
    apigateway_resource_remove(map, resource);
    apigateway_call_changed(call, api);
    call->has_no_body = true;
    return DONE;
}
