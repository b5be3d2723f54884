/* Invocations that never run, and what the trace says of those that do. */

#include "suites.h"

#include "lambda/function.h"
#include "workshop.h"

#include <string.h>

START_TEST(an_absent_function_is_absent)
{
    ck_assert_int_eq(workshop_invoke("nobody", "{}").end, INVOCATION_ABSENT);
    ck_assert_int_eq(workshop_invoke("arn:aws:lambda:us-east-1:000000000000:function:nobody", "{}").end, INVOCATION_ABSENT);
    ck_assert_int_eq(workshop_invoke("no:body:at:all", "{}").end, INVOCATION_ABSENT);
}
END_TEST

START_TEST(reserved_concurrency_throttles)
{
    struct workshop_result first;
    struct workshop_result second;

    workshop_deploy_shell("f", "sleep 0.1", "");
    workshop_function("f")->reserved = 1;
    workshop_begin("f", "{}", 0, &first);
    workshop_begin("f", "{}", 0, &second);
    workshop_wait(&second);
    ck_assert_int_eq(second.end, INVOCATION_THROTTLED);
    ck_assert_str_eq(second.payload, "ReservedFunctionConcurrentInvocationLimitExceeded");
    workshop_wait(&first);
    ck_assert_int_eq(first.end, INVOCATION_DONE);
}
END_TEST

START_TEST(the_trace_tells_cause_and_end)
{
    const struct trace_event *result;
    const struct trace_event *start;
    struct workshop_result told;

    workshop_deploy_shell("f", ":", "");
    told = workshop_invoke("f", "{}");
    result = trace_find(fixture_world.ground.trace, trace_newest(fixture_world.ground.trace));
    ck_assert_int_eq(result->kind, TRACE_RESULT);
    ck_assert_str_eq(result->note, "ok");
    start = trace_find(fixture_world.ground.trace, result->cause);
    ck_assert_int_eq(start->kind, TRACE_INVOCATION);
    ck_assert_ptr_nonnull(strstr(start->subject, told.request_id));
    ck_assert_uint_eq(start->cause, 0);
}
END_TEST

Suite *suite_lambda_invocation(void)
{
    Suite *suite = suite_create("lambda invocation");
    TCase *tests = tcase_create("invocation");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, an_absent_function_is_absent);
    tcase_add_test(tests, reserved_concurrency_throttles);
    tcase_add_test(tests, the_trace_tells_cause_and_end);
    suite_add_tcase(suite, tests);
    return suite;
}
