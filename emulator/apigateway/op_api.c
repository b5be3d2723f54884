/* CreateApi, GetApi, GetApis, UpdateApi, DeleteApi. Only WebSocket APIs are made here. */

#include "apigateway/operations.h"
#include "apigateway/views.h"
#include "base/text.h"

static const char *const protocols[] = { "WEBSOCKET", "HTTP", NULL };
static const char *const address_types[] = { "ipv4", "dualstack", NULL };

const struct member apigateway_create_api_input[] = {
    { "apiKeySelectionExpression", STRING },
    { "corsConfiguration", DOCUMENT },
    { "description", STRING, .max = 1024 },
    { "disableExecuteApiEndpoint", BOOLEAN },
    { "disableSchemaValidation", BOOLEAN },
    { "ipAddressType", STRING, .values = address_types },
    { "name", STRING, .required = true, .min = 1, .max = 128 },
    { "protocolType", STRING, .required = true, .values = protocols },
    { "routeSelectionExpression", STRING },
    { "tags", MAP, .members = (const struct member[]){ { "value", STRING }, { 0 } } },
    { "version", STRING, .min = 1, .max = 64 },
    { 0 },
};

const struct member apigateway_update_api_input[] = {
    IN_API,
    { "apiKeySelectionExpression", STRING },
    { "description", STRING, .max = 1024 },
    { "disableExecuteApiEndpoint", BOOLEAN },
    { "disableSchemaValidation", BOOLEAN },
    { "ipAddressType", STRING, .values = address_types },
    { "name", STRING, .min = 1, .max = 128 },
    { "routeSelectionExpression", STRING },
    { "version", STRING, .min = 1, .max = 64 },
    { 0 },
};

const struct member apigateway_get_api_input[] = { IN_API, { 0 } };
const struct member apigateway_delete_api_input[] = { IN_API, { 0 } };
const struct member apigateway_get_apis_input[] = { IN_LIST, { 0 } };

/* False: the call has failed. */
static bool check_expression(struct call *call, const char *name)
{
    struct apigateway_selection *selection = NULL;
    const char *fault = NULL;

    if (call_has(call, name) && apigateway_selection_parse(call_string(call, name), &selection, &fault) != OK)
        call_fail(call, ERR_BAD_REQUEST, "Invalid %s specified: %s", name, fault);
    else
        fault = NULL;
    apigateway_selection_free(selection);
    return !fault;
}

static bool check(struct call *call)
{
    return check_expression(call, "routeSelectionExpression") && check_expression(call, "apiKeySelectionExpression");
}

enum outcome apigateway_create_api(struct call *call)
{
    struct apigateway *room = room_of(call);
    struct apigateway_api *api;
    json_t *view;

    if (!text_is(call_string(call, "protocolType"), "WEBSOCKET") || call_has(call, "corsConfiguration"))
        return call_fail(call, ERR_BAD_REQUEST, "HTTP APIs are not supported by lowcloud: only protocolType WEBSOCKET is");
    if (!call_has(call, "routeSelectionExpression"))
        return call_fail(call, ERR_BAD_REQUEST, "RouteSelectionExpression is required for APIs with protocol type WEBSOCKET");
    if (!check(call))
        return FAILED;
    view = apigateway_view_of(call);
    apigateway_view_default(view, "apiKeySelectionExpression", json_string("$request.header.x-api-key"));
    apigateway_view_default(view, "disableExecuteApiEndpoint", json_false());
    apigateway_view_default(view, "disableSchemaValidation", json_false());
    apigateway_view_default(view, "ipAddressType", json_string("ipv4"));
    apigateway_view_default(view, "tags", json_object());
    json_object_set_new(view, "createdDate", apigateway_date(room));
    api = apigateway_api_add(room, view);
    json_object_set_new(view, "apiId", json_string(api->id));
    json_object_set_new(view, "apiEndpoint",
                        json_string(call_print(call, "wss://%s.execute-api.%s.amazonaws.com", api->id, room->ground->region)));
    apigateway_call_changed(call, api);
    return apigateway_answer_view(call, view);
}

enum outcome apigateway_get_api(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    return api ? apigateway_answer_view(call, api->view) : FAILED;
}

static json_t *view_of(void *value)
{
    return ((struct apigateway_api *)value)->view;
}

enum outcome apigateway_get_apis(struct call *call)
{
    struct apigateway *room = room_of(call);

    return apigateway_answer_list(call, &room->apis, view_of);
}

enum outcome apigateway_update_api(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    if (!api || !check(call))
        return FAILED;
    return apigateway_answer_updated(call, api, &api->view, apigateway_view_updated(call, api->view));
}

enum outcome apigateway_delete_api(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);

    if (!api)
        return FAILED;
    apigateway_api_remove(room_of(call), api);
    apigateway_call_changed(call, NULL);
    call->has_no_body = true;
    return DONE;
}
