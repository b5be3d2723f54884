/* Tags and policies, of streams and of the consumers that are registered with them. */

#include "suites.h"

#include "base/buffer.h"
#include "fixture.h"

#include <string.h>

#define STREAM "arn:aws:kinesis:us-east-1:000000000000:stream/fixes"
#define CONSUMER STREAM "/consumer/app:1700000000"
#define POLICY                                                                                                                          \
    "{\\u0022Statement\\u0022:[{\\u0022Effect\\u0022:\\u0022Allow\\u0022,\\u0022Principal\\u0022:\\u0022*\\u0022,\\u0022Action\\u0022:" \
    "\\u0022kinesis:PutRecord\\u0022,\\u0022Resource\\u0022:\\u0022*\\u0022}]}"

static const struct service *kinesis(void)
{
    return kinesis_service(fixture_world.kinesis);
}

static void open_consumer(void)
{
    fixture_open();
    fixture_done(kinesis(), "CreateStream", "{'StreamName':'fixes','ShardCount':1,'Tags':{'of':'stream'}}");
    fixture_done(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'app','Tags':{'of':'consumer'}}");
}

static void expect_tags(const char *arn, const char *expected)
{
    char input[300];

    snprintf(input, sizeof input, "{'ResourceARN':'%s'}", arn);
    fixture_expect(json_object_get(fixture_done(kinesis(), "ListTagsForResource", input), "Tags"), expected);
}

START_TEST(a_consumer_has_tags_of_its_own)
{
    expect_tags(CONSUMER, "[{'Key':'of','Value':'consumer'}]");
    fixture_done(kinesis(), "TagResource", "{'ResourceARN':'" CONSUMER "','Tags':{'more':'1'}}");
    fixture_done(kinesis(), "UntagResource", "{'ResourceARN':'" CONSUMER "','TagKeys':['of']}");
    expect_tags(CONSUMER, "[{'Key':'more','Value':'1'}]");
    expect_tags(STREAM, "[{'Key':'of','Value':'stream'}]");
}
END_TEST

START_TEST(a_consumer_has_a_policy_of_its_own)
{
    fixture_done(kinesis(), "PutResourcePolicy", "{'ResourceARN':'" CONSUMER "','Policy':'" POLICY "'}");
    fixture_expect(fixture_done(kinesis(), "GetResourcePolicy", "{'ResourceARN':'" CONSUMER "'}"), "{'Policy':'" POLICY "'}");
    fixture_expect(fixture_done(kinesis(), "GetResourcePolicy", "{'ResourceARN':'" STREAM "'}"), "{'Policy':'{}'}");
    fixture_done(kinesis(), "DeleteResourcePolicy", "{'ResourceARN':'" CONSUMER "'}");
    fixture_refused(kinesis(), "DeleteResourcePolicy", "{'ResourceARN':'" CONSUMER "'}", ERR_RESOURCE_NOT_FOUND,
                    "No resource policy found for resource ARN " CONSUMER);
}
END_TEST

static const char *const policies[] = {
    "{}",
    "[]",
    "no JSON",
    "{\\u0022Statement\\u0022:[]}",
    "{\\u0022Statement\\u0022:{}}",
    "{\\u0022Statement\\u0022:[null]}",
    ("{\\u0022Statement\\u0022:[{\\u0022Effect\\u0022:\\u0022Perhaps\\u0022,\\u0022Principal\\u0022:\\u0022*\\u0022,\\u0022Action\\u0022:"
     "\\u0022*\\u0022,\\u0022Resource\\u0022:\\u0022*\\u0022}]}"),
};

START_TEST(a_policy_that_says_nothing_is_refused)
{
    char input[500];

    snprintf(input, sizeof input, "{'ResourceARN':'" STREAM "','Policy':'%s'}", policies[_i]);
    fixture_refused(kinesis(), "PutResourcePolicy", input, ERR_INVALID_ARGUMENT,
                    "The policy is not valid: it needs statements with Effect, Principal, Action and Resource.");
}
END_TEST

static const struct {
    const char *operation;
    const char *input;
    enum error_id error;
    const char *message;
} refusals[] = {
    { "TagResource", "{'ResourceARN':'" STREAM "/consumer/app:1','Tags':{'a':'1'}}", ERR_RESOURCE_NOT_FOUND,
      "Consumer " STREAM "/consumer/app:1, account 000000000000 not found." },
    { "UntagResource", "{'ResourceARN':'" STREAM "/consumer/none:1700000000','TagKeys':['a']}", ERR_RESOURCE_NOT_FOUND,
      "Consumer " STREAM "/consumer/none:1700000000, account 000000000000 not found." },
    { "ListTagsForResource", "{'ResourceARN':'" STREAM "/consumer/'}", ERR_RESOURCE_NOT_FOUND,
      "Consumer " STREAM "/consumer/, account 000000000000 not found." },
    { "GetResourcePolicy", "{'ResourceARN':'" STREAM "/consumer/app:1'}", ERR_RESOURCE_NOT_FOUND,
      "Consumer " STREAM "/consumer/app:1, account 000000000000 not found." },
    { "TagResource", "{'ResourceARN':'" STREAM "','Tags':{'aws:a':'1'}}", ERR_INVALID_ARGUMENT,
      "Failed to add tags to stream fixes under account 000000000000 because tag keys that begin with aws: are reserved for AWS use." },
    { "AddTagsToStream", "{'StreamName':'fixes','Tags':{'AWS:a':'1'}}", ERR_INVALID_ARGUMENT,
      "Failed to add tags to stream fixes under account 000000000000 because tag keys that begin with aws: are reserved for AWS use." },
    { "UntagResource", "{'ResourceARN':'" CONSUMER "','TagKeys':['aws:a']}", ERR_INVALID_ARGUMENT,
      "Failed to remove tags from consumer app under account 000000000000 because tag keys that begin with aws: are reserved for AWS "
      "use." },
    { "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'new','Tags':{'aws:a':'1'}}", ERR_INVALID_ARGUMENT,
      "Failed to add tags to consumer new under account 000000000000 because tag keys that begin with aws: are reserved for AWS use." },
    { "CreateStream", "{'StreamName':'new','ShardCount':1,'Tags':{}}", ERR_VALIDATION,
      "1 validation error detected: Value '{}' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to "
      "1" },
};

START_TEST(what_is_wrong_with_tags_is_refused)
{
    fixture_refused(kinesis(), refusals[_i].operation, refusals[_i].input, refusals[_i].error, refusals[_i].message);
}
END_TEST

/* A consumer that is refused for its tags is not registered. */
START_TEST(a_refused_consumer_is_not_there)
{
    fixture_call(kinesis(), "RegisterStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'new','Tags':{'aws:a':'1'}}");
    ck_assert_int_eq(fixture_call(kinesis(), "DescribeStreamConsumer", "{'StreamARN':'" STREAM "','ConsumerName':'new'}").error,
                     ERR_RESOURCE_NOT_FOUND);
}
END_TEST

static struct fixture_answer tag_with(const char *arn, int count)
{
    struct buffer input = { 0 };
    struct fixture_answer answer;

    buffer_print(&input, "{'ResourceARN':'%s','Tags':{", arn);
    for (int i = 0; i < count; i++)
        buffer_print(&input, "%s'%d':''", i ? "," : "", i);
    buffer_add_text(&input, "}}");
    answer = fixture_call(kinesis(), "TagResource", input.data);
    buffer_clear(&input);
    return answer;
}

START_TEST(fifty_tags_are_the_most)
{
    struct fixture_answer answer;

    ck_assert_int_eq(tag_with(CONSUMER, 49).error, ERR_NONE);
    answer = tag_with(CONSUMER, 50);
    ck_assert_int_eq(answer.error, ERR_INVALID_ARGUMENT);
    ck_assert_str_eq(answer.message, "Failed to add tags to consumer app under account 000000000000 because a given consumer cannot have "
                                     "more than 50 tags associated with it.");
    ck_assert_int_eq(tag_with(CONSUMER, 201).error, ERR_VALIDATION);
}
END_TEST

/* A null in a list is as absent, here and in every list of texts. */
START_TEST(nulls_in_lists_harm_nobody)
{
    fixture_done(kinesis(), "UntagResource", "{'ResourceARN':'" STREAM "','TagKeys':[null,'of']}");
    fixture_done(kinesis(), "EnableEnhancedMonitoring", "{'StreamName':'fixes','ShardLevelMetrics':[null,'IncomingBytes']}");
    expect_tags(STREAM, "[]");
}
END_TEST

Suite *suite_kinesis_resource(void)
{
    Suite *suite = suite_create("kinesis resource");
    TCase *tests = tcase_create("tags and policies");

    tcase_add_checked_fixture(tests, open_consumer, fixture_close);
    tcase_add_test(tests, a_consumer_has_tags_of_its_own);
    tcase_add_test(tests, a_consumer_has_a_policy_of_its_own);
    tcase_add_loop_test(tests, a_policy_that_says_nothing_is_refused, 0, sizeof policies / sizeof *policies);
    tcase_add_loop_test(tests, what_is_wrong_with_tags_is_refused, 0, sizeof refusals / sizeof *refusals);
    tcase_add_test(tests, a_refused_consumer_is_not_there);
    tcase_add_test(tests, fifty_tags_are_the_most);
    tcase_add_test(tests, nulls_in_lists_harm_nobody);
    suite_add_tcase(suite, tests);
    return suite;
}
