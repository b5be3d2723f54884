/* INSERT, UPDATE and DELETE: what they keep, what they answer, and what stops them (captured from AWS by public conformance suites in
 * September and October 2026, where not said otherwise). */

#include "suites.h"

#include "statements.h"

#include <string.h>

#define INVALID "ValidationException: "
#define PARAMETER "ValidationException: One or more parameter values were invalid: "
#define OPERAND INVALID "Incorrect operand type for operator or function; operator or function: "
#define STOPPED "ConditionalCheckFailedException: The conditional request failed"
#define NO_KEY INVALID "Where clause does not contain a mandatory equality on all key attributes"
#define NOTHING "{'Items':[]}"

/* One item, {a, 1}, with something of each type. */
static void open_thing(void)
{
    statements_open();
    tables_must("PutItem",
                "{'TableName':'things','Item':{'pk':{'S':'a'},'sk':{'S':'1'},'n':{'N':'5'},'s':{'S':'str'},'ss':{'SS':['a','b']},"
                "'ns':{'NS':['1','2']},'bs':{'BS':['AQ==']},'l':{'N':'7'},'seq':{'L':[{'N':'1'},{'N':'2'}]},"
                "'m':{'M':{'x':{'S':'y'}}}}}");
}

/* What is expected of UPDATE things SET <set> WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *: the attributes, or the refusal. */
static const struct statement_case updates[] = {
    { "SET n = 6", "'n':{'N':'6'}" },
    { "SET n = n + 100 SET s = 'new'", "'n':{'N':'105'},'s':{'S':'new'}" },
    { "SET n=n-1", "'n':{'N':'4'}" },
    { "SET n = n - - 2, k = [- 1]", "'k':{'L':[{'N':'-1'}]},'n':{'N':'7'}" },
    { "SET n = (n + 1) - 2 + n", "'n':{'N':'9'}" },
    { "SET n = 1 + n", "'n':{'N':'6'}" },
    { "SET n = ?, other = ?", "'n':{'N':'1.5'},'other':{'B':'AQ=='}", "{'N':'1.50'},{'B':'AQ=='}" },
    { "SET m.new = [2020, 'text', 2.4, <<'a'>>, {'k': null}], m.x = true",
      "'m':{'M':{'new':{'L':[{'N':'2020'},{'S':'text'},{'N':'2.4'},{'SS':['a']},{'M':{'k':{'NULL':true}}}]},'x':{'BOOL':true}}}" },
    { "SET seq = LIST_APPEND(seq, [3, <<1>>])", "'seq':{'L':[{'N':'1'},{'N':'2'},{'N':'3'},{'NS':['1']}]}" },
    { "SET seq = list_append([0], seq)", "'seq':{'L':[{'N':'0'},{'N':'1'},{'N':'2'}]}" },
    { "SET seq[0] = 9, seq[7] = 8", "'seq':{'L':[{'N':'9'}]}" },
    { "SET ss = set_add(ss, <<'0', 'b'>>)", "'ss':{'SS':['0','a','b']}" },
    { "SET ns = SET_ADD(ns, <<10, 2>>)", "'ns':{'NS':['1','2','10']}" },
    { "SET bs = set_add(bs, ?)", "'bs':{'BS':['AQ==','Ag==']}", "{'BS':['Ag==']}" },
    { "SET fresh = set_add(fresh, <<'x'>>) SET ns = set_add(ns, <<9>>)", "'fresh':{'SS':['x']},'ns':{'NS':['1','2','9']}" },
    { "SET ss = set_delete(ss, <<'a', 'z'>>)", "'ss':{'SS':['b']}" },
    { "SET ss = set_delete(ss, <<'a', 'b'>>)", "" },
    { "SET none = set_delete(none, <<'a'>>)", "" },
    { "REMOVE s", "" },
    { "REMOVE seq[0], m.x SET n = 1", "'n':{'N':'1'},'seq':{'L':[{'N':'2'}]}" },
    { "SET a = b", INVALID "The provided expression refers to an attribute that does not exist in the item" },
    { "SET none = list_append(none, [1])", INVALID "The provided expression refers to an attribute that does not exist in the item" },
    { "SET s.x = 1", INVALID "The document path provided in the update expression is invalid for update" },
    { "SET pk = 'b'", PARAMETER "Cannot update attribute pk. This attribute is part of the key" },
    { "SET n = 'a' + 1", OPERAND "+, operand type: S" },
    { "SET n = n - null", OPERAND "-, operand type: NULL" },
    { "SET n = n + [1]", OPERAND "+, operand type: L" },
    { "SET n = s + 1", INVALID "An operand in the update expression has an incorrect data type" },
    { "SET ss = set_add(ss, <<1>>)", INVALID "An operand in the update expression has an incorrect data type" },
    { "SET s = set_add(s, <<'x'>>)", INVALID "An operand in the update expression has an incorrect data type" },
    { "SET ss = set_delete(ss, <<1>>)", INVALID "An operand in the update expression has an incorrect data type" },
    { "SET t = set_add(ss, <<'x'>>)", INVALID "The first argument to SET_ADD must equal the assignment value at 1:23:7" },
    { "SET ss = set_add(<<'a'>>, <<'b'>>)", INVALID "The first argument to SET_ADD must equal the assignment value at 1:24:7" },
    { "SET ss = set_add(ss, 'x')", INVALID "The second argument to SET_ADD must be a value with type SET at 1:32:2" },
    { "SET ss = set_add(ss, ['x'])", INVALID "The second argument to SET_ADD must be a value with type SET at 1:32:2" },
    { "SET \"ss\" = set_delete(\"ss\", ['x'])", INVALID "The second argument to SET_DELETE must be a value with type SET at 1:37:4" },
    { "\nSET ss = set_add(\nss, 'x')", INVALID "The second argument to SET_ADD must be a value with type SET at 3:1:2" },
    { "SET ss = set_add(ss)", INVALID "SET_ADD must have exactly two arguments at 1:24:7" },
    { "SET ss = set_add(ss, <<'x'>>, <<'y'>>)", INVALID "SET_ADD must have exactly two arguments at 1:24:7" },
    { "SET ss = set_add(ss, <<>>)", INVALID "Empty bags are not supported" },
    { "SET s = 1 * 2", INVALID "Unsupported operator in Update Expression. Operator: *" },
    { "SET a = if_not_exists(a, 1)", INVALID "Unrecognized function: if_not_exists at 1:23:13" },
    { "SET a = 1, a.b = 2",
      INVALID "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], path two: [a, b]" },
    { "SET n = n--1", NO_KEY }, /* the rest is a comment */
    { "SET l = 'text'", PARAMETER "Type mismatch for Index Key l Expected: N Actual: S IndexName: byl" },
};

START_TEST(an_update_changes_what_it_says)
{
    struct statement_case expected = updates[_i];
    char statement[512];
    char answer[512];

    snprintf(statement, sizeof statement, "UPDATE things %s WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *", expected.statement);
    if (strncmp(expected.answer, "Validation", 10)) {
        snprintf(answer, sizeof answer, *expected.answer ? "{'Items':[{%s}]}" : NOTHING, expected.answer);
        expected.answer = answer;
    }
    expected.statement = statement;
    statements_expect_case(&expected);
}
END_TEST

static const struct statement_case keys[] = {
    { "UPDATE things SET z = 1 WHERE pk = 'a'", NO_KEY },
    { "UPDATE things SET z = 1", NO_KEY },
    { "UPDATE things SET z = 1 WHERE pk IN ['a'] AND sk = '1'", NO_KEY },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk > '0'", NO_KEY },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND (sk = '1' OR sk = '2')", NO_KEY },
    { "FROM things SET c = 1", NO_KEY },
    { "FROM things REMOVE a", NO_KEY },
    { "FROM things WHERE a = 1 SET c = 1", NO_KEY },
    { "DELETE FROM things WHERE sk = '1'", NO_KEY },
    { "DELETE FROM things", NO_KEY },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND pk = 'b'",
      INVALID "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported" },
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' AND pk = 'b'",
      INVALID "Multiple conditions on same key pk. Only single item Update/Insert/Delete are supported" },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND 'a' = pk", NOTHING },
    { "UPDATE things SET z = 1 WHERE (pk = 'a' AND sk = '1') AND n = 5", NOTHING },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = 1", INVALID "The provided key element does not match the schema" },
    { "INSERT INTO things VALUE {'pk': 'b'}", PARAMETER "Missing the key sk in the item" },
    { "INSERT INTO things VALUE {'pk': 1, 'sk': '2'}", PARAMETER "Type mismatch for key pk expected: S actual: N" },
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED OLD *",
      INVALID "Invalid returning clause: RETURNING MODIFIED OLD *. Only RETURNING ALL OLD * is allowed in DELETE statements." },
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' RETURNING ALL NEW *",
      INVALID "Invalid returning clause: RETURNING ALL NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements." },
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' RETURNING MODIFIED NEW *",
      INVALID "Invalid returning clause: RETURNING MODIFIED NEW *. Only RETURNING ALL OLD * is allowed in DELETE statements." },
};

START_TEST(a_write_names_one_item)
{
    statements_expect_case(&keys[_i]);
}
END_TEST

static const struct statement_case conditions[] = {
    { "UPDATE things SET z = 1 WHERE pk = 'none' AND sk = '1'", STOPPED },
    { "UPDATE things SET z = 1 WHERE pk = 'none' AND sk = '1' AND attribute_not_exists(pk)", STOPPED },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND n = 6", STOPPED },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND n = 5 AND ss = <<'b','a'>>", NOTHING },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND (n = 6 OR s = 'str')", NOTHING },
    { "UPDATE things SET z = 1 WHERE pk = 'a' AND sk = '1' AND none IS NOT MISSING", STOPPED },
    { "FROM things WHERE pk = 'a' AND sk = '1' AND n = 4 SET c = 5", STOPPED },
    { "FROM things WHERE pk = 'a' AND sk = '1' AND n = 5 SET c = 5 REMOVE s", NOTHING },
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' AND NOT begins_with(s, 'st')", STOPPED },
    { "DELETE FROM things WHERE pk = 'none' AND sk = '1' AND s = 'x'", NOTHING }, /* nothing is there, so nothing is asked */
    { "DELETE FROM things WHERE pk = 'a' AND sk = '1' AND s = 'str'", NOTHING },
    { "INSERT INTO things VALUE {'pk': 'a', 'sk': '1'}", "DuplicateItemException: Duplicate primary key exists in table" },
    { "INSERT INTO things VALUE {'pk': 'b', 'sk': '1'}", NOTHING },
};

START_TEST(a_condition_stops_a_write)
{
    statements_expect_case(&conditions[_i]);
    if (strcmp(conditions[_i].answer, NOTHING))
        ck_assert_ptr_nonnull(strstr(statements_item("a", "1"), "'n':{'N':'5'}"));
    if (strstr(conditions[_i].statement, "none"))
        ck_assert_str_eq(statements_item("none", "1"), "{}");
}
END_TEST

START_TEST(an_insert_keeps_what_it_says)
{
    statements_expect("INSERT INTO \"things\" value {'pk':'b', 'sk':'1', 'a':1E3, 'b':-1.5e-3, 'c':2.50, 'd':-0, 'q':'it''s', "
                      "'l2':[1,'x',[true]], 'ns':<<1,34,4.5>>, 'ss':<<'y','x'>>, 'e':{}}",
                      NOTHING);
    ck_assert_str_eq(
        statements_item("b", "1"),
        "{'Item':{'a':{'N':'1000'},'b':{'N':'-0.0015'},'c':{'N':'2.5'},'d':{'N':'0'},'e':{'M':{}},'l2':{'L':[{'N':'1'},{'S':'x'},"
        "{'L':[{'BOOL':true}]}]},'ns':{'NS':['1','4.5','34']},'pk':{'S':'b'},'q':{'S':'it's'},'sk':{'S':'1'},"
        "'ss':{'SS':['x','y']}}}");
    ck_assert_str_eq(statements_ask("INSERT INTO things VALUE {'pk': ?, 'sk': ?, 'b': ?}", "{'S':'c'},{'S':'1'},{'BS':['AQ==']}", NULL),
                     NOTHING);
    ck_assert_str_eq(statements_item("c", "1"), "{'Item':{'b':{'BS':['AQ==']},'pk':{'S':'c'},'sk':{'S':'1'}}}");
}
END_TEST

START_TEST(returning_gives_the_item)
{
    tables_must("PutItem", "{'TableName':'things','Item':{'pk':{'S':'r'},'sk':{'S':'1'},'a':{'N':'1'},'b':{'S':'bee'}}}");
    statements_expect("UPDATE things SET a = 2 WHERE pk = 'r' AND sk = '1' RETURNING ALL OLD *",
                      "{'Items':[{'a':{'N':'1'},'b':{'S':'bee'},'pk':{'S':'r'},'sk':{'S':'1'}}]}");
    statements_expect("UPDATE things SET a = 3 WHERE pk = 'r' AND sk = '1' RETURNING ALL NEW *",
                      "{'Items':[{'a':{'N':'3'},'b':{'S':'bee'},'pk':{'S':'r'},'sk':{'S':'1'}}]}");
    statements_expect("UPDATE things SET a = 4 REMOVE b WHERE pk = 'r' AND sk = '1' RETURNING MODIFIED OLD *",
                      "{'Items':[{'a':{'N':'3'},'b':{'S':'bee'}}]}");
    statements_expect("from things where pk = 'r' and sk = '1' set d = 3 returning modified new *", "{'Items':[{'d':{'N':'3'}}]}");
    statements_expect("DELETE FROM things WHERE pk = 'r' AND sk = '1' RETURNING ALL OLD *",
                      "{'Items':[{'a':{'N':'4'},'d':{'N':'3'},'pk':{'S':'r'},'sk':{'S':'1'}}]}");
    statements_expect("DELETE FROM things WHERE pk = 'r' AND sk = '1' RETURNING ALL OLD *", NOTHING);
}
END_TEST

START_TEST(a_failed_condition_shows_the_item_when_asked)
{
    const char *update = "UPDATE nums SET z = 1 WHERE pk = 1 AND a = 2";

    statements_ask("INSERT INTO nums VALUE {'pk': 1}", NULL, NULL);
    ck_assert_str_eq(statements_ask(update, NULL, "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'"),
                     STOPPED " + {'Item':{'pk':{'N':'1'}}}");
    ck_assert_str_eq(statements_ask(update, NULL, NULL), STOPPED);
}
END_TEST

/* A parameter that nests to the limit is fine by itself, and too deep one level down. */
START_TEST(an_item_may_not_nest_too_deeply)
{
    char deep[1024] = "";

    for (int i = 0; i < 31; i++)
        strcat(deep, "{'M':{'a':");
    strcat(deep, "{'S':'x'}");
    for (int i = 0; i < 31; i++)
        strcat(deep, "}}");
    ck_assert_str_eq(statements_ask("UPDATE things SET m.deep = ? WHERE pk = 'a' AND sk = '1'", deep, NULL),
                     INVALID "Nesting Levels have exceeded supported limits");
    ck_assert_str_eq(statements_ask("UPDATE things SET deep = ? WHERE pk = 'a' AND sk = '1'", deep, NULL), NOTHING);
}
END_TEST

START_TEST(capacity_is_told_of_what_was_written)
{
    ck_assert_str_eq(statements_ask("INSERT INTO nums VALUE {'pk': 1}", NULL, "'ReturnConsumedCapacity':'INDEXES'"),
                     "{'ConsumedCapacity':{'CapacityUnits':1.0,'Table':{'CapacityUnits':1.0},'TableName':'nums'},'Items':[]}");
}
END_TEST

Suite *suite_dynamodb_partiql_write(void)
{
    Suite *suite = suite_create("dynamodb partiql write");
    TCase *items = tcase_create("items");

    tcase_add_checked_fixture(items, open_thing, tables_close);
    tcase_add_loop_test(items, an_update_changes_what_it_says, 0, sizeof updates / sizeof *updates);
    tcase_add_loop_test(items, a_write_names_one_item, 0, sizeof keys / sizeof *keys);
    tcase_add_loop_test(items, a_condition_stops_a_write, 0, sizeof conditions / sizeof *conditions);
    tcase_add_test(items, an_insert_keeps_what_it_says);
    tcase_add_test(items, returning_gives_the_item);
    tcase_add_test(items, a_failed_condition_shows_the_item_when_asked);
    tcase_add_test(items, an_item_may_not_nest_too_deeply);
    tcase_add_test(items, capacity_is_told_of_what_was_written);
    suite_add_tcase(suite, items);
    return suite;
}
