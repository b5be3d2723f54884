/* The life of tables and indexes, while each state lasts half a second of a clock that stands still until it is moved. The states and what
 * they refuse were measured on the service in October 2026. */

#include "suites.h"

#include "tables.h"

#include <string.h>

enum { STATE_MS = 500 };

#define IN_USE "ResourceInUseException: Attempt to change a resource which is still in use: "
#define TABLE "'TableName':'things'"
#define CREATE                                                                                                                        \
    "{" TABLE ",'AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},{'AttributeName':'kind','AttributeType':'S'}],"    \
    "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'GlobalSecondaryIndexes':[{'IndexName':'by-kind','KeySchema':[{"           \
    "'AttributeName':'kind','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},'ProvisionedThroughput':{'ReadCapacityUnits':1," \
    "'WriteCapacityUnits':1}}],'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}"
#define UNITS_2 "{" TABLE ",'ProvisionedThroughput':{'ReadCapacityUnits':2,'WriteCapacityUnits':2}}"
#define ADD_INDEX                                                                                                              \
    "{" TABLE ",'AttributeDefinitions':[{'AttributeName':'x','AttributeType':'S'}],'GlobalSecondaryIndexUpdates':[{'Create':{" \
    "'IndexName':'by-x','KeySchema':[{'AttributeName':'x','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'},"           \
    "'ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}}]}"
#define DELETE_INDEX(name) "{" TABLE ",'GlobalSecondaryIndexUpdates':[{'Delete':{'IndexName':'" name "'}}]}"
#define START_STREAM "{" TABLE ",'StreamSpecification':{'StreamEnabled':true,'StreamViewType':'KEYS_ONLY'}}"

static void open_slowly(void)
{
    tables_open();
    tables_room()->state_ms = STATE_MS;
}

static void open_active(void)
{
    open_slowly();
    tables_must("CreateTable", CREATE);
    tables_advance(STATE_MS);
}

static void expect_told(const char *part)
{
    const char *answer = tables_ask("DescribeTable", "{" TABLE "}");

    ck_assert_msg(strstr(answer, part), "%s\n  does not tell %s", answer, part);
}

static void expect_not_told(const char *part)
{
    const char *answer = tables_ask("DescribeTable", "{" TABLE "}");

    ck_assert_msg(!strstr(answer, part), "%s\n  tells %s", answer, part);
}

START_TEST(a_table_that_is_creating_can_do_nothing_yet)
{
    tables_must("CreateTable", CREATE);
    expect_told("'TableStatus':'CREATING'");
    expect_told("'IndexStatus':'CREATING'");
    tables_expect("ListTables", "{}", "{'TableNames':['things']}");
    tables_expect("CreateTable", CREATE, IN_USE "Table is being created: things");
    tables_expect("UpdateTable", UNITS_2, IN_USE "Table is being created: things");
    tables_expect("DeleteTable", "{" TABLE "}", IN_USE "Table is being created: things");
    tables_expect("PutItem", "{" TABLE ",'Item':{'id':{'S':'a'}}}", "ResourceNotFoundException: Requested resource not found");
    tables_expect("ListTagsOfResource", "{'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/things'}",
                  "ResourceNotFoundException: Requested resource not found: ResourceArn: "
                  "arn:aws:dynamodb:us-east-1:000000000000:table/things not found");
    tables_advance(STATE_MS - 1);
    expect_told("'TableStatus':'CREATING'");
    tables_advance(1);
    expect_told("'TableStatus':'ACTIVE'");
    expect_told("'IndexStatus':'ACTIVE'");
    expect_not_told("Backfilling");
    tables_expect("CreateTable", CREATE, "ResourceInUseException: Table already exists: things");
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'a'}}}");
}
END_TEST

START_TEST(a_table_that_is_deleting_is_gone_but_for_its_name)
{
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'a'}}}");
    tables_must("DeleteTable", "{" TABLE "}");
    expect_told("'TableStatus':'DELETING'");
    tables_expect("GetItem", "{" TABLE ",'Key':{'id':{'S':'a'}}}", "ResourceNotFoundException: Requested resource not found");
    tables_expect("DeleteTable", "{" TABLE "}", IN_USE "Table is being deleted: things");
    tables_expect("UpdateTable", UNITS_2, IN_USE "Table is being deleted: things");
    tables_expect("CreateTable", CREATE, "ResourceInUseException: Table already exists: things");
    tables_advance(STATE_MS);
    tables_expect("DescribeTable", "{" TABLE "}", "ResourceNotFoundException: Requested resource not found: Table: things not found");
    tables_must("CreateTable", CREATE);
}
END_TEST

START_TEST(a_table_whose_units_change_is_of_use_meanwhile)
{
    tables_must("UpdateTable", UNITS_2);
    expect_told("'TableStatus':'UPDATING'");
    expect_told("'ReadCapacityUnits':1,'WriteCapacityUnits':1}");
    expect_not_told("'ReadCapacityUnits':2");
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'a'}}}");
    tables_expect("UpdateTable", "{" TABLE ",'ProvisionedThroughput':{'ReadCapacityUnits':3,'WriteCapacityUnits':3}}",
                  IN_USE "Table IOPS are currently being updated. Table: things");
    tables_expect("UpdateTable", ADD_INDEX, IN_USE "Can't create or delete indexes while table IOPS are being updated. Table: things");
    tables_expect("DeleteTable", "{" TABLE "}", IN_USE "Table: things is in the process of being updated.");
    tables_must("UpdateTable", "{" TABLE ",'DeletionProtectionEnabled':false}");
    tables_advance(STATE_MS);
    expect_told("'TableStatus':'ACTIVE'");
    expect_told("'ReadCapacityUnits':2,'WriteCapacityUnits':2}");
}
END_TEST

START_TEST(a_stream_starts_while_the_table_is_updating)
{
    tables_must("UpdateTable", START_STREAM);
    expect_told("'TableStatus':'UPDATING'");
    tables_expect("UpdateTable", "{" TABLE ",'TableClass':'STANDARD_INFREQUENT_ACCESS'}",
                  IN_USE "Can't update table class when stream status is being updated. Table: things");
    tables_expect("UpdateTable", ADD_INDEX, IN_USE "Can't create or delete an index when stream status is being updated.");
    tables_expect("DeleteTable", "{" TABLE "}", IN_USE "Cannot delete table while stream is being enabled/disabled.");
    tables_advance(STATE_MS);
    expect_told("'TableStatus':'ACTIVE'");
}
END_TEST

START_TEST(a_class_is_told_when_it_has_changed)
{
    tables_must("UpdateTable", "{" TABLE ",'TableClass':'STANDARD_INFREQUENT_ACCESS'}");
    expect_not_told("TableClassSummary");
    tables_expect("UpdateTable", START_STREAM,
                  IN_USE "Can't change stream status when a table class update is in progress. Table: things TableClassUpdateInProgress: "
                         "STANDARD_INFREQUENT_ACCESS");
    tables_expect("UpdateTable", "{" TABLE ",'TableClass':'STANDARD_INFREQUENT_ACCESS'}",
                  IN_USE "Can't update table class when a table class update is in progress. Table: things TableClassUpdateInProgress: "
                         "STANDARD_INFREQUENT_ACCESS");
    tables_advance(STATE_MS);
    expect_told("'TableClassSummary':{'LastUpdateDateTime':1700000001.123,'TableClass':'STANDARD_INFREQUENT_ACCESS'}");
}
END_TEST

START_TEST(an_index_that_is_added_gets_its_resources_and_then_its_items)
{
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'a'},'x':{'S':'1'}}}");
    tables_must("UpdateTable", ADD_INDEX);
    expect_told("'TableStatus':'UPDATING'");
    expect_told("{'Backfilling':false,");
    tables_expect("Scan", "{" TABLE ",'IndexName':'by-x'}",
                  "ValidationException: Cannot read from backfilling global secondary index: by-x");
    tables_expect("UpdateTable", DELETE_INDEX("by-x"),
                  IN_USE "Index creation is in resource allocation phase. Retry deletion during backfilling phase or when the index is "
                         "active. Table: things Index: by-x");
    tables_expect("UpdateTable", DELETE_INDEX("by-kind"),
                  "LimitExceededException: Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per "
                  "table");
    tables_expect("UpdateTable", START_STREAM, IN_USE "Can't change stream status when an index is being created");
    tables_expect("UpdateTable", UNITS_2, IN_USE "Can't change table IOPS when an index is being created. Table: things Indexes: [by-x]");
    tables_advance(STATE_MS);
    expect_told("'TableStatus':'ACTIVE'");
    expect_told("{'Backfilling':true,");
    tables_must("PutItem", "{" TABLE ",'Item':{'id':{'S':'b'},'x':{'S':'2'}}}");
    tables_expect("DeleteTable", "{" TABLE "}", IN_USE "Cannot delete table while indexes are being created, updated, or deleted.");
    tables_advance(STATE_MS);
    expect_not_told("Backfilling");
    tables_expect("Scan", "{" TABLE ",'IndexName':'by-x','Select':'COUNT'}", "{'Count':2,'ScannedCount':2}");
}
END_TEST

START_TEST(an_index_can_be_given_up_while_it_is_filled)
{
    tables_must("UpdateTable", ADD_INDEX);
    tables_advance(STATE_MS);
    tables_must("UpdateTable", DELETE_INDEX("by-x"));
    expect_told("'IndexStatus':'DELETING'");
    tables_advance(STATE_MS);
    expect_not_told("by-x");
    expect_told("'TableStatus':'ACTIVE'");
}
END_TEST

START_TEST(an_index_that_is_deleting_is_only_told)
{
    tables_must("UpdateTable", DELETE_INDEX("by-kind"));
    expect_told("'IndexStatus':'DELETING'");
    expect_told("{'AttributeName':'kind','AttributeType':'S'}");
    tables_expect("UpdateTable", UNITS_2,
                  IN_USE "Can't change table IOPS when an index is being deleted. Table: things Indexes: [by-kind]");
    tables_expect("UpdateTable",
                  "{" TABLE ",'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':{"
                  "'ReadCapacityUnits':2,'WriteCapacityUnits':2}}}]}",
                  IN_USE "Index is being deleted.  Table: things Index: by-kind");
    tables_expect("Scan", "{" TABLE ",'IndexName':'by-kind'}", "ValidationException: The table does not have the specified index: by-kind");
    tables_advance(STATE_MS);
    expect_not_told("kind");
}
END_TEST

START_TEST(an_index_changes_alone)
{
    tables_must("UpdateTable", "{" TABLE ",'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':{"
                               "'ReadCapacityUnits':2,'WriteCapacityUnits':2}}}]}");
    expect_told("'TableStatus':'ACTIVE'");
    expect_told("'IndexStatus':'UPDATING'");
    tables_expect("UpdateTable",
                  "{" TABLE ",'GlobalSecondaryIndexUpdates':[{'Update':{'IndexName':'by-kind','ProvisionedThroughput':{"
                  "'ReadCapacityUnits':3,'WriteCapacityUnits':3}}}]}",
                  IN_USE "Index is being updated.  Table: things Index: by-kind");
    tables_advance(STATE_MS);
    expect_told("'IndexStatus':'ACTIVE'");
    expect_told("'ReadCapacityUnits':2,'WriteCapacityUnits':2}");
}
END_TEST

START_TEST(a_room_closes_in_the_middle_of_everything)
{
    tables_must("UpdateTable", ADD_INDEX);
    tables_advance(STATE_MS);
    tables_must("CreateTable", "{'TableName':'other','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    expect_told("{'Backfilling':true,");
}
END_TEST

Suite *suite_dynamodb_table_life(void)
{
    Suite *suite = suite_create("dynamodb table life");
    TCase *births = tcase_create("births");
    TCase *changes = tcase_create("changes");

    tcase_add_checked_fixture(births, open_slowly, tables_close);
    tcase_add_test(births, a_table_that_is_creating_can_do_nothing_yet);
    suite_add_tcase(suite, births);
    tcase_add_checked_fixture(changes, open_active, tables_close);
    tcase_add_test(changes, a_table_that_is_deleting_is_gone_but_for_its_name);
    tcase_add_test(changes, a_table_whose_units_change_is_of_use_meanwhile);
    tcase_add_test(changes, a_stream_starts_while_the_table_is_updating);
    tcase_add_test(changes, a_class_is_told_when_it_has_changed);
    tcase_add_test(changes, an_index_that_is_added_gets_its_resources_and_then_its_items);
    tcase_add_test(changes, an_index_can_be_given_up_while_it_is_filled);
    tcase_add_test(changes, an_index_that_is_deleting_is_only_told);
    tcase_add_test(changes, an_index_changes_alone);
    tcase_add_test(changes, a_room_closes_in_the_middle_of_everything);
    suite_add_tcase(suite, changes);
    return suite;
}
