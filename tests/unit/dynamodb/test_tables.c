/* CreateTable, DescribeTable, ListTables, DeleteTable: the texts are of facts: DynamoDB 6, 7 and 16. */

#include "suites.h"

#include "tables.h"

#include <string.h>

static const struct refusal refusals[] = {
    { "{}", "ValidationException: The parameter 'TableName' is required but was not present in the request" },
    { "{'TableName':'ab','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],'KeySchema':[{'AttributeName':'a','KeyType':'"
      "HASH'}],"
      "'BillingMode':'PAY_PER_REQUEST'}",
      "ValidationException: 1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 3" },
    { "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],'KeySchema':[{'AttributeName':'b','KeyType':'"
      "HASH'}],"
      "'BillingMode':'PAY_PER_REQUEST'}",
      NULL },
    { "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b','AttributeType':'S'}],"
      "'KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}",
      NULL },
    { "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],'KeySchema':[{'AttributeName':'a','KeyType':'"
      "RANGE'}],"
      "'BillingMode':'PAY_PER_REQUEST'}",
      NULL },
    { "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'S'}],'KeySchema':[{'AttributeName':'a','KeyType':'"
      "HASH'}],"
      "'BillingMode':'PAY_PER_REQUEST','ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}",
      "ValidationException: One or more parameter values were invalid: Neither ReadCapacityUnits nor WriteCapacityUnits can be specified "
      "when "
      "BillingMode is PAY_PER_REQUEST" },
    { "{'TableName':'abc','AttributeDefinitions':[{'AttributeName':'a','AttributeType':'M'}],'KeySchema':[{'AttributeName':'a','KeyType':'"
      "HASH'}],"
      "'BillingMode':'PAY_PER_REQUEST'}",
      "ValidationException: 1 validation error detected: Value 'M' at 'attributeDefinitions.1.member.attributeType' failed to satisfy "
      "constraint: "
      "Member must satisfy enum value set: [B, N, S]" },
};

START_TEST(a_wrong_table_is_refused)
{
    const char *answer = tables_ask("CreateTable", refusals[_i].input);

    if (refusals[_i].answer)
        ck_assert_str_eq(answer, refusals[_i].answer);
    else
        ck_assert_msg(!strncmp(answer, "ValidationException: One or more parameter values were invalid: ", 64) ||
                          !strncmp(answer, "ValidationException: Invalid KeySchema", 38),
                      "%s", answer);
}
END_TEST

static void create_things(void)
{
    tables_must("CreateTable", "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
}

START_TEST(a_table_lives_from_create_to_delete)
{
    const char *answer;

    create_things();
    tables_expect("CreateTable",
                  "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                  "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}",
                  "ResourceInUseException: Table already exists: things");
    answer = tables_ask("DescribeTable", "{'TableName':'things'}");
    ck_assert_ptr_nonnull(strstr(answer, "'TableStatus':'ACTIVE'"));
    ck_assert_ptr_nonnull(strstr(answer, "'TableArn':'arn:aws:dynamodb:us-east-1:000000000000:table/things'"));
    ck_assert_ptr_nonnull(strstr(answer, "'BillingMode':'PAY_PER_REQUEST'"));
    ck_assert_ptr_nonnull(strstr(answer, "'ItemCount':0"));
    tables_expect("ListTables", "{}", "{'TableNames':['things']}");
    tables_must("DeleteTable", "{'TableName':'things'}");
    tables_expect("ListTables", "{}", "{'TableNames':[]}");
    tables_expect("DescribeTable", "{'TableName':'things'}",
                  "ResourceNotFoundException: Requested resource not found: Table: things not found");
    tables_expect("DeleteTable", "{'TableName':'things'}",
                  "ResourceNotFoundException: Requested resource not found: Table: things not found");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}", "ResourceNotFoundException: Requested resource not found");
}
END_TEST

START_TEST(tables_are_listed_in_order_page_by_page)
{
    for (int i = 4; i >= 0; i--)
        tables_print_ask("CreateTable",
                         "{'TableName':'table%d','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                         "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}",
                         i);
    tables_expect("ListTables", "{'Limit':2}", "{'LastEvaluatedTableName':'table1','TableNames':['table0','table1']}");
    tables_expect("ListTables", "{'Limit':2,'ExclusiveStartTableName':'table3'}", "{'TableNames':['table4']}");
    tables_expect(
        "ListTables", "{'Limit':101}",
        "ValidationException: 1 validation error detected: Value '101' at 'limit' failed to satisfy constraint: Member must have value "
        "less than "
        "or equal to 100");
}
END_TEST

START_TEST(a_deleted_tables_items_do_not_come_back)
{
    create_things();
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'}}}");
    tables_must("DeleteTable", "{'TableName':'things'}");
    create_things();
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}", "{}");
}
END_TEST

Suite *suite_dynamodb_tables(void)
{
    Suite *suite = suite_create("dynamodb tables");
    TCase *tests = tcase_create("tables");

    tcase_add_checked_fixture(tests, tables_open, tables_close);
    tcase_add_loop_test(tests, a_wrong_table_is_refused, 0, (int)(sizeof refusals / sizeof *refusals));
    tcase_add_test(tests, a_table_lives_from_create_to_delete);
    tcase_add_test(tests, tables_are_listed_in_order_page_by_page);
    tcase_add_test(tests, a_deleted_tables_items_do_not_come_back);
    suite_add_tcase(suite, tests);
    return suite;
}
