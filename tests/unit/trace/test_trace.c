/* The trace: ids grow, causes are kept, the ring forgets the oldest, and a cause survives the way through a header. */

#include "suites.h"

#include "trace/trace.h"

#include <stdio.h>

static struct clock frozen;
static struct trace *trace;

static void open_trace(void)
{
    clock_open(&frozen);
    clock_freeze(&frozen, 1700000000000);
    trace = trace_open(&frozen);
}

static void close_trace(void)
{
    trace_close(trace);
    clock_close(&frozen);
}

START_TEST(an_event_prints_as_one_line_of_json)
{
    uint64_t record = trace_add(trace, TRACE_RECORD, 0, "fixes/shard", 12, NULL);
    uint64_t batch = trace_add(trace, TRACE_BATCH, record, "m\"1", -1, "first");
    struct buffer line = { 0 };

    trace_event_print(trace_find(trace, batch), &line);
    ck_assert_str_eq(line.data,
                     "{\"id\":2,\"cause\":1,\"timeUs\":1700000000000000,\"kind\":\"batch\",\"subject\":\"m\\\"1\",\"note\":\"first\"}\n");
    buffer_clear(&line);
}
END_TEST

START_TEST(the_ring_forgets_the_oldest)
{
    for (int i = 0; i < TRACE_CAPACITY + 10; i++)
        trace_add(trace, TRACE_RECORD, 0, "s", 1, NULL);
    ck_assert_ptr_null(trace_find(trace, 10));
    ck_assert_ptr_nonnull(trace_find(trace, 11));
    ck_assert_ptr_nonnull(trace_find(trace, trace_newest(trace)));
    ck_assert_ptr_null(trace_find(trace, trace_newest(trace) + 1));
}
END_TEST

START_TEST(a_cause_survives_in_a_header)
{
    char header[96];
    uint64_t id;

    for (int i = 0; i < 300; i++)
        id = trace_add(trace, TRACE_INVOCATION, 0, "f", -1, NULL);
    trace_header(trace, id, header);
    ck_assert_uint_eq(trace_cause(trace, header), id);
    ck_assert_uint_eq(trace_cause(trace, NULL), 0);
    ck_assert_uint_eq(trace_cause(trace, "Root=1-6731ebfc-08e1e656421db73c5d2eef31"), 0);
    ck_assert_uint_eq(trace_cause(trace, "Root=1-"), 0);
}
END_TEST

static int woken;

static void wake_and_listen_again(struct trace_listener *listener)
{
    woken++;
    trace_listen(trace, listener);
}

START_TEST(a_listener_that_listens_again_is_woken_once_an_event)
{
    struct trace_listener listener = { .woken = wake_and_listen_again };

    trace_listen(trace, &listener);
    trace_add(trace, TRACE_CALL, 0, "x", -1, NULL);
    trace_add(trace, TRACE_CALL, 0, "x", -1, NULL);
    ck_assert_int_eq(woken, 2);
}
END_TEST

Suite *suite_trace(void)
{
    Suite *suite = suite_create("trace");
    TCase *tests = tcase_create("trace");

    tcase_add_checked_fixture(tests, open_trace, close_trace);
    tcase_add_test(tests, an_event_prints_as_one_line_of_json);
    tcase_add_test(tests, the_ring_forgets_the_oldest);
    tcase_add_test(tests, a_cause_survives_in_a_header);
    tcase_add_test(tests, a_listener_that_listens_again_is_woken_once_an_event);
    suite_add_tcase(suite, tests);
    return suite;
}
