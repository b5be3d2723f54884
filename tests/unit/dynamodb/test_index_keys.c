/* What an index key may hold, and in which words a write of anything else is refused. */

#include "suites.h"

#include "tables.h"

#include <stdio.h>
#include <string.h>

/* Two indexes look at a; the one whose name sorts first stands last. */
static const char definition[] =
    "{'TableName':'many','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},"
    "{'AttributeName':'sk','AttributeType':'S'},{'AttributeName':'a','AttributeType':'S'},{'AttributeName':'b','AttributeType':'B'}],"
    "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],'LocalSecondaryIndexes':[{"
    "'IndexName':'local','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'a','KeyType':'RANGE'}],'Projection':{"
    "'ProjectionType':'ALL'}}],'GlobalSecondaryIndexes':[{'IndexName':'by-b','KeySchema':[{'AttributeName':'b','KeyType':'HASH'}],"
    "'Projection':{'ProjectionType':'ALL'}},{'IndexName':'by-a','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'Projection':{"
    "'ProjectionType':'ALL'}}]}";

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", definition);
    tables_must("PutItem", "{'TableName':'many','Item':{'pk':{'S':'x'},'sk':{'S':'y'},'one':{'N':'1'},'blank':{'S':''},'bare':{'B':''}}}");
}

#define INVALID "ValidationException: One or more parameter values were invalid: "
#define MISTYPED "Type mismatch for Index Key a Expected: S Actual: "
#define NOT_VALID "ValidationException: One or more parameter values are not valid. "
#define PUT_EMPTY NOT_VALID "A value specified for a secondary index key is not supported. The AttributeValue for a key attribute "
#define UPDATE_EMPTY                                                                                                              \
    NOT_VALID                                                                                                                     \
    "The update expression attempted to update a secondary index key to a value that is not supported. The AttributeValue for a " \
    "key attribute "

static const struct {
    const char *attributes;
    const char *answer;
} puts_of[] = {
    { "'a':{'N':'5'}", INVALID MISTYPED "N IndexName: by-a" },
    { "'a':{'L':[{'S':'x'}]}", INVALID MISTYPED "L IndexName: by-a" },
    { "'a':{'S':''}", PUT_EMPTY "cannot contain an empty string value. IndexName: by-a, IndexKey: a" },
    { "'b':{'B':''}", PUT_EMPTY "cannot contain an empty binary value. IndexName: by-b, IndexKey: b" },
    { "'b':{'B':''},'a':{'N':'5'}", INVALID MISTYPED "N IndexName: by-a" },
};

START_TEST(a_put_is_told_of_the_index_that_sorts_first)
{
    const char *attributes = puts_of[_i].attributes;
    char input[512];

    snprintf(input, sizeof input, "{'TableName':'many','Item':{'pk':{'S':'x'},'sk':{'S':'z'},%s}}", attributes);
    tables_expect("PutItem", input, puts_of[_i].answer);
    snprintf(input, sizeof input, "{'RequestItems':{'many':[{'PutRequest':{'Item':{'pk':{'S':'x'},'sk':{'S':'z'},%s}}}]}}", attributes);
    tables_expect("BatchWriteItem", input, puts_of[_i].answer);
}
END_TEST

static const struct {
    const char *expression;
    const char *value;
    const char *answer;
} updates[] = {
    { "SET a = :v", "{'N':'5'}", INVALID MISTYPED "N IndexName: by-a" },
    { "SET a = :v", "{'S':''}", UPDATE_EMPTY "cannot contain an empty string value." },
    { "SET b = :v", "{'B':''}", UPDATE_EMPTY "cannot contain an empty binary value." },
    { "SET a = one, c = :v", "{'S':'x'}",
      "ValidationException: The update expression attempted to update the secondary index key to unsupported type" },
    { "SET a = blank, c = :v", "{'S':'x'}", UPDATE_EMPTY "cannot contain an empty string value." },
    { "SET b = bare, c = :v", "{'S':'x'}", UPDATE_EMPTY "cannot contain an empty binary value." },
    { "REMOVE a SET c = :v", "{'S':''}", "{}" },
};

START_TEST(an_update_is_told_in_words_of_its_own)
{
    char input[512];

    snprintf(input, sizeof input,
             "{'TableName':'many','Key':{'pk':{'S':'x'},'sk':{'S':'y'}},'UpdateExpression':'%s','ExpressionAttributeValues':{':v':%s}}",
             updates[_i].expression, updates[_i].value);
    tables_expect("UpdateItem", input, updates[_i].answer);
}
END_TEST

/* What the item itself brings is known only when it is read; AWS tells of it in other words. */
START_TEST(an_update_may_not_copy_what_is_too_long_for_a_key)
{
    char input[4096];
    char text[1026];

    memset(text, 'x', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    snprintf(input, sizeof input, "{'TableName':'many','Item':{'pk':{'S':'x'},'sk':{'S':'y'},'much':{'S':'%s'}}}", text);
    tables_must("PutItem", input);
    tables_expect("UpdateItem", "{'TableName':'many','Key':{'pk':{'S':'x'},'sk':{'S':'y'}},'UpdateExpression':'SET a = much'}",
                  "ValidationException: The update expression attempted to update the secondary index key beyond allowed size limits");
    snprintf(
        input, sizeof input,
        "{'TableName':'many','Key':{'pk':{'S':'x'},'sk':{'S':'y'}},'UpdateExpression':'SET a = :v','ExpressionAttributeValues':{':v':{'"
        "S':'%s'}}}",
        text);
    tables_expect("UpdateItem", input,
                  INVALID "Size limit exceeded for Index Key a Actual Size: 1025 bytes Max Size: 1024 bytes IndexName: local");
}
END_TEST

/* An empty key fails a transaction as a whole; one of a wrong type is the reason why its action is cancelled. */
START_TEST(transactions_tell_of_empty_and_of_mistyped_keys_apart)
{
    const char *update = "{'TransactItems':[{'Update':{'TableName':'many','Key':{'pk':{'S':'x'},'sk':{'S':'y'}},'UpdateExpression':'SET "
                         "a = :v','ExpressionAttributeValues':{':v':%s}}}]}";
    char input[512];

    snprintf(input, sizeof input, update, "{'S':''}");
    tables_expect("TransactWriteItems", input, UPDATE_EMPTY "cannot contain an empty string value.");
    snprintf(input, sizeof input, update, "{'N':'5'}");
    ck_assert_ptr_nonnull(strstr(tables_ask("TransactWriteItems", input), MISTYPED "N IndexName: by-a"));
    ck_assert_ptr_nonnull(strstr(tables_ask("TransactWriteItems", input), "'Code':'ValidationError'"));
}
END_TEST

Suite *suite_dynamodb_index_keys(void)
{
    Suite *suite = suite_create("dynamodb index keys");
    TCase *cases = tcase_create("index keys");

    tcase_add_checked_fixture(cases, open_with_table, tables_close);
    tcase_add_loop_test(cases, a_put_is_told_of_the_index_that_sorts_first, 0, sizeof puts_of / sizeof *puts_of);
    tcase_add_loop_test(cases, an_update_is_told_in_words_of_its_own, 0, sizeof updates / sizeof *updates);
    tcase_add_test(cases, an_update_may_not_copy_what_is_too_long_for_a_key);
    tcase_add_test(cases, transactions_tell_of_empty_and_of_mistyped_keys_apart);
    suite_add_tcase(suite, cases);
    return suite;
}
