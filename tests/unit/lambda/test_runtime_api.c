/* The Runtime API on its socket: routes, verdicts, who may speak, and an invocation on its way to who waits for it. */

#include "suites.h"

#include "fixture.h"
#include "lambda/runtime_api.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct clock real;
static struct loop *loop;
static struct runtime_api *api;
static struct {
    enum runtime_verdict verdict; /* what the owner will say */
    int asked;
    int lost;
    char post[256]; /* the last one: kind, id and body */
} owner;

static enum runtime_verdict on_next(void *context)
{
    (void)context;
    owner.asked++;
    return owner.verdict;
}

static void on_lost(void *context)
{
    (void)context;
    owner.lost++;
}

static enum runtime_verdict note(const char *kind, const struct runtime_post *post)
{
    snprintf(owner.post, sizeof owner.post, "%s %s %.100s %s", kind, post->request_id ? post->request_id : "-", post->body,
             post->error_type ? post->error_type : "-");
    return owner.verdict;
}

static enum runtime_verdict on_response(void *context, const struct runtime_post *post)
{
    (void)context;
    return note("response", post);
}

static enum runtime_verdict on_error(void *context, const struct runtime_post *post)
{
    (void)context;
    return note("error", post);
}

static enum runtime_verdict on_init_error(void *context, const struct runtime_post *post)
{
    (void)context;
    return note("init", post);
}

static const struct runtime_events events = { on_next, on_lost, on_response, on_error, on_init_error };

static void open_api(void)
{
    memset(&owner, 0, sizeof owner);
    clock_open(&real);
    ck_assert_int_eq(loop_open(&loop, &real), OK);
    ck_assert_int_eq(runtime_api_open(&api, loop, &events, NULL), OK);
}

static void close_api(void)
{
    runtime_api_close(api);
    loop_close(loop);
    clock_close(&real);
}

static int dial(void)
{
    struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    address.sin_port = htons((uint16_t)atoi(strchr(runtime_api_address(api), ':') + 1));
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&address, sizeof address), 0);
    return fd;
}

static void say(int fd, const char *text)
{
    ck_assert_int_eq(write(fd, text, strlen(text)), (ssize_t)strlen(text));
}

/* What is answered, until `end` stands in it, the other side closed, or ("" for end) 100 ms have passed in which nothing came. */
static const char *hear(int fd, const char *end)
{
    static char text[8192];
    int64_t deadline_us = clock_stopwatch_us() + (*end ? FIXTURE_PATIENCE_S * 1000000 : 100000);
    size_t size = 0;

    text[0] = '\0';
    while ((!*end || !strstr(text, end)) && clock_stopwatch_us() < deadline_us) {
        ssize_t got;

        loop_turn(loop, 5);
        got = recv(fd, text + size, sizeof text - 1 - size, MSG_DONTWAIT);
        if (!got)
            break;
        size += got > 0 ? (size_t)got : 0;
        text[size] = '\0';
    }
    return text;
}

#define POST(path, headers, body) "POST " path " HTTP/1.1\r\nHost: 127.0.0.1:1\r\n" headers "\r\n" body
#define INVOCATION "/2018-06-01/runtime/invocation/"

static const struct {
    const char *request;
    enum runtime_verdict verdict;
    const char *status;
    const char *body;
    const char *post;
} routes[] = {
    { POST(INVOCATION "id-1/response", "Content-Length: 2\r\n", "{}"), RUNTIME_ACCEPTED, "202", "{\"status\":\"OK\"}\n",
      "response id-1 {} -" },
    { POST(INVOCATION "id-1/error", "Content-Length: 2\r\nLambda-Runtime-Function-Error-Type: Function.Own\r\n", "{}"), RUNTIME_ACCEPTED,
      "202", "{\"status\":\"OK\"}\n", "error id-1 {} Function.Own" },
    { POST("/2018-06-01/runtime/init/error", "Content-Length: 2\r\n", "{}"), RUNTIME_ACCEPTED, "202", "{\"status\":\"OK\"}\n",
      "init - {} -" },
    { POST(INVOCATION "id-1/response", "Content-Length: 0\r\n", ""), RUNTIME_WRONG_REQUEST_ID, "400",
      "{\"errorMessage\":\"Invalid request ID\",\"errorType\":\"InvalidRequestID\"}", "response id-1  -" },
    { POST(INVOCATION "id-1/response", "Content-Length: 0\r\n", ""), RUNTIME_WRONG_STATE, "403",
      "\"errorType\":\"InvalidStateTransition\"}", "response id-1  -" },
    { POST(INVOCATION "id-1/response", "Content-Length: 0\r\n", ""), RUNTIME_WRONG_RESPONSE_MODE, "400",
      "\"errorType\":\"InvalidFunctionResponseMode\"}", "response id-1  -" },
    { POST(INVOCATION "id-1/other", "Content-Length: 0\r\n", ""), RUNTIME_ACCEPTED, "404", "404 page not found\n", "" },
    { "GET " INVOCATION "next HTTP/1.1\r\n\r\n", RUNTIME_WRONG_STATE, "403", "InvalidStateTransition", "" },
    { "GET /2018-06-01/ping HTTP/1.1\r\n\r\n", RUNTIME_ACCEPTED, "200", "pong", "" },
    { "GET /elsewhere HTTP/1.1\r\n\r\n", RUNTIME_ACCEPTED, "404", "404 page not found\n", "" },
    { "DELETE /2018-06-01/ping HTTP/1.1\r\n\r\n", RUNTIME_ACCEPTED, "405", "", "" },
    { "PUT /2022-07-01/telemetry HTTP/1.1\r\nContent-Length: 2\r\n\r\n{}", RUNTIME_ACCEPTED, "202", "Telemetry.NotSupported", "" },
    { "GET " INVOCATION "next HTTP/1.1\r\nHost: 127.0.0.1\r\nOrigin: http://127.0.0.1\r\n\r\n", RUNTIME_ACCEPTED, "403", "", "" },
    { "GET " INVOCATION "next HTTP/1.1\r\nHost: evil.example\r\n\r\n", RUNTIME_ACCEPTED, "403", "", "" },
    { "GET " INVOCATION "next HTTP/1.1\r\nHost: 127.0.0.1.evil.example\r\n\r\n", RUNTIME_ACCEPTED, "403", "", "" },
    { "GET /2018-06-01/ping HTTP/1.1\r\nHost: localhost:9001\r\n\r\n", RUNTIME_ACCEPTED, "200", "pong", "" },
    { "nonsense\r\n\r\n", RUNTIME_ACCEPTED, "400", "", "" },
};

START_TEST(each_call_gets_its_answer)
{
    int fd = dial();
    const char *heard;
    char begin[32];

    owner.verdict = routes[_i].verdict;
    say(fd, routes[_i].request);
    heard = hear(fd, *routes[_i].body ? routes[_i].body : "\r\n\r\n");
    snprintf(begin, sizeof begin, "HTTP/1.1 %s ", routes[_i].status);
    ck_assert_msg(!strncmp(heard, begin, strlen(begin)) && strstr(heard, routes[_i].body), "%s", heard);
    ck_assert_str_eq(owner.post, routes[_i].post);
    ck_assert_int_eq(owner.asked, strstr(routes[_i].request, "next") && routes[_i].verdict == RUNTIME_WRONG_STATE);
    close(fd);
}
END_TEST

static void give(void)
{
    runtime_api_give(api, &(struct runtime_delivery){ .request_id = "id-1",
                                                      .deadline_ms = 1700000003000,
                                                      .function_arn = "arn:f",
                                                      .trace_id = "Root=1-x",
                                                      .client_context = "{\"a\":1}",
                                                      .body = "{\"e\":1}",
                                                      .size_bytes = 7 });
}

START_TEST(an_invocation_reaches_who_waits_with_its_headers)
{
    int fd = dial();
    const char *heard;

    say(fd, "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    ck_assert_str_eq(hear(fd, ""), "");
    ck_assert_int_eq(owner.asked, 1);
    give();
    heard = hear(fd, "{\"e\":1}");
    ck_assert_ptr_nonnull(strstr(heard, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nLambda-Runtime-Aws-Request-Id: id-1\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nLambda-Runtime-Deadline-Ms: 1700000003000\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nLambda-Runtime-Invoked-Function-Arn: arn:f\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nLambda-Runtime-Trace-Id: Root=1-x\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nLambda-Runtime-Client-Context: {\"a\":1}\r\n"));
    ck_assert_ptr_nonnull(strstr(heard, "\r\nContent-Length: 7\r\n\r\n{\"e\":1}"));
    /* The answer and the next question in one packet, on the same connection. */
    say(fd, POST(INVOCATION "id-1/response", "Content-Length: 1\r\n", "1") "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(hear(fd, "OK\"}\n"), "HTTP/1.1 202 Accepted"));
    ck_assert_int_eq(owner.asked, 2);
    close(fd);
}
END_TEST

START_TEST(who_leaves_while_waiting_is_noticed_and_another_may_ask)
{
    int fd = dial();
    int other;

    say(fd, "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    hear(fd, "");
    close(fd);
    other = dial();
    say(other, "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    hear(other, "");
    ck_assert_int_eq(owner.lost, 1);
    give();
    ck_assert_ptr_nonnull(strstr(hear(other, "{\"e\":1}"), "id-1"));
    close(other);
}
END_TEST

START_TEST(only_one_may_wait)
{
    int fd = dial();
    int other = dial();

    say(fd, "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    hear(fd, "");
    say(other, "GET " INVOCATION "next HTTP/1.1\r\n\r\n");
    ck_assert_ptr_nonnull(strstr(hear(other, "InvalidStateTransition"), "403"));
    ck_assert_int_eq(owner.asked, 1);
    close(other);
    close(fd);
}
END_TEST

START_TEST(more_connections_than_the_bound_wait_their_turn)
{
    int fds[RUNTIME_CONNECTIONS_MAX];
    int late;

    for (int i = 0; i < RUNTIME_CONNECTIONS_MAX; i++) {
        fds[i] = dial();
        say(fds[i], "GET /2018-06-01/ping HTTP/1.1\r\n\r\n");
        ck_assert_ptr_nonnull(strstr(hear(fds[i], "pong"), "pong"));
    }
    late = dial();
    say(late, "GET /2018-06-01/ping HTTP/1.1\r\n\r\n");
    ck_assert_str_eq(hear(late, ""), "");
    close(fds[0]);
    ck_assert_ptr_nonnull(strstr(hear(late, "pong"), "pong"));
    for (int i = 1; i < RUNTIME_CONNECTIONS_MAX; i++)
        close(fds[i]);
    close(late);
}
END_TEST

Suite *suite_lambda_runtime_api(void)
{
    Suite *suite = suite_create("lambda runtime api");
    TCase *tests = tcase_create("runtime api");

    tcase_add_checked_fixture(tests, open_api, close_api);
    tcase_add_loop_test(tests, each_call_gets_its_answer, 0, sizeof routes / sizeof *routes);
    tcase_add_test(tests, an_invocation_reaches_who_waits_with_its_headers);
    tcase_add_test(tests, who_leaves_while_waiting_is_noticed_and_another_may_ask);
    tcase_add_test(tests, only_one_may_wait);
    tcase_add_test(tests, more_connections_than_the_bound_wait_their_turn);
    suite_add_tcase(suite, tests);
    return suite;
}
