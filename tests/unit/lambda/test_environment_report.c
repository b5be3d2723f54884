/* The platform's lines in a function's log. */

#include "suites.h"

#include "workshop.h"

#include <stdio.h>
#include <string.h>

START_TEST(the_log_tail_holds_the_platforms_lines_and_the_functions)
{
    struct workshop_result result;
    char expected[512];

    workshop_deploy_shell("f", "echo one; echo two >&2", "");
    result = workshop_invoke_log("f", "{}");
    snprintf(
        expected, sizeof expected,
        "START RequestId: %s Version: $LATEST\none\ntwo\nEND RequestId: %s\nREPORT RequestId: %s\tDuration: 0.00 ms\tBilled Duration: 0 "
        "ms\tMemory Size: 128 MB\tMax Memory Used: ",
        result.request_id, result.request_id, result.request_id);
    ck_assert_msg(!strncmp(result.log, expected, strlen(expected)), "%s", result.log);
    ck_assert_ptr_nonnull(strstr(result.log, " MB\tInit Duration: 0.00 ms\t\n"));
}
END_TEST

Suite *suite_lambda_environment_report(void)
{
    Suite *suite = suite_create("lambda environment report");
    TCase *tests = tcase_create("environment report");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, the_log_tail_holds_the_platforms_lines_and_the_functions);
    suite_add_tcase(suite, tests);
    return suite;
}
