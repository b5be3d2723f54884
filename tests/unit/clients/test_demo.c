/* What the demo expects, and how it follows the trace. */

#include "suites.h"

#include "demo_expect.h"
#include "demo_trace.h"

#include <stdio.h>
#include <string.h>

static const char fences_text[] =
    "{\"features\":[{\"properties\":{\"id\":\"yard\",\"radiusM\":100},\"geometry\":{\"type\":\"Point\",\"coordinates\":[0,0]}}]}";

static struct fence_list fences;
static struct expected_list list;

/* A vehicle that begins outside the yard, enters it with its second fix and leaves with its third. */
static void drive(void)
{
    static const double lons[] = { -0.01, 0, 0.01 };
    struct track_error error;

    ck_assert_int_eq(fence_list_parse(&fences, "f", fences_text, strlen(fences_text), 15, &error), OK);
    memset(&list, 0, sizeof list);
    for (uint64_t i = 0; i < 3; i++)
        expected_list_step(&list, &fences, &(struct fix){ .seq = i + 1, .place = { 0, lons[i] } });
}

static void park(void)
{
    expected_list_clear(&list);
    fence_list_close(&fences);
}

START_TEST(the_fixes_say_what_must_come)
{
    ck_assert_uint_eq(list.count, 2);
    ck_assert(list.pushes[0].is_enter);
    ck_assert_uint_eq(list.pushes[0].seq, 2);
    ck_assert(!list.pushes[1].is_enter);
    ck_assert_uint_eq(list.pushes[1].seq, 3);
}
END_TEST

#define PUSH(type, vehicle, fence, seq) "{\"type\":\"" type "\",\"vehicle\":\"" vehicle "\",\"fence\":\"" fence "\",\"seq\":" seq "}"

static const struct {
    size_t seen;
    const char *text;
    const char *problem; /* NULL: right */
} pushes[] = {
    { 0, PUSH("enter", "car-1", "yard", "2"), NULL },
    { 1, PUSH("exit", "car-1", "yard", "3"), NULL },
    { 0, PUSH("exit", "car-1", "yard", "2"), "it tells of the other direction" },
    { 0, PUSH("enter", "car-2", "yard", "2"), "it is about another vehicle" },
    { 0, PUSH("enter", "car-1", "barn", "2"), "it is about another fence" },
    { 0, PUSH("enter", "car-1", "yard", "1"), "it is about another fix" },
    { 1, PUSH("enter", "car-1", "yard", "2"), "it tells of the other direction" }, /* the first one twice */
    { 2, PUSH("enter", "car-1", "yard", "4"), "no further push was due" },
    { 0, "{", "it is not JSON" },
    { 0, "{}", "it is about another vehicle" },
};

START_TEST(a_push_is_held_against_the_next_expected)
{
    size_t seen = pushes[_i].seen;
    const char *problem = expected_list_check(&list, "car-1", &seen, pushes[_i].text, strlen(pushes[_i].text));

    if (pushes[_i].problem)
        ck_assert_str_eq(problem, pushes[_i].problem);
    else
        ck_assert_ptr_null(problem);
    ck_assert_uint_eq(seen, pushes[_i].seen + !pushes[_i].problem);
}
END_TEST

static const char lines[] = "{\"id\":1,\"cause\":0,\"timeUs\":100,\"kind\":\"call\",\"subject\":\"x\"}\n"
                            "{\"id\":2,\"cause\":0,\"timeUs\":1000,\"kind\":\"record\",\"subject\":\"s\"}\n"
                            "{\"id\":3,\"cause\":2,\"timeUs\":1100,\"kind\":\"batch\",\"subject\":\"a\"}\n"
                            "{\"id\":4,\"cause\":3,\"timeUs\":1300,\"kind\":\"invocation\",\"subject\":\"f\"}\n"
                            "{\"id\":5,\"cause\":4,\"timeUs\":1600,\"kind\":\"management\",\"subject\":\"c\",\"note\":\"POST 200\"}\n"
                            "{\"id\":6,\"cause\":5,\"timeUs\":2000,\"kind\":\"frame-out\",\"subject\":\"c\"}\n"
                            "{\"id\":7,\"cause\":4,\"timeUs\":2500,\"kind\":\"result\",\"subject\":\"f\",\"note\":\"ok\"}\n"
                            "{\"id\":8,\"cause\":0,\"timeUs\":3000,\"kind\":\"frame-in\",\"subject\":\"c\"}\n"
                            "{\"id\":9,\"cause\":8,\"timeUs\":3100,\"kind\":\"frame-out\",\"subject\":\"c\"}\n";

static struct demo_trace trace;

static void read_lines(void)
{
    memset(&trace, 0, sizeof trace);
    ck_assert(demo_trace_read(&trace, lines, strlen(lines)));
}

static void forget_lines(void)
{
    demo_trace_clear(&trace);
}

START_TEST(a_frame_is_followed_back_to_its_record)
{
    static const int64_t expected[STAGE_COUNT] = { 100, 200, 300, 400 };

    ck_assert_uint_eq(trace.newest, 9);
    ck_assert_uint_eq(trace.frames, 2);
    ck_assert_uint_eq(trace.traced, 1); /* the other one answers a client */
    for (int i = 0; i < STAGE_COUNT; i++)
        ck_assert_int_eq(figures_percentile(&trace.stages[i], 50), expected[i]);
}
END_TEST

START_TEST(the_trace_is_counted_once)
{
    ck_assert(demo_trace_read(&trace, lines, strlen(lines))); /* read twice: nothing new */
    ck_assert_uint_eq(trace.records, 1);
    ck_assert_uint_eq(trace.batches, 1);
    ck_assert_uint_eq(trace.invocations, 1);
    ck_assert_uint_eq(trace.results, 1);
    ck_assert_uint_eq(trace.failures, 0);
    ck_assert_uint_eq(trace.managements, 1);
    ck_assert_uint_eq(trace.missed, 0);
}
END_TEST

START_TEST(gaps_and_failures_are_seen)
{
    static const char more[] = "{\"id\":12,\"cause\":4,\"timeUs\":1,\"kind\":\"result\",\"note\":\"Unhandled\"}\n"
                               "{\"id\":13,\"cause\":13,\"timeUs\":1,\"kind\":\"frame-out\"}"; /* its own cause: no loop without end */

    ck_assert(demo_trace_read(&trace, more, strlen(more)));
    ck_assert_uint_eq(trace.missed, 2);
    ck_assert_uint_eq(trace.failures, 1);
    ck_assert(!demo_trace_read(&trace, "nonsense\n", 9));
    ck_assert(!demo_trace_read(&trace, "{\"id\":99999999999}\n", 19));
}
END_TEST

Suite *suite_demo(void)
{
    Suite *suite = suite_create("demo");
    TCase *expect = tcase_create("expect");
    TCase *follow = tcase_create("follow");

    tcase_add_checked_fixture(expect, drive, park);
    tcase_add_test(expect, the_fixes_say_what_must_come);
    tcase_add_loop_test(expect, a_push_is_held_against_the_next_expected, 0, (int)(sizeof pushes / sizeof *pushes));
    tcase_add_checked_fixture(follow, read_lines, forget_lines);
    tcase_add_test(follow, a_frame_is_followed_back_to_its_record);
    tcase_add_test(follow, the_trace_is_counted_once);
    tcase_add_test(follow, gaps_and_failures_are_seen);
    suite_add_tcase(suite, expect);
    suite_add_tcase(suite, follow);
    return suite;
}
