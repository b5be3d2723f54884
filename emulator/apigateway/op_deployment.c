/* CreateDeployment and its like: snapshots of an API. */

#include "apigateway/operations.h"
#include "apigateway/resources.h"

#define IN_DEPLOYMENT                                              \
    IN_API,                                                        \
    {                                                              \
        "deploymentId", STRING, .required = true, .where = IN_PATH \
    }

const struct member apigateway_create_deployment_input[] = {
    IN_API, { "description", STRING, .max = 1024 }, { "stageName", STRING, .min = 1, .max = 128 }, { 0 }
};
const struct member apigateway_update_deployment_input[] = { IN_DEPLOYMENT, { "description", STRING, .max = 1024 }, { 0 } };
const struct member apigateway_get_deployment_input[] = { IN_DEPLOYMENT, { 0 } };
const struct member apigateway_delete_deployment_input[] = { IN_DEPLOYMENT, { 0 } };
const struct member apigateway_get_deployments_input[] = { IN_API, IN_LIST, { 0 } };

enum outcome apigateway_create_deployment(struct call *call)
{
    struct apigateway *room = room_of(call);
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_stage *stage = NULL;
    struct apigateway_resource *deployment;

    if (!api)
        return FAILED;
    if (call_has(call, "stageName") && !(stage = apigateway_call_stage(call, api)))
        return FAILED;
    if (!api->routes.count)
        return call_fail(call, ERR_BAD_REQUEST, "At least one route is required before deploying the Api.");
    deployment = apigateway_api_deploy(room, api, call_string(call, "description"), false);
    if (stage)
        apigateway_stage_serve(room, stage, deployment);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, "apigateway.CreateDeployment", -1, api->id);
    return apigateway_answer_view(call, deployment->view);
}

static struct apigateway_resource *deployment_of(struct call *call, struct apigateway_api *api)
{
    return apigateway_call_resource(call, &apigateway_deployment_kind, api);
}

enum outcome apigateway_get_deployment(struct call *call)
{
    return apigateway_get_resource(call, &apigateway_deployment_kind);
}

enum outcome apigateway_get_deployments(struct call *call)
{
    return apigateway_list_resources(call, &apigateway_deployment_kind);
}

enum outcome apigateway_update_deployment(struct call *call)
{
    struct apigateway_resource *deployment = deployment_of(call, apigateway_call_api(call));

    return deployment ? apigateway_answer_updated(call, NULL, &deployment->view, apigateway_view_updated(call, deployment->view)) : FAILED;
}

/* A stage serves the plan that its deployment owns. */
static bool is_served(const struct apigateway_api *api, const struct apigateway_resource *deployment)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&api->stages, &cursor)))
        if (((struct apigateway_stage *)entry->value)->plan == deployment->plan)
            return true;
    return false;
}

enum outcome apigateway_delete_deployment(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *deployment = deployment_of(call, api);

    if (deployment && is_served(api, deployment))
        return call_fail(call, ERR_BAD_REQUEST, "Active stages pointing to this deployment must be moved or deleted");
    if (!deployment)
        return FAILED;
    apigateway_resource_remove(&api->deployments, deployment);
    apigateway_call_changed(call, NULL);
    call->has_no_body = true;
    return DONE;
}
