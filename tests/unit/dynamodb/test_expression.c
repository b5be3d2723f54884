/* Expressions: AWS's texts for wrong ones, and what right ones mean. */

#include "suites.h"

#include "tables.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
}

static const struct {
    const char *expression;
    const char *aliases; /* further members of the request */
    const char *answer;  /* behind "ValidationException: " */
} filters[] = {
    { "", "", "Invalid FilterExpression: The expression can not be empty;" },
    { "!!! INVALID", "", "Invalid FilterExpression: Syntax error; token: \"!\", near: \"!!\"" },
    { "a =", "", "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"=\"" },
    { "_x = b", "", "Invalid FilterExpression: Syntax error; token: \"_\", near: \"_x\"" },
    { "a", "", "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"a\"" },
    { "(a = b", "", "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"b\"" },
    { "a = b)", "", "Invalid FilterExpression: Syntax error; token: \")\", near: \"b)\"" },
    { "a = b OR", "", "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"OR\"" },
    { "a IN b", "", "Invalid FilterExpression: Syntax error; token: \"b\", near: \"IN b\"" },
    { "a BETWEEN b OR c", "", "Invalid FilterExpression: Syntax error; token: \"OR\", near: \"b OR c\"" },
    { "a[x] = b", "", "Invalid FilterExpression: Syntax error; token: \"x\", near: \"[x]\"" },
    { "((a = b))", "", "Invalid FilterExpression: The expression has redundant parentheses;" },
    { "status = b", "", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: status" },
    { "a.Zone = b", "", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: Zone" },
    { "#a = b", "", "Invalid FilterExpression: An expression attribute name used in the document path is not defined; attribute name: #a" },
    { "a = :b", "", "Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :b" },
    { "f(a)", "", "Invalid FilterExpression: Invalid function name; function: f" },
    { "if_not_exists(a, b)", "",
      "Invalid FilterExpression: The function is not allowed in a condition expression; function: if_not_exists" },
    { "a = c AND status = f(b)", "", "Invalid FilterExpression: Invalid function name; function: f" },
    { "size(contains(a, b)) = status", "",
      "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: contains" },
    { "a = :x AND #y = b", "",
      "Invalid FilterExpression: An expression attribute value used in expression is not defined; attribute value: :x" },
    { "a = a AND contains(a)", "",
      "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator or function; operator: "
      "=, first operand: [a]" },
    { "attribute_type(a, b)", "",
      "Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: attribute_type, operand type: "
      "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" },
    { "attribute_not_exists(size(:b))", ",'ExpressionAttributeValues':{':b':{'N':'2'}}",
      "Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: size, operand type: N" },
    { "a > ((b))", "", "Invalid FilterExpression: The expression has redundant parentheses;" },
    { "((a)) > b", "", "Invalid FilterExpression: The expression has redundant parentheses;" },
    { "(a", "", "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"a\"" },
    { "(a) AND b = c", "", "Invalid FilterExpression: Syntax error; token: \"AND\", near: \") AND b\"" },
    { "a[4294967295] = b", "", "Invalid FilterExpression: List index is not within the allowable range; index: [4294967295]" },
    { "a[01] = b", "", "Invalid FilterExpression: Syntax error; token: \"1\", near: \"01]\"" },
    { "contains(a)", "",
      "Invalid FilterExpression: Incorrect number of operands for operator or function; operator or function: contains, "
      "number of operands: 1" },
    { "size(a)", "", "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: size" },
    { "attribute_exists(a) = b", "",
      "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: attribute_exists" },
    { "attribute_exists(:a)", ",'ExpressionAttributeValues':{':a':{'S':'x'}}",
      "Invalid FilterExpression: Operator or function requires a document path; operator or function: attribute_exists" },
    { "a < :b", ",'ExpressionAttributeValues':{':b':{'BOOL':true}}",
      "Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: <, operand type: BOOL" },
    { "begins_with(a, :b)", ",'ExpressionAttributeValues':{':b':{'N':'1'}}",
      "Invalid FilterExpression: Incorrect operand type for operator or function; operator or function: begins_with, operand type: N" },
    { "attribute_type(a, :b)", ",'ExpressionAttributeValues':{':b':{'S':'dog'}}",
      "Invalid FilterExpression: Invalid attribute type name found; type: dog, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}" },
    { "contains(a, a)", "",
      "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator or function; "
      "operator: contains, first operand: [a]" },
    { "a.b[1] = a.b[1]", "",
      "Invalid FilterExpression: The first operand must be distinct from the remaining operands for this operator or function; "
      "operator: =, first operand: [a, b, [1]]" },
    { "a BETWEEN :b AND :c", ",'ExpressionAttributeValues':{':b':{'N':'2'},':c':{'N':'1'}}",
      "Invalid FilterExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
      "operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}" },
    { "a BETWEEN :b AND :c", ",'ExpressionAttributeValues':{':b':{'B':'/w=='},':c':{'B':'AA=='}}",
      "Invalid FilterExpression: The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound "
      "operand: AttributeValue: {B:/w==}, upper bound operand: AttributeValue: {B:AA==}" },
    { "(contains(a, b)) = c", "",
      "Invalid FilterExpression: The function is not allowed to be used this way in an expression; function: contains" },
    { "a.and = b", "", "Invalid FilterExpression: Syntax error; token: \"and\", near: \".and =\"" },
    { "a = b.Between", "", "Invalid FilterExpression: Syntax error; token: \"Between\", near: \".Between\"" },
    { "attribute_exists(a.or)", "", "Invalid FilterExpression: Syntax error; token: \"or\", near: \".or)\"" },
    { "a.add = b", "", "Invalid FilterExpression: Attribute name is a reserved keyword; reserved keyword: add" },
    { "a = b", ",'ExpressionAttributeNames':{'#b':'x','#c':'y'},'ExpressionAttributeValues':{':v':{'S':'x'}}",
      "Value provided in ExpressionAttributeNames unused in expressions: keys: {#b, #c}" },
    { "a = b", ",'ExpressionAttributeValues':{':v':{'S':'x'}}",
      "Value provided in ExpressionAttributeValues unused in expressions: keys: {:v}" },
    { "a = b", ",'ExpressionAttributeNames':{'x':'y'}", "ExpressionAttributeNames contains invalid key: Syntax error; key: \"x\"" },
    { "a = b", ",'ExpressionAttributeValues':{}", "ExpressionAttributeValues must not be empty" },
    { "a = b", ",'ProjectionExpression':'a, a'",
      "Invalid ProjectionExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: "
      "[a], path two: [a]" },
    { "a = b", ",'ProjectionExpression':'a.b, a[1]'",
      "Invalid ProjectionExpression: Two document paths conflict with each other; must remove or rewrite one of these paths; path one: "
      "[a, b], path two: [a, [1]]" },
    { "a = b", ",'AttributesToGet':['a']",
      "Can not use both expression and non-expression parameters in the same request: Non-expression parameters: {AttributesToGet} "
      "Expression parameters: {FilterExpression}" },
};

static void expect_refusal(const char *operation, const char *got, const char *text)
{
    static const char head[] = "ValidationException: ";

    ck_assert_msg(!strncmp(got, head, strlen(head)) && !strcmp(got + strlen(head), text), "%s answered %s\n  and not %s", operation, got,
                  text);
}

START_TEST(wrong_filters_are_refused_in_awss_words)
{
    const char *got =
        tables_print_ask("Scan", "{'TableName':'tab','FilterExpression':'%s'%s}", filters[_i].expression, filters[_i].aliases);

    expect_refusal(filters[_i].expression, got, filters[_i].answer);
}
END_TEST

static const struct {
    const char *expression;
    const char *values;
    const char *answer;
} updates[] = {
    { "INVALID SYNTAX", "", "Invalid UpdateExpression: Syntax error; token: \"INVALID\", near: \"INVALID SYNTAX\"" },
    { "SET a = :a SET b = :a", ",'ExpressionAttributeValues':{':a':{'N':'1'}}",
      "Invalid UpdateExpression: The \"SET\" section can only be used once in an update expression;" },
    { "SET a = f(:a)", ",'ExpressionAttributeValues':{':a':{'N':'1'}}", "Invalid UpdateExpression: Invalid function name; function: f" },
    { "SET a = if_not_exists(a + b, c)", "", "Invalid UpdateExpression: Syntax error; token: \"+\", near: \"a + b\"" },
    { "SET a = b + (c + d)", "", "Invalid UpdateExpression: Syntax error; token: \"+\", near: \"c + d\"" },
    { "SET a = ((b))", "", "Invalid UpdateExpression: The expression has redundant parentheses;" },
    { "SET a = b + :a", ",'ExpressionAttributeValues':{':a':{'S':'1'}}",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator or function: +, operand type: S" },
    { "ADD a :a", ",'ExpressionAttributeValues':{':a':{'S':'1'}}",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: STRING, typeSet: "
      "ALLOWED_FOR_ADD_OPERAND" },
    { "SET a = set", "", "Invalid UpdateExpression: Syntax error; token: \"set\", near: \"= set\"" },
    { "SET a = b ADD  SET #c = :d", "", "Invalid UpdateExpression: Syntax error; token: \"SET\", near: \"ADD  SET #c\"" },
    { "SET remove = a", "", "Invalid UpdateExpression: Syntax error; token: \"remove\", near: \"SET remove =\"" },
    { "REMOVE a.Delete", "", "Invalid UpdateExpression: Syntax error; token: \"Delete\", near: \".Delete\"" },
    { "SET a = b.add", "", "Invalid UpdateExpression: Syntax error; token: \"add\", near: \".add\"" },
    { "SET a.between = b", "", "Invalid UpdateExpression: Attribute name is a reserved keyword; reserved keyword: between" },
    { "SET a = (b.c).d", "", "Invalid UpdateExpression: Syntax error; token: \".\", near: \").d\"" },
    { "SET a = list_append(list_append(b, c), d)", "",
      "Invalid UpdateExpression: The function is not allowed to be used this way in an expression; function: list_append" },
    { "SET b = if_not_exists(c) ADD a :a", ",'ExpressionAttributeValues':{':a':{'BOOL':true}}",
      "Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: BOOLEAN, typeSet: "
      "ALLOWED_FOR_ADD_OPERAND" },
    { "SET a = b, a.c = d", "",
      "Invalid UpdateExpression: Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [a], "
      "path two: [a, c]" },
};

START_TEST(wrong_updates_are_refused_in_awss_words)
{
    char *answer = memory_print("1 validation error detected: %s", updates[_i].answer);

    expect_refusal(updates[_i].expression,
                   tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'k'}},'UpdateExpression':'%s'%s}",
                                    updates[_i].expression, updates[_i].values),
                   answer);
    free(answer);
}
END_TEST

START_TEST(the_older_texts_have_no_prefix)
{
    tables_room()->has_older_texts = true;
    tables_expect("UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'k'}},'UpdateExpression':''}",
                  "ValidationException: Invalid UpdateExpression: The expression can not be empty;");
    tables_expect(
        "UpdateItem",
        "{'TableName':'tab','Key':{'pk':{'S':'k'}},'UpdateExpression':'ADD a :a','ExpressionAttributeValues':{':a':{'S':'1'}}}",
        "ValidationException: Invalid UpdateExpression: Incorrect operand type for operator or function; operator: ADD, operand type: "
        "STRING");
}
END_TEST

/* ---- what holds ---- */

static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    { "n = :n", true },
    { ":n = n", true },
    { "s = :n", false },
    { "s <> :n", true },
    { "nothing <> nowhere", true },
    { "nothing = nowhere", false },
    { "nothing < :n", false },
    { "NOT nothing < :n", true },
    { "n < :big AND n > :small", true },
    { "n BETWEEN :small AND :big", true },
    { "s IN (:n, :s)", true },
    { "s IN (:n, :big)", false },
    { "attribute_exists(m.k[1])", true },
    { "attribute_exists(m.k[2])", false },
    { "attribute_not_exists(nothing)", true },
    { "attribute_type(ss, :type)", true },
    { "begins_with(s, :pre)", true },
    { "contains(s, :pre)", true },
    { "contains(ss, :pre)", true },
    { "contains(m.k, :n)", true },
    { "contains(m.k, :s)", false },
    { "size(s) = :len", true },
    { "size(ss) > :small", true },
    { "size(n) > :small", false },
    { "s = :n OR n = :n AND s = :n", false },
    { "n = :n OR s = :n AND s = :n", true },
    { "NOT (s = :n OR n = :big)", true },
    { "not s = :n aNd n = :n", true },
    { "ns = :ns", true },
    { "(n) = :n", true },
    { "(size(s)) = :len AND (n) BETWEEN (:small) AND (:big)", true },
    { "((m.k)[1] = :n OR n = (m).k[0]) AND NOT (s) IN ((:n), (:big))", true },
    { "contains((m).k, (:n))", true },
    { "attribute_type(:len, :type)", false },
};

static const char condition_values[] = "':n':{'N':'1.0'},':s':{'S':'prefix'},':big':{'N':'100'},':small':{'N':'-5'},':pre':{'S':'pre'},"
                                       "':type':{'S':'SS'},':len':{'N':'6'},':ns':{'NS':['2','1.0']}";

/* All values are used in a second half that always holds. */
static const char uses_all[] = "(n = :n OR n = :s OR n = :big OR n = :small OR n = :pre OR n = :type OR n = :len OR n = :ns)";

START_TEST(conditions_mean_what_aws_means)
{
    const char *got;

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'n':{'N':'1'},'s':{'S':'prefix'},'ss':{'SS':['pre','b']},"
                           "'ns':{'NS':['1','2.0']},'m':{'M':{'k':{'L':[{'S':'x'},{'N':'1'}]}}}}}");
    got = tables_print_ask("Scan", "{'TableName':'tab','Select':'COUNT','FilterExpression':'(%s) AND %s','ExpressionAttributeValues':{%s}}",
                           conditions[_i].condition, uses_all, condition_values);
    ck_assert_msg(!strcmp(got, conditions[_i].holds ? "{'Count':1,'ScannedCount':1}" : "{'Count':0,'ScannedCount':1}"), "%s gave %s",
                  conditions[_i].condition, got);
}
END_TEST

/* ---- what updates make ---- */

static const struct {
    const char *expression;
    const char *values;
    const char *made; /* the attributes beside the key, or the error */
} made[] = {
    { "SET n = n + :v", "':v':{'N':'0.1'}",
      "'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'}]},'n':{'N':'1.1'},'pk':{'S':'k'},'ss':{'SS':['a','b']}" },
    { "REMOVE l[1], ss SET l[9] = :v", "':v':{'S':'z'}", "'l':{'L':[{'N':'0'},{'N':'2'},{'S':'z'}]},'n':{'N':'1'},'pk':{'S':'k'}" },
    { "SET l[7] = :v, l[5] = n REMOVE ss", "':v':{'S':'z'}",
      "'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'N':'1'},{'S':'z'}]},'n':{'N':'1'},'pk':{'S':'k'}" },
    { "DELETE ss :v REMOVE l", "':v':{'SS':['a','b','c']}", "'n':{'N':'1'},'pk':{'S':'k'}" },
    { "ADD ss :v, n2 :n REMOVE l", "':v':{'SS':['c','a']},':n':{'N':'5'}",
      "'n':{'N':'1'},'n2':{'N':'5'},'pk':{'S':'k'},'ss':{'SS':['a','b','c']}" },
    { "SET l = list_append(l, :v), n = if_not_exists(x, :v) REMOVE ss", "':v':{'L':[{'S':'e'}]}",
      "'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'},{'S':'e'}]},'n':{'L':[{'S':'e'}]},'pk':{'S':'k'}" },
    { "SET n = l[0], l = :v REMOVE ss", "':v':{'NULL':true}", "'l':{'NULL':true},'n':{'N':'0'},'pk':{'S':'k'}" },
    { "SET x.y = :v", "':v':{'N':'1'}", "ValidationException: The document path provided in the update expression is invalid for update" },
    { "SET n = x + :v", "':v':{'N':'1'}",
      "ValidationException: The provided expression refers to an attribute that does not exist in the item" },
    { "SET n = ss + :v", "':v':{'N':'1'}", "ValidationException: An operand in the update expression has an incorrect data type" },
    { "SET n = n + :v", "':v':{'N':'1e50'}",
      "ValidationException: Number overflow. Attempting to store a number with magnitude larger than supported range" },
    { "SET pk = :v", "':v':{'S':'1'}",
      "ValidationException: One or more parameter values were invalid: Cannot update attribute pk. This attribute is part of the key" },
};

START_TEST(updates_make_what_aws_makes)
{
    const char *got;
    char *answer = memory_print(*made[_i].made == 'V' ? "%s" : "{'Attributes':{%s}}", made[_i].made);

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'n':{'N':'1'},'ss':{'SS':['b','a']},"
                           "'l':{'L':[{'N':'0'},{'N':'1'},{'N':'2'}]}}}");
    got = tables_print_ask("UpdateItem",
                           "{'TableName':'tab','Key':{'pk':{'S':'k'}},'ReturnValues':'ALL_NEW','UpdateExpression':'%s',"
                           "'ExpressionAttributeValues':{%s}}",
                           made[_i].expression, made[_i].values);
    ck_assert_msg(!strcmp(got, answer), "%s made %s\n  and not %s", made[_i].expression, got, answer);
    free(answer);
}
END_TEST

/* ---- bounds ---- */

static char *repeated(const char *head, const char *piece, int count, const char *tail)
{
    struct buffer text = { 0 };

    buffer_add_text(&text, head);
    for (int i = 0; i < count; i++)
        buffer_add_text(&text, piece);
    buffer_add_text(&text, tail);
    return buffer_take(&text);
}

static void expect_filter(char *filter, const char *text)
{
    expect_refusal("Scan", tables_print_ask("Scan", "{'TableName':'tab','FilterExpression':'%s'}", filter), text);
    free(filter);
}

START_TEST(no_expression_is_too_deep_to_be_refused)
{
    expect_filter(repeated("", "(", 4000, ""), "Invalid FilterExpression: Syntax error; token: \"<EOF>\", near: \"(\"");
    expect_filter(repeated("", "size(", 800, ""),
                  "Invalid FilterExpression: The expression contains too many operators; operator count: 301");
    expect_filter(repeated("a = b", " OR a = b", 150, ""),
                  "Invalid FilterExpression: The expression contains too many operators; operator count: 301");
    expect_filter(repeated("a = b", " ", 4092, ""),
                  "Invalid FilterExpression: Expression size has exceeded the maximum allowed size; expression size: 4097");
    tables_must("Scan", "{'TableName':'tab','FilterExpression':'NOT (NOT (NOT a = b))'}");
}
END_TEST

Suite *suite_dynamodb_expression(void)
{
    Suite *suite = suite_create("dynamodb_expression");
    TCase *cases = tcase_create("expressions");

    tcase_add_checked_fixture(cases, open_with_table, tables_close);
    tcase_add_loop_test(cases, wrong_filters_are_refused_in_awss_words, 0, sizeof filters / sizeof *filters);
    tcase_add_loop_test(cases, wrong_updates_are_refused_in_awss_words, 0, sizeof updates / sizeof *updates);
    tcase_add_test(cases, the_older_texts_have_no_prefix);
    tcase_add_loop_test(cases, conditions_mean_what_aws_means, 0, sizeof conditions / sizeof *conditions);
    tcase_add_loop_test(cases, updates_make_what_aws_makes, 0, sizeof made / sizeof *made);
    tcase_add_test(cases, no_expression_is_too_deep_to_be_refused);
    suite_add_tcase(suite, cases);
    return suite;
}
