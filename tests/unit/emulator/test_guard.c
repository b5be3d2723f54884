/* The guard: what a foreign page could send is refused, what is local goes through. */

#include "suites.h"

#include "guard.h"

#include <string.h>

static const struct {
    const char *host;
    bool is_local;
} hosts[] = {
    { "localhost", true },
    { "localhost:4566", true },
    { "LOCALHOST:4566", true },
    { "abc.localhost:4566", true },
    { "127.0.0.1:4566", true },
    { "127.5.6.7", true },
    { "[::1]:4566", true },
    { "dynamodb.us-east-1.amazonaws.com", true },
    { "abcd123456.execute-api.eu-west-1.amazonaws.com:443", true },
    { "evil.example", false },
    { "evil.example:4566", false },
    { "localhost.evil.example", false },
    { "127.0.0.1.evil.example", false },
    { "127.0.0.1evil", false },
    { "notlocalhost", false },
    { "amazonaws.com.evil.example", false },
    { "evilamazonaws.com", false },
    { "localhost:4566@evil.example", false },
    { "[::1", false },
    { "", false },
};

START_TEST(a_host_is_local_or_not)
{
    ck_assert_msg(guard_host_is_local(hosts[_i].host) == hosts[_i].is_local, "%s", hosts[_i].host);
}
END_TEST

static int sent_status;
static char granted[64];

static void keep(struct exchange *exchange)
{
    const struct request headers = { .headers = exchange->answer.headers };
    const char *origin = request_header(&headers, "Access-Control-Allow-Origin");

    sent_status = exchange->answer.status;
    strcpy(granted, origin ? origin : "");
    buffer_clear(&exchange->answer.body);
}

static const struct {
    const char *method;
    const char *host;
    const char *origin;
    bool is_admitted;
    int status; /* of the answer when it is not */
    const char *grant;
} requests[] = {
    { "POST", "localhost:4566", NULL, true, 0, NULL },
    { "POST", NULL, NULL, true, 0, NULL },
    { "POST", "evil.example", NULL, false, 403, "" },
    { "POST", "localhost:4566", "http://evil.example", false, 403, "" },
    { "OPTIONS", "localhost:4566", "https://evil.example", false, 403, "" },
    { "POST", "localhost:4566", "null", false, 403, "" },
    { "POST", "localhost:4566", "https://x.amazonaws.com", false, 403, "" },
    { "OPTIONS", "localhost:4566", "http://localhost:3000", false, 200, "*" },
    { "POST", "localhost:4566", "http://localhost:3000", true, 0, NULL },
    { "POST", "localhost:4566", "https://app.example", true, 0, NULL },
    { "OPTIONS", "localhost:4566", "https://app.example", false, 200, "*" },
    { "POST", "buildhost:4566", NULL, true, 0, NULL },
};

START_TEST(a_request_is_admitted_or_answered)
{
    static const char *const allowed[] = { "https://app.example", NULL };
    struct exchange exchange = { .send = keep };

    exchange.request.method = requests[_i].method;
    if (requests[_i].host)
        header_add(&exchange.request.headers, &exchange.arena, "Host", requests[_i].host);
    if (requests[_i].origin)
        header_add(&exchange.request.headers, &exchange.arena, "Origin", requests[_i].origin);
    sent_status = 0;
    ck_assert(guard_admits(&exchange, allowed, "buildhost") == requests[_i].is_admitted);
    ck_assert_int_eq(sent_status, requests[_i].status);
    if (requests[_i].grant)
        ck_assert_str_eq(granted, requests[_i].grant);
    arena_clear(&exchange.arena);
}
END_TEST

Suite *suite_guard(void)
{
    Suite *suite = suite_create("guard");
    TCase *tests = tcase_create("guard");

    tcase_add_loop_test(tests, a_host_is_local_or_not, 0, (int)(sizeof hosts / sizeof *hosts));
    tcase_add_loop_test(tests, a_request_is_admitted_or_answered, 0, (int)(sizeof requests / sizeof *requests));
    suite_add_tcase(suite, tests);
    return suite;
}
