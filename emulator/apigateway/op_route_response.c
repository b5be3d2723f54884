/* CreateRouteResponse and its like: what makes a route two-way. */

#include "apigateway/operations.h"
#include "apigateway/views.h"
#include "base/text.h"

#define IN_ROUTE                                              \
    IN_API,                                                   \
    {                                                         \
        "routeId", STRING, .required = true, .where = IN_PATH \
    }
#define IN_RESPONSE                                                   \
    IN_ROUTE,                                                         \
    {                                                                 \
        "routeResponseId", STRING, .required = true, .where = IN_PATH \
    }
#define RESPONSE_MEMBERS(needs_key)                                                                                \
    { "modelSelectionExpression", STRING }, { "responseModels", MAP, .members = text },                            \
        { "responseParameters", MAP, .members = document }, { "routeResponseKey", STRING, .required = needs_key }, \
    {                                                                                                              \
        0                                                                                                          \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
static const struct member document[] = { { "member", DOCUMENT }, { 0 } };
const struct member apigateway_create_route_response_input[] = { IN_ROUTE, RESPONSE_MEMBERS(true) };
const struct member apigateway_update_route_response_input[] = { IN_RESPONSE, RESPONSE_MEMBERS(false) };
const struct member apigateway_get_route_response_input[] = { IN_RESPONSE, { 0 } };
const struct member apigateway_delete_route_response_input[] = { IN_RESPONSE, { 0 } };
const struct member apigateway_get_route_responses_input[] = { IN_ROUTE, IN_LIST, { 0 } };

static struct apigateway_resource *route_of(struct call *call, struct apigateway_api *api)
{
    return apigateway_call_resource(call, &apigateway_route_kind, api);
}

static struct apigateway_resource *response_of(struct call *call, struct apigateway_api *api)
{
    return apigateway_call_response(call, &apigateway_route_response_kind, route_of(call, api));
}

static bool has_known_key(const struct call *call)
{
    return !call_has(call, "routeResponseKey") || text_is(call_string(call, "routeResponseKey"), "$default");
}

static enum outcome refuse_key(struct call *call)
{
    return call_fail(call, ERR_BAD_REQUEST, "Invalid routeResponseKey specified: only $default is supported");
}

enum outcome apigateway_create_route_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *route = route_of(call, api);

    if (!route)
        return FAILED;
    if (!has_known_key(call))
        return refuse_key(call);
    if (route->responses.count)
        return call_fail(call, ERR_CONFLICT, "Route response with key $default already exists for this route");
    return apigateway_answer_new(call, &apigateway_route_response_kind, api, &route->responses, apigateway_view_of(call));
}

enum outcome apigateway_get_route_response(struct call *call)
{
    struct apigateway_resource *response = response_of(call, apigateway_call_api(call));

    return response ? apigateway_answer_view(call, response->view) : FAILED;
}

enum outcome apigateway_get_route_responses(struct call *call)
{
    struct apigateway_resource *route = route_of(call, apigateway_call_api(call));

    return apigateway_answer_list(call, route ? &route->responses : NULL, apigateway_resource_view);
}

enum outcome apigateway_update_route_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *response = response_of(call, api);

    if (!response)
        return FAILED;
    if (!has_known_key(call))
        return refuse_key(call);
    return apigateway_answer_updated(call, api, &response->view, apigateway_view_updated(call, response->view));
}

enum outcome apigateway_delete_route_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *response = response_of(call, api);

    return apigateway_answer_removed(call, api, response ? &route_of(call, api)->responses : NULL, response);
}
