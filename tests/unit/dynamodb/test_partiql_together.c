/* Several PartiQL statements at once: BatchExecuteStatement and ExecuteTransaction (captured from AWS by public conformance suites in
 * 2026, where not said otherwise). */

#include "suites.h"

#include "statements.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define INVALID "ValidationException: "
#define CANCELED "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons "
#define BATCH_KEY "Select statements within BatchExecuteStatement must specify the primary key in the where clause."
#define TRANSACTION_KEY                                                                                                                    \
    INVALID "Validation failed in TransactStatements[0]: Select statements within ExecuteTransaction must specify the primary key in the " \
            "where clause."
#define MISMATCH "The provided key element does not match the schema"

static void open_things(void)
{
    statements_open();
    for (int i = 1; i <= 3; i++)
        tables_print_ask("PutItem", "{'TableName':'things','Item':{'pk':{'S':'a'},'sk':{'S':'%d'},'n':{'N':'%d'},'f':{'S':'right'}}}", i,
                         i);
}

/* Up to four statements of one request, and the whole answer or, of a batch, its Responses. */
struct together {
    const char *statements[5];
    const char *answer;
};

#define A1 "WHERE pk = 'a' AND sk = '1'"
#define A2 "WHERE pk = 'a' AND sk = '2'"
#define REFUSED_AT(text) "{'Error':{'Code':'ValidationError','Message':'" text "'},'TableName':'things'}" /* once the table is known */
#define REFUSED(text) "{'Error':{'Code':'ValidationError','Message':'" text "'}}"

static const struct together batches[] = {
    { { "SELECT n FROM things " A1, "SELECT * FROM things WHERE pk IN ['a'] AND sk = '2'",
        "SELECT n FROM things WHERE pk = 'x' AND sk = 'y'" },
      "{'Item':{'n':{'N':'1'}},'TableName':'things'},{'Item':{'f':{'S':'right'},'n':{'N':'2'},'pk':{'S':'a'},'sk':{'S':'2'}},"
      "'TableName':'things'},{'TableName':'things'}" },
    { { "INSERT INTO things VALUE {'pk': 'b', 'sk': '1'}", "UPDATE things SET n = 9 " A1, "FROM things " A2 " SET c = 1" },
      "{'TableName':'things'},{'TableName':'things'},{'TableName':'things'}" },
    { { "DELETE FROM things " A1 " RETURNING ALL OLD *", "UPDATE things SET n = 9 " A2 " RETURNING MODIFIED NEW *",
        "UPDATE things REMOVE n WHERE pk = 'a' AND sk = '3' RETURNING MODIFIED NEW *" },
      "{'Item':{'f':{'S':'right'},'n':{'N':'1'},'pk':{'S':'a'},'sk':{'S':'1'}},'TableName':'things'},{'Item':{'n':{'N':'9'}},"
      "'TableName':'things'},{'TableName':'things'}" },
    { { "SELECT n FROM things " A1, "SELECT * FROM never WHERE pk = 'x'" },
      "{'Item':{'n':{'N':'1'}},'TableName':'things'},{'Error':{'Code':'ResourceNotFound','Message':'Requested resource not found'}}" },
    { { "SLECT * FROM things " A1, "SELECT n FROM things " A1 },
      REFUSED("Statement wasn't well formed, can't be processed: Expected data manipulation") ",{'Item':{'n':{'N':'1'}},'TableName':'"
                                                                                              "things'}" },
    { { "SELECT * FROM things WHERE" }, REFUSED("Statement wasn't well formed, can't be processed: Unexpected term") },
    { { "SELECT * FROM \"things\".\"byg\" WHERE g = 'x'", "SELECT * FROM things WHERE pk = 'a'",
        "SELECT * FROM things " A1 " AND f = 'right'", "SELECT * FROM things " A1 " AND pk = 'b'" },
      REFUSED_AT(BATCH_KEY) "," REFUSED_AT(BATCH_KEY) "," REFUSED_AT(BATCH_KEY) "," REFUSED_AT(BATCH_KEY) },
    { { "SELECT * FROM \"things\".\"many\" WHERE g = 'a'", "SELECT * FROM things " A1 " AND attribute_exists(n)" },
      REFUSED_AT("PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE "
                 "keys.") "," REFUSED_AT(BATCH_KEY) },
    { { "INSERT INTO things VALUE {'pk': 'a', 'sk': '1'}", "UPDATE things SET n = 9 " A2 " AND n = 5",
        "DELETE FROM things WHERE pk = 'a' AND sk = '3' RETURNING MODIFIED OLD *" },
      "{'Error':{'Code':'DuplicateItem','Message':'Duplicate primary key exists in table'},'TableName':'things'},"
      "{'Error':{'Code':'ConditionalCheckFailed','Message':'The conditional request failed'},'TableName':'things'}," REFUSED_AT(
          "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements.") },
    { { "EXISTS(SELECT * FROM things " A1 " AND n = 1)" }, REFUSED_AT("EXISTS can only be used in ExecuteTransaction write requests.") },
    /* what refuses the whole batch */
    { { "SELECT * FROM things " A1, "DELETE FROM things " A2 },
      INVALID "Read and write requests together in the same batch is not supported." },
    { { "SELECT * FROM things " A1, "SELECT * FROM things WHERE sk = '1' AND pk = 'a'" },
      INVALID "Provided list of item keys contains duplicates" },
    { { NULL },
      INVALID "1 validation error detected: Value '[]' at 'statements' failed to satisfy constraint: Member must have length "
              "greater than or equal to 1" },
};

START_TEST(a_batch_answers_each_statement)
{
    const struct together *batch = &batches[_i];
    const char *got = statements_ask_all("BatchExecuteStatement", NULL, batch->statements);
    char expected[2048];

    snprintf(expected, sizeof expected, *batch->answer == '{' ? "{'Responses':[%s]}" : "%s", batch->answer);
    ck_assert_msg(!strcmp(got, expected), "%s, ...\n  answered %s\n  and not  %s", batch->statements[0], got, expected);
}
END_TEST

static const struct together transactions[] = {
    { { "SELECT n FROM things " A1, "SELECT * FROM things WHERE pk = 'x' AND sk = 'y'", "SELECT none FROM things " A2 },
      "{'Responses':[{'Item':{'n':{'N':'1'}}},{},{}]}" },
    { { "SELECT n FROM things WHERE (sk = '1') AND pk IN ['a'] AND pk = 'a'" }, "{'Responses':[{'Item':{'n':{'N':'1'}}}]}" },
    { { "INSERT INTO things VALUE {'pk': 'b', 'sk': '1'}", "UPDATE things SET n = n + 1 " A1, "DELETE FROM things " A2 },
      "{'Responses':[]}" },
    { { "EXISTS(SELECT * FROM things " A1 " AND none IS MISSING)", "UPDATE things SET n = 9 " A2 }, "{'Responses':[]}" },
    { { "EXISTS(SELECT * FROM things " A1 " AND n = 2)", "UPDATE things SET n = 9 " A2 },
      CANCELED
      "[ConditionalCheckFailed, None] + {'CancellationReasons':[{'Code':'ConditionalCheckFailed','Message':'The conditional request "
      "failed'},{'Code':'None'}]}" },
    { { "EXISTS(SELECT * FROM things " A1 " AND pk = 'b' AND n = 1)", "UPDATE things SET n = 9 " A2 },
      CANCELED
      "[ConditionalCheckFailed, None] + {'CancellationReasons':[{'Code':'ConditionalCheckFailed','Message':'The conditional request "
      "failed'},{'Code':'None'}]}" },
    { { "INSERT INTO things VALUE {'pk': 'a', 'sk': '1'}", "INSERT INTO things VALUE {'pk': 'b', 'sk': '1'}" },
      CANCELED "[DuplicateItem, None] + {'CancellationReasons':[{'Code':'DuplicateItem','Message':'Duplicate primary key exists in "
               "table'},{'Code':'None'}]}" },
    { { "UPDATE never SET a = 1 WHERE pk = 'x' AND sk = '1' RETURNING ALL NEW *", "UPDATE things SET n = 9 " A2 },
      CANCELED "[ResourceNotFound, None] + {'CancellationReasons':[{'Code':'ResourceNotFound','Message':'Requested resource not found'},"
               "{'Code':'None'}]}" },
    { { "SELECT * FROM things " A1, "SELECT * FROM \"never\".\"idx\" WHERE pk = 'x'" },
      CANCELED
      "[None, ResourceNotFound] + {'CancellationReasons':[{'Code':'None'},{'Code':'ResourceNotFound','Message':'Requested resource "
      "not found'}]}" },
    { { "UPDATE things SET n = 1 WHERE pk = 'a'", "UPDATE things SET n = 1 WHERE pk IN ['a'] AND sk = '1'",
        "UPDATE things SET n = 1 WHERE pk = 'a' AND sk = 1", "INSERT INTO things VALUE {'pk': 'b'}" },
      CANCELED "[ValidationError, ValidationError, ValidationError, ValidationError] + {'CancellationReasons':[{'Code':'ValidationError',"
               "'Message':'" MISMATCH "'},{'Code':'ValidationError','Message':'" MISMATCH
               "'},{'Code':'ValidationError','Message':'" MISMATCH
               "'},{'Code':'ValidationError','Message':'One or more parameter values were invalid: Missing the key sk in the item'}]}" },
    { { "SELECT * FROM things " A1, "SELECT * FROM things " A1, "SELECT * FROM things WHERE pk = 1 AND sk = '1'" },
      CANCELED "[None, None, ValidationError] + {'CancellationReasons':[{'Code':'None'},{'Code':'None'},{'Code':'ValidationError',"
               "'Message':'" MISMATCH "'}]}" },
    /* what refuses the whole transaction */
    { { "SELECT * FROM things " A1, "SELECT n FROM things WHERE sk = '1' AND pk = 'a'" },
      INVALID "Transaction request cannot include multiple operations on one item" },
    { { "SELECT * FROM things " A1, "UPDATE things SET n = 1 " A2 },
      INVALID "ExecuteTransaction API does not support both read and write operations in the same request." },
    { { "SELECT * FROM things " A1 " AND f = 'right'" }, TRANSACTION_KEY },
    { { "SELECT * FROM things " A1 " AND pk = 'b'" }, TRANSACTION_KEY },
    { { "SELECT * FROM things WHERE pk IN ['b'] AND pk = 'a' AND sk = '1'" }, TRANSACTION_KEY },
    { { "SELECT * FROM things WHERE pk = 'a'" }, TRANSACTION_KEY },
    { { "SELECT * FROM things WHERE pk IN ['a', 'a'] AND sk = '1'" },
      INVALID "Validation failed in TransactStatements[0]: Overlapping conditions with range keys are not supported in where clause" },
    { { "SELECT * FROM \"things\".\"byg\" WHERE g = 'x'" },
      INVALID "Validation failed in TransactStatements[0]: Reads on indices are not supported within transactions." },
    { { "UPDATE things SET n = 1 " A1, "UPDATE things SET n = 1 " A2 " RETURNING ALL NEW *" },
      INVALID "Validation failed in TransactStatements[1]: RETURNING clause is not supported in ExecuteTransaction." },
    { { "EXISTS(SELECT * FROM things " A1 ")", "UPDATE things SET n = 1 " A2 },
      INVALID "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read with additional condition" },
    { { "EXISTS(SELECT * FROM things WHERE pk IN ['a'] AND sk = '1' AND n = 1)", "UPDATE things SET n = 1 " A2 },
      INVALID "Validation failed in TransactStatements[0]: EXISTS() must contain a single item read with additional condition" },
    { { "UPDATE things SET n = n + [1] " A1 },
      INVALID
      "Validation failed in TransactStatements[0]: Incorrect operand type for operator or function; operator or function: +, operand "
      "type: L" },
    { { "INSERT INTO things VALUE {'pk':'b','sk':'1','x':[<<'a','a'>>]}" },
      INVALID "Validation failed in TransactStatements[0]: One or more parameter values were invalid: Input collection [a, a] contains "
              "duplicates." },
    { { "SELECT * FROM things WHERE" },
      INVALID "Validation failed in TransactStatements[0]: Statement wasn't well formed, can't be processed: Unexpected term" },
};

START_TEST(a_transaction_is_all_or_nothing)
{
    const struct together *transaction = &transactions[_i];
    const char *got = statements_ask_all("ExecuteTransaction", NULL, transaction->statements);

    ck_assert_msg(!strcmp(got, transaction->answer), "%s, ...\n  answered %s\n  and not  %s", transaction->statements[0], got,
                  transaction->answer);
    if (*transaction->answer == '{')
        return;
    ck_assert_ptr_nonnull(strstr(statements_item("a", "1"), "'n':{'N':'1'}"));
    ck_assert_ptr_nonnull(strstr(statements_item("a", "2"), "'n':{'N':'2'}"));
    ck_assert_str_eq(statements_item("b", "1"), "{}");
}
END_TEST

/* Parameters are looked at before any statement is: their faults carry no number of a statement. */
START_TEST(parameters_are_read_first)
{
    tables_expect(
        "ExecuteTransaction",
        "{'TransactStatements':[{'Statement':'UPDATE','Parameters':[{'N':'1'}]},{'Statement':'UPDATE','Parameters':[{'SS':['a','a']}]}]}",
        "ValidationException: One or more parameter values were invalid: Input collection [a, a] contains duplicates.");
    tables_expect("BatchExecuteStatement", "{'Statements':[{'Statement':'UPDATE','Parameters':[{'SS':[]}]}]}",
                  "{'Responses':[" REFUSED("One or more parameter values were invalid: An string set  may not be empty") "]}");
}
END_TEST

START_TEST(a_failed_condition_shows_the_item_when_asked)
{
    static const char asked[] = "{'%s':[{'Statement':'UPDATE nums SET a = 1 WHERE pk = 1 AND b = 2',"
                                "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}]}";

    tables_must("PutItem", "{'TableName':'nums','Item':{'pk':{'N':'1'}}}");
    ck_assert_str_eq(tables_print_ask("BatchExecuteStatement", asked, "Statements"),
                     "{'Responses':[{'Error':{'Code':'ConditionalCheckFailed','Item':{'pk':{'N':'1'}},'Message':'The conditional request "
                     "failed'},'TableName':'nums'}]}");
    ck_assert_str_eq(tables_print_ask("ExecuteTransaction", asked, "TransactStatements"),
                     CANCELED "[ConditionalCheckFailed] + {'CancellationReasons':[{'Code':'ConditionalCheckFailed','Item':{'pk':{'N':'1'}},"
                              "'Message':'The conditional request failed'}]}");
}
END_TEST

START_TEST(a_token_runs_a_transaction_once)
{
    static const char *const once[] = { "UPDATE things SET n = n + 1 WHERE pk = 'a' AND sk = '1'", NULL };
    static const char *const other[] = { "UPDATE things SET n = n + 2 WHERE pk = 'a' AND sk = '1'", NULL };
    const char *more = "'ClientRequestToken':'t1','ReturnConsumedCapacity':'TOTAL'";

    ck_assert_str_eq(statements_ask_all("ExecuteTransaction", more, once),
                     "{'ConsumedCapacity':[{'CapacityUnits':2.0,'TableName':'things','WriteCapacityUnits':2.0}],'Responses':[]}");
    ck_assert_str_eq(statements_ask_all("ExecuteTransaction", more, once),
                     "{'ConsumedCapacity':[{'CapacityUnits':2.0,'ReadCapacityUnits':2.0,'TableName':'things'}],'Responses':[]}");
    ck_assert_ptr_nonnull(strstr(statements_item("a", "1"), "'n':{'N':'2'}"));
    ck_assert_msg(!strncmp(statements_ask_all("ExecuteTransaction", more, other), "IdempotentParameterMismatchException", 36),
                  "other statements");
}
END_TEST

START_TEST(capacity_is_told_by_table)
{
    static const char *const reads[] = { "SELECT n FROM things " A1, "SELECT * FROM nums WHERE pk = 1", NULL };
    static const char *const failing[] = { "UPDATE nums SET a = 1 WHERE pk = 1", NULL };
    const char *more = "'ReturnConsumedCapacity':'TOTAL'";

    ck_assert_ptr_nonnull(
        strstr(statements_ask_all("BatchExecuteStatement", more, reads),
               "{'ConsumedCapacity':[{'CapacityUnits':0.5,'TableName':'things'},{'CapacityUnits':0.5,'TableName':'nums'}]"));
    ck_assert_ptr_nonnull(strstr(statements_ask_all("ExecuteTransaction", more, reads),
                                 "[{'CapacityUnits':2.0,'ReadCapacityUnits':2.0,'TableName':'things'}"));
    ck_assert_ptr_null(strstr(statements_ask_all("BatchExecuteStatement", more, failing), "ConsumedCapacity"));
}
END_TEST

START_TEST(a_transaction_brings_four_mebibytes_at_most)
{
    json_t *statements = json_array();
    char *text = memset(malloc(400001), 'x', 400000);
    const char *answer;

    text[400000] = '\0';
    for (int i = 0; i < 11; i++)
        json_array_append_new(statements,
                              json_pack("{s:s, s:[{s:s}, {s:s}]}", "Statement", "INSERT INTO things VALUE {'pk': 'b', 'sk': ?, 'x': ?}",
                                        "Parameters", "S", (char[]){ (char)('a' + i), 0 }, "S", text));
    answer = tables_ask_json("ExecuteTransaction", json_pack("{s:O}", "TransactStatements", statements));
    ck_assert_ptr_nonnull(strstr(answer, "Transaction payload size cannot exceed"));
    json_array_remove(statements, 0);
    ck_assert_str_eq(tables_ask_json("ExecuteTransaction", json_pack("{s:o}", "TransactStatements", statements)), "{'Responses':[]}");
    free(text);
}
END_TEST

/* Asks for `count` reads of distinct items. */
static const char *ask_many(const char *operation, size_t count)
{
    static char texts[101][64];
    const char *statements[102] = { NULL };

    for (size_t i = 0; i < count; i++) {
        snprintf(texts[i], sizeof texts[i], "SELECT * FROM nums WHERE pk = %zu", i);
        statements[i] = texts[i];
    }
    return statements_ask_all(operation, NULL, statements);
}

START_TEST(their_number_is_bounded)
{
    ck_assert_int_eq(*ask_many("BatchExecuteStatement", 25), '{');
    ck_assert_ptr_nonnull(strstr(ask_many("BatchExecuteStatement", 26), "Member must have length less than or equal to 25"));
    ck_assert_int_eq(*ask_many("ExecuteTransaction", 100), '{');
    ck_assert_ptr_nonnull(strstr(ask_many("ExecuteTransaction", 101), "Member must have length less than or equal to 100"));
}
END_TEST

Suite *suite_dynamodb_partiql_together(void)
{
    Suite *suite = suite_create("dynamodb partiql together");
    TCase *items = tcase_create("items");

    tcase_add_checked_fixture(items, open_things, tables_close);
    tcase_add_loop_test(items, a_batch_answers_each_statement, 0, sizeof batches / sizeof *batches);
    tcase_add_loop_test(items, a_transaction_is_all_or_nothing, 0, sizeof transactions / sizeof *transactions);
    tcase_add_test(items, parameters_are_read_first);
    tcase_add_test(items, a_failed_condition_shows_the_item_when_asked);
    tcase_add_test(items, a_token_runs_a_transaction_once);
    tcase_add_test(items, capacity_is_told_by_table);
    tcase_add_test(items, a_transaction_brings_four_mebibytes_at_most);
    tcase_add_test(items, their_number_is_bounded);
    suite_add_tcase(suite, items);
    return suite;
}
