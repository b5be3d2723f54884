/* CreateAuthorizer and its like: Lambda REQUEST authorizers, the only ones of WebSocket APIs. */

#include "apigateway/operations.h"
#include "apigateway/resources.h"
#include "base/text.h"

static const char *const types[] = { "REQUEST", "JWT", NULL };

#define IN_AUTHORIZER                                              \
    IN_API,                                                        \
    {                                                              \
        "authorizerId", STRING, .required = true, .where = IN_PATH \
    }
#define AUTHORIZER_MEMBERS(needs_all)                                                                                             \
    { "authorizerCredentialsArn", STRING }, { "authorizerPayloadFormatVersion", STRING, .min = 1, .max = 64 },                    \
        { "authorizerResultTtlInSeconds", INTEGER, .min_is_zero = true, .max = 3600 },                                            \
        { "authorizerType", STRING, .required = needs_all, .values = types }, { "authorizerUri", STRING, .min = 1, .max = 2048 }, \
        { "enableSimpleResponses", BOOLEAN }, { "identitySource", LIST, .required = needs_all, .members = text },                 \
        { "identityValidationExpression", STRING, .max = 1024 }, { "jwtConfiguration", DOCUMENT },                                \
        { "name", STRING, .required = needs_all, .min = 1, .max = 128 },                                                          \
    {                                                                                                                             \
        0                                                                                                                         \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
const struct member apigateway_create_authorizer_input[] = { IN_API, AUTHORIZER_MEMBERS(true) };
const struct member apigateway_update_authorizer_input[] = { IN_AUTHORIZER, AUTHORIZER_MEMBERS(false) };
const struct member apigateway_get_authorizer_input[] = { IN_AUTHORIZER, { 0 } };
const struct member apigateway_delete_authorizer_input[] = { IN_AUTHORIZER, { 0 } };
const struct member apigateway_get_authorizers_input[] = { IN_API, IN_LIST, { 0 } };

static bool is_source(const char *source)
{
    static const char *const families[] = { "route.request.header.", "route.request.querystring.", "context.", "stageVariables." };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (text_begins(source, families[i]))
            return true;
    return false;
}

/* What an authorizer may look like; FAILED otherwise. */
static enum outcome check(struct call *call, const struct apigateway_api *api, const json_t *view, const struct apigateway_resource *except)
{
    const char *uri = apigateway_view_text(view, "authorizerUri");
    json_t *source;
    size_t i;

    (void)api;
    (void)except;
    if (!text_is(apigateway_view_text(view, "authorizerType"), "REQUEST") || json_object_get(view, "jwtConfiguration"))
        return call_fail(call, ERR_BAD_REQUEST, "JWT authorizers are not available for WebSocket APIs");
    if (!apigateway_function_of(uri, call->arena))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid authorizerUri specified: %s names no Lambda function", uri ? uri : "null");
    json_array_foreach(json_object_get(view, "identitySource"), i, source) if (!is_source(json_string_value(source))) return call_fail(
        call, ERR_BAD_REQUEST, "Invalid identitySource specified: %s", json_is_string(source) ? json_string_value(source) : "null");
    return DONE;
}

/* Whether the route asks the authorizer. */
static bool is_used(const struct apigateway_api *api, const json_t *route, const struct apigateway_resource *authorizer)
{
    (void)api;
    return text_is(apigateway_view_text(route, "authorizerId"), authorizer->id);
}

enum outcome apigateway_create_authorizer(struct call *call)
{
    return apigateway_create_resource(call, &apigateway_authorizer_kind, NULL, check);
}

enum outcome apigateway_get_authorizer(struct call *call)
{
    return apigateway_get_resource(call, &apigateway_authorizer_kind);
}

enum outcome apigateway_get_authorizers(struct call *call)
{
    return apigateway_list_resources(call, &apigateway_authorizer_kind);
}

enum outcome apigateway_update_authorizer(struct call *call)
{
    return apigateway_update_resource(call, &apigateway_authorizer_kind, check);
}

enum outcome apigateway_delete_authorizer(struct call *call)
{
    return apigateway_delete_resource(call, &apigateway_authorizer_kind, is_used);
}
