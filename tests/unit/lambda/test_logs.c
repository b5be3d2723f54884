/* What functions say: the tail, the lines with their prefix, and bounds. */

#include "suites.h"

#include "lambda/logs.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct clock real;
static struct loop *loop;
static struct log_sink *sink;
static struct log_source source;
static int ends[2];

static void open_sink(void)
{
    clock_open(&real);
    ck_assert_int_eq(loop_open(&loop, &real), OK);
    ck_assert_int_eq(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
    sink = log_sink_open(loop, ends[1]);
    source = (struct log_source){ .sink = sink, .function = "f" };
}

static void close_sink(void)
{
    log_source_clear(&source);
    log_sink_close(sink);
    loop_close(loop);
    clock_close(&real);
    close(ends[0]);
    close(ends[1]);
}

/* What has come out so far. */
static const char *shown(void)
{
    static char text[65536];
    ssize_t got;

    loop_turn(loop, 0);
    got = read(ends[0], text, sizeof text - 1);
    text[got > 0 ? got : 0] = '\0';
    return text;
}

static void say(const char *text)
{
    log_source_output(&source, text, strlen(text));
}

START_TEST(each_line_carries_its_function)
{
    say("one\ntw");
    ck_assert_str_eq(shown(), "[f] one\n");
    say("o\n\nthree\n");
    ck_assert_str_eq(shown(), "[f] two\n[f] \n[f] three\n");
}
END_TEST

START_TEST(an_open_line_is_ended_before_the_platform_speaks)
{
    say("open");
    log_source_say(&source, "END RequestId: %s", "1");
    ck_assert_str_eq(shown(), "[f] open\n[f] END RequestId: 1\n");
}
END_TEST

START_TEST(lines_joined_by_returns_are_shown_apart)
{
    say("[ERROR] x\rTraceback\r  at y\n");
    ck_assert_str_eq(shown(), "[f] [ERROR] x\n[f] Traceback\n[f]   at y\n");
}
END_TEST

START_TEST(the_tail_keeps_the_last_four_kilobytes)
{
    struct log_tail tail = { 0 };
    char bytes[LOG_TAIL_BYTES];

    log_source_begin(&source, &tail);
    say("short\n");
    ck_assert_uint_eq(log_tail_read(&tail, bytes), 6);
    ck_assert_mem_eq(bytes, "short\n", 6);
    for (int i = 0; i < 1000; i++)
        say("0123456789\n");
    log_source_say(&source, "last\t");
    ck_assert_uint_eq(log_tail_read(&tail, bytes), LOG_TAIL_BYTES);
    ck_assert_mem_eq(bytes + LOG_TAIL_BYTES - 17, "0123456789\nlast\t\n", 17);
}
END_TEST

START_TEST(one_invocation_shows_a_bounded_amount)
{
    static char block[65536];
    size_t seen = 0;
    bool says_so = false;

    memset(block, 'x', sizeof block);
    block[sizeof block - 1] = '\n';
    for (int i = 0; i < 40; i++) {
        const char *text;

        log_source_output(&source, block, sizeof block);
        while (*(text = shown())) {
            seen += strlen(text);
            says_so |= strstr(text, "is not shown") != NULL;
        }
    }
    ck_assert_uint_le(seen, LOG_SHOWN_MAX_BYTES + 1024);
    ck_assert(says_so);
    log_source_begin(&source, NULL);
    say("next\n");
    ck_assert_str_eq(shown(), "[f] next\n");
}
END_TEST

START_TEST(a_reader_that_stalls_is_not_waited_for)
{
    static char block[60000];
    const char *text;
    bool says_so = false;

    memset(block, 'x', sizeof block);
    for (int i = 0; i < 200; i++)
        log_sink_line(sink, "f", block, sizeof block);
    for (int i = 0; i < 200; i++)
        while (*(text = shown()))
            continue;
    log_sink_line(sink, "f", "after", 5);
    while (*(text = shown()))
        says_so |= strstr(text, "lines of functions were dropped") && strstr(text, "[f] after\n");
    ck_assert(says_so);
}
END_TEST

Suite *suite_lambda_logs(void)
{
    Suite *suite = suite_create("lambda logs");
    TCase *tests = tcase_create("logs");

    tcase_add_checked_fixture(tests, open_sink, close_sink);
    tcase_add_test(tests, each_line_carries_its_function);
    tcase_add_test(tests, an_open_line_is_ended_before_the_platform_speaks);
    tcase_add_test(tests, lines_joined_by_returns_are_shown_apart);
    tcase_add_test(tests, the_tail_keeps_the_last_four_kilobytes);
    tcase_add_test(tests, one_invocation_shows_a_bounded_amount);
    tcase_add_test(tests, a_reader_that_stalls_is_not_waited_for);
    suite_add_tcase(suite, tests);
    return suite;
}
