/* Transactions: all or nothing, and the reasons of those that are cancelled. */

#include "suites.h"

#include "tables.h"

#include "dynamodb/transaction.h"
#include "dynamodb/wire.h"

#include <stdio.h>
#include <string.h>

static const char definition[] =
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi',"
    "'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}";

static struct arena arena;
static json_t *inputs[8];
static size_t input_count;

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", definition);
}

static void close_all(void)
{
    while (input_count)
        json_decref(inputs[--input_count]);
    arena_clear(&arena);
    tables_close();
}

/* ---- changes made by hand, as other operations make them ---- */

static void fill(struct change *change, enum change_kind kind, const char *item)
{
    struct fault fault = { .arena = &arena };
    json_t *json = json_loads(item, 0, NULL);

    ck_assert_ptr_nonnull(json);
    inputs[input_count++] = json;
    change->kind = kind;
    change->table = dynamodb_find_table(tables_room(), "tab");
    ck_assert(wire_read_item(json, &change->item, &fault));
}

START_TEST(changes_made_by_hand_are_kept_together)
{
    struct transaction transaction = transaction_new(2, &arena);
    struct fault fault = { .arena = &arena };

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'old'},'g':{'S':'x'}}}");
    fill(&transaction.changes[0], CHANGE_PUT, "{\"pk\":{\"S\":\"a\"},\"g\":{\"S\":\"x\"}}");
    fill(&transaction.changes[1], CHANGE_DELETE, "{\"pk\":{\"S\":\"old\"}}");
    ck_assert(transaction_run(tables_room(), &transaction, &fault));
    tables_expect("Scan", "{'TableName':'tab','IndexName':'gsi'}", "{'Count':1,'Items':[{'g':{'S':'x'},'pk':{'S':'a'}}],'ScannedCount':1}");
}
END_TEST

START_TEST(one_change_that_does_not_fit_cancels_all)
{
    struct transaction transaction = transaction_new(3, &arena);
    struct fault fault = { .arena = &arena };

    fill(&transaction.changes[0], CHANGE_PUT, "{\"pk\":{\"S\":\"a\"}}");
    fill(&transaction.changes[1], CHANGE_PUT, "{\"pk\":{\"N\":\"1\"}}");
    fill(&transaction.changes[2], CHANGE_PUT, "{\"pk\":{\"N\":\"2\"}}");
    ck_assert(!transaction_run(tables_room(), &transaction, &fault));
    ck_assert_int_eq(fault.kind, FAULT_CANCELED);
    ck_assert_str_eq(fault.message,
                     "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, None]");
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':0,'Items':[],'ScannedCount':0}");
}
END_TEST

/* ---- TransactWriteItems ---- */

#define IN_TABLE "'TableName':'tab',"

static const struct refusal write_refusals[] = {
    { "{}", "ValidationException: 1 validation error detected: Value null at 'transactItems' failed to satisfy constraint: Member must not "
            "be null" },
    { "{'TransactItems':[]}", "ValidationException: 1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
                              "constraint: Member must have length greater than or equal to 1" },
    { "{'TransactItems':[{}]}",
      "ValidationException: Invalid Request: TransactWriteRequest should contain Delete or Put or Update request" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{}},'Delete':{" IN_TABLE "'Key':{}}}]}",
      "ValidationException: TransactItems can only contain one of Check, Put, Update or Delete" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':3}}}}]}",
      "SerializationException: NUMBER_VALUE cannot be converted to String" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}},'ExpressionAttributeNames':{'#a':7}}}]}",
      "SerializationException: NUMBER_VALUE cannot be converted to String" },
    { "{'TransactItems':[{'ConditionCheck':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}},{'Update':{" IN_TABLE "'Key':{'pk':{'S':'b'}}}}]}",
      "ValidationException: 2 validation errors detected: Value null at 'transactItems.1.member.conditionCheck.conditionExpression' failed "
      "to satisfy constraint: Member must not be null; Value null at 'transactItems.2.member.update.updateExpression' failed to satisfy "
      "constraint: Member must not be null" },
    { "{'TransactItems':[{'Delete':{" IN_TABLE "'Key':{'pk':{'S':'a'}},'ReturnValuesOnConditionCheckFailure':'none'}}]}",
      "ValidationException: 1 validation error detected: Value 'none' at "
      "'transactItems.1.member.delete.returnValuesOnConditionCheckFailure' failed to satisfy constraint: Member must satisfy enum value "
      "set: [ALL_OLD, NONE]" },
    { "{'ClientRequestToken':'0123456789012345678901234567890123456','TransactItems':[{'Delete':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}}]}",
      "ValidationException: 1 validation error detected: Value '0123456789012345678901234567890123456' at 'clientRequestToken' failed to "
      "satisfy constraint: Member must have length less than or equal to 36" },
    { "{'ClientRequestToken':'','TransactItems':[{'Delete':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}}]}",
      "ValidationException: 1 validation error detected: Value '' at 'clientRequestToken' failed to satisfy constraint: Member must have "
      "length greater than or equal to 1" },
    { "{'TransactItems':[{'Put':{'TableName':'a b','Item':{}}}]}",
      "ValidationException: 1 validation error detected: Value 'a b' at 'transactItems.1.member.put.tableName' failed to satisfy "
      "constraint: Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+" },
    { "{'TransactItems':[{'Put':{'TableName':'other','Item':{'pk':{'S':'a'}}}}]}",
      "ResourceNotFoundException: Requested resource not found" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}},'ConditionExpression':'hello!'}}]}",
      "ValidationException: Invalid ConditionExpression: Syntax error; token: \"!\", near: \"hello!\"" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(#x)'}}]}",
      "ValidationException: Invalid ConditionExpression: An expression attribute name used in the document path is not defined; attribute "
      "name: #x" },
    { "{'TransactItems':[{'Put':{" IN_TABLE
      "'Item':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)','ExpressionAttributeValues':{':x':{'N':'7'}}}}]}",
      "ValidationException: Value provided in ExpressionAttributeValues unused in expressions: keys: {:x}" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}},'ExpressionAttributeValues':{}}}]}",
      "ValidationException: ExpressionAttributeValues must not be empty" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}}}},{'ConditionCheck':{" IN_TABLE
      "'Key':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)'}}]}",
      "ValidationException: Transaction request cannot include multiple operations on one item" },
    /* An empty key is the call's fault; all else about keys is the action's. */
    { "{'TransactItems':[{'Delete':{" IN_TABLE "'Key':{'pk':{'S':''}}}}]}",
      "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}}}},{'Put':{" IN_TABLE "'Item':{'pk':{'N':'1'}}}},{'Put':{" IN_TABLE
      "'Item':{'pk':{'S':'b'}},'ConditionExpression':'attribute_exists(pk)'}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
      "ValidationError, None] + {'CancellationReasons':[{'Code':'None'},{'Code':'ValidationError','Message':'One or more parameter values "
      "were invalid: Type mismatch for key pk expected: S actual: N'},{'Code':'None'}]}" },
    { "{'TransactItems':[{'Update':{" IN_TABLE "'Key':{'pk':{'S':'a'},'v':{'S':'b'}},'UpdateExpression':'REMOVE w'}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError] + "
      "{'CancellationReasons':[{'Code':'ValidationError','Message':'The provided key element does not match the schema'}]}" },
    { "{'TransactItems':[{'Update':{" IN_TABLE "'Key':{'pk':{'S':'a'}},'UpdateExpression':'SET v = w'}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError] + "
      "{'CancellationReasons':[{'Code':'ValidationError','Message':'The provided expression refers to an attribute that does not exist in "
      "the item'}]}" },
    { "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'},'g':{'N':'1'}}}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [ValidationError] + "
      "{'CancellationReasons':[{'Code':'ValidationError','Message':'One or more parameter values were invalid: Type mismatch for Index Key "
      "g Expected: S Actual: N IndexName: gsi'}]}" },
    /* All conditions that fail are told, with the item to those who asked for it. */
    { "{'TransactItems':[{'Put':{" IN_TABLE
      "'Item':{'pk':{'S':'is'}},'ConditionExpression':'attribute_not_exists(pk)','ReturnValuesOnConditionCheckFailure':'ALL_OLD'}},"
      "{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}}}},{'Delete':{" IN_TABLE
      "'Key':{'pk':{'S':'b'}},'ConditionExpression':'attribute_exists(pk)','ReturnValuesOnConditionCheckFailure':'ALL_OLD'}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
      "[ConditionalCheckFailed, None, ConditionalCheckFailed] + {'CancellationReasons':[{'Code':'ConditionalCheckFailed','Item':{'pk':{'S':"
      "'is'},'v':{'N':'1'}},'Message':'The conditional request failed'},{'Code':'None'},{'Code':'ConditionalCheckFailed','Message':'The "
      "conditional request failed'}]}" },
};

static void open_with_item(void)
{
    open_with_table();
    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'is'},'v':{'N':'1'}}}");
}

START_TEST(a_wrong_transaction_is_refused_and_changes_nothing)
{
    tables_expect("TransactWriteItems", write_refusals[_i].input, write_refusals[_i].answer);
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':1,'Items':[{'pk':{'S':'is'},'v':{'N':'1'}}],'ScannedCount':1}");
}
END_TEST

START_TEST(puts_updates_deletions_and_checks_are_done_together)
{
    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'old'}}}");
    tables_expect("TransactWriteItems",
                  "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'new'}}}},{'Update':{" IN_TABLE
                  "'Key':{'pk':{'S':'is'}},'UpdateExpression':'SET v = v + :n','ConditionExpression':'v = :n','ExpressionAttributeValues':{"
                  "':n':{'N':'1'}}}},{'Delete':{" IN_TABLE "'Key':{'pk':{'S':'old'}}}},{'ConditionCheck':{" IN_TABLE
                  "'Key':{'pk':{'S':'none'}},'ConditionExpression':'attribute_not_exists(pk)'}}]}",
                  "{}");
    tables_expect("BatchGetItem",
                  "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'new'}},{'pk':{'S':'is'}},{'pk':{'S':'old'}},{'pk':{'S':'none'}}]}}}",
                  "{'Responses':{'tab':[{'pk':{'S':'new'}},{'pk':{'S':'is'},'v':{'N':'2'}}]},'UnprocessedKeys':{}}");
}
END_TEST

START_TEST(aliases_of_an_action_without_expressions_are_passed_over)
{
    tables_expect("TransactWriteItems",
                  "{'TransactItems':[{'Put':{" IN_TABLE "'Item':{'pk':{'S':'a'}},'ExpressionAttributeNames':{'#a':'b'}}}]}", "{}");
}
END_TEST

START_TEST(capacity_doubles_for_the_table_and_not_for_its_indexes)
{
    tables_expect("TransactWriteItems",
                  "{'ReturnConsumedCapacity':'INDEXES','TransactItems':[{'Put':{" IN_TABLE
                  "'Item':{'pk':{'S':'a'},'g':{'S':'x'}}}},{'ConditionCheck':{" IN_TABLE
                  "'Key':{'pk':{'S':'is'}},'ConditionExpression':'attribute_exists(pk)'}}]}",
                  "{'ConsumedCapacity':[{'CapacityUnits':5.0,'GlobalSecondaryIndexes':{'gsi':{'CapacityUnits':1.0,'WriteCapacityUnits':1.0"
                  "}},'Table':{'CapacityUnits':4.0,'WriteCapacityUnits':4.0},'TableName':'tab','WriteCapacityUnits':5.0}]}");
}
END_TEST

START_TEST(item_collections_are_told_by_table)
{
    tables_must("CreateTable", "{'TableName':'with-lsi','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'pk',"
                               "'AttributeType':'S'},{'AttributeName':'sk','AttributeType':'S'},{'AttributeName':'l','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],"
                               "'LocalSecondaryIndexes':[{'IndexName':'lsi','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{"
                               "'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}]}");
    tables_expect("TransactWriteItems",
                  "{'ReturnItemCollectionMetrics':'SIZE','TransactItems':[{'Put':{'TableName':'with-lsi','Item':{'pk':{'S':'a'},'sk':{'S':"
                  "'b'}}}},{'Put':{" IN_TABLE
                  "'Item':{'pk':{'S':'a'}}}},{'Put':{'TableName':'with-lsi','Item':{'pk':{'S':'c'},'sk':{'S':'b'"
                  "}}}}]}",
                  "{'ItemCollectionMetrics':{'with-lsi':[{'ItemCollectionKey':{'pk':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]},{"
                  "'ItemCollectionKey':{'pk':{'S':'c'}},'SizeEstimateRangeGB':[0.0,1.0]}]}}");
    tables_expect(
        "BatchWriteItem",
        "{'ReturnItemCollectionMetrics':'SIZE','RequestItems':{'with-lsi':[{'DeleteRequest':{'Key':{'pk':{'S':'a'},'sk':{'S':'b'}}"
        "}}],'tab':[{'DeleteRequest':{'Key':{'pk':{'S':'a'}}}}]}}",
        "{'ItemCollectionMetrics':{'with-lsi':[{'ItemCollectionKey':{'pk':{'S':'a'}},'SizeEstimateRangeGB':[0.0,1.0]}]},"
        "'UnprocessedItems':{}}");
}
END_TEST

/* ---- many and large ---- */

static const char *write_many(int count, size_t bytes)
{
    struct buffer input = { 0 };
    const char *answer;

    buffer_add_text(&input, "{'TransactItems':[");
    for (int i = 0; i < count; i++) {
        buffer_print(&input, "%s{'Put':{'TableName':'tab','Item':{'pk':{'S':'k%d'},'v':{'S':'", i ? "," : "", i);
        memset(buffer_reserve(&input, bytes), 'x', bytes);
        input.size += bytes;
        buffer_add_text(&input, "'}}}}");
    }
    buffer_add_text(&input, "]}");
    answer = tables_ask("TransactWriteItems", input.data);
    buffer_clear(&input);
    return answer;
}

START_TEST(a_hundred_actions_and_four_mebibytes_are_the_most)
{
    const char *answer;

    ck_assert_str_eq(write_many(100, 1), "{}");
    ck_assert_str_eq(write_many(41, 100000), "{}");
    ck_assert_str_eq(write_many(42, 100000), "ValidationException: Transaction payload size cannot exceed 4194304 bytes");
    ck_assert_str_eq(write_many(1, VALUE_ITEM_BYTES_MAX), "ValidationException: Item size has exceeded the maximum allowed size");
    answer = write_many(101, 1);
    ck_assert_msg(strstr(answer, "at 'transactItems' failed to satisfy constraint: Member must have length less than or equal to 100"),
                  "%s", answer);
}
END_TEST

/* ---- tokens ---- */

static const char *add_one(const char *token, const char *amount)
{
    return tables_print_ask("TransactWriteItems",
                            "{'ClientRequestToken':'%s','ReturnConsumedCapacity':'TOTAL','TransactItems':[{'Update':{'TableName':'tab',"
                            "'Key':{'pk':{'S':'is'}},'UpdateExpression':'ADD v :n','ExpressionAttributeValues':{':n':{'N':'%s'}}}}]}",
                            token, amount);
}

static void expect_sum(const char *sum)
{
    char answer[64];

    snprintf(answer, sizeof answer, "{'Item':{'pk':{'S':'is'},'v':{'N':'%s'}}}", sum);
    tables_expect("GetItem", "{'TableName':'tab','Key':{'pk':{'S':'is'}}}", answer);
}

static const char done[] = "{'ConsumedCapacity':[{'CapacityUnits':2.0,'TableName':'tab','WriteCapacityUnits':2.0}]}";
static const char done_before[] = "{'ConsumedCapacity':[{'CapacityUnits':2.0,'ReadCapacityUnits':2.0,'TableName':'tab'}]}";

START_TEST(a_token_does_its_transaction_once_in_ten_minutes)
{
    ck_assert_str_eq(add_one("token", "1"), done);
    ck_assert_str_eq(add_one("token", "1"), done_before);
    expect_sum("2");
    ck_assert_ptr_nonnull(strstr(add_one("token", "5"), "IdempotentParameterMismatchException: "));
    tables_advance(REQUEST_TOKEN_LIFE_MS - 1);
    ck_assert_str_eq(add_one("token", "1"), done_before);
    tables_advance(1);
    ck_assert_str_eq(add_one("token", "5"), done);
    ck_assert_str_eq(add_one("token", "5"), done_before);
    expect_sum("7");
}
END_TEST

START_TEST(a_cancelled_transaction_leaves_its_token_free)
{
    static const char input[] = "{'ClientRequestToken':'token','TransactItems':[{'ConditionCheck':{" IN_TABLE
                                "'Key':{'pk':{'S':'a'}},'ConditionExpression':'attribute_exists(pk)'}}]}";

    ck_assert_ptr_nonnull(strstr(tables_ask("TransactWriteItems", input), "TransactionCanceledException"));
    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'a'}}}");
    tables_expect("TransactWriteItems", input, "{}");
}
END_TEST

START_TEST(a_retry_is_charged_by_the_items_of_the_first_time)
{
    struct buffer item = { 0 };
    static const char input[] = "{'ClientRequestToken':'token','ReturnConsumedCapacity':'TOTAL','TransactItems':[{'Delete':{" IN_TABLE
                                "'Key':{'pk':{'S':'large'}}}}]}";

    buffer_add_text(&item, "{'TableName':'tab','Item':{'pk':{'S':'large'},'v':{'S':'");
    for (int i = 0; i < 9000; i++)
        buffer_add_char(&item, 'x');
    buffer_add_text(&item, "'}}}");
    tables_must("PutItem", item.data);
    buffer_clear(&item);
    tables_expect("TransactWriteItems", input, "{'ConsumedCapacity':[{'CapacityUnits':18.0,'TableName':'tab','WriteCapacityUnits':18.0}]}");
    tables_expect("TransactWriteItems", input, "{'ConsumedCapacity':[{'CapacityUnits':6.0,'ReadCapacityUnits':6.0,'TableName':'tab'}]}");
}
END_TEST

START_TEST(old_tokens_are_forgotten_as_new_ones_come)
{
    sqlite3_stmt *count;
    char token[16];

    for (int i = 0; i < 50; i++) {
        snprintf(token, sizeof token, "token-%d", i);
        add_one(token, "1");
        if (i == 24)
            tables_advance(REQUEST_TOKEN_LIFE_MS);
    }
    ck_assert_int_eq(
        sqlite3_prepare_v2(database_handle(tables_room()->ground->database), "SELECT count(*) FROM dynamodb_tokens", -1, &count, NULL),
        SQLITE_OK);
    ck_assert_int_eq(sqlite3_step(count), SQLITE_ROW);
    ck_assert_int_eq(sqlite3_column_int(count, 0), 25);
    sqlite3_finalize(count);
}
END_TEST

/* The third change fails in the database, when two are written already. */
START_TEST(a_failing_database_takes_back_the_whole_transaction)
{
    ck_assert_int_eq(
        database_run(tables_room()->ground->database,
                     "CREATE TRIGGER refuse BEFORE INSERT ON dynamodb_table_1 WHEN NEW.size = 22 BEGIN SELECT RAISE(ABORT, 'as "
                     "the test wants it'); END"),
        OK);
    ck_assert_int_eq(tables_end_turn(), OK);
    tables_expect("TransactWriteItems",
                  "{'ClientRequestToken':'token','TransactItems':[{'Put':{" IN_TABLE
                  "'Item':{'pk':{'S':'a'},'g':{'S':'x'}}}},{'Delete':{" IN_TABLE "'Key':{'pk':{'S':'is'}}}},{'Put':{" IN_TABLE
                  "'Item':{'pk':{'S':'01234567890123456789'}}}}]}",
                  "InternalServerError: Internal server error");
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':1,'Items':[{'pk':{'S':'is'},'v':{'N':'1'}}],'ScannedCount':1}");
    tables_expect("Scan", "{'TableName':'tab','IndexName':'gsi'}", "{'Count':0,'Items':[],'ScannedCount':0}");
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'tab'}"), "'ItemCount':1,"));
    ck_assert_str_eq(add_one("token", "1"), done);
}
END_TEST

/* ---- TransactGetItems ---- */

static const struct refusal get_refusals[] = {
    { "{'TransactItems':[]}", "ValidationException: 1 validation error detected: Value '[]' at 'transactItems' failed to satisfy "
                              "constraint: Member must have length greater than or equal to 1" },
    { "{'TransactItems':[{}]}", "ValidationException: 1 validation error detected: Value null at 'transactItems.1.member.get' failed to "
                                "satisfy constraint: Member must not be null" },
    { "{'TransactItems':[{'Get':{'TableName':'other','Key':{'pk':{'S':'a'}}}}]}",
      "ResourceNotFoundException: Requested resource not found" },
    { "{'TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}},{'Get':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}}]}",
      "ValidationException: Transaction request cannot include multiple operations on one item" },
    { "{'TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':'a'}},'ProjectionExpression':'!!!'}}]}",
      "ValidationException: Invalid ProjectionExpression: Syntax error; token: \"!\", near: \"!!\"" },
    { "{'TransactItems':[{'Get':{" IN_TABLE
      "'Key':{'pk':{'S':'a'}},'ProjectionExpression':'#x','ExpressionAttributeNames':{'#x':'x','#q':'q'}}}]}",
      "ValidationException: Value provided in ExpressionAttributeNames unused in expressions: keys: {#q}" },
    { "{'TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':'a'}}}},{'Get':{" IN_TABLE "'Key':{}}}]}",
      "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, "
      "ValidationError] + {'CancellationReasons':[{'Code':'None'},{'Code':'ValidationError','Message':'The provided key element does not "
      "match the schema'}]}" },
    { "{'TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':''}}}}]}",
      "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk" },
};

START_TEST(wrong_gets_are_refused)
{
    tables_expect("TransactGetItems", get_refusals[_i].input, get_refusals[_i].answer);
}
END_TEST

START_TEST(gets_are_answered_in_order_with_nothing_for_what_is_not_there)
{
    tables_expect("TransactGetItems",
                  "{'ReturnConsumedCapacity':'INDEXES','TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':'none'}}}},{'Get':{" IN_TABLE
                  "'Key':{'pk':{'S':'is'}},'ProjectionExpression':'#v','ExpressionAttributeNames':{'#v':'v'}}}]}",
                  "{'ConsumedCapacity':[{'CapacityUnits':4.0,'ReadCapacityUnits':4.0,'Table':{'CapacityUnits':4.0,'ReadCapacityUnits':4.0},"
                  "'TableName':'tab'}],'Responses':[{},{'Item':{'v':{'N':'1'}}}]}");
    tables_expect("TransactGetItems", "{'TransactItems':[{'Get':{" IN_TABLE "'Key':{'pk':{'S':'is'}},'ProjectionExpression':'w'}}]}",
                  "{'Responses':[{}]}");
}
END_TEST

#define COUNT(rows) (int)(sizeof rows / sizeof *rows)

static TCase *operations_case(void)
{
    TCase *tests = tcase_create("operations");

    tcase_add_checked_fixture(tests, open_with_item, close_all);
    tcase_add_loop_test(tests, a_wrong_transaction_is_refused_and_changes_nothing, 0, COUNT(write_refusals));
    tcase_add_test(tests, puts_updates_deletions_and_checks_are_done_together);
    tcase_add_test(tests, aliases_of_an_action_without_expressions_are_passed_over);
    tcase_add_test(tests, capacity_doubles_for_the_table_and_not_for_its_indexes);
    tcase_add_test(tests, item_collections_are_told_by_table);
    tcase_add_test(tests, a_hundred_actions_and_four_mebibytes_are_the_most);
    tcase_add_test(tests, a_token_does_its_transaction_once_in_ten_minutes);
    tcase_add_test(tests, a_cancelled_transaction_leaves_its_token_free);
    tcase_add_test(tests, a_retry_is_charged_by_the_items_of_the_first_time);
    tcase_add_test(tests, a_failing_database_takes_back_the_whole_transaction);
    tcase_add_test(tests, old_tokens_are_forgotten_as_new_ones_come);
    tcase_add_loop_test(tests, wrong_gets_are_refused, 0, COUNT(get_refusals));
    tcase_add_test(tests, gets_are_answered_in_order_with_nothing_for_what_is_not_there);
    return tests;
}

Suite *suite_dynamodb_transaction(void)
{
    Suite *suite = suite_create("dynamodb transaction");
    TCase *by_hand = tcase_create("by hand");

    tcase_add_checked_fixture(by_hand, open_with_table, close_all);
    tcase_add_test(by_hand, changes_made_by_hand_are_kept_together);
    tcase_add_test(by_hand, one_change_that_does_not_fit_cancels_all);
    suite_add_tcase(suite, by_hand);
    suite_add_tcase(suite, operations_case());
    return suite;
}
