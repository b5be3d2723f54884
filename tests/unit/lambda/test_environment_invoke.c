/* What passes between a runtime and its environment, with real processes: answers, errors, and every way in which a function can misbehave.
 */

#include "suites.h"

#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "workshop.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Turns the loop until the function has that many environments. */
static void wait_for_environments(const char *name, int count)
{
    int64_t deadline_us = fixture_deadline_us();

    while (workshop_environments(name) != count && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_int_eq(workshop_environments(name), count);
}

START_TEST(a_custom_runtime_answers_with_its_own_bytes)
{
    struct workshop_result result;

    workshop_deploy_shell("f", "answer=\"<$event>\"", "");
    result = workshop_invoke("f", "{\"a\":1}");
    ck_assert_int_eq(result.end, INVOCATION_DONE);
    ck_assert(!result.is_error);
    ck_assert_str_eq(result.payload, "<{\"a\":1}>"); /* not JSON: handed on as it is */
    ck_assert_str_eq(result.version, "$LATEST");
}
END_TEST

START_TEST(an_error_is_handed_on_unchanged)
{
    struct workshop_result result;

    workshop_deploy_shell("f", "path=error answer='{\"errorType\":\"Own\",\"errorMessage\":\"x\"}'", "");
    result = workshop_invoke("f", "{}");
    ck_assert(result.is_error);
    ck_assert_str_eq(result.payload, "{\"errorType\":\"Own\",\"errorMessage\":\"x\"}");
}
END_TEST

START_TEST(an_answer_over_six_megabytes_is_refused)
{
    struct workshop_result result;

    workshop_deploy_shell("f", "printf -v answer '%7000000s' x", "");
    result = workshop_invoke("f", "{}");
    ck_assert(result.is_error);
    ck_assert_str_eq(result.payload, "{\"errorType\":\"Function.ResponseSizeTooLarge\",\"errorMessage\":\"Response payload size exceeded "
                                     "maximum allowed payload size (6291556 bytes).\"}");
}
END_TEST

START_TEST(the_asker_may_give_up_while_the_function_goes_on)
{
    struct workshop_result result;

    workshop_deploy_shell("f", "read -t 0.3 <> <(:); answer=1", "");
    workshop_invoke("f", "{}");
    workshop_begin("f", "{}", 100, &result);
    world_advance(&fixture_world, 101);
    ck_assert(result.is_done);
    ck_assert(result.is_timed_out);
    ck_assert(!workshop_invoke("f", "{}").is_error);
}
END_TEST

START_TEST(a_function_over_its_time_is_killed_with_its_group)
{
    struct workshop_result result;
    int64_t deadline_us = fixture_deadline_us();
    pid_t left = 0;
    FILE *file;
    char path[128];

    workshop_deploy_shell("f", "sleep 1000 & echo $! >pid.tmp; mv pid.tmp pid; trap '' TERM; wait", ",'Timeout':2");
    snprintf(path, sizeof path, "%s/pid", workshop_directory());
    workshop_begin("f", "{}", 0, &result);
    while (access(path, R_OK) && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    world_advance(&fixture_world, 1999);
    ck_assert(!result.is_done);
    world_advance(&fixture_world, 2);
    workshop_wait(&result);
    ck_assert(result.is_timed_out);
    ck_assert_ptr_nonnull(strstr(result.payload, "{\"errorType\":\"Sandbox.Timedout\",\"errorMessage\":\"RequestId: "));
    ck_assert_ptr_nonnull(strstr(result.payload, " Error: Task timed out after 2.00 seconds\"}"));
    file = fopen(path, "r");
    ck_assert_ptr_nonnull(file);
    ck_assert_int_eq(fscanf(file, "%d", &left), 1);
    fclose(file);
    wait_for_environments("f", 0);
    while (!kill(left, 0) && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_msg(kill(left, 0), "what the function started still runs");
}
END_TEST

static const struct {
    const char *handle;
    const char *words;
} exits[] = {
    { "exit 0", "Error: Runtime exited without providing a reason\"}" },
    { "exit 7", "Error: Runtime exited with error: exit status 7\"}" },
    { "kill -9 $$", "Error: Runtime exited with error: signal: killed\"}" },
    { "kill -11 $$", "Error: Runtime exited with error: signal: segmentation fault\"}" },
};

START_TEST(a_process_that_ends_is_reported_in_aws_words)
{
    struct workshop_result result;

    workshop_deploy_shell("f", exits[_i].handle, "");
    result = workshop_invoke("f", "{}");
    ck_assert(result.is_error && !result.is_timed_out);
    ck_assert_ptr_nonnull(strstr(result.payload, "{\"errorType\":\"Runtime.ExitError\",\"errorMessage\":\"RequestId: "));
    ck_assert_ptr_nonnull(strstr(result.payload, exits[_i].words));
    wait_for_environments("f", 0);
}
END_TEST

START_TEST(a_runtime_that_stops_asking_is_replaced)
{
    const struct environment *first;
    struct workshop_result second;

    fixture_world.lambda->concurrency_max = 1;
    workshop_write("bootstrap",
                   "#!/bin/bash\n"
                   "LC_ALL=C; host=${AWS_LAMBDA_RUNTIME_API%:*}; port=${AWS_LAMBDA_RUNTIME_API#*:}\n"
                   "ask() { exec 3<>/dev/tcp/$host/$port; printf 'GET /2018-06-01/runtime/invocation/next HTTP/1.1\\r\\n\\r\\n' >&3; }\n"
                   "ask\n"
                   "while IFS= read -r line <&3; do line=${line%$'\\r'}; [ -z \"$line\" ] && break\n"
                   "  case $line in Lambda-Runtime-Aws-Request-Id:*) id=${line#*: };; esac; done\n"
                   "IFS= read -r -N 2 event <&3\n"
                   "printf 'POST /2018-06-01/runtime/invocation/%s/response HTTP/1.1\\r\\nContent-Length: 1\\r\\n\\r\\n1' $id >&3\n"
                   "IFS= read -r line <&3\n" /* so that closing does not undo the answer */
                   "ask; exec 3>&-; sleep 1000\n",
                   0755);
    workshop_deploy("f", "provided.al2023", "any", "");
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "1");
    first = list_item(workshop_function("f")->latest->pool.environments.next, struct environment, link);
    while (first->invocation || first->state != ENVIRONMENT_FINISHING)
        loop_turn(fixture_world.ground.loop, 20); /* it asks once more, and leaves */
    workshop_begin("f", "{}", 0, &second);
    world_advance(&fixture_world, 3001);
    workshop_wait(&second);
    ck_assert_str_eq(second.payload, "1");
}
END_TEST

Suite *suite_lambda_environment_invoke(void)
{
    Suite *suite = suite_create("lambda environment invoke");
    TCase *tests = tcase_create("environment invoke");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, a_custom_runtime_answers_with_its_own_bytes);
    tcase_add_test(tests, an_error_is_handed_on_unchanged);
    tcase_add_test(tests, an_answer_over_six_megabytes_is_refused);
    tcase_add_test(tests, the_asker_may_give_up_while_the_function_goes_on);
    tcase_add_test(tests, a_function_over_its_time_is_killed_with_its_group);
    tcase_add_loop_test(tests, a_process_that_ends_is_reported_in_aws_words, 0, sizeof exits / sizeof *exits);
    tcase_add_test(tests, a_runtime_that_stops_asking_is_replaced);
    suite_add_tcase(suite, tests);
    return suite;
}
