/* Who runs what: environments are used again, added up to a bound, and replaced when the code changes. */

#include "suites.h"

#include "base/memory.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "workshop.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

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

START_TEST(running_invocations_end_with_the_code_that_they_began_with)
{
    struct function *function;
    struct workshop_result running;
    char *copy;
    int fd;

    /* Code of our own, as an uploaded archive is: it may go only when nobody runs it any more. */
    workshop_deploy_shell("f", "echo >began; read -t 5 <>fifo; . ./part.sh", "");
    workshop_write("part.sh", "answer=old\n", 0644);
    function = workshop_function("f");
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

START_TEST(a_deleted_functions_last_invocation_ends_in_peace)
{
    struct workshop_result running;
    struct workshop_result waiting;

    fixture_world.lambda->concurrency_max = 1;
    workshop_deploy_shell("f", "touch began; sleep 0.2; answer=late", "");
    workshop_begin("f", "{}", 0, &running);
    workshop_begin("f", "{}", 0, &waiting);
    for (int i = 0; i < 100 && !workshop_function("f")->latest->pool.environment_count; i++)
        loop_turn(fixture_world.ground.loop, 20);
    while (workshop_function("f")->latest->pool.queue_count == 2)
        loop_turn(fixture_world.ground.loop, 20);
    function_delete(workshop_function("f"));
    workshop_wait(&waiting);
    ck_assert_int_eq(waiting.end, INVOCATION_ABSENT);
    workshop_wait(&running);
    ck_assert_str_eq(running.payload, "late");
    ck_assert_int_eq(workshop_invoke("f", "{}").end, INVOCATION_ABSENT);
}
END_TEST

Suite *suite_lambda_pool(void)
{
    Suite *suite = suite_create("lambda pool");
    TCase *tests = tcase_create("pool");

    tcase_add_checked_fixture(tests, workshop_open, workshop_close);
    tcase_add_test(tests, an_environment_is_used_again);
    tcase_add_test(tests, concurrent_invocations_get_environments_of_their_own_up_to_the_bound);
    tcase_add_test(tests, an_answer_that_comes_back_at_once_needs_no_second_environment);
    tcase_add_test(tests, an_idle_environment_is_reaped_after_ten_minutes);
    tcase_add_test(tests, a_saved_file_is_live_at_the_next_invocation);
    tcase_add_test(tests, a_file_in_a_new_folder_is_noticed_too);
    tcase_add_test(tests, running_invocations_end_with_the_code_that_they_began_with);
    tcase_add_test(tests, a_deleted_functions_last_invocation_ends_in_peace);
    suite_add_tcase(suite, tests);
    return suite;
}
