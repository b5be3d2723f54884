/* What requests have in common: the table's name, members that are not the operation's, aliases. */

#include "suites.h"

#include "tables.h"

struct ask {
    const char *operation;
    const char *input;
    const char *answer;
};

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
}

#define NO_NAME(name, path)                                                        \
    "ValidationException: 1 validation error detected: Value '" name "' at '" path \
    "' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+"

#define NO_ARN(arn)                                                                                                                       \
    "ValidationException: 1 validation error detected: Value '" arn "' at 'tableName' failed to satisfy constraint: Valid ARN format is " \
    "'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where Resource name must have length less than or "   \
    "equal to 255, Resource name must have length greater than or equal to 3, Resource name must satisfy regular expression pattern: "    \
    "[a-zA-Z0-9_.-]+"

/* JSON texts may hold a NUL, which no name may; what stands before it is not the name. */
static const struct ask cut_short[] = {
    { "Scan", "{'TableName':'tab\\u0000'}", NO_NAME("tab ", "tableName") },
    { "DeleteTable", "{'TableName':'tab\\u0000x'}", NO_NAME("tab x", "tableName") },
    { "DescribeTable", "{'TableName':'arn:aws:dynamodb:us-east-1:000000000000:table/tab\\u0000x'}",
      NO_ARN("arn:aws:dynamodb:us-east-1:000000000000:table/tab x") },
    { "GetItem", "{'TableName':'tab\\u0000','Key':{'pk':{'S':'a'}}}", NO_NAME("tab ", "tableName") },
    { "TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'tab\\u0000','Item':{'pk':{'S':'a'}}}}]}",
      NO_NAME("tab ", "transactItems.1.member.put.tableName") },
    { "CreateTable",
      "{'TableName':'nul','AttributeDefinitions':[{'AttributeName':'k\\u0000x','AttributeType':'S'}],'KeySchema':[{'AttributeName':'k',"
      "'KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}",
      "ValidationException: 1 validation error detected: Value 'k x' at 'attributeDefinitions.1.member.attributeName' failed to satisfy "
      "constraint: Member must satisfy regular expression pattern: .*" },
    { "UpdateTimeToLive", "{'TableName':'tab','TimeToLiveSpecification':{'AttributeName':'t\\u0000','Enabled':true}}",
      "ValidationException: 1 validation error detected: Value 't ' at 'timeToLiveSpecification.attributeName' failed to satisfy "
      "constraint: Member must satisfy regular expression pattern: .*" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}},'ReturnConsumedCapacity':'NONE\\u0000'}",
      "ValidationException: 1 validation error detected: Value 'NONE ' at 'returnConsumedCapacity' failed to satisfy constraint: Member "
      "must satisfy enum value set: [INDEXES, TOTAL, NONE]" },
};

START_TEST(a_name_goes_on_behind_a_nul)
{
    tables_expect(cut_short[_i].operation, cut_short[_i].input, cut_short[_i].answer);
}
END_TEST

/* An empty name is told alone, before other constraints; a missing key of a writer comes with it. Unknown words are told together. */

#define TOO_SHORT "Value '' at 'tableName' failed to satisfy constraint: Member must have length greater than or equal to 1"
#define NO_CAPACITY \
    "Value 'x' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value set: [INDEXES, TOTAL, NONE]"
#define NO_RETURNS                                                                                                                         \
    "Value 'y' at 'returnValues' failed to satisfy constraint: Member must satisfy enum value set: [ALL_NEW, UPDATED_OLD, ALL_OLD, NONE, " \
    "UPDATED_NEW]"

static const struct ask constraints[] = {
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}},'ReturnConsumedCapacity':'x','ReturnValues':'y'}",
      "ValidationException: 2 validation errors detected: " NO_CAPACITY "; " NO_RETURNS },
    { "UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}},'ReturnConsumedCapacity':'x','ReturnValues':'y'}",
      "ValidationException: 2 validation errors detected: " NO_CAPACITY "; " NO_RETURNS },
    { "DeleteItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}},'ReturnValues':'y'}",
      "ValidationException: 1 validation error detected: " NO_RETURNS },
    { "PutItem", "{'TableName':'','Item':{},'ReturnValues':'y'}", "ValidationException: 1 validation error detected: " TOO_SHORT },
    { "GetItem", "{'TableName':'','Key':{}}", "ValidationException: 1 validation error detected: " TOO_SHORT },
    { "Scan", "{'TableName':''}", "ValidationException: 1 validation error detected: " TOO_SHORT },
};

START_TEST(constraints_show_value_and_place)
{
    tables_expect(constraints[_i].operation, constraints[_i].input, constraints[_i].answer);
}
END_TEST

#define OURS "arn:aws:dynamodb:us-east-1:000000000000:"
#define INVALID "ValidationException: 1 validation error detected: Invalid "

static const struct refusal arns[] = {
    { OURS "table/tab", "{'Count':0,'Items':[],'ScannedCount':0}" },
    { OURS "table/other", "ResourceNotFoundException: Requested resource not found" },
    { "arn:aws:dynamodb:eu-west-1:000000000000:table/tab", INVALID "AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/tab'" },
    { "arn:aws-cn:dynamodb:us-east-1:000000000000:table/tab",
      INVALID "AWS partition in 'arn:aws-cn:dynamodb:us-east-1:000000000000:table/tab'" },
    { "arn:aws:dynamodb:us-east-1:111111111111:table/tab", "AccessDeniedException: Access is denied" },
    { OURS "stream/tab", INVALID "resource type in '" OURS "stream/tab'" },
    { OURS "table/tab/index/gsi", NO_ARN(OURS "table/tab/index/gsi") },
    { OURS "table/ab", "ValidationException: 1 validation error detected: Value '" OURS "table/ab' at 'tableName' failed to satisfy "
                       "constraint: Table name of ARN must have length greater than or equal to 3" },
    { "arn:aws:s3:::table/tab", NO_ARN("arn:aws:s3:::table/tab") },
    { "arn:aws:dynamodb", NO_ARN("arn:aws:dynamodb") },
    { OURS, NO_ARN(OURS) },
    { "arn:", NO_ARN("arn:") },
};

START_TEST(a_table_is_named_by_its_arn_too)
{
    ck_assert_str_eq(tables_print_ask("Scan", "{'TableName':'%s'}", arns[_i].input), arns[_i].answer);
}
END_TEST

START_TEST(a_batch_names_no_table_of_others)
{
    tables_expect("BatchGetItem", "{'RequestItems':{'arn:aws:dynamodb:us-east-1:111111111111:table/tab':{'Keys':[{'pk':{'S':'a'}}]}}}",
                  "AccessDeniedException: Access is denied");
    tables_expect("TransactGetItems",
                  "{'TransactItems':[{'Get':{'TableName':'arn:aws:dynamodb:eu-west-1:000000000000:table/tab','Key':{'pk':{'S':'a'}}}}]}",
                  INVALID "AWS region in 'arn:aws:dynamodb:eu-west-1:000000000000:table/tab'");
}
END_TEST

/* What an operation does not know is passed over, even if another one knows it. */
static const struct ask passed_over[] = {
    { "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}},'ExpressionAttributeValues':{':a':{'S':'x'}}}", "{}" },
    { "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'a'}},'ExpressionAttributeValues':5,'Item':[],'ExclusiveStartKey':true}", "{}" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}},'Key':5,'UpdateExpression':{},'Limit':'x'}", "{}" },
    { "BatchGetItem", "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'a'}}],'ExpressionAttributeValues':{'a':5}}}}",
      "{'Responses':{'tab':[]},'UnprocessedKeys':{}}" },
    { "TransactGetItems", "{'TransactItems':[{'Get':{'TableName':'tab','Key':{'pk':{'S':'a'}},'ExpressionAttributeValues':{}}}]}",
      "{'Responses':[{}]}" },
    { "ListTables", "{'Item':5,'Key':7,'TableName':5}", "{'TableNames':['tab']}" },
};

START_TEST(members_of_other_operations_are_passed_over)
{
    tables_expect(passed_over[_i].operation, passed_over[_i].input, passed_over[_i].answer);
}
END_TEST

static const struct refusal wrong_aliases[] = {
    { "'#a':null", "ValidationException: ExpressionAttributeNames contains invalid value: Empty attribute name for key #a" },
    { "'#a':''", "ValidationException: ExpressionAttributeNames contains invalid value: Empty attribute name for key #a" },
    { "'#a':5", "SerializationException: NUMBER_VALUE cannot be converted to String" },
    { "'#a':['b']", "SerializationException: Unrecognized collection type class java.lang.String" },
    { "'#a-b':'b'", "ValidationException: ExpressionAttributeNames contains invalid key: Syntax error; key: \"#a-b\"" },
};

START_TEST(aliases_stand_for_names)
{
    const char *answer = tables_print_ask("GetItem",
                                          "{'TableName':'tab','Key':{'pk':{'S':'a'}},'ProjectionExpression':'#a',"
                                          "'ExpressionAttributeNames':{%s}}",
                                          wrong_aliases[_i].input);

    ck_assert_str_eq(answer, wrong_aliases[_i].answer);
}
END_TEST

Suite *suite_dynamodb_intake(void)
{
    Suite *suite = suite_create("dynamodb intake");
    TCase *tests = tcase_create("intake");

    tcase_add_checked_fixture(tests, open_with_table, tables_close);
    tcase_add_loop_test(tests, a_name_goes_on_behind_a_nul, 0, (int)(sizeof cut_short / sizeof *cut_short));
    tcase_add_loop_test(tests, constraints_show_value_and_place, 0, (int)(sizeof constraints / sizeof *constraints));
    tcase_add_loop_test(tests, a_table_is_named_by_its_arn_too, 0, (int)(sizeof arns / sizeof *arns));
    tcase_add_test(tests, a_batch_names_no_table_of_others);
    tcase_add_loop_test(tests, members_of_other_operations_are_passed_over, 0, (int)(sizeof passed_over / sizeof *passed_over));
    tcase_add_loop_test(tests, aliases_stand_for_names, 0, (int)(sizeof wrong_aliases / sizeof *wrong_aliases));
    suite_add_tcase(suite, tests);
    return suite;
}
