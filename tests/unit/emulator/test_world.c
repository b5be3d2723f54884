/* A world that keeps its data: what was acknowledged is there when another world opens the same folder. */

#include "suites.h"

#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static char folder[64];

static void make_folder(void)
{
    strcpy(folder, "/tmp/lowcloud-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
}

static void remove_folder(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

static void open_kept(void)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = FIXTURE_TIME_MS, .data_directory = folder };

    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
}

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

START_TEST(a_streams_records_outlive_the_process)
{
    char input[700];
    json_t *answer;

    open_kept();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':2}");
    for (int i = 0; i < 10; i++)
        fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    fixture_close();

    open_kept();
    answer = fixture_done(kinesis(), "GetShardIterator",
                          "{'StreamName':'fixes','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}");
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    answer = fixture_done(kinesis(), "GetRecords", input);
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "Records")), 10);
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    fixture_close();

    open_kept();
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStream", "{'StreamName':'fixes'}").error, ERR_RESOURCE_NOT_FOUND);
    fixture_close();
}
END_TEST

START_TEST(a_damaged_data_file_is_refused)
{
    struct world_options options = { .port = -1, .seed = 1, .data_directory = folder };
    char path[96];
    FILE *file;

    snprintf(path, sizeof path, "%s/lowcloud.sqlite", folder);
    file = fopen(path, "w");
    for (int i = 0; i < 1000; i++)
        fputs("this is no database ", file);
    fclose(file);
    ck_assert_int_eq(world_open(&fixture_world, &options), BROKEN);
    world_close(&fixture_world);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_ids)
{
    char first[64];

    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    snprintf(first, sizeof first, "%s",
             json_string_value(json_object_get(
                 json_object_get(fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}"), "StreamDescriptionSummary"),
                 "StreamId")));
    fixture_close();
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    ck_assert_str_eq(
        first, json_string_value(json_object_get(
                   json_object_get(fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}"), "StreamDescriptionSummary"),
                   "StreamId")));
    fixture_close();
}
END_TEST

Suite *suite_world(void)
{
    Suite *suite = suite_create("world");
    TCase *tests = tcase_create("world");

    tcase_add_checked_fixture(tests, make_folder, remove_folder);
    tcase_add_test(tests, a_streams_records_outlive_the_process);
    tcase_add_test(tests, a_damaged_data_file_is_refused);
    tcase_add_test(tests, the_same_seed_gives_the_same_ids);
    suite_add_tcase(suite, tests);
    return suite;
}
