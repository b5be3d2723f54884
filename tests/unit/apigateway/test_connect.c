/* Coming in: the CONNECT event to the byte, who is let in, and what the others see. */

#include "suites.h"

#include "gateway.h"

#include "apigateway/room.h"

#include <stdio.h>
#include <string.h>
#include <sys/socket.h>

#define HOST "iscs8iy8me.execute-api.us-east-1.amazonaws.com"

/* expected: printf form with ' for "; compared as text, because the order of members is AWS's too. */
static void expect_text(const char *text, const char *expected)
{
    char wanted[4096];

    snprintf(wanted, sizeof wanted, "%s", expected);
    for (char *at = wanted; *at; at++)
        if (*at == '\'')
            *at = '"';
    ck_assert_str_eq(text, wanted);
}

START_TEST(connect_gets_the_handshake_as_the_service_tells_it)
{
    int client = gateway_dial();

    ck_assert_str_eq(gateway_make_api("$connect"), "iscs8iy8me");
    gateway_script("$connect", "{'statusCode':200}");
    gateway_ask(client, "/prod?VehicleID=v1&path=one&path=t%20wo&empty",
                "Host: " HOST "\r\nuser-agent: Mozilla/5.0\r\nX-Vehicle: a\r\nx-vehicle: \"b\"\r\nX-Latin: caf\xe9\r\n"
                "Sec-WebSocket-Extensions: permessage-deflate\r\n");
    expect_text(gateway_event("$connect"),
                "{'headers':{'Host':'" HOST "','Sec-WebSocket-Extensions':'permessage-deflate',"
                "'Sec-WebSocket-Key':'dGhlIHNhbXBsZSBub25jZQ==','Sec-WebSocket-Version':'13','User-Agent':'Mozilla/5.0',"
                "'X-Amzn-Trace-Id':'Root=1-6553f100-d66fd94756342bd5225c536a','X-Forwarded-For':'127.0.0.1','X-Forwarded-Port':'443',"
                "'X-Forwarded-Proto':'https','X-Latin':'caf\xef\xbf\xbd','X-Vehicle':'\\'b\\''},"
                "'multiValueHeaders':{'Host':['" HOST "'],"
                "'Sec-WebSocket-Extensions':['permessage-deflate'],'Sec-WebSocket-Key':['dGhlIHNhbXBsZSBub25jZQ=='],"
                "'Sec-WebSocket-Version':['13'],'User-Agent':['Mozilla/5.0'],"
                "'X-Amzn-Trace-Id':['Root=1-6553f100-d66fd94756342bd5225c536a'],"
                "'X-Forwarded-For':['127.0.0.1'],'X-Forwarded-Port':['443'],'X-Forwarded-Proto':['https'],"
                "'X-Latin':['caf\xef\xbf\xbd'],'X-Vehicle':['a','\\'b\\'']},"
                "'queryStringParameters':{'VehicleID':'v1','empty':'','path':'t wo'},"
                "'multiValueQueryStringParameters':{'VehicleID':['v1'],'empty':[''],'path':['one','t wo']},"
                "'requestContext':{'routeKey':'$connect','eventType':'CONNECT','extendedRequestId':'OaKYEFnaIAMF720=',"
                "'requestTime':'14/Nov/2023:22:13:20 +0000','messageDirection':'IN','stage':'prod','connectedAt':1700000000000,"
                "'requestTimeEpoch':1700000000000,'identity':{'userAgent':'Mozilla/5.0','sourceIp':'127.0.0.1'},"
                "'requestId':'OaKYEFnaIAMF720=','domainName':'" HOST "','connectionId':'OaKYEe1-IAMCoNQ=','apiId':'iscs8iy8me'},"
                "'isBase64Encoded':false}");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
}
END_TEST

START_TEST(a_plain_client_gets_a_domain_that_leads_back_here)
{
    static const struct {
        const char *host;
        const char *domain; /* %d: our port */
    } cases[] = {
        { "Host: localhost:4566\r\n", "'domainName':'localhost:%d'" },
        { "Host: localhost\r\n", "'domainName':'localhost:%d'" },
        { "Host: 127.0.0.1:80\r\n", "'domainName':'127.0.0.1:%d'" },
        { "Host: [::1]:80\r\n", "'domainName':'[::1]:%d'" },
        { "Host: build-server:4566\r\n", "'domainName':'localhost:%d'" },
        { "Host: evil-localhost\r\n", "'domainName':'localhost:%d'" },
        { "Host: iscs8iy8me.execute-api.us-east-1.amazonaws.com:443\r\n", "'domainName':'" HOST "'" },
    };
    char domain[128];

    gateway_make_api("$connect");
    gateway_script("$connect", "{'statusCode':200}");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = gateway_dial();

        gateway_ask(client, "/prod", cases[i].host);
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(domain, sizeof domain, cases[i].domain, gateway_port);
#pragma GCC diagnostic pop
        for (char *at = domain; *at; at++)
            if (*at == '\'')
                *at = '"';
        ck_assert_msg(strstr(gateway_event("$connect"), domain) != NULL, "%s not for %s", domain, cases[i].host);
        ck_assert(gateway_has_status(gateway_hear(client), 101));
    }
}
END_TEST

/* What $connect answered, and what the client saw (facts: API Gateway, A3). */
static const struct {
    const char *payload;
    int status;
    const char *body;
    const char *error;
} outcomes[] = {
    { "{'statusCode':200}", 101, "", NULL },
    { "{'statusCode':201,'body':'hello'}", 101, "", NULL },
    { "{'statusCode':299}", 101, "", NULL },
    { "{'statusCode':'200'}", 101, "", NULL },
    { "{'statusCode':301}", 301, "{\"message\":null}", NULL },
    { "{'statusCode':400,'body':'why'}", 400, "{\"message\":\"Bad Request\"}", "BadRequestException" },
    { "{'statusCode':401}", 401, "{\"message\":\"Unauthorized\"}", "UnauthorizedException" },
    { "{'statusCode':403}", 403, "{\"message\":\"Forbidden\"}", "ForbiddenException" },
    { "{'statusCode':500}", 500, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "{'statusCode':501}", 501, "{\"message\":null}", NULL },
    { "{'statusCode':100}", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "{}", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "null", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "{'statusCode':200,'extra':1}", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "{'statusCode':200,'body':{}}", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
    { "not json", 502, "{\"message\":\"Internal server error\"}", "InternalServerErrorException" },
};

static void expect_handshake(int client, int status, const char *body, const char *error)
{
    const char *answer = gateway_hear(client);
    const char *type = gateway_header(answer, "x-amzn-ErrorType");

    ck_assert_msg(gateway_has_status(answer, status), "not %d: %s", status, answer);
    ck_assert_pstr_eq(type, error);
    ck_assert_str_eq(gateway_body(answer), body);
    if (status == 101)
        return;
    ck_assert_str_eq(gateway_header(answer, "Content-Type"), "application/json");
    ck_assert_uint_eq(strlen(gateway_header(answer, "x-amzn-RequestId")), 36);
    ck_assert_uint_eq(strlen(gateway_header(answer, "x-amz-apigw-id")), 16);
}

START_TEST(the_answer_of_connect_decides)
{
    int client;

    gateway_make_api("$connect");
    gateway_script("$connect", outcomes[_i].payload);
    client = gateway_dial();
    gateway_ask(client, "/prod", "");
    expect_handshake(client, outcomes[_i].status, outcomes[_i].body, outcomes[_i].error);
}
END_TEST

static const struct {
    struct invocation_result result;
    int status;
    const char *message;
} ends[] = {
    { { .end = INVOCATION_DONE, .error = "Unhandled", .payload = "{'errorMessage':'x'}" }, 502, "Internal server error" },
    { { .end = INVOCATION_DONE, .error = "Unhandled", .is_timed_out = true, .payload = "{'errorMessage':'Task timed out'}" },
      502,
      "Internal server error" },
    { { .end = INVOCATION_DONE, .error = "Unhandled", .is_timed_out = true }, 504, "Endpoint request timed out" },
    { { .end = INVOCATION_BROKEN }, 502, "Internal server error" },
    { { .end = INVOCATION_ABSENT }, 500, "Internal server error" },
    { { .end = INVOCATION_THROTTLED }, 500, "Internal server error" },
};

START_TEST(a_function_that_does_not_answer_refuses)
{
    char body[128];
    int client;

    gateway_make_api("$connect");
    gateway_script_end("$connect", ends[_i].result);
    client = gateway_dial();
    gateway_ask(client, "/prod", "");
    snprintf(body, sizeof body, "{\"message\":\"%s\"}", ends[_i].message);
    expect_handshake(client, ends[_i].status, body, "InternalServerErrorException");
}
END_TEST

/* Who reaches which stage. The second API has a stage of the same name. */
static const struct {
    const char *target;
    const char *headers;
    bool has_second_api;
    int status;
} addresses[] = {
    { "/prod", "", false, 101 },
    { "/prod/", "", false, 101 },
    { "/%70rod", "", false, 101 },
    { "/prod?a=b", "", false, 101 },
    { "/prod/hello", "", false, 403 },
    { "/Prod", "", false, 403 },
    { "/", "", false, 403 },
    { "/dev", "", false, 403 },
    { "/bare", "", false, 403 }, /* nothing was deployed to it */
    { "/prod", "", true, 403 },  /* ambiguous */
    { "/_aws/execute-api/iscs8iy8me/prod", "", true, 101 },
    { "/_aws/execute-api/iscs8iy8me/prod/more", "", true, 403 },
    { "/_aws/execute-api/iscs8iy8me/dev", "", true, 403 },
    { "/_aws/execute-api/nobody/prod", "", true, 403 },
    { "/_aws/execute-api/iscs8iy8me", "", true, 403 },
    { "/prod", "Host: " HOST "\r\n", true, 101 },
    { "/prod", "Host: iscs8iy8me.execute-api.localhost:4566\r\n", true, 101 },
    { "/prod", "Host: nobody.execute-api.us-east-1.amazonaws.com\r\n", true, 403 },
    { "/prod/x", "Host: " HOST "\r\n", true, 403 },
};

START_TEST(a_stage_is_found_by_its_address)
{
    const char *api = gateway_make_api("chat"); /* without $connect everybody is let in */
    int client;

    gateway_call("CreateStage", "{'apiId':'%s','stageName':'bare'}", api);
    if (addresses[_i].has_second_api)
        gateway_make_api("chat");
    client = gateway_dial();
    gateway_ask(client, addresses[_i].target, addresses[_i].headers);
    if (addresses[_i].status == 101)
        expect_handshake(client, 101, "", NULL);
    else
        expect_handshake(client, 403, "{\"message\":\"Forbidden\"}", "ForbiddenException");
}
END_TEST

START_TEST(only_the_subprotocol_reaches_the_client)
{
    int client = gateway_dial();
    const char *answer;

    gateway_make_api("$connect");
    gateway_script("$connect", "{'statusCode':200,'headers':{'sec-websocket-protocol':'v2','Set-Cookie':'a=b'}}");
    gateway_ask(client, "/prod", "Sec-WebSocket-Protocol: v1, v2\r\n");
    ck_assert_ptr_nonnull(strstr(gateway_event("$connect"), "\"Sec-WebSocket-Protocol\":\"v1, v2\""));
    answer = gateway_hear(client);
    ck_assert(gateway_has_status(answer, 101));
    ck_assert_str_eq(gateway_header(answer, "Sec-WebSocket-Protocol"), "v2");
    ck_assert_ptr_null(gateway_header(answer, "Set-Cookie"));
}
END_TEST

START_TEST(the_upgrade_is_held_until_connect_answers)
{
    int client = gateway_dial();
    char path[128];

    gateway_make_api("$connect");
    gateway_script_hold("$connect");
    gateway_ask(client, "/prod", "");
    ck_assert_ptr_nonnull(strstr(gateway_event("$connect"), "OaKYEe1-IAMCoNQ="));
    snprintf(path, sizeof path, "/prod/@connections/OaKYEe1-IAMCoNQ%%3D");
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "x", 1), 410)); /* not yet */
    gateway_release("{'statusCode':200}");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "x", 1), 200));
    ck_assert_str_eq(gateway_hear_text(client), "x");
}
END_TEST

START_TEST(a_client_that_leaves_while_held_is_forgotten)
{
    int client = gateway_dial();

    gateway_make_api("$connect $disconnect");
    gateway_script_hold("$connect");
    gateway_ask(client, "/prod", "");
    gateway_event("$connect");
    shutdown(client, SHUT_RDWR);
    gateway_settle();
    gateway_release("{'statusCode':200}");
    ck_assert_uint_eq(gateway_room->connections.count, 0);
    ck_assert_uint_eq(gateway_invocations(), 1); /* no $disconnect: it was never in */
}
END_TEST

START_TEST(a_stage_that_goes_while_a_client_is_held_refuses_it)
{
    int client = gateway_dial();
    const char *api = gateway_make_api("$connect");

    gateway_script_hold("$connect");
    gateway_ask(client, "/prod", "");
    gateway_event("$connect");
    gateway_call("DeleteApi", "{'apiId':'%s'}", api);
    gateway_release("{'statusCode':200}");
    ck_assert(gateway_has_status(gateway_hear(client), 403));
}
END_TEST

/* The whole gateway closes under held and open clients: the sanitizers see to it that nothing is left. */
START_TEST(closing_leaves_nothing_behind)
{
    int client = gateway_dial();

    gateway_make_api("$connect $disconnect chat");
    gateway_script("$connect", "{'statusCode':200}");
    gateway_enter("/prod");
    gateway_script_hold("$connect");
    gateway_script_hold("chat");
    gateway_ask(client, "/prod", "");
    gateway_event("$connect");
    gateway_event("$connect");
    ck_assert_uint_eq(gateway_room->connections.count, 1);
}
END_TEST

START_TEST(a_two_way_connect_answers_with_the_first_message)
{
    int client;

    gateway_make_api("2$connect");
    gateway_script("$connect", "{'statusCode':200,'body':'welcome'}");
    client = gateway_enter("/prod");
    ck_assert_str_eq(gateway_hear_text(client), "welcome");
}
END_TEST

/* ---- authorizers ---- */

/* An API whose $connect asks an authorizer for header Auth and parameter token. */
static void make_guarded_api(const char *routes)
{
    const char *api = gateway_make_api(routes);
    json_t *authorizer =
        gateway_call("CreateAuthorizer",
                     "{'apiId':'%s','name':'gate','authorizerType':'REQUEST','identitySource':['route.request.header.Auth',"
                     "'route.request.querystring.token'],'authorizerUri':'arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/"
                     "functions/arn:aws:lambda:us-east-1:000000000000:function:gate/invocations'}",
                     api);
    char id[16];
    json_t *items;
    size_t i;
    json_t *route;

    snprintf(id, sizeof id, "%s", json_string_value(json_object_get(authorizer, "authorizerId")));
    items = json_incref(json_object_get(gateway_call("GetRoutes", "{'apiId':'%s'}", api), "items"));
    json_array_foreach(items, i, route) if (!strcmp(json_string_value(json_object_get(route, "routeKey")), "$connect"))
        gateway_call("UpdateRoute", "{'apiId':'%s','routeId':'%s','authorizationType':'CUSTOM','authorizerId':'%s'}", api,
                     json_string_value(json_object_get(route, "routeId")), id);
    json_decref(items);
}

#define ALLOWED(resource) \
    "'policyDocument':{'Version':'2012-10-17','Statement':[{'Action':'execute-api:Invoke','Effect':'Allow','Resource':'" resource "'}]}"
#define DENIED "'policyDocument':{'Version':'2012-10-17','Statement':[{'Action':'execute-api:Invoke','Effect':'Deny','Resource':'*'}]}"
#define ARN "arn:aws:execute-api:us-east-1:000000000000:iscs8iy8me/prod/"

START_TEST(the_authorizer_sees_the_whole_handshake)
{
    int client = gateway_dial();

    make_guarded_api("$connect");
    gateway_script("gate", "{}");
    gateway_ask(client, "/prod?token=t", "Host: " HOST "\r\nAuth: a\r\n");
    expect_text(gateway_event("gate"),
                "{'type':'REQUEST','methodArn':'" ARN "$connect','headers':{'Auth':'a','Connection':'Upgrade','content-length':'0',"
                "'Host':'" HOST "','Sec-WebSocket-Key':'dGhlIHNhbXBsZSBub25jZQ==','Sec-WebSocket-Version':'13','Upgrade':'websocket',"
                "'X-Amzn-Trace-Id':'Root=1-6553f100-d66fd94756342bd5225c536a','X-Forwarded-For':'127.0.0.1','X-Forwarded-Port':'443',"
                "'X-Forwarded-Proto':'https'},"
                "'multiValueHeaders':{'Auth':['a'],'Connection':['Upgrade'],'content-length':['0'],'Host':['" HOST "'],"
                "'Sec-WebSocket-Key':['dGhlIHNhbXBsZSBub25jZQ=='],'Sec-WebSocket-Version':['13'],'Upgrade':['websocket'],"
                "'X-Amzn-Trace-Id':['Root=1-6553f100-d66fd94756342bd5225c536a'],'X-Forwarded-For':['127.0.0.1'],"
                "'X-Forwarded-Port':['443'],'X-Forwarded-Proto':['https']},"
                "'queryStringParameters':{'token':'t'},'multiValueQueryStringParameters':{'token':['t']},'stageVariables':{},"
                "'requestContext':{'routeKey':'$connect','eventType':'CONNECT','extendedRequestId':'OaKYEFnaIAMF720=',"
                "'requestTime':'14/Nov/2023:22:13:20 +0000','messageDirection':'IN','stage':'prod','connectedAt':1700000000000,"
                "'requestTimeEpoch':1700000000000,'identity':{'sourceIp':'127.0.0.1'},'requestId':'OaKYEFnaIAMF720=',"
                "'domainName':'" HOST "','connectionId':'OaKYEe1-IAMCoNQ=','apiId':'iscs8iy8me'}}");
    expect_handshake(client, 500, "{\"message\":null}", "AuthorizerConfigurationException");
}
END_TEST

static const struct {
    const char *answer; /* NULL: it is not asked */
    const char *headers;
    int status;
    const char *body;
} decisions[] = {
    { "{'principalId':'me'," ALLOWED("*") "}", "Auth: a\r\n", 101, "" },
    { "{'principalId':'me'," ALLOWED(ARN "*") "}", "Auth: a\r\n", 101, "" },
    { "{'principalId':'me'," ALLOWED(ARN "$connect") "}", "auth: a\r\n", 101, "" },
    { "{'principalId':'me'," ALLOWED(ARN "*/*") "}", "Auth: a\r\n", 403,
      "{\"message\":\"User is not authorized to access this resource\"}" },
    { "{'principalId':'me'," DENIED "}", "Auth: a\r\n", 403,
      "{\"message\":\"User is not authorized to access this resource with an explicit deny\"}" },
    { NULL, "", 401, "{\"message\":\"Unauthorized\"}" },
    { NULL, "Auth:\r\n", 401, "{\"message\":\"Unauthorized\"}" },
    { "{" ALLOWED("*") "}", "Auth: a\r\n", 500, "{\"message\":null}" },
    { "{'principalId':'me'}", "Auth: a\r\n", 500, "{\"message\":null}" },
    { "{'principalId':'me','context':{'a':[]}," ALLOWED("*") "}", "Auth: a\r\n", 500, "{\"message\":null}" },
    { "{'principalId':'me','context':[]," ALLOWED("*") "}", "Auth: a\r\n", 500, "{\"message\":null}" },
    { "'ok'", "Auth: a\r\n", 500, "{\"message\":null}" },
};

START_TEST(the_authorizer_decides)
{
    int client = gateway_dial();

    make_guarded_api("chat $connect");
    if (decisions[_i].answer)
        gateway_script("gate", decisions[_i].answer);
    gateway_script("$connect", "{'statusCode':200}");
    gateway_ask(client, "/prod?token=t", decisions[_i].headers);
    ck_assert(gateway_has_status(gateway_hear(client), decisions[_i].status));
    ck_assert_uint_eq(gateway_invocations(), decisions[_i].status == 101 ? 2 : decisions[_i].answer ? 1 : 0);
}
END_TEST

START_TEST(an_authorizer_that_raises_unauthorized_says_401)
{
    static const struct {
        struct invocation_result result;
        int status;
    } cases[] = {
        { { .end = INVOCATION_DONE, .error = "Unhandled", .payload = "{'errorMessage':'Unauthorized'}" }, 401 },
        { { .end = INVOCATION_DONE, .error = "Unhandled", .payload = "{'errorMessage':'Unauthorized!'}" }, 500 },
        { { .end = INVOCATION_DONE, .error = "Unhandled", .is_timed_out = true }, 500 },
        { { .end = INVOCATION_ABSENT }, 500 },
    };

    make_guarded_api("$connect");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        int client = gateway_dial();

        gateway_script_end("gate", cases[i].result);
        gateway_ask(client, "/prod?token=t", "Auth: a\r\n");
        ck_assert_msg(gateway_has_status(gateway_hear(client), cases[i].status), "case %zu", i);
    }
}
END_TEST

START_TEST(what_the_authorizer_says_is_in_every_later_event)
{
    static const char authorizer[] = "\"requestContext\":{\"routeKey\":\"%s\",\"authorizer\":{\"principalId\":\"me\",\"text\":\"a\\\"b\","
                                     "\"number\":\"7\",\"half\":\"0.5\","
                                     "\"yes\":\"true\"},";
    static const char *const keys[] = { "$connect", "chat", "$disconnect" };
    char expected[512];
    int client = gateway_dial();

    make_guarded_api("$connect chat $disconnect");
    gateway_script("gate", "{'principalId':'me','context':{'text':'a\\'b','number':7,'half':0.5,'yes':true}," ALLOWED("*") "}");
    gateway_script("$connect", "{'statusCode':200}");
    gateway_script("chat", "{'statusCode':200}");
    gateway_ask(client, "/prod?token=t", "Auth: a\r\n");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
    gateway_send_text(client, "{\"action\":\"chat\"}");
    gateway_settle();
    gateway_send(client, 8, "", 0);
    for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
        snprintf(expected, sizeof expected, authorizer, keys[i]);
#pragma GCC diagnostic pop
        ck_assert_msg(strstr(gateway_event(keys[i]), expected) != NULL, "%s", keys[i]);
    }
}
END_TEST

START_TEST(iam_asks_for_a_signature)
{
    const char *api = gateway_make_api("chat");
    const char *integration = gateway_make_integration(api, "$connect");
    int unsigned_one = gateway_dial(), signed_one = gateway_dial(), presigned = gateway_dial();

    gateway_script("$connect", "{'statusCode':200}");
    gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'$connect','authorizationType':'AWS_IAM','target':'integrations/%s'}", api,
                 integration);
    gateway_ask(unsigned_one, "/prod", "");
    expect_handshake(unsigned_one, 403, "{\"message\":\"Missing Authentication Token\"}", "MissingAuthenticationTokenException");
    gateway_ask(signed_one, "/prod",
                "Authorization: AWS4-HMAC-SHA256 Credential=a/20231114/us-east-1/execute-api/aws4_request, SignedHeaders=host, "
                "Signature=0\r\nX-Amz-Date: 20231114T000000Z\r\n");
    expect_handshake(signed_one, 101, "", NULL);
    gateway_ask(presigned,
                "/prod?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2F20231114%2Fus-east-1%2Fexecute-api%2Faws4_request&"
                "X-Amz-Date=20231114T000000Z&X-Amz-SignedHeaders=host&X-Amz-Signature=0",
                "");
    expect_handshake(presigned, 101, "", NULL);
}
END_TEST

START_TEST(stage_variables_choose_the_function_and_are_told)
{
    const char *api = gateway_make_api("chat");
    const char *integration = gateway_make_integration(api, "fn-${stageVariables.colour}");
    int client = gateway_dial();

    gateway_script("fn-blue", "{'statusCode':200}");
    gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'$connect','target':'integrations/%s'}", api, integration);
    gateway_call("UpdateStage", "{'apiId':'%s','stageName':'prod','stageVariables':{'none':null,'colour':'blue','a\\'b':'c'}}", api);
    gateway_ask(client, "/prod", "");
    ck_assert_ptr_nonnull(
        strstr(gateway_event("fn-blue"), "\"stageVariables\":{\"colour\":\"blue\",\"a\\\"b\":\"c\"},\"requestContext\":{"));
    ck_assert(gateway_has_status(gateway_hear(client), 101));
}
END_TEST

START_TEST(a_mock_lets_in_or_refuses)
{
    const char *api = gateway_make_api("chat");
    json_t *made = gateway_call("CreateIntegration",
                                "{'apiId':'%s','integrationType':'MOCK','requestTemplates':{'$default':'{\\'statusCode\\':403}'}}", api);
    char integration[16];
    int first = gateway_dial(), second = gateway_dial();

    snprintf(integration, sizeof integration, "%s", json_string_value(json_object_get(made, "integrationId")));
    gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'$connect','target':'integrations/%s'}", api, integration);
    gateway_ask(first, "/prod", "");
    expect_handshake(first, 403, "{\"message\":\"Forbidden\"}", "ForbiddenException");
    gateway_call("UpdateIntegration", "{'apiId':'%s','integrationId':'%s','requestTemplates':{'200':'{\\'statusCode\\': 200}'}}", api,
                 integration);
    gateway_ask(second, "/prod", "");
    expect_handshake(second, 101, "", NULL);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

Suite *suite_apigateway_connect(void)
{
    Suite *suite = suite_create("apigateway connect");
    TCase *tests = tcase_create("connect");

    tcase_add_checked_fixture(tests, gateway_open, gateway_close);
    tcase_add_test(tests, connect_gets_the_handshake_as_the_service_tells_it);
    tcase_add_test(tests, a_plain_client_gets_a_domain_that_leads_back_here);
    tcase_add_loop_test(tests, the_answer_of_connect_decides, 0, COUNT(outcomes));
    tcase_add_loop_test(tests, a_function_that_does_not_answer_refuses, 0, COUNT(ends));
    tcase_add_loop_test(tests, a_stage_is_found_by_its_address, 0, COUNT(addresses));
    tcase_add_test(tests, only_the_subprotocol_reaches_the_client);
    tcase_add_test(tests, the_upgrade_is_held_until_connect_answers);
    tcase_add_test(tests, a_client_that_leaves_while_held_is_forgotten);
    tcase_add_test(tests, a_stage_that_goes_while_a_client_is_held_refuses_it);
    tcase_add_test(tests, closing_leaves_nothing_behind);
    tcase_add_test(tests, a_two_way_connect_answers_with_the_first_message);
    tcase_add_test(tests, the_authorizer_sees_the_whole_handshake);
    tcase_add_loop_test(tests, the_authorizer_decides, 0, COUNT(decisions));
    tcase_add_test(tests, an_authorizer_that_raises_unauthorized_says_401);
    tcase_add_test(tests, what_the_authorizer_says_is_in_every_later_event);
    tcase_add_test(tests, iam_asks_for_a_signature);
    tcase_add_test(tests, stage_variables_choose_the_function_and_are_told);
    tcase_add_test(tests, a_mock_lets_in_or_refuses);
    suite_add_tcase(suite, tests);
    return suite;
}
