/* The control plane: each resource's life, what is refused, lists, tags, deployments; in-process as templates use it, and once over HTTP.
 */

#include "suites.h"

#include "gateway.h"

#include "apigateway/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FUNCTION \
    "'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:000000000000:function:f/invocations'"

static char api[16], stored[8][64];

static void open_api(void)
{
    gateway_open();
    snprintf(api, sizeof api, "%s", gateway_make_api("chat"));
}

/* A member of an operation's output that is a text. */
static const char *text_of(json_t *output, const char *name)
{
    static size_t turn;
    char *kept = stored[turn++ % 8];

    ck_assert_ptr_nonnull(json_string_value(json_object_get(output, name)));
    snprintf(kept, sizeof stored[0], "%s", json_string_value(json_object_get(output, name)));
    return kept;
}

START_TEST(an_api_lives)
{
    json_t *made = gateway_call("CreateApi", "{'name':'n','protocolType':'WEBSOCKET','routeSelectionExpression':'$request.body.a',"
                                             "'tags':{'k':'v'},'description':'d'}");
    const char *id;

    fixture_expect(made, "{'apiEndpoint':'wss://1vuta843js.execute-api.us-east-1.amazonaws.com','apiId':'1vuta843js',"
                         "'apiKeySelectionExpression':'$request.header.x-api-key','createdDate':'2023-11-14T22:13:20Z','description':'d',"
                         "'disableExecuteApiEndpoint':false,'disableSchemaValidation':false,'ipAddressType':'ipv4','name':'n',"
                         "'protocolType':'WEBSOCKET','routeSelectionExpression':'$request.body.a','tags':{'k':'v'}}");
    id = text_of(made, "apiId");
    ck_assert_str_eq(text_of(gateway_call("UpdateApi", "{'apiId':'%s','name':'other'}", id), "name"), "other");
    made = gateway_call("GetApi", "{'apiId':'%s'}", id);
    ck_assert_str_eq(text_of(made, "name"), "other");
    ck_assert_str_eq(text_of(made, "description"), "d");
    ck_assert_uint_eq(json_array_size(json_object_get(gateway_call("GetApis", "{}"), "items")), 2);
    gateway_call("DeleteApi", "{'apiId':'%s'}", id);
    ck_assert_uint_eq(json_array_size(json_object_get(gateway_call("GetApis", "{}"), "items")), 1);
}
END_TEST

START_TEST(resources_have_their_defaults)
{
    json_t *made = gateway_call("CreateIntegration", "{'apiId':'%s','integrationType':'AWS_PROXY','integrationUri':" FUNCTION "}", api);
    const char *integration = text_of(made, "integrationId");

    ck_assert_uint_eq(strlen(integration), 7);
    ck_assert_int_eq(json_integer_value(json_object_get(made, "timeoutInMillis")), 29000);
    ck_assert_str_eq(text_of(made, "connectionType"), "INTERNET");
    ck_assert_str_eq(text_of(made, "passthroughBehavior"), "WHEN_NO_MATCH");
    made = gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'x','target':'integrations/%s'}", api, integration);
    ck_assert_uint_eq(strlen(text_of(made, "routeId")), 7);
    ck_assert(json_is_false(json_object_get(made, "apiKeyRequired")));
    ck_assert_str_eq(text_of(made, "authorizationType"), "NONE");
    made = gateway_call("CreateStage", "{'apiId':'%s','stageName':'dev'}", api);
    fixture_expect(made, "{'autoDeploy':false,'createdDate':'2023-11-14T22:13:20Z','defaultRouteSettings':{'detailedMetricsEnabled':false},"
                         "'lastUpdatedDate':'2023-11-14T22:13:20Z','routeSettings':{},'stageName':'dev','stageVariables':{},'tags':{}}");
    made = gateway_call("CreateDeployment", "{'apiId':'%s','stageName':'dev','description':'first'}", api);
    ck_assert_uint_eq(strlen(text_of(made, "deploymentId")), 6);
    ck_assert_str_eq(text_of(made, "deploymentStatus"), "DEPLOYED");
    ck_assert(json_is_false(json_object_get(made, "autoDeployed")));
    ck_assert_str_eq(text_of(gateway_call("GetStage", "{'apiId':'%s','stageName':'dev'}", api), "deploymentId"),
                     text_of(made, "deploymentId"));
}
END_TEST

/* Create, Get, Gets, Update and Delete of each kind below an API. */
static const struct {
    const char *name;    /* CreateName, GetName ... */
    const char *plural;  /* GetNames */
    const char *members; /* of its creation */
    const char *id;
    const char *edit; /* of its update */
    const char *edited, *value;
} kinds[] = {
    { "Route", "Routes", "'routeKey':'x'", "routeId", "'operationName':'o'", "operationName", "o" },
    { "Integration", "Integrations", "'integrationType':'AWS_PROXY','integrationUri':" FUNCTION, "integrationId", "'description':'d'",
      "description", "d" },
    { "Authorizer", "Authorizers", "'name':'a','authorizerType':'REQUEST','identitySource':[],'authorizerUri':" FUNCTION, "authorizerId",
      "'name':'b'", "name", "b" },
    { "Model", "Models", "'name':'m','schema':'{}'", "modelId", "'description':'d'", "description", "d" },
    { "Deployment", "Deployments", "'description':'d'", "deploymentId", "'description':'e'", "description", "e" },
    { "Stage", "Stages", "'stageName':'dev'", "stageName", "'description':'d'", "description", "d" },
};

static const char *operation(const char *verb, const char *name)
{
    static char text[64];

    snprintf(text, sizeof text, "%s%s", verb, name);
    return text;
}

static size_t count_of(const char *plural)
{
    return json_array_size(json_object_get(gateway_call(operation("Get", plural), "{'apiId':'%s'}", api), "items"));
}

static enum error_id error_of(const char *name, const char *input)
{
    return fixture_call(gateway_service, name, input).error;
}

START_TEST(a_resource_lives)
{
    const char *name = kinds[_i].name, *member = kinds[_i].id;
    size_t before = count_of(kinds[_i].plural);
    const char *id = text_of(gateway_call(operation("Create", name), "{'apiId':'%s',%s}", api, kinds[_i].members), member);
    char gone[128];
    json_t *seen;

    seen = gateway_call(operation("Get", name), "{'apiId':'%s','%s':'%s'}", api, member, id);
    ck_assert_str_eq(text_of(seen, member), id);
    ck_assert_uint_gt(count_of(kinds[_i].plural), before);
    seen = gateway_call(operation("Update", name), "{'apiId':'%s','%s':'%s',%s}", api, member, id, kinds[_i].edit);
    ck_assert_str_eq(text_of(seen, kinds[_i].edited), kinds[_i].value);
    ck_assert_str_eq(text_of(seen, member), id);
    seen = gateway_call(operation("Get", name), "{'apiId':'%s','%s':'%s'}", api, member, id);
    ck_assert_str_eq(text_of(seen, kinds[_i].edited), kinds[_i].value);
    gateway_call(operation("Delete", name), "{'apiId':'%s','%s':'%s'}", api, member, id);
    snprintf(gone, sizeof gone, "{'apiId':'%s','%s':'%s'}", api, member, id);
    ck_assert_int_eq(error_of(operation("Get", name), gone), ERR_NOT_FOUND);
    ck_assert_int_eq(error_of(operation("Update", name), gone), ERR_NOT_FOUND);
    ck_assert_int_eq(error_of(operation("Delete", name), gone), ERR_NOT_FOUND);
    ck_assert_int_eq(error_of(operation("Get", name), "{'apiId':'none','routeId':'x','integrationId':'x','authorizerId':'x','modelId':'x',"
                                                      "'deploymentId':'x','stageName':'x'}"),
                     ERR_NOT_FOUND);
}
END_TEST

/* Responses live below a route or an integration. */
static const struct {
    const char *owner, *owner_id, *owner_members;
    const char *name, *plural, *id, *key_member, *key, *edit;
} responses[] = {
    { "Route", "routeId", "'routeKey':'x'", "RouteResponse", "RouteResponses", "routeResponseId", "routeResponseKey", "$default",
      "'modelSelectionExpression':'m'" },
    { "Integration", "integrationId", "'integrationType':'MOCK'", "IntegrationResponse", "IntegrationResponses", "integrationResponseId",
      "integrationResponseKey", "$default", "'templateSelectionExpression':'m'" },
};

START_TEST(a_response_lives)
{
    const char *owner =
        text_of(gateway_call(operation("Create", responses[_i].owner), "{'apiId':'%s',%s}", api, responses[_i].owner_members),
                responses[_i].owner_id);
    const char *name = responses[_i].name, *id;
    char place[128], input[512];

    snprintf(place, sizeof place, "'apiId':'%s','%s':'%s'", api, responses[_i].owner_id, owner);
    snprintf(input, sizeof input, "{%s,'%s':'%s'}", place, responses[_i].key_member, responses[_i].key);
    id = text_of(fixture_done(gateway_service, operation("Create", name), input), responses[_i].id);
    ck_assert_int_eq(error_of(operation("Create", name), input), ERR_CONFLICT);
    snprintf(input, sizeof input, "{%s}", place);
    ck_assert_uint_eq(
        json_array_size(json_object_get(fixture_done(gateway_service, operation("Get", responses[_i].plural), input), "items")), 1);
    snprintf(input, sizeof input, "{%s,'%s':'%s',%s}", place, responses[_i].id, id, responses[_i].edit);
    ck_assert_str_eq(text_of(fixture_done(gateway_service, operation("Update", name), input), responses[_i].key_member), responses[_i].key);
    ck_assert_str_eq(text_of(fixture_done(gateway_service, operation("Get", name), input), responses[_i].id), id);
    fixture_done(gateway_service, operation("Delete", name), input);
    ck_assert_int_eq(error_of(operation("Get", name), input), ERR_NOT_FOUND);
}
END_TEST

/* %s is the API's id. */
static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "GetApi", "{'apiId':'none'}", ERR_NOT_FOUND, "Invalid API identifier specified 000000000000:none" },
    { "CreateApi", "{'name':'n','protocolType':'HTTP'}", ERR_BAD_REQUEST,
      "HTTP APIs are not supported by lowcloud: only protocolType WEBSOCKET is" },
    { "CreateApi", "{'name':'n','protocolType':'WEBSOCKET'}", ERR_BAD_REQUEST,
      "RouteSelectionExpression is required for APIs with protocol type WEBSOCKET" },
    { "CreateApi", "{'name':'n','protocolType':'WEBSOCKET','routeSelectionExpression':'$nothing'}", ERR_BAD_REQUEST,
      "Invalid routeSelectionExpression specified: the variable is not known" },
    { "CreateApi", "{'protocolType':'WEBSOCKET','routeSelectionExpression':'x'}", ERR_BAD_REQUEST, NULL },
    { "CreateApi", "{'name':'n','protocolType':'TCP','routeSelectionExpression':'x'}", ERR_BAD_REQUEST, NULL },
    { "CreateApi", "{'name':1,'protocolType':'WEBSOCKET','routeSelectionExpression':'x'}", ERR_SERIALIZATION, NULL },
    { "UpdateApi", "{'apiId':'%s','routeSelectionExpression':'${'}", ERR_BAD_REQUEST,
      "Invalid routeSelectionExpression specified: a brace is not closed" },
    { "CreateRoute", "{'apiId':'none','routeKey':'x'}", ERR_NOT_FOUND, "Invalid API identifier specified 000000000000:none" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'chat'}", ERR_CONFLICT, "Route with key chat already exists for this API" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'$other'}", ERR_BAD_REQUEST,
      "The provided route key is not valid: route keys that begin with $ are reserved" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'x','target':'integrations/none'}", ERR_BAD_REQUEST,
      "Invalid target specified: there is no integration integrations/none" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'x','authorizationType':'CUSTOM'}", ERR_BAD_REQUEST,
      "Currently, authorization is restricted to the $connect route only" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'$connect','authorizationType':'CUSTOM'}", ERR_BAD_REQUEST,
      "Invalid Authorizer identifier specified: none" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'$connect','authorizationType':'JWT'}", ERR_BAD_REQUEST,
      "JWT authorization is not available for WebSocket APIs" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'x','apiKeyRequired':true}", ERR_BAD_REQUEST,
      "apiKeyRequired is not supported by lowcloud" },
    { "CreateRoute", "{'apiId':'%s','routeKey':'x','routeResponseSelectionExpression':'$other'}", ERR_BAD_REQUEST,
      "Invalid routeResponseSelectionExpression specified: only $default is supported" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'HTTP_PROXY','integrationUri':'https://x'}", ERR_BAD_REQUEST,
      "integrationType HTTP_PROXY is not supported by lowcloud: AWS_PROXY and MOCK are" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'AWS','integrationUri':" FUNCTION "}", ERR_BAD_REQUEST,
      "integrationType AWS is not supported by lowcloud: AWS_PROXY and MOCK are" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'AWS_PROXY'}", ERR_BAD_REQUEST,
      "Invalid integrationUri specified: null names no Lambda function" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'AWS_PROXY','integrationUri':'arn:aws:sqs:x'}", ERR_BAD_REQUEST,
      "Invalid integrationUri specified: arn:aws:sqs:x names no Lambda function" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'AWS_PROXY','timeoutInMillis':49,'integrationUri':" FUNCTION "}",
      ERR_BAD_REQUEST, NULL },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'MOCK','requestTemplates':{'x':'$input'}}", ERR_BAD_REQUEST,
      "templates with variables or directives are not supported by lowcloud" },
    { "CreateIntegration", "{'apiId':'%s','integrationType':'MOCK','requestTemplates':{'x':'{}'}}", ERR_BAD_REQUEST,
      "a request template of a MOCK integration must be {\"statusCode\": <number>}" },
    { "CreateAuthorizer",
      "{'apiId':'%s','name':'a','authorizerType':'REQUEST','identitySource':['$request.header.x'],'authorizerUri':" FUNCTION "}",
      ERR_BAD_REQUEST, "Invalid identitySource specified: $request.header.x" },
    { "CreateAuthorizer", "{'apiId':'%s','name':'a','authorizerType':'JWT','identitySource':[]}", ERR_BAD_REQUEST,
      "JWT authorizers are not available for WebSocket APIs" },
    { "CreateAuthorizer", "{'apiId':'%s','name':'a','authorizerType':'REQUEST','identitySource':[],'authorizerUri':'x'}", ERR_BAD_REQUEST,
      "Invalid authorizerUri specified: x names no Lambda function" },
    { "CreateStage", "{'apiId':'%s','stageName':'prod'}", ERR_CONFLICT, "Stage already exists" },
    { "CreateStage", "{'apiId':'%s','stageName':'$default'}", ERR_BAD_REQUEST, "Stage name only allows a-zA-Z0-9_-" },
    { "CreateStage", "{'apiId':'%s','stageName':'dev','deploymentId':'none'}", ERR_NOT_FOUND, "Invalid Deployment identifier specified" },
    { "CreateDeployment", "{'apiId':'%s','stageName':'none'}", ERR_NOT_FOUND, "Invalid stage identifier specified" },
    { "CreateRouteResponse", "{'apiId':'%s','routeId':'none','routeResponseKey':'$default'}", ERR_NOT_FOUND,
      "Invalid Route identifier specified" },
    { "GetRoutes", "{'apiId':'%s','maxResults':'0'}", ERR_BAD_REQUEST, "Invalid maxResults parameter specified" },
    { "GetRoutes", "{'apiId':'%s','nextToken':'x'}", ERR_BAD_REQUEST, "Invalid nextToken parameter specified" },
    { "GetTags", "{'resource-arn':'arn:aws:apigateway:us-east-1::/apis/none'}", ERR_NOT_FOUND, "Invalid resource identifier specified" },
    { "GetTags", "{'resource-arn':'nonsense'}", ERR_NOT_FOUND, "Invalid resource identifier specified" },
};

START_TEST(what_cannot_be_made_is_refused)
{
    struct fixture_answer answer;
    char input[1024];

#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(input, sizeof input, refusals[_i].input, api);
#pragma GCC diagnostic pop
    answer = fixture_call(gateway_service, refusals[_i].operation, input);
    ck_assert_msg(answer.error == refusals[_i].error, "%s: %s", input, answer.message);
    if (refusals[_i].message)
        ck_assert_str_eq(answer.message, refusals[_i].message);
    else
        ck_assert_str_ne(answer.message, "");
}
END_TEST

START_TEST(a_deployment_needs_a_route)
{
    const char *empty =
        text_of(gateway_call("CreateApi", "{'name':'n','protocolType':'WEBSOCKET','routeSelectionExpression':'x'}"), "apiId");
    char input[64];

    snprintf(input, sizeof input, "{'apiId':'%s'}", empty);
    ck_assert_str_eq(fixture_call(gateway_service, "CreateDeployment", input).message,
                     "At least one route is required before deploying the Api.");
}
END_TEST

START_TEST(what_is_in_use_stays)
{
    json_t *items = json_incref(json_object_get(gateway_call("GetIntegrations", "{'apiId':'%s'}", api), "items"));
    const char *integration = text_of(json_array_get(items, 0), "integrationId");
    const char *deployment = text_of(gateway_call("GetStage", "{'apiId':'%s','stageName':'prod'}", api), "deploymentId");
    char input[128], message[128];

    snprintf(input, sizeof input, "{'apiId':'%s','integrationId':'%s'}", api, integration);
    snprintf(message, sizeof message, "Cannot delete Integration '%s' because it is referenced by Route 'chat'.", integration);
    ck_assert_str_eq(fixture_call(gateway_service, "DeleteIntegration", input).message, message);
    snprintf(input, sizeof input, "{'apiId':'%s','deploymentId':'%s'}", api, deployment);
    ck_assert_str_eq(fixture_call(gateway_service, "DeleteDeployment", input).message,
                     "Active stages pointing to this deployment must be moved or deleted");
    json_decref(items);
}
END_TEST

START_TEST(lists_come_in_pages)
{
    json_t *page;
    const char *token;

    for (int i = 0; i < 4; i++)
        gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'r%d'}", api, i);
    page = gateway_call("GetRoutes", "{'apiId':'%s','maxResults':'3'}", api);
    ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 3);
    token = text_of(page, "nextToken");
    page = gateway_call("GetRoutes", "{'apiId':'%s','maxResults':'3','nextToken':'%s'}", api, token);
    ck_assert_uint_eq(json_array_size(json_object_get(page, "items")), 2);
    ck_assert_ptr_null(json_object_get(page, "nextToken"));
    ck_assert_str_eq(text_of(json_array_get(json_object_get(page, "items"), 1), "routeKey"), "r3");
    page = gateway_call("GetRoutes", "{'apiId':'%s','maxResults':'5'}", api);
    ck_assert_ptr_null(json_object_get(page, "nextToken"));
}
END_TEST

START_TEST(tags_are_kept)
{
    char arn[128];

    snprintf(arn, sizeof arn, "arn:aws:apigateway:us-east-1::/apis/%s", api);
    gateway_call("TagResource", "{'resource-arn':'%s','tags':{'a':'1','b':'2'}}", arn);
    fixture_expect(gateway_call("GetTags", "{'resource-arn':'%s'}", arn), "{'tags':{'a':'1','b':'2'}}");
    gateway_call("UntagResource", "{'resource-arn':'%s','tagKeys':['a','none']}", arn);
    fixture_expect(gateway_call("GetTags", "{'resource-arn':'%s'}", arn), "{'tags':{'b':'2'}}");
    gateway_call("TagResource", "{'resource-arn':'%s/stages/prod','tags':{'s':'1'}}", arn);
    fixture_expect(gateway_call("GetTags", "{'resource-arn':'%s/stages/prod'}", arn), "{'tags':{'s':'1'}}");
}
END_TEST

static void note_stage(void *context, const char *name, const char *api_id, const char *stage)
{
    char line[128];

    snprintf(line, sizeof line, "%s %s %s\n", name, api_id, stage);
    buffer_add_text(context, line);
}

START_TEST(deployed_stages_are_listed)
{
    struct buffer lines = { 0 };
    char expected[128];

    gateway_call("CreateStage", "{'apiId':'%s','stageName':'bare'}", api);
    gateway_call("CreateStage", "{'apiId':'%s','stageName':'dev','autoDeploy':true}", api);
    apigateway_each_stage(gateway_room, note_stage, &lines);
    snprintf(expected, sizeof expected, "chat %s prod\nchat %s dev\n", api, api);
    ck_assert_str_eq(lines.data, expected);
    buffer_clear(&lines);
}
END_TEST

/* Status, headers and camelCase, as SDKs see them. */
START_TEST(the_wire_is_rest)
{
    static const char body[] = "{\"name\":\"n\",\"protocolType\":\"WEBSOCKET\",\"routeSelectionExpression\":\"$request.body.a\"}";
    const char *answer = gateway_manage("POST", "/v2/apis", "Content-Type: application/json\r\n", body, strlen(body));
    char path[128];

    ck_assert_msg(gateway_has_status(answer, 201), "%s", answer);
    ck_assert_ptr_nonnull(strstr(gateway_body(answer), "\"apiId\":\"1vuta843js\""));
    answer = gateway_manage("GET", "/v2/apis?maxResults=1", "", "", 0);
    ck_assert(gateway_has_status(answer, 200));
    ck_assert_ptr_nonnull(strstr(gateway_body(answer), "\"nextToken\":\"1\""));
    answer = gateway_manage("GET", "/v2/apis/none", "", "", 0);
    ck_assert(gateway_has_status(answer, 404));
    ck_assert_str_eq(gateway_header(answer, "x-amzn-ErrorType"), "NotFoundException");
    ck_assert_str_eq(gateway_body(answer), "{\"message\":\"Invalid API identifier specified 000000000000:none\"}");
    snprintf(path, sizeof path, "/v2/tags/arn%%3Aaws%%3Aapigateway%%3Aus-east-1%%3A%%3A%%2Fapis%%2F%s", api);
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "{\"tags\":{\"a\":\"b\"}}", 18), 201));
    ck_assert_str_eq(gateway_body(gateway_manage("GET", path, "", "", 0)), "{\"tags\":{\"a\":\"b\"}}");
    snprintf(path + strlen(path), 16, "?tagKeys=a");
    ck_assert(gateway_has_status(gateway_manage("DELETE", path, "", "", 0), 204));
    snprintf(path, sizeof path, "/v2/apis/%s", api);
    answer = gateway_manage("DELETE", path, "", "", 0);
    ck_assert(gateway_has_status(answer, 204));
    ck_assert_str_eq(gateway_body(answer), "");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

Suite *suite_apigateway_control(void)
{
    Suite *suite = suite_create("apigateway control");
    TCase *tests = tcase_create("control");

    tcase_add_checked_fixture(tests, open_api, gateway_close);
    tcase_add_test(tests, an_api_lives);
    tcase_add_test(tests, resources_have_their_defaults);
    tcase_add_loop_test(tests, a_resource_lives, 0, COUNT(kinds));
    tcase_add_loop_test(tests, a_response_lives, 0, COUNT(responses));
    tcase_add_loop_test(tests, what_cannot_be_made_is_refused, 0, COUNT(refusals));
    tcase_add_test(tests, a_deployment_needs_a_route);
    tcase_add_test(tests, what_is_in_use_stays);
    tcase_add_test(tests, lists_come_in_pages);
    tcase_add_test(tests, tags_are_kept);
    tcase_add_test(tests, deployed_stages_are_listed);
    tcase_add_test(tests, the_wire_is_rest);
    suite_add_tcase(suite, tests);
    return suite;
}
