/* A table's stream as a mapping's source: the events that AWS sends (facts C3), filters, reports, who is told of what is given up. */

#include "suites.h"

#include "base/memory.h"
#include "feed.h"
#include "lambda/mapping.h"
#include "lambda/room.h"

#include <stdlib.h>
#include <string.h>

static const struct service *lambda(void)
{
    return lambda_service(fixture_world.lambda);
}

static json_t *call_table(const char *operation, const char *input)
{
    json_t *output = fixture_done(dynamodb_service(fixture_world.dynamodb), operation, input);

    loop_turn(fixture_world.ground.loop, 0); /* at whose end the stream's listeners are woken */
    return output;
}

static char stream[600];

/* The function notes each event as it is, one a line, after feed_deploy's own empty line. */
#define NOTE "echo \"$event\" >>seen.swp; "

static void open_table(void)
{
    const json_t *table;

    feed_open();
    table =
        json_object_get(call_table("CreateTable", "{'TableName':'tbl','AttributeDefinitions':[{'AttributeName':'k','AttributeType':'S'}],"
                                                  "'KeySchema':[{'AttributeName':'k','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST',"
                                                  "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'NEW_AND_OLD_IMAGES'}}"),
                        "TableDescription");
    snprintf(stream, sizeof stream, "%s", json_string_value(json_object_get(table, "LatestStreamArn")));
    world_advance(&fixture_world, 1000);
    feed_deploy(NOTE);
}

static const char *map_function(const char *function, const char *position, const char *more)
{
    static char uuid[40];
    char *input = memory_print("{'FunctionName':'%s','EventSourceArn':'%s','StartingPosition':'%s'%s}", function, stream, position, more);
    const json_t *output = fixture_done(lambda(), "CreateEventSourceMapping", input);

    snprintf(uuid, sizeof uuid, "%s", json_string_value(json_object_get(output, "UUID")));
    free(input);
    return uuid;
}

static void put(const char *key, int value)
{
    char *input = memory_print("{'TableName':'tbl','Item':{'k':{'S':'%s'},'v':{'N':'%d'}}}", key, value);

    call_table("PutItem", input);
    free(input);
}

/* The event with that number, counting from 0; waits for it. Owned by the caller. */
static json_t *event(int number)
{
    int64_t deadline_us = fixture_deadline_us();

    for (;;) {
        const char *at = feed_seen();
        int left = number;

        while ((at = strstr(at, "{\"Records\"")) && left--)
            at++;
        if (at && strchr(at, '\n')) {
            json_t *read = json_loadb(at, (size_t)(strchr(at, '\n') - at), 0, NULL);

            ck_assert_ptr_nonnull(read);
            workshop_rest("f");
            return read;
        }
        ck_assert_msg(clock_stopwatch_us() < deadline_us, "no event %d in %s", number, feed_seen());
        loop_turn(fixture_world.ground.loop, 20);
    }
}

static const char *const drawn[] = { "eventID", "SequenceNumber", "startSequenceNumber", "endSequenceNumber", "requestId", NULL };

static void expect_event(int number, const char *expected)
{
    json_t *read = event(number);

    workshop_blur(read, drawn);
    fixture_expect(json_object_get(read, "Records"), expected);
    json_decref(read);
}

/* The keys of an event's records: "a b". Owned by the caller. */
static char *keys_of(int number)
{
    json_t *read = event(number);
    struct buffer keys = { 0 };
    json_t *record;
    size_t i;

    json_array_foreach(json_object_get(read, "Records"), i, record)
    {
        const json_t *key = json_object_get(json_object_get(json_object_get(record, "dynamodb"), "Keys"), "k");

        buffer_print(&keys, "%s%s", i ? " " : "", json_string_value(json_object_get(key, "S")));
    }
    json_decref(read);
    return buffer_take(&keys);
}

static void expect_keys(int number, const char *expected)
{
    char *keys = keys_of(number);

    ck_assert_str_eq(keys, expected);
    free(keys);
}

START_TEST(changes_come_as_aws_sends_them)
{
    char *expected = memory_print(
        "[{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000002,'Keys':{'k':{'S':'a'}},'NewImage':{'k':{'S':'a'},"
        "'v':{'N':'1'}},'SequenceNumber':'?','SizeBytes':7,'StreamViewType':'NEW_AND_OLD_IMAGES'},'eventID':'?','eventName':'INSERT',"
        "'eventSource':'aws:dynamodb','eventSourceARN':'%1$s','eventVersion':'1.1'},"
        "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000002,'Keys':{'k':{'S':'a'}},'NewImage':{'k':{'S':'a'},"
        "'v':{'N':'2'}},'OldImage':{'k':{'S':'a'},'v':{'N':'1'}},'SequenceNumber':'?','SizeBytes':12,'StreamViewType':"
        "'NEW_AND_OLD_IMAGES'},'eventID':'?','eventName':'MODIFY','eventSource':'aws:dynamodb','eventSourceARN':'%1$s','eventVersion':'1.1'"
        "},"
        "{'awsRegion':'us-east-1','dynamodb':{'ApproximateCreationDateTime':1700000002,'Keys':{'k':{'S':'a'}},'OldImage':{'k':{'S':'a'},"
        "'v':{'N':'2'}},'SequenceNumber':'?','SizeBytes':7,'StreamViewType':'NEW_AND_OLD_IMAGES'},'eventID':'?','eventName':'REMOVE',"
        "'eventSource':'aws:dynamodb','eventSourceARN':'%1$s','eventVersion':'1.1'}]",
        stream);

    put("a", 1);
    put("a", 2);
    put("a", 2); /* changes nothing: no record */
    call_table("DeleteItem", "{'TableName':'tbl','Key':{'k':{'S':'a'}}}");
    map_function("f", "TRIM_HORIZON", "");
    expect_event(0, expected);
    free(expected);
}
END_TEST

START_TEST(a_change_is_delivered_without_the_clock_moving)
{
    put("before", 1);
    map_function("f", "LATEST", "");
    put("a", 1);
    expect_keys(0, "a");
    put("b", 1);
    expect_keys(1, "b");
}
END_TEST

START_TEST(an_item_that_expired_was_removed_by_dynamodb)
{
    json_t *read;

    call_table("UpdateTimeToLive", "{'TableName':'tbl','TimeToLiveSpecification':{'Enabled':true,'AttributeName':'v'}}");
    map_function("f", "LATEST", "");
    put("a", 1700000100);
    json_decref(event(0));
    world_advance(&fixture_world, 200000);
    read = event(1);
    fixture_expect(json_object_get(json_array_get(json_object_get(read, "Records"), 0), "userIdentity"),
                   "{'principalId':'dynamodb.amazonaws.com','type':'Service'}");
    fixture_expect(json_object_get(json_array_get(json_object_get(read, "Records"), 0), "eventName"), "'REMOVE'");
    json_decref(read);
}
END_TEST

static const struct {
    const char *pattern;
    const char *keys; /* of the changes that pass */
} filters[] = {
    { "{\\'dynamodb\\':{\\'NewImage\\':{\\'v\\':{\\'N\\':[\\'2\\']}}}}", "b" },
    { "{\\'eventName\\':[\\'MODIFY\\']}", "a" },
    { "{\\'dynamodb\\':{\\'Keys\\':{\\'k\\':{\\'S\\':[{\\'prefix\\':\\'b\\'}]}}}}", "b" },
    { "{\\'dynamodb\\':{\\'OldImage\\':{\\'v\\':{\\'N\\':[{\\'exists\\':true}]}}}}", "a" },
    { "{\\'eventSourceARN\\':[{\\'suffix\\':\\'x\\'}],\\'eventName\\':[\\'INSERT\\']}", NULL },
};

START_TEST(filters_see_the_record_as_the_function_does)
{
    char *more = memory_print(",'FilterCriteria':{'Filters':[{'Pattern':'%s'},{'Pattern':'%s'}]}", filters[_i].pattern,
                              "{\\'dynamodb\\':{\\'Keys\\':{\\'k\\':{\\'S\\':[\\'last\\']}}}}");

    put("a", 1);
    put("b", 2);
    put("a", 3);
    put("last", 9);
    map_function("f", "TRIM_HORIZON", more);
    free(more);
    more = filters[_i].keys ? memory_print("%s last", filters[_i].keys) : memory_copy_text("last");
    expect_keys(0, more);
    free(more);
}
END_TEST

START_TEST(a_report_names_sequence_numbers)
{
    feed_deploy(NOTE "[[ $event =~ SequenceNumber.*SequenceNumber\\\":\\\"([0-9]*) ]] && [ $runs = 1 ] && "
                     "answer=\"{\\\"batchItemFailures\\\":[{\\\"itemIdentifier\\\":\\\"${BASH_REMATCH[1]}\\\"}]}\"");
    put("a", 1);
    put("b", 1);
    map_function("f", "TRIM_HORIZON", ",'FunctionResponseTypes':['ReportBatchItemFailures']");
    expect_keys(0, "a b");
    world_advance(&fixture_world, 500);
    expect_keys(1, "b");
}
END_TEST

START_TEST(what_is_given_up_is_told_of_in_whole_seconds)
{
    struct buffer lines = { 0 };
    char *expected = memory_print("{'approximateArrivalOfFirstRecord':'2023-11-14T22:13:22Z','approximateArrivalOfLastRecord':"
                                  "'2023-11-14T22:13:22Z','batchSize':1,'endSequenceNumber':'?','shardId':'%s','startSequenceNumber':'?',"
                                  "'streamArn':'%s'}",
                                  "shard", stream);
    json_t *entry;
    json_t *info;

    feed_deploy("path=error");
    map_function("f", "LATEST", ",'MaximumRetryAttempts':0,'DestinationConfig':{'OnFailure':{'Destination':'arn:aws:sns:x'}}");
    put("a", 1);
    while (!fixture_world.lambda->notes.newest)
        loop_turn(fixture_world.ground.loop, 20);
    lambda_print_destinations(fixture_world.lambda, 0, &lines);
    entry = json_loads(lines.data, 0, NULL);
    workshop_blur(entry, drawn);
    info = json_object_get(json_object_get(entry, "body"), "DDBStreamBatchInfo");
    ck_assert(!strncmp(json_string_value(json_object_get(info, "shardId")), "shardId-", 8));
    json_object_set_new(info, "shardId", json_string("shard"));
    fixture_expect(info, expected);
    json_decref(entry);
    buffer_clear(&lines);
    free(expected);
}
END_TEST

START_TEST(each_of_several_mappings_sees_every_change)
{
    workshop_deploy("g", "provided.al2023", "any", "");
    map_function("f", "TRIM_HORIZON", "");
    map_function("g", "TRIM_HORIZON", "");
    put("a", 1);
    expect_keys(0, "a");
    expect_keys(1, "a");
}
END_TEST

START_TEST(an_items_changes_stay_in_order_on_their_lane)
{
    char last[20] = "";
    int seen = 0;

    map_function("f", "TRIM_HORIZON", ",'ParallelizationFactor':4,'BatchSize':1");
    for (int i = 1; i <= 5; i++) {
        put("a", i);
        put("b", i);
    }
    for (int number = 0; number < 10; number++) {
        json_t *read = event(number);
        const json_t *change = json_object_get(json_array_get(json_object_get(read, "Records"), 0), "dynamodb");
        const json_t *image = json_object_get(change, "NewImage");

        if (!strcmp(json_string_value(json_object_get(json_object_get(image, "k"), "S")), "a")) {
            snprintf(last + strlen(last), sizeof last - strlen(last), "%s",
                     json_string_value(json_object_get(json_object_get(image, "v"), "N")));
            seen++;
        }
        json_decref(read);
    }
    ck_assert_int_eq(seen, 5);
    ck_assert_str_eq(last, "12345");
}
END_TEST

START_TEST(a_stream_that_is_disabled_is_read_to_its_end)
{
    char *input = memory_print("{'UUID':'%s','Enabled':true}", map_function("f", "TRIM_HORIZON", ",'Enabled':false"));

    put("a", 1);
    call_table("UpdateTable", "{'TableName':'tbl','StreamSpecification':{'StreamEnabled':false}}");
    fixture_done(lambda(), "UpdateEventSourceMapping", input);
    expect_keys(0, "a");
    free(input);
}
END_TEST

START_TEST(what_cannot_be_mapped_is_refused)
{
    static const char *const sources[][3] = {
        { NULL, "AT_TIMESTAMP", "Unsupported starting position for arn type: " },
        { "arn:aws:dynamodb:us-east-1:000000000000:table/tbl/stream/2020-01-01T00:00:00.000", "LATEST", "Stream not found: " },
        { "arn:aws:dynamodb:us-east-1:000000000000:table/tbl", "LATEST", "Stream not found: " },
        { "arn:aws:sqs:us-east-1:000000000000:q", "LATEST", "Unrecognized event source." },
        { "arn:aws", "LATEST", "Unrecognized event source." },
    };

    for (size_t i = 0; i < sizeof sources / sizeof *sources; i++) {
        const char *source = sources[i][0] ? sources[i][0] : stream;
        char *input = memory_print("{'FunctionName':'f','EventSourceArn':'%s','StartingPosition':'%s','StartingPositionTimestamp':1}",
                                   source, sources[i][1]);
        char *message = memory_print("%s%s", sources[i][2], strchr(sources[i][2], ':') ? source : "");
        struct fixture_answer answer = fixture_call(lambda(), "CreateEventSourceMapping", input);

        ck_assert_int_eq(answer.error, ERR_INVALID_PARAMETER_VALUE);
        ck_assert_str_eq(answer.message, message);
        free(message);
        free(input);
    }
}
END_TEST

Suite *suite_lambda_source_table(void)
{
    Suite *suite = suite_create("lambda source table");
    TCase *tests = tcase_create("table");

    tcase_add_checked_fixture(tests, open_table, workshop_close);
    tcase_add_test(tests, changes_come_as_aws_sends_them);
    tcase_add_test(tests, a_change_is_delivered_without_the_clock_moving);
    tcase_add_test(tests, an_item_that_expired_was_removed_by_dynamodb);
    tcase_add_loop_test(tests, filters_see_the_record_as_the_function_does, 0, sizeof filters / sizeof *filters);
    tcase_add_test(tests, a_report_names_sequence_numbers);
    tcase_add_test(tests, what_is_given_up_is_told_of_in_whole_seconds);
    tcase_add_test(tests, each_of_several_mappings_sees_every_change);
    tcase_add_test(tests, an_items_changes_stay_in_order_on_their_lane);
    tcase_add_test(tests, a_stream_that_is_disabled_is_read_to_its_end);
    tcase_add_test(tests, what_cannot_be_mapped_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
