/* lowcloud's own pages: the trace by its id, with waiting, and the clock that tests move. */

#include "suites.h"

#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static struct exchange *asked; /* the last one, until it is sent */
static bool is_sent;
static int sent_status;
static char sent_body[8192];

static void keep(struct exchange *exchange)
{
    sent_status = exchange->answer.status;
    snprintf(sent_body, sizeof sent_body, "%.*s", (int)exchange->answer.body.size,
             exchange->answer.body.size ? exchange->answer.body.data : "");
    buffer_clear(&exchange->answer.body);
    arena_clear(&exchange->arena);
    free(exchange);
    asked = NULL;
    is_sent = true;
}

static void ask(const char *method, const char *path, const char *query, const char *body)
{
    asked = calloc(1, sizeof *asked);
    asked->send = keep;
    asked->request = (struct request){ .method = method, .path = path, .query = query, .body = body, .body_size = strlen(body) };
    is_sent = false;
    ck_assert(control_serves(fixture_world.control, asked));
}

static void add_event(const char *subject)
{
    trace_add(fixture_world.ground.trace, TRACE_CALL, 0, subject, -1, NULL);
}

static int lines(void)
{
    int count = 0;

    for (const char *at = sent_body; *at; at++)
        count += *at == '\n';
    return count;
}

START_TEST(the_trace_is_read_from_an_id_on)
{
    add_event("first");
    add_event("second");
    ask("GET", "/_lowcloud/trace", "", "");
    ck_assert(is_sent);
    ck_assert_int_eq(lines(), 2);
    ask("GET", "/_lowcloud/trace", "since=1", "");
    ck_assert_int_eq(lines(), 1);
    ck_assert_ptr_nonnull(strstr(sent_body, "\"second\""));
    ask("GET", "/_lowcloud/trace", "since=2", "");
    ck_assert_int_eq(sent_status, 200);
    ck_assert_str_eq(sent_body, "");
}
END_TEST

START_TEST(a_reader_that_waits_is_answered_by_the_next_event)
{
    add_event("first");
    ask("GET", "/_lowcloud/trace", "since=1&wait=60000", "");
    ck_assert(!is_sent);
    add_event("second");
    ck_assert(!is_sent); /* an event may come in the middle of anything: the turn's end answers */
    fixture_wait(&is_sent);
    ck_assert_int_eq(lines(), 1);
    ck_assert_ptr_nonnull(strstr(sent_body, "\"second\""));
}
END_TEST

START_TEST(a_reader_of_the_future_waits_until_it_comes)
{
    ask("GET", "/_lowcloud/trace", "since=2&wait=60000", "");
    for (int i = 0; i < 2; i++) {
        add_event("early");
        world_advance(&fixture_world, 1);
        ck_assert(!is_sent);
    }
    add_event("third");
    fixture_wait(&is_sent);
    ck_assert_int_eq(lines(), 1);
}
END_TEST

START_TEST(a_reader_that_waits_gives_up_at_its_time)
{
    ask("GET", "/_lowcloud/trace", "wait=500", "");
    world_advance(&fixture_world, 499);
    ck_assert(!is_sent);
    world_advance(&fixture_world, 1);
    ck_assert(is_sent);
    ck_assert_str_eq(sent_body, "");
}
END_TEST

START_TEST(a_reader_that_leaves_is_forgotten)
{
    ask("GET", "/_lowcloud/trace", "wait=500", "");
    asked->left(asked, asked->context);
    ck_assert(is_sent);
    add_event("later");
    world_advance(&fixture_world, 1000);
}
END_TEST

START_TEST(a_reader_may_still_wait_when_the_world_closes)
{
    ask("GET", "/_lowcloud/trace", "wait=500", "");
    ck_assert(!is_sent);
    asked->left(asked, asked->context); /* as the front door does when it closes */
}
END_TEST

static const struct {
    const char *method;
    const char *path;
    const char *query;
    const char *body;
    int status;
    const char *answer;
} pages[] = {
    { "GET", "/_lowcloud/trace", "since=x", "", 400, "{\"message\":\"since is an event id, wait is 0 to 60000 milliseconds\"}" },
    { "GET", "/_lowcloud/trace", "wait=60001", "", 400, "{\"message\":\"since is an event id, wait is 0 to 60000 milliseconds\"}" },
    { "GET", "/_lowcloud/nothing", "", "", 404,
      "{\"message\":\"lowcloud has /_lowcloud/health, /_lowcloud/trace, /_lowcloud/clock, /_lowcloud/destinations and "
      "/_lowcloud/metrics\"}" },
    { "GET", "/_lowcloud/clock", "", "", 200, "{\"mode\":\"frozen\",\"nowMs\":1700000000000}" },
    { "POST", "/_lowcloud/clock", "", "{\"advanceMs\":1500}", 200, "{\"mode\":\"frozen\",\"nowMs\":1700000001500}" },
    { "POST", "/_lowcloud/clock", "", "{\"mode\":\"frozen\",\"nowMs\":1800000000000}", 200,
      "{\"mode\":\"frozen\",\"nowMs\":1800000000000}" },
    { "POST", "/_lowcloud/clock", "", "{\"mode\":\"real\",\"advanceMs\":1}", 400, "{\"message\":\"only a frozen clock can be advanced\"}" },
    { "POST", "/_lowcloud/clock", "", "{\"advanceMs\":-1}", 400, "{\"message\":\"advanceMs is a number of milliseconds\"}" },
    { "POST", "/_lowcloud/clock", "", "{\"advanceMs\":9223372036854775807}", 400,
      "{\"message\":\"advanceMs is a number of milliseconds\"}" },
    { "POST", "/_lowcloud/clock", "", "{\"mode\":\"frozen\",\"nowMs\":9223372036854775}", 400,
      "{\"message\":\"nowMs is a time: milliseconds since the epoch\"}" },
    { "POST", "/_lowcloud/clock", "", "{\"mode\":\"slow\"}", 400,
      "{\"message\":\"give a mode of frozen (with nowMs) or real, or advanceMs\"}" },
    { "POST", "/_lowcloud/clock", "", "not json", 400, "{\"message\":\"give a mode of frozen (with nowMs) or real, or advanceMs\"}" },
};

START_TEST(a_page_answers)
{
    ask(pages[_i].method, pages[_i].path, pages[_i].query, pages[_i].body);
    ck_assert(is_sent);
    ck_assert_int_eq(sent_status, pages[_i].status);
    ck_assert_str_eq(sent_body, pages[_i].answer);
}
END_TEST

Suite *suite_control(void)
{
    Suite *suite = suite_create("control");
    TCase *tests = tcase_create("control");

    tcase_add_checked_fixture(tests, fixture_open, fixture_close);
    tcase_add_test(tests, the_trace_is_read_from_an_id_on);
    tcase_add_test(tests, a_reader_that_waits_is_answered_by_the_next_event);
    tcase_add_test(tests, a_reader_of_the_future_waits_until_it_comes);
    tcase_add_test(tests, a_reader_that_waits_gives_up_at_its_time);
    tcase_add_test(tests, a_reader_that_leaves_is_forgotten);
    tcase_add_test(tests, a_reader_may_still_wait_when_the_world_closes);
    tcase_add_loop_test(tests, a_page_answers, 0, (int)(sizeof pages / sizeof *pages));
    suite_add_tcase(suite, tests);
    return suite;
}
