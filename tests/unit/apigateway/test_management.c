/* The management API, answer by answer: statuses, headers, bodies, and what the client and $disconnect see of it. */

#include "suites.h"

#include "gateway.h"

#include "apigateway/room.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char path[256];

static const char *path_of(const char *form, const char *id)
{
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wformat-nonliteral"
    snprintf(path, sizeof path, form, id);
#pragma GCC diagnostic pop
    return path;
}

static const char *enter(int *client)
{
    const char *api = gateway_make_api("$disconnect");

    gateway_script("$disconnect", "{'statusCode':200}");
    *client = gateway_enter("/prod");
    return api;
}

START_TEST(post_sends_a_text_and_answers_nothing)
{
    const char *answer;
    int client;

    enter(&client);
    answer = gateway_manage("POST", path_of("/prod/@connections/%s", gateway_connection(0)), "Content-Type: application/octet-stream\r\n",
                            "{\"a\":\"caf\xc3\xa9\"}", 13);
    ck_assert(gateway_has_status(answer, 200));
    ck_assert_str_eq(gateway_header(answer, "Content-Type"), "application/json");
    ck_assert_str_eq(gateway_header(answer, "Content-Length"), "0");
    ck_assert_uint_eq(strlen(gateway_header(answer, "x-amzn-RequestId")), 36);
    ck_assert_uint_eq(strlen(gateway_header(answer, "x-amz-apigw-id")), 16);
    ck_assert_ptr_nonnull(strstr(gateway_header(answer, "X-Amzn-Trace-Id"), "Root=1-6553f100-"));
    ck_assert_str_eq(gateway_body(answer), "");
    ck_assert_str_eq(gateway_hear_text(client), "{\"a\":\"caf\xc3\xa9\"}");
}
END_TEST

/* Every way in which clients write the path. */
START_TEST(a_connection_has_many_paths)
{
    static const char *const forms[] = { "/prod/@connections/OaKYEe1-IAMCoNQ%3D",
                                         "/prod/@connections/OaKYEe1-IAMCoNQ=", "/prod/%40connections/OaKYEe1-IAMCoNQ%3D",
                                         "/prod/@connections/OaKYEe1-IAMCoNQ%3d",
                                         "/_aws/execute-api/iscs8iy8me/prod/@connections/OaKYEe1-IAMCoNQ%3D" };
    int client;

    enter(&client);
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++) {
        ck_assert_msg(gateway_has_status(gateway_manage("POST", forms[i], "", "x", 1), 200), "%s", forms[i]);
        ck_assert_str_eq(gateway_hear_text(client), "x");
    }
}
END_TEST

#define UNKNOWN "BFHPhfCWIAMCKlQ%3D"
#define GONE 410, "GoneException", ""
#define FORBIDDEN 403, "ForbiddenException", "{\"message\":\"Forbidden\"}"
#define NO_TOKEN 403, "MissingAuthenticationTokenException", "{\"message\":\"Missing Authentication Token\"}"

static const struct {
    const char *method;
    const char *path;
    int status;
    const char *error;
    const char *body;
} refusals[] = {
    { "POST", "/prod/@connections/" UNKNOWN, GONE },
    { "GET", "/prod/@connections/" UNKNOWN, GONE },
    { "DELETE", "/prod/@connections/" UNKNOWN, GONE },
    { "POST", "/prod/@connections/WDGT8fY4joECJrQ=test", 400, "BadRequestException",
      "{\"message\":\"Invalid connectionId: WDGT8fY4joECJrQ=test\"}" },
    { "GET", "/prod/@connections/f47ac10b-58cc-4372-a567-0e02b2c3d479", 400, "BadRequestException",
      "{\"message\":\"Invalid connectionId: f47ac10b-58cc-4372-a567-0e02b2c3d479\"}" },
    { "DELETE", "/prod/@connections/a%22b", 400, "BadRequestException", "{\"message\":\"Invalid connectionId: a\\\"b\"}" },
    { "GET", "/prod/@connections/a%ffb", 400, "BadRequestException",
      "{\"message\":\"Invalid connectionId: a\xef\xbf\xbd"
      "b\"}" },
    { "POST", "/dev/@connections/" UNKNOWN, FORBIDDEN },
    { "POST", "/dev/@connections/OaKYEe1-IAMCoNQ%3D", FORBIDDEN },
    { "POST", "/other/@connections/OaKYEe1-IAMCoNQ%3D", GONE }, /* a stage, but not its stage */
    { "POST", "/_aws/execute-api/nobody/prod/@connections/OaKYEe1-IAMCoNQ%3D", FORBIDDEN },
    { "PUT", "/prod/@connections/OaKYEe1-IAMCoNQ%3D", NO_TOKEN },
    { "POST", "/prod/@connections/", NO_TOKEN },
    { "POST", "/_aws/execute-api/iscs8iy8me/prod", FORBIDDEN },
    { "GET", "/_aws/execute-api/iscs8iy8me/prod", 426, "UpgradeRequiredException", "{\"message\":\"Upgrade Required\"}" },
    { "GET", "/_aws/execute-api/iscs8iy8me/prod/hello", 426, "UpgradeRequiredException", "{\"message\":\"Upgrade Required\"}" },
};

START_TEST(a_bad_request_is_refused)
{
    const char *answer;
    int client;

    gateway_call("CreateStage", "{'apiId':'%s','stageName':'other','autoDeploy':true}", enter(&client));
    answer = gateway_manage(refusals[_i].method, refusals[_i].path, "", "x", 1);
    ck_assert_msg(gateway_has_status(answer, refusals[_i].status), "%s", answer);
    ck_assert_str_eq(gateway_header(answer, "x-amzn-ErrorType"), refusals[_i].error);
    ck_assert_str_eq(gateway_header(answer, "Content-Type"), "application/json");
    ck_assert_str_eq(gateway_body(answer), refusals[_i].body);
    ck_assert_pstr_eq(gateway_header(answer, "X-Amzn-Trace-Id") ? "yes" : "no", refusals[_i].status == 410 ? "yes" : "no");
}
END_TEST

START_TEST(an_unsigned_request_is_refused)
{
    int client, http = gateway_dial();
    const char *answer;
    char request[256];

    enter(&client);
    snprintf(request, sizeof request, "POST /prod/@connections/%s HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\n\r\nx",
             gateway_connection(0));
    gateway_say(http, request, strlen(request));
    answer = gateway_hear(http);
    ck_assert(gateway_has_status(answer, 403));
    ck_assert_str_eq(gateway_header(answer, "x-amzn-ErrorType"), "MissingAuthenticationTokenException");
    ck_assert_str_eq(gateway_body(answer), "{\"message\":\"Missing Authentication Token\"}");
}
END_TEST

START_TEST(get_tells_of_the_connection)
{
    const char *answer;
    int client = gateway_dial();

    gateway_make_api("chat");
    gateway_ask(client, "/prod", "User-Agent: a \"b\"\r\n");
    ck_assert(gateway_has_status(gateway_hear(client), 101));
    clock_advance(&fixture_world.clock, 246);
    ck_assert(gateway_has_status(gateway_manage("POST", path_of("/prod/@connections/%s", gateway_connection(0)), "", "x", 1), 200));
    answer = gateway_manage("GET", path, "", "", 0);
    ck_assert(gateway_has_status(answer, 200));
    ck_assert_str_eq(gateway_header(answer, "Content-Type"), "application/json");
    ck_assert_str_eq(gateway_body(answer),
                     "{\n  \"identity\" : {\n    \"sourceIp\" : \"127.0.0.1\",\n    \"userAgent\" : \"a \\\"b\\\"\"\n  },\n"
                     "  \"connectedAt\" : \"2023-11-14T22:13:20.000Z\",\n"
                     "  \"lastActiveAt\" : \"2023-11-14T22:13:20.246Z\"\n}");
}
END_TEST

START_TEST(get_says_null_of_a_client_without_a_user_agent)
{
    int client;

    enter(&client);
    ck_assert_ptr_nonnull(
        strstr(gateway_manage("GET", path_of("/prod/@connections/%s", gateway_connection(0)), "", "", 0), "\"userAgent\" : null\n"));
}
END_TEST

START_TEST(delete_closes_and_tells_disconnect)
{
    const char *answer, *event;
    size_t size;
    int client, opcode;

    enter(&client);
    answer = gateway_manage("DELETE", path_of("/prod/@connections/%s", gateway_connection(0)), "", "", 0);
    ck_assert(gateway_has_status(answer, 204));
    ck_assert_ptr_null(gateway_header(answer, "Content-Type"));
    event = gateway_event("$disconnect");
    ck_assert_ptr_nonnull(strstr(event, "\"disconnectStatusCode\":1000,"));
    ck_assert_ptr_nonnull(strstr(event, "\"disconnectReason\":\"Connection Closed Normally\","));
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "x", 1), 410)); /* while the client has not answered the close yet */
    answer = gateway_hear_frame(client, &opcode, &size);
    ck_assert_int_eq(opcode, 8);
    ck_assert_mem_eq(answer, "\x03\xe8", 2);
    gateway_send(client, 8, "\x03\xe8", 2);
    gateway_settle();
    ck_assert_uint_eq(gateway_invocations(), 1);
}
END_TEST

START_TEST(a_message_of_128_kilobytes_is_the_largest)
{
    enum { MAX = 128 * 1024 };
    char *text = calloc(1, MAX + 2);
    struct buffer whole = { 0 };
    const char *answer;
    int client;

    memset(text, 'x', MAX + 1);
    enter(&client);
    answer = gateway_manage("POST", path_of("/prod/@connections/%s", gateway_connection(0)), "", text, MAX + 1);
    ck_assert(gateway_has_status(answer, 413));
    ck_assert_str_eq(gateway_header(answer, "x-amzn-ErrorType"), "PayloadTooLargeException");
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", text, MAX), 200));
    for (int frames = 0; frames < 4; frames++) { /* cut into frames of 32 KiB */
        size_t size;
        int opcode;
        const char *part = gateway_hear_frame(client, &opcode, &size);

        ck_assert_int_eq(opcode, frames ? 0 : 1);
        ck_assert_uint_eq(size, MAX / 4);
        buffer_add(&whole, part, size);
    }
    ck_assert_uint_eq(whole.size, MAX);
    ck_assert(!memcmp(whole.data, text, MAX));
    buffer_clear(&whole);
    free(text);
}
END_TEST

START_TEST(an_empty_post_is_an_empty_message)
{
    int client;

    enter(&client);
    ck_assert(gateway_has_status(gateway_manage("POST", path_of("/prod/@connections/%s", gateway_connection(0)), "", "", 0), 200));
    ck_assert_str_eq(gateway_hear_text(client), "");
}
END_TEST

START_TEST(a_push_is_traced_with_its_cause)
{
    struct trace *trace = fixture_world.ground.trace;
    const struct trace_event *event;
    uint64_t cause;
    char header[128], trace_id[96];
    int client;

    enter(&client);
    cause = trace_add(trace, TRACE_INVOCATION, 0, "push", -1, NULL);
    trace_header(trace, cause, trace_id);
    snprintf(header, sizeof header, "X-Amzn-Trace-Id: %s\r\n", trace_id);
    gateway_manage("POST", path_of("/prod/@connections/%s", gateway_connection(0)), header, "hello", 5);
    event = trace_find(trace, trace_newest(trace));
    ck_assert_int_eq(event->kind, TRACE_FRAME_OUT);
    ck_assert_int_eq(event->size_bytes, 5);
    ck_assert_str_eq(event->subject, gateway_connection(0));
    event = trace_find(trace, event->cause);
    ck_assert_int_eq(event->kind, TRACE_MANAGEMENT);
    ck_assert_str_eq(event->note, "POST 200");
    ck_assert_uint_eq(event->cause, cause);
}
END_TEST

/* A reader that does not read is bounded in memory, and finally closed: then it is gone. */
START_TEST(a_slow_reader_is_closed_at_last)
{
    enum { SIZE = 128 * 1024 };
    char *text = calloc(1, SIZE + 1);
    int posts = 0, client;

    memset(text, 'x', SIZE);
    enter(&client);
    path_of("/prod/@connections/%s", gateway_connection(0));
    while (posts < 200 && gateway_has_status(gateway_manage("POST", path, "", text, SIZE), 200))
        posts++;
    ck_assert_int_gt(posts, 30); /* 4 MiB wait for it, and what the kernel holds */
    ck_assert_int_lt(posts, 200);
    ck_assert(gateway_has_status(gateway_manage("POST", path, "", "x", 1), 410));
    free(text);
}
END_TEST

#define COUNT(table) ((int)(sizeof(table) / sizeof *(table)))

Suite *suite_apigateway_management(void)
{
    Suite *suite = suite_create("apigateway management");
    TCase *tests = tcase_create("management");

    tcase_add_checked_fixture(tests, gateway_open, gateway_close);
    tcase_add_test(tests, post_sends_a_text_and_answers_nothing);
    tcase_add_test(tests, a_connection_has_many_paths);
    tcase_add_loop_test(tests, a_bad_request_is_refused, 0, COUNT(refusals));
    tcase_add_test(tests, an_unsigned_request_is_refused);
    tcase_add_test(tests, get_tells_of_the_connection);
    tcase_add_test(tests, get_says_null_of_a_client_without_a_user_agent);
    tcase_add_test(tests, delete_closes_and_tells_disconnect);
    tcase_add_test(tests, a_message_of_128_kilobytes_is_the_largest);
    tcase_add_test(tests, an_empty_post_is_an_empty_message);
    tcase_add_test(tests, a_push_is_traced_with_its_cause);
    tcase_add_test(tests, a_slow_reader_is_closed_at_last);
    suite_add_tcase(suite, tests);
    return suite;
}
