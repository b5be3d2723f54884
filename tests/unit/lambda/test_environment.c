/* The life of execution environments, with real processes: inits that fail, and ends that leave nothing behind. */

#include "suites.h"

#include "lambda/directory.h"
#include "lambda/room.h"
#include "workshop.h"

#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

START_TEST(a_process_that_ends_before_it_asks_fails_the_invocation)
{
    struct workshop_result result;

    workshop_write("bootstrap", "#!/bin/sh\necho hello\nexit 3\n", 0755);
    workshop_deploy("f", "provided.al2", "x", "");
    for (int i = 0; i < 2; i++) {
        result = workshop_invoke("f", "{}");
        ck_assert_ptr_nonnull(strstr(result.payload, "Runtime exited with error: exit status 3"));
    }
}
END_TEST

START_TEST(an_init_that_never_ends_is_begun_anew_and_then_times_out)
{
    struct workshop_result result;

    workshop_write("bootstrap", "#!/bin/sh\nexec sleep 1000\n", 0755);
    workshop_deploy("f", "provided.al2", "x", ",'Timeout':5");
    workshop_begin("f", "{}", 0, &result);
    world_advance(&fixture_world, 0);
    world_advance(&fixture_world, 10001); /* INIT's ten seconds */
    ck_assert(!result.is_done);
    world_advance(&fixture_world, 5001);
    workshop_wait(&result);
    ck_assert_ptr_nonnull(strstr(result.payload, "Task timed out after 5.00 seconds"));
}
END_TEST

START_TEST(a_missing_bootstrap_is_named)
{
    struct workshop_result result;

    workshop_deploy("f", "provided.al2023", "x", "");
    result = workshop_invoke("f", "{}");
    ck_assert_int_eq(result.end, INVOCATION_BROKEN);
    ck_assert_ptr_nonnull(strstr(result.payload, "\"errorType\":\"Runtime.InvalidEntrypoint\""));
    ck_assert_ptr_nonnull(strstr(result.payload, "Couldn't find valid bootstrap(s): ["));
    ck_assert_ptr_nonnull(strstr(result.payload, "/bootstrap /opt/bootstrap]"));
}
END_TEST

START_TEST(a_missing_interpreter_is_named_with_what_to_do)
{
    struct workshop_result result;

    workshop_write("app.py", "def handler(e, c):\n    return 1\n", 0644);
    workshop_deploy("f", "python3.12", "app.handler", "");
    setenv("PATH", "/nowhere", 1);
    unsetenv("LOWCLOUD_PYTHON");
    result = workshop_invoke("f", "{}");
    ck_assert_int_eq(result.end, INVOCATION_BROKEN);
    ck_assert_ptr_nonnull(strstr(result.payload, "No Python interpreter for runtime python3.12"));
    ck_assert_ptr_nonnull(strstr(result.payload, "apt install python3"));
}
END_TEST

START_TEST(a_runtime_that_cannot_be_run_says_so)
{
    struct workshop_result result;

    workshop_deploy("f", "java21", "x", "");
    result = workshop_invoke("f", "{}");
    ck_assert_int_eq(result.end, INVOCATION_BROKEN);
    ck_assert_ptr_nonnull(strstr(result.payload, "Runtime java21 cannot be run here"));
}
END_TEST

START_TEST(the_variables_are_lambdas_own_and_the_users)
{
    struct workshop_result result;

    workshop_deploy_shell(
        "f",
        "answer=\"$AWS_LAMBDA_FUNCTION_NAME $AWS_LAMBDA_FUNCTION_MEMORY_SIZE $AWS_REGION $AWS_DEFAULT_REGION $TABLE $_HANDLER "
        "${AWS_EXECUTION_ENV-none} $TZ $([ \"$PWD\" = \"$LAMBDA_TASK_ROOT\" ] && echo here)\"",
        ",'MemorySize':256,'Environment':{'Variables':{'TABLE':'mine','TZ':'Europe/Berlin'}}");
    result = workshop_invoke("f", "{}");
    ck_assert_str_eq(result.payload, "f 256 us-east-1 us-east-1 mine any none Europe/Berlin here");
}
END_TEST

/* Waits for the end of a process that is not our child, turning the loop meanwhile (NULL: there is none). */
static void wait_for_end(pid_t pid, struct loop *loop)
{
    int fd = (int)syscall(SYS_pidfd_open, pid, 0);
    struct pollfd end = { .fd = fd, .events = POLLIN };
    int64_t deadline_us = fixture_deadline_us();

    if (fd < 0)
        return; /* it has ended */
    while (poll(&end, 1, loop ? 0 : 20) != 1 && clock_stopwatch_us() < deadline_us)
        if (loop)
            loop_turn(loop, 20);
    ck_assert_msg(end.revents & POLLIN, "process %d still runs", (int)pid);
    close(fd);
}

START_TEST(a_process_that_left_its_session_ends_with_its_environment)
{
    pid_t daemon;

    /* While a process begins another program its environment cannot be read: the function answers when that is over. */
    workshop_deploy_shell("f", "setsid sleep 1000 >/dev/null 2>&1 & answer=$!; until grep -q sleep /proc/$answer/comm; do :; done", "");
    daemon = atoi(workshop_invoke("f", "{}").payload);
    ck_assert_int_gt(daemon, 1);
    ck_assert_int_eq(kill(daemon, 0), 0);
    workshop_rest("f");
    world_advance(&fixture_world, 11 * 60 * 1000);
    wait_for_end(daemon, fixture_world.ground.loop);
}
END_TEST

/* Opens a world and runs a function in it that starts a daemon; writes the daemon's and the function's ids, and waits to be killed. */
static void run_until_killed(int to)
{
    struct workshop_result result;

    workshop_open();
    workshop_deploy_shell("g", "setsid sleep 1000 >/dev/null 2>&1 & answer=\"$! $$\"; until grep -q sleep /proc/$!/comm; do :; done", "");
    result = workshop_invoke("g", "{}");
    dprintf(to, "%s %s %s", result.payload, fixture_world.ground.state_directory, workshop_directory());
    for (;;)
        pause();
}

START_TEST(a_killed_lowcloud_leaves_no_process_and_no_files)
{
    int ends[2];
    int daemon = 0;
    int function = 0;
    char text[256] = "";
    char state[128];
    char code[64];
    int64_t deadline_us = fixture_deadline_us();
    pid_t world;

    ck_assert_int_eq(pipe(ends), 0);
    world = fork();
    if (!world)
        run_until_killed(ends[1]);
    ck_assert_int_gt(read(ends[0], text, sizeof text - 1), 0);
    ck_assert_int_eq(sscanf(text, "%d %d %127s %63s", &daemon, &function, state, code), 4);
    ck_assert_int_eq(access(state, F_OK), 0);
    ck_assert_int_eq(kill(world, SIGKILL), 0);
    ck_assert_int_eq(waitpid(world, NULL, 0), world);
    wait_for_end(function, NULL);
    wait_for_end(daemon, NULL);
    while (!access(state, F_OK) && clock_stopwatch_us() < deadline_us)
        sched_yield();
    ck_assert_msg(access(state, F_OK), "%s is still there", state);
    directory_remove(code);
    close(ends[0]);
    close(ends[1]);
}
END_TEST

START_TEST(closing_leaves_no_process)
{
    struct workshop_result results[3];
    char children[4096] = "";
    FILE *file;

    workshop_deploy_shell("f", "sleep 1000", "");
    for (int i = 0; i < 3; i++)
        workshop_begin("f", "{}", 0, &results[i]);
    while (workshop_environments("f") < 3)
        loop_turn(fixture_world.ground.loop, 20);
    lambda_close(fixture_world.lambda);
    fixture_world.lambda = NULL;
    for (int i = 0; i < 3; i++)
        ck_assert(!results[i].is_done); /* nobody is told any more */
    snprintf(children, sizeof children, "/proc/self/task/%d/children", getpid());
    file = fopen(children, "r");
    children[0] = '\0';
    ck_assert_ptr_nonnull(file);
    ck_assert_msg(!fgets(children, sizeof children, file), "left: %s", children);
    fclose(file);
}
END_TEST

Suite *suite_lambda_environment(void)
{
    Suite *suite = suite_create("lambda environment");
    TCase *tests = tcase_create("environment");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, a_process_that_ends_before_it_asks_fails_the_invocation);
    tcase_add_test(tests, an_init_that_never_ends_is_begun_anew_and_then_times_out);
    tcase_add_test(tests, a_missing_bootstrap_is_named);
    tcase_add_test(tests, a_missing_interpreter_is_named_with_what_to_do);
    tcase_add_test(tests, a_runtime_that_cannot_be_run_says_so);
    tcase_add_test(tests, the_variables_are_lambdas_own_and_the_users);
    tcase_add_test(tests, a_process_that_left_its_session_ends_with_its_environment);
    tcase_add_test(tests, closing_leaves_no_process);
    suite_add_tcase(suite, tests);
    tests = tcase_create("killed"); /* the world lives in a process of its own */
    tcase_add_test(tests, a_killed_lowcloud_leaves_no_process_and_no_files);
    suite_add_tcase(suite, tests);
    return suite;
}
