/* Resharding: a shard ends, its children take over its range, and readers are led from the one to the others. */

#include "suites.h"

#include "fixture.h"

#include <string.h>

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_stream(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
}

static json_t *shards(const char *filter)
{
    char input[200];

    snprintf(input, sizeof input, "{'StreamName':'fixes','ShardFilter':{'Type':'%s'}}", filter);
    return json_object_get(fixture_done(kinesis(), "ListShards", input), "Shards");
}

static const char *text(const json_t *value, const char *name)
{
    return json_string_value(json_object_get(value, name));
}

static json_t *read_shard(const char *shard)
{
    char input[700];
    json_t *answer;

    snprintf(input, sizeof input, "{'StreamName':'fixes','ShardId':'%s','ShardIteratorType':'TRIM_HORIZON'}", shard);
    answer = fixture_done(kinesis(), "GetShardIterator", input);
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", text(answer, "ShardIterator"));
    return fixture_done(kinesis(), "GetRecords", input);
}

static void split(void)
{
    fixture_done(
        kinesis(), "SplitShard",
        "{'StreamName':'fixes','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'170141183460469231731687303715884105728'}");
}

START_TEST(a_split_shard_hands_its_range_to_two_children)
{
    json_t *all;

    split();
    all = shards("FROM_TRIM_HORIZON");
    ck_assert_uint_eq(json_array_size(all), 3);
    ck_assert_ptr_nonnull(json_object_get(json_object_get(json_array_get(all, 0), "SequenceNumberRange"), "EndingSequenceNumber"));
    ck_assert_str_eq(text(json_array_get(all, 1), "ParentShardId"), "shardId-000000000000");
    fixture_expect(json_object_get(json_array_get(all, 1), "HashKeyRange"),
                   "{'StartingHashKey':'0','EndingHashKey':'170141183460469231731687303715884105727'}");
    fixture_expect(
        json_object_get(json_array_get(all, 2), "HashKeyRange"),
        "{'StartingHashKey':'170141183460469231731687303715884105728','EndingHashKey':'340282366920938463463374607431768211455'}");
    ck_assert_uint_eq(json_array_size(shards("AT_LATEST")), 2);
    ck_assert_uint_eq(json_array_size(shards("AT_TRIM_HORIZON")), 1);
}
END_TEST

START_TEST(only_the_answer_at_a_closed_shards_end_names_its_children)
{
    json_t *answer;

    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    ck_assert_ptr_nonnull(json_object_get(read_shard("shardId-000000000000"), "NextShardIterator"));
    split();
    answer = read_shard("shardId-000000000000");
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "Records")), 1);
    ck_assert_ptr_null(json_object_get(answer, "NextShardIterator"));
    ck_assert_uint_eq(json_array_size(json_object_get(answer, "ChildShards")), 2);
    fixture_expect(json_object_get(json_array_get(json_object_get(answer, "ChildShards"), 0), "ParentShards"), "['shardId-000000000000']");
    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'Mg=='}");
    ck_assert_uint_eq(json_array_size(json_object_get(read_shard("shardId-000000000001"), "Records")), 1);
}
END_TEST

START_TEST(merged_shards_have_one_child_with_both_parents)
{
    json_t *all;

    split();
    fixture_refused(kinesis(), "MergeShards", /* the last shard's neighbour is not the first one */
                    "{'StreamName':'fixes','ShardToMerge':'shardId-000000000002','AdjacentShardToMerge':'shardId-000000000001'}",
                    ERR_INVALID_ARGUMENT,
                    "Shards shardId-000000000002 and shardId-000000000001 in stream fixes under account 000000000000 are not an adjacent "
                    "pair of shards eligible for merging");
    fixture_done(kinesis(), "MergeShards",
                 "{'StreamName':'fixes','ShardToMerge':'shardId-000000000001','AdjacentShardToMerge':'shardId-000000000002'}");
    all = shards("AT_LATEST");
    ck_assert_uint_eq(json_array_size(all), 1);
    ck_assert_str_eq(text(json_array_get(all, 0), "ParentShardId"), "shardId-000000000001");
    ck_assert_str_eq(text(json_array_get(all, 0), "AdjacentParentShardId"), "shardId-000000000002");
    fixture_expect(json_object_get(json_array_get(json_object_get(read_shard("shardId-000000000002"), "ChildShards"), 0), "ParentShards"),
                   "['shardId-000000000001','shardId-000000000002']");
}
END_TEST

/* All targets that are allowed from each count: the open shards share the key space evenly, without a hole. */
START_TEST(a_stream_scales_to_even_ranges)
{
    static const int targets[] = { 2, 4, 3, 5, 9, 5, 3, 2, 1 };

    for (size_t i = 0; i < sizeof targets / sizeof *targets; i++) {
        char input[120];
        json_t *open;
        json_t *whole;

        snprintf(input, sizeof input, "{'StreamName':'fixes','TargetShardCount':%d,'ScalingType':'UNIFORM_SCALING'}", targets[i]);
        fixture_done(kinesis(), "UpdateShardCount", input);
        open = json_incref(shards("AT_LATEST"));
        ck_assert_uint_eq(json_array_size(open), (size_t)targets[i]);
        snprintf(input, sizeof input, "{'StreamName':'even%zu','ShardCount':%d}", i, targets[i]);
        fixture_done(kinesis(), "CreateStream", input);
        snprintf(input, sizeof input, "{'StreamName':'even%zu'}", i);
        whole = json_object_get(fixture_done(kinesis(), "ListShards", input), "Shards");
        for (int at = 0; at < targets[i]; at++) {
            bool is_found = false;

            for (int other = 0; other < targets[i]; other++)
                is_found |= json_equal(json_object_get(json_array_get(whole, (size_t)at), "HashKeyRange"),
                                       json_object_get(json_array_get(open, (size_t)other), "HashKeyRange"));
            ck_assert_msg(is_found, "range %d of %d", at, targets[i]);
        }
        json_decref(open);
    }
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "SplitShard", "{'StreamName':'fixes','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'1'}", ERR_INVALID_ARGUMENT,
      "NewStartingHashKey 1 used in SplitShard() on shard shardId-000000000000 in stream fixes under account 000000000000 is not both "
      "greater than "
      "one plus the shard's StartingHashKey 0 and less than the shard's EndingHashKey 340282366920938463463374607431768211455." },
    { "SplitShard", "{'StreamName':'fixes','ShardToSplit':'shardId-000000000005','NewStartingHashKey':'5'}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard shardId-000000000005 in stream fixes under account 000000000000." },
    { "MergeShards", "{'StreamName':'fixes','ShardToMerge':'shardId-000000000000','AdjacentShardToMerge':'shardId-000000000000'}",
      ERR_INVALID_ARGUMENT,
      "Shards shardId-000000000000 and shardId-000000000000 in stream fixes under account 000000000000 are not an adjacent pair of shards "
      "eligible for merging" },
    { "UpdateShardCount", "{'StreamName':'fixes','TargetShardCount':3,'ScalingType':'UNIFORM_SCALING'}", ERR_LIMIT_EXCEEDED,
      "UpdateShardCount cannot scale up over double your current open shard count. Current open shard count: 1 Target shard count: 3" },
    { "UpdateShardCount", "{'StreamName':'fixes','TargetShardCount':10001,'ScalingType':'UNIFORM_SCALING'}", ERR_LIMIT_EXCEEDED,
      "This request would exceed the shard limit for the account 000000000000 in us-east-1. Current shard count for the account: 1. Limit: "
      "10000. Number of additional shards that would have resulted from this request: 10000. Refer to the AWS Service Limits page "
      "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits." },
    { "IncreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':23}", ERR_INVALID_ARGUMENT,
      "Minimum allowed retention period is 24 hours. Requested retention period (23 hours) is too short." },
    { "DescribeStreamConsumer", "{}", ERR_INVALID_ARGUMENT, "Either ConsumerARN or both StreamARN and ConsumerName should be provided." },
    { "AddTagsToStream", "{'StreamName':'fixes','Tags':{'a':'b!'}}", ERR_INVALID_ARGUMENT,
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @." },
};

#define STREAM_ARN "arn:aws:kinesis:us-east-1:000000000000:stream/fixes"

START_TEST(tags_are_taken_and_checked_wherever_they_are_given)
{
    static const char wrong[] =
        "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @.";

    fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM_ARN "','ConsumerName':'c','Tags':{'a':'b'}}");
    fixture_refused(kinesis(), "CreateStream", "{'StreamName':'new','ShardCount':1,'Tags':{'a<':'b'}}", ERR_INVALID_ARGUMENT, wrong);
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStream", "{'StreamName':'new'}").error, ERR_RESOURCE_NOT_FOUND);
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'bare':null,'full':''}}");
    fixture_expect(json_object_get(fixture_done(kinesis(), "ListTagsForStream", "{'StreamName':'fixes'}"), "Tags"),
                   "[{'Key':'bare'},{'Key':'full','Value':''}]");
}
END_TEST

START_TEST(what_is_wrong_is_refused_in_awss_words)
{
    fixture_refused(kinesis(), refusals[_i].operation, refusals[_i].input, refusals[_i].error, refusals[_i].message);
}
END_TEST

/* A child's numbers begin a second after its parent's end; its reign does not. */
START_TEST(at_every_moment_each_key_has_one_shard)
{
    split();
    world_advance(&fixture_world, 1500);
    fixture_done(kinesis(), "MergeShards", "{'StreamName':'fixes','ShardToMerge':'1','AdjacentShardToMerge':'2'}");
    world_advance(&fixture_world, 1500);
    for (int64_t at_ms = 0; at_ms < 3000; at_ms += 100) {
        char input[160];
        size_t shards_then;

        snprintf(input, sizeof input, "{'StreamName':'fixes','ShardFilter':{'Type':'AT_TIMESTAMP','Timestamp':%.3f}}",
                 (double)(FIXTURE_TIME_MS + at_ms) / 1000.0);
        shards_then = json_array_size(json_object_get(fixture_done(kinesis(), "ListShards", input), "Shards"));
        ck_assert_uint_eq(shards_then, at_ms > 0 && at_ms <= 1500 ? 2 : 1);
    }
}
END_TEST

/* Within the second before its shard's numbers begin. */
START_TEST(what_is_put_right_after_a_split_has_a_number_of_its_shard)
{
    const json_t *place;
    char input[200];

    split();
    place = fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ==','SequenceNumberForOrdering':'%s'}",
             text(place, "SequenceNumber"));
    ck_assert_int_eq(fixture_call(kinesis(), "PutRecord", input).error, ERR_NONE);
    ck_assert_str_eq(text(json_array_get(json_object_get(read_shard("shardId-000000000001"), "Records"), 0), "PartitionKey"), "a");
}
END_TEST

START_TEST(an_account_full_of_shards_cannot_split_one)
{
    struct fixture_answer answer;

    fixture_done(kinesis(), "CreateStream", "{'StreamName':'others','ShardCount':9999}");
    answer = fixture_call(kinesis(), "SplitShard", "{'StreamName':'fixes','ShardToSplit':'0','NewStartingHashKey':'9'}");
    ck_assert_int_eq(answer.error, ERR_LIMIT_EXCEEDED);
    ck_assert_ptr_nonnull(strstr(answer.message,
                                 "Current shard count for the account: 10000. Limit: 10000. Number of additional shards that "
                                 "would have resulted from this request: 1."));
}
END_TEST

START_TEST(a_shard_cannot_be_split_twice)
{
    struct fixture_answer answer;

    split();
    answer = fixture_call(kinesis(), "SplitShard", "{'StreamName':'fixes','ShardToSplit':'shardId-000000000000','NewStartingHashKey':'9'}");
    ck_assert_int_eq(answer.error, ERR_INVALID_ARGUMENT);
    ck_assert_str_eq(answer.message,
                     "Shard shardId-000000000000 in stream fixes under account 000000000000 has already been merged or split, "
                     "and thus is not eligible for merging or splitting.");
}
END_TEST

START_TEST(a_reader_inside_is_told_that_a_closed_shard_is_read)
{
    struct kinesis_record records[2];
    struct kinesis_reader reader;
    size_t count;

    fixture_done(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    ck_assert_int_eq(kinesis_reader_open(fixture_world.kinesis, "fixes", "shardId-000000000000", KINESIS_TRIM_HORIZON, 0, NULL, &reader),
                     OK);
    split();
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, records, 2, 1000, &count), OK);
    ck_assert_uint_eq(count, 1);
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, records, 2, 1000, &count), FULL);
}
END_TEST

START_TEST(settings_are_kept_and_shown)
{
    json_t *summary;

    fixture_done(kinesis(), "IncreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':48}");
    fixture_done(kinesis(), "StartStreamEncryption", "{'StreamName':'fixes','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}");
    fixture_done(kinesis(), "EnableEnhancedMonitoring", "{'StreamName':'fixes','ShardLevelMetrics':['OutgoingBytes']}");
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'team':'maps','env':'test'}}");
    fixture_done(kinesis(), "RegisterStreamConsumer",
                 "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}");
    summary = json_object_get(fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}"), "StreamDescriptionSummary");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "RetentionPeriodHours")), 48);
    ck_assert_str_eq(text(summary, "KeyId"), "alias/aws/kinesis");
    fixture_expect(json_object_get(summary, "EnhancedMonitoring"), "[{'ShardLevelMetrics':['OutgoingBytes']}]");
    ck_assert_int_eq(json_integer_value(json_object_get(summary, "ConsumerCount")), 1);
    fixture_expect(fixture_done(kinesis(), "ListTagsForStream", "{'StreamName':'fixes','Limit':1}"),
                   "{'Tags':[{'Key':'env','Value':'test'}],'HasMoreTags':true}");
    fixture_expect(fixture_done(kinesis(), "DescribeStreamConsumer",
                                "{'ConsumerARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/app:1700000000'}"),
                   "{'ConsumerDescription':{'ConsumerARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes/consumer/app:1700000000',"
                   "'ConsumerCreationTimestamp':1700000000.0,'ConsumerName':'app','ConsumerStatus':'ACTIVE',"
                   "'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'}}");
}
END_TEST

Suite *suite_kinesis_reshard(void)
{
    Suite *suite = suite_create("kinesis reshard");
    TCase *tests = tcase_create("kinesis reshard");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, a_split_shard_hands_its_range_to_two_children);
    tcase_add_test(tests, only_the_answer_at_a_closed_shards_end_names_its_children);
    tcase_add_test(tests, merged_shards_have_one_child_with_both_parents);
    tcase_add_test(tests, tags_are_taken_and_checked_wherever_they_are_given);
    tcase_add_test(tests, a_stream_scales_to_even_ranges);
    tcase_add_loop_test(tests, what_is_wrong_is_refused_in_awss_words, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, at_every_moment_each_key_has_one_shard);
    tcase_add_test(tests, what_is_put_right_after_a_split_has_a_number_of_its_shard);
    tcase_add_test(tests, an_account_full_of_shards_cannot_split_one);
    tcase_add_test(tests, a_shard_cannot_be_split_twice);
    tcase_add_test(tests, a_reader_inside_is_told_that_a_closed_shard_is_read);
    tcase_add_test(tests, settings_are_kept_and_shown);
    suite_add_tcase(suite, tests);
    return suite;
}
