/* The states of a stream and of its consumers, when they take their time. */

#include "suites.h"

#include "fixture.h"
#include "kinesis/room.h"

#include <stdlib.h>
#include <string.h>

enum { STATE_MS = 500 };

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_slow(void)
{
    fixture_open();
    fixture_world.kinesis->state_ms = STATE_MS;
}

static void make(const char *name)
{
    char input[80];

    snprintf(input, sizeof input, "{'StreamName':'%s','ShardCount':1}", name);
    fixture_done(kinesis(), "CreateStream", input);
}

static void make_and_wait(void)
{
    make("fixes");
    world_advance(&fixture_world, STATE_MS);
}

static const char *state(void)
{
    const json_t *answer = fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}");

    return json_string_value(json_object_get(json_object_get(answer, "StreamDescriptionSummary"), "StreamStatus"));
}

/* Whoever is told one names it, and today's SDKs send a request that names one past the endpoint that they were given. */
START_TEST(no_stream_id_is_told)
{
    make_and_wait();
    ck_assert_ptr_null(json_object_get(
        json_object_get(fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}"), "StreamDescriptionSummary"),
        "StreamId"));
    fixture_done(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes','StreamId':'abcdefghijklmnopqrst-abc'}");
}
END_TEST

START_TEST(a_stream_that_is_being_made_has_no_shards)
{
    const char *read = "{'StreamName':'fixes','ShardId':'shardId-000000000000','ShardIteratorType':'LATEST'}";

    make("fixes");
    ck_assert_str_eq(state(), "CREATING");
    fixture_refused(kinesis(), "GetShardIterator", read, ERR_RESOURCE_NOT_FOUND,
                    "Shard shardId-000000000000 in stream fixes under account 000000000000 does not exist");
    fixture_refused(kinesis(), "PutRecord", "{'StreamName':'fixes','PartitionKey':'a','Data':''}", ERR_RESOURCE_NOT_FOUND,
                    "Stream fixes under account 000000000000 not found.");
    world_advance(&fixture_world, STATE_MS);
    ck_assert_str_eq(state(), "ACTIVE");
    fixture_done(kinesis(), "GetShardIterator", read);
}
END_TEST

START_TEST(five_streams_are_made_at_a_time)
{
    static const char *const names[] = { "a", "b", "c", "d", "e" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        make(names[i]);
    ck_assert_int_eq(fixture_call(kinesis(), "CreateStream", "{'StreamName':'fixes'}").error, ERR_LIMIT_EXCEEDED);
    world_advance(&fixture_world, STATE_MS);
    make("fixes");
}
END_TEST

START_TEST(what_a_stream_only_carries_leaves_its_state_alone)
{
    static const char *const inputs[][2] = {
        { "AddTagsToStream", "{'StreamName':'fixes','Tags':{'a':'b'}}" },
        { "RemoveTagsFromStream", "{'StreamName':'fixes','TagKeys':['a']}" },
        { "PutResourcePolicy",
          "{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','Policy':'{\\'Version\\':\\'2012-10-17\\',\\'Statement\\':["
          "{\\'Effect\\':\\'Allow\\',\\'Principal\\':\\'*\\',\\'Action\\':\\'kinesis:GetRecords\\',\\'Resource\\':\\'arn:aws:kinesis:us-"
          "east-1:"
          "000000000000:stream/fixes\\'}]}'}" },
        { "DeleteResourcePolicy", "{'ResourceARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes'}" },
        { "RegisterStreamConsumer", "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}" },
        { "DeregisterStreamConsumer", "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app'}" },
    };

    make_and_wait();
    for (size_t i = 0; i < sizeof inputs / sizeof *inputs; i++) {
        fixture_done(kinesis(), inputs[i][0], inputs[i][1]);
        ck_assert_str_eq(state(), "ACTIVE");
    }
    fixture_done(kinesis(), "DecreaseStreamRetentionPeriod", "{'StreamName':'fixes','RetentionPeriodHours':24}");
    ck_assert_str_eq(state(), "UPDATING");
}
END_TEST

START_TEST(a_stream_that_goes_is_not_called_back_by_tags)
{
    make_and_wait();
    fixture_done(kinesis(), "DeleteStream", "{'StreamName':'fixes'}");
    fixture_done(kinesis(), "AddTagsToStream", "{'StreamName':'fixes','Tags':{'a':'b'}}");
    ck_assert_str_eq(state(), "DELETING");
    world_advance(&fixture_world, STATE_MS);
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStreamSummary", "{'StreamName':'fixes'}").error, ERR_RESOURCE_NOT_FOUND);
}
END_TEST

START_TEST(consumers_are_registered_five_at_a_time)
{
    char input[160];

    make_and_wait();
    for (int i = 0; i < 6; i++) {
        snprintf(input, sizeof input, "{'StreamARN':'arn:aws:kinesis:us-east-1:000000000000:stream/fixes','ConsumerName':'app-%d'}", i);
        ck_assert_int_eq(fixture_call(kinesis(), "RegisterStreamConsumer", input).error, i < 5 ? ERR_NONE : ERR_LIMIT_EXCEEDED);
    }
    world_advance(&fixture_world, STATE_MS);
    fixture_done(kinesis(), "RegisterStreamConsumer", input);
}
END_TEST

Suite *suite_kinesis_stream_life(void)
{
    Suite *suite = suite_create("kinesis_stream_life");
    TCase *tests = tcase_create("life");

    tcase_add_checked_fixture(tests, open_slow, fixture_close);
    tcase_add_test(tests, no_stream_id_is_told);
    tcase_add_test(tests, a_stream_that_is_being_made_has_no_shards);
    tcase_add_test(tests, five_streams_are_made_at_a_time);
    tcase_add_test(tests, what_a_stream_only_carries_leaves_its_state_alone);
    tcase_add_test(tests, a_stream_that_goes_is_not_called_back_by_tags);
    tcase_add_test(tests, consumers_are_registered_five_at_a_time);
    suite_add_tcase(suite, tests);
    return suite;
}
