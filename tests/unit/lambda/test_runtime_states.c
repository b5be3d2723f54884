/* An execution environment as its runtime meets it, over the Runtime API: here the test is the runtime, and the process does nothing. */

#include "suites.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "lambda/runtime_http.h"
#include "workshop.h"

#include <arpa/inet.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static struct workshop_result result; /* of the invocation that waits */
static struct buffer answer;
static char request_id[40];

/* ---- sockets, driven by the world's own loop ---- */

static void turn(void)
{
    loop_turn(fixture_world.ground.loop, 5);
}

static int dial(void)
{
    const struct pool *pool = &workshop_function("f")->latest->pool;
    const char *address = runtime_api_address(list_item(pool->environments.next, struct environment, link)->api);
    struct sockaddr_in to = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

    to.sin_port = htons((uint16_t)atoi(strchr(address, ':') + 1));
    ck_assert_int_eq(connect(fd, (struct sockaddr *)&to, sizeof to), 0);
    return fd;
}

static void say(int fd, const char *bytes, size_t size)
{
    int64_t deadline_us = fixture_deadline_us();

    while (size && clock_stopwatch_us() < deadline_us) {
        ssize_t sent = send(fd, bytes, size, MSG_DONTWAIT | MSG_NOSIGNAL);

        if (sent > 0) {
            bytes += sent;
            size -= (size_t)sent;
        } else {
            ck_assert_int_eq(errno, EAGAIN);
            turn();
        }
    }
    ck_assert_uint_eq(size, 0);
}

/* Whether what came so far is a head with its whole body. */
static bool is_whole(void)
{
    char *end = answer.size ? strstr(answer.data, "\r\n\r\n") : NULL;
    char *length = answer.size ? strstr(answer.data, "Content-Length: ") : NULL;

    return end && length && answer.size >= (size_t)(end + 4 - answer.data) + strtoul(length + 16, NULL, 10);
}

/* Reads one answer, or up to the connection's end. */
static const char *hear(int fd)
{
    int64_t deadline_us = fixture_deadline_us();
    char bytes[4096];

    answer.size = 0;
    while (!is_whole() && clock_stopwatch_us() < deadline_us) {
        ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

        if (!got || (got < 0 && errno != EAGAIN))
            break;
        if (got > 0)
            buffer_add(&answer, bytes, (size_t)got);
        else
            turn();
    }
    return answer.size ? answer.data : "";
}

/* A request on a connection of its own; where it says {id}, the invocation's id is put. */
static const char *ask(const char *request)
{
    const char *mark = strstr(request, "{id}");
    char *text = mark ? memory_print("%.*s%s%s", (int)(mark - request), request, request_id, mark + 4) : memory_copy_text(request);
    int fd = dial();

    say(fd, text, strlen(text));
    hear(fd);
    close(fd);
    free(text);
    return answer.size ? answer.data : "";
}

#define NEXT "GET /2018-06-01/runtime/invocation/next HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n"
#define POST(path, headers, body) "POST /2018-06-01/runtime/" path " HTTP/1.1\r\nHost: localhost\r\n" headers "\r\n" body
#define RESPONSE POST("invocation/{id}/response", "Content-Length: 2\r\n", "42")

/* ---- the fixture: an invocation that waits for a runtime ---- */

static void open_function(void)
{
    workshop_open();
    workshop_write("bootstrap", "#!/bin/sh\nexec sleep 1000\n", 0755);
    workshop_deploy("f", "provided.al2023", "x", "");
    workshop_begin("f", "{\"a\":1}", 0, &result);
    while (!workshop_environments("f"))
        turn();
}

static void close_function(void)
{
    buffer_clear(&answer);
    workshop_close();
}

static void take_invocation(int fd)
{
    const char *id;

    say(fd, NEXT, strlen(NEXT));
    id = strstr(hear(fd), "Lambda-Runtime-Aws-Request-Id: ");
    ck_assert_msg(id != NULL, "%s", answer.data);
    snprintf(request_id, sizeof request_id, "%.36s", id + strlen("Lambda-Runtime-Aws-Request-Id: "));
}

static void expect(const char *heard, const char *words)
{
    ck_assert_msg(strstr(heard, words) != NULL, "heard: %s\nnot: %s", heard, words);
}

START_TEST(an_invocation_is_handed_over_with_its_headers)
{
    int fd = dial();

    take_invocation(fd);
    expect(answer.data, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n");
    expect(answer.data, "\r\nLambda-Runtime-Deadline-Ms: 1700000003000\r\n");
    expect(answer.data, "\r\nLambda-Runtime-Invoked-Function-Arn: arn:aws:lambda:us-east-1:000000000000:function:f\r\n");
    expect(answer.data, "\r\nLambda-Runtime-Trace-Id: Root=1-");
    expect(answer.data, "\r\n\r\n{\"a\":1}");
    ck_assert_ptr_null(strstr(answer.data, "Client-Context"));
    expect(ask(RESPONSE), "HTTP/1.1 202 Accepted\r\n");
    expect(answer.data, "\r\n\r\n{\"status\":\"OK\"}");
    workshop_wait(&result);
    ck_assert_str_eq(result.payload, "42");
    close(fd);
}
END_TEST

/* Before, during and after an invocation: the request, and what it is answered. */
static const struct {
    bool is_during; /* the invocation has been taken */
    bool is_after;  /* and answered */
    const char *request;
    const char *words;
} states[] = {
    { false, false, POST("invocation/none/response", "Content-Length: 0\r\n", ""), "\"errorType\":\"InvalidRequestID\"" },
    { false, false, POST("invocation/none/error", "Content-Length: 0\r\n", ""), "\"errorType\":\"InvalidRequestID\"" },
    { true, false, NEXT, "\"errorType\":\"InvalidStateTransition\"" },
    { true, false, POST("invocation/none/response", "Content-Length: 0\r\n", ""), "\"errorType\":\"InvalidRequestID\"" },
    { true, false,
      POST("invocation/0123456789012345678901234567890123456789012345678901234567890123456789/response", "Content-Length: 0\r\n", ""),
      "\"errorType\":\"InvalidRequestID\"" },
    { true, false, POST("invocation/{id}/other", "Content-Length: 0\r\n", ""), "HTTP/1.1 404 Not Found\r\n" },
    { true, false, POST("init/error", "Content-Length: 2\r\n", "{}"), "\"errorType\":\"InvalidStateTransition\"" },
    { true, false, POST("invocation/{id}/response", "Lambda-Runtime-Function-Response-Mode: odd\r\nContent-Length: 0\r\n", ""),
      "\"errorType\":\"InvalidFunctionResponseMode\"" },
    { true, false,
      POST("invocation/{id}/response",
           "Lambda-Runtime-Function-Response-Mode: streaming\r\nTransfer-Encoding: chunked\r\nTrailer: "
           "Lambda-Runtime-Function-Error-Type\r\n",
           "2\r\n[1\r\n1\r\n]\r\n0\r\n\r\n"),
      "HTTP/1.1 202 Accepted\r\n" },
    { true, false, POST("invocation/{id}/error", "Lambda-Runtime-Function-Error-Type: Function.Odd\r\nContent-Length: 2\r\n", "{}"),
      "HTTP/1.1 202 Accepted\r\n" },
    { true, true, RESPONSE, "HTTP/1.1 403 Forbidden\r\n" },
    { true, true, POST("invocation/{id}/error", "Content-Length: 2\r\n", "{}"), "\"errorType\":\"InvalidStateTransition\"" },
    { true, true, POST("invocation/none/response", "Content-Length: 0\r\n", ""), "\"errorType\":\"InvalidRequestID\"" },
};

START_TEST(each_request_is_answered_by_the_state_it_comes_in)
{
    int fd = dial();

    if (states[_i].is_during)
        take_invocation(fd);
    if (states[_i].is_after)
        ask(RESPONSE);
    expect(ask(states[_i].request), states[_i].words);
    close(fd);
}
END_TEST

START_TEST(an_unknown_response_mode_fails_the_invocation)
{
    int fd = dial();

    take_invocation(fd);
    ask(POST("invocation/{id}/response", "Lambda-Runtime-Function-Response-Mode: odd\r\nContent-Length: 2\r\n", "42"));
    workshop_wait(&result);
    ck_assert(result.is_error);
    expect(result.payload, "{\"errorType\":\"Runtime.InvalidResponseModeHeader\"");
    close(fd);
}
END_TEST

START_TEST(an_init_error_is_the_invocations_answer)
{
    expect(ask(POST("init/error", "Lambda-Runtime-Function-Error-Type: Runtime.Odd\r\nContent-Length: 20\r\n", "{\"errorMessage\":\"x\"}")),
           "HTTP/1.1 202 Accepted\r\n");
    workshop_wait(&result);
    ck_assert(result.is_error);
    ck_assert_str_eq(result.payload, "{\"errorMessage\":\"x\"}");
}
END_TEST

START_TEST(a_response_over_the_cap_is_answered_413)
{
    size_t size = RUNTIME_BODY_MAX_BYTES + 1;
    char *body = memory_new(size);
    int fd = dial();
    char head[200];

    take_invocation(fd);
    snprintf(head, sizeof head, "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nContent-Length: %zu\r\n\r\n", request_id,
             size);
    say(fd, head, strlen(head));
    say(fd, body, size);
    expect(hear(fd), "HTTP/1.1 413 Request Entity Too Large\r\n");
    expect(answer.data, "Exceeded maximum allowed payload size (6291556 bytes).");
    workshop_wait(&result);
    expect(result.payload, "{\"errorType\":\"Function.ResponseSizeTooLarge\"");
    close(fd);
    free(body);
}
END_TEST

START_TEST(one_that_hangs_up_while_it_waits_may_ask_again)
{
    int fd = dial();

    take_invocation(fd);
    ask(RESPONSE);
    workshop_wait(&result);
    say(fd, NEXT, strlen(NEXT));
    workshop_rest("f");
    close(fd);
    for (int i = 0; i < 5; i++)
        turn();
    workshop_begin("f", "\"again\"", 0, &result);
    fd = dial();
    take_invocation(fd);
    expect(answer.data, "\r\n\r\n\"again\"");
    ck_assert_int_eq(workshop_environments("f"), 1);
    close(fd);
}
END_TEST

START_TEST(half_a_request_and_pipelined_ones_disturb_nobody)
{
    int half = dial();
    int fd = dial();

    say(half, "POST /2018-06-01/runtime/invocation/x/response HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf", 84);
    turn();
    close(half);
    say(fd, "GET /2018-06-01/ping HTTP/1.1\r\n\r\n" NEXT, strlen("GET /2018-06-01/ping HTTP/1.1\r\n\r\n" NEXT));
    expect(hear(fd), "pong");
    if (!strstr(answer.data, "Lambda-Runtime-Aws-Request-Id"))
        expect(hear(fd), "Lambda-Runtime-Aws-Request-Id");
    close(fd);
}
END_TEST

START_TEST(a_large_response_waits_for_leave)
{
    int fd = dial();
    char head[200];

    take_invocation(fd);
    snprintf(head, sizeof head,
             "POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n", request_id);
    say(fd, head, strlen(head));
    answer.size = 0;
    while (!answer.size || !strstr(answer.data, "\r\n\r\n")) {
        char bytes[100];
        ssize_t got = recv(fd, bytes, sizeof bytes, MSG_DONTWAIT);

        ck_assert_int_ne(got, 0);
        if (got > 0)
            buffer_add(&answer, bytes, (size_t)got);
        turn();
    }
    ck_assert_str_eq(answer.data, "HTTP/1.1 100 Continue\r\n\r\n");
    say(fd, "42", 2);
    expect(hear(fd), "HTTP/1.1 202 Accepted\r\n");
    close(fd);
}
END_TEST

Suite *suite_lambda_runtime_states(void)
{
    Suite *suite = suite_create("lambda runtime states");
    TCase *tests = tcase_create("runtime states");

    tcase_add_checked_fixture(tests, open_function, close_function);
    tcase_add_test(tests, an_invocation_is_handed_over_with_its_headers);
    tcase_add_loop_test(tests, each_request_is_answered_by_the_state_it_comes_in, 0, sizeof states / sizeof *states);
    tcase_add_test(tests, an_unknown_response_mode_fails_the_invocation);
    tcase_add_test(tests, an_init_error_is_the_invocations_answer);
    tcase_add_test(tests, a_response_over_the_cap_is_answered_413);
    tcase_add_test(tests, one_that_hangs_up_while_it_waits_may_ask_again);
    tcase_add_test(tests, half_a_request_and_pipelined_ones_disturb_nobody);
    tcase_add_test(tests, a_large_response_waits_for_leave);
    suite_add_tcase(suite, tests);
    return suite;
}
