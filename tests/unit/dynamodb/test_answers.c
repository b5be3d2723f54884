/* PutItem, GetItem, DeleteItem, UpdateItem: values, keys, conditions, updates and what they return (facts: DynamoDB 4, 6, 8 and 9). */

#include "suites.h"

#include "tables.h"

#include "base/text.h"

#include <string.h>

static void open_things(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'things','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'},"
                               "{'AttributeName':'at','AttributeType':'N'}],'KeySchema':[{'AttributeName':'id','KeyType':'HASH'},"
                               "{'AttributeName':'at','KeyType':'RANGE'}],'BillingMode':'PAY_PER_REQUEST'}");
}

/* The item that every test may begin with. */
static void put_a(void)
{
    tables_must(
        "PutItem",
        "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'},'n':{'N':'5'},'s':{'S':'hello'},'l':{'L':[{'N':'1'},{'S':'two'}]},"
        "'m':{'M':{'x':{'N':'7'}}},'ss':{'SS':['p','q']},'b':{'BOOL':true}}}");
}

#define KEY_A "'TableName':'things','Key':{'id':{'S':'a'},'at':{'N':'1'}}"

START_TEST(every_type_is_given_back_as_it_was_put)
{
    static const char item[] =
        "{'at':{'N':'1'},'b':{'B':'AQID'},'bool':{'BOOL':false},'bs':{'BS':['AQ==','Ag==']},'empty':{'S':''},'id':{'S':'a'},"
        "'l':{'L':[{'NULL':true},{'L':[]},{'M':{}}]},'n':{'N':'-12.5'},'ns':{'NS':['1','2']},'ss':{'SS':['a','b']}}";
    char input[600];
    char answer[600];

    snprintf(input, sizeof input, "{'TableName':'things','Item':%s}", item);
    tables_expect("PutItem", input, "{}");
    snprintf(answer, sizeof answer, "{'Item':%s}", item);
    tables_expect("GetItem", "{" KEY_A "}", answer);
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'},'at':{'N':'+1.0e0'}},'ProjectionExpression':'n, l[0]'}",
                  "{'Item':{'l':{'L':[{'NULL':true}]},'n':{'N':'-12.5'}}}");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'none'},'at':{'N':'1'}}}", "{}");
}
END_TEST

static const struct refusal put_refusals[] = {
    { "{'id':{'S':'a'}}", "ValidationException: One or more parameter values were invalid: Missing the key at in the item" },
    { "{'id':{'N':'1'},'at':{'N':'1'}}",
      "ValidationException: One or more parameter values were invalid: Type mismatch for key id expected: S actual: N" },
    { "{'id':{'S':''},'at':{'N':'1'}}", "ValidationException: One or more parameter values are not valid. The AttributeValue for a key "
                                        "attribute cannot contain an empty string value. Key: "
                                        "id" },
    { "{'id':{'S':'a'},'at':{'N':'x'}}", "ValidationException: The parameter cannot be converted to a numeric value: x" },
    { "{'id':{'S':'a'},'at':{'N':'1e126'}}",
      "ValidationException: Number overflow. Attempting to store a number with magnitude larger than supported range" },
    { "{'id':{'S':'a'},'at':{'N':'1e-131'}}",
      "ValidationException: Number underflow. Attempting to store a number with magnitude smaller than supported range" },
    { "{'id':{'S':'a'},'at':{'N':'1'},'n':{'N':'123456789012345678901234567890123456789'}}",
      "ValidationException: Attempting to store more than 38 significant digits in a Number" },
    { "{'id':{'S':'a'},'at':{'N':'1'},'x':{}}",
      "ValidationException: Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{'id':{'S':'a'},'at':{'N':'1'},'x':{'S':'a','N':'1'}}",
      "ValidationException: Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes" },
};

START_TEST(a_wrong_item_is_refused)
{
    const char *answer = tables_print_ask("PutItem", "{'TableName':'things','Item':%s}", put_refusals[_i].input);
    const char *expected = put_refusals[_i].answer;
    const char *text = strchr(expected, ':') + 2;

    /* Where AWS writes "1 validation error detected: " in front since mid-2026, the text behind it must be the same. */
    ck_assert_msg(!strcmp(answer, expected) || (strlen(answer) > strlen(text) && !strcmp(answer + strlen(answer) - strlen(text), text) &&
                                                strstr(answer, "1 validation error detected: ")),
                  "answered %s\n and not %s", answer, expected);
}
END_TEST

static const struct refusal set_refusals[] = {
    { "{'SS':[]}", "One or more parameter values were invalid: An string set  may not be empty" },
    { "{'NS':[]}", "One or more parameter values were invalid: An number set  may not be empty" },
    { "{'BS':[]}", "One or more parameter values were invalid: Binary sets should not be empty" },
    { "{'SS':['a','a']}", "One or more parameter values were invalid: Input collection [\"a\", \"a\"] contains duplicates." },
    { "{'NS':['1','1.0']}", "One or more parameter values were invalid: Input collection contains duplicates." },
    { "{'NULL':false}", "One or more parameter values were invalid: Null attribute value types must have the value of true" },
};

START_TEST(a_wrong_value_is_refused_wherever_it_stands)
{
    const char *answer = tables_print_ask(
        "PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'},'l':{'L':[{'M':{'x':%s}}]}}}", set_refusals[_i].input);

    ck_assert_msg(!strncmp(answer, "ValidationException: ", 21) && strstr(answer, set_refusals[_i].answer), "answered %s\n and not %s",
                  answer, set_refusals[_i].answer);
}
END_TEST

START_TEST(put_and_delete_return_the_old_item_when_asked)
{
    put_a();
    tables_expect(
        "PutItem",
        "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'},'v':{'N':'2'}},'ReturnValues':'ALL_OLD',"
        "'ConditionExpression':'n = :n','ExpressionAttributeValues':{':n':{'N':'5.0'}}}",
        "{'Attributes':{'at':{'N':'1'},'b':{'BOOL':true},'id':{'S':'a'},'l':{'L':[{'N':'1'},{'S':'two'}]},'m':{'M':{'x':{'N':'7'}}},'n':"
        "{'N':'5'},"
        "'s':{'S':'hello'},'ss':{'SS':['p','q']}}}");
    tables_expect("DeleteItem", "{" KEY_A ",'ReturnValues':'ALL_OLD'}", "{'Attributes':{'at':{'N':'1'},'id':{'S':'a'},'v':{'N':'2'}}}");
    tables_expect("DeleteItem", "{" KEY_A ",'ReturnValues':'ALL_OLD'}", "{}");
}
END_TEST

START_TEST(a_failed_condition_changes_nothing_and_shows_the_item_when_asked)
{
    put_a();
    tables_expect("PutItem",
                  "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'}},'ConditionExpression':'attribute_not_exists(id)'}",
                  "ConditionalCheckFailedException: The conditional request failed");
    tables_expect("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'z'},'at':{'N':'1'}},'ConditionExpression':'attribute_exists(id)'}",
                  "ConditionalCheckFailedException: The conditional request failed");
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'c'},'at':{'N':'1'}}}");
    tables_expect("PutItem",
                  "{'TableName':'things','Item':{'id':{'S':'c'},'at':{'N':'1'}},'ConditionExpression':'attribute_not_exists(id)',"
                  "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
                  "ConditionalCheckFailedException: The conditional request failed + {'Item':{'at':{'N':'1'},'id':{'S':'c'}}}");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'z'},'at':{'N':'1'}}}", "{}");
}
END_TEST

/* Conditions over put_a's item, and whether they hold. */
static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    { "n = :five", true },
    { "n <> :five", false },
    { "absent <> :five", true },
    { "absent = :five", false },
    { "n BETWEEN :one AND :nine", true },
    { "n IN (:one, :five)", true },
    { "NOT n = :one AND s = :hello", true },
    { "n = :one OR n = :five AND s = :hello", true },
    { "(n = :one OR n = :five) AND s = :one", false },
    { "begins_with(s, :sub)", true },
    { "contains(s, :sub)", true },
    { "contains(ss, :p)", true },
    { "contains(l, :one)", true },
    { "size(s) = :five", true },
    { "size(l) < :five", true },
    { "attribute_type(m, :typem)", true },
    { "attribute_exists(m.x) AND attribute_not_exists(m.y)", true },
    { "l[1] = :two AND m.x > :five", true },
    { "s > :sub", true },
    { "b = :true", true },
    { "s = :five", false },
};

START_TEST(a_condition_holds_or_not)
{
    static const char values[] =
        "':five':{'N':'5'},':one':{'N':'1'},':nine':{'N':'9'},':hello':{'S':'hello'},':sub':{'S':'he'},':p':{'S':'p'},"
        "':two':{'S':'two'},':typem':{'S':'M'},':true':{'BOOL':true}";
    char used[1024] = "";
    char all[1024];
    const char *answer;

    put_a();
    /* Unused values are refused: only those that the condition names go along. */
    strcpy(all, values);
    for (char *rest = all, *one; (one = strsep(&rest, ",")) != NULL;) {
        char name[32];

        snprintf(name, sizeof name, "%.*s", (int)(strchr(one + 1, '\'') - one - 1), one + 1);
        if (strstr(conditions[_i].condition, name))
            snprintf(used + strlen(used), sizeof used - strlen(used), "%s%s", *used ? "," : "", one);
    }
    if (*used)
        answer = tables_print_ask("UpdateItem",
                                  "{" KEY_A ",'UpdateExpression':'REMOVE zzz','ConditionExpression':'%s','ExpressionAttributeValues':{%s}}",
                                  conditions[_i].condition, used);
    else
        answer = tables_print_ask("UpdateItem", "{" KEY_A ",'UpdateExpression':'REMOVE zzz','ConditionExpression':'%s'}",
                                  conditions[_i].condition);
    ck_assert_msg(!strcmp(answer, conditions[_i].holds ? "{}" : "ConditionalCheckFailedException: The conditional request failed"),
                  "%s: %s", conditions[_i].condition, answer);
}
END_TEST

/* Updates of put_a's item, with their values, and what UPDATED_NEW says. */
static const struct {
    const char *update;
    const char *values;
    const char *answer;
} updates[] = {
    { "SET n = n + :v", "':v':{'N':'0.1'}", "{'Attributes':{'n':{'N':'5.1'}}}" },
    { "SET n = :v - n", "':v':{'N':'1'}", "{'Attributes':{'n':{'N':'-4'}}}" },
    { "SET fresh = if_not_exists(fresh, :v)", "':v':{'S':'x'}", "{'Attributes':{'fresh':{'S':'x'}}}" },
    { "SET l = list_append(l, :v)", "':v':{'L':[{'N':'3'}]}", "{'Attributes':{'l':{'L':[{'N':'1'},{'S':'two'},{'N':'3'}]}}}" },
    { "SET l[9] = :v", "':v':{'N':'3'}", "{}" }, /* it goes to l[2], and l[9] is asked for */
    { "SET l[2] = :v", "':v':{'N':'3'}", "{'Attributes':{'l':{'L':[{'N':'3'}]}}}" },
    { "SET m.y = :v", "':v':{'N':'3'}", "{'Attributes':{'m':{'M':{'y':{'N':'3'}}}}}" },
    { "ADD n :v", "':v':{'N':'2'}", "{'Attributes':{'n':{'N':'7'}}}" },
    { "ADD fresh :v", "':v':{'N':'2'}", "{'Attributes':{'fresh':{'N':'2'}}}" },
    { "ADD ss :v", "':v':{'SS':['q','r']}", "{'Attributes':{'ss':{'SS':['p','q','r']}}}" },
    { "DELETE ss :v", "':v':{'SS':['q']}", "{'Attributes':{'ss':{'SS':['p']}}}" },
    { "SET s = n, n = s", NULL, "{'Attributes':{'n':{'S':'hello'},'s':{'N':'5'}}}" },
    { "REMOVE m.x, l[0]", NULL, "{'Attributes':{'l':{'L':[{'S':'two'}]}}}" }, /* the one that moved there */
    { "REMOVE m.x, l[1]", NULL, "{}" },
    { "REMOVE l[0] SET l[7] = :v", "':v':{'N':'3'}", "{'Attributes':{'l':{'L':[{'S':'two'}]}}}" },
    /* refused */
    { "SET id = :v", "':v':{'S':'x'}",
      "ValidationException: One or more parameter values were invalid: Cannot update attribute id. This attribute is part of the key" },
    { "SET n = absent + :v", "':v':{'N':'1'}",
      "ValidationException: The provided expression refers to an attribute that does not exist in the item" },
    { "SET n = s + :v", "':v':{'N':'1'}", "ValidationException: An operand in the update expression has an incorrect data type" },
    { "SET absent.x = :v", "':v':{'N':'1'}",
      "ValidationException: The document path provided in the update expression is invalid for update" },
};

START_TEST(an_update_does_what_it_says)
{
    const char *answer;

    put_a();
    answer = updates[_i].values
                 ? tables_print_ask("UpdateItem",
                                    "{" KEY_A ",'UpdateExpression':'%s','ExpressionAttributeValues':{%s},'ReturnValues':'UPDATED_NEW'}",
                                    updates[_i].update, updates[_i].values)
                 : tables_print_ask("UpdateItem", "{" KEY_A ",'UpdateExpression':'%s','ReturnValues':'UPDATED_NEW'}", updates[_i].update);
    ck_assert_msg(!strcmp(answer, updates[_i].answer), "%s\n answered %s\n and not %s", updates[_i].update, answer, updates[_i].answer);
}
END_TEST

/* Texts behind "ValidationException: " or behind it and the newer prefix. */
static const struct {
    const char *update;
    const char *more;
    const char *text;
} syntax[] = {
    { "SET a = :v", NULL,
      "Invalid UpdateExpression: An expression attribute value used in expression is not defined; attribute value: :v" },
    { "SET #a = n", NULL,
      "Invalid UpdateExpression: An expression attribute name used in the document path is not defined; attribute name: #a" },
    { "", NULL, "Invalid UpdateExpression: The expression can not be empty;" },
    { "INVALID SYNTAX", NULL, "Invalid UpdateExpression: Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"" },
    { "SET status = n", NULL, "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: status" },
    { "SET x = n SET y = n", NULL, "Invalid UpdateExpression: The \"SET\" section can only be used once in an update expression;" },
    { "REMOVE x, x", NULL,
      "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [x], "
      "path two: [x]" },
    { "SET x = foo(n)", NULL, "Invalid UpdateExpression: Invalid function name; function: foo" },
    { "REMOVE x", "'ExpressionAttributeNames':{'#b':'b'}", "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b}" },
    { "REMOVE x", "'ExpressionAttributeValues':{':b':{'S':'b'}}",
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:b}" },
    { "REMOVE x", "'ConditionExpression':'((a = a))'", "Invalid ConditionExpression: The expression has redundant parentheses;" },
    { "REMOVE x", "'ConditionExpression':'size(a)'",
      "Invalid ConditionExpression: The function is not allowed to be used this way in an expression; function: size" },
    { "REMOVE x", "'ConditionExpression':'contains(a)'",
      "Invalid ConditionExpression: Incorrect number of operands for operator or function; operator or function: contains, number of "
      "operands: 1" },
};

START_TEST(a_wrong_expression_is_refused)
{
    const char *answer;
    size_t length;

    answer = syntax[_i].more ? tables_print_ask("UpdateItem", "{" KEY_A ",'UpdateExpression':'%s',%s}", syntax[_i].update, syntax[_i].more)
                             : tables_print_ask("UpdateItem", "{" KEY_A ",'UpdateExpression':'%s'}", syntax[_i].update);
    length = strlen(answer);
    ck_assert_msg(!strncmp(answer, "ValidationException: ", 21) && length >= strlen(syntax[_i].text) &&
                      !strcmp(answer + length - strlen(syntax[_i].text), syntax[_i].text),
                  "%s\n answered %s\n and not %s", syntax[_i].update, answer, syntax[_i].text);
}
END_TEST

START_TEST(an_update_creates_unless_it_only_takes_out)
{
    tables_expect("UpdateItem", "{" KEY_A ",'UpdateExpression':'REMOVE x'}", "{}");
    tables_expect("GetItem", "{" KEY_A "}", "{}");
    tables_expect("UpdateItem",
                  "{" KEY_A ",'UpdateExpression':'SET x = :v','ExpressionAttributeValues':{':v':{'S':'y'}},'ReturnValues':'ALL_NEW'}",
                  "{'Attributes':{'at':{'N':'1'},'id':{'S':'a'},'x':{'S':'y'}}}");
    tables_expect("UpdateItem",
                  "{" KEY_A ",'UpdateExpression':'SET x = :v','ExpressionAttributeValues':{':v':{'S':'z'}},'ReturnValues':'UPDATED_OLD'}",
                  "{'Attributes':{'x':{'S':'y'}}}");
}
END_TEST

START_TEST(keys_are_compared_by_value)
{
    tables_must("PutItem", "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1000'},'v':{'S':'x'}}}");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'},'at':{'N':'1e3'}},'ProjectionExpression':'v'}",
                  "{'Item':{'v':{'S':'x'}}}");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'}}}",
                  "ValidationException: The provided key element does not match the schema");
    tables_expect("GetItem", "{'TableName':'things','Key':{'id':{'S':'a'},'at':{'S':'1'}}}",
                  "ValidationException: The provided key element does not match the schema");
    tables_expect("DeleteItem", "{'TableName':'things','Key':{'id':{'S':'a'},'at':{'N':'1'},'x':{'N':'1'}}}",
                  "ValidationException: The provided key element does not match the schema");
}
END_TEST

START_TEST(deep_parentheses_and_deep_items_are_refused_and_survived)
{
    struct buffer text = { 0 };
    const char *answer;

    for (int i = 0; i < 4000; i++)
        buffer_add_char(&text, '(');
    answer = tables_print_ask("UpdateItem", "{" KEY_A ",'UpdateExpression':'REMOVE x','ConditionExpression':'%s'}", text.data);
    ck_assert_msg(!strncmp(answer, "ValidationException", 19), "%s", answer);
    buffer_clear(&text);
    buffer_add_text(&text, "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'},'d':");
    for (int i = 0; i < 40; i++)
        buffer_add_text(&text, "{'L':[");
    buffer_add_text(&text, "{'N':'1'}");
    for (int i = 0; i < 40; i++)
        buffer_add_text(&text, "]}");
    buffer_add_text(&text, "}}");
    answer = tables_ask("PutItem", text.data);
    ck_assert_msg(!strncmp(answer, "ValidationException", 19), "%s", answer);
    buffer_clear(&text);
}
END_TEST

#define TOO_DEEP "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit"
#define NO_NAME "Empty attribute name"
#define SYNTAX "Invalid ConditionExpression: Syntax error; token: \"=\", near: \"= = b\""

/* Inputs whose "%s" is a value nested as many levels, and what is told of them. Measured in October 2026. */
static const struct {
    const char *operation;
    int levels;
    const char *input;
    const char *answer;
} deep_ones[] = {
    { "PutItem", 32, "{'TableName':'none','Item':{'d':%s}}", "1 validation error detected: " TOO_DEEP },
    { "DeleteItem", 62,
      "{'TableName':'none','Key':{'a':{'S':'x'}},'ReturnValues':'UPDATED_NEW','ConditionExpression':'d = :d','ExpressionAttributeValues':{"
      "':d':%s}}",
      "1 validation error detected: ReturnValues can only be ALL_OLD or NONE" },
    { "DeleteItem", 63,
      "{'TableName':'none','Key':{'a':{'S':'x'}},'ReturnValues':'UPDATED_NEW','ConditionExpression':'d = :d','ExpressionAttributeValues':{"
      "':d':%s}}",
      "ReturnValues can only be ALL_OLD or NONE" },
    { "DeleteItem", 63, "{'TableName':'none','Key':{'a':{'S':'x'}},'ReturnValues':'UPDATED_NEW','Expected':{'d':{'Value':%s}}}",
      "ReturnValues can only be ALL_OLD or NONE" },
    { "TransactWriteItems", 100, "{'TransactItems':[{'Put':{'TableName':'none','Item':{'d':%s,'':{'S':'x'}}}}]}", NO_NAME },
    { "TransactWriteItems", 40, "{'TransactItems':[{'Put':{'TableName':'none','Item':{'a':{'M':{'':{'S':'x'}}},'d':%s}}}]}", TOO_DEEP },
    { "TransactWriteItems", 31, "{'TransactItems':[{'Put':{'TableName':'none','Item':{'a':{'M':{'':{'S':'x'}}},'d':%s}}}]}",
      "One or more parameter values were invalid: " NO_NAME },
    { "TransactWriteItems", 100, "{'TransactItems':[{'Delete':{'TableName':'none','Key':{'d':%s},'ConditionExpression':'a = = b'}}]}",
      SYNTAX },
    { "TransactWriteItems", 40,
      "{'TransactItems':[{'Delete':{'TableName':'none','Key':{'d':%s}}},{'Put':{'TableName':'none','Item':{},"
      "'ConditionExpression':'a = = b'}}]}",
      TOO_DEEP },
    { "TransactWriteItems", 100,
      "{'TransactItems':[{'Put':{'TableName':'none','Item':{},'ConditionExpression':'a = = b'}},{'Delete':{"
      "'TableName':'none','Key':{'d':%s}}}]}",
      SYNTAX },
};

START_TEST(depth_is_told_in_its_turn)
{
    struct buffer value = { 0 };
    const char *answer;

    for (int i = 0; i < deep_ones[_i].levels; i++)
        buffer_add_text(&value, "{'M':{'n':");
    buffer_add_text(&value, "{'S':'leaf'}");
    for (int i = 0; i < deep_ones[_i].levels; i++)
        buffer_add_text(&value, "}}");
    answer = tables_print_ask(deep_ones[_i].operation, deep_ones[_i].input, value.data);
    buffer_clear(&value);
    ck_assert_msg(text_begins(answer, "ValidationException: ") && !strcmp(answer + strlen("ValidationException: "), deep_ones[_i].answer),
                  "answered %s\n  and not %s", answer, deep_ones[_i].answer);
}
END_TEST

START_TEST(an_item_over_400_kib_is_refused)
{
    struct buffer text = { 0 };
    const char *answer;

    buffer_add_text(&text, "{'TableName':'things','Item':{'id':{'S':'a'},'at':{'N':'1'},'d':{'S':'");
    for (int i = 0; i < 409600; i++)
        buffer_add_char(&text, 'x');
    buffer_add_text(&text, "'}}}");
    answer = tables_ask("PutItem", text.data);
    ck_assert_msg(strstr(answer, "Item size has exceeded the maximum allowed size"), "%s", answer);
    buffer_clear(&text);
}
END_TEST

#define COUNT(rows) (int)(sizeof rows / sizeof *rows)

Suite *suite_dynamodb_answers(void)
{
    Suite *suite = suite_create("dynamodb answers");
    TCase *tests = tcase_create("items");

    tcase_add_checked_fixture(tests, open_things, tables_close);
    tcase_add_test(tests, every_type_is_given_back_as_it_was_put);
    tcase_add_loop_test(tests, a_wrong_item_is_refused, 0, COUNT(put_refusals));
    tcase_add_loop_test(tests, a_wrong_value_is_refused_wherever_it_stands, 0, COUNT(set_refusals));
    tcase_add_test(tests, put_and_delete_return_the_old_item_when_asked);
    tcase_add_test(tests, a_failed_condition_changes_nothing_and_shows_the_item_when_asked);
    tcase_add_loop_test(tests, a_condition_holds_or_not, 0, COUNT(conditions));
    tcase_add_loop_test(tests, an_update_does_what_it_says, 0, COUNT(updates));
    tcase_add_loop_test(tests, a_wrong_expression_is_refused, 0, COUNT(syntax));
    tcase_add_test(tests, an_update_creates_unless_it_only_takes_out);
    tcase_add_test(tests, keys_are_compared_by_value);
    tcase_add_test(tests, deep_parentheses_and_deep_items_are_refused_and_survived);
    tcase_add_loop_test(tests, depth_is_told_in_its_turn, 0, COUNT(deep_ones));
    tcase_add_test(tests, an_item_over_400_kib_is_refused);
    suite_add_tcase(suite, tests);
    return suite;
}
