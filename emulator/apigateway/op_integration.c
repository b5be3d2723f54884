/* CreateIntegration and its like. Functions (AWS_PROXY) and fixed answers (MOCK) are integrated; the rest is refused when it is made,
 * rather than failing when it is used. */

#include "apigateway/mock.h"
#include "apigateway/operations.h"
#include "apigateway/resources.h"
#include "base/text.h"

static const char *const types[] = { "AWS", "HTTP", "MOCK", "HTTP_PROXY", "AWS_PROXY", NULL };
static const char *const connections[] = { "INTERNET", "VPC_LINK", NULL };
static const char *const strategies[] = { "CONVERT_TO_BINARY", "CONVERT_TO_TEXT", NULL };
static const char *const passthroughs[] = { "WHEN_NO_MATCH", "NEVER", "WHEN_NO_TEMPLATES", NULL };

#define IN_INTEGRATION                                              \
    IN_API,                                                         \
    {                                                               \
        "integrationId", STRING, .required = true, .where = IN_PATH \
    }
#define INTEGRATION_MEMBERS(needs_type)                                                                                                    \
    { "connectionId", STRING, .min = 1, .max = 1024 }, { "connectionType", STRING, .values = connections },                                \
        { "contentHandlingStrategy", STRING, .values = strategies }, { "credentialsArn", STRING }, { "description", STRING, .max = 1024 }, \
        { "integrationMethod", STRING, .min = 1, .max = 64 }, { "integrationSubtype", STRING, .min = 1, .max = 128 },                      \
        { "integrationType", STRING, .required = needs_type, .values = types }, { "integrationUri", STRING, .min = 1, .max = 2048 },       \
        { "passthroughBehavior", STRING, .values = passthroughs }, { "payloadFormatVersion", STRING, .min = 1, .max = 64 },                \
        { "requestParameters", MAP, .members = text }, { "requestTemplates", MAP, .members = text },                                       \
        { "responseParameters", MAP, .members = document }, { "templateSelectionExpression", STRING },                                     \
        { "timeoutInMillis", INTEGER, .min = 50, .max = 29000 }, { "tlsConfig", DOCUMENT },                                                \
    {                                                                                                                                      \
        0                                                                                                                                  \
    }

static const struct member text[] = { { "member", STRING }, { 0 } };
static const struct member document[] = { { "member", DOCUMENT }, { 0 } };
const struct member apigateway_create_integration_input[] = { IN_API, INTEGRATION_MEMBERS(true) };
const struct member apigateway_update_integration_input[] = { IN_INTEGRATION, INTEGRATION_MEMBERS(false) };
const struct member apigateway_get_integration_input[] = { IN_INTEGRATION, { 0 } };
const struct member apigateway_delete_integration_input[] = { IN_INTEGRATION, { 0 } };
const struct member apigateway_get_integrations_input[] = { IN_API, IN_LIST, { 0 } };

static enum outcome check_mock(struct call *call, const json_t *view)
{
    const char *fault = apigateway_mock_fault(json_object_get(view, "requestTemplates"), true);

    return fault ? call_fail(call, ERR_BAD_REQUEST, "%s", fault) : DONE;
}

/* What an integration may look like; FAILED otherwise. */
static enum outcome check(struct call *call, const struct apigateway_api *api, const json_t *view, const struct apigateway_resource *except)
{
    const char *type = apigateway_view_text(view, "integrationType"), *uri = apigateway_view_text(view, "integrationUri");

    (void)api;
    (void)except;
    if (text_is(type, "MOCK"))
        return check_mock(call, view);
    if (!text_is(type, "AWS_PROXY"))
        return call_fail(call, ERR_BAD_REQUEST, "integrationType %s is not supported by lowcloud: AWS_PROXY and MOCK are", type);
    if (text_is(apigateway_view_text(view, "connectionType"), "VPC_LINK"))
        return call_fail(call, ERR_BAD_REQUEST, "connectionType VPC_LINK is not supported by lowcloud");
    if (!apigateway_function_of(uri, call->arena))
        return call_fail(call, ERR_BAD_REQUEST, "Invalid integrationUri specified: %s names no Lambda function", uri ? uri : "null");
    return DONE;
}

static void set_defaults(json_t *view)
{
    bool is_proxy = text_is(apigateway_view_text(view, "integrationType"), "AWS_PROXY");

    apigateway_view_default(view, "connectionType", json_string("INTERNET"));
    apigateway_view_default(view, "passthroughBehavior", json_string("WHEN_NO_MATCH"));
    apigateway_view_default(view, "payloadFormatVersion", json_string("1.0"));
    apigateway_view_default(view, "timeoutInMillis", json_integer(29000));
    if (is_proxy)
        apigateway_view_default(view, "integrationMethod", json_string("POST"));
    apigateway_view_default(view, "integrationResponseSelectionExpression", json_string("${integration.response.statuscode}"));
}

/* Whether the integration serves the route. */
static bool is_used(const struct apigateway_api *api, const json_t *route, const struct apigateway_resource *integration)
{
    return apigateway_api_target(api, apigateway_view_text(route, "target")) == integration;
}

enum outcome apigateway_create_integration(struct call *call)
{
    return apigateway_create_resource(call, &apigateway_integration_kind, set_defaults, check);
}

enum outcome apigateway_get_integration(struct call *call)
{
    return apigateway_get_resource(call, &apigateway_integration_kind);
}

enum outcome apigateway_get_integrations(struct call *call)
{
    return apigateway_list_resources(call, &apigateway_integration_kind);
}

enum outcome apigateway_update_integration(struct call *call)
{
    return apigateway_update_resource(call, &apigateway_integration_kind, check);
}

enum outcome apigateway_delete_integration(struct call *call)
{
    return apigateway_delete_resource(call, &apigateway_integration_kind, is_used);
}
