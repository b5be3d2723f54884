/* Where listings go on: tokens lead through them, for five minutes, and only where they were given. */

#include "suites.h"

#include "fixture.h"

#include <string.h>

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/fixes"

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_stream(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':3}");
}

/* The first page of a listing, of one; its token is good until the next call. */
static const char *begin(const char *operation, const char *input)
{
    static char token[1024];
    const char *text = json_string_value(json_object_get(fixture_done(kinesis(), operation, input), "NextToken"));

    ck_assert_ptr_nonnull(text);
    snprintf(token, sizeof token, "%s", text);
    return token;
}

static const char *beside(const char *token, const char *more)
{
    static char input[1400];

    snprintf(input, sizeof input, "{'NextToken':'%s'%s}", token, more);
    return input;
}

static size_t count(const json_t *answer, const char *list)
{
    return json_array_size(json_object_get(answer, list));
}

START_TEST(shards_are_listed_page_by_page)
{
    const char *token = begin("ListShards", "{'StreamName':'fixes','MaxResults':1}");
    json_t *answer = fixture_done(kinesis(), "ListShards", beside(token, ",'MaxResults':5"));

    ck_assert_uint_eq(count(answer, "Shards"), 2);
    ck_assert_ptr_null(json_object_get(answer, "NextToken"));
}
END_TEST

/* SDKs find the endpoint by the ARN, so it comes with the token; it must be the same stream's. */
START_TEST(a_streams_arn_may_stand_beside_its_token)
{
    const char *token = begin("ListShards", "{'StreamARN':'" STREAM "','MaxResults':1}");

    fixture_done(kinesis(), "ListShards", beside(token, ",'StreamARN':'" STREAM "'"));
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'other','ShardCount':1}");
    fixture_refused(kinesis(), "ListShards", beside(token, ",'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/other'"),
                    ERR_INVALID_ARGUMENT, "Invalid NextToken.");
}
END_TEST

static const struct {
    const char *more;
    const char *message;
} repetitions[] = {
    { ",'StreamName':'fixes'", "NextToken and StreamName cannot be provided together." },
    { ",'ExclusiveStartShardId':'0'", "NextToken and ExclusiveStartShardId cannot be provided together." },
    { ",'StreamCreationTimestamp':1700000000", "NextToken and StreamCreationTimestamp cannot be provided together." },
    { ",'ShardFilter':{'Type':'AT_LATEST'}", "NextToken and ShardFilter cannot be provided together." },
};

START_TEST(what_a_token_says_is_not_said_again)
{
    const char *token = begin("ListShards", "{'StreamName':'fixes','MaxResults':1}");

    fixture_refused(kinesis(), "ListShards", beside(token, repetitions[_i].more), ERR_INVALID_ARGUMENT, repetitions[_i].message);
}
END_TEST

START_TEST(a_token_is_good_for_five_minutes)
{
    const char *token = begin("ListShards", "{'StreamName':'fixes','MaxResults':1}");

    world_advance(&fixture_world, 300000);
    fixture_done(kinesis(), "ListShards", beside(token, ""));
    world_advance(&fixture_world, 1);
    fixture_refused(kinesis(), "ListShards", beside(token, ""), ERR_EXPIRED_NEXT_TOKEN, "NextToken has expired.");
}
END_TEST

START_TEST(a_token_of_a_deleted_stream_lists_no_other)
{
    const char *token = begin("ListShards", "{'StreamName':'fixes','MaxResults':1}");

    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    world_advance(&fixture_world, 1000);
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':3}");
    fixture_refused(kinesis(), "ListShards", beside(token, ""), ERR_RESOURCE_NOT_FOUND,
                    "Stream fixes under account 000000000000 not found.");
}
END_TEST

START_TEST(one_listings_token_is_none_of_anothers)
{
    char token[1024];

    snprintf(token, sizeof token, "%s", begin("ListShards", "{'StreamName':'fixes','MaxResults':1}"));
    fixture_refused(kinesis(), "ListStreams", beside(token, ""), ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    fixture_refused(kinesis(), "ListStreamConsumers", beside(token, ",'StreamARN':'" STREAM "'"), ERR_INVALID_ARGUMENT,
                    "Invalid NextToken.");
    token[9] = token[9] == 'A' ? 'B' : 'A';
    fixture_refused(kinesis(), "ListShards", beside(token, ""), ERR_INVALID_ARGUMENT, "Invalid NextToken.");
}
END_TEST

static const char *const junk[] = { "x", "Zml4ZXM=", "AAAAAAAAAAA=", "fixes 0 2 0 1700000000000" };

START_TEST(junk_is_no_token)
{
    fixture_refused(kinesis(), "ListShards", beside(junk[_i], ""), ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    fixture_refused(kinesis(), "ListStreams", beside(junk[_i], ""), ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    fixture_refused(kinesis(), "ListStreamConsumers", beside(junk[_i], ",'StreamARN':'" STREAM "'"), ERR_INVALID_ARGUMENT,
                    "Invalid NextToken.");
}
END_TEST

START_TEST(streams_are_listed_page_by_page_in_order)
{
    json_t *answer;

    fixture_done(kinesis(), "CreateStream", "{'StreamName':'another','ShardCount':1}");
    answer = fixture_done(kinesis(), "ListStreams", beside(begin("ListStreams", "{'Limit':1}"), ""));
    ck_assert_uint_eq(count(answer, "StreamNames"), 1);
    ck_assert_str_eq(json_string_value(json_array_get(json_object_get(answer, "StreamNames"), 0)), "fixes");
    ck_assert(json_is_false(json_object_get(answer, "HasMoreStreams")));
}
END_TEST

START_TEST(consumers_are_listed_page_by_page_in_order)
{
    const char *token;
    json_t *answer;

    fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'second'}");
    fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'first'}");
    token = begin("ListStreamConsumers", "{'StreamARN':'" STREAM "','MaxResults':1}");
    answer = fixture_done(kinesis(), "ListStreamConsumers", beside(token, ",'StreamARN':'" STREAM "'"));
    ck_assert_uint_eq(count(answer, "Consumers"), 1);
    ck_assert_str_eq(json_string_value(json_object_get(json_array_get(json_object_get(answer, "Consumers"), 0), "ConsumerName")), "second");
    fixture_refused(kinesis(), "ListStreamConsumers", beside(token, ",'StreamARN':'" STREAM "','StreamCreationTimestamp':1700000000"),
                    ERR_INVALID_ARGUMENT, "NextToken and StreamCreationTimestamp cannot be provided together.");
}
END_TEST

/* It tells a stream from another one that had its name. */
START_TEST(a_creation_time_must_be_the_streams)
{
    fixture_done(kinesis(), "ListShards", "{'StreamName':'fixes','StreamCreationTimestamp':1700000000}");
    fixture_done(kinesis(), "ListStreamConsumers", "{'StreamARN':'" STREAM "','StreamCreationTimestamp':1700000000}");
    fixture_refused(kinesis(), "ListShards", "{'StreamName':'fixes','StreamCreationTimestamp':1600000000}", ERR_RESOURCE_NOT_FOUND,
                    "Stream fixes under account 000000000000 not found.");
    fixture_refused(kinesis(), "ListStreamConsumers", "{'StreamARN':'" STREAM "','StreamCreationTimestamp':1600000000}",
                    ERR_RESOURCE_NOT_FOUND, "Stream fixes under account 000000000000 not found.");
}
END_TEST

Suite *suite_kinesis_next_token(void)
{
    Suite *suite = suite_create("kinesis next token");
    TCase *tests = tcase_create("listings");

    tcase_add_checked_fixture(tests, open_stream, fixture_close);
    tcase_add_test(tests, shards_are_listed_page_by_page);
    tcase_add_test(tests, a_streams_arn_may_stand_beside_its_token);
    tcase_add_loop_test(tests, what_a_token_says_is_not_said_again, 0, sizeof repetitions / sizeof *repetitions);
    tcase_add_test(tests, a_token_is_good_for_five_minutes);
    tcase_add_test(tests, a_token_of_a_deleted_stream_lists_no_other);
    tcase_add_test(tests, one_listings_token_is_none_of_anothers);
    tcase_add_loop_test(tests, junk_is_no_token, 0, sizeof junk / sizeof *junk);
    tcase_add_test(tests, streams_are_listed_page_by_page_in_order);
    tcase_add_test(tests, consumers_are_listed_page_by_page_in_order);
    tcase_add_test(tests, a_creation_time_must_be_the_streams);
    suite_add_tcase(suite, tests);
    return suite;
}
