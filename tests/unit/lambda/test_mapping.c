/* Event source mappings, from records in a stream to events in a function, with a real process and a clock that stands. */

#include "suites.h"

#include "base/base64.h"
#include "lambda/mapping.h"
#include "lambda/room.h"
#include "workshop.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/s"

/* Each invocation leaves one line in the file "seen": the data of its records, in base64. A record whose data is "poison" makes it fail. */
static const char note_records[] =
    "line=; rest=$event\n"
    "while [[ $rest =~ \\\"data\\\":\\\"([^\\\"]*)\\\"(.*) ]]; do line=\"$line ${BASH_REMATCH[1]}\"; rest=${BASH_REMATCH[2]}; done\n"
    "echo $line >>seen.swp\n" /* a name that the watch on the code passes over */
    "answer=null\n"
    "case $line in *cG9pc29u*) path=error answer='{\"errorType\":\"Poison\",\"errorMessage\":\"p\"}';; esac\n";

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static void put(const char *data)
{
    char encoded[128];
    char input[256];

    base64_encode(data, strlen(data), encoded);
    snprintf(input, sizeof input, "{'StreamName':'s','PartitionKey':'k','Data':'%s'}", encoded);
    fixture_done(kinesis_service(fixture_world.kinesis), "PutRecord", input);
    loop_turn(fixture_world.ground.loop, 0); /* at whose end the stream's listeners are woken */
}

static const char *map_stream(const char *position, const char *more)
{
    static char uuid[40];
    char input[1024];

    snprintf(input, sizeof input, "{'FunctionName':'f','EventSourceArn':'" STREAM "','StartingPosition':'%s'%s}", position, more);
    snprintf(uuid, sizeof uuid, "%s",
             json_string_value(json_object_get(fixture_done(lambda(), "CreateEventSourceMapping", input), "UUID")));
    return uuid;
}

static void open_stream(void)
{
    workshop_open();
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'s','ShardCount':1}");
    world_advance(&fixture_world, 1000);
    workshop_deploy_shell("f", note_records, "");
}

static const char *read_seen(void)
{
    static char text[8192];
    char path[160];
    FILE *file;
    size_t size = 0;

    snprintf(path, sizeof path, "%s/seen.swp", workshop_directory());
    file = fopen(path, "r");
    if (file) {
        size = fread(text, 1, sizeof text - 1, file);
        fclose(file);
    }
    text[size] = '\0';
    return text;
}

/* Waits until the function's lines are these, and it rests; then fails if they are others. */
static void expect_seen(const char *expected)
{
    int64_t deadline_us = clock_stopwatch_us() + 10000000;

    while (strcmp(read_seen(), expected) && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    ck_assert_str_eq(read_seen(), expected);
    workshop_rest("f");
}

START_TEST(a_record_is_delivered_without_the_clock_moving)
{
    map_stream("TRIM_HORIZON", "");
    put("a");
    expect_seen("YQ==\n");
    put("b");
    expect_seen("YQ==\nYg==\n");
}
END_TEST

START_TEST(latest_begins_where_the_mapping_was_made)
{
    put("a");
    map_stream("LATEST", "");
    put("b");
    expect_seen("Yg==\n");
}
END_TEST

START_TEST(a_timestamp_begins_there)
{
    char more[80];

    put("a");
    world_advance(&fixture_world, 10000);
    snprintf(more, sizeof more, ",'StartingPositionTimestamp':%lld", (long long)(clock_now_ms(fixture_world.ground.clock) / 1000));
    put("b");
    map_stream("AT_TIMESTAMP", more);
    expect_seen("Yg==\n");
}
END_TEST

START_TEST(what_waits_comes_in_batches_of_the_size_asked_for)
{
    put("a");
    put("b");
    put("c");
    map_stream("TRIM_HORIZON", ",'BatchSize':2");
    expect_seen("YQ== Yg==\nYw==\n");
}
END_TEST

START_TEST(a_window_gathers_until_it_is_over_or_the_batch_is_full)
{
    map_stream("TRIM_HORIZON", ",'BatchSize':3,'MaximumBatchingWindowInSeconds':5");
    put("a");
    world_advance(&fixture_world, 4999);
    ck_assert_str_eq(read_seen(), "");
    world_advance(&fixture_world, 1);
    expect_seen("YQ==\n");
    put("a");
    put("b");
    put("c");
    expect_seen("YQ==\nYQ== Yg== Yw==\n");
}
END_TEST

START_TEST(a_failed_batch_is_tried_again_and_blocks_its_shard)
{
    map_stream("TRIM_HORIZON", ",'MaximumRetryAttempts':1");
    put("poison");
    expect_seen("cG9pc29u\n");
    put("b");
    world_advance(&fixture_world, 499);
    expect_seen("cG9pc29u\n");
    world_advance(&fixture_world, 1);
    expect_seen("cG9pc29u\ncG9pc29u\nYg==\n"); /* given up, and on with the next */
}
END_TEST

START_TEST(pauses_double_while_a_batch_fails)
{
    map_stream("TRIM_HORIZON", "");
    put("poison");
    expect_seen("cG9pc29u\n");
    world_advance(&fixture_world, 500);
    expect_seen("cG9pc29u\ncG9pc29u\n");
    world_advance(&fixture_world, 999);
    expect_seen("cG9pc29u\ncG9pc29u\n");
    world_advance(&fixture_world, 1);
    expect_seen("cG9pc29u\ncG9pc29u\ncG9pc29u\n");
}
END_TEST

START_TEST(bisecting_finds_the_poison)
{
    put("a");
    put("b");
    put("poison");
    put("d");
    map_stream("TRIM_HORIZON", ",'BisectBatchOnFunctionError':true,'MaximumRetryAttempts':0");
    expect_seen("YQ== Yg== cG9pc29u ZA==\n");
    world_advance(&fixture_world, 500);
    expect_seen("YQ== Yg== cG9pc29u ZA==\nYQ== Yg==\ncG9pc29u ZA==\n");
    world_advance(&fixture_world, 500);
    expect_seen("YQ== Yg== cG9pc29u ZA==\nYQ== Yg==\ncG9pc29u ZA==\ncG9pc29u\nZA==\n");
}
END_TEST

START_TEST(a_record_that_is_too_old_is_given_up)
{
    const struct trace *trace = fixture_world.ground.trace;
    int faults = 0;

    put("old");
    world_advance(&fixture_world, 61000);
    put("new");
    map_stream("TRIM_HORIZON", ",'MaximumRecordAgeInSeconds':60");
    expect_seen("bmV3\n");
    for (uint64_t id = 1; id <= trace_newest(trace); id++)
        faults += !strcmp(trace_find(trace, id)->note, "RecordAgeExceeded");
    ck_assert_int_eq(faults, 1);
}
END_TEST

START_TEST(a_partial_answer_moves_the_place)
{
    /* The function says which record failed: the second of the first batch, by its sequence number. */
    workshop_deploy_shell("f",
                          "n=$((n+1)); line=; rest=$event; ids=()\n"
                          "while [[ $rest =~ \\\"sequenceNumber\\\":\\\"([0-9]*)\\\",\\\"data\\\":\\\"([^\\\"]*)\\\"(.*) ]]; do\n"
                          "  ids+=(${BASH_REMATCH[1]}); line=\"$line ${BASH_REMATCH[2]}\"; rest=${BASH_REMATCH[3]}; done\n"
                          "echo $line >>seen.swp; answer='{}'\n"
                          "[ $n = 1 ] && answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${ids[1]}\\\"}]}\"\n",
                          "");
    put("a");
    put("b");
    put("c");
    map_stream("TRIM_HORIZON", ",'FunctionResponseTypes':['ReportBatchItemFailures']");
    expect_seen("YQ== Yg== Yw==\n");
    world_advance(&fixture_world, 500);
    expect_seen("YQ== Yg== Yw==\nYg== Yw==\n");
}
END_TEST

START_TEST(a_disabled_mapping_rests_and_goes_on_where_it_was)
{
    const char *uuid = map_stream("TRIM_HORIZON", "");
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s','Enabled':false}", uuid);
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "UpdateEventSourceMapping", input), "State")), "Disabling");
    put("a");
    world_advance(&fixture_world, 1000);
    ck_assert_str_eq(read_seen(), "");
    snprintf(input, sizeof input, "{'UUID':'%s'}", uuid);
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "GetEventSourceMapping", input), "State")), "Disabled");
    snprintf(input, sizeof input, "{'UUID':'%s','Enabled':true}", uuid);
    fixture_done(lambda(), "UpdateEventSourceMapping", input);
    expect_seen("YQ==\n");
}
END_TEST

START_TEST(a_deleted_mapping_delivers_nothing_more)
{
    char input[200];

    snprintf(input, sizeof input, "{'UUID':'%s'}", map_stream("TRIM_HORIZON", ""));
    put("a"); /* in flight when the mapping goes */
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "DeleteEventSourceMapping", input), "State")), "Deleting");
    put("b");
    expect_seen("YQ==\n");
    ck_assert_int_eq(fixture_call(lambda(), "GetEventSourceMapping", input).error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

START_TEST(a_filter_holds_records_back)
{
    map_stream("TRIM_HORIZON", ",'FilterCriteria':{'Filters':[{'Pattern':'{\\'data\\':{\\'a\\':[1]}}'}]}");
    put("{\"a\":2}");
    put("{\"a\":1}");
    expect_seen("eyJhIjoxfQ==\n");
}
END_TEST

START_TEST(two_mappings_of_one_pair_are_refused)
{
    struct fixture_answer answer;
    const char *uuid = map_stream("LATEST", "");

    answer = fixture_call(lambda(), "CreateEventSourceMapping",
                          "{'FunctionName':'f','EventSourceArn':'" STREAM "','StartingPosition':'LATEST'}");
    ck_assert_int_eq(answer.error, ERR_RESOURCE_CONFLICT);
    ck_assert_ptr_nonnull(
        strstr(answer.message, "The event source arn (\" " STREAM " \") and function (\" f \") provided mapping already"));
    ck_assert_ptr_nonnull(strstr(answer.message, uuid));
}
END_TEST

START_TEST(what_was_given_comes_back)
{
    char input[200];
    json_t *answer;

    snprintf(input, sizeof input, "{'UUID':'%s'}",
             map_stream("TRIM_HORIZON", ",'ParallelizationFactor':2,'DestinationConfig':{'OnFailure':{'Destination':'arn:aws:sqs:x'}}"));
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

    tcase_add_checked_fixture(tests, open_stream, workshop_close);
    tcase_set_timeout(tests, 60);
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
    tcase_add_test(tests, what_was_given_comes_back);
    suite_add_tcase(suite, tests);
    return suite;
}
