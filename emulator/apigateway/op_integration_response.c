/* CreateIntegrationResponse and its like: what a MOCK integration answers. Proxies have none. */

#include "apigateway/mock.h"
#include "apigateway/operations.h"
#include "apigateway/views.h"
#include "base/text.h"

static const char *const strategies[] = { "CONVERT_TO_BINARY", "CONVERT_TO_TEXT", NULL };

#define IN_INTEGRATION                                              \
    IN_API,                                                         \
    {                                                               \
        "integrationId", STRING, .required = true, .where = IN_PATH \
    }
#define IN_RESPONSE                                                         \
    IN_INTEGRATION,                                                         \
    {                                                                       \
        "integrationResponseId", STRING, .required = true, .where = IN_PATH \
    }
#define RESPONSE_MEMBERS(needs_key)                                                                                           \
    { "contentHandlingStrategy", STRING, .values = strategies }, { "integrationResponseKey", STRING, .required = needs_key }, \
        { "responseParameters", MAP, .members = text }, { "responseTemplates", MAP, .members = text },                        \
        { "templateSelectionExpression", STRING },                                                                            \
    {                                                                                                                         \
        0                                                                                                                     \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
const struct member apigateway_create_integration_response_input[] = { IN_INTEGRATION, RESPONSE_MEMBERS(true) };
const struct member apigateway_update_integration_response_input[] = { IN_RESPONSE, RESPONSE_MEMBERS(false) };
const struct member apigateway_get_integration_response_input[] = { IN_RESPONSE, { 0 } };
const struct member apigateway_delete_integration_response_input[] = { IN_RESPONSE, { 0 } };
const struct member apigateway_get_integration_responses_input[] = { IN_INTEGRATION, IN_LIST, { 0 } };

static struct apigateway_resource *integration_of(struct call *call, struct apigateway_api *api)
{
    return apigateway_call_resource(call, &apigateway_integration_kind, api);
}

static struct apigateway_resource *response_of(struct call *call, struct apigateway_api *api)
{
    return apigateway_call_response(call, &apigateway_integration_response_kind, integration_of(call, api));
}

/* DONE: the call's templates can be taken. */
static enum outcome check(struct call *call)
{
    const char *fault = apigateway_mock_fault(call_member(call, "responseTemplates"), false);

    return fault ? call_fail(call, ERR_BAD_REQUEST, "%s", fault) : DONE;
}

static bool is_taken(const struct apigateway_resource *integration, const char *key)
{
    size_t cursor = 0;
    struct map_entry *entry;

    while ((entry = map_next(&integration->responses, &cursor)))
        if (text_is(json_string_value(json_object_get(apigateway_resource_view(entry->value), "integrationResponseKey")), key))
            return true;
    return false;
}

enum outcome apigateway_create_integration_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *integration = integration_of(call, api);
    const char *key = call_string(call, "integrationResponseKey");

    if (!integration || check(call) == FAILED)
        return FAILED;
    if (is_taken(integration, key))
        return call_fail(call, ERR_CONFLICT, "Integration response with key %s already exists for this integration", key);
    return apigateway_answer_new(call, &apigateway_integration_response_kind, api, &integration->responses, apigateway_view_of(call));
}

enum outcome apigateway_get_integration_response(struct call *call)
{
    struct apigateway_resource *response = response_of(call, apigateway_call_api(call));

    return response ? apigateway_answer_view(call, response->view) : FAILED;
}

enum outcome apigateway_get_integration_responses(struct call *call)
{
    struct apigateway_resource *integration = integration_of(call, apigateway_call_api(call));

    return apigateway_answer_list(call, integration ? &integration->responses : NULL, apigateway_resource_view);
}

enum outcome apigateway_update_integration_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *response = response_of(call, api);

    if (!response || check(call) == FAILED)
        return FAILED;
    return apigateway_answer_updated(call, api, &response->view, apigateway_view_updated(call, response->view));
}

enum outcome apigateway_delete_integration_response(struct call *call)
{
    struct apigateway_api *api = apigateway_call_api(call);
    struct apigateway_resource *response = response_of(call, api);

    return apigateway_answer_removed(call, api, response ? &integration_of(call, api)->responses : NULL, response);
}
