/* The pipe of an environment's process: what was written is in the log, whoever closes or floods it. */

#include "suites.h"

#include "lambda/environment_output.h"
#include "lambda/room.h"
#include "workshop.h"

#include <string.h>
#include <unistd.h>

static struct environment_output output;
static struct log_tail tail;
static int process_fd; /* the end that the process would have */

static void open_output(void)
{
    workshop_open();
    process_fd = environment_output_open(&output, fixture_world.ground.loop);
    ck_assert_int_ge(process_fd, 0);
    output.log.sink = fixture_world.lambda->sink;
    output.log.function = "f";
    log_source_begin(&output.log, &tail);
}

static void close_output(void)
{
    close(process_fd);
    environment_output_close(&output);
    workshop_close();
}

static void says(const char *expected)
{
    char bytes[LOG_TAIL_BYTES + 1] = "";

    log_tail_read(&tail, bytes);
    ck_assert_str_eq(bytes, expected);
}

START_TEST(what_was_written_is_there_without_waiting)
{
    ck_assert_int_eq(write(process_fd, "one\ntwo\n", 8), 8);
    environment_output_drain(&output);
    says("one\ntwo\n");
    environment_output_drain(&output); /* nothing is there: it comes back at once */
    ck_assert_int_eq(write(process_fd, "three\n", 6), 6);
    loop_turn(fixture_world.ground.loop, 20);
    says("one\ntwo\nthree\n");
}
END_TEST

START_TEST(a_pipe_that_was_closed_is_watched_no_more)
{
    ck_assert_int_eq(write(process_fd, "last\n", 5), 5);
    close(process_fd);
    process_fd = -1;
    environment_output_drain(&output);
    says("last\n");
    ck_assert_ptr_null(output.watch);
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

Suite *suite_lambda_environment_output(void)
{
    Suite *suite = suite_create("lambda environment output");
    TCase *tests = tcase_create("a pipe");

    tcase_add_checked_fixture(tests, open_output, close_output);
    tcase_add_test(tests, what_was_written_is_there_without_waiting);
    tcase_add_test(tests, a_pipe_that_was_closed_is_watched_no_more);
    suite_add_tcase(suite, tests);
    tests = tcase_create("a process");
    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, garbage_floods_and_closed_outputs_disturb_nobody);
    suite_add_tcase(suite, tests);
    return suite;
}
