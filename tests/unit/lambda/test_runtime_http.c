/* The Runtime API's HTTP: whole requests however they are cut, and refusals of what could be read in two ways. */

#include "suites.h"

#include "lambda/runtime_http.h"

#include <stdio.h>
#include <string.h>

static struct runtime_parser parser;

static void open_parser(void)
{
    memset(&parser, 0, sizeof parser);
}

static void close_parser(void)
{
    runtime_parser_clear(&parser);
}

static enum runtime_parse feed(const char *text)
{
    runtime_parser_feed(&parser, text, strlen(text));
    return runtime_parser_step(&parser);
}

/* Feeds byte by byte, as a slow client sends; answers what the last byte led to. */
static enum runtime_parse drip(const char *text)
{
    enum runtime_parse made = RUNTIME_MORE;

    for (; *text; text++) {
        runtime_parser_feed(&parser, text, 1);
        made = runtime_parser_step(&parser);
        if (text[1])
            ck_assert_int_ne(made, RUNTIME_BAD);
    }
    return made;
}

static const struct {
    const char *text;
    const char *method;
    const char *path;
    const char *body;
    bool keeps_alive;
} requests[] = {
    { "GET /a HTTP/1.1\r\nHost: x\r\n\r\n", "GET", "/a", "", true },
    { "GET /a?b=c HTTP/1.1\r\n\r\n", "GET", "/a", "", true },
    { "GET http://127.0.0.1:1/a HTTP/1.1\r\n\r\n", "GET", "/a", "", true },
    { "\r\nGET /a HTTP/1.1\r\n\r\n", "GET", "/a", "", true },
    { "POST /a HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc", "POST", "/a", "abc", true },
    { "POST /a HTTP/1.1\r\ncontent-length:3 \r\nConnection: close\r\n\r\nabc", "POST", "/a", "abc", false },
    { "POST /a HTTP/1.0\r\nContent-Length: 0\r\n\r\n", "POST", "/a", "", false },
    { "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\n\r\n", "POST", "/a", "abc", true },
    { "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nLambda-Runtime-Function-Error-Type: X\r\n\r\n", "POST", "/a", "", true },
};

START_TEST(a_request_is_whole_however_it_is_cut)
{
    for (int whole = 0; whole < 2; whole++) {
        ck_assert_int_eq(whole ? feed(requests[_i].text) : drip(requests[_i].text), RUNTIME_WHOLE);
        ck_assert_str_eq(parser.request.method, requests[_i].method);
        ck_assert_str_eq(parser.request.path, requests[_i].path);
        ck_assert_str_eq(parser.request.body, requests[_i].body);
        ck_assert_uint_eq(parser.request.body_size, strlen(requests[_i].body));
        ck_assert_int_eq(parser.request.keeps_alive, requests[_i].keeps_alive);
        runtime_parser_next(&parser);
    }
}
END_TEST

static const char *const refusals[] = {
    "GET\r\n\r\n",
    "GET /a\r\n\r\n",
    " /a HTTP/1.1\r\n\r\n",
    "GET /a HTTP/1.2\r\n\r\n",
    "GET /a\rb HTTP/1.1\r\n\r\n",
    "GET /a HTTP/1.1\nA: x\r\n\r\n",
    "GET a HTTP/1.1\r\n\r\n",
    "GET /a HTTP/2\r\n\r\n",
    "GET http://nowhere HTTP/1.1\r\n\r\n",
    "GET /a HTTP/1.1\r\nno colon\r\n\r\n",
    "GET /a HTTP/1.1\r\n: empty\r\n\r\n",
    "GET /a HTTP/1.1\r\nName : x\r\n\r\n",
    "GET /a HTTP/1.1\r\nA: x\nB: y\r\n\r\n",
    "GET /a HTTP/1.1\r\nA: x\rB: y\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1x\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 99999999999999999999\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n",
    "POST /a HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
    "POST /a HTTP/1.1\r\nTransfer-Encoding: gzip\r\n\r\n",
    "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nz\r\n",
    "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n\r\n",
    "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
    "POST /a HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n123456789\r\n",
};

START_TEST(what_is_malformed_or_ambiguous_is_refused)
{
    ck_assert_int_eq(feed(refusals[_i]), RUNTIME_BAD);
}
END_TEST

START_TEST(a_client_that_waits_for_leave_to_send_gets_it_once)
{
    ck_assert_int_eq(feed("POST /a HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n"), RUNTIME_CONTINUE);
    ck_assert_int_eq(runtime_parser_step(&parser), RUNTIME_MORE);
    ck_assert_int_eq(feed("ab"), RUNTIME_WHOLE);
    ck_assert_str_eq(parser.request.body, "ab");
}
END_TEST

START_TEST(pipelined_requests_follow_each_other)
{
    ck_assert_int_eq(feed("POST /a HTTP/1.1\r\nContent-Length: 1\r\n\r\nxGET /b HTTP/1.1\r\nA: 1\r\n\r\n"), RUNTIME_WHOLE);
    ck_assert_str_eq(parser.request.body, "x");
    runtime_parser_next(&parser);
    ck_assert_int_eq(runtime_parser_step(&parser), RUNTIME_WHOLE);
    ck_assert_str_eq(parser.request.path, "/b");
    ck_assert_str_eq(runtime_parser_header(&parser, "a"), "1");
    ck_assert_ptr_null(runtime_parser_header(&parser, "content-length"));
}
END_TEST

START_TEST(a_body_over_the_bound_is_dropped_and_counted)
{
    static char block[65536];
    char head[128];
    size_t left = RUNTIME_BODY_MAX_BYTES + 1;

    memset(block, 'x', sizeof block);
    snprintf(head, sizeof head, "POST /a HTTP/1.1\r\nContent-Length: %zu\r\n\r\n", left);
    ck_assert_int_eq(feed(head), RUNTIME_MORE);
    while (left) {
        size_t size = left < sizeof block ? left : sizeof block;

        runtime_parser_feed(&parser, block, size);
        left -= size;
        ck_assert_int_eq(runtime_parser_step(&parser), left ? RUNTIME_MORE : RUNTIME_WHOLE);
    }
    ck_assert(parser.request.is_too_large);
    runtime_parser_next(&parser);
    ck_assert_int_eq(feed("GET /b HTTP/1.1\r\n\r\n"), RUNTIME_WHOLE);
    ck_assert(!parser.request.is_too_large);
}
END_TEST

START_TEST(a_head_without_end_is_refused)
{
    static char block[65536];
    enum runtime_parse made = RUNTIME_MORE;

    memset(block, 'x', sizeof block);
    for (int i = 0; i < 40 && made == RUNTIME_MORE; i++) {
        runtime_parser_feed(&parser, block, sizeof block);
        made = runtime_parser_step(&parser);
    }
    ck_assert_int_eq(made, RUNTIME_BAD);
    ck_assert_uint_lt(parser.in.size, RUNTIME_HEAD_MAX_BYTES + 2 * sizeof block);
}
END_TEST

START_TEST(a_nul_in_the_head_is_refused)
{
    static const char head[] = "GET /a\0b HTTP/1.1\r\n\r\n";

    runtime_parser_feed(&parser, head, sizeof head - 1);
    ck_assert_int_eq(runtime_parser_step(&parser), RUNTIME_BAD);
}
END_TEST

Suite *suite_lambda_runtime_http(void)
{
    Suite *suite = suite_create("lambda runtime http");
    TCase *tests = tcase_create("runtime http");

    tcase_add_checked_fixture(tests, open_parser, close_parser);
    tcase_add_loop_test(tests, a_request_is_whole_however_it_is_cut, 0, sizeof requests / sizeof *requests);
    tcase_add_loop_test(tests, what_is_malformed_or_ambiguous_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_client_that_waits_for_leave_to_send_gets_it_once);
    tcase_add_test(tests, pipelined_requests_follow_each_other);
    tcase_add_test(tests, a_body_over_the_bound_is_dropped_and_counted);
    tcase_add_test(tests, a_head_without_end_is_refused);
    tcase_add_test(tests, a_nul_in_the_head_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
