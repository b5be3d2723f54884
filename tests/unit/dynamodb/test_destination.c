/* Kinesis streams as destinations of a table's changes (facts: DynamoDB, 13; texts as measured on AWS in October 2026). */

#include "suites.h"

#include "base/base64.h"
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/changes"

static const struct service *dynamodb(void)
{
    return dynamodb_service(fixture_world.dynamodb);
}

static json_t *ask(const char *operation, const char *input)
{
    return fixture_done(dynamodb(), operation, input);
}

static void open_world(void)
{
    fixture_open();
    ask("CreateTable", "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                       "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    fixture_done(kinesis_service(fixture_world.kinesis), "CreateStream", "{'StreamName':'changes','ShardCount':1}");
}

static void enable(void)
{
    fixture_expect(ask("EnableKinesisStreamingDestination", "{'TableName':'things','StreamArn':'" STREAM "'}"),
                   "{'DestinationStatus':'ENABLING','StreamArn':'" STREAM "','TableName':'things'}");
}

static void expect_destinations(const char *list)
{
    char expected[512];

    snprintf(expected, sizeof expected, "{'KinesisDataStreamDestinations':[%s],'TableName':'things'}", list);
    fixture_expect(ask("DescribeKinesisStreamingDestination", "{'TableName':'things'}"), expected);
}

/* The record at index in the stream, decoded and without its eventID. To be freed by json_decref. */
static json_t *record_at(size_t index)
{
    const struct service *kinesis = kinesis_service(fixture_world.kinesis);
    json_t *answer = fixture_done(kinesis, "GetShardIterator",
                                  "{'StreamName':'changes','ShardId':'shardId-000000000000','ShardIteratorType':'TRIM_HORIZON'}");
    char input[512];
    char data[4096];
    size_t size;
    json_t *record;

    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", json_string_value(json_object_get(answer, "ShardIterator")));
    record = json_array_get(json_object_get(fixture_done(kinesis, "GetRecords", input), "Records"), index);
    ck_assert_ptr_nonnull(record);
    ck_assert_uint_eq(json_string_length(json_object_get(record, "PartitionKey")), 32);
    record = json_object_get(record, "Data");
    ck_assert_int_eq(base64_decode(json_string_value(record), json_string_length(record), data, &size), OK);
    record = json_loadb(data, size, 0, NULL);
    ck_assert_uint_eq(json_string_length(json_object_get(record, "eventID")), 36);
    json_object_del(record, "eventID");
    return record;
}

static void expect_record(size_t index, const char *expected)
{
    json_t *record = record_at(index);

    fixture_expect(record, expected);
    json_decref(record);
}

START_TEST(changes_go_into_the_stream)
{
    enable();
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'n':{'N':'1'}}}");
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'n':{'N':'1'}}}");
    ask("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}");
    expect_record(0, "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000000000,'Keys':{'id':{'S':'a'}},"
                     "'NewImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':9},'eventName':'INSERT','eventSource':'aws:dynamodb',"
                     "'recordFormat':'application/json','tableName':'things','userIdentity':null}");
    expect_record(1, "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000000000,'Keys':{'id':{'S':'a'}},"
                     "'OldImage':{'id':{'S':'a'},'n':{'N':'1'}},'SizeBytes':9},'eventName':'REMOVE','eventSource':'aws:dynamodb',"
                     "'recordFormat':'application/json','tableName':'things','userIdentity':null}");
}
END_TEST

START_TEST(microseconds_are_told)
{
    ask("EnableKinesisStreamingDestination",
        "{'TableName':'things','StreamArn':'" STREAM "',"
        "'EnableKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MICROSECOND'}}");
    expect_destinations("{'ApproximateCreationDateTimePrecision':'MICROSECOND','DestinationStatus':'ACTIVE','StreamArn':'" STREAM "'}");
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}");
    expect_record(0,
                  "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000000000000,"
                  "'ApproximateCreationDateTimePrecision':'MICROSECOND','Keys':{'id':{'S':'a'}},'NewImage':{'id':{'S':'a'}},'SizeBytes':6},"
                  "'eventName':'INSERT','eventSource':'aws:dynamodb','recordFormat':'application/json','tableName':'things',"
                  "'userIdentity':null}");
}
END_TEST

START_TEST(a_destination_lives_from_enable_to_disable)
{
    expect_destinations("");
    enable();
    expect_destinations("{'DestinationStatus':'ACTIVE','StreamArn':'" STREAM "'}");
    fixture_expect(ask("UpdateKinesisStreamingDestination",
                       "{'TableName':'things','StreamArn':'" STREAM "',"
                       "'UpdateKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MICROSECOND'}}"),
                   "{'DestinationStatus':'UPDATING','StreamArn':'" STREAM "','TableName':'things',"
                   "'UpdateKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MICROSECOND'}}");
    fixture_expect(ask("DisableKinesisStreamingDestination", "{'TableName':'things','StreamArn':'" STREAM "'}"),
                   "{'DestinationStatus':'DISABLING','StreamArn':'" STREAM "','TableName':'things'}");
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'unseen'}}}");
    expect_destinations("{'ApproximateCreationDateTimePrecision':'MICROSECOND','DestinationStatus':'DISABLED','StreamArn':'" STREAM "'}");
    enable();
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'seen'}}}");
    expect_record(0, "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000000000,'Keys':{'id':{'S':'seen'}},"
                     "'NewImage':{'id':{'S':'seen'}},'SizeBytes':12},'eventName':'INSERT','eventSource':'aws:dynamodb',"
                     "'recordFormat':'application/json','tableName':'things','userIdentity':null}");
}
END_TEST

START_TEST(a_stream_that_takes_nothing_cannot_be_enabled)
{
    ask("EnableKinesisStreamingDestination", "{'TableName':'things','StreamArn':'arn:aws:kinesis:us-east-1:000000000000:stream/absent'}");
    expect_destinations(
        "{'DestinationStatus':'ENABLE_FAILED','DestinationStatusDescription':'User does not have a permission to use kinesis "
        "stream','StreamArn':'arn:aws:kinesis:us-east-1:000000000000:stream/absent'}");
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}");
    enable();
}
END_TEST

START_TEST(a_stream_that_is_gone_loses_changes_in_silence)
{
    enable();
    fixture_done(kinesis_service(fixture_world.kinesis), "DeleteStream", "{'StreamName':'changes'}");
    for (int i = 0; i < 4; i++)
        loop_turn(fixture_world.ground.loop, 0);
    ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}");
    expect_destinations("{'DestinationStatus':'ACTIVE','StreamArn':'" STREAM "'}");
}
END_TEST

#define NOT_VALID "Table is not in a valid state to enable Kinesis Streaming Destination: "

START_TEST(what_does_not_fit_the_state_is_refused)
{
    const char *const here = "{'TableName':'things','StreamArn':'" STREAM "'}";
    const char *const slower = "{'TableName':'things','StreamArn':'" STREAM "',"
                               "'UpdateKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MILLISECOND'}}";

    fixture_refused(dynamodb(), "DisableKinesisStreamingDestination", here, ERR_VALIDATION,
                    NOT_VALID "KinesisStreamingDestination must be ACTIVE to perform DISABLE operation.");
    fixture_refused(dynamodb(), "UpdateKinesisStreamingDestination", here, ERR_VALIDATION,
                    "Streaming destination cannot be updated with given parameters: UpdateKinesisStreamingConfiguration cannot be null or "
                    "contain only null values");
    fixture_refused(dynamodb(), "UpdateKinesisStreamingDestination", slower, ERR_VALIDATION,
                    NOT_VALID "Kinesis streaming is not in ACTIVE state. Updates are only allowed in ACTIVE state. TableName: things, "
                              "kdsArn: " STREAM);
    enable();
    fixture_refused(dynamodb(), "EnableKinesisStreamingDestination", here, ERR_VALIDATION,
                    NOT_VALID "EnableKinesisStreamingDestination must be DISABLED or ENABLE_FAILED to perform ENABLE operation.");
    fixture_refused(dynamodb(), "DisableKinesisStreamingDestination",
                    "{'TableName':'things','StreamArn':'" STREAM "',"
                    "'EnableKinesisStreamingConfiguration':{'ApproximateCreationDateTimePrecision':'MILLISECOND'}}",
                    ERR_VALIDATION, "Stream cannot be disabled using EnableKinesisStreamingConfiguration parameters");
    fixture_refused(dynamodb(), "DescribeKinesisStreamingDestination", "{'TableName':'absent'}", ERR_RESOURCE_NOT_FOUND,
                    "Requested resource not found: Table: absent not found");
}
END_TEST

Suite *suite_dynamodb_destination(void)
{
    Suite *suite = suite_create("dynamodb destination");
    TCase *tests = tcase_create("destination");

    tcase_add_checked_fixture(tests, open_world, fixture_close);
    tcase_add_test(tests, changes_go_into_the_stream);
    tcase_add_test(tests, microseconds_are_told);
    tcase_add_test(tests, a_destination_lives_from_enable_to_disable);
    tcase_add_test(tests, a_stream_that_takes_nothing_cannot_be_enabled);
    tcase_add_test(tests, a_stream_that_is_gone_loses_changes_in_silence);
    tcase_add_test(tests, what_does_not_fit_the_state_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
