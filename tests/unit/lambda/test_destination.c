/* What the destinations of mappings and of asynchronous invocations are told: the records are those that AWS sends (facts B8, C6), by real
 * functions on a clock that stands. */

#include "suites.h"

#include "base/memory.h"
#include "feed.h"
#include "lambda/destination.h"
#include "lambda/function.h"
#include "lambda/room.h"

#include <stdlib.h>
#include <string.h>

#define FUNCTION "arn:aws:lambda:us-east-1:000000000000:function:f"
#define QUEUE "arn:aws:sqs:us-east-1:000000000000:q"

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

/* The kept entry with that id, counting from 1; waits for it. Owned by the caller. */
static json_t *kept(uint64_t id)
{
    int64_t deadline_us = fixture_deadline_us();
    struct buffer lines = { 0 };
    json_t *entry;

    while (fixture_world.lambda->notes.newest < id && clock_stopwatch_us() < deadline_us)
        loop_turn(fixture_world.ground.loop, 20);
    lambda_print_destinations(fixture_world.lambda, id - 1, &lines);
    ck_assert_msg(lines.size > 0, "no entry %d is kept", (int)id);
    *strchr(lines.data, '\n') = '\0';
    entry = json_loads(lines.data, 0, NULL);
    ck_assert_msg(entry != NULL, "%s", lines.data);
    buffer_clear(&lines);
    return entry;
}

static const char *const drawn[] = { "requestId", "startSequenceNumber", "endSequenceNumber", "sequenceNumber", "eventID", "id", NULL };

static void expect_body(uint64_t id, const char *expected)
{
    json_t *entry = kept(id);

    workshop_blur(json_object_get(entry, "body"), drawn);
    fixture_expect(json_object_get(entry, "body"), expected);
    json_decref(entry);
}

static void expect_member(uint64_t id, const char *name, const char *expected)
{
    json_t *entry = kept(id);

    fixture_expect(json_object_get(entry, name), expected);
    json_decref(entry);
}

#define TO_QUEUE ",'DestinationConfig':{'OnFailure':{'Destination':'" QUEUE "'}}"

/* ---- mappings ---- */

START_TEST(a_batch_that_is_given_up_is_told_of_as_aws_does)
{
    json_t *entry;

    feed_put("a");
    feed_put("poison");
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':1" TO_QUEUE);
    feed_expect("YQ== " FEED_POISON "\n");
    world_advance(&fixture_world, 500);
    expect_body(1, "{'KinesisBatchInfo':{'approximateArrivalOfFirstRecord':'2023-11-14T22:13:21.000Z','approximateArrivalOfLastRecord':"
                   "'2023-11-14T22:13:21.000Z','batchSize':2,'endSequenceNumber':'?','shardId':'shardId-000000000000',"
                   "'startSequenceNumber':'?','streamArn':'" FEED_STREAM "'},'requestContext':{'approximateInvokeCount':2,'condition':"
                   "'RetryAttemptsExhausted','functionArn':'" FUNCTION "','requestId':'?'},'responseContext':{'executedVersion':'$LATEST',"
                   "'functionError':'Unhandled','statusCode':200},'timestamp':'2023-11-14T22:13:21.500Z','version':'1.0'}");
    expect_member(1, "destination", "'" QUEUE "'");
    entry = kept(1);
    ck_assert_ptr_nonnull(strstr(json_string_value(json_object_get(entry, "source")), ":event-source-mapping:"));
    json_decref(entry);
    ck_assert_int_eq(feed_faults("kept"), 1);
}
END_TEST

START_TEST(halves_are_told_of_by_themselves)
{
    const json_t *info;
    json_t *entry;

    feed_put("a");
    feed_put("poison");
    feed_put("c");
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':0,'BisectBatchOnFunctionError':true" TO_QUEUE);
    for (int i = 0; i < 2; i++) {
        feed_expect(feed_seen());
        workshop_rest("f");
        loop_turn(fixture_world.ground.loop, 20);
        workshop_rest("f");
        world_advance(&fixture_world, 500);
    }
    entry = kept(1);
    info = json_object_get(json_object_get(entry, "body"), "KinesisBatchInfo");
    ck_assert_int_eq(json_integer_value(json_object_get(info, "batchSize")), 1);
    ck_assert_str_eq(json_string_value(json_object_get(info, "startSequenceNumber")),
                     json_string_value(json_object_get(info, "endSequenceNumber")));
    json_decref(entry);
}
END_TEST

START_TEST(a_report_is_no_error_of_the_function)
{
    feed_deploy("answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${ids[0]}\\\"}]}\"");
    feed_put("a");
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':0,'FunctionResponseTypes':['ReportBatchItemFailures']" TO_QUEUE);
    expect_body(1, "{'KinesisBatchInfo':{'approximateArrivalOfFirstRecord':'2023-11-14T22:13:21.000Z','approximateArrivalOfLastRecord':"
                   "'2023-11-14T22:13:21.000Z','batchSize':1,'endSequenceNumber':'?','shardId':'shardId-000000000000',"
                   "'startSequenceNumber':'?','streamArn':'" FEED_STREAM "'},'requestContext':{'approximateInvokeCount':1,'condition':"
                   "'RetryAttemptsExhausted','functionArn':'" FUNCTION "','requestId':'?'},'responseContext':{'executedVersion':'$LATEST',"
                   "'functionError':null,'statusCode':200},'timestamp':'2023-11-14T22:13:21.000Z','version':'1.0'}");
}
END_TEST

START_TEST(what_grew_too_old_has_no_response)
{
    feed_put("a");
    world_advance(&fixture_world, 61000);
    feed_map("TRIM_HORIZON", ",'MaximumRecordAgeInSeconds':60" TO_QUEUE);
    expect_body(1, "{'KinesisBatchInfo':{'approximateArrivalOfFirstRecord':'2023-11-14T22:13:21.000Z','approximateArrivalOfLastRecord':"
                   "'2023-11-14T22:13:21.000Z','batchSize':1,'endSequenceNumber':'?','shardId':'shardId-000000000000',"
                   "'startSequenceNumber':'?','streamArn':'" FEED_STREAM "'},'requestContext':{'approximateInvokeCount':1,'condition':"
                   "'RecordAgeExceeded','functionArn':'" FUNCTION "','requestId':'?'},'timestamp':'2023-11-14T22:14:22.000Z','version':"
                   "'1.0'}");
}
END_TEST

START_TEST(a_bucket_gets_the_event_under_a_key_of_its_own)
{
    json_t *entry;
    const char *key;

    feed_put("poison");
    feed_map("TRIM_HORIZON", ",'MaximumRetryAttempts':0,'DestinationConfig':{'OnFailure':{'Destination':'arn:aws:s3:::bucket'}}");
    entry = kept(1);
    key = json_string_value(json_object_get(entry, "key"));
    ck_assert_msg(!strncmp(key, "aws/lambda/", 11) && strstr(key, "/shardId-000000000000/2023/11/14/2023-11-14T22.13.21-"), "%s", key);
    workshop_blur(entry, drawn);
    fixture_expect(json_object_get(json_object_get(entry, "body"), "payload"),
                   "{'Records':[{'awsRegion':'us-east-1','eventID':'?','eventName':'aws:kinesis:record','eventSource':'aws:kinesis',"
                   "'eventSourceARN':'" FEED_STREAM
                   "','eventVersion':'1.0','invokeIdentityArn':'arn:aws:iam::000000000000:role/r','kinesis':"
                   "{'approximateArrivalTimestamp':1700000001.0,'data':'" FEED_POISON "','kinesisSchemaVersion':'1.0','partitionKey':'k',"
                   "'sequenceNumber':'?'}}]}");
    json_decref(entry);
}
END_TEST

static const char *const unsupported[] = { FUNCTION, FEED_STREAM, "arn:aws:events:us-east-1:000000000000:event-bus/b", "q" };

START_TEST(a_mapping_has_no_other_destinations_than_awss)
{
    char *input = memory_print("{'FunctionName':'f','EventSourceArn':'" FEED_STREAM "','StartingPosition':'LATEST',"
                               "'DestinationConfig':{'OnFailure':{'Destination':'%s'}}}",
                               unsupported[_i]);

    ck_assert_int_eq(fixture_call(lambda(), "CreateEventSourceMapping", input).error, ERR_INVALID_PARAMETER_VALUE);
    free(input);
}
END_TEST

/* ---- asynchronous invocations ---- */

static void configure(const char *config)
{
    char *input = memory_print("{'FunctionName':'f','MaximumRetryAttempts':0,'DestinationConfig':%s}", config);

    fixture_done(lambda(), "PutFunctionEventInvokeConfig", input);
    free(input);
}

/* Invokes f with {"a":1}. */
static void invoke(void)
{
    fixture_done(lambda(), "Invoke", "{'FunctionName':'f','InvocationType':'Event','Payload':'eyJhIjoxfQ=='}");
}

START_TEST(success_is_told_of_where_it_is_asked_for)
{
    feed_deploy("answer='{\"done\":true}'");
    configure("{'OnSuccess':{'Destination':'" QUEUE "'},'OnFailure':{'Destination':'arn:aws:sns:us-east-1:000000000000:t'}}");
    invoke();
    expect_member(1, "destination", "'" QUEUE "'");
    expect_body(1, "{'requestContext':{'approximateInvokeCount':1,'condition':'Success','functionArn':'" FUNCTION
                   ":$LATEST','requestId':'?'},'requestPayload':{'a':1},'responseContext':{'executedVersion':'$LATEST','statusCode':200},"
                   "'responsePayload':{'done':true},'timestamp':'2023-11-14T22:13:21.000Z','version':'1.0'}");
}
END_TEST

#define FAIL "path=error; answer='{\"errorType\":\"E\",\"errorMessage\":\"m\"}'"

START_TEST(an_event_that_is_given_up_is_told_of_with_its_last_answer)
{
    feed_deploy(FAIL);
    configure("{'OnFailure':{'Destination':'arn:aws:sns:us-east-1:000000000000:t'}}");
    invoke();
    expect_member(1, "destination", "'arn:aws:sns:us-east-1:000000000000:t'");
    expect_body(1, "{'requestContext':{'approximateInvokeCount':1,'condition':'RetriesExhausted','functionArn':'" FUNCTION
                   ":$LATEST','requestId':'?'},'requestPayload':{'a':1},'responseContext':{'executedVersion':'$LATEST','functionError':"
                   "'Unhandled','statusCode':200},'responsePayload':{'errorMessage':'m','errorType':'E'},'timestamp':"
                   "'2023-11-14T22:13:21.000Z','version':'1.0'}");
}
END_TEST

START_TEST(with_no_concurrency_it_is_told_of_at_once)
{
    workshop_function("f")->reserved = 0;
    configure("{'OnFailure':{'Destination':'" QUEUE "'}}");
    invoke();
    expect_body(1, "{'requestContext':{'approximateInvokeCount':0,'condition':'ZeroReservedConcurrency','functionArn':'" FUNCTION
                   ":$LATEST','requestId':'?'},'requestPayload':{'a':1},'timestamp':'2023-11-14T22:13:21.000Z','version':'1.0'}");
}
END_TEST

START_TEST(a_bus_gets_an_event)
{
    feed_deploy(FAIL);
    configure("{'OnFailure':{'Destination':'arn:aws:events:us-east-1:000000000000:event-bus/b'}}");
    invoke();
    expect_body(1, "{'account':'000000000000','detail':{'requestContext':{'approximateInvokeCount':1,'condition':'RetriesExhausted',"
                   "'functionArn':'" FUNCTION ":$LATEST','requestId':'?'},'requestPayload':{'a':1},'responseContext':{'executedVersion':"
                   "'$LATEST','functionError':'Unhandled','statusCode':200},'responsePayload':{'errorMessage':'m','errorType':'E'},"
                   "'timestamp':'2023-11-14T22:13:21.000Z','version':'1.0'},'detail-type':'Lambda Function Invocation Result - Failure',"
                   "'id':'?','region':'us-east-1','resources':['arn:aws:events:us-east-1:000000000000:event-bus/b','" FUNCTION
                   ":$LATEST'],'source':'lambda','time':'2023-11-14T22:13:21Z','version':'0'}");
}
END_TEST

START_TEST(a_function_is_invoked_with_the_record)
{
    /* Of the same code, which fails when it is handed what the first one was. */
    feed_deploy("case $event in *RetriesExhausted*) echo told >>seen.swp;; *) " FAIL ";; esac");
    workshop_deploy("g", "provided.al2023", "any", "");
    configure("{'OnFailure':{'Destination':'arn:aws:lambda:us-east-1:000000000000:function:g'}}");
    invoke();
    feed_expect("\n\ntold\n");
    ck_assert_int_eq(feed_faults("invoked"), 1);
    ck_assert_uint_eq(fixture_world.lambda->notes.newest, 0);
}
END_TEST

START_TEST(a_dead_letter_queue_gets_the_event_itself)
{
    json_t *attributes;
    json_t *entry;

    feed_deploy(FAIL);
    workshop_deploy("f", "provided.al2023", "any", ",'DeadLetterConfig':{'TargetArn':'" QUEUE "'}");
    configure("{}");
    invoke();
    expect_body(1, "{'a':1}");
    entry = kept(1);
    attributes = json_object_get(entry, "attributes");
    ck_assert_int_eq(json_string_length(json_object_get(json_object_get(attributes, "RequestID"), "StringValue")), 36);
    json_object_del(attributes, "RequestID");
    fixture_expect(attributes,
                   "{'ErrorCode':{'DataType':'Number','StringValue':'200'},'ErrorMessage':{'DataType':'String','StringValue':'m'}}");
    json_decref(entry);
}
END_TEST

/* ---- what is kept ---- */

START_TEST(the_last_of_it_is_kept)
{
    struct buffer lines = { 0 };

    for (int i = 0; i < DESTINATION_KEPT_MAX + 44; i++)
        destination_send(fixture_world.lambda,
                         &(struct destination_note){ .arn = QUEUE, .source = FUNCTION, .body = "{}", .size_bytes = 2 });
    lambda_print_destinations(fixture_world.lambda, 0, &lines);
    ck_assert(!strncmp(lines.data, "{\"id\":45,", 9));
    lines.size = 0;
    lambda_print_destinations(fixture_world.lambda, DESTINATION_KEPT_MAX + 44, &lines);
    ck_assert_uint_eq(lines.size, 0);
    buffer_clear(&lines);
}
END_TEST

Suite *suite_lambda_destination(void)
{
    Suite *suite = suite_create("lambda destination");
    TCase *tests = tcase_create("destination");

    tcase_add_checked_fixture(tests, feed_open, workshop_close);
    tcase_add_test(tests, a_batch_that_is_given_up_is_told_of_as_aws_does);
    tcase_add_test(tests, halves_are_told_of_by_themselves);
    tcase_add_test(tests, a_report_is_no_error_of_the_function);
    tcase_add_test(tests, what_grew_too_old_has_no_response);
    tcase_add_test(tests, a_bucket_gets_the_event_under_a_key_of_its_own);
    tcase_add_loop_test(tests, a_mapping_has_no_other_destinations_than_awss, 0, sizeof unsupported / sizeof *unsupported);
    tcase_add_test(tests, success_is_told_of_where_it_is_asked_for);
    tcase_add_test(tests, an_event_that_is_given_up_is_told_of_with_its_last_answer);
    tcase_add_test(tests, with_no_concurrency_it_is_told_of_at_once);
    tcase_add_test(tests, a_bus_gets_an_event);
    tcase_add_test(tests, a_function_is_invoked_with_the_record);
    tcase_add_test(tests, a_dead_letter_queue_gets_the_event_itself);
    tcase_add_test(tests, the_last_of_it_is_kept);
    suite_add_tcase(suite, tests);
    return suite;
}
