/* Event source mappings, from records in a stream to events in a function, with a real process and a clock that stands. */

#include "suites.h"

#include "feed.h"
#include "lambda/mapping.h"
#include "lambda/room.h"

#include <stdio.h>
#include <string.h>

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

START_TEST(a_record_is_delivered_without_the_clock_moving)
{
    feed_map("TRIM_HORIZON", "");
    feed_put("a");
    feed_expect("YQ==\n");
    feed_put("b");
    feed_expect("YQ==\nYg==\n");
}
END_TEST

START_TEST(latest_begins_where_the_mapping_was_made)
{
    feed_put("a");
    feed_map("LATEST", "");
    feed_put("b");
    feed_expect("Yg==\n");
}
END_TEST

START_TEST(a_timestamp_begins_there)
{
    char more[80];

    feed_put("a");
    world_advance(&fixture_world, 10000);
    snprintf(more, sizeof more, ",'StartingPositionTimestamp':%lld", (long long)(clock_now_ms(fixture_world.ground.clock) / 1000));
    feed_put("b");
    feed_map("AT_TIMESTAMP", more);
    feed_expect("Yg==\n");
}
END_TEST

START_TEST(what_waits_comes_in_batches_of_the_size_asked_for)
{
    feed_put("a");
    feed_put("b");
    feed_put("c");
    feed_map("TRIM_HORIZON", ",'BatchSize':2");
    feed_expect("YQ== Yg==\nYw==\n");
}
END_TEST

START_TEST(a_window_gathers_until_it_is_over_or_the_batch_is_full)
{
    feed_map("TRIM_HORIZON", ",'BatchSize':3,'MaximumBatchingWindowInSeconds':5");
    feed_put("a");
    world_advance(&fixture_world, 4999);
    ck_assert_str_eq(feed_seen(), "");
    world_advance(&fixture_world, 1);
    feed_expect("YQ==\n");
    feed_put("a");
    feed_put("b");
    feed_put("c");
    feed_expect("YQ==\nYQ== Yg== Yw==\n");
}
END_TEST

START_TEST(a_failed_batch_is_tried_again_and_blocks_its_shard)
{
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':1");
    feed_put("poison");
    feed_expect("cG9pc29u\n");
    feed_put("b");
    world_advance(&fixture_world, 499);
    feed_expect("cG9pc29u\n");
    world_advance(&fixture_world, 1);
    feed_expect("cG9pc29u\ncG9pc29u\nYg==\n"); /* given up, and on with the next */
}
END_TEST

START_TEST(pauses_double_while_a_batch_fails)
{
    feed_map("TRIM_HORIZON", "");
    feed_put("poison");
    feed_expect("cG9pc29u\n");
    world_advance(&fixture_world, 500);
    feed_expect("cG9pc29u\ncG9pc29u\n");
    world_advance(&fixture_world, 999);
    feed_expect("cG9pc29u\ncG9pc29u\n");
    world_advance(&fixture_world, 1);
    feed_expect("cG9pc29u\ncG9pc29u\ncG9pc29u\n");
}
END_TEST

START_TEST(bisecting_finds_the_poison)
{
    feed_put("a");
    feed_put("b");
    feed_put("poison");
    feed_put("d");
    feed_map("TRIM_HORIZON", ",'BisectBatchOnFunctionError':true,'MaximumRetryAttempts':0");
    feed_expect("YQ== Yg== cG9pc29u ZA==\n");
    world_advance(&fixture_world, 500);
    feed_expect("YQ== Yg== cG9pc29u ZA==\nYQ== Yg==\ncG9pc29u ZA==\n");
    world_advance(&fixture_world, 500);
    feed_expect("YQ== Yg== cG9pc29u ZA==\nYQ== Yg==\ncG9pc29u ZA==\ncG9pc29u\nZA==\n");
}
END_TEST

START_TEST(a_record_that_is_too_old_is_given_up)
{
    feed_put("old");
    world_advance(&fixture_world, 61000);
    feed_put("new");
    feed_map("TRIM_HORIZON", ",'MaximumRecordAgeInSeconds':60");
    feed_expect("bmV3\n");
    ck_assert_int_eq(feed_faults("RecordAgeExceeded"), 1);
}
END_TEST

START_TEST(a_partial_answer_moves_the_place)
{
    feed_deploy("[ $runs = 1 ] && answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${ids[1]}\\\"}]}\"");
    feed_put("a");
    feed_put("b");
    feed_put("c");
    feed_map("TRIM_HORIZON", ",'FunctionResponseTypes':['ReportBatchItemFailures']");
    feed_expect("YQ== Yg== Yw==\n");
    world_advance(&fixture_world, 500);
    feed_expect("YQ== Yg== Yw==\nYg== Yw==\n");
}
END_TEST

START_TEST(a_disabled_mapping_rests_and_goes_on_where_it_was)
{
    const char *uuid = feed_map("TRIM_HORIZON", "");
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s','Enabled':false}", uuid);
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "UpdateEventSourceMapping", input), "State")), "Disabling");
    feed_put("a");
    world_advance(&fixture_world, 1000);
    ck_assert_str_eq(feed_seen(), "");
    snprintf(input, sizeof input, "{'UUID':'%s'}", uuid);
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "GetEventSourceMapping", input), "State")), "Disabled");
    snprintf(input, sizeof input, "{'UUID':'%s','Enabled':true}", uuid);
    fixture_done(lambda(), "UpdateEventSourceMapping", input);
    feed_expect("YQ==\n");
}
END_TEST

START_TEST(a_deleted_mapping_delivers_nothing_more)
{
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s'}", feed_map("TRIM_HORIZON", ""));
    feed_put("a"); /* in flight when the mapping goes */
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "DeleteEventSourceMapping", input), "State")), "Deleting");
    feed_put("b");
    feed_expect("YQ==\n");
    ck_assert_int_eq(fixture_call(lambda(), "GetEventSourceMapping", input).error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

START_TEST(a_filter_holds_records_back)
{
    feed_map("TRIM_HORIZON", ",'FilterCriteria':{'Filters':[{'Pattern':'{\\'data\\':{\\'a\\':[1]}}'}]}");
    feed_put("{\"a\":2}");
    feed_put("{\"a\":1}");
    feed_expect("eyJhIjoxfQ==\n");
}
END_TEST

START_TEST(two_mappings_of_one_pair_are_refused)
{
    struct fixture_answer answer;
    const char *uuid = feed_map("LATEST", "");

    answer = fixture_call(lambda(), "CreateEventSourceMapping",
                          "{'FunctionName':'f','EventSourceArn':'" FEED_STREAM "','StartingPosition':'LATEST'}");
    ck_assert_int_eq(answer.error, ERR_RESOURCE_CONFLICT);
    ck_assert_ptr_nonnull(
        strstr(answer.message, "The event source arn (\" " FEED_STREAM " \") and function (\" f \") provided mapping already"));
    ck_assert_ptr_nonnull(strstr(answer.message, uuid));
}
END_TEST

/* Registers the consumer "c" of the stream; answers its ARN. */
static const char *register_consumer(void)
{
    static char arn[200];
    const json_t *output = fixture_done(kinesis_service(fixture_world.kinesis), "RegisterStreamConsumer",
                                        "{'StreamARN':'" FEED_STREAM "','ConsumerName':'c'}");

    snprintf(arn, sizeof arn, "%s", json_string_value(json_object_get(json_object_get(output, "Consumer"), "ConsumerARN")));
    world_advance(&fixture_world, 1000);
    return arn;
}

static struct fixture_answer map_consumer(const char *arn)
{
    char input[400];

    snprintf(input, sizeof input, "{'FunctionName':'f','EventSourceArn':'%s','StartingPosition':'TRIM_HORIZON'}", arn);
    return fixture_call(lambda(), "CreateEventSourceMapping", input);
}

START_TEST(a_consumers_events_name_the_consumer)
{
    const char *arn = register_consumer();
    struct fixture_answer answer;

    feed_deploy("source=${event##*\\\"eventSourceARN\\\":\\\"}; echo ${source%%\\\"*} >>seen.swp");
    answer = map_consumer(arn);
    ck_assert_int_eq(answer.error, ERR_NONE);
    ck_assert_str_eq(json_string_value(json_object_get(answer.output, "EventSourceArn")), arn);
    feed_put("a");
    feed_expect("YQ==\narn:aws:kinesis:us-east-1:000000000000:stream/s/consumer/c:1700000001\n");
}
END_TEST

START_TEST(a_consumer_that_is_not_registered_any_more_reads_nothing)
{
    const char *arn = register_consumer();
    char input[300];

    ck_assert_int_eq(map_consumer(arn).error, ERR_NONE);
    feed_put("a");
    feed_expect("YQ==\n");
    snprintf(input, sizeof input, "{'ConsumerARN':'%s'}", arn);
    fixture_done(kinesis_service(fixture_world.kinesis), "DeregisterStreamConsumer", input);
    world_advance(&fixture_world, 1000);
    feed_put("b");
    world_advance(&fixture_world, 60000);
    feed_expect("YQ==\n");
    ck_assert_int_eq(map_consumer(arn).error, ERR_INVALID_PARAMETER_VALUE);
}
END_TEST

START_TEST(a_window_has_one_lane)
{
    struct fixture_answer answer = fixture_call(lambda(), "CreateEventSourceMapping",
                                                "{'FunctionName':'f','EventSourceArn':'" FEED_STREAM
                                                "','StartingPosition':'LATEST','TumblingWindowInSeconds':60,'ParallelizationFactor':2}");

    ck_assert_int_eq(answer.error, ERR_INVALID_PARAMETER_VALUE);
    ck_assert_str_eq(answer.message, "Parallelization factor must be equal to 1 when tumbling window period is configured");
}
END_TEST

START_TEST(what_was_given_comes_back)
{
    char input[200];
    json_t *answer;

    snprintf(input, sizeof input, "{'UUID':'%s'}",
             feed_map("TRIM_HORIZON", ",'ParallelizationFactor':2,'DestinationConfig':{'OnFailure':{'Destination':'arn:aws:sqs:x'}}"));
    answer = fixture_done(lambda(), "GetEventSourceMapping", input);
    ck_assert_str_eq(json_string_value(json_object_get(answer, "StartingPosition")), "TRIM_HORIZON");
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "ParallelizationFactor")), 2);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "BatchSize")), 100);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "MaximumRecordAgeInSeconds")), -1);
    fixture_expect(json_object_get(answer, "DestinationConfig"), "{'OnFailure':{'Destination':'arn:aws:sqs:x'}}");
    ck_assert_str_eq(json_string_value(json_object_get(answer, "State")), "Enabled");
    ck_assert_str_eq(json_string_value(json_object_get(answer, "LastProcessingResult")), "No records processed");
}
END_TEST

Suite *suite_lambda_mapping(void)
{
    Suite *suite = suite_create("lambda mapping");
    TCase *tests = tcase_create("mapping");

    tcase_add_checked_fixture(tests, feed_open, workshop_close);
    tcase_add_test(tests, a_record_is_delivered_without_the_clock_moving);
    tcase_add_test(tests, latest_begins_where_the_mapping_was_made);
    tcase_add_test(tests, a_timestamp_begins_there);
    tcase_add_test(tests, what_waits_comes_in_batches_of_the_size_asked_for);
    tcase_add_test(tests, a_window_gathers_until_it_is_over_or_the_batch_is_full);
    tcase_add_test(tests, a_failed_batch_is_tried_again_and_blocks_its_shard);
    tcase_add_test(tests, pauses_double_while_a_batch_fails);
    tcase_add_test(tests, bisecting_finds_the_poison);
    tcase_add_test(tests, a_record_that_is_too_old_is_given_up);
    tcase_add_test(tests, a_partial_answer_moves_the_place);
    tcase_add_test(tests, a_disabled_mapping_rests_and_goes_on_where_it_was);
    tcase_add_test(tests, a_deleted_mapping_delivers_nothing_more);
    tcase_add_test(tests, a_filter_holds_records_back);
    tcase_add_test(tests, two_mappings_of_one_pair_are_refused);
    tcase_add_test(tests, a_consumers_events_name_the_consumer);
    tcase_add_test(tests, a_consumer_that_is_not_registered_any_more_reads_nothing);
    tcase_add_test(tests, a_window_has_one_lane);
    tcase_add_test(tests, what_was_given_comes_back);
    suite_add_tcase(suite, tests);
    return suite;
}
