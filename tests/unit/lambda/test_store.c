/* With a data directory, what came through the API is there again after the end, however it came. */

#include "suites.h"

#include "base/base64.h"
#include "lambda/directory.h"
#include "lambda/function.h"
#include "lambda/room.h"
#include "workshop.h"

#include <stdlib.h>
#include <string.h>

static char data[64];

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static void open_kept(void)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = FIXTURE_TIME_MS, .data_directory = data };

    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
}

static void open_first(void)
{
    strcpy(data, "/tmp/lowcloud-data-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(data));
    open_kept();
}

static void close_last(void)
{
    fixture_close();
    directory_remove(data);
}

/* The world ends and begins anew, on the same files. */
static void restart(void)
{
    loop_turn(fixture_world.ground.loop, 0); /* its end commits */
    fixture_close();
    open_kept();
    loop_turn(fixture_world.ground.loop, 0);
}

/* A function whose bootstrap, stored without compression in this archive, exits with 5 at once. */
#define ARCHIVE                                                                                                            \
    "UEsDBBQAAAAAAHs5eF2ncjK+EQAAABEAAAAJAAAAYm9vdHN0cmFwIyEvYmluL3NoCmV4aXQgNQpQSwECPwMUAAAAAAB7OXhdp3IyvhEAAAARAAAACQAA" \
    "AAAAAAAAAAAA7YEAAAAAYm9vdHN0cmFwUEsFBgAAAAABAAEANwAAADgAAAAAAA=="

static void create(void)
{
    fixture_done(lambda(), "CreateFunction",
                 "{'FunctionName':'f','Runtime':'provided.al2023','Handler':'h','Role':'r','Code':{'ZipFile':'" ARCHIVE
                 "'},'Tags':{'t':'v'},'Timeout':7}");
}

START_TEST(a_function_is_there_again_with_its_versions_and_settings)
{
    json_t *before;
    json_t *after;

    create();
    fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f'}");
    fixture_done(lambda(), "CreateAlias", "{'FunctionName':'f','Name':'prod','FunctionVersion':'1','Description':'d'}");
    fixture_done(lambda(), "AddPermission",
                 "{'FunctionName':'f','StatementId':'s','Action':'lambda:InvokeFunction','Principal':'apigateway.amazonaws.com'}");
    fixture_done(lambda(), "PutFunctionConcurrency", "{'FunctionName':'f','ReservedConcurrentExecutions':3}");
    before = json_deep_copy(json_object_get(fixture_done(lambda(), "GetFunction", "{'FunctionName':'f'}"), "Configuration"));
    restart();
    after = fixture_done(lambda(), "GetFunction", "{'FunctionName':'f'}");
    ck_assert(json_equal(before, json_object_get(after, "Configuration")));
    fixture_expect(json_object_get(after, "Tags"), "{'t':'v'}");
    fixture_expect(json_object_get(after, "Concurrency"), "{'ReservedConcurrentExecutions':3}");
    json_decref(before);
    after = fixture_done(lambda(), "GetAlias", "{'FunctionName':'f','Name':'prod'}");
    ck_assert_str_eq(json_string_value(json_object_get(after, "FunctionVersion")), "1");
    ck_assert_str_eq(json_string_value(json_object_get(after, "Description")), "d");
    ck_assert_ptr_nonnull(json_object_get(fixture_done(lambda(), "GetPolicy", "{'FunctionName':'f'}"), "Policy"));
    ck_assert_str_eq(json_string_value(json_object_get(fixture_done(lambda(), "PublishVersion", "{'FunctionName':'f'}"), "Version")), "1");
    ck_assert_ptr_nonnull(strstr(workshop_invoke("f:prod", "{}").payload, "exit status 5"));
}
END_TEST

START_TEST(a_deleted_function_stays_away)
{
    create();
    fixture_done(lambda(), "DeleteFunction", "{'FunctionName':'f'}");
    restart();
    ck_assert_int_eq(fixture_call(lambda(), "GetFunction", "{'FunctionName':'f'}").error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

START_TEST(a_mapping_goes_on_where_it_was)
{
    const struct trace *trace;
    const char *mapping = "{'FunctionName':'f','EventSourceArn':'arn:aws:kinesis:us-east-1:000000000000:stream/s',"
                          "'StartingPosition':'TRIM_HORIZON','MaximumRetryAttempts':0}";
    char uuid[40];
    int64_t deadline_us = fixture_deadline_us();
    int batches = 0;

    create();
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'s','ShardCount':1}");
    world_advance(&fixture_world, 1000);
    strcpy(uuid, json_string_value(json_object_get(fixture_done(lambda(), "CreateEventSourceMapping", mapping), "UUID")));
    fixture_done(kinesis_service(fixture_world.kinesis), "PutRecord", "{'StreamName':'s','PartitionKey':'k','Data':'YQ=='}");
    trace = fixture_world.ground.trace;
    /* Its one record fails at once and is given up: done with. */
    while (clock_stopwatch_us() < deadline_us &&
           strcmp(trace_newest(trace) ? trace_find(trace, trace_newest(trace))->note : "", "RetryAttemptsExhausted"))
        loop_turn(fixture_world.ground.loop, 20);
    restart();
    trace = fixture_world.ground.trace;
    ck_assert_int_eq(fixture_world.lambda->mappings.count, 1);
    ck_assert_ptr_nonnull(map_find(&fixture_world.lambda->mappings, uuid));
    for (uint64_t id = 1; id <= trace_newest(trace); id++)
        batches += trace_find(trace, id)->kind == TRACE_BATCH;
    ck_assert_int_eq(batches, 0);
    fixture_done(kinesis_service(fixture_world.kinesis), "PutRecord", "{'StreamName':'s','PartitionKey':'k','Data':'Yg=='}");
    loop_turn(fixture_world.ground.loop, 0);
    for (uint64_t id = 1; id <= trace_newest(trace); id++)
        batches += trace_find(trace, id)->kind == TRACE_BATCH;
    ck_assert_int_eq(batches, 1);
}
END_TEST

Suite *suite_lambda_store(void)
{
    Suite *suite = suite_create("lambda store");
    TCase *tests = tcase_create("store");

    tcase_add_checked_fixture(tests, open_first, close_last);
    tcase_add_test(tests, a_function_is_there_again_with_its_versions_and_settings);
    tcase_add_test(tests, a_deleted_function_stays_away);
    tcase_add_test(tests, a_mapping_goes_on_where_it_was);
    suite_add_tcase(suite, tests);
    return suite;
}
