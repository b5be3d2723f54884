/* CreateRoute, GetRoute, GetRoutes, UpdateRoute, DeleteRoute. */

#include "apigateway/operations.h"
#include "apigateway/resources.h"
#include "base/text.h"

#include <string.h>

static const char *const authorizations[] = { "NONE", "AWS_IAM", "CUSTOM", "JWT", NULL };

#define IN_ROUTE                                              \
    IN_API,                                                   \
    {                                                         \
        "routeId", STRING, .required = true, .where = IN_PATH \
    }
#define ROUTE_MEMBERS(needs_key)                                                                                                       \
    { "apiKeyRequired", BOOLEAN }, { "authorizationScopes", LIST, .members = text },                                                   \
        { "authorizationType", STRING, .values = authorizations }, { "authorizerId", STRING }, { "modelSelectionExpression", STRING }, \
        { "operationName", STRING, .min = 1, .max = 64 }, { "requestModels", MAP, .members = text },                                   \
        { "requestParameters", MAP, .members = document }, { "routeKey", STRING, .required = needs_key, .min = 1 },                    \
        { "routeResponseSelectionExpression", STRING }, { "target", STRING, .min = 1, .max = 128 },                                    \
    {                                                                                                                                  \
        0                                                                                                                              \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
static const struct member document[] = { { "member", DOCUMENT }, { 0 } };
const struct member apigateway_create_route_input[] = { IN_API, ROUTE_MEMBERS(true) };
const struct member apigateway_update_route_input[] = { IN_ROUTE, ROUTE_MEMBERS(false) };
const struct member apigateway_get_route_input[] = { IN_ROUTE, { 0 } };
const struct member apigateway_delete_route_input[] = { IN_ROUTE, { 0 } };
const struct member apigateway_get_routes_input[] = { IN_API, IN_LIST, { 0 } };

/* Whether another route than `except` has the key. */
static bool is_taken(const struct apigateway_api *api, const char *key, const struct apigateway_resource *except)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&api->routes, &cursor)))
        if (entry->value != except && text_is(apigateway_view_text(apigateway_resource_view(entry->value), "routeKey"), key))
            return true;
    return false;
}

/* Keys that begin with a dollar belong to the service. */
static bool is_key(const char *key)
{
    return key[0] != '$' || text_is(key, "$connect") || text_is(key, "$disconnect") || text_is(key, "$default");
}

static enum outcome check_authorization(struct call *call, const struct apigateway_api *api, const json_t *view)
{
    const char *type = apigateway_view_text(view, "authorizationType");
    const char *authorizer = apigateway_view_text(view, "authorizerId");

    if (!text_is(type, "NONE") && !text_is(apigateway_view_text(view, "routeKey"), "$connect"))
        return call_fail(call, ERR_BAD_REQUEST, "Currently, authorization is restricted to the $connect route only");
    if (text_is(type, "JWT"))
        return call_fail(call, ERR_BAD_REQUEST, "JWT authorization is not available for WebSocket APIs");
    if (text_is(type, "CUSTOM") && !map_find(&api->authorizers, authorizer))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid Authorizer identifier specified: %s", authorizer ? authorizer : "none");
    return DONE;
}

/* What a route may look like; FAILED otherwise. */
static enum outcome check(struct call *call, const struct apigateway_api *api, const json_t *view, const struct apigateway_resource *except)
{
    const char *key = apigateway_view_text(view, "routeKey"), *target = apigateway_view_text(view, "target");
    const char *response = apigateway_view_text(view, "routeResponseSelectionExpression");

    if (!is_key(key))
        return call_fail(call, ERR_BAD_REQUEST, "The provided route key is not valid: route keys that begin with $ are reserved");
    if (is_taken(api, key, except))
        return call_fail(call, ERR_CONFLICT, "Route with key %s already exists for this API", key);
    if (target && !apigateway_api_target(api, target))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid target specified: there is no integration %s", target);
    if (response && !text_is(response, "$default"))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid routeResponseSelectionExpression specified: only $default is supported");
    if (json_is_true(json_object_get(view, "apiKeyRequired")))
        return call_fail(call, ERR_BAD_REQUEST, "apiKeyRequired is not supported by lowcloud");
    return check_authorization(call, api, view);
}

static void set_defaults(json_t *view)
{
    apigateway_view_default(view, "apiKeyRequired", json_false());
    apigateway_view_default(view, "authorizationType", json_string("NONE"));
}

enum outcome apigateway_create_route(struct call *call)
{
    return apigateway_create_resource(call, &apigateway_route_kind, set_defaults, check);
}

enum outcome apigateway_get_route(struct call *call)
{
    return apigateway_get_resource(call, &apigateway_route_kind);
}

enum outcome apigateway_get_routes(struct call *call)
{
    return apigateway_list_resources(call, &apigateway_route_kind);
}

enum outcome apigateway_update_route(struct call *call)
{
    return apigateway_update_resource(call, &apigateway_route_kind, check);
}

enum outcome apigateway_delete_route(struct call *call)
{
    return apigateway_delete_resource(call, &apigateway_route_kind, NULL);
}
