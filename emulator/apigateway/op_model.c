/* CreateModel and its like. Models are kept and listed; messages are not validated against them. */

#include "apigateway/operations.h"
#include "apigateway/views.h"

#define IN_MODEL                                              \
    IN_API,                                                   \
    {                                                         \
        "modelId", STRING, .required = true, .where = IN_PATH \
    }
#define MODEL_MEMBERS(needs_all)                                                                    \
    { "contentType", STRING, .min = 1, .max = 256 }, { "description", STRING, .max = 1024 },        \
        { "name", STRING, .required = needs_all, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9]+" }, \
        { "schema", STRING, .required = needs_all, .max = 32768 },                                  \
    {                                                                                               \
        0                                                                                           \
    }

const struct member apigateway_create_model_input[] = { IN_API, MODEL_MEMBERS(true) };
const struct member apigateway_update_model_input[] = { IN_MODEL, MODEL_MEMBERS(false) };
const struct member apigateway_get_model_input[] = { IN_MODEL, { 0 } };
const struct member apigateway_delete_model_input[] = { IN_MODEL, { 0 } };
const struct member apigateway_get_models_input[] = { IN_API, IN_LIST, { 0 } };

enum outcome apigateway_create_model(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    json_t *view;

    if (!api)
        return FAILED;
    view = apigateway_view_of(call);
    apigateway_view_default(view, "contentType", json_string("application/json"));
    return apigateway_answer_new(call, &apigateway_model_kind, api, &api->models, view);
}

enum outcome apigateway_get_model(struct call *call)
{
    struct apigateway_resource *model = apigateway_call_resource(call, &apigateway_model_kind, apigateway_call_api(call));

    return model ? apigateway_answer_view(call, model->view) : FAILED;
}

enum outcome apigateway_get_models(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    return apigateway_answer_list(call, api ? &api->models : NULL, apigateway_resource_view);
}

enum outcome apigateway_update_model(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *model = apigateway_call_resource(call, &apigateway_model_kind, api);

    return model ? apigateway_answer_updated(call, api, &model->view, apigateway_view_updated(call, model->view)) : FAILED;
}

enum outcome apigateway_delete_model(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *model = apigateway_call_resource(call, &apigateway_model_kind, api);

    return apigateway_answer_removed(call, api, api ? &api->models : NULL, model);
}
