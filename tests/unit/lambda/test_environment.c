/* Execution environments with real processes: reuse, concurrency, and every way in which a function can misbehave. */

#include "suites.h"

#include "base/memory.h"
#include "lambda/directory.h"
#include "lambda/environment.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "workshop.h"

#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

static struct function *found(const char *name)
{
    return function_find(fixture_world.lambda, name);
}

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

START_TEST(an_environment_is_used_again)
{
    struct workshop_result first;
    struct workshop_result second;

    workshop_deploy_shell("f", "n=$((n+1)); answer=$$-$n", "");
    first = workshop_invoke("f", "1");
    second = workshop_invoke("f", "2");
    ck_assert_int_eq(atoi(first.payload), atoi(second.payload));
    ck_assert_ptr_nonnull(strstr(second.payload, "-2"));
    ck_assert_int_eq(workshop_environments("f"), 1);
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

START_TEST(concurrent_invocations_get_environments_of_their_own_up_to_the_bound)
{
    struct workshop_result results[6];

    fixture_world.lambda->concurrency_max = 3;
    workshop_deploy_shell("f", "sleep 0.2; answer=$$", "");
    for (int i = 0; i < 6; i++)
        workshop_begin("f", "{}", 0, &results[i]);
    for (int i = 0; i < 6; i++)
        workshop_wait(&results[i]);
    ck_assert_int_eq(workshop_environments("f"), 3);
    ck_assert_str_ne(results[0].payload, results[1].payload);
}
END_TEST

START_TEST(an_answer_that_comes_back_at_once_needs_no_second_environment)
{
    workshop_deploy_shell("f", ":", "");
    for (int i = 0; i < 20; i++)
        workshop_invoke("f", "{}");
    ck_assert_int_eq(workshop_environments("f"), 1);
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

START_TEST(an_absent_function_is_absent)
{
    ck_assert_int_eq(workshop_invoke("nobody", "{}").end, INVOCATION_ABSENT);
    ck_assert_int_eq(workshop_invoke("arn:aws:lambda:us-east-1:000000000000:function:nobody", "{}").end, INVOCATION_ABSENT);
    ck_assert_int_eq(workshop_invoke("no:body:at:all", "{}").end, INVOCATION_ABSENT);
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

START_TEST(garbage_floods_and_closed_outputs_disturb_nobody)
{
    struct workshop_result result;

    workshop_deploy_shell("f", "head -c 3000000 /dev/urandom; printf 'no end of line'; exec 1>&- 2>&-; answer=ok", "");
    result = workshop_invoke_log("f", "{}");
    ck_assert_str_eq(result.payload, "ok");
    ck_assert_ptr_nonnull(memmem(result.log, sizeof result.log, "no end of line\nEND RequestId", 28));
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "ok");
}
END_TEST

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

START_TEST(a_saved_file_is_live_at_the_next_invocation)
{
    workshop_deploy_shell("f", ". ./part.sh", "");
    workshop_write("part.sh", "answer=old\n", 0644);
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "old");
    workshop_write("part.sh", "answer=new\n", 0644);
    ck_assert_str_eq(workshop_invoke("f", "{}").payload, "new");
    ck_assert_int_eq(workshop_environments("f"), 1);
}
END_TEST

START_TEST(running_invocations_end_with_the_code_that_they_began_with)
{
    struct function *function;
    struct workshop_result running;
    char *copy;
    int fd;

    /* Code of our own, as an uploaded archive is: it may go only when nobody runs it any more. */
    workshop_deploy_shell("f", "echo >began; read -t 5 <>fifo; . ./part.sh", "");
    workshop_write("part.sh", "answer=old\n", 0644);
    function = found("f");
    copy = memory_print("cp -r %s %s-copy && mkfifo %s-copy/fifo", workshop_directory(), workshop_directory(), workshop_directory());
    ck_assert_int_eq(system(copy), 0);
    free(copy);
    function_change_code(function, code_new(memory_print("%s-copy", workshop_directory()), true));
    workshop_begin("f", "{}", 0, &running);
    copy = memory_print("%s-copy/began", workshop_directory());
    while (access(copy, F_OK))
        loop_turn(fixture_world.ground.loop, 20);
    function_change_code(function, code_new(memory_copy_text(workshop_directory()), false));
    free(copy);
    copy = memory_print("%s-copy/fifo", workshop_directory());
    fd = open(copy, O_WRONLY | O_NONBLOCK);
    ck_assert_int_eq(write(fd, "\n", 1), 1);
    close(fd);
    workshop_wait(&running);
    ck_assert_str_eq(running.payload, "old");
    workshop_rest("f");
    while (!access(copy, F_OK))
        loop_turn(fixture_world.ground.loop, 20);
    free(copy);
}
END_TEST

START_TEST(a_file_in_a_new_folder_is_noticed_too)
{
    char path[128];
    struct workshop_result first;
    struct workshop_result second;

    workshop_deploy_shell("f", "answer=$$", "");
    first = workshop_invoke("f", "{}");
    snprintf(path, sizeof path, "%s/deep", workshop_directory());
    ck_assert_int_eq(mkdir(path, 0755), 0);
    second = workshop_invoke("f", "{}");
    ck_assert_str_ne(first.payload, second.payload);
    workshop_write("deep/more.sh", "x=1\n", 0644);
    ck_assert_str_ne(workshop_invoke("f", "{}").payload, second.payload);
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
    first = list_item(found("f")->latest->pool.environments.next, struct environment, link);
    while (first->invocation || first->state != ENVIRONMENT_FINISHING)
        loop_turn(fixture_world.ground.loop, 20); /* it asks once more, and leaves */
    workshop_begin("f", "{}", 0, &second);
    world_advance(&fixture_world, 3001);
    workshop_wait(&second);
    ck_assert_str_eq(second.payload, "1");
}
END_TEST

START_TEST(an_idle_environment_is_reaped_after_ten_minutes)
{
    workshop_deploy_shell("f", ":", "");
    workshop_invoke("f", "{}");
    workshop_rest("f");
    world_advance(&fixture_world, 9 * 60 * 1000);
    ck_assert_int_eq(workshop_environments("f"), 1);
    world_advance(&fixture_world, 2 * 60 * 1000);
    ck_assert_int_eq(workshop_environments("f"), 0);
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

START_TEST(a_deleted_functions_last_invocation_ends_in_peace)
{
    struct workshop_result running;
    struct workshop_result waiting;

    fixture_world.lambda->concurrency_max = 1;
    workshop_deploy_shell("f", "touch began; sleep 0.2; answer=late", "");
    workshop_begin("f", "{}", 0, &running);
    workshop_begin("f", "{}", 0, &waiting);
    for (int i = 0; i < 100 && !found("f")->latest->pool.environment_count; i++)
        loop_turn(fixture_world.ground.loop, 20);
    while (found("f")->latest->pool.queue_count == 2)
        loop_turn(fixture_world.ground.loop, 20);
    function_delete(found("f"));
    workshop_wait(&waiting);
    ck_assert_int_eq(waiting.end, INVOCATION_ABSENT);
    workshop_wait(&running);
    ck_assert_str_eq(running.payload, "late");
    ck_assert_int_eq(workshop_invoke("f", "{}").end, INVOCATION_ABSENT);
}
END_TEST

START_TEST(reserved_concurrency_throttles)
{
    struct workshop_result first;
    struct workshop_result second;

    workshop_deploy_shell("f", "sleep 0.1", "");
    found("f")->reserved = 1;
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
    tcase_add_test(tests, a_custom_runtime_answers_with_its_own_bytes);
    tcase_add_test(tests, an_environment_is_used_again);
    tcase_add_test(tests, an_error_is_handed_on_unchanged);
    tcase_add_test(tests, concurrent_invocations_get_environments_of_their_own_up_to_the_bound);
    tcase_add_test(tests, an_answer_that_comes_back_at_once_needs_no_second_environment);
    tcase_add_test(tests, a_function_over_its_time_is_killed_with_its_group);
    tcase_add_loop_test(tests, a_process_that_ends_is_reported_in_aws_words, 0, sizeof exits / sizeof *exits);
    tcase_add_test(tests, a_process_that_ends_before_it_asks_fails_the_invocation);
    tcase_add_test(tests, an_init_that_never_ends_is_begun_anew_and_then_times_out);
    tcase_add_test(tests, a_missing_bootstrap_is_named);
    tcase_add_test(tests, a_missing_interpreter_is_named_with_what_to_do);
    tcase_add_test(tests, a_runtime_that_cannot_be_run_says_so);
    tcase_add_test(tests, an_absent_function_is_absent);
    tcase_add_test(tests, an_answer_over_six_megabytes_is_refused);
    tcase_add_test(tests, the_asker_may_give_up_while_the_function_goes_on);
    tcase_add_test(tests, garbage_floods_and_closed_outputs_disturb_nobody);
    tcase_add_test(tests, the_log_tail_holds_the_platforms_lines_and_the_functions);
    tcase_add_test(tests, a_saved_file_is_live_at_the_next_invocation);
    tcase_add_test(tests, running_invocations_end_with_the_code_that_they_began_with);
    tcase_add_test(tests, a_file_in_a_new_folder_is_noticed_too);
    tcase_add_test(tests, a_runtime_that_stops_asking_is_replaced);
    tcase_add_test(tests, an_idle_environment_is_reaped_after_ten_minutes);
    tcase_add_test(tests, the_variables_are_lambdas_own_and_the_users);
    tcase_add_test(tests, a_deleted_functions_last_invocation_ends_in_peace);
    tcase_add_test(tests, reserved_concurrency_throttles);
    tcase_add_test(tests, the_trace_tells_cause_and_end);
    tcase_add_test(tests, a_process_that_left_its_session_ends_with_its_environment);
    tcase_add_test(tests, closing_leaves_no_process);
    suite_add_tcase(suite, tests);
    tests = tcase_create("killed"); /* the world lives in a process of its own */
    tcase_add_test(tests, a_killed_lowcloud_leaves_no_process_and_no_files);
    suite_add_tcase(suite, tests);
    return suite;
}
