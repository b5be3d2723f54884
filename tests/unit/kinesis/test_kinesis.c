/* The room through its operations: what is put is read, in order, from any place; what is wrong is refused in AWS's words. */

#include "suites.h"

#include "base/memory.h"
#include "fixture.h"

#include <stdlib.h>
#include <string.h>

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_stream(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':2}");
}

/* Keys "a" and "b" fall into shards 0 and 1 (by their MD5). */
static const char *put(const char *key, const char *data_base64)
{
    char input[256];

    snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'%s','Data':'%s'}", key, data_base64);
    return json_string_value(json_object_get(fixture_done(kinesis(), "PutRecord", input), "SequenceNumber"));
}

static const char *iterator(const char *more)
{
    static char text[512];
    char input[512];

    snprintf(input, sizeof input, "{'StreamName':'fixes','ShardId':'shardId-000000000000',%s}", more);
    snprintf(text, sizeof text, "%s",
             json_string_value(json_object_get(fixture_done(kinesis(), "GetShardIterator", input), "ShardIterator")));
    return text;
}

static json_t *read_from(const char *shard_iterator, const char *more)
{
    char input[700];

    snprintf(input, sizeof input, "{'ShardIterator':'%s'%s}", shard_iterator, more);
    return fixture_done(kinesis(), "GetRecords", input);
}

static const char *data_at(const json_t *answer, size_t index)
{
    return json_string_value(json_object_get(json_array_get(json_object_get(answer, "Records"), index), "Data"));
}

static size_t count(const json_t *answer)
{
    return json_array_size(json_object_get(answer, "Records"));
}

START_TEST(records_are_read_in_the_order_in_which_they_were_put)
{
    json_t *answer;

    put("a", "MQ==");
    put("b", "Mg==");
    put("a", "Mw==");
    answer = read_from(iterator("'ShardIteratorType':'TRIM_HORIZON'"), "");
    ck_assert_uint_eq(count(answer), 2);
    ck_assert_str_eq(data_at(answer, 0), "MQ==");
    ck_assert_str_eq(data_at(answer, 1), "Mw==");
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "MillisBehindLatest")), 0);
}
END_TEST

START_TEST(latest_is_fixed_at_the_call)
{
    char latest[512];
    json_t *answer;

    put("a", "MQ==");
    strcpy(latest, iterator("'ShardIteratorType':'LATEST'"));
    put("a", "Mg==");
    answer = read_from(latest, "");
    ck_assert_uint_eq(count(answer), 1);
    ck_assert_str_eq(data_at(answer, 0), "Mg==");
}
END_TEST

START_TEST(sequence_numbers_lead_back_to_their_records)
{
    char sequence[64];
    char more[200];

    put("a", "MQ==");
    strcpy(sequence, put("a", "Mg=="));
    put("a", "Mw==");
    snprintf(more, sizeof more, "'ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'%s'", sequence);
    ck_assert_str_eq(data_at(read_from(iterator(more), ""), 0), "Mg==");
    snprintf(more, sizeof more, "'ShardIteratorType':'AFTER_SEQUENCE_NUMBER','StartingSequenceNumber':'%s'", sequence);
    ck_assert_str_eq(data_at(read_from(iterator(more), ""), 0), "Mw==");
}
END_TEST

START_TEST(a_timestamp_finds_the_first_record_from_then_on)
{
    put("a", "MQ==");
    world_advance(&fixture_world, 5000);
    put("a", "Mg==");
    ck_assert_str_eq(data_at(read_from(iterator("'ShardIteratorType':'AT_TIMESTAMP','Timestamp':1700000001"), ""), 0), "Mg==");
    ck_assert_str_eq(data_at(read_from(iterator("'ShardIteratorType':'AT_TIMESTAMP','Timestamp':1600000000"), ""), 0), "MQ==");
}
END_TEST

START_TEST(limit_stops_a_read_and_says_how_far_behind_it_is)
{
    json_t *answer;

    put("a", "MQ==");
    world_advance(&fixture_world, 1500);
    put("a", "Mg==");
    answer = read_from(iterator("'ShardIteratorType':'TRIM_HORIZON'"), ",'Limit':1");
    ck_assert_uint_eq(count(answer), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(answer, "MillisBehindLatest")), 1500);
    answer = read_from(json_string_value(json_object_get(answer, "NextShardIterator")), "");
    ck_assert_str_eq(data_at(answer, 0), "Mg==");
}
END_TEST

START_TEST(records_leave_after_the_retention_period)
{
    put("a", "MQ==");
    world_advance(&fixture_world, 23 * 3600 * 1000);
    put("a", "Mg==");
    world_advance(&fixture_world, 2 * 3600 * 1000);
    ck_assert_str_eq(data_at(read_from(iterator("'ShardIteratorType':'TRIM_HORIZON'"), ""), 0), "Mg==");
}
END_TEST

START_TEST(an_iterator_expires_after_five_minutes)
{
    char input[700];
    struct fixture_answer answer;

    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'LATEST'"));
    world_advance(&fixture_world, 300001);
    answer = fixture_call(kinesis(), "GetRecords", input);
    ck_assert_int_eq(answer.error, ERR_EXPIRED_ITERATOR);
    ck_assert_str_eq(
        answer.message,
        "Iterator expired. The iterator was created at time Tue Nov 14 22:13:20 UTC 2023 while right now it is Tue Nov 14 22:18:20 UTC "
        "2023 which is further in the future than the tolerated delay of 300000 milliseconds.");
}
END_TEST

/* Whichever character is another, the iterator is no longer ours. */
START_TEST(a_tampered_iterator_is_refused)
{
    char whole[512];
    char input[700];

    put("a", "MQ==");
    strcpy(whole, iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    for (size_t i = 0; whole[i]; i++) {
        char kept = whole[i];

        whole[i] = kept == 'A' ? 'B' : 'A';
        snprintf(input, sizeof input, "{'ShardIterator':'%s'}", whole);
        fixture_refused(kinesis(), "GetRecords", input, ERR_INVALID_ARGUMENT, "Invalid ShardIterator.");
        whole[i] = kept;
    }
    snprintf(input, sizeof input, "{'ShardIterator':'\\u0022%s\\u0022'}", whole);
    ck_assert_uint_eq(count(fixture_done(kinesis(), "GetRecords", input)), 1);
}
END_TEST

START_TEST(a_sequence_number_of_another_stream_is_refused)
{
    char sequence[64];
    char input[400];
    char expected[300];

    strcpy(sequence, put("a", "MQ=="));
    world_advance(&fixture_world, 1000);
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'other','ShardCount':1}");
    snprintf(input, sizeof input,
             "{'StreamName':'other','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'%s'}", sequence);
    snprintf(
        expected, sizeof expected,
        "StartingSequenceNumber %s used in GetShardIterator on shard shardId-000000000000 in stream other under account 000000000000 is "
        "invalid because it did not come from this stream.",
        sequence);
    fixture_refused(kinesis(), "GetShardIterator", input, ERR_INVALID_ARGUMENT, expected);
    snprintf(input, sizeof input,
             "{'StreamName':'fixes','ShardId':'1','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'%s'}", sequence);
    fixture_refused(kinesis(), "GetShardIterator", input, ERR_INVALID_ARGUMENT,
                    "Invalid StartingSequenceNumber. It encodes shardId-000000000000, while it was used in a call to a shard with "
                    "shardId-000000000001");
}
END_TEST

START_TEST(any_number_from_the_past_orders_a_put)
{
    static const char *const numbers[] = { "0", "49039857307708443467467104868809893875799651909875269633",
                                           "49674026002850188218576229259473476449429298564223254594" /* 2026 */ };
    char input[200];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(input, sizeof input, "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ==','SequenceNumberForOrdering':'%s'}",
                 numbers[i]);
        ck_assert_int_eq(fixture_call(kinesis(), "PutRecord", input).error, i < 2 ? ERR_NONE : ERR_INVALID_ARGUMENT);
    }
}
END_TEST

/* A record of size_bytes (three bytes to four letters), put with a key of one letter. */
static struct fixture_answer put_large(const char *form, size_t size_bytes)
{
    struct buffer input = { 0 };
    struct fixture_answer answer;

    buffer_add_text(&input, form);
    for (size_t i = 0; i < size_bytes / 3; i++)
        buffer_add_text(&input, "QUJD");
    buffer_add_text(&input, size_bytes % 3 == 1 ? "QQ==" : size_bytes % 3 == 2 ? "QUI=" : "");
    buffer_add_text(&input, "'}");
    answer = fixture_call(kinesis(), "PutRecord", input.data);
    buffer_clear(&input);
    return answer;
}

START_TEST(a_record_and_its_key_have_a_megabyte_unless_the_stream_has_more)
{
    const char *form = "{'StreamName':'fixes','PartitionKey':'a','Data':'";

    ck_assert_int_eq(put_large(form, (1 << 20) - 1).error, ERR_NONE);
    ck_assert_int_eq(put_large(form, 1 << 20).error, ERR_VALIDATION);
    fixture_done(kinesis(), "UpdateMaxRecordSize",
                 "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','MaxRecordSizeInKiB':2048}");
    ck_assert_int_eq(put_large(form, (2 << 20) - 1).error, ERR_NONE);
    ck_assert_int_eq(put_large(form, 2 << 20).error, ERR_VALIDATION);
}
END_TEST

START_TEST(a_stream_with_consumers_is_not_deleted_unasked)
{
    fixture_done(kinesis(), "RegisterStreamConsumer",
                 "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}");
    fixture_refused(kinesis(), "ListStreamConsumers",
                    "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','NextToken':'junk'}", ERR_INVALID_ARGUMENT,
                    "Invalid NextToken.");
    fixture_refused(kinesis(), "DeleteStream", "{'StreamName':'fixes'}", ERR_RESOURCE_IN_USE,
                    "Stream fixes under account 000000000000 has enhanced consumers. Please delete the stream by setting "
                    "enforceConsumerDeletion to true, or deregister all the consumers before deleting it.");
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes','EnforceConsumerDeletion':true}");
}
END_TEST

START_TEST(what_is_encrypted_says_so)
{
    json_t *answer;

    fixture_done(kinesis(), "StartStreamEncryption", "{'StreamName':'fixes','EncryptionType':'KMS','KeyId':'alias/aws/kinesis'}");
    answer = fixture_done(kinesis(), "PutRecords", "{'StreamName':'fixes','Records':[{'PartitionKey':'a','Data':''}]}");
    ck_assert_str_eq(json_string_value(json_object_get(answer, "EncryptionType")), "KMS");
    answer = read_from(iterator("'ShardIteratorType':'TRIM_HORIZON'"), "");
    answer = json_array_get(json_object_get(answer, "Records"), 0);
    ck_assert_str_eq(json_string_value(json_object_get(answer, "EncryptionType")), "KMS");
}
END_TEST

START_TEST(an_iterator_of_a_deleted_stream_does_not_read_its_successor)
{
    char input[700];

    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    world_advance(&fixture_world, 1000);
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1}");
    ck_assert_int_eq(fixture_call(kinesis(), "GetRecords", input).error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

/* AWS prints the entries as Java does what has no words of its own; the number behind has no meaning. */
START_TEST(too_many_entries_are_told_by_their_class)
{
    static const char head[] = "1 validation error detected: Value '[com.amazonaws.kinesis.v20131202.PutRecordsRequestEntry@";
    struct buffer input = { 0 };
    struct fixture_answer answer;

    buffer_add_text(&input, "{'StreamName':'fixes','Records':[");
    for (int i = 0; i < 501; i++)
        buffer_print(&input, "%s{'PartitionKey':'k','Data':''}", i ? "," : "");
    buffer_add_text(&input, "]}");
    answer = fixture_call(kinesis(), "PutRecords", input.data);
    buffer_clear(&input);
    ck_assert_int_eq(answer.error, ERR_VALIDATION);
    ck_assert_msg(!strncmp(answer.message, head, strlen(head)), "%s", answer.message);
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'5'}",
      ERR_INVALID_ARGUMENT,
      "Invalid StartingSequenceNumber. It encodes shardId-000000000005, while it was used in a call to a shard with shardId-000000000000" },
    { "GetShardIterator",
      "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'"
      "49039857307708443467467104868809893875799651944235008002'}",
      ERR_INVALID_ARGUMENT,
      "Invalid StartingSequenceNumber. It encodes shardId--02147483648, while it was used in a call to a shard with shardId-000000000000" },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'0'}",
      ERR_INTERNAL_FAILURE, "" },
    { "GetShardIterator",
      "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'"
      "49039857307708443467467104868809893875799651909875269633'}",
      ERR_INVALID_ARGUMENT,
      "StartingSequenceNumber 49039857307708443467467104868809893875799651909875269633 used in GetShardIterator on shard "
      "shardId-000000000000 in stream fixes under account 000000000000 is invalid because it did not come from this stream." },
    { "GetShardIterator",
      "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':'"
      "26227199374822427428162556223570313216'}",
      ERR_INVALID_ARGUMENT,
      "StartingSequenceNumber 26227199374822427428162556223570313216 used in GetShardIterator on shard shardId-000000000000 in stream "
      "fixes under account 000000000000 is invalid." },
    { "CreateStream", "{'StreamName':'fixes','ShardCount':1}", ERR_RESOURCE_IN_USE,
      "Stream fixes under account 000000000000 already exists." },
    { "CreateStream", "{'StreamName':'x','ShardCount':0}", ERR_VALIDATION,
      "1 validation error detected: Value '0' at 'shardCount' failed to satisfy constraint: Member must have value greater than or equal "
      "to 1" },
    { "PutRecord", "{'StreamName':'none','PartitionKey':'a','Data':''}", ERR_RESOURCE_NOT_FOUND,
      "Stream none under account 000000000000 not found." },
    { "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'','ExplicitHashKey':'340282366920938463463374607431768211456'}",
      ERR_INVALID_ARGUMENT,
      "Invalid ExplicitHashKey. ExplicitHashKey must be in the range: [0, 2^128-1]. Specified value was "
      "340282366920938463463374607431768211456" },
    { "PutRecord", "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/none','PartitionKey':'a','Data':''}",
      ERR_RESOURCE_NOT_FOUND, "Stream none under account 000000000000 not found." },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'shardId-000000000009','ShardIteratorType':'LATEST'}", ERR_RESOURCE_NOT_FOUND,
      "Shard shardId-000000000009 in stream fixes under account 000000000000 does not exist" },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'shardId-x','ShardIteratorType':'LATEST'}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard shardId-x in stream fixes under account 000000000000." },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'LATEST','StartingSequenceNumber':'5'}",
      ERR_INVALID_ARGUMENT,
      "Must either specify (1) AT_SEQUENCE_NUMBER or AFTER_SEQUENCE_NUMBER and StartingSequenceNumber or (2) TRIM_HORIZON or LATEST and no "
      "StartingSequenceNumber. Request specified LATEST and also a StartingSequenceNumber." },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_TIMESTAMP','Timestamp':1700000001}",
      ERR_INVALID_ARGUMENT,
      "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 1700000001000, "
      "currentTimestampInMillis: 1700000000000" },
    { "CreateStream", "{'StreamName':'huge','ShardCount':1e20}", ERR_LIMIT_EXCEEDED,
      "This request would exceed the shard limit for the account 000000000000 in us-east-1. Current shard count for the account: 2. Limit: "
      "10000. "
      "Number of additional shards that would have resulted from this request: 9223372036854775807. Refer to the AWS Service Limits page "
      "(http://docs.aws.amazon.com/general/latest/gr/aws_service_limits.html) for current limits and how to request higher limits." },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_TIMESTAMP','Timestamp':1e300}", ERR_INVALID_ARGUMENT,
      "The timestampInMillis parameter cannot be greater than the currentTimestampInMillis. timestampInMillis: 9223372036854775807, "
      "currentTimestampInMillis: 1700000000000" },
    { "GetShardIterator", "{'StreamName':'none','ShardId':'a-7','ShardIteratorType':'LATEST'}", ERR_RESOURCE_NOT_FOUND,
      "Shard shardId-000000000007 in stream none under account 000000000000 does not exist" },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_TIMESTAMP'}", ERR_INVALID_ARGUMENT,
      "Must specify timestampInMillis parameter for iterator of type AT_TIMESTAMP. Current request has no timestamp parameter." },
    { "GetShardIterator", "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_TIMESTAMP','Timestamp':'now'}", ERR_SERIALIZATION,
      "class java.lang.String can not be converted to milliseconds since epoch" },
    { "GetShardIterator",
      "{'StreamName':'fixes','ShardId':'0','ShardIteratorType':'AT_SEQUENCE_NUMBER','StartingSequenceNumber':"
      "'49039857307719593840066370180380661734935976090628259842'}",
      ERR_INVALID_ARGUMENT,
      "StartingSequenceNumber 49039857307719593840066370180380661734935976090628259842 used in GetShardIterator on shard "
      "shardId-000000000000 in stream fixes under account 000000000000 is invalid." },
    { "SplitShard", "{'StreamName':'none','ShardToSplit':'2147483648','NewStartingHashKey':'0'}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard 2147483648 in stream none under account 000000000000." },
    { "SplitShard", "{'StreamName':'none','ShardToSplit':'7','NewStartingHashKey':'0'}", ERR_RESOURCE_NOT_FOUND,
      "Stream none under account 000000000000 not found." },
    { "SplitShard", "{'StreamName':'fixes','ShardToSplit':'a-7','NewStartingHashKey':'0'}", ERR_RESOURCE_NOT_FOUND,
      "Could not find shard shardId-000000000007 in stream fixes under account 000000000000." },
    { "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'=+/='}", ERR_SERIALIZATION,
      "'=+/=' can not be converted to a Blob: Invalid Base64 character: '='" },
    { "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'+/+='}", ERR_SERIALIZATION,
      "'+/+=' can not be converted to a Blob: Invalid last non-pad Base64 character dectected" },
    { "PutRecords", "{'StreamName':'fixes','Records':['a']}", ERR_SERIALIZATION, "Expected null" },
    { "AddTagsToStream", "{'StreamName':'fixes','Tags':{'a;b':'1'}}", ERR_INVALID_ARGUMENT,
      "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, _ . / = + - % @." },
    { "AddTagsToStream", "{'StreamName':'fixes','Tags':{'a':'b%'}}", ERR_INVALID_ARGUMENT,
      "Failed to add tags to stream fixes under account 000000000000 because some tags contained illegal characters. The allowed "
      "characters "
      "are Unicode letters, white-spaces, '_',',','/','=','+','-','@'." },
    { "RemoveTagsFromStream", "{'StreamName':'fixes','TagKeys':['%']}", ERR_INVALID_ARGUMENT,
      "Failed to remove tags from stream fixes under account 000000000000 because some tags contained illegal characters. The allowed "
      "characters are Unicode letters, white-spaces, '_',',','/','=','+','-','@'." },
    { "RemoveTagsFromStream", "{'StreamName':'fixes','TagKeys':['a','']}", ERR_VALIDATION,
      "1 validation error detected: Value '[a, ]' at 'tagKeys' failed to satisfy constraint: Member must satisfy constraint: [Member must "
      "have length less than or equal to 128, Member must have length greater than or equal to 1]" },
    { "DecreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':25}", ERR_INVALID_ARGUMENT,
      "Requested retention period (25 hours) for stream fixes can not be longer than existing retention period (24 hours). Use "
      "IncreaseRetentionPeriod API." },
    { "GetRecords", "{'ShardIterator':'AAAA'}", ERR_INVALID_ARGUMENT, "Invalid ShardIterator." },
    { "ListShards", "{}", ERR_INVALID_ARGUMENT, "Either NextToken or StreamName should be provided." },
    { "ListShards", "{'StreamName':'fixes','NextToken':'x'}", ERR_INVALID_ARGUMENT,
      "NextToken and StreamName cannot be provided together." },
};

START_TEST(what_is_wrong_is_refused_in_awss_words)
{
    fixture_refused(kinesis(), refusals[_i].operation, refusals[_i].input, refusals[_i].error, refusals[_i].message);
}
END_TEST

static int woken;

static void wake(struct kinesis_listener *listener)
{
    (void)listener;
    woken++;
}

START_TEST(a_listener_is_woken_once_a_turn)
{
    struct kinesis_listener listener = { 0 };
    struct kinesis_record records[4];
    struct kinesis_reader reader;
    size_t read;

    woken = 0;
    loop_turn(fixture_world.ground.loop, 0);
    kinesis_listen(fixture_world.kinesis, "fixes", &listener, wake);
    ck_assert_int_eq(kinesis_reader_open(fixture_world.kinesis, "fixes", "shardId-000000000000", KINESIS_LATEST, 0, NULL, &reader), OK);
    put("a", "MQ==");
    put("a", "Mg==");
    ck_assert_int_eq(woken, 0);
    loop_turn(fixture_world.ground.loop, 0);
    ck_assert_int_eq(woken, 1);
    ck_assert_int_eq(kinesis_read(fixture_world.kinesis, &reader, records, 4, 1 << 20, &read), OK);
    ck_assert_uint_eq(read, 2);
    ck_assert_mem_eq(records[1].data, "2", 1);
    ck_assert_str_eq(records[1].partition_key, "a");
    kinesis_unlisten(&listener);
    put("a", "Mw==");
    loop_turn(fixture_world.ground.loop, 0);
    ck_assert_int_eq(woken, 1);
}
END_TEST

START_TEST(a_throttled_shard_takes_a_thousand_records_a_second)
{
    struct fixture_answer answer;

    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    for (int i = 0; i < 1000; i++)
        put("a", "MQ==");
    answer = fixture_call(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}");
    ck_assert_int_eq(answer.error, ERR_PROVISIONED_THROUGHPUT_EXCEEDED);
    ck_assert_str_eq(answer.message, "Rate exceeded for shard shardId-000000000000 in stream fixes under account 000000000000.");
    put("b", "MQ=="); /* the other shard has room */
    fixture_expect(
        json_array_get(
            json_object_get(fixture_done(kinesis(), "PutRecords", "{'StreamName':'fixes','Records':[{'PartitionKey':'a','Data':'MQ=='}]}"),
                            "Records"),
            0),
        "{'ErrorCode':'ProvisionedThroughputExceededException','ErrorMessage':'Rate exceeded for shard shardId-000000000000 in stream "
        "fixes under account 000000000000.'}");
    world_advance(&fixture_world, 10);
    for (int i = 0; i < 10; i++)
        put("a", "MQ==");
    ck_assert_int_eq(fixture_call(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':'MQ=='}").error,
                     ERR_PROVISIONED_THROUGHPUT_EXCEEDED);
}
END_TEST

START_TEST(a_throttled_shard_is_read_five_times_a_second)
{
    char input[700];
    struct fixture_answer answer;

    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    for (int i = 0; i < 5; i++)
        fixture_done(kinesis(), "GetRecords", input);
    answer = fixture_call(kinesis(), "GetRecords", input);
    ck_assert_int_eq(answer.error, ERR_PROVISIONED_THROUGHPUT_EXCEEDED);
    ck_assert_str_eq(answer.message, "Rate exceeded for Shard - 000000000000/fixes/shardId-000000000000");
    world_advance(&fixture_world, 200);
    fixture_done(kinesis(), "GetRecords", input);
}
END_TEST

/* Puts count records of 1,048,575 bytes and a key, each in a second of its own. */
static void put_megabytes(int count)
{
    for (int i = 0; i < count; i++) {
        world_advance(&fixture_world, 1000);
        ck_assert_int_eq(put_large("{'StreamName':'fixes','PartitionKey':'a','Data':'", (1 << 20) - 1).error, ERR_NONE);
    }
}

static bool reads(const char *input)
{
    return fixture_call(kinesis(), "GetRecords", input).error == ERR_NONE;
}

START_TEST(a_read_of_ten_megabytes_is_paid_for_in_five_seconds)
{
    char input[700];

    put_megabytes(11);
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    ck_assert_uint_eq(count(fixture_done(kinesis(), "GetRecords", input)), 10);
    world_advance(&fixture_world, 4999);
    ck_assert(!reads(input));
    world_advance(&fixture_world, 1);
    ck_assert(reads(input));
}
END_TEST

START_TEST(reads_are_counted_by_what_they_give)
{
    char input[700];

    for (int i = 0; i < 4000; i++)
        put("a", "MQ==");
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    for (int i = 0; i < 5; i++)
        ck_assert(reads(input)); /* 8,000 bytes each, whatever their JSON takes */
    ck_assert(!reads(input));
}
END_TEST

START_TEST(what_was_read_before_costs_nothing_when_throttling_begins)
{
    char input[700];

    put_megabytes(11);
    snprintf(input, sizeof input, "{'ShardIterator':'%s'}", iterator("'ShardIteratorType':'TRIM_HORIZON'"));
    for (int i = 0; i < 4; i++)
        ck_assert(reads(input));
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    ck_assert(reads(input));
}
END_TEST

/* A small record would still find room behind a large one that did not: it would overtake it. */
START_TEST(behind_a_refused_record_its_shard_takes_no_other_of_the_call)
{
    const json_t *results;
    json_t *records = json_array();
    json_t *input;
    char *text;
    char *large = memory_new(800001);

    memset(large, 'A', 800000);
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    for (int i = 0; i < 4; i++)
        json_array_append_new(records, json_pack("{s:s, s:s}", "PartitionKey", i == 3 ? "b" : "a", "Data", i < 2 ? large : "MQ=="));
    input = json_pack("{s:s, s:o}", "StreamName", "fixes", "Records", records);
    text = json_dumps(input, JSON_COMPACT);
    results = json_object_get(fixture_done(kinesis(), "PutRecords", text), "Records");
    for (size_t i = 0; i < 4; i++)
        ck_assert_int_eq(json_object_get(json_array_get(results, i), "ErrorCode") != NULL, i == 1 || i == 2);
    put("a", "MQ=="); /* another call has the room that there is */
    json_decref(input);
    free(text);
    free(large);
}
END_TEST

START_TEST(a_stream_on_demand_is_not_throttled)
{
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'lowcloud:throttle':'on'}}");
    fixture_done(kinesis(), "UpdateStreamMode",
                 "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','StreamModeDetails':{'StreamMode':'ON_DEMAND'}}");
    for (int i = 0; i < 1001; i++)
        put("a", "MQ==");
}
END_TEST

Suite *suite_kinesis(void)
{
    Suite *suite = suite_create("kinesis");
    TCase *tests = tcase_create("kinesis");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, records_are_read_in_the_order_in_which_they_were_put);
    tcase_add_test(tests, latest_is_fixed_at_the_call);
    tcase_add_test(tests, sequence_numbers_lead_back_to_their_records);
    tcase_add_test(tests, a_timestamp_finds_the_first_record_from_then_on);
    tcase_add_test(tests, limit_stops_a_read_and_says_how_far_behind_it_is);
    tcase_add_test(tests, records_leave_after_the_retention_period);
    tcase_add_test(tests, an_iterator_expires_after_five_minutes);
    tcase_add_test(tests, a_tampered_iterator_is_refused);
    tcase_add_test(tests, any_number_from_the_past_orders_a_put);
    tcase_add_test(tests, a_sequence_number_of_another_stream_is_refused);
    tcase_add_test(tests, a_record_and_its_key_have_a_megabyte_unless_the_stream_has_more);
    tcase_add_test(tests, a_stream_with_consumers_is_not_deleted_unasked);
    tcase_add_test(tests, what_is_encrypted_says_so);
    tcase_add_test(tests, an_iterator_of_a_deleted_stream_does_not_read_its_successor);
    tcase_add_test(tests, too_many_entries_are_told_by_their_class);
    tcase_add_loop_test(tests, what_is_wrong_is_refused_in_awss_words, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, a_listener_is_woken_once_a_turn);
    tcase_add_test(tests, a_throttled_shard_takes_a_thousand_records_a_second);
    tcase_add_test(tests, a_throttled_shard_is_read_five_times_a_second);
    tcase_add_test(tests, a_read_of_ten_megabytes_is_paid_for_in_five_seconds);
    tcase_add_test(tests, reads_are_counted_by_what_they_give);
    tcase_add_test(tests, what_was_read_before_costs_nothing_when_throttling_begins);
    tcase_add_test(tests, behind_a_refused_record_its_shard_takes_no_other_of_the_call);
    tcase_add_test(tests, a_stream_on_demand_is_not_throttled);
    suite_add_tcase(suite, tests);
    return suite;
}
