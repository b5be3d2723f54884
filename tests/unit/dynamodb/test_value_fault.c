/* The words for wrong values: each operation's reader has its own. */

#include "suites.h"

#include "tables.h"

#include <string.h>

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tab','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'p',"
                               "'AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'}]}");
}

/* The operations, with the value in the place of %s. */
static const char put[] = "{'TableName':'tab','Item':{'p':{'S':'a'},'v':%s}}";
static const char put_if[] =
    "{'TableName':'tab','Item':{'p':{'S':'a'}},'ConditionExpression':'v = :v','ExpressionAttributeValues':{':v':%s}}";
static const char update[] =
    "{'TableName':'tab','Key':{'p':{'S':'a'}},'UpdateExpression':'SET v = :v','ExpressionAttributeValues':{':v':%s}}";
static const char key[] = "{'TableName':'tab','Key':{'p':%s}}";
static const char scan[] = "{'TableName':'tab','FilterExpression':'v = :v','ExpressionAttributeValues':{':v':%s}}";
static const char query[] = "{'TableName':'tab','KeyConditionExpression':'p = :v','ExpressionAttributeValues':{':v':%s}}";
static const char batch[] = "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'p':{'S':'a'},'v':%s}}}]}}";
static const char transaction[] = "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'p':{'S':'a'},'v':%s}}}]}";

#define TOLD "ValidationException: "
#define PREFIX TOLD "1 validation error detected: "
#define WRAPPED TOLD "ExpressionAttributeValues contains invalid value: "
#define INVALID "One or more parameter values were invalid: "
#define NOT_NUMERIC "The parameter cannot be converted to a numeric value"
#define NEWER_SET INVALID "Input collection [\"a\", \"b\", \"b\", \"A\"] contains duplicates."
#define OLDER_SET INVALID "Input collection [b, a, b, A] contains duplicates."
#define HUGE "Number overflow. Attempting to store a number with magnitude larger than supported range"
#define TINY "Number underflow. Attempting to store a number with magnitude smaller than supported range"

#define SET_OF_TEXTS "{'SS':['b','a','b','A']}"
#define SET_OF_NUMBERS "{'NS':['2','1','2.0']}"
#define SET_OF_BINARIES "{'BS':['/w==','AA==','AA==']}"

static const struct {
    const char *operation;
    const char *input;
    const char *value;
    const char *answer;
} cases[] = {
    { "PutItem", put, "{'N':''}", PREFIX NOT_NUMERIC ": " },
    { "PutItem", put, SET_OF_TEXTS, PREFIX NEWER_SET },
    { "PutItem", put, SET_OF_NUMBERS, PREFIX INVALID "Input collection contains duplicates." },
    { "PutItem", put, SET_OF_BINARIES, PREFIX INVALID "Input collection [\"AA==\",\"/w==\",\"AA==\"]of type BS contains duplicates." },
    { "PutItem", put_if, SET_OF_TEXTS, PREFIX NEWER_SET },
    { "PutItem", put_if, "{'N':'dog'}", PREFIX NOT_NUMERIC ": dog" },
    { "UpdateItem", update, "{'N':'1e2147483647'}", PREFIX HUGE },
    { "DeleteItem", key, "{'N':''}", PREFIX NOT_NUMERIC ": " },
    { "DeleteItem", key, SET_OF_TEXTS, PREFIX NEWER_SET },
    { "GetItem", key, SET_OF_TEXTS, TOLD NEWER_SET },
    { "GetItem", key, "{'N':''}", TOLD NOT_NUMERIC ": " },
    { "Query", query, SET_OF_TEXTS, TOLD NEWER_SET },
    { "Query", query, "{'N':'dog'}", TOLD NOT_NUMERIC ": dog" },
    { "Scan", scan, SET_OF_TEXTS, WRAPPED OLDER_SET " for key :v" },
    { "Scan", scan, "{'N':''}", WRAPPED NOT_NUMERIC " for key :v" },
    { "Scan", scan, "{'N':'1e2147483647'}", WRAPPED TINY " for key :v" },
    { "BatchWriteItem", batch, "{'N':'1e2147483647'}", TOLD TINY },
    { "BatchWriteItem", batch, "{'N':'12e2147483646'}", TOLD TINY },
    { "BatchWriteItem", batch, "{'N':'1e2147483646'}", TOLD HUGE },
    { "BatchWriteItem", batch, "{'N':'1e126'}", TOLD HUGE },
    { "BatchWriteItem", batch, "{'N':'1e2147483648'}", TOLD NOT_NUMERIC ": 1e2147483648" },
    { "GetItem", key, "{'N':'1e2147483648'}", TOLD HUGE },
    { "BatchWriteItem", batch, SET_OF_NUMBERS, TOLD "Input collection contains duplicates" },
    { "BatchWriteItem", batch, SET_OF_BINARIES, TOLD INVALID "Input collection [/w==, AA==, AA==]of type BS contains duplicates." },
    { "TransactWriteItems", transaction, SET_OF_TEXTS, TOLD OLDER_SET },
};

START_TEST(a_wrong_value_is_told_as_its_operation_reads_values)
{
    ck_assert_str_eq(tables_print_ask(cases[_i].operation, cases[_i].input, cases[_i].value), cases[_i].answer);
}
END_TEST

START_TEST(all_operations_read_as_the_older_did_until_mid_2026)
{
    tables_room()->has_older_texts = true;
    ck_assert_str_eq(tables_print_ask("PutItem", put, SET_OF_TEXTS), TOLD OLDER_SET);
    ck_assert_str_eq(tables_print_ask("PutItem", put_if, "{'N':''}"), WRAPPED NOT_NUMERIC " for key :v");
    ck_assert_str_eq(tables_print_ask("DeleteItem", key, "{'N':'dog'}"), TOLD NOT_NUMERIC ": dog");
}
END_TEST

Suite *suite_dynamodb_value_fault(void)
{
    Suite *suite = suite_create("dynamodb value faults");
    TCase *tests = tcase_create("value faults");

    tcase_add_checked_fixture(tests, open_with_table, tables_close);
    tcase_add_loop_test(tests, a_wrong_value_is_told_as_its_operation_reads_values, 0, (int)(sizeof cases / sizeof *cases));
    tcase_add_test(tests, all_operations_read_as_the_older_did_until_mid_2026);
    suite_add_tcase(suite, tests);
    return suite;
}
