/* What a function may answer to a proxy integration, and what is malformed. */

#include "suites.h"

#include "apigateway/proxy_answer.h"

#include <string.h>

static const struct {
    const char *payload;
    int status;
    const char *body;
    const char *subprotocol;
} answers[] = {
    { "{\"statusCode\":200}", 200, NULL, NULL },
    { "{\"statusCode\":\"201\"}", 201, NULL, NULL },
    { "{\"statusCode\":200,\"body\":\"hello\"}", 200, "hello", NULL },
    { "{\"statusCode\":200,\"body\":null}", 200, NULL, NULL },
    { "{\"statusCode\":200,\"body\":\"\"}", 200, "", NULL },
    { "{\"statusCode\":200,\"body\":\"caf\\u00e9 \\ud83d\"}", 200, "caf\xc3\xa9 \xef\xbf\xbd", NULL },
    { "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"aGVsbG8=\"}", 200, "hello", NULL },
    { "{\"body\":\"aGVsbG8=\",\"isBase64Encoded\":true,\"statusCode\":200}", 200, "hello", NULL },
    { "{\"statusCode\":200,\"isBase64Encoded\":false,\"body\":\"aGVsbG8=\"}", 200, "aGVsbG8=", NULL },
    { "{\"statusCode\":403,\"headers\":{\"X\":\"y\"}}", 403, NULL, NULL },
    { "{\"statusCode\":200,\"headers\":{\"Sec-WebSocket-Protocol\":\"v1\"}}", 200, NULL, "v1" },
    { "{\"statusCode\":200,\"headers\":{\"sec-websocket-protocol\":\"v1\",\"N\":1}}", 200, NULL, "v1" },
    { "{\"statusCode\":200,\"headers\":null,\"multiValueHeaders\":{\"Sec-WebSocket-Protocol\":[\"v1\"]}}", 200, NULL, "v1" },
    { " {\"statusCode\" : 599 } ", 599, NULL, NULL },
};

START_TEST(an_answer_is_read)
{
    struct arena arena = { 0 };
    struct apigateway_proxy_answer answer;
    const char *fault;

    ck_assert_msg(apigateway_proxy_answer_read(answers[_i].payload, strlen(answers[_i].payload), &arena, &answer, &fault) == OK, "%s: %s",
                  answers[_i].payload, fault);
    ck_assert_int_eq(answer.status, answers[_i].status);
    ck_assert_pstr_eq(answer.body, answers[_i].body);
    ck_assert_pstr_eq(answer.subprotocol, answers[_i].subprotocol);
    if (answer.body)
        ck_assert_uint_eq(answer.body_size_bytes, strlen(answer.body));
    arena_clear(&arena);
}
END_TEST

#define UNKNOWN_MEMBER "it has a member other than statusCode, headers, multiValueHeaders, body and isBase64Encoded"
#define BAD_STATUS "its statusCode is not a whole number from 100 to 599"

static const struct {
    const char *payload;
    const char *fault;
} refusals[] = {
    { "", "it is not a JSON object" },
    { "null", "it is not a JSON object" },
    { "\"ok\"", "it is not a JSON object" },
    { "[200]", "it is not a JSON object" },
    { "{\"statusCode\":200", "it is not a JSON object" },
    { "{}", "it has no statusCode" },
    { "{\"body\":\"x\"}", "it has no statusCode" },
    { "{\"statusCode\":200,\"message\":\"x\"}", UNKNOWN_MEMBER },
    { "{\"statuscode\":200}", UNKNOWN_MEMBER },
    { "{\"statusCode\":200.5}", BAD_STATUS },
    { "{\"statusCode\":\"ok\"}", BAD_STATUS },
    { "{\"statusCode\":null}", BAD_STATUS },
    { "{\"statusCode\":99}", BAD_STATUS },
    { "{\"statusCode\":600}", BAD_STATUS },
    { "{\"statusCode\":200,\"body\":{\"a\":1}}", "its body is not a text" },
    { "{\"statusCode\":200,\"body\":1}", "its body is not a text" },
    { "{\"statusCode\":200,\"headers\":[]}", "its headers are not an object" },
    { "{\"statusCode\":200,\"headers\":{\"a\":{}}}", "a value of its headers is not a text" },
    { "{\"statusCode\":200,\"multiValueHeaders\":1}", "its multiValueHeaders are not an object" },
    { "{\"statusCode\":200,\"multiValueHeaders\":{\"a\":\"b\"}}", "a value of its multiValueHeaders is not a list" },
    { "{\"statusCode\":200,\"isBase64Encoded\":\"true\"}", "its isBase64Encoded is not a boolean" },
    { "{\"statusCode\":200,\"isBase64Encoded\":true,\"body\":\"!\"}", "its body is not base64, though it says so" },
};

START_TEST(a_malformed_answer_is_refused)
{
    struct arena arena = { 0 };
    struct apigateway_proxy_answer answer;
    const char *fault;

    ck_assert_int_eq(apigateway_proxy_answer_read(refusals[_i].payload, strlen(refusals[_i].payload), &arena, &answer, &fault), INVALID);
    ck_assert_str_eq(fault, refusals[_i].fault);
    arena_clear(&arena);
}
END_TEST

Suite *suite_apigateway_proxy_answer(void)
{
    Suite *suite = suite_create("apigateway proxy answer");
    TCase *tests = tcase_create("proxy answer");

    tcase_add_loop_test(tests, an_answer_is_read, 0, (int)(sizeof answers / sizeof *answers));
    tcase_add_loop_test(tests, a_malformed_answer_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    suite_add_tcase(suite, tests);
    return suite;
}
