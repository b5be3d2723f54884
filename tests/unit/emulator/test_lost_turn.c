/* A full disk: a turn whose commit fails is lost as a whole, what stands in memory follows, and the next turns are kept again. */

#include "suites.h"

#include "fixture.h"
#include "lambda/directory.h"

#include <stdlib.h>
#include <string.h>

static char data[64];
static bool is_full;

/* sqlite asks this at each commit: anything but 0 makes it take the transaction back, as it does when the disk is full. */
static int refuse(void *context)
{
    (void)context;
    return is_full;
}

static void open_kept(void)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = FIXTURE_TIME_MS, .data_directory = data };

    is_full = false;
    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
    sqlite3_commit_hook(database_handle(fixture_world.ground.database), refuse, NULL);
}

static void open_first(void)
{
    strcpy(data, "/tmp/lowcloud-data-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(data));
    open_kept();
}

static void close_last(void)
{
    is_full = false;
    fixture_close();
    directory_remove(data);
}

static void end_turn(void)
{
    loop_turn(fixture_world.ground.loop, 0);
}

static void restart(void)
{
    end_turn();
    fixture_close();
    open_kept();
}

static const struct service *dynamodb(void)
{
    return dynamodb_service(fixture_world.dynamodb);
}

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static void create_table(const char *name)
{
    char input[400];

    snprintf(input, sizeof input,
             "{'TableName':'%s','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],"
             "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}],'StreamSpecification':{'StreamEnabled':true,"
             "'StreamViewType':'KEYS_ONLY'}}",
             name);
    fixture_done(dynamodb(), "CreateTable", input);
}

static void expect_items(const char *table, int count)
{
    char input[100];
    json_t *scan;
    json_t *description;

    snprintf(input, sizeof input, "{'TableName':'%s'}", table);
    scan = fixture_done(dynamodb(), "Scan", input);
    ck_assert_int_eq(json_integer_value(json_object_get(scan, "Count")), count);
    description = fixture_done(dynamodb(), "DescribeTable", input);
    ck_assert_int_eq(json_integer_value(json_object_get(json_object_get(description, "Table"), "ItemCount")), count);
}

START_TEST(tables_and_items_are_as_they_are_kept)
{
    create_table("kept");
    create_table("doomed");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'kept','Item':{'p':{'S':'a'}}}");
    end_turn();

    is_full = true;
    create_table("new");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'kept','Item':{'p':{'S':'b'}}}");
    fixture_done(dynamodb(), "DeleteItem", "{'TableName':'kept','Key':{'p':{'S':'a'}}}");
    fixture_done(dynamodb(), "TagResource",
                 "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/kept','Tags':[{'Key':'k','Value':'v'}]}");
    fixture_done(dynamodb(), "DeleteTable", "{'TableName':'doomed'}");
    end_turn();

    ck_assert_int_eq(fixture_call(dynamodb(), "DescribeTable", "{'TableName':'new'}").error, ERR_RESOURCE_NOT_FOUND);
    expect_items("kept", 1);
    expect_items("doomed", 0);
    fixture_expect(fixture_done(dynamodb(), "ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/kept'}"),
                   "{'Tags':[]}");

    is_full = false;
    create_table("new");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'kept','Item':{'p':{'S':'c'}}}");
    fixture_done(dynamodb(), "PutItem", "{'TableName':'doomed','Item':{'p':{'S':'c'}}}");
    restart();
    expect_items("new", 0);
    expect_items("kept", 2);
    expect_items("doomed", 1);
}
END_TEST

static void put_record(void)
{
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'kept','PartitionKey':'a','Data':'MQ=='}");
}

static size_t record_count(const char *stream)
{
    char input[700];
    json_t *answer;

    snprintf(input, sizeof input, "{'StreamName':'%s','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}", stream);
    answer = fixture_done(kinesis(), "GetShardIterator", input);
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    answer = fixture_done(kinesis(), "GetRecords", input);
    return json_array_size(json_object_get(answer, "Records"));
}

START_TEST(streams_are_as_they_are_kept_and_their_records_stay)
{
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'kept','ShardCount':1}");
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'doomed','ShardCount':1}");
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'doomed','PartitionKey':'a','Data':'MQ=='}");
    put_record();
    end_turn();

    is_full = true;
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'new','ShardCount':1}");
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'doomed'}");
    fixture_done(kinesis(), "IncreaseStreamRetentionPeriod", "{'StreamName':'kept','RetentionPeriodHours':48}");
    put_record();
    put_record();
    end_turn();

    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStream", "{'StreamName':'new'}").error, ERR_RESOURCE_NOT_FOUND);
    ck_assert_uint_eq(record_count("doomed"), 1);
    ck_assert_uint_eq(record_count("kept"), 3); /* seen, perhaps; told as failed, so that a producer may put them again */

    put_record(); /* still full: nothing is kept of this either */
    end_turn();
    is_full = false;
    put_record();
    restart();
    ck_assert_uint_eq(record_count("kept"), 5);
    ck_assert_uint_eq(record_count("doomed"), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(
                         json_object_get(fixture_done(kinesis(), "DescribeStream", "{'StreamName':'kept'}"), "StreamDescription"),
                         "RetentionPeriodHours")),
                     48);
}
END_TEST

START_TEST(a_producer_that_tries_on_fills_no_memory)
{
    char *input = malloc(1 << 20);
    int length = sprintf(input, "{'StreamName':'kept','PartitionKey':'a','Data':'");
    int taken = 0;

    memset(input + length, 'A', 800000);
    strcpy(input + length + 800000, "'}");
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'kept','ShardCount':1}");
    end_turn();
    is_full = true;
    for (int i = 0; i < 30; i++) {
        taken += fixture_call(kinesis(), "PutRecord", input).error == ERR_NONE;
        end_turn();
    }
    ck_assert_int_gt(taken, 0);
    ck_assert_int_lt(taken, 12);
    is_full = false;
    fixture_call(kinesis(), "PutRecord", input); /* keeps those before it, at least */
    end_turn();
    fixture_done(kinesis(), "PutRecord", input);
    restart();
    put_record();
    free(input);
}
END_TEST

/* A function whose bootstrap exits at once. */
#define ARCHIVE                                                                                                            \
    "UEsDBBQAAAAAAHs5eF2ncjK+EQAAABEAAAAJAAAAYm9vdHN0cmFwIyEvYmluL3NoCmV4aXQgNQpQSwECPwMUAAAAAAB7OXhdp3IyvhEAAAARAAAACQAA" \
    "AAAAAAAAAAAA7YEAAAAAYm9vdHN0cmFwUEsFBgAAAAABAAEANwAAADgAAAAAAA=="

static void create_function(const char *name)
{
    char input[700];

    snprintf(input, sizeof input,
             "{'FunctionName':'%s','Runtime':'provided.al2023','Handler':'h','Role':'r','Code':{'ZipFile':'" ARCHIVE "'},'Timeout':7}",
             name);
    fixture_done(lambda(), "CreateFunction", input);
}

static int64_t timeout_of(const char *name)
{
    char input[100];

    snprintf(input, sizeof input, "{'FunctionName':'%s'}", name);
    return json_integer_value(json_object_get(fixture_done(lambda(), "GetFunctionConfiguration", input), "Timeout"));
}

START_TEST(functions_are_as_they_are_kept)
{
    create_function("kept");
    create_function("doomed");
    end_turn();

    is_full = true;
    create_function("new");
    fixture_done(lambda(), "UpdateFunctionConfiguration", "{'FunctionName':'kept','Timeout':9}");
    fixture_done(lambda(), "DeleteFunction", "{'FunctionName':'doomed'}");
    end_turn();

    ck_assert_int_eq(fixture_call(lambda(), "GetFunction", "{'FunctionName':'new'}").error, ERR_RESOURCE_NOT_FOUND);
    ck_assert_int_eq(timeout_of("kept"), 7);
    ck_assert_int_eq(timeout_of("doomed"), 7);

    is_full = false;
    create_function("new");
    restart();
    ck_assert_int_eq(timeout_of("new"), 7);
    ck_assert_int_eq(timeout_of("kept"), 7);
}
END_TEST

/* ---- what operations change of a table ---- */

#define HELD "'TableName':'held'"
#define HELD_ARN "'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/held'"

static const char *const questions[][2] = {
    { "DescribeTable", "{" HELD "}" },
    { "DescribeTimeToLive", "{" HELD "}" },
    { "DescribeContinuousBackups", "{" HELD "}" },
    { "DescribeContributorInsights", "{" HELD "}" },
    { "DescribeContributorInsights", "{" HELD ",'IndexName':'by-a'}" },
    { "DescribeKinesisStreamingDestination", "{" HELD "}" },
    { "ListTagsOfResource", "{" HELD_ARN "}" },
    { "Query", "{" HELD ",'IndexName':'by-a','KeyConditionExpression':'a = :a','ExpressionAttributeValues':{':a':{'S':'x'}}}" },
};

static const char *const changes[][2] = {
    { "UpdateTable", "{" HELD ",'ProvisionedThroughput':{'ReadCapacityUnits':9,'WriteCapacityUnits':9}}" },
    { "UpdateTable", "{" HELD ",'BillingMode':'PAY_PER_REQUEST'}" },
    { "UpdateTable",
      "{" HELD ",'AttributeDefinitions':[{'AttributeName':'b','AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':{"
      "'IndexName':'by-b','KeySchema':[{'AttributeName':'b','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},"
      "'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}}]}" },
    { "UpdateTable", "{" HELD ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'by-a'}}]}" },
    { "UpdateTable", "{" HELD ",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}}" },
    { "UpdateTable", "{" HELD ",'SSESpecification':{'Enabled':true}}" },
    { "UpdateTable", "{" HELD ",'TableClass':'STANDARD_INFREQUENT_ACCESS'}" },
    { "UpdateTable", "{" HELD ",'DeletionProtectionEnabled':true}" },
    { "UpdateTimeToLive", "{" HELD ",'TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}" },
    { "UpdateContinuousBackups", "{" HELD ",'PointInTimeRecoverySpecification':{'PointInTimeRecoveryEnabled':true}}" },
    { "UpdateContributorInsights", "{" HELD ",'ContributorInsightsAction':'ENABLE'}" },
    { "UpdateContributorInsights", "{" HELD ",'IndexName':'by-a','ContributorInsightsAction':'ENABLE'}" },
    { "EnableKinesisStreamingDestination", "{" HELD ",'StreamArn':'arn:aws:kinesis:us-east-1:000000000000:stream/fed'}" },
    { "TagResource", "{" HELD_ARN ",'Tags':[{'Key':'k','Value':'v'}]}" },
    { "DeleteTable", "{" HELD "}" },
};
enum { QUESTIONS = sizeof questions / sizeof *questions, CHANGES = sizeof changes / sizeof *changes };

static void create_held(void)
{
    fixture_done(
        dynamodb(), "CreateTable",
        "{" HELD ",'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'a','AttributeType':'S'}],"
        "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'ProvisionedThroughput':{'ReadCapacityUnits':1,"
        "'WriteCapacityUnits':1},'GlobalSecondaryIndexes':[{'IndexName':'by-a','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],"
        "'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}]}");
    fixture_done(dynamodb(), "PutItem", "{" HELD ",'Item':{'id':{'S':'1'},'a':{'S':'x'},'b':{'S':'y'}}}");
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fed','ShardCount':1}");
    end_turn();
}

/* All that is told of the table, to be freed. */
static json_t *told(void)
{
    json_t *all = json_array();

    for (size_t i = 0; i < QUESTIONS; i++)
        json_array_append_new(all, json_deep_copy(fixture_done(dynamodb(), questions[i][0], questions[i][1])));
    return all;
}

static void expect_told(json_t *before)
{
    json_t *after = told();

    for (size_t i = 0; i < QUESTIONS; i++) {
        char *was = json_dumps(json_array_get(before, i), JSON_COMPACT | JSON_SORT_KEYS);
        char *is = json_dumps(json_array_get(after, i), JSON_COMPACT | JSON_SORT_KEYS);

        ck_assert_msg(!strcmp(was, is), "%s\n tells %s\n and not %s", questions[i][0], is, was);
        free(was);
        free(is);
    }
    json_decref(after);
}

START_TEST(what_a_lost_change_made_of_a_table_is_taken_back)
{
    json_t *before;

    create_held();
    before = told();
    is_full = true;
    ck_assert_int_eq(fixture_call(dynamodb(), changes[_i][0], changes[_i][1]).error, ERR_NONE);
    end_turn();
    expect_told(before);
    is_full = false;
    fixture_done(dynamodb(), changes[_i][0], changes[_i][1]); /* it can be asked for again */
    end_turn();
    json_decref(before);
}
END_TEST

/* Nothing may be written, as in a file whose pages cannot be read: sqlite refuses to prepare the statements already. */
static int forbid_writing(void *context, int action, const char *a, const char *b, const char *c, const char *d)
{
    (void)context, (void)a, (void)b, (void)c, (void)d;
    return action == SQLITE_INSERT || action == SQLITE_DELETE || action == SQLITE_UPDATE ? SQLITE_DENY : SQLITE_OK;
}

START_TEST(what_could_not_begin_to_be_written_is_taken_back)
{
    sqlite3 *handle = database_handle(fixture_world.ground.database);
    json_t *before;

    create_held();
    before = told();
    sqlite3_set_authorizer(handle, forbid_writing, NULL);
    ck_assert_int_eq(fixture_call(dynamodb(), changes[_i][0], changes[_i][1]).error, ERR_INTERNAL_SERVER_ERROR);
    end_turn();
    expect_told(before);
    sqlite3_set_authorizer(handle, NULL, NULL);
    fixture_done(dynamodb(), changes[_i][0], changes[_i][1]);
    end_turn();
    json_decref(before);
}
END_TEST

/* ---- applications ---- */

static const struct service *analytics(void)
{
    return analytics_service_v1(fixture_world.analytics);
}

#define ROLE "'RoleARN':'arn:aws:iam::000000000000:role/r'"

/* Reads "fixes", puts rows into "rows". */
static void create_application(const char *name)
{
    char input[1500];

    snprintf(
        input, sizeof input,
        "{'ApplicationName':'%s','ApplicationCode':'CREATE STREAM OUT (A INT); CREATE PUMP P AS INSERT INTO OUT SELECT STREAM A FROM "
        "S_001','Inputs':[{'NamePrefix':'S','KinesisStreamsInput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes',"
        "" ROLE "},'InputSchema':{'RecordFormat':{'RecordFormatType':'JSON'},'RecordColumns':[{'Name':'A','SqlType':'INT','Mapping':"
        "'$.a'}]}}],'Outputs':[{'Name':'OUT','KinesisStreamsOutput':{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/rows',"
        "" ROLE "},'DestinationSchema':{'RecordFormatType':'JSON'}}]}",
        name);
    fixture_done(analytics(), "CreateApplication", input);
}

static void expect_application(const char *name, const char *status, int version)
{
    char input[100];
    json_t *detail;

    snprintf(input, sizeof input, "{'ApplicationName':'%s'}", name);
    detail = json_object_get(fixture_done(analytics(), "DescribeApplication", input), "ApplicationDetail");
    ck_assert_str_eq(json_string_value(json_object_get(detail, "ApplicationStatus")), status);
    ck_assert_int_eq(json_integer_value(json_object_get(detail, "ApplicationVersionId")), version);
}

static void pass_row_on(size_t count)
{
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'k','Data':'eyJhIjoxfQ=='}");
    for (int turns = 0; turns < 10; turns++)
        end_turn();
    ck_assert_uint_eq(record_count("rows"), count);
}

START_TEST(applications_are_as_they_are_kept)
{
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'rows','ShardCount':1}");
    create_application("kept");
    create_application("doomed");
    fixture_done(analytics(), "StartApplication",
                 "{'ApplicationName':'kept','InputConfigurations':[{'Id':'1.1','InputStartingPositionConfiguration':{"
                 "'InputStartingPosition':'TRIM_HORIZON'}}]}");
    end_turn();
    pass_row_on(1);

    is_full = true;
    create_application("new");
    fixture_done(
        analytics(), "UpdateApplication",
        "{'ApplicationName':'kept','CurrentApplicationVersionId':1,'ApplicationUpdate':{'ApplicationCodeUpdate':'CREATE STREAM OUT "
        "(A INT)'}}");
    fixture_done(analytics(), "StopApplication", "{'ApplicationName':'kept'}");
    fixture_done(analytics(), "TagResource",
                 "{'ResourceARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/kept','Tags':[{'Key':'k','Value':'v'}]}");
    fixture_done(analytics(), "DeleteApplication", "{'ApplicationName':'doomed','CreateTimestamp':1700000000}");
    end_turn();
    is_full = false;
    end_turn();

    ck_assert_int_eq(fixture_call(analytics(), "DescribeApplication", "{'ApplicationName':'new'}").error, ERR_RESOURCE_NOT_FOUND);
    expect_application("kept", "RUNNING", 1);
    expect_application("doomed", "READY", 1);
    fixture_expect(fixture_done(analytics(), "ListTagsForResource",
                                "{'ResourceARN':'arn:aws:kinesisanalytics:us-east-1:000000000000:application/kept'}"),
                   "{'Tags':[]}");
    pass_row_on(2);
    create_application("new");
    restart();
    end_turn();
    expect_application("new", "READY", 1);
    expect_application("kept", "RUNNING", 1);
    pass_row_on(3);
}
END_TEST

/* sqlite itself runs out of room in the middle of a turn. */
START_TEST(a_write_that_fails_loses_its_turn)
{
    sqlite3 *handle = database_handle(fixture_world.ground.database);
    char input[4000];
    char *text = memset(malloc(3000), 'x', 3000);
    int stored = 0;
    struct fixture_answer answer;

    text[2999] = '\0';
    create_table("kept");
    end_turn();
    ck_assert_int_eq(sqlite3_exec(handle, "PRAGMA max_page_count = 1", NULL, NULL, NULL), SQLITE_OK); /* of what it has: no more */
    fixture_done(dynamodb(), "PutItem", "{'TableName':'kept','Item':{'p':{'S':'small'}}}");
    do {
        snprintf(input, sizeof input, "{'TableName':'kept','Item':{'p':{'S':'%d'},'x':{'S':'%s'}}}", stored++, text);
        answer = fixture_call(dynamodb(), "PutItem", input);
    } while (!answer.error && stored < 100);
    ck_assert_int_eq(answer.error, ERR_INTERNAL_SERVER_ERROR);
    ck_assert_int_eq(fixture_call(dynamodb(), "PutItem", "{'TableName':'kept','Item':{'p':{'S':'later'}}}").error,
                     ERR_INTERNAL_SERVER_ERROR);
    end_turn();
    expect_items("kept", 0);
    ck_assert_int_eq(sqlite3_exec(handle, "PRAGMA max_page_count = 100000", NULL, NULL, NULL), SQLITE_OK);
    fixture_done(dynamodb(), "PutItem", input);
    restart();
    expect_items("kept", 1);
    free(text);
}
END_TEST

Suite *suite_lost_turn(void)
{
    Suite *suite = suite_create("lost turn");
    TCase *tests = tcase_create("lost turn");

    tcase_add_checked_fixture(tests, open_first, close_last);
    tcase_add_test(tests, tables_and_items_are_as_they_are_kept);
    tcase_add_test(tests, streams_are_as_they_are_kept_and_their_records_stay);
    tcase_add_test(tests, a_producer_that_tries_on_fills_no_memory);
    tcase_add_test(tests, functions_are_as_they_are_kept);
    tcase_add_loop_test(tests, what_a_lost_change_made_of_a_table_is_taken_back, 0, CHANGES);
    tcase_add_loop_test(tests, what_could_not_begin_to_be_written_is_taken_back, 0, CHANGES);
    tcase_add_test(tests, applications_are_as_they_are_kept);
    tcase_add_test(tests, a_write_that_fails_loses_its_turn);
    suite_add_tcase(suite, tests);
    return suite;
}
