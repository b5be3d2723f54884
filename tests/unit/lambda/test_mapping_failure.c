/* Event source mappings when things go wrong or change: what is tried again, in which order, and when it is given up. */

#include "suites.h"

#include "feed.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdio.h>
#include <string.h>

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static void call_kinesis(const char *operation, const char *input)
{
    fixture_done(kinesis_service(fixture_world.kinesis), operation, input);
    loop_turn(fixture_world.ground.loop, 0);
}

static void split(void)
{
    call_kinesis("SplitShard", "{'StreamName':'s','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'" FEED_MIDDLE "'}");
    world_advance(&fixture_world, 0);
}

static const char *last_result(const char *uuid)
{
    char input[100];

    snprintf(input, sizeof input, "{'UUID':'%s'}", uuid);
    return json_string_value(json_object_get(fixture_done(lambda(), "GetEventSourceMapping", input), "LastProcessingResult"));
}

#define REPORT_POISON                                                                             \
    "i=0; for data in $line; do [ $data = " FEED_POISON                                           \
    " ] && answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${ids[$i]}\\\"}]}\";" \
    " i=$((i+1)); done"

/* Facts C5, a recording: batches of 3, 3 retries, a poisoned third record: it is delivered 5 times, once in the whole batch and four times
 * alone, because what a report leaves over is a new batch with tries of its own. */
START_TEST(what_a_report_leaves_over_has_tries_of_its_own)
{
    feed_deploy(REPORT_POISON);
    feed_put("a");
    feed_put("b");
    feed_put("poison");
    feed_put("d");
    feed_map("TRIM_HORIZON", ",'BatchSize':3,'MaximumRetryAttempts':3,'FunctionResponseTypes':['ReportBatchItemFailures']");
    feed_expect("YQ== Yg== " FEED_POISON "\n");
    world_advance(&fixture_world, 500); /* the remainder */
    feed_expect("YQ== Yg== " FEED_POISON "\n" FEED_POISON "\n");
    world_advance(&fixture_world, 1000);
    feed_expect("YQ== Yg== " FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n");
    world_advance(&fixture_world, 2000);
    feed_expect("YQ== Yg== " FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n");
    world_advance(&fixture_world, 4000);
    feed_expect("YQ== Yg== " FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\nZA==\n");
    ck_assert_int_eq(feed_faults("RetryAttemptsExhausted"), 1);
}
END_TEST

static const char *const total_failures[] = { "{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"\\\"}]}",
                                              "{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":null}]}",
                                              "{\\\"batchItemFailures\\\":[{\\\"item\\\":\\\"1\\\"}]}",
                                              "{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"404\\\"}]}" };

START_TEST(a_report_that_names_no_record_of_the_batch_fails_all_of_it)
{
    char handle[200];

    snprintf(handle, sizeof handle, "[ $runs = 1 ] && answer=\"%s\"", total_failures[_i]);
    feed_deploy(handle);
    feed_put("a");
    feed_put("b");
    feed_map("TRIM_HORIZON", ",'FunctionResponseTypes':['ReportBatchItemFailures']");
    feed_expect("YQ== Yg==\n");
    world_advance(&fixture_world, 500);
    feed_expect("YQ== Yg==\nYQ== Yg==\n");
}
END_TEST

START_TEST(a_report_without_being_asked_for_is_only_an_answer)
{
    feed_deploy(REPORT_POISON);
    feed_map("TRIM_HORIZON", "");
    feed_put("poison");
    feed_put("b");
    feed_expect(FEED_POISON "\nYg==\n");
}
END_TEST

START_TEST(a_crash_is_a_failure_like_any_other)
{
    const char *uuid;

    feed_deploy("[ -e crashed.swp ] || { >crashed.swp; exit 1; }");
    uuid = feed_map("TRIM_HORIZON", "");
    feed_put("a");
    feed_expect("YQ==\n");
    ck_assert_str_eq(last_result(uuid), "PROBLEM: Function call failed");
    world_advance(&fixture_world, 500);
    feed_expect("YQ==\nYQ==\n");
    ck_assert_str_eq(last_result(uuid), "OK");
}
END_TEST

START_TEST(being_throttled_costs_no_try)
{
    struct function *function = workshop_function("f");

    function->reserved = 0;
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':0");
    feed_put("a");
    world_advance(&fixture_world, 500);
    world_advance(&fixture_world, 1000);
    ck_assert_str_eq(feed_seen(), "");
    function->reserved = -1;
    world_advance(&fixture_world, 2000);
    feed_expect("YQ==\n");
    ck_assert_int_eq(feed_faults("RetryAttemptsExhausted"), 0);
}
END_TEST

START_TEST(a_function_that_comes_back_gets_what_waited)
{
    const char *uuid = feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':0");

    fixture_done(lambda(), "DeleteFunction", "{'FunctionName':'f'}");
    feed_put("a");
    world_advance(&fixture_world, 500);
    ck_assert_str_eq(last_result(uuid), "PROBLEM: Function call failed"); /* the mapping stays, as on AWS */
    feed_deploy("");
    world_advance(&fixture_world, 1000);
    feed_expect("YQ==\n");
}
END_TEST

START_TEST(what_grows_too_old_between_tries_is_given_up)
{
    feed_map("TRIM_HORIZON", ",'MaximumRecordAgeInSeconds':60");
    feed_put("poison");
    for (int64_t pause_ms = 500; pause_ms < 32000; pause_ms *= 2) {
        loop_turn(fixture_world.ground.loop, 0);
        workshop_rest("f");
        world_advance(&fixture_world, pause_ms);
    }
    workshop_rest("f");
    ck_assert_int_eq(feed_faults("RecordAgeExceeded"), 0);
    feed_put("b");
    world_advance(&fixture_world, 32000); /* 63.5 seconds after the record's arrival */
    feed_expect(FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON "\n" FEED_POISON
                            "\nYg==\n");
    ck_assert_int_eq(feed_faults("RecordAgeExceeded"), 1);
}
END_TEST

START_TEST(one_blocked_shard_holds_up_no_other)
{
    split();
    feed_map("TRIM_HORIZON", "");
    feed_put_at("poison", FEED_LOW);
    feed_expect(FEED_POISON "\n");
    feed_put_at("b", FEED_LOW);
    feed_put_at("c", FEED_HIGH);
    feed_expect(FEED_POISON "\nYw==\n");
}
END_TEST

START_TEST(children_begin_when_their_parent_is_drained)
{
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':1");
    feed_put("poison");
    feed_expect(FEED_POISON "\n");
    split();
    feed_put_at("b", FEED_LOW);
    world_advance(&fixture_world, 499);
    feed_expect(FEED_POISON "\n");
    world_advance(&fixture_world, 1);
    feed_expect(FEED_POISON "\n" FEED_POISON "\nYg==\n");
}
END_TEST

START_TEST(a_merged_child_waits_for_both_its_parents)
{
    split();
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':1");
    feed_put_at("a", FEED_HIGH);
    feed_expect("YQ==\n");
    feed_put_at("poison", FEED_LOW);
    feed_expect("YQ==\n" FEED_POISON "\n");
    call_kinesis("MergeShards", "{'StreamName':'s','ShardToMerge':'shardId-000000000001','AdjacentShardToMerge':'shardId-000000000002'}");
    feed_put("c");
    world_advance(&fixture_world, 499);
    feed_expect("YQ==\n" FEED_POISON "\n");
    world_advance(&fixture_world, 1);
    feed_expect("YQ==\n" FEED_POISON "\n" FEED_POISON "\nYw==\n");
}
END_TEST

START_TEST(shards_that_come_later_are_read_from_their_beginning_whatever_the_position)
{
    feed_map("LATEST", "");
    split();
    feed_put_at("b", FEED_LOW);
    feed_expect("Yg==\n");
}
END_TEST

/* The mapping names the stream by its ARN: a new stream of that name is its source too, even when shards of the old one were drained. */
START_TEST(a_stream_made_anew_is_read_from_its_beginning)
{
    feed_map("TRIM_HORIZON", "");
    feed_put("a");
    feed_expect("YQ==\n");
    split();
    feed_put_at("b", FEED_HIGH);
    feed_expect("YQ==\nYg==\n");
    call_kinesis("DeleteStream", "{'StreamName':'s'}");
    world_advance(&fixture_world, 1000);
    call_kinesis("CreateStream", "{'StreamName':'s','ShardCount':1}");
    world_advance(&fixture_world, 1000);
    feed_put("c");
    feed_expect("YQ==\nYg==\nYw==\n");
}
END_TEST

START_TEST(an_update_counts_from_the_next_batch_on)
{
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s','BatchSize':1,'FunctionName':'f:$LATEST'}", feed_map("TRIM_HORIZON", ",'Enabled':false"));
    feed_put("a");
    feed_put("b");
    fixture_expect(json_object_get(fixture_done(lambda(), "UpdateEventSourceMapping", input), "FunctionArn"),
                   "'arn:aws:lambda:us-east-1:000000000000:function:f:$LATEST'");
    ck_assert_str_eq(feed_seen(), "");
    snprintf(strchr(input, ',') + 1, 50, "'Enabled':true}");
    fixture_done(lambda(), "UpdateEventSourceMapping", input);
    feed_expect("YQ==\nYg==\n");
}
END_TEST

START_TEST(a_full_batch_waits_for_no_window)
{
    feed_map("TRIM_HORIZON", ",'BatchSize':2,'MaximumBatchingWindowInSeconds':300");
    feed_put("a");
    feed_put("b");
    feed_put("c");
    feed_expect("YQ== Yg==\n");
    world_advance(&fixture_world, 300000);
    feed_expect("YQ== Yg==\nYw==\n");
}
END_TEST

Suite *suite_lambda_mapping_failure(void)
{
    Suite *suite = suite_create("lambda mapping failure");
    TCase *tests = tcase_create("failure");

    tcase_add_checked_fixture(tests, feed_open, workshop_close);
    tcase_add_test(tests, what_a_report_leaves_over_has_tries_of_its_own);
    tcase_add_loop_test(tests, a_report_that_names_no_record_of_the_batch_fails_all_of_it, 0,
                        sizeof total_failures / sizeof *total_failures);
    tcase_add_test(tests, a_report_without_being_asked_for_is_only_an_answer);
    tcase_add_test(tests, a_crash_is_a_failure_like_any_other);
    tcase_add_test(tests, being_throttled_costs_no_try);
    tcase_add_test(tests, a_function_that_comes_back_gets_what_waited);
    tcase_add_test(tests, what_grows_too_old_between_tries_is_given_up);
    tcase_add_test(tests, one_blocked_shard_holds_up_no_other);
    tcase_add_test(tests, children_begin_when_their_parent_is_drained);
    tcase_add_test(tests, a_merged_child_waits_for_both_its_parents);
    tcase_add_test(tests, shards_that_come_later_are_read_from_their_beginning_whatever_the_position);
    tcase_add_test(tests, a_stream_made_anew_is_read_from_its_beginning);
    tcase_add_test(tests, an_update_counts_from_the_next_batch_on);
    tcase_add_test(tests, a_full_batch_waits_for_no_window);
    suite_add_tcase(suite, tests);
    return suite;
}
