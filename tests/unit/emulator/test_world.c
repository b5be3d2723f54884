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

static const struct service *dynamodb(void)
{
    return dynamodb_service(fixture_world.dynamodb);
}

static void fill_file(void)
{
    open_kept();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    for (int i = 0; i < 5; i++)
        fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    fixture_done(dynamodb(), "CreateTable",
                 "{'TableName':'table','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
                 "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'StreamSpecification':{'StreamEnabled':true,"
                 "'StreamViewType':'KEYS_ONLY'}}");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'table','Item':{'p':{'S':'a'},'x':{'L':[]}}}");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'table','Item':{'p':{'S':'b'},'x':{'L':[]}}}");
    loop_turn(fixture_world.ground.loop, 0);
    fixture_close();
}

static void say(const char *sql)
{
    char path[96];
    sqlite3 *handle;

    snprintf(path, sizeof path, "%s/lowcloud.sqlite", folder);
    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    ck_assert_int_gt(sqlite3_changes(handle), 0);
    sqlite3_close(handle);
}

/* To sqlite the file is sound. */
static const char *const damages[] = {
    "UPDATE dynamodb_tables SET definition = substr(definition, 2)",
    "UPDATE dynamodb_tables SET definition = '{}'",
    "UPDATE dynamodb_tables SET definition = NULL",
    "UPDATE dynamodb_tables SET definition = json_remove(definition, '$.KeySchema')",
    "UPDATE dynamodb_tables SET definition = json_set(definition, '$.KeySchema[0].AttributeName', 7)",
    "UPDATE dynamodb_tables SET definition = json_set(definition, '$.AttributeDefinitions', 7)",
    "UPDATE dynamodb_tables SET definition = json_set(definition, '$.GlobalSecondaryIndexes', json('[{}]'))",
    "UPDATE dynamodb_streams SET document = '[1]'",
    "UPDATE kinesis_stream SET document = '[]'",
    "UPDATE kinesis_stream SET document = replace(document, 'first', 'last')",
    "UPDATE kinesis_record SET position = 50 WHERE position = 3",
    "UPDATE kinesis_record SET shard = 9 WHERE position = 5",
};

START_TEST(what_we_did_not_write_is_refused)
{
    struct world_options options = { .port = -1, .seed = 1, .data_directory = folder };

    fill_file();
    say(damages[_i]);
    ck_assert_int_eq(world_open(&fixture_world, &options), BROKEN);
    world_close(&fixture_world);
}
END_TEST

START_TEST(an_item_that_is_damaged_fails_alone)
{
    fill_file();
    say("UPDATE dynamodb_table_1 SET item = x'05ffffffff' WHERE part = (SELECT min(part) FROM dynamodb_table_1)");
    open_kept();
    ck_assert_int_eq((fixture_call(dynamodb(), "GetItem", "{'TableName':'table','Key':{'p':{'S':'a'}}}").error != 0) +
                         (fixture_call(dynamodb(), "GetItem", "{'TableName':'table','Key':{'p':{'S':'b'}}}").error != 0),
                     1);
    ck_assert_int_eq(fixture_call(dynamodb(), "Scan", "{'TableName':'table'}").error, ERR_INTERNAL_SERVER_ERROR);
    fixture_done(dynamodb(), "PutItem", "{'TableName':'table','Item':{'p':{'S':'c'}}}");
    fixture_close();
}
END_TEST

static const char *id_of_a_new_table(void)
{
    json_t *answer =
        fixture_done(dynamodb(), "CreateTable",
                     "{'TableName':'fixes','BillingMode':'PAY_PER_REQUEST','KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],"
                     "'AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}]}");

    return json_string_value(json_object_get(json_object_get(answer, "TableDescription"), "TableId"));
}

START_TEST(the_same_seed_gives_the_same_ids)
{
    char first[64];

    fixture_open();
    snprintf(first, sizeof first, "%s", id_of_a_new_table());
    fixture_close();
    fixture_open();
    ck_assert_str_eq(first, id_of_a_new_table());
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
    tcase_add_loop_test(tests, what_we_did_not_write_is_refused, 0, sizeof damages / sizeof *damages);
    tcase_add_test(tests, an_item_that_is_damaged_fails_alone);
    tcase_add_test(tests, the_same_seed_gives_the_same_ids);
    suite_add_tcase(suite, tests);
    return suite;
}
