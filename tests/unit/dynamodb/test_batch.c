/* BatchGetItem and BatchWriteItem: their refusals, their limits, and what they leave undone. */

#include "suites.h"

#include "tables.h"

#include "base/buffer.h"

#include <string.h>

static const char definition[] = "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'KeySchema':[{"
                                 "'AttributeName':'pk','KeyType':'HASH'}],%s}";

static void open_with(const char *billing)
{
    const char *answer;

    tables_open();
    answer = tables_print_ask("CreateTable", definition, billing);
    ck_assert_msg(*answer == '{', "%s", answer);
}

static void open_on_demand(void)
{
    open_with("'BillingMode':'PAY_PER_REQUEST'");
}

static void open_provisioned(void)
{
    open_with("'ProvisionedThroughput':{'ReadCapacityUnits':10,'WriteCapacityUnits':10}");
}

#define NAMES                                                                                                                        \
    "Map keys must satisfy constraint: [Member must have length less than or equal to 255, Member must have length greater than or " \
    "equal to 3, Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+]"

static const struct refusal write_refusals[] = {
    { "{}",
      "ValidationException: 1 validation error detected: Value null at 'requestItems' failed to satisfy constraint: Member must not be "
      "null" },
    { "{'RequestItems':{}}", "ValidationException: 1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
                             "Member must have length greater than or equal to 1" },
    { "{'RequestItems':{'tab':[]},'ReturnConsumedCapacity':'hi'}",
      "ValidationException: 2 validation errors detected: Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
      "satisfy enum value set: [INDEXES, TOTAL, NONE]; Value '{tab=[]}' at 'requestItems' failed to satisfy constraint: Map value must "
      "satisfy constraint: [Member must have length less than or equal to 25, Member must have length greater than or equal to 1]" },
    { "{'RequestItems':{'bad!name':[{'PutRequest':{'Item':{}}}]},'ReturnConsumedCapacity':'hi'}",
      "ValidationException: 1 validation error detected: Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must "
      "satisfy enum value set: [INDEXES, TOTAL, NONE]" },
    { "{'RequestItems':{'tab':[{'PutRequest':{'Item':{}}}],'bad!name':[{'PutRequest':{'Item':{}}}]}}",
      "ValidationException: 1 validation error detected: Value '{tab=[WriteRequest(putRequest=PutRequest(item={}, "
      "workloadProfileName=null), deleteRequest=null)], bad!name=[WriteRequest(putRequest=PutRequest(item={}, workloadProfileName=null), "
      "deleteRequest=null)]}' at 'requestItems' failed to satisfy constraint: " NAMES },
    { "{'RequestItems':{'ab':[]}}",
      "ValidationException: 2 validation errors detected: Value '{ab=[]}' at 'requestItems' failed to satisfy constraint: " NAMES
      "; Value '{ab=[]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must have length less "
      "than or equal to 25, Member must have length greater than or equal to 1]" },
    { "{'RequestItems':{'arn:aws:dynamodb:us-east-1:000000000000:table/none':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}",
      "ResourceNotFoundException: Requested resource not found" },
    { "{'RequestItems':{'tab':[{}]}}", "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly "
                                       "one of the supported datatypes" },
    { "{'RequestItems':{'tab':[null]}}",
      "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly "
      "one of the supported datatypes" },
    { "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'a'}}},'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}",
      "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes" },
    { "{'RequestItems':{'tab':[{'PutRequest':{},'DeleteRequest':{}}]}}",
      "ValidationException: 2 validation errors detected: Value null at 'requestItems.tab.member.1.member.putRequest.item' failed to "
      "satisfy "
      "constraint: Member must not be null; Value null at 'requestItems.tab.member.1.member.deleteRequest.key' failed to satisfy "
      "constraint: Member must not be null" },
    { "{'RequestItems':[]}", "SerializationException: Unrecognized collection type java.util.Map<java.lang.String, "
                             "java.util.List<com.amazonaws.dynamodb.v20120810.WriteRequest>>" },
    { "{'RequestItems':{'none':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}}]}}", "ResourceNotFoundException: Requested resource not found" },
    { "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'N':'1'}}}}]}}",
      "ValidationException: The provided key element does not match the schema" },
    { "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':''}}}}]}}",
      "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk" },
    { "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'a'}}}},{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}",
      "ValidationException: Provided list of item keys contains duplicates" },
};

START_TEST(wrong_batches_of_writes_are_refused)
{
    tables_expect("BatchWriteItem", write_refusals[_i].input, write_refusals[_i].answer);
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':0,'Items':[],'ScannedCount':0}");
}
END_TEST

static const struct refusal get_refusals[] = {
    { "{'RequestItems':{}}", "ValidationException: 1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: "
                             "Member must have length greater than or equal to 1" },
    { "{'RequestItems':{'bad!name':{'Keys':[{'pk':{'S':'a'}}]}},'ReturnConsumedCapacity':'hi'}",
      "ValidationException: 2 validation errors detected: Value '{\"bad!name\":{\"Keys\":[{\"pk\":{\"S\":\"a\"}}]}}' at 'requestItems' "
      "failed to "
      "satisfy constraint: " NAMES "; Value 'hi' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum value "
      "set: [INDEXES, TOTAL, NONE]" },
    { "{'RequestItems':{'ab':{'Keys':[{}]}}}", "ValidationException: 1 validation error detected: Value '{\"ab\":{\"Keys\":[{}]}}' at "
                                               "'requestItems' failed to satisfy constraint: " NAMES },
    { "{'RequestItems':{'tab':{}}}", "ValidationException: 1 validation error detected: Value at 'RequestItems.tab.member.Keys' failed to "
                                     "satisfy constraint: Member must not be null" },
    { "{'RequestItems':{'tab':{'Keys':[]}}}", "ValidationException: 1 validation error detected: Value at 'RequestItems.tab.member.Keys' "
                                              "failed to satisfy constraint: Member must have length greater than or equal to 1" },
    /* Doubled keys are seen before the table is looked for, but after the expressions. */
    { "{'RequestItems':{'none':{'Keys':[{'a':{'N':'1'},'b':{'S':'x'}},{'b':{'S':'x'},'a':{'N':'1.0'}}]}}}",
      "ValidationException: Provided list of item keys contains duplicates" },
    { "{'RequestItems':{'none':{'Keys':[{'pk':{'S':'a'}},{'pk':{'S':'a'}}],'ProjectionExpression':''}}}",
      "ValidationException: Invalid ProjectionExpression: The expression can not be empty;" },
    { "{'RequestItems':{'none':{'Keys':[{'pk':{'S':'a'}}]}}}", "ResourceNotFoundException: Requested resource not found" },
    { "{'RequestItems':{'tab':{'Keys':[{'pk':{'N':'1'}}]}}}", "ValidationException: The provided key element does not match the schema" },
};

START_TEST(wrong_batches_of_keys_are_refused)
{
    tables_expect("BatchGetItem", get_refusals[_i].input, get_refusals[_i].answer);
}
END_TEST

/* ---- how many ---- */

static void add_writes(struct buffer *input, const char *table, int first, int count)
{
    buffer_print(input, "'%s':[", table);
    for (int i = 0; i < count; i++)
        buffer_print(input, "%s{'PutRequest':{'Item':{'pk':{'S':'k%d'}}}}", i ? "," : "", first + i);
    buffer_add_char(input, ']');
}

START_TEST(twenty_five_writes_are_the_most)
{
    struct buffer input = { 0 };
    const char *answer;

    buffer_add_text(&input, "{'RequestItems':{");
    add_writes(&input, "tab", 0, 25);
    buffer_add_text(&input, "}}");
    tables_expect("BatchWriteItem", input.data, "{'UnprocessedItems':{}}");
    input.size = strlen("{'RequestItems':{");
    add_writes(&input, "tab", 0, 13);
    buffer_add_char(&input, ',');
    add_writes(&input, "none", 0, 13);
    buffer_add_text(&input, "}}");
    tables_expect("BatchWriteItem", input.data, "ValidationException: Too many items requested for the BatchWriteItem call");
    input.size = strlen("{'RequestItems':{");
    add_writes(&input, "tab", 0, 26);
    buffer_add_text(&input, "}}");
    answer = tables_ask("BatchWriteItem", input.data);
    ck_assert_msg(strstr(answer,
                         "ValidationException: 1 validation error detected: Value '{tab=[WriteRequest(putRequest=PutRequest(item={pk="
                         "com.amazonaws.dynamodb.v20120810.AttributeValue@") == answer &&
                      strstr(answer, "}, workloadProfileName=null), deleteRequest=null), WriteRequest(") &&
                      strstr(answer, ")]}' at 'requestItems' failed to satisfy constraint: Map value must satisfy constraint: [Member must "
                                     "have length less than or equal to 25, Member must have length greater than or equal to 1]"),
                  "%s", answer);
    buffer_clear(&input);
}
END_TEST

static void add_keys(struct buffer *input, const char *table, int count)
{
    buffer_print(input, "'%s':{'ConsistentRead':true,'Keys':[", table);
    for (int i = 0; i < count; i++)
        buffer_print(input, "%s{'pk':{'S':'k%d'}}", i ? "," : "", i);
    buffer_add_text(input, "]}");
}

static const char *get_many(int of_table, int of_another)
{
    struct buffer input = { 0 };
    const char *answer;

    buffer_add_text(&input, "{'ReturnConsumedCapacity':'TOTAL','RequestItems':{");
    add_keys(&input, "tab", of_table);
    if (of_another) {
        buffer_add_char(&input, ',');
        add_keys(&input, "none", of_another);
    }
    buffer_add_text(&input, "}}");
    answer = tables_ask("BatchGetItem", input.data);
    buffer_clear(&input);
    return answer;
}

START_TEST(a_hundred_keys_are_the_most)
{
    ck_assert_str_eq(get_many(100, 0),
                     "{'ConsumedCapacity':[{'CapacityUnits':100.0,'TableName':'tab'}],'Responses':{'tab':[]},'UnprocessedKeys':{}}");
    ck_assert_str_eq(get_many(101, 0),
                     "ValidationException: 1 validation error detected: Value at 'RequestItems.tab.member.Keys' failed to "
                     "satisfy constraint: Member must have length less than or equal to 100");
    ck_assert_str_eq(get_many(100, 1), "ValidationException: Too many items requested for the BatchGetItem call");
}
END_TEST

START_TEST(a_hundred_and_one_tables_are_too_many)
{
    struct buffer input = { 0 };

    buffer_add_text(&input, "{'RequestItems':{");
    for (int i = 0; i <= 100; i++)
        buffer_print(&input, "%s'none-%d':{'Keys':[{'pk':{'S':'a'}}]}", i ? "," : "", i);
    buffer_add_text(&input, "}}");
    tables_expect("BatchGetItem", input.data, "ValidationException: Too many items requested for the BatchGetItem call");
    buffer_clear(&input);
}
END_TEST

/* ---- how much ---- */

static void put_large(int count, size_t bytes)
{
    struct buffer input = { 0 };

    for (int i = 0; i < count; i++) {
        input.size = 0;
        buffer_print(&input, "{'TableName':'tab','Item':{'pk':{'S':'k%d'},'v':{'S':'", i);
        memset(buffer_reserve(&input, bytes), 'x', bytes);
        input.size += bytes;
        buffer_add_text(&input, "'}}}");
        tables_must("PutItem", input.data);
    }
    buffer_clear(&input);
}

static size_t count_in(const char *answer, const char *what)
{
    size_t count = 0;

    for (const char *at = answer; (at = strstr(at, what)); at++)
        count++;
    return count;
}

/* Of one partition 1,458,173 bytes: that is three items of 400,000 and something. What is left comes back with the table's options and
 * costs a unit. */
START_TEST(too_much_of_one_partition_is_left_for_the_next_call)
{
    const char *answer;

    put_large(5, 400000);
    answer = get_many(5, 0);
    ck_assert_uint_eq(count_in(answer, "'v':"), 3);
    ck_assert_msg(strstr(answer, "'UnprocessedKeys':{'tab':{'ConsistentRead':true,'Keys':[{'pk':{'S':'k3'}},{'pk':{'S':'k4'}}]}}}"), "%s",
                  strstr(answer, "'Unprocessed"));
    ck_assert_ptr_nonnull(strstr(answer, "'CapacityUnits':296.0,"));
    answer = tables_ask("BatchGetItem", "{'RequestItems':{'tab':{'ConsistentRead':true,'Keys':[{'pk':{'S':'k3'}},{'pk':{'S':'k4'}}]}}}");
    ck_assert_uint_eq(count_in(answer, "'v':"), 2);
    ck_assert_ptr_nonnull(strstr(answer, "'UnprocessedKeys':{}"));
}
END_TEST

/* A table with throughput for many partitions is bounded by the answer alone: 16 MiB, which are 41 items of 400,000 and something. */
START_TEST(what_exceeds_16_mebibytes_is_left_for_the_next_call)
{
    const char *answer;

    open_with("'ProvisionedThroughput':{'ReadCapacityUnits':40000,'WriteCapacityUnits':40000}");
    put_large(45, 400000);
    answer = get_many(45, 0);
    ck_assert_uint_eq(count_in(answer, "'v':"), 41);
    ck_assert_uint_eq(count_in(strstr(answer, "'UnprocessedKeys'"), "'pk':"), 4);
}
END_TEST

#define COUNT(rows) (int)(sizeof rows / sizeof *rows)

Suite *suite_dynamodb_batch(void)
{
    Suite *suite = suite_create("dynamodb batch");
    TCase *on_demand = tcase_create("on demand");
    TCase *provisioned = tcase_create("provisioned");
    TCase *wide = tcase_create("many partitions");

    tcase_add_checked_fixture(on_demand, open_on_demand, tables_close);
    tcase_add_loop_test(on_demand, wrong_batches_of_writes_are_refused, 0, COUNT(write_refusals));
    tcase_add_loop_test(on_demand, wrong_batches_of_keys_are_refused, 0, COUNT(get_refusals));
    tcase_add_test(on_demand, twenty_five_writes_are_the_most);
    tcase_add_test(on_demand, a_hundred_keys_are_the_most);
    tcase_add_test(on_demand, a_hundred_and_one_tables_are_too_many);
    suite_add_tcase(suite, on_demand);
    tcase_add_checked_fixture(provisioned, open_provisioned, tables_close);
    tcase_add_test(provisioned, too_much_of_one_partition_is_left_for_the_next_call);
    suite_add_tcase(suite, provisioned);
    tcase_add_checked_fixture(wide, NULL, tables_close);
    tcase_add_test(wide, what_exceeds_16_mebibytes_is_left_for_the_next_call);
    suite_add_tcase(suite, wide);
    return suite;
}
