/* Time to live (facts: DynamoDB, 14): the fixture's clock stands at 1700000000.123 seconds. */

#include "suites.h"

#include "dynamodb/expiry.h"
#include "dynamodb/stream.h"
#include "fixture.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void create(const char *more)
{
    tables_print_ask("CreateTable",
                     "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                     "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'%s}",
                     more);
}

static void enable(const char *attribute)
{
    const char *answer = tables_print_ask(
        "UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'%s','Enabled':true}}", attribute);

    ck_assert_msg(*answer == '{', "%s", answer);
}

static void put(const char *id, const char *expiry)
{
    tables_print_ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'%s'},'ttl':%s}}", id, expiry);
}

static bool is_there(const char *id)
{
    return strcmp(tables_print_ask("GetItem", "{'TableName':'things','Key':{'id':{'S':'%s'}}}", id), "{}");
}

static const struct {
    const char *text;
    int64_t time_ms;
} times[] = {
    { "1700000000", 1700000000000 },
    { "1700000000.25", 1700000000250 },
    { "0.0009", 0 },
    { "-5", -1 },
    { "999999999999", 999999999999000 },
    { "1000000000000", -1 },
    { "1700000000.1239", 1700000000123 },
};

START_TEST(a_number_of_seconds_is_a_time)
{
    struct arena arena = { 0 };
    struct value item = { .type = VALUE_M };

    value_put(&item, bytes_of("ttl"), (struct value){ .type = VALUE_N, .text = bytes_of(times[_i].text) }, &arena);
    ck_assert_int_eq(expiry_time_ms(&item, "ttl"), times[_i].time_ms);
    ck_assert_int_eq(expiry_time_ms(&item, "other"), -1);
    arena_clear(&arena);
}
END_TEST

START_TEST(it_is_enabled_described_and_disabled)
{
    static const char *const described = "{'TimeToLiveDescription':{'AttributeName':'ttl','TimeToLiveStatus':'ENABLED'}}";

    create("");
    tables_expect("DescribeTimeToLive", "{'TableName':'things'}", "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
    tables_expect("UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':false}}",
                  "ValidationException: TimeToLive is already disabled");
    tables_expect("UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}",
                  "{'TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}");
    tables_expect("DescribeTimeToLive", "{'TableName':'things'}", described);
    tables_expect("UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}",
                  "ValidationException: TimeToLive is already enabled");
    tables_expect("UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'other','Enabled':false}}",
                  "ValidationException: TimeToLive is active on a different AttributeName: current AttributeName is ttl");
    tables_expect("DescribeTimeToLive", "{'TableName':'things'}", described);
    tables_must("UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':false}}");
    tables_expect("DescribeTimeToLive", "{'TableName':'things'}", "{'TimeToLiveDescription':{'TimeToLiveStatus':'DISABLED'}}");
}
END_TEST

static const struct refusal refusals[] = {
    { "{'TableName':'absent','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}",
      "ResourceNotFoundException: Requested resource not found: Table: absent not found" },
    { "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'','Enabled':true}}",
      "ValidationException: 1 validation error detected: Value '' at 'timeToLiveSpecification.attributeName' failed to satisfy constraint: "
      "Member must have length greater than or equal to 1" },
    { "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl'}}",
      "ValidationException: 1 validation error detected: Value null at 'timeToLiveSpecification.enabled' failed to satisfy constraint: "
      "Member must not be null" },
    { "{'TableName':'things'}",
      "ValidationException: 1 validation error detected: Value null at 'timeToLiveSpecification' failed to satisfy constraint: Member must "
      "not be null" },
};

START_TEST(what_is_wrong_is_refused)
{
    create("");
    tables_expect("UpdateTimeToLive", refusals[_i].input, refusals[_i].answer);
}
END_TEST

START_TEST(an_item_goes_when_its_time_is_over)
{
    create("");
    put("before", "{'N':'1699999999'}");
    enable("ttl");
    put("past", "{'N':'1699999940.5'}");
    put("soon", "{'N':'1700000010'}");
    put("later", "{'N':'1700000100'}");
    put("moved", "{'N':'1700000010'}");
    put("text", "{'S':'1699999999'}");
    put("ancient", "{'N':'162777600'}");
    ck_assert(is_there("past"));
    ck_assert(is_there("before"));
    tables_advance(1000);
    ck_assert(!is_there("past"));
    ck_assert(!is_there("before"));
    ck_assert(is_there("soon"));
    put("moved", "{'N':'1700000100'}");
    tables_advance(9000);
    ck_assert(!is_there("soon"));
    ck_assert(is_there("later"));
    ck_assert(is_there("moved"));
    ck_assert(is_there("text"));
    ck_assert(is_there("ancient"));
    tables_advance(100 * 1000);
    ck_assert(!is_there("later"));
    ck_assert(!is_there("moved"));
    ck_assert(is_there("ancient"));
}
END_TEST

START_TEST(without_expiring_items_no_timer_runs)
{
    size_t before = tables_room()->ground->clock->timer_count;

    create("");
    enable("ttl");
    put("text", "{'S':'1699999999'}");
    ck_assert_uint_eq(tables_room()->ground->clock->timer_count, before);
    put("later", "{'N':'1700000100'}");
    ck_assert_uint_eq(tables_room()->ground->clock->timer_count, before + 1);
    tables_must("DeleteTable", "{'TableName':'things'}");
    ck_assert_uint_eq(tables_room()->ground->clock->timer_count, before);
}
END_TEST

START_TEST(indexes_lose_the_item_and_the_stream_tells_who_removed_it)
{
    struct arena arena = { 0 };
    const char *answer;
    const char *stream;

    tables_must("CreateTable", "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},"
                               "{'AttributeName':'ttl','AttributeType':'N'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],"
                               "'GlobalSecondaryIndexes':[{'IndexName':'by-ttl','KeySchema':[{'AttributeName':'ttl','KeyType':'HASH'}],"
                               "'Projection':{'ProjectionType':'ALL'}}],'BillingMode':'PAY_PER_REQUEST',"
                               "'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'OLD_IMAGE'}}");
    stream = dynamodb_find_table(tables_room(), "things")->live->arn;
    enable("ttl");
    put("a", "{'N':'1700000000'}");
    tables_advance(1000);
    tables_expect("Scan", "{'TableName':'things','IndexName':'by-ttl'}", "{'Count':0,'Items':[],'ScannedCount':0}");
    answer = tables_print_ask("GetShardIterator", "{'StreamArn':'%s','ShardId':'%s','ShardIteratorType':'TRIM_HORIZON'}", stream,
                              dynamodb_find_table(tables_room(), "things")->live->shard);
    answer = arena_text(&arena, strstr(answer, "arn:"));
    answer = tables_print_ask("GetRecords", "{'ShardIterator':'%.*s'}", (int)strcspn(answer, "'"), answer);
    ck_assert_ptr_nonnull(strstr(answer, "'OldImage':{'id':{'S':'a'},'ttl':{'N':'1700000000'}}"));
    ck_assert_ptr_nonnull(strstr(answer, "'userIdentity':{'PrincipalId':'dynamodb.amazonaws.com','Type':'Service'}"));
    arena_clear(&arena);
}
END_TEST

START_TEST(a_large_sweep_leaves_nothing)
{
    create("");
    enable("ttl");
    for (int i = 0; i < 1234; i++)
        tables_print_ask("PutItem", "{'TableName':'things','Item':{'id':{'S':'%d'},'ttl':{'N':'1700000001'}}}", i);
    put("stays", "{'N':'1800000000'}");
    tables_advance(2000);
    tables_expect("Scan", "{'TableName':'things','Select':'COUNT'}", "{'Count':1,'ScannedCount':1}");
}
END_TEST

static void run_sql(const char *sql)
{
    ck_assert_int_eq(database_run(tables_room()->ground->database, sql), OK);
    ck_assert_int_eq(tables_end_turn(), OK);
}

/* The sweep is tried again until the store takes it; neither item nor record is lost or doubled. */
START_TEST(a_sweep_that_fails_is_tried_again)
{
    create(",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}");
    enable("ttl");
    put("a", "{'N':'1700000001'}");
    run_sql("CREATE TRIGGER refuse BEFORE DELETE ON dynamodb_table_1 BEGIN SELECT RAISE(ABORT, 'as the test wants it'); END");
    tables_advance(1000);
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    ck_assert(is_there("a"));
    ck_assert_uint_eq(dynamodb_find_table(tables_room(), "things")->live->first, 1);
    run_sql("DROP TRIGGER refuse");
    tables_advance(5000);
    ck_assert_int_eq(tables_end_turn(), OK);
    ck_assert(!is_there("a"));
}
END_TEST

START_TEST(a_write_that_fails_leaves_the_index_as_it_was)
{
    create("");
    enable("ttl");
    run_sql("CREATE TRIGGER refuse BEFORE INSERT ON dynamodb_expiry_1 BEGIN SELECT RAISE(ABORT, 'as the test wants it'); END");
    put("a", "{'N':'1700000001'}");
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    ck_assert(!is_there("a"));
    run_sql("DROP TRIGGER refuse");
    put("a", "{'N':'1700000002'}");
    ck_assert_int_eq(tables_end_turn(), OK);
    tables_advance(3000);
    ck_assert(!is_there("a"));
}
END_TEST

/* What expired while no process ran goes when one runs again. */
START_TEST(it_outlives_the_process)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char file[64];

    ck_assert_ptr_nonnull(mkdtemp(directory));
    tables_open_in(directory);
    create("");
    enable("ttl");
    put("soon", "{'N':'1700000001'}");
    put("later", "{'N':'1700000100'}");
    tables_close();
    tables_open_in(directory);
    ck_assert(is_there("soon"));
    tables_advance(1000);
    ck_assert(!is_there("soon"));
    ck_assert(is_there("later"));
    tables_close();
    snprintf(file, sizeof file, "%s/lowcloud.sqlite", directory);
    unlink(file);
    rmdir(directory);
}
END_TEST

/* With a loop, items that were there are taken in by slices, turn after turn. */
START_TEST(a_filled_table_is_taken_in_by_slices)
{
    const struct service *service = dynamodb_service(fixture_world.dynamodb);
    char input[160];

    fixture_done(service, "CreateTable",
                 "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                 "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    for (int i = 0; i < 700; i++) {
        snprintf(input, sizeof input, "{'TableName':'things','Item':{'id':{'S':'%d'},'ttl':{'N':'1700000001'}}}", i);
        fixture_done(service, "PutItem", input);
    }
    fixture_done(service, "UpdateTimeToLive", "{'TableName':'things','TimeToLiveSpecification':{'AttributeName':'ttl','Enabled':true}}");
    fixture_expect(fixture_done(service, "DescribeTimeToLive", "{'TableName':'things'}"),
                   "{'TimeToLiveDescription':{'AttributeName':'ttl','TimeToLiveStatus':'ENABLED'}}");
    for (int i = 0; i < 10; i++)
        loop_turn(fixture_world.ground.loop, 0);
    world_advance(&fixture_world, 3000);
    fixture_expect(fixture_done(service, "Scan", "{'TableName':'things','Select':'COUNT'}"), "{'Count':0,'ScannedCount':0}");
}
END_TEST

Suite *suite_dynamodb_expiry(void)
{
    Suite *suite = suite_create("dynamodb expiry");
    TCase *tests = tcase_create("expiry");
    TCase *files = tcase_create("files");
    TCase *world = tcase_create("world");

    tcase_add_checked_fixture(tests, tables_open, tables_close);
    tcase_add_loop_test(tests, a_number_of_seconds_is_a_time, 0, (int)(sizeof times / sizeof *times));
    tcase_add_test(tests, it_is_enabled_described_and_disabled);
    tcase_add_loop_test(tests, what_is_wrong_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, an_item_goes_when_its_time_is_over);
    tcase_add_test(tests, without_expiring_items_no_timer_runs);
    tcase_add_test(tests, indexes_lose_the_item_and_the_stream_tells_who_removed_it);
    tcase_add_test(tests, a_large_sweep_leaves_nothing);
    tcase_add_test(tests, a_sweep_that_fails_is_tried_again);
    tcase_add_test(tests, a_write_that_fails_leaves_the_index_as_it_was);
    suite_add_tcase(suite, tests);
    tcase_add_test(files, it_outlives_the_process);
    suite_add_tcase(suite, files);
    tcase_add_checked_fixture(world, fixture_open, fixture_close);
    tcase_add_test(world, a_filled_table_is_taken_in_by_slices);
    suite_add_tcase(suite, world);
    return suite;
}
