/* An index that is added to a table with items: filled by slices between other requests, and again after the process was cut off. */

#include "suites.h"

#include "base/memory.h"
#include "fixture.h"
#include "tables.h"

#include <stdlib.h>
#include <string.h>

enum { ITEMS = 1000 };

#define TABLE "'TableName':'many'"
#define CREATE                                                                                                                     \
    "{" TABLE ",'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{'AttributeName':'id','KeyType':" \
    "'HASH'}],'BillingMode':'PAY_PER_REQUEST'}"
#define ADD_INDEX                                                                                                              \
    "{" TABLE ",'AttributeDefinitions':[{'AttributeName':'x','AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':{" \
    "'IndexName':'by-x','KeySchema':[{'AttributeName':'x','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}}]}"

static const struct service *service(void)
{
    return dynamodb_service(fixture_world.dynamodb);
}

static void put(int i, const char *x)
{
    char *input = memory_print("{" TABLE ",'Item':{'id':{'S':'%d'},'x':{'S':'%s'}}}", i, x);

    fixture_done(service(), "PutItem", input);
    free(input);
}

static const json_t *described_index(void)
{
    const json_t *table = json_object_get(fixture_done(service(), "DescribeTable", "{" TABLE "}"), "Table");

    return json_array_get(json_object_get(table, "GlobalSecondaryIndexes"), 0);
}

static bool is_active(void)
{
    return !strcmp(json_string_value(json_object_get(described_index(), "IndexStatus")), "ACTIVE");
}

/* fixture_call turns the loop until its answer is there, so a slice may run with it; but not all of them. */
START_TEST(a_large_table_is_served_while_an_index_is_filled)
{
    const json_t *index;

    fixture_done(service(), "CreateTable", CREATE);
    for (int i = 0; i < ITEMS; i++)
        put(i, "a");
    fixture_done(service(), "UpdateTable", ADD_INDEX);
    index = described_index();
    ck_assert_str_eq(json_string_value(json_object_get(index, "IndexStatus")), "CREATING");
    ck_assert(json_is_true(json_object_get(index, "Backfilling")));
    fixture_refused(service(), "Scan", "{" TABLE ",'IndexName':'by-x'}", ERR_VALIDATION,
                    "Cannot read from backfilling global secondary index: by-x");
    put(1, "b");
    put(ITEMS - 1, "b");
    put(ITEMS, "b");
    fixture_done(service(), "DeleteItem", "{" TABLE ",'Key':{'id':{'S':'2'}}}");
    fixture_done(service(), "DeleteItem", "{" TABLE ",'Key':{'id':{'S':'990'}}}");
    for (int turns = 0; !is_active(); turns++) {
        ck_assert_int_lt(turns, ITEMS);
        loop_turn(fixture_world.ground.loop, 0);
    }
    fixture_expect(fixture_done(service(), "Query",
                                "{" TABLE ",'IndexName':'by-x','KeyConditionExpression':'x = :x','ExpressionAttributeValues':{':x':{'S':"
                                "'b'}},'Select':'COUNT'}"),
                   "{'Count':3,'ScannedCount':3}");
    fixture_expect(fixture_done(service(), "Scan", "{" TABLE ",'IndexName':'by-x','Select':'COUNT'}"), "{'Count':999,'ScannedCount':999}");
    ck_assert_int_eq(json_integer_value(json_object_get(described_index(), "ItemCount")), ITEMS - 1);
}
END_TEST

START_TEST(an_index_is_given_up_between_two_slices)
{
    fixture_done(service(), "CreateTable", CREATE);
    for (int i = 0; i < ITEMS; i++)
        put(i, "a");
    fixture_done(service(), "UpdateTable", ADD_INDEX);
    fixture_done(service(), "UpdateTable", "{" TABLE ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'by-x'}}]}");
    ck_assert_ptr_null(described_index());
    fixture_done(service(), "DeleteTable", "{" TABLE "}");
    loop_turn(fixture_world.ground.loop, 0);
}
END_TEST

START_TEST(filling_begins_again_when_it_was_cut_off)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char *command;

    ck_assert_ptr_nonnull(mkdtemp(directory));
    tables_open_in(directory);
    tables_must("CreateTable", CREATE);
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'1'},'x':{'S':'a'}}}");
    tables_room()->state_ms = 500;
    tables_must("UpdateTable", ADD_INDEX);
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{" TABLE "}"), "'Backfilling':false"));
    tables_close();
    tables_open_in(directory);
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{" TABLE "}"), "'IndexStatus':'ACTIVE','ItemCount':1,"));
    tables_expect("Scan", "{" TABLE ",'IndexName':'by-x'}", "{'Count':1,'Items':[{'id':{'S':'1'},'x':{'S':'a'}}],'ScannedCount':1}");
    tables_close();
    command = memory_print("rm -rf %s", directory);
    ck_assert_int_eq(system(command), 0);
    free(command);
}
END_TEST

Suite *suite_dynamodb_backfill(void)
{
    Suite *suite = suite_create("dynamodb backfill");
    TCase *slices = tcase_create("slices");
    TCase *restarts = tcase_create("restarts");

    tcase_add_checked_fixture(slices, fixture_open, fixture_close);
    tcase_add_test(slices, a_large_table_is_served_while_an_index_is_filled);
    tcase_add_test(slices, an_index_is_given_up_between_two_slices);
    suite_add_tcase(suite, slices);
    tcase_add_test(restarts, filling_begins_again_when_it_was_cut_off);
    suite_add_tcase(suite, restarts);
    return suite;
}
