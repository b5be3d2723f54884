/* Tumbling windows: the span and the state by themselves, and a mapping that aggregates with them. */

#include "suites.h"

#include "base/memory.h"
#include "base/text.h"
#include "feed.h"
#include "lambda/mapping.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"
#include "lambda/window.h"

#include <stdlib.h>
#include <string.h>

/* ---- by itself ---- */

START_TEST(a_window_is_aligned_to_the_epoch_and_holds_its_start_alone)
{
    struct window window = { 0 };

    window_open(&window, 120000, 1607497475000, 42); /* 2020-12-09T07:04:35Z */
    ck_assert_int_eq(window.start_ms, 1607497440000);
    ck_assert_int_eq(window.end_ms, 1607497560000);
    ck_assert_uint_eq(window.first, 42);
    ck_assert(window_holds(&window, 1607497440000));
    ck_assert(window_holds(&window, 1607497559999));
    ck_assert(!window_holds(&window, 1607497560000));
    window_close(&window);
    ck_assert(!window.is_open);
}
END_TEST

START_TEST(an_event_carries_what_aws_sends_in_aws_order)
{
    struct window window = { 0 };
    struct buffer event = { 0 };

    window_open(&window, 120000, 1607497475000, 1);
    ck_assert(window_read_state(&window, "{\"state\": {\"1\": 282}}", 21));
    window_print(&window, &event, "shardId-000000000006", "arn:aws:kinesis:us-east-1:000000000000:stream/s", false);
    ck_assert_str_eq(event.data,
                     "\"window\":{\"start\":\"2020-12-09T07:04:00Z\",\"end\":\"2020-12-09T07:06:00Z\"},\"state\":{\"1\":282},"
                     "\"shardId\":\"shardId-000000000006\",\"eventSourceARN\":\"arn:aws:kinesis:us-east-1:000000000000:stream/s\","
                     "\"isFinalInvokeForWindow\":false,\"isWindowTerminatedEarly\":false");
    buffer_clear(&event);
    window_close(&window);
}
END_TEST

static const struct {
    const char *answer;
    bool has_state;
    const char *state; /* afterwards */
} answers[] = {
    { "{\"state\":{\"a\":1}}", true, "{\"a\":1}" },
    { "{\"state\":{}}", true, "{}" },
    { "{\"state\":[1, 2]}", true, "[1,2]" },
    { "{\"state\":\"s\"}", true, "\"s\"" },
    { "{\"state\":null}", true, NULL },
    { "{}", false, "{\"before\":true}" },
    { "", false, "{\"before\":true}" },
    { "null", false, "{\"before\":true}" },
    { "not JSON", false, "{\"before\":true}" },
    { "[1]", false, "{\"before\":true}" },
};

START_TEST(a_state_is_taken_from_the_answer_or_stays_as_it_was)
{
    struct window window = { 0 };

    window_open(&window, 1000, 0, 0);
    ck_assert(window_read_state(&window, "{\"state\":{\"before\":true}}", 25));
    ck_assert_int_eq(window_read_state(&window, answers[_i].answer, strlen(answers[_i].answer)), answers[_i].has_state);
    ck_assert_pstr_eq(window.state, answers[_i].state);
    window_close(&window);
}
END_TEST

START_TEST(a_state_over_one_megabyte_is_too_large)
{
    struct window window = { 0 };
    struct buffer answer = { 0 };
    size_t fits = WINDOW_STATE_MAX_BYTES - 2; /* with its quotes */

    window_open(&window, 1000, 0, 0);
    for (size_t more = 0; more < 2; more++) {
        answer.size = 0;
        buffer_add_text(&answer, "{\"state\":\"");
        memset(buffer_reserve(&answer, fits + more), 'x', fits + more);
        answer.size += fits + more;
        buffer_add_text(&answer, "\"}");
        ck_assert(window_read_state(&window, answer.data, answer.size));
        ck_assert_int_eq(window.is_too_large, more == 1);
    }
    buffer_clear(&answer);
    window_close(&window);
}
END_TEST

/* ---- a mapping ---- */

/* Notes state, whether it is the last event of the window (final, early) and the window's start; the state counts records. */
#define AGGREGATE                                                                                            \
    "state=${event#*\\\"state\\\":}; state=${state%%,\\\"shardId*}; start=${event#*\\\"start\\\":\\\"}; "    \
    "case $event in *'\"isFinalInvokeForWindow\":true'*) kind=final;; *) kind=more;; esac; "                 \
    "case $event in *'\"isWindowTerminatedEarly\":true'*) kind=early;; esac; "                               \
    "echo \"$kind ${state:0:40} ${start%%Z*}\" >>seen.swp; n=${state//[^0-9]/}; n=$((${n:-0}+${#ids[@]})); " \
    "answer=\"{\\\"state\\\":{\\\"n\\\":$n}}\"; "

/* The test clock stands at a whole minute. */
static void open_at_a_minute(void)
{
    feed_open();
    world_advance(&fixture_world, 60000 - clock_now_ms(fixture_world.ground.clock) % 60000);
}

static const char *start_of_minute(void)
{
    static char texts[4][24];
    static int turn;
    char *text = texts[turn++ % 4];
    struct arena arena = { 0 };
    int64_t now_ms = clock_now_ms(fixture_world.ground.clock);

    snprintf(text, 24, "%.19s", text_iso_time(&arena, now_ms - now_ms % 60000));
    arena_clear(&arena);
    return text;
}

static void expect(const char *format, const char *a, const char *b)
{
    char *text = memory_print(format, a, b);

    feed_expect(text);
    free(text);
}

static const struct mapping_shard *shard_of(const char *uuid)
{
    return ((struct mapping *)map_find(&fixture_world.lambda->mappings, uuid))->shards[0];
}

START_TEST(state_goes_from_batch_to_batch_and_ends_with_the_window)
{
    const char *minute = start_of_minute();
    const char *uuid;
    uint64_t begin;

    feed_deploy(AGGREGATE);
    uuid = feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60");
    begin = shard_of(uuid)->place.next;
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    feed_put("b");
    expect("YQ==\nmore {} %1$s\nYg==\nmore {\"n\":1} %1$s\n", minute, "");
    ck_assert_uint_eq(shard_of(uuid)->place.next, begin); /* until the window is closed */
    world_advance(&fixture_world, 59999);
    feed_expect(feed_seen());
    world_advance(&fixture_world, 1);
    expect("YQ==\nmore {} %1$s\nYg==\nmore {\"n\":1} %1$s\n\nfinal {\"n\":2} %1$s\n", minute, "");
    ck_assert_uint_eq(shard_of(uuid)->place.next, begin + 2);
    feed_put("c");
    expect("YQ==\nmore {} %1$s\nYg==\nmore {\"n\":1} %1$s\n\nfinal {\"n\":2} %1$s\nYw==\nmore {} %2$s\n", minute, start_of_minute());
    world_advance(&fixture_world, 60000);
    while (!strstr(feed_seen(), "final {\"n\":1}"))
        loop_turn(fixture_world.ground.loop, 20);
    workshop_rest("f");
    world_advance(&fixture_world, 600000); /* windows without records are not there */
    workshop_rest("f");
    ck_assert_str_eq(strchr(strstr(feed_seen(), "final {\"n\":1}"), '\n'), "\n");
}
END_TEST

START_TEST(a_batch_holds_records_of_one_window)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE);
    feed_put("a");
    feed_put("b");
    world_advance(&fixture_world, 60000);
    feed_put("c");
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60");
    expect("YQ== Yg==\nmore {} %1$s\n\nfinal {\"n\":2} %1$s\nYw==\nmore {} %2$s\n", minute, start_of_minute());
}
END_TEST

START_TEST(an_answer_without_state_is_a_failure)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE "[ $runs = 1 ] && answer='{}'");
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60");
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    world_advance(&fixture_world, 500);
    expect("YQ==\nmore {} %1$s\nYQ==\nmore {} %1$s\n", minute, "");
}
END_TEST

START_TEST(records_that_are_given_up_leave_the_state_as_it_was)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE FEED_FAIL_ON_POISON);
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60,'MaximumRetryAttempts':0");
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    feed_put("poison");
    feed_put("b");
    expect("YQ==\nmore {} %1$s\n" FEED_POISON "\nmore {\"n\":1} %1$s\nYg==\nmore {\"n\":1} %1$s\n", minute, "");
}
END_TEST

START_TEST(the_last_invocation_is_repeated_until_it_goes_well)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE "[ $kind$((fails++)) = final1 ] && path=error; [ $kind$fails = final3 ] && path=error");
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60,'MaximumRetryAttempts':0");
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    world_advance(&fixture_world, 60000);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\n", minute, "");
    feed_put("b"); /* has to wait */
    world_advance(&fixture_world, 500);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\n\nfinal {\"n\":1} %1$s\n", minute, "");
    world_advance(&fixture_world, 1000);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\n\nfinal {\"n\":1} %1$s\n\nfinal {\"n\":1} %1$s\nYg==\nmore {} %2$s\n", minute,
           start_of_minute());
}
END_TEST

START_TEST(a_window_closes_with_its_shard_and_the_children_begin_afresh)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE);
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60");
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    fixture_done(kinesis_service(fixture_world.kinesis), "SplitShard",
                 "{'StreamName':'s','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'" FEED_MIDDLE "'}");
    world_advance(&fixture_world, 0);
    feed_put_at("b", FEED_LOW);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\nYg==\nmore {} %1$s\n", minute, "");
}
END_TEST

START_TEST(a_batching_window_ends_with_the_tumbling_one)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE);
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60,'MaximumBatchingWindowInSeconds':300");
    feed_put("a");
    world_advance(&fixture_world, 59999);
    ck_assert_str_eq(feed_seen(), "");
    world_advance(&fixture_world, 1);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\n", minute, "");
}
END_TEST

START_TEST(a_report_keeps_the_state_of_what_is_done)
{
    const char *minute = start_of_minute();

    feed_deploy(AGGREGATE "[ $runs = 1 ] && answer=\"{\\\"state\\\":{\\\"n\\\":1},\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":"
                          "\\\"${ids[1]}\\\"}]}\"; true");
    feed_put("a");
    feed_put("b");
    feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60,'FunctionResponseTypes':['ReportBatchItemFailures']");
    expect("YQ== Yg==\nmore {} %1$s\n", minute, "");
    world_advance(&fixture_world, 500);
    expect("YQ== Yg==\nmore {} %1$s\nYg==\nmore {\"n\":1} %1$s\n", minute, "");
}
END_TEST

START_TEST(without_windows_from_now_on_the_open_one_is_closed_first)
{
    const char *minute = start_of_minute();
    char input[160];

    feed_deploy(AGGREGATE);
    snprintf(input, sizeof input, "{'UUID':'%s','TumblingWindowInSeconds':0,'ParallelizationFactor':2}",
             feed_map("TRIM_HORIZON", ",'TumblingWindowInSeconds':60"));
    feed_put("a");
    expect("YQ==\nmore {} %1$s\n", minute, "");
    fixture_done(lambda_service(fixture_world.lambda), "UpdateEventSourceMapping", input);
    expect("YQ==\nmore {} %1$s\n\nfinal {\"n\":1} %1$s\n", minute, "");
}
END_TEST

Suite *suite_lambda_window(void)
{
    Suite *suite = suite_create("lambda window");
    TCase *alone = tcase_create("alone");
    TCase *mapped = tcase_create("mapped");

    tcase_add_test(alone, a_window_is_aligned_to_the_epoch_and_holds_its_start_alone);
    tcase_add_test(alone, an_event_carries_what_aws_sends_in_aws_order);
    tcase_add_loop_test(alone, a_state_is_taken_from_the_answer_or_stays_as_it_was, 0, sizeof answers / sizeof *answers);
    tcase_add_test(alone, a_state_over_one_megabyte_is_too_large);
    suite_add_tcase(suite, alone);
    tcase_add_checked_fixture(mapped, open_at_a_minute, workshop_close);
    tcase_add_test(mapped, state_goes_from_batch_to_batch_and_ends_with_the_window);
    tcase_add_test(mapped, a_batch_holds_records_of_one_window);
    tcase_add_test(mapped, an_answer_without_state_is_a_failure);
    tcase_add_test(mapped, records_that_are_given_up_leave_the_state_as_it_was);
    tcase_add_test(mapped, the_last_invocation_is_repeated_until_it_goes_well);
    tcase_add_test(mapped, a_window_closes_with_its_shard_and_the_children_begin_afresh);
    tcase_add_test(mapped, a_batching_window_ends_with_the_tumbling_one);
    tcase_add_test(mapped, a_report_keeps_the_state_of_what_is_done);
    tcase_add_test(mapped, without_windows_from_now_on_the_open_one_is_closed_first);
    suite_add_tcase(suite, mapped);
    return suite;
}
