/* Messages: the MESSAGE event to the byte, routes, error frames with the service's spacing, two-way routes. */

#include "suites.h"

#include "gateway.h"

#include "apigateway/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define HOST "iscs8iy8me.execute-api.us-east-1.amazonaws.com"

static char *quoted(const char *text)
{
    static char wanted[4096];

    snprintf(wanted, sizeof wanted, "%s", text);
    for (char *at = wanted; *at; at++)
        if (*at == '\'')
            *at = '"';
    return wanted;
}

START_TEST(a_message_is_told_as_the_service_tells_it)
{
    int client = gateway_dial();

    gateway_make_api("chat");
    gateway_script("chat", "{'statusCode':200}");
    gateway_ask(client, "/prod?a=b", "Host: " HOST "\r\nUser-Agent: test\r\n");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
    clock_advance(&fixture_world.clock, 1234);
    gateway_send_text(client, "{\"action\": \"chat\", \"text\": \"caf\xc3\xa9 \\u00e9\"}");
    ck_assert_str_eq(gateway_event("chat"),
                     quoted("{'requestContext':{'routeKey':'chat','messageId':'OaKYQcAAIAMCoNQ=','eventType':'MESSAGE',"
                            "'extendedRequestId':'OaKYQHcqIAMFsCA=','requestTime':'14/Nov/2023:22:13:21 +0000','messageDirection':'IN',"
                            "'stage':'prod','connectedAt':1700000000000,'requestTimeEpoch':1700000001234,"
                            "'identity':{'userAgent':'test','sourceIp':'127.0.0.1'},'requestId':'OaKYQHcqIAMFsCA=','domainName':'" HOST "',"
                            "'connectionId':'OaKYEe1-IAMCoNQ=','apiId':'iscs8iy8me'},"
                            "'body':'{\\'action\\': \\'chat\\', \\'text\\': \\'caf\xc3\xa9 \\\\u00e9\\'}','isBase64Encoded':false}"));
}
END_TEST

/* Which function a message reaches: routes chat, 1, true and $default. */
static const struct {
    const char *message;
    const char *function;
} choices[] = {
    { "{'action':'chat'}", "chat" },
    { "{'action':'Chat'}", "$default" },
    { "{'action':'none'}", "$default" },
    { "{'action':1}", "1" },
    { "{'action':true}", "true" },
    { "{'action':null}", "$default" },
    { "{'action':''}", "$default" },
    { "{}", "$default" },
    { "hello", "$default" },
    { "", "$default" },
    { "{'action':'chat','n':123456789012345678901234567890}", "chat" },
    { "{'action':'$connect'}", "$default" },
    { "{'action':'$disconnect'}", "$default" },
    { "{'action':'$default'}", "$default" },
    { "{'action':'chat\\u0000'}", "$default" },
};

START_TEST(a_message_takes_its_route)
{
    int client;

    gateway_make_api("$default chat 1 true $disconnect");
    client = gateway_enter("/prod");
    gateway_script(choices[_i].function, "{'statusCode':200}");
    gateway_send_text(client, quoted(choices[_i].message));
    gateway_event(choices[_i].function);
}
END_TEST

static void expect_error(int client, const char *message)
{
    const char *frame = gateway_hear_text(client);
    char start[160], request_id[17];

    snprintf(start, sizeof start, "{\"message\": \"%s\", \"connectionId\":\"%s\", \"requestId\":\"", message, gateway_connection(0));
    ck_assert_msg(!strncmp(frame, start, strlen(start)), "%s, not %s", frame, start);
    ck_assert_int_eq(sscanf(frame + strlen(start), "%16[A-Za-z0-9_=-]\"}", request_id), 1);
    ck_assert_str_eq(frame + strlen(start) + 16, "\"}");
}

START_TEST(without_a_route_there_is_a_forbidden_frame_and_the_connection_stays)
{
    int client;

    gateway_make_api("chat");
    client = gateway_enter("/prod");
    gateway_send_text(client, "{\"action\":\"none\"}");
    expect_error(client, "Forbidden");
    gateway_send_text(client, "hello");
    expect_error(client, "Forbidden");
    ck_assert_uint_eq(gateway_invocations(), 0);
}
END_TEST

static const struct {
    struct invocation_result result;
    const char *message;
} failures[] = {
    { { .end = INVOCATION_DONE, .error = "Unhandled", .payload = "{'errorMessage':'x'}" }, "Internal server error" },
    { { .end = INVOCATION_DONE, .error = "Unhandled", .is_timed_out = true, .payload = "{'errorMessage':'Task timed out'}" },
      "Internal server error" },
    { { .end = INVOCATION_DONE, .error = "Unhandled", .is_timed_out = true }, "Endpoint request timed out" },
    { { .end = INVOCATION_ABSENT }, "Internal server error" },
    { { .end = INVOCATION_THROTTLED }, "Internal server error" },
    { { .end = INVOCATION_BROKEN }, "Internal server error" },
    { { .end = INVOCATION_DONE, .payload = "null" }, "Internal server error" },
    { { .end = INVOCATION_DONE, .payload = "{}" }, "Internal server error" },
    { { .end = INVOCATION_DONE, .payload = "{'statusCode':200,'message':'x'}" }, "Internal server error" },
    { { .end = INVOCATION_DONE, .payload = "{'statusCode':200,'body':{'a':1}}" }, "Internal server error" },
};

/* Even on a one-way route. */
START_TEST(a_failing_function_is_an_error_frame)
{
    int client;

    gateway_make_api("chat");
    gateway_script_end("chat", failures[_i].result);
    client = gateway_enter("/prod");
    gateway_send_text(client, "{\"action\":\"chat\"}");
    expect_error(client, failures[_i].message);
}
END_TEST

START_TEST(a_one_way_route_answers_nothing_whatever_the_status)
{
    static const char *const payloads[] = { "{'statusCode':200,'body':'x'}", "{'statusCode':301}", "{'statusCode':401}",
                                            "{'statusCode':500}" };
    int client;

    gateway_make_api("chat");
    client = gateway_enter("/prod");
    for (size_t i = 0; i < sizeof payloads / sizeof *payloads; i++) {
        gateway_script("chat", payloads[i]);
        gateway_send_text(client, "{\"action\":\"chat\"}");
        gateway_event("chat");
        gateway_settle();
    }
    gateway_send_text(client, "end");
    expect_error(client, "Forbidden"); /* the first frame that comes is this one */
}
END_TEST

START_TEST(a_two_way_route_answers_its_body)
{
    static const struct {
        const char *payload;
        const char *frame;
    } cases[] = {
        { "{'statusCode':200,'body':'hello'}", "hello" },
        { "{'statusCode':500,'body':'hello'}", "hello" },
        { "{'statusCode':200,'body':'{\\'a\\':1}'}", "{\"a\":1}" },
        { "{'statusCode':200}", "" },
        { "{'statusCode':200,'body':null}", "" },
        { "{'statusCode':200,'isBase64Encoded':true,'body':'aGVsbG8='}", "hello" },
    };
    int client;

    gateway_make_api("2chat");
    client = gateway_enter("/prod");
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        gateway_script("chat", cases[i].payload);
        gateway_send_text(client, "{\"action\":\"chat\"}");
        ck_assert_str_eq(gateway_hear_text(client), cases[i].frame);
    }
}
END_TEST

START_TEST(an_answer_longer_than_a_message_is_an_error_frame)
{
    enum { MAX = 128 * 1024 };
    char *payload = calloc(1, MAX + 100);
    int client;

    gateway_make_api("2chat");
    client = gateway_enter("/prod");
    for (size_t size = MAX; size <= MAX + 1; size++) {
        size_t got = 0;
        int opcode;

        memset(payload, 0, MAX + 100);
        strcpy(payload, "{'statusCode':200,'body':'");
        memset(payload + strlen(payload), 'x', size);
        strcat(payload, "'}");
        gateway_script("chat", payload);
        gateway_send_text(client, "{\"action\":\"chat\"}");
        if (size > MAX) {
            expect_error(client, "Internal server error");
            continue;
        }
        for (size_t frame; got < MAX; got += frame)
            gateway_hear_frame(client, &opcode, &frame);
        ck_assert_uint_eq(got, MAX);
    }
    free(payload);
}
END_TEST

START_TEST(each_message_is_invoked_without_waiting_for_the_one_before)
{
    int client;

    gateway_make_api("2chat");
    gateway_script_hold("chat");
    client = gateway_enter("/prod");
    for (int i = 0; i < 3; i++)
        gateway_send_text(client, "{\"action\":\"chat\"}");
    for (int i = 0; i < 3; i++)
        gateway_event("chat");
    gateway_release("{'statusCode':200,'body':'late'}");
    for (int i = 0; i < 3; i++)
        ck_assert_str_eq(gateway_hear_text(client), "late");
}
END_TEST

START_TEST(an_answer_for_a_client_that_left_is_dropped)
{
    int client, other;

    gateway_make_api("2chat");
    gateway_script_hold("chat");
    client = gateway_enter("/prod");
    gateway_send_text(client, "{\"action\":\"chat\"}");
    gateway_event("chat");
    gateway_send(client, 8, "", 0);
    gateway_expect_connections(0);
    gateway_release("{'statusCode':200,'body':'late'}");
    other = gateway_enter("/prod");
    gateway_send_text(other, "hello");
    expect_error(other, "Forbidden");
}
END_TEST

START_TEST(a_fragmented_message_is_one_event)
{
    int client;

    gateway_make_api("$default");
    gateway_script("$default", "{'statusCode':200}");
    client = gateway_enter("/prod");
    gateway_say(client, "\x01\x83\0\0\0\0abc\x00\x82\0\0\0\0de\x80\x81\0\0\0\0f", 9 + 8 + 7);
    ck_assert_ptr_nonnull(strstr(gateway_event("$default"), "\"body\":\"abcdef\""));
    ck_assert_uint_eq(gateway_invocations(), 1);
}
END_TEST

START_TEST(routes_are_served_as_they_were_deployed)
{
    const char *api = gateway_make_api("chat");
    const char *integration = gateway_make_integration(api, "late");
    int client = gateway_enter("/prod");

    gateway_script("late", "{'statusCode':200}");
    gateway_call("UpdateStage", "{'apiId':'%s','stageName':'prod','autoDeploy':false}", api);
    gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'late','target':'integrations/%s'}", api, integration);
    gateway_send_text(client, "{\"action\":\"late\"}");
    expect_error(client, "Forbidden");
    gateway_call("CreateDeployment", "{'apiId':'%s','stageName':'prod'}", api);
    gateway_send_text(client, "{\"action\":\"late\"}");
    gateway_event("late");
}
END_TEST

START_TEST(a_route_without_integration_is_an_error_frame)
{
    const char *api = gateway_make_api("chat");
    int client = gateway_enter("/prod");

    gateway_call("CreateRoute", "{'apiId':'%s','routeKey':'bare'}", api);
    gateway_send_text(client, "{\"action\":\"bare\"}");
    expect_error(client, "Internal server error");
}
END_TEST

START_TEST(a_two_way_mock_answers_its_template)
{
    const char *api = gateway_make_api("chat");
    char integration[16], route[16];
    int client = gateway_enter("/prod");

    snprintf(integration, sizeof integration, "%s",
             json_string_value(json_object_get(
                 gateway_call("CreateIntegration",
                              "{'apiId':'%s','integrationType':'MOCK','requestTemplates':{'$default':'{\\'statusCode\\':404}'}}", api),
                 "integrationId")));
    gateway_call("CreateIntegrationResponse",
                 "{'apiId':'%s','integrationId':'%s','integrationResponseKey':'$default','responseTemplates':{'$default':'other'}}", api,
                 integration);
    gateway_call("CreateIntegrationResponse",
                 "{'apiId':'%s','integrationId':'%s','integrationResponseKey':'/4\\\\d\\\\d/','responseTemplates':{'$default':'pong'}}",
                 api, integration);
    snprintf(route, sizeof route, "%s",
             json_string_value(json_object_get(
                 gateway_call("CreateRoute",
                              "{'apiId':'%s','routeKey':'ping','target':'integrations/%s','routeResponseSelectionExpression':'$default'}",
                              api, integration),
                 "routeId")));
    gateway_call("CreateRouteResponse", "{'apiId':'%s','routeId':'%s','routeResponseKey':'$default'}", api, route);
    gateway_send_text(client, "{\"action\":\"ping\"}");
    ck_assert_str_eq(gateway_hear_text(client), "pong");
}
END_TEST

START_TEST(a_selection_expression_may_speak_of_the_context)
{
    const char *api = gateway_make_api("prod/chat/v1");
    int client = gateway_enter("/prod");

    gateway_script("prod/chat/v1", "{'statusCode':200}");
    gateway_call("UpdateStage", "{'apiId':'%s','stageName':'prod','stageVariables':{'version':'v1'}}", api);
    gateway_call("UpdateApi", "{'apiId':'%s','routeSelectionExpression':'${context.stage}/$request.body.a/${stageVariables.version}'}",
                 api);
    gateway_send_text(client, "{\"a\":\"chat\"}");
    gateway_event("prod/chat/v1");
}
END_TEST

/* Every frame in has a cause of nobody's, and is the cause of what follows. */
START_TEST(a_message_is_traced)
{
    struct trace *trace = fixture_world.ground.trace;
    const struct trace_event *event;
    int client;

    gateway_make_api("chat");
    client = gateway_enter("/prod");
    gateway_send_text(client, "hello");
    expect_error(client, "Forbidden");
    event = trace_find(trace, trace_newest(trace));
    ck_assert_int_eq(event->kind, TRACE_FRAME_OUT);
    ck_assert_uint_eq(event->cause, trace_newest(trace) - 1);
    event = trace_find(trace, event->cause);
    ck_assert_int_eq(event->kind, TRACE_FRAME_IN);
    ck_assert_int_eq(event->size_bytes, 5);
    ck_assert_str_eq(event->note, "no route");
    ck_assert_str_eq(event->subject, gateway_connection(0));
    event = trace_find(trace, event->id - 1);
    ck_assert_int_eq(event->kind, TRACE_CONNECT);
    ck_assert_str_eq(event->note, "101");
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

Suite *suite_apigateway_message(void)
{
    Suite *suite = suite_create("apigateway message");
    TCase *tests = tcase_create("message");

    tcase_add_checked_fixture(tests, gateway_open, gateway_close);
    tcase_add_test(tests, a_message_is_told_as_the_service_tells_it);
    tcase_add_loop_test(tests, a_message_takes_its_route, 0, COUNT(choices));
    tcase_add_test(tests, without_a_route_there_is_a_forbidden_frame_and_the_connection_stays);
    tcase_add_loop_test(tests, a_failing_function_is_an_error_frame, 0, COUNT(failures));
    tcase_add_test(tests, a_one_way_route_answers_nothing_whatever_the_status);
    tcase_add_test(tests, a_two_way_route_answers_its_body);
    tcase_add_test(tests, an_answer_longer_than_a_message_is_an_error_frame);
    tcase_add_test(tests, each_message_is_invoked_without_waiting_for_the_one_before);
    tcase_add_test(tests, an_answer_for_a_client_that_left_is_dropped);
    tcase_add_test(tests, a_fragmented_message_is_one_event);
    tcase_add_test(tests, routes_are_served_as_they_were_deployed);
    tcase_add_test(tests, a_route_without_integration_is_an_error_frame);
    tcase_add_test(tests, a_two_way_mock_answers_its_template);
    tcase_add_test(tests, a_selection_expression_may_speak_of_the_context);
    tcase_add_test(tests, a_message_is_traced);
    suite_add_tcase(suite, tests);
    return suite;
}
