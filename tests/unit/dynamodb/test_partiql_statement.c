/* The form of PartiQL statements: what is well formed, and how AWS words what is not (captured from AWS in September and October 2026 by
 * public conformance suites, where not said otherwise). */

#include "suites.h"

#include "statements.h"

#include <string.h>

#define FORM "ValidationException: Statement wasn't well formed, can't be processed: "
#define LEFTOVER FORM "Unexpected token after expression"
#define INVALID "ValidationException: "
#define PARAMETER "ValidationException: One or more parameter values were invalid: "
#define OVERFLOW INVALID "Number overflow. Attempting to store a number with magnitude larger than supported range under root"
#define NO_KEY INVALID "Where clause does not contain a mandatory equality on all key attributes"

static const struct statement_case refusals[] = {
    /* a word that is left over */
    { "SELECT * FROM \"nums\" WHERE pk = 1 foo", LEFTOVER },
    { "SELECT * FROM \"nums\" WHERE pk = 1 e5", LEFTOVER },
    { "SELECT * FROM \"nums\" WHERE pk = 1)", LEFTOVER },
    { "SELECT * FROM \"nums\" ORDER BY pk WHERE pk = 1", LEFTOVER },
    { "SELECT * FROM nums; SELECT * FROM nums", LEFTOVER },
    { "INSERT INTO \"nums\" VALUE {'pk': 1} foo", LEFTOVER },
    { "INSERT INTO \"nums\" x VALUE {'pk': 1}", LEFTOVER },
    { "UPDATE \"nums\" SET a = 9 WHERE pk = 1 foo", LEFTOVER },
    { "DELETE FROM \"nums\" WHERE pk = 1 ORDER BY pk", LEFTOVER },
    { "SELECTT * FROMM \"nums\"", LEFTOVER },
    /* what no word is */
    { "SELECT * FROM \"nums\" WHERE pk = 1 # note", FORM },
    { "SELECT * FROM \"nums\" WHERE pk = 1 /* note", FORM },
    { "SELECT * FROM \"h", FORM },
    { "SELECT * FROM nums WHERE a = 'x", FORM },
    { "SELECT * FROM \"nums\" WHERE pk = 1e2147483648", FORM },
    { "SELECT * FROM \"nums\" WHERE pk = 1.5e-2147483647", FORM },
    { "SELECT * FROM \"nums\" WHERE pk = 1e99999999999", FORM },
    /* a term that is missing */
    { "SELECT * FROM \"nums\" WHERE", FORM "Unexpected term" },
    { "SELECT * FROM \"nums\" WHERE;", FORM "Unexpected term" },
    { "SELECT * FROM \"nums\" WHERE   ", FORM "Unexpected term" },
    { "UPDATE \"nums\" SET a = 1 WHERE", FORM "Unexpected term" },
    { "DELETE FROM \"nums\" WHERE", FORM "Unexpected term" },
    { "SELECT * FROM \"nums\" WHERE NOT", FORM "Unexpected term" },
    { "SELECT * FROM \"nums\" WHERE (", FORM "Unexpected term" },
    { "SELECT * FROM \"never\" WHERE", FORM "Unexpected term" },
    { "SELECT * FROM", FORM "Unexpected term" },
    { "SELECT * FROM \"nums\" WHERE pk = 1 AND", FORM "Missing right-hand side expression of infix operator" },
    { "SELECT * FROM \"nums\" WHERE pk = 1 OR", FORM "Missing right-hand side expression of infix operator" },
    { "SELECT * FROM \"nums\" WHERE ORDER BY pk", FORM "Unexpected keyword" },
    { "INSERT INTO urls (key, secret) VALUES (?, ?)", FORM "Unexpected keyword" },
    { "SELECT * FROM \"nums\" WHERE IS NULL", FORM "Unexpected operator" },
    { "SELECT * FROM \"nums\" WHERE pk = LIKE", FORM "Unexpected operator" },
    { "SELECT * FROM \"nums\" WHERE pk = 1 AND x IS FOO", FORM "Expected type name" },
    { "SELECT * FROM order WHERE pk = 1", FORM "Unexpected keyword" },
    { "DELETE FROM", FORM "Expected identifier for simple path" },
    { "DELETE FROM;", FORM "Expected identifier for simple path" },
    { "DELETE FROM WHERE pk = 'a'", FORM "Expected identifier for simple path" },
    { "SLECT * FROM \"nums\" WHERE pk = 1", FORM "Expected data manipulation" },
    { "UPDATE Payment-x SET active = true", FORM "Expected data manipulation" },
    { "SELECT * FROM \"things\" WHERE pk = 'a' AND attribute_exists(m.inner)", FORM "Invalid path dot component" },
    /* well formed, but nothing that DynamoDB does */
    { "x IS INT4", INVALID "Unsupported operation: IsType" },
    { "x IS DOUBLE PRECISION", INVALID "Unsupported operation: IsType" },
    { "x IS CHARACTER VARYING", INVALID "Unsupported operation: IsType" },
    { "SELECT * FROM \"things\" x WHERE pk = 'x'", INVALID "Aliasing is not supported" },
    { "SELECT * FROM \"things\" AS x WHERE pk = 'x'", INVALID "Aliasing is not supported" },
    { "SELECT pk AS x FROM \"things\" WHERE pk = 'x'", INVALID "Aliasing is not supported" },
    { "UPDATE \"things\" x SET a = 3 WHERE pk = 'x'", INVALID "Aliasing is not supported" },
    { "DELETE FROM \"things\" x WHERE pk = 'x'", INVALID "Aliasing is not supported" },
    { "SELECT COUNT(*) FROM \"things\"", INVALID "Unexpected path component at 1:8:5" },
    { "SELECT  count(pk) FROM \"never\"", INVALID "Unexpected path component at 1:9:5" },
    { "SELECT attribute_exists(ss) FROM things WHERE pk = 'a'", INVALID "Unexpected path component at 1:8:16" },
    { "SELECT pk, m.pk FROM things", INVALID "Duplicate identifiers in select clause: pk" },
    { "SELECT pk FROM nums WHERE pk = 1 LIMIT 5", INVALID "Unsupported clause: LIMIT at 1:40:1" },
    { "SELECT l[-1] FROM things", INVALID "List index is not within the allowable range; index: [-1] at 1:11:1" },
    { "SELECT l[2147483648] FROM things", INVALID "List index is not within the allowable range; index: [2147483648] at 1:10:10" },
    { "SELECT * FROM \"things\".\"byg\".\"x\"", INVALID "A path may contain at most 2 components in the FROM clause" },
    { "SELECT * FROM \"things\".\"\" WHERE pk = 'x'", INVALID "Path component cannot be an empty string" },
    { "SELECT * FROM \"\" WHERE pk = 'x'", INVALID "Path component cannot be an empty string" },
    { "SELECT * FROM \"things\".\"none\"", INVALID "The table does not have the specified index" },
    { "SELECT * FROM \"things\".\"things\"", INVALID "The table does not have the specified index" },
    { "SELECT * FROM \"never\" WHERE pk = 'x'", "ResourceNotFoundException: Requested resource not found" },
    { "FROM \"never\" WHERE pk = 'x' SET c = 1", "ResourceNotFoundException: Requested resource not found" },
    { "INSERT INTO \"things\".\"byg\" VALUE {'pk':'a','sk':'b'}", INVALID "FROM clause may only contain a single table name" },
    { "INSERT INTO \"things\".\"none\" VALUE {'pk':'a','sk':'b'}", INVALID "FROM clause may only contain a single table name" },
    { "UPDATE \"things\".\"byg\" SET a = 1 WHERE pk = 'a'", INVALID "This operation is not supported on an index" },
    { "DELETE FROM \"things\".\"byg\" WHERE pk = 'a'", INVALID "This operation is not supported on an index" },
    { "EXISTS(SELECT * FROM things WHERE pk = 'a' AND sk = 'b' AND c IS MISSING)",
      INVALID "EXISTS can only be used in ExecuteTransaction write requests." },
    /* numbers and collections that cannot be kept */
    { "SELECT * FROM \"nums\" WHERE pk = 1e126", OVERFLOW },
    { "SELECT * FROM \"nums\" WHERE pk = 1e-131",
      INVALID "Number underflow. Attempting to store a number with magnitude smaller than supported range under root" },
    { "SELECT * FROM \"nums\" WHERE pk = 123456789012345678901234567890123456789",
      INVALID "Attempting to store more than 38 significant digits in a Number under root" },
    { "INSERT INTO \"nums\" VALUE {'pk': 1, 'm': {'x': 1e126}}", OVERFLOW ".x" },
    { "INSERT INTO \"nums\" VALUE {'pk': 1, 'l': [1, 1e126]}", OVERFLOW "[1]" },
    { "INSERT INTO \"nums\" VALUE {'pk': 1, 's': <<>>}", INVALID "Empty bags are not supported" },
    { "INSERT INTO \"nums\" VALUE {'pk': 1, 's': <<1, 'a'>>}",
      INVALID "Unsupported data type in Bag. DynamoDB only supports either numbers or strings in bags" },
    { "INSERT INTO \"nums\" VALUE {'pk': 1, 's': <<'a', 'a'>>}", PARAMETER "Input collection [a, a] contains duplicates." },
    { "UPDATE nums SET n = set_add(n, <<2, 2.0>>) WHERE pk = 1", PARAMETER "Input collection [2, 2.0] contains duplicates! under root" },
    { "SELECT * FROM nums WHERE pk = 1 AND s = <<'a','a'>>", PARAMETER "Input collection [a, a] contains duplicates." },
    { "INSERT INTO nums VALUE {'pk': 1, 's': set_add(<<'a'>>, <<'b'>>)}",
      INVALID "Unsupported data type: set_add under key root at 1:39:7" },
    /* parameters */
    { "SELECT * FROM nums WHERE pk = ?", INVALID "Number of parameters in request and statement don't match." },
    { "SELECT * FROM nums WHERE pk = ?", INVALID "Number of parameters in request and statement don't match.", "{'N':'1'},{'N':'2'}" },
    { "UPDATE nums SET x = [?] WHERE pk = 1", INVALID "Unsupported data type: Parameter under key root[0] at 1:22:1", "{'S':'v'}" },
    { "INSERT INTO nums VALUE {'pk': 1, 'm': {'k': ?}}", INVALID "Unsupported data type: Parameter under key root.k at 1:45:1",
      "{'S':'v'}" },
    { "SELECT * FROM nums WHERE pk = ?", INVALID "The parameter cannot be converted to a numeric value: 1e99999999999",
      "{'N':'1e99999999999'}" },
    { "SELECT * FROM nums WHERE n = ?", INVALID "The parameter cannot be converted to a numeric value: -1e-2147483649",
      "{'N':'-1e-2147483649'}" },
    { "SELECT * FROM nums WHERE n = ?", INVALID "The parameter cannot be converted to a numeric value: 1e99999999999",
      "{'L':[{'N':'1'},{'M':{'x':{'N':'1e99999999999'}}}]}" },
    { "SELECT * FROM nums WHERE n = ?", INVALID "The parameter cannot be converted to a numeric value: 1e99999999999",
      "{'NS':['1','1e99999999999']}" },
    { "SELECT * FROM nums WHERE n = ?", INVALID "The parameter cannot be converted to a numeric value", "{'N':''}" },
    { "SELECT * FROM nums WHERE n = ?",
      INVALID "Number underflow. Attempting to store a number with magnitude smaller than supported range", "{'N':'1e2147483647'}" },
    { "SELECT * FROM nums WHERE n = ?", INVALID "Number overflow. Attempting to store a number with magnitude larger than supported range",
      "{'N':'1e126'}" },
    { "UPDATE nums SET WHERE", PARAMETER "Input collection [a, a] contains duplicates.", "{'SS':['a','a']}" },
    { "SELECT pk FROM never WHERE pk = ? AND v < ?",
      INVALID "Incorrect operand type for operator or function; operator or function: <, operand type: BOOL", "{'S':'x'},{'BOOL':true}" },
};

START_TEST(refusals_are_in_the_service_words)
{
    statements_expect_case(&refusals[_i]);
}
END_TEST

static const char *const well_formed[] = {
    "SELECT/**/* FROM \"nums\" -- the table\nWHERE pk/* key */= 1 --",
    "-- a note\nselect pk, a.\"b\"[0].c from nums where pk = 1;",
    "SELECT * FROM nums WHERE pk = 7.31E6 OR pk = 7.31e+7 OR pk = .73e1 OR pk = -.73e1 OR pk = - - 1",
    "SELECT * FROM nums WHERE pk IN (1, 2) OR pk IN [3] OR pk IN (4)",
    "SELECT * FROM nums WHERE NOT (a = 'it''s' AND \"b c\" != 1) OR d NOT IN (1, 2) OR e NOT BETWEEN 1 AND 2",
    "SELECT year, title FROM nums WHERE year > 1900 AND title IS NOT MISSING",
    "DELETE FROM nums WHERE pk = 1 RETURNING ALL OLD *",
    "FROM nums WHERE pk = 1 SET a = 1 REMOVE b",
};

START_TEST(what_is_well_formed_is_taken)
{
    const char *answer = statements_ask(well_formed[_i], NULL, NULL);

    ck_assert_msg(!strncmp(answer, "{'Items':[]", 10) || !strcmp(answer, "ConditionalCheckFailedException: The conditional request failed"),
                  "%s\n  answered %s", well_formed[_i], answer);
}
END_TEST

/* "SELECT * FROM nums WHERE (((...1...)))" and the like, of `depth` pairs. */
static const char *nested(const char *head, const char *open, const char *inner, const char *close, int depth)
{
    static char text[8192];

    strcpy(text, head);
    for (int i = 0; i < depth; i++)
        strcat(text, open);
    strcat(text, inner);
    for (int i = 0; i < depth; i++)
        strcat(text, close);
    return text;
}

START_TEST(what_is_nested_too_deeply_is_refused)
{
    const char *deep = nested("SELECT * FROM nums WHERE a = ", "[", "1", "]", 32);
    char expected[512] = INVALID "Nesting Levels have exceeded supported limits under root";

    for (int i = 0; i < 32; i++)
        strcat(expected, "[0]");
    statements_expect(deep, expected);
    statements_expect(nested("SELECT * FROM nums WHERE a = ", "[", "1", "]", 31), "{'Items':[]}");
    statements_expect(nested("SELECT * FROM nums WHERE ", "(", "a = 1", ")", 200), "{'Items':[]}");
    statements_expect(nested("SELECT * FROM nums WHERE ", "(", "a = 1", ")", 3000), FORM "Statement is nested too deeply");
    statements_expect(nested("SELECT * FROM nums WHERE ", "NOT ", "a = 1", "", 1900), FORM "Statement is nested too deeply");
    statements_expect(nested("SELECT * FROM nums WHERE a = ", "- ", "1", "", 3000), FORM "Statement is nested too deeply");
    statements_expect(nested("SELECT * FROM nums WHERE a = ", "<<", "1", ">>", 2000), FORM "Statement is nested too deeply");
    statements_expect(nested("SELECT * FROM nums WHERE b = 1", " OR a = 1", "", "", 800), "{'Items':[]}");
    statements_expect(nested("SELECT * FROM nums WHERE pk = 1", " AND a = 1", "", "", 800), "{'Items':[]}");
}
END_TEST

START_TEST(a_statement_has_at_most_8192_characters)
{
    char text[9000] = "SELECT * FROM nums WHERE a = '";

    memset(text + strlen(text), 'x', 8165);
    strcpy(text + 8191, "'");
    statements_expect(text, "{'Items':[]}");
    strcpy(text + 8191, "x'");
    ck_assert_msg(strstr(statements_ask(text, NULL, NULL), "Member must have length less than or equal to 8192") != NULL, "too long");
    statements_expect("", "ValidationException: 1 validation error detected: Value '' at 'statement' failed to satisfy constraint: Member "
                          "must have length greater than or equal to 1");
}
END_TEST

Suite *suite_dynamodb_partiql_statement(void)
{
    Suite *suite = suite_create("dynamodb partiql statement");
    TCase *forms = tcase_create("forms");

    tcase_add_checked_fixture(forms, statements_open, tables_close);
    tcase_add_loop_test(forms, refusals_are_in_the_service_words, 0, sizeof refusals / sizeof *refusals);
    tcase_add_loop_test(forms, what_is_well_formed_is_taken, 0, sizeof well_formed / sizeof *well_formed);
    tcase_add_test(forms, what_is_nested_too_deeply_is_refused);
    tcase_add_test(forms, a_statement_has_at_most_8192_characters);
    suite_add_tcase(suite, forms);
    return suite;
}
