/* CreateAuthorizer and its like: Lambda REQUEST authorizers, the only ones of WebSocket APIs. */

#include "apigateway/operations.h"
#include "apigateway/views.h"
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

static const char *member(const json_t *view, const char *name)
{
    return json_string_value(json_object_get(view, name));
}

static bool is_source(const char *source)
{
    static const char *const families[] = { "route.request.header.", "route.request.querystring.", "context.", "stageVariables." };

    for (size_t i = 0; i < sizeof families / sizeof *families; i++)
        if (text_begins(source, families[i]))
            return true;
    return false;
}

/* What an authorizer may look like; FAILED otherwise. */
static enum outcome check(struct call *call, const json_t *view)
{
    const char *uri = member(view, "authorizerUri");
    json_t *source;
    size_t i;

    if (!text_is(member(view, "authorizerType"), "REQUEST") || json_object_get(view, "jwtConfiguration"))
        return call_fail(call, ERR_BAD_REQUEST, "JWT authorizers are not available for WebSocket APIs");
    if (!apigateway_function_of(uri, call->arena))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid authorizerUri specified: %s names no Lambda function", uri ? uri : "null");
    json_array_foreach(json_object_get(view, "identitySource"), i, source) if (!is_source(json_string_value(source))) return call_fail(
        call, ERR_BAD_REQUEST, "Invalid identitySource specified: %s", json_is_string(source) ? json_string_value(source) : "null");
    return DONE;
}

enum outcome apigateway_create_authorizer(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    json_t *view;

    if (!api)
        return FAILED;
    view = apigateway_view_of(call);
    if (check(call, view) == FAILED) {
        json_decref(view);
        return FAILED;
    }
    return apigateway_answer_new(call, &apigateway_authorizer_kind, api, &api->authorizers, view);
}

enum outcome apigateway_get_authorizer(struct call *call)
{
    struct apigateway_resource *authorizer = apigateway_call_resource(call, &apigateway_authorizer_kind, apigateway_call_api(call));

    return authorizer ? apigateway_answer_view(call, authorizer->view) : FAILED;
}

enum outcome apigateway_get_authorizers(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    return apigateway_answer_list(call, api ? &api->authorizers : NULL, apigateway_resource_view);
}

enum outcome apigateway_update_authorizer(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *authorizer = apigateway_call_resource(call, &apigateway_authorizer_kind, api);
    json_t *view;

    if (!authorizer)
        return FAILED;
    view = apigateway_view_updated(call, authorizer->view);
    if (check(call, view) == FAILED) {
        json_decref(view);
        return FAILED;
    }
    return apigateway_answer_updated(call, api, &authorizer->view, view);
}

/* The key of a route that asks the authorizer; NULL: none. */
static const char *user_of(const struct apigateway_api *api, const struct apigateway_resource *authorizer)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&api->routes, &cursor))) {
        const json_t *route = apigateway_resource_view(entry->value);

        if (text_is(member(route, "authorizerId"), authorizer->id))
            return member(route, "routeKey");
    }
    return NULL;
}

enum outcome apigateway_delete_authorizer(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *authorizer = apigateway_call_resource(call, &apigateway_authorizer_kind, api);
    const char *user = authorizer ? user_of(api, authorizer) : NULL;

    if (user)
        return call_fail(call, ERR_CONFLICT, "Cannot delete Authorizer '%s' because it is referenced by Route '%s'.", authorizer->id, user);
    return apigateway_answer_removed(call, api, api ? &api->authorizers : NULL, authorizer);
}
