/* Which stream a call means. That a stream of another account is refused for want of a policy is AWS's documented answer; what it says to
 * an ARN of another region, and to a name and an ARN of two streams, was chosen (docs/faithfulness.md). */

#include "suites.h"

#include "fixture.h"

#include <string.h>

#define OURS "arn:aws:kinesis:us-east-1:000000000000:stream/"
#define DENIED(action, arn)                                                                                   \
    "User: arn:aws:iam::000000000000:root is not authorized to perform: kinesis:" action " on resource: " arn \
    " because no resource-based policy allows the kinesis:" action " action"

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_streams(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'other','ShardCount':1}");
}

static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "DescribeStreamSummary", "{'StreamARN':'arn:aws:kinesis:us-east-1:111122223333:stream/fixes'}", ERR_ACCESS_DENIED,
      DENIED("DescribeStreamSummary", "arn:aws:kinesis:us-east-1:111122223333:stream/fixes") },
    { "PutRecord", "{'StreamARN':'arn:aws:kinesis:us-east-1:111122223333:stream/fixes','PartitionKey':'a','Data':''}", ERR_ACCESS_DENIED,
      DENIED("PutRecord", "arn:aws:kinesis:us-east-1:111122223333:stream/fixes") },
    { "ListTagsForResource", "{'ResourceARN':'arn:aws:kinesis:us-east-1:111122223333:stream/fixes/consumer/app:1700000000'}",
      ERR_ACCESS_DENIED, DENIED("ListTagsForResource", "arn:aws:kinesis:us-east-1:111122223333:stream/fixes/consumer/app:1700000000") },
    { "DescribeStream", "{'StreamARN':'arn:aws:kinesis:eu-west-1:000000000000:stream/fixes'}", ERR_RESOURCE_NOT_FOUND,
      "Stream fixes under account 000000000000 not found." },
    { "DescribeStream", "{'StreamARN':'arn:aws-cn:kinesis:us-east-1:000000000000:stream/fixes'}", ERR_RESOURCE_NOT_FOUND,
      "Stream fixes under account 000000000000 not found." },
    { "DescribeStream", "{'StreamARN':'" OURS "fixes/consumer/app:1700000000'}", ERR_RESOURCE_NOT_FOUND,
      "Stream fixes/consumer/app:1700000000 under account 000000000000 not found." },
    { "GetShardIterator", "{'StreamARN':'arn:aws:kinesis:eu-west-1:000000000000:stream/fixes','ShardId':'0','ShardIteratorType':'LATEST'}",
      ERR_RESOURCE_NOT_FOUND, "Stream fixes under account 000000000000 not found." },
    { "DescribeStream", "{'StreamName':'fixes','StreamARN':'" OURS "other'}", ERR_INVALID_ARGUMENT,
      "StreamName fixes and StreamARN " OURS "other do not name the same stream." },
    { "DescribeStream", "{'StreamARN':'" OURS "a stream'}", ERR_VALIDATION,
      "1 validation error detected: Value '" OURS "a stream' at 'streamARN' failed to satisfy constraint: Member must satisfy regular "
      "expression pattern: arn:aws.*:kinesis:.*:\\d{12}:stream/\\S+" },
    { "DescribeStream", "{'StreamName':'fixes','StreamId':'X'}", ERR_VALIDATION,
      "1 validation error detected: Value 'X' at 'streamId' failed to satisfy constraint: Member must satisfy regular expression pattern: "
      "[a-z0-9]{20}-[a-z0-9]{3}" },
    { "UpdateMaxRecordSize", "{'MaxRecordSizeInKiB':2048}", ERR_VALIDATION,
      "1 validation error detected: Value null at 'streamARN' failed to satisfy constraint: Member must not be null" },
    { "DescribeStreamConsumer", "{'ConsumerARN':'" OURS "fixes/consumer/app:1'}", ERR_RESOURCE_NOT_FOUND,
      "Consumer " OURS "fixes/consumer/app:1, account 000000000000 not found." },
    { "DescribeStream", "{'StreamARN':'" OURS "fixes','ExclusiveStartShardId':'junk-x'}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard junk-x in stream fixes under account 000000000000." },
};

START_TEST(what_names_no_stream_of_ours_is_refused)
{
    fixture_refused(kinesis(), refusals[_i].operation, refusals[_i].input, refusals[_i].error, refusals[_i].message);
}
END_TEST

START_TEST(a_name_and_its_arn_may_come_together)
{
    fixture_done(kinesis(), "DescribeStream", "{'StreamName':'fixes','StreamARN':'" OURS "fixes'}");
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','StreamARN':'" OURS "fixes','PartitionKey':'a','Data':''}");
}
END_TEST

/* UpdateMaxRecordSize has no StreamName: as every member that an operation does not know, it is ignored. */
START_TEST(a_name_that_an_operation_does_not_know_counts_for_nothing)
{
    fixture_done(kinesis(), "UpdateMaxRecordSize", "{'StreamName':'other','StreamARN':'" OURS "fixes','MaxRecordSizeInKiB':2048}");
}
END_TEST

static const char *iterator_of(const char *stream)
{
    static char text[512];
    char input[200];

    snprintf(input, sizeof input, "{'StreamName':'%s','ShardId':'0','ShardIteratorType':'TRIM_HORIZON'}", stream);
    snprintf(text, sizeof text, "%s",
             json_string_value(json_object_get(fixture_done(kinesis(), "GetShardIterator", input), "ShardIterator")));
    return text;
}

START_TEST(records_are_not_read_under_another_streams_arn)
{
    char input[900];

    snprintf(input, sizeof input, "{'ShardIterator':'%s','StreamARN':'" OURS "fixes'}", iterator_of("fixes"));
    fixture_done(kinesis(), "GetRecords", input);
    snprintf(input, sizeof input, "{'ShardIterator':'%s','StreamARN':'" OURS "other'}", iterator_of("fixes"));
    fixture_refused(kinesis(), "GetRecords", input, ERR_INVALID_ARGUMENT,
                    "StreamARN " OURS "other is not of the stream that the ShardIterator is of.");
    snprintf(input, sizeof input, "{'ShardIterator':'%s','StreamARN':'arn:aws:kinesis:us-east-1:111122223333:stream/fixes'}",
             iterator_of("fixes"));
    fixture_refused(kinesis(), "GetRecords", input, ERR_ACCESS_DENIED,
                    DENIED("GetRecords", "arn:aws:kinesis:us-east-1:111122223333:stream/fixes"));
}
END_TEST

START_TEST(readers_inside_go_by_the_whole_arn_too)
{
    ck_assert(kinesis_stream_exists(fixture_world.kinesis, OURS "fixes", NULL));
    ck_assert(!kinesis_stream_exists(fixture_world.kinesis, "arn:aws:kinesis:us-east-1:111122223333:stream/fixes", NULL));
    ck_assert(!kinesis_stream_exists(fixture_world.kinesis, "arn:aws:kinesis:eu-west-1:000000000000:stream/fixes", NULL));
}
END_TEST

START_TEST(a_consumer_may_be_named_thrice_but_only_alike)
{
    json_t *answer = fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" OURS "fixes','ConsumerName':'app'}");
    char arn[200];
    char input[700];

    snprintf(arn, sizeof arn, "%s", json_string_value(json_object_get(json_object_get(answer, "Consumer"), "ConsumerARN")));
    snprintf(input, sizeof input, "{'StreamARN':'" OURS "fixes','ConsumerName':'app','ConsumerARN':'%s'}", arn);
    fixture_done(kinesis(), "DescribeStreamConsumer", input);
    snprintf(input, sizeof input, "{'StreamARN':'" OURS "other','ConsumerARN':'%s'}", arn);
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStreamConsumer", input).error, ERR_INVALID_ARGUMENT);
    snprintf(input, sizeof input, "{'ConsumerName':'another','ConsumerARN':'%s'}", arn);
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStreamConsumer", input).error, ERR_INVALID_ARGUMENT);
}
END_TEST

Suite *suite_kinesis_named(void)
{
    Suite *suite = suite_create("kinesis named");
    TCase *tests = tcase_create("streams");

    tcase_add_checked_fixture(tests, open_streams, fixture_close);
    tcase_add_loop_test(tests, what_names_no_stream_of_ours_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_name_and_its_arn_may_come_together);
    tcase_add_test(tests, a_name_that_an_operation_does_not_know_counts_for_nothing);
    tcase_add_test(tests, records_are_not_read_under_another_streams_arn);
    tcase_add_test(tests, readers_inside_go_by_the_whole_arn_too);
    tcase_add_test(tests, a_consumer_may_be_named_thrice_but_only_alike);
    suite_add_tcase(suite, tests);
    return suite;
}
