/* CreateStage and its like. */

#include "apigateway/operations.h"
#include "apigateway/views.h"

#include <string.h>

#define STAGE_MEMBERS                                                                                                                      \
    { "accessLogSettings", DOCUMENT }, { "autoDeploy", BOOLEAN }, { "clientCertificateId", STRING }, { "defaultRouteSettings", DOCUMENT }, \
        { "deploymentId", STRING }, { "description", STRING, .max = 1024 }, { "routeSettings", MAP, .members = document },                 \
    {                                                                                                                                      \
        "stageVariables", MAP, .members = text                                                                                             \
    }
#define IN_STAGE                                                \
    IN_API,                                                     \
    {                                                           \
        "stageName", STRING, .required = true, .where = IN_PATH \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
static const struct member document[] = { { "member", DOCUMENT }, { 0 } };
const struct member apigateway_create_stage_input[] = {
    IN_API, STAGE_MEMBERS, { "stageName", STRING, .required = true, .min = 1, .max = 128 }, { "tags", MAP, .members = text }, { 0 }
};
const struct member apigateway_update_stage_input[] = { IN_STAGE, STAGE_MEMBERS, { 0 } };
const struct member apigateway_get_stage_input[] = { IN_STAGE, { 0 } };
const struct member apigateway_delete_stage_input[] = { IN_STAGE, { 0 } };
const struct member apigateway_get_stages_input[] = { IN_API, IN_LIST, { 0 } };

static bool is_name(const char *name)
{
    return !name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_")];
}

/* The deployment that the call names, in *deployment; NULL when it names none. FAILED: there is no such deployment. */
static enum outcome find_deployment(struct call *call, struct apigateway_api *api, struct apigateway_resource **deployment)
{
    *deployment = NULL;
    if (!call_has(call, "deploymentId"))
        return DONE;
    *deployment = map_find(&api->deployments, call_string(call, "deploymentId"));
    return *deployment ? DONE : call_fail(call, ERR_NOT_FOUND, "Invalid Deployment identifier specified");
}

static void set_defaults(const struct apigateway *room, json_t *view)
{
    json_object_set_new(view, "createdDate", apigateway_date(room));
    json_object_set_new(view, "lastUpdatedDate", apigateway_date(room));
    apigateway_view_default(view, "autoDeploy", json_false());
    apigateway_view_default(view, "defaultRouteSettings", json_pack("{s:b}", "detailedMetricsEnabled", 0));
    apigateway_view_default(view, "routeSettings", json_object());
    apigateway_view_default(view, "stageVariables", json_object());
    apigateway_view_default(view, "tags", json_object());
}

enum outcome apigateway_create_stage(struct call *call)
{
    struct apigateway *room = room_of(call);
    struct apigateway_api *api = apigateway_call_api(call);
    const char *name = call_string(call, "stageName");
    struct apigateway_resource *deployment;
    struct apigateway_stage *stage;
    json_t *view;

    if (!api)
        return FAILED;
    if (!is_name(name))
        return call_fail(call, ERR_BAD_REQUEST, "Stage name only allows a-zA-Z0-9_-");
    if (apigateway_stage_find(api, name))
        return call_fail(call, ERR_CONFLICT, "Stage already exists");
    if (find_deployment(call, api, &deployment) == FAILED)
        return FAILED;
    view = apigateway_view_of(call);
    set_defaults(room, view);
    stage = apigateway_stage_add(api, name, view);
    if (deployment)
        apigateway_stage_serve(room, stage, deployment);
    apigateway_call_changed(call, api);
    return apigateway_answer_view(call, view);
}

enum outcome apigateway_get_stage(struct call *call)
{
    struct apigateway_stage *stage = apigateway_call_stage(call, apigateway_call_api(call));

    return stage ? apigateway_answer_view(call, stage->view) : FAILED;
}

static json_t *view_of(void *value)
{
    return ((struct apigateway_stage *)value)->view;
}

enum outcome apigateway_get_stages(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    return apigateway_answer_list(call, api ? &api->stages : NULL, view_of);
}

enum outcome apigateway_update_stage(struct call *call)
{
    struct apigateway *room = room_of(call);
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_stage *stage = apigateway_call_stage(call, api);
    struct apigateway_resource *deployment;
    json_t *view;

    if (!stage || find_deployment(call, api, &deployment) == FAILED)
        return FAILED;
    view = apigateway_view_updated(call, stage->view);
    json_object_set_new(view, "lastUpdatedDate", apigateway_date(room));
    json_decref(stage->view);
    stage->view = view;
    if (deployment)
        apigateway_stage_serve(room, stage, deployment);
    apigateway_call_changed(call, api);
    return apigateway_answer_view(call, stage->view);
}

enum outcome apigateway_delete_stage(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_stage *stage = apigateway_call_stage(call, api);

    if (!stage)
        return FAILED;
    map_remove(&api->stages, stage->name);
    apigateway_stage_free(stage);
    apigateway_call_changed(call, api);
    call->has_no_body = true;
    return DONE;
}
