/* CreateModel and its like. Models are kept and listed; messages are not validated against them. */

#include "apigateway/operations.h"
#include "apigateway/resources.h"

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

static void set_defaults(json_t *view)
{
    apigateway_view_default(view, "contentType", json_string("application/json"));
}

enum outcome apigateway_create_model(struct call *call)
{
    return apigateway_create_resource(call, &apigateway_model_kind, set_defaults, NULL);
}

enum outcome apigateway_get_model(struct call *call)
{
    return apigateway_get_resource(call, &apigateway_model_kind);
}

enum outcome apigateway_get_models(struct call *call)
{
    return apigateway_list_resources(call, &apigateway_model_kind);
}

enum outcome apigateway_update_model(struct call *call)
{
    return apigateway_update_resource(call, &apigateway_model_kind, NULL);
}

enum outcome apigateway_delete_model(struct call *call)
{
    return apigateway_delete_resource(call, &apigateway_model_kind, NULL);
}
