/* A table that an earlier run on the same data made, and a template that has changed since: what becomes of it in the real room. */

#include "suites.h"

#include "rehearsal.h"

#include "base/text.h"
#include "fixture.h"

#include <stdio.h>
#include <string.h>

static struct rehearsal rehearsal;

static void open_world(void)
{
    struct world_options options = { .port = -1, .seed = 1, .frozen_ms = FIXTURE_TIME_MS, .data_directory = "data" };

    ck_assert_int_eq(world_open(&fixture_world, &options), OK);
    rehearsal.rooms.dynamodb = dynamodb_service(fixture_world.dynamodb);
    rehearsal.rooms.kinesis = kinesis_service(fixture_world.kinesis);
}

static void open(void)
{
    rehearsal_open(&rehearsal);
    open_world();
}

static void close_all(void)
{
    fixture_close();
    rehearsal_close(&rehearsal);
}

/* Another process on the same data. */
static bool up_again(const char *text)
{
    fixture_close();
    open_world();
    return rehearsal_play(&rehearsal, text);
}

static void must_up(const char *text)
{
    ck_assert_msg(rehearsal_play(&rehearsal, text), "%s", rehearsal.said);
}

static void must_up_again(const char *text)
{
    ck_assert_msg(up_again(text), "%s", rehearsal.said);
}

static const char *note(void)
{
    return json_string_value(json_object_get(json_array_get(rehearsal.result.resources, 0), "note"));
}

static json_t *ask(const char *operation, const char *input)
{
    return fixture_done(dynamodb_service(fixture_world.dynamodb), operation, input);
}

static json_t *described(void)
{
    return json_object_get(ask("DescribeTable", "{'TableName':'seats'}"), "Table");
}

#define HEAD(definitions)                                                 \
    "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n" \
    "      TableName: seats\n"                                            \
    "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n"             \
    "      AttributeDefinitions: [{AttributeName: id, AttributeType: S}" definitions "]\n"
#define INDEX(name, more)                                                                                                                  \
    "        - {IndexName: by-" name ", KeySchema: [{AttributeName: " name ", KeyType: HASH}], Projection: {ProjectionType: ALL}" more "}" \
    "\n"

static const char plain[] = HEAD("") "      BillingMode: PAY_PER_REQUEST\n";

static const char rich[] = HEAD(
    ", {AttributeName: a, AttributeType: S}, {AttributeName: b, AttributeType: N}") "      BillingMode: PAY_PER_REQUEST\n"
                                                                                    "      OnDemandThroughput: {MaxReadRequestUnits: 10}\n"
                                                                                    "      GlobalSecondaryIndexes:\n" INDEX(
                                                                                        "a", ", ContributorInsightsSpecification: "
                                                                                             "{Enabled: true}")
                                                                                        INDEX(
                                                                                            "b",
                                                                                            ", OnDemandThroughput: {MaxWriteRequestUnits: "
                                                                                            "5}") "      StreamSpecification: "
                                                                                                  "{StreamViewType: NEW_IMAGE}\n"
                                                                                                  "      TimeToLiveSpecification: "
                                                                                                  "{AttributeName: ttl, Enabled: true}\n"
                                                                                                  "      TableClass: "
                                                                                                  "STANDARD_INFREQUENT_ACCESS\n"
                                                                                                  "      SSESpecification: {SSEEnabled: "
                                                                                                  "true, SSEType: KMS}\n"
                                                                                                  "      DeletionProtectionEnabled: true\n"
                                                                                                  "      PointInTimeRecoverySpecification: "
                                                                                                  "{PointInTimeRecoveryEnabled: true, "
                                                                                                  "RecoveryPeriodInDays: 7}\n"
                                                                                                  "      ContributorInsightsSpecification: "
                                                                                                  "{Enabled: true, Mode: THROTTLED_KEYS}\n"
                                                                                                  "      ResourcePolicy: {PolicyDocument: "
                                                                                                  "{Version: '2012-10-17', Statement: "
                                                                                                  "[{Effect: Allow, Principal: '*', "
                                                                                                  "Action: 'dynamodb:*', Resource: "
                                                                                                  "'*'}]}}\n"
                                                                                                  "      Tags: [{Key: team, Value: red}, "
                                                                                                  "{Key: stage, Value: dev}]\n"
                                                                                                  "      KinesisStreamSpecification: "
                                                                                                  "{StreamArn: !GetAtt K.Arn, "
                                                                                                  "ApproximateCreationDateTimePrecision: "
                                                                                                  "MICROSECOND}\n"
                                                                                                  "  K: {Type: 'AWS::Kinesis::Stream', "
                                                                                                  "Properties: {Name: k}}\n";

static const char provisioned[] = HEAD(
    ", {AttributeName: b, AttributeType: N}, {AttributeName: c, AttributeType: B}") "      ProvisionedThroughput: {ReadCapacityUnits: 3, "
                                                                                    "WriteCapacityUnits: 4}\n"
                                                                                    "      GlobalSecondaryIndexes:\n" INDEX(
                                                                                        "b", ", ProvisionedThroughput: {ReadCapacityUnits: "
                                                                                             "5, WriteCapacityUnits: 6}")
                                                                                        INDEX("c",
                                                                                              ", ProvisionedThroughput: "
                                                                                              "{ReadCapacityUnits: 7, WriteCapacityUnits: "
                                                                                              "8}") "      StreamSpecification: "
                                                                                                    "{StreamViewType: KEYS_ONLY}\n"
                                                                                                    "      TimeToLiveSpecification: "
                                                                                                    "{AttributeName: end, Enabled: true}\n"
                                                                                                    "      Tags: [{Key: team, Value: "
                                                                                                    "blue}]\n";

static json_t *index_of(const json_t *table, const char *name)
{
    json_t *index;
    size_t i;

    json_array_foreach(json_object_get(table, "GlobalSecondaryIndexes"), i, index)
    {
        if (text_is(json_string_value(json_object_get(index, "IndexName")), name))
            return index;
    }
    return NULL;
}

/* Those two, and no others, are there. */
static void expect_indexes(const json_t *table, const char *one, const char *other)
{
    ck_assert_uint_eq(json_array_size(json_object_get(table, "GlobalSecondaryIndexes")), 2);
    fixture_expect(json_object_get(index_of(table, one), "IndexStatus"), "'ACTIVE'");
    fixture_expect(json_object_get(index_of(table, other), "IndexStatus"), "'ACTIVE'");
}

static void expect_units(const json_t *of, const char *member, const char *units)
{
    fixture_expect(json_object_get(json_object_get(of, "ProvisionedThroughput"), member), units);
}

static void expect_rich(void)
{
    json_t *table = described();

    expect_indexes(table, "by-a", "by-b");
    fixture_expect(json_object_get(json_object_get(table, "OnDemandThroughput"), "MaxReadRequestUnits"), "10");
    fixture_expect(json_object_get(json_object_get(index_of(table, "by-b"), "OnDemandThroughput"), "MaxWriteRequestUnits"), "5");
    fixture_expect(json_object_get(json_object_get(table, "BillingModeSummary"), "BillingMode"), "'PAY_PER_REQUEST'");
    fixture_expect(json_object_get(table, "StreamSpecification"), "{'StreamEnabled':true,'StreamViewType':'NEW_IMAGE'}");
    fixture_expect(json_object_get(table, "DeletionProtectionEnabled"), "true");
    fixture_expect(json_object_get(json_object_get(table, "TableClassSummary"), "TableClass"), "'STANDARD_INFREQUENT_ACCESS'");
    fixture_expect(json_object_get(json_object_get(table, "SSEDescription"), "Status"), "'ENABLED'");
    fixture_expect(ask("DescribeTimeToLive", "{'TableName':'seats'}"),
                   "{'TimeToLiveDescription':{'AttributeName':'ttl','TimeToLiveStatus':'ENABLED'}}");
    fixture_expect(json_object_get(json_object_get(json_object_get(ask("DescribeContinuousBackups", "{'TableName':'seats'}"),
                                                                   "ContinuousBackupsDescription"),
                                                   "PointInTimeRecoveryDescription"),
                                   "RecoveryPeriodInDays"),
                   "7");
    fixture_expect(ask("ListContributorInsights", "{}"),
                   "{'ContributorInsightsSummaries':[{'ContributorInsightsMode':'THROTTLED_KEYS','ContributorInsightsStatus':'ENABLED',"
                   "'TableName':'seats'},{'ContributorInsightsMode':'ACCESSED_AND_THROTTLED_KEYS','ContributorInsightsStatus':'ENABLED',"
                   "'IndexName':'by-a','TableName':'seats'}]}");
    ck_assert_ptr_nonnull(
        json_object_get(ask("GetResourcePolicy", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/seats'}"), "Policy"));
    fixture_expect(ask("ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/seats'}"),
                   "{'Tags':[{'Key':'team','Value':'red'},{'Key':'stage','Value':'dev'}]}");
    fixture_expect(ask("DescribeKinesisStreamingDestination", "{'TableName':'seats'}"),
                   "{'KinesisDataStreamDestinations':[{'ApproximateCreationDateTimePrecision':'MICROSECOND','DestinationStatus':'ACTIVE',"
                   "'StreamArn':'arn:aws:kinesis:us-east-1:000000000000:stream/k'}],'TableName':'seats'}");
}

static void expect_item(void)
{
    fixture_expect(ask("GetItem", "{'TableName':'seats','Key':{'id':{'S':'1'}}}"),
                   "{'Item':{'a':{'S':'x'},'b':{'N':'2'},'c':{'B':'YQ=='},'id':{'S':'1'}}}");
}

static void put_item(void)
{
    ask("PutItem", "{'TableName':'seats','Item':{'id':{'S':'1'},'a':{'S':'x'},'b':{'N':'2'},'c':{'B':'YQ=='}}}");
}

START_TEST(a_table_gains_what_the_template_gained)
{
    must_up(plain);
    put_item();
    must_up_again(rich);
    expect_rich();
    expect_item();
    fixture_expect(json_object_get(ask("Query", "{'TableName':'seats','IndexName':'by-b','KeyConditionExpression':'b = :b',"
                                                "'ExpressionAttributeValues':{':b':{'N':'2'}},'Select':'COUNT'}"),
                                   "Count"),
                   "1");
}
END_TEST

START_TEST(what_is_as_it_was_is_left_alone)
{
    char first[64];

    must_up(rich);
    expect_rich();
    snprintf(first, sizeof first, "%s", json_string_value(json_object_get(described(), "LatestStreamLabel")));
    must_up_again(rich);
    expect_rich();
    for (size_t i = 0; i < json_array_size(rehearsal.result.resources); i++)
        fixture_expect(json_object_get(json_array_get(rehearsal.result.resources, i), "note"), "'kept from an earlier run'");
    ck_assert_str_eq(first, json_string_value(json_object_get(described(), "LatestStreamLabel")));
}
END_TEST

START_TEST(a_table_changes_and_loses_with_the_template)
{
    json_t *table;

    must_up(rich);
    put_item();
    must_up_again(provisioned);
    ck_assert_str_eq(note(), "kept from an earlier run, changed: GlobalSecondaryIndexes, BillingMode, StreamSpecification, TableClass, "
                             "SSESpecification, DeletionProtectionEnabled, Tags, TimeToLiveSpecification, "
                             "PointInTimeRecoverySpecification, ResourcePolicy, ContributorInsightsSpecification, "
                             "KinesisStreamSpecification");
    table = described();
    expect_indexes(table, "by-b", "by-c");
    expect_units(table, "WriteCapacityUnits", "4");
    expect_units(index_of(table, "by-b"), "ReadCapacityUnits", "5");
    expect_units(index_of(table, "by-c"), "ReadCapacityUnits", "7");
    fixture_expect(json_object_get(table, "StreamSpecification"), "{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}");
    fixture_expect(json_object_get(table, "DeletionProtectionEnabled"), "false");
    ck_assert_ptr_null(json_object_get(table, "SSEDescription"));
    fixture_expect(ask("DescribeTimeToLive", "{'TableName':'seats'}"),
                   "{'TimeToLiveDescription':{'AttributeName':'end','TimeToLiveStatus':'ENABLED'}}");
    fixture_expect(ask("ListContributorInsights", "{}"), "{'ContributorInsightsSummaries':[]}");
    fixture_refused(dynamodb_service(fixture_world.dynamodb), "GetResourcePolicy",
                    "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/seats'}", ERR_POLICY_NOT_FOUND,
                    "Resource-based policy not found for the provided ResourceArn: arn:aws:dynamodb:us-east-1:000000000000:table/seats");
    fixture_expect(ask("ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/seats'}"),
                   "{'Tags':[{'Key':'team','Value':'blue'}]}");
    expect_item();
    must_up_again(rich);
    expect_rich();
    expect_item();
    must_up_again(plain);
    ck_assert_ptr_null(json_object_get(described(), "GlobalSecondaryIndexes"));
    fixture_expect(ask("DescribeTimeToLive", "{'TableName':'seats'}"), "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    expect_item();
}
END_TEST

START_TEST(units_and_bounds_change_alone)
{
    char text[4096];

    must_up(provisioned);
    snprintf(text, sizeof text, "%s", provisioned);
    *strstr(text, "WriteCapacityUnits: 8") = 'X';
    memcpy(strstr(text, "XriteCapacityUnits: 8"), "WriteCapacityUnits: 9", 21);
    must_up_again(text);
    ck_assert_str_eq(note(), "kept from an earlier run, changed: ProvisionedThroughput");
    expect_units(index_of(described(), "by-c"), "WriteCapacityUnits", "9");
}
END_TEST

#define NEW_TABLE                                                                                                               \
    ", which only a new table can have: delete it (start `lowcloud serve` on the same --data, and call DeleteTable), give the " \
    "table another name, or start with another --data\n"
#define NEW_INDEX \
    " has other keys or another projection, which cannot be changed: give the index another name, or leave it out for one run\n"

static const struct {
    const char *text;
    const char *said;
} replacements[] = {
    { "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: seats\n      BillingMode: PAY_PER_REQUEST\n"
      "      KeySchema: [{AttributeName: no, KeyType: HASH}]\n      AttributeDefinitions: [{AttributeName: no, AttributeType: S}]\n",
      "template.yaml:7: Resources.T.Properties.KeySchema: the table seats is kept from an earlier run with another key" NEW_TABLE },
    { "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: seats\n      BillingMode: PAY_PER_REQUEST\n"
      "      KeySchema: [{AttributeName: id, KeyType: HASH}]\n      AttributeDefinitions: [{AttributeName: id, AttributeType: N}]\n",
      "template.yaml:7: Resources.T.Properties.KeySchema: the table seats is kept from an earlier run with another key" NEW_TABLE },
    { HEAD(", {AttributeName: a, AttributeType: N}") "      BillingMode: PAY_PER_REQUEST\n      GlobalSecondaryIndexes:\n" INDEX("a", ""),
      "template.yaml:9: Resources.T.Properties.GlobalSecondaryIndexes: the index by-a of the kept table seats" NEW_INDEX },
    { HEAD(", {AttributeName: a, AttributeType: S}") "      BillingMode: PAY_PER_REQUEST\n      GlobalSecondaryIndexes:\n"
                                                     "        - {IndexName: by-a, KeySchema: [{AttributeName: a, KeyType: HASH}], "
                                                     "Projection: {ProjectionType: INCLUDE, NonKeyAttributes: [c]}}\n",
      "template.yaml:9: Resources.T.Properties.GlobalSecondaryIndexes: the index by-a of the kept table seats" NEW_INDEX },
};

START_TEST(what_needs_another_table_is_one_clear_line)
{
    must_up(rich);
    put_item();
    ck_assert(!up_again(replacements[_i].text));
    ck_assert_msg(strstr(rehearsal.said, replacements[_i].said), "%s", rehearsal.said);
    expect_rich();
    expect_item();
}
END_TEST

START_TEST(local_indexes_stay_as_they_are)
{
    static const char ranged[] =
        "Resources:\n  T:\n    Type: AWS::DynamoDB::Table\n    Properties:\n      TableName: seats\n      BillingMode: PAY_PER_REQUEST\n"
        "      KeySchema: [{AttributeName: id, KeyType: HASH}, {AttributeName: at, KeyType: RANGE}]\n"
        "      AttributeDefinitions: [{AttributeName: id, AttributeType: S}, {AttributeName: at, AttributeType: S}%s]\n%s";
    static const char local[] =
        "      LocalSecondaryIndexes:\n        - {IndexName: local, KeySchema: [{AttributeName: id, KeyType: HASH}, "
        "{AttributeName: x, KeyType: RANGE}], Projection: {ProjectionType: KEYS_ONLY}}\n";
    char without[1024];
    char with[1024];

    snprintf(without, sizeof without, ranged, "", "");
    snprintf(with, sizeof with, ranged, ", {AttributeName: x, AttributeType: S}", local);
    must_up(with);
    must_up_again(with);
    ck_assert_str_eq(note(), "kept from an earlier run");
    ck_assert(!up_again(without));
    ck_assert_ptr_nonnull(strstr(rehearsal.said, "template.yaml:2: Resources.T.Properties.LocalSecondaryIndexes: the table seats is kept "
                                                 "from an earlier run with other local secondary indexes" NEW_TABLE));
}
END_TEST

Suite *suite_deploy_table_update(void)
{
    Suite *suite = suite_create("deploy table update");
    TCase *tests = tcase_create("kept");

    tcase_add_checked_fixture(tests, open, close_all);
    tcase_add_test(tests, a_table_gains_what_the_template_gained);
    tcase_add_test(tests, what_is_as_it_was_is_left_alone);
    tcase_add_test(tests, a_table_changes_and_loses_with_the_template);
    tcase_add_test(tests, units_and_bounds_change_alone);
    tcase_add_loop_test(tests, what_needs_another_table_is_one_clear_line, 0, sizeof replacements / sizeof *replacements);
    tcase_add_test(tests, local_indexes_stay_as_they_are);
    suite_add_tcase(suite, tests);
    return suite;
}
