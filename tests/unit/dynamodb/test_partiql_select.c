/* SELECT: which items it reads, by which keys, in which order, and page by page (captured from AWS by public conformance suites in
 * September and October 2026, where not said otherwise). */

#include "suites.h"

#include "statements.h"

#include <string.h>

#define INVALID "ValidationException: "
#define PARAMETER "ValidationException: One or more parameter values were invalid: "
#define OVERLAP INVALID "Overlapping conditions with range keys are not supported in where clause"
#define OPERAND INVALID "Incorrect operand type for operator or function; operator or function: "

/* Partitions a and b, each with the sort keys 1 to 4; g is that of half of them. */
static void open_things(void)
{
    statements_open();
    for (int p = 0; p < 2; p++)
        for (int s = 1; s <= 4; s++)
            tables_print_ask("PutItem",
                             "{'TableName':'things','Item':{'pk':{'S':'%c'},'sk':{'S':'%d'},'g':{'S':'g%d'},'h':{'S':'x'},'l':{'N':'%d'},"
                             "'n':{'N':'%d'},'p':{'S':'p%d'},'q':{'S':'q'},'m':{'M':{'k':{'L':[{'S':'c'},{'N':'2'}]}}},'nul':{'NULL':true},"
                             "'yes':{'BOOL':true},'ss':{'SS':['a','b']},'bin':{'B':'AQI='}}}",
                             'a' + p, s, s % 2, -s, s * 10, s);
}

/* The keys of a SELECT's items as "a1 a2"; or the refusal. */
static const char *keys_of(const char *answer)
{
    static char text[1024];
    const char *end = strstr(answer, "'LastEvaluatedKey'");

    text[0] = '\0';
    if (*answer != '{')
        return answer;
    for (const char *at = answer; (at = strstr(at, "'pk':{'S':'")) && (!end || at < end); at += 11)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%c%c", *text ? " " : "", at[11], strstr(at, "'sk':{'S':'")[11]);
    return text;
}

static const char *selected(const char *source, const char *where, const char *parameters)
{
    char statement[4096];

    snprintf(statement, sizeof statement, "SELECT pk, sk FROM %s WHERE %s", source, where);
    return keys_of(statements_ask(statement, parameters, NULL));
}

static void expect_keys(const char *source, const struct statement_case *expected)
{
    const char *got = selected(source, expected->statement, expected->parameters);

    ck_assert_msg(!strcmp(got, expected->answer), "%s WHERE %s\n  selected %s\n  and not  %s", source, expected->statement, got,
                  expected->answer);
}

static const struct statement_case wheres[] = {
    { "pk = 'a'", "a1 a2 a3 a4" },
    { "'a' = pk AND '2' < sk", "a3 a4" },
    { "pk = ? AND sk >= ?", "b3 b4", "{'S':'b'},{'S':'3'}" },
    { "pk = 'a' AND sk BETWEEN '2' AND '3'", "a2 a3" },
    { "pk = 'a' AND begins_with(\"sk\", '4')", "a4" },
    { "pk = 'none'", "" },
    { "pk IN ['b', 'a'] AND sk = '1'", "a1 b1" },
    { "(pk = 'b' AND sk < '2') OR (pk = 'a' AND sk > '3')", "a4 b1" },
    { "pk = 'a' AND (sk = '3' OR sk = '1')", "a1 a3" },
    { "pk = 'a' AND sk IN ('4', '2')", "a2 a4" },
    { "pk = 'a' AND (sk < '1' OR sk > '1' OR sk = '1')", "a1 a2 a3 a4" },
    { "pk = 'a' AND NOT sk = '1'", "a2 a3 a4" },
    { "pk = 'a' AND sk > '0' AND sk <> '1' AND sk < '4'", "a2 a3" },
    { "pk = 'a' AND sk = '1' AND sk > '0'", "a1" },
    { "pk = 'a' AND sk = '1' AND sk = '2'", "" },
    { "pk = 'a' AND pk = 'b'", "" },
    { "pk = 'a' AND attribute_exists(pk) AND n > 20", "a3 a4" },
    { "pk = 'a' AND NOT begins_with(p, 'p4') AND n NOT IN (10, 20)", "a3" },
    { "pk = 'a' AND (n = 10 OR n = 40)", "a1 a4" },
    { "pk > 'a' AND sk = '1'", "b1" },
    { "pk = 'a' OR sk = '1' AND pk > 'a'", "" }, /* a scan: in another order, below */
    { "pk > 1", "" },
    /* what two branches both name, AWS refuses; what is named by what it is not, it reads as a scan */
    { "pk IN ['a', 'a']", OVERLAP },
    { "pk = 'a' OR pk = 'a'", OVERLAP },
    { "pk = 'a' AND (sk > '0' OR sk < '5')", OVERLAP },
    { "pk = 'a' AND (sk = '1' OR n = 10)", OVERLAP },
    { "(pk = 'a' AND n = 10) OR (pk = 'a' AND n = 20)", OVERLAP },
    { "pk = 'a' AND n = 1 OR pk = 'a' AND sk = '2'", OVERLAP },
    { "pk = 'a' AND n <> 1 OR pk = 'a' AND sk = '2'", OVERLAP },
    { "pk = 'a' AND NOT sk = '1' OR pk = 'a' AND sk = '2'", "a2 a3 a4" },
    { "pk = 'a' AND sk <> '1' OR pk = 'a' AND sk = '2'", "a2 a3 a4" },
    { "pk = 'a' AND NOT sk IN ['1', '3'] OR pk = 'a' AND sk = '2'", "a2 a4" },
    { "pk = 'a' OR pk = 'a' AND NOT sk = '1'", "a1 a2 a3 a4" },
    { "pk = 1 OR pk = 'a'", INVALID "Key attribute's data type should match its data type in table's schema: Key pk" },
    { "pk = 'a' AND sk IN ['1', 2]", INVALID "Key attribute's data type should match its data type in table's schema: Key sk" },
    { "pk = ''",
      INVALID "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty string "
              "value. Key: pk" },
    /* conditions */
    { "pk = 'a' AND sk = '1' AND nul IS NULL AND none IS MISSING AND yes IS BOOL AND p IS STRING", "a1" },
    { "pk = 'a' AND sk = '1' AND none IS NULL", "" },
    { "pk = 'a' AND sk = '1' AND p IS NOT NULL AND p IS NOT MISSING AND m IS TUPLE AND n IS NUMERIC", "a1" },
    { "pk = 'a' AND sk = '1' AND contains(p, '1') AND contains(ss, 'b') AND size(p) = 2 AND attribute_type(ss, 'SS')", "a1" },
    { "pk = 'a' AND sk = '1' AND ATTRIBUTE_EXISTS(m.k[1]) AND attribute_not_exists(m.x)", "a1" },
    { "pk = 'a' AND sk = '1' AND ss = <<'b', 'a'>> AND m = {'k': ['c', 2]} AND bin < ?", "a1", "{'B':'AQM='}" },
    { "pk = 'a' AND sk = '1' AND n BETWEEN - 2 AND +50 AND n IN [- 1, 10] AND n != 5", "a1" },
    { "pk = 'a' AND sk = '1' AND n < p", "" },
    { "pk = 'a' AND sk = '1' AND attribute_exists(none) = false AND true = attribute_exists(n)", "a1" },
    { "pk = 'a' AND sk = '1' AND attribute_exists(n) <> 1 AND contains(none, 'z') = false", "a1" },
    { "pk = 'a' AND sk = '1' AND (n BETWEEN 0 AND 50) = true AND (n = 5 OR p = 'x') = false", "a1" },
    { "pk = 'a' AND sk = '1' AND attribute_exists(none) IN [true, false] AND attribute_exists(n) = attribute_exists(p)", "a1" },
    { "pk = 'a' AND sk = '1' AND attribute_exists(n) = yes", "a1" },
    { "pk = 'a' AND sk = '1' AND attribute_exists(n) = 1", "" },
    { "pk = 'a' AND sk = '1' AND (attribute_exists(n) = true) = false", "" },
    { "pk = 'a' AND attribute_exists(n) > false", OPERAND ">, operand type: BOOL" },
    { "pk = 'a' AND n <= ?", OPERAND "<=, operand type: BOOL", "{'BOOL':true}" },
    { "pk = 'a' AND n BETWEEN ? AND ?", OPERAND "BETWEEN, operand type: BOOL", "{'BOOL':true},{'BOOL':false}" },
    { "pk = 'a' AND n < [1]", OPERAND "<, operand type: L" },
    { "pk = 'a' AND attribute_type(n, 1)", OPERAND "attribute_type, operand type: N" },
    { "pk = 'a' AND attribute_type(n, true)", OPERAND "attribute_type, operand type: BOOL" },
    { "pk = 'a' AND attribute_type(n, 'X')",
      INVALID "Invalid attribute type name found; type: X, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}" },
    { "pk = 'a' AND attribute_exists('n')",
      INVALID "Operator or function requires a document path; operator or function: attribute_exists" },
    { "pk = 'a' AND attribute_exists()",
      INVALID "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 0" },
    { "pk = 'a' AND attribute_exists(n, p)",
      INVALID "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2" },
    { "pk = 'a' AND EXISTS(n)", INVALID "Unrecognized function: exists at 1:46:6" },
    { "pk = 'a' AND set_add(ss, <<'x'>>) = ss", INVALID "Unrecognized function: set_add at 1:46:7" },
    { "pk = 'a' AND n = 5 + 5", INVALID "Unsupported operator in Condition Expression. Operator: +" },
    { "pk = 'a' AND n > -n",
      INVALID "Incorrect number of operands for operator or function; operator or function: -, number of operands: 1" },
    /* an ORDER BY is of keys */
    { "pk = 'a' ORDER BY sk DESC", "a4 a3 a2 a1" },
    { "pk = 'a' ORDER BY sk", "a1 a2 a3 a4" },
    { "pk = 'a' ORDER BY pk ASC", "a4 a3 a2 a1" },
    { "pk IN ['a', 'b'] AND sk < '3' ORDER BY pk DESC, sk ASC", "b1 b2 a1 a2" },
    { "pk IN ['a', 'b'] AND sk < '3' ORDER BY pk", "a2 a1 b2 b1" },
    { "pk = 'a' ORDER BY n DESC", INVALID "Attribute n in ORDER BY clause must be part of the primary key" },
    { "pk > 'a' ORDER BY sk",
      INVALID "Must have at least one non-optional hash key condition in WHERE clause when using ORDER BY clause." },
    { "pk IN ['a', 'b'] ORDER BY sk DESC",
      INVALID "Must have hash key in ORDER BY clause when more than one hash key condition specified in WHERE clause." },
};

START_TEST(a_where_selects)
{
    if (*wheres[_i].answer || !strstr(wheres[_i].statement, " OR sk = '1' AND"))
        expect_keys("things", &wheres[_i]);
    else
        ck_assert_int_eq(strlen(selected("things", wheres[_i].statement, NULL)), strlen("a1 a2 a3 a4 b1"));
}
END_TEST

static const struct statement_case indexes[] = {
    { "byg|g = 'g0' AND p = 'p2' AND pk = 'a'", "a2" },
    { "byg|pk = 'a' AND g > 'g' AND p = 'p2'", "a2" },
    { "byg|q = 'q'", "" }, /* the index does not hold it */
    { "byg|g = 'g0' AND q = 'q'", PARAMETER "Secondary index byg does not project one or more filter attributes: [q]" },
    { "byg|g = 'g0' AND NOT q = 'q'", PARAMETER "Secondary index byg does not project one or more filter attributes: [q]" },
    { "byg|g IN ['g0', 'g1'] AND q IS MISSING", PARAMETER "Secondary index byg does not project one or more filter attributes: [q]" },
    { "byg|g = 'g0' AND n = 1 AND (bin = 2 OR p = '3')",
      PARAMETER "Secondary index byg does not project one or more filter attributes: [bin, n]" },
    { "byg|g = 'y' AND (zz = '1' OR aa = '2' OR mm = '3')",
      PARAMETER "Secondary index byg does not project one or more filter attributes: [zz, aa, mm]" },
    { "byg|(g = 'b' AND u1 = '1') OR (g = 'q' AND u2 = '1')",
      PARAMETER "Secondary index byg does not project one or more filter attributes: [u2]" },
    { "byg|(g = 'y' AND p = '1') OR (g = 'z' AND aa = '1')", "" },
    { "byg|(g = 'y' AND zz = '1') OR aa = '1'", "" },
    { "byg|(g = 'y' AND zz = '1') OR (g = 'y' AND aa = '1')", OVERLAP },
    { "all|h = 'x' AND sk > '3' AND pk = 'b' AND q = 'q'", "b4" },
    { "byl|pk = 'a'", "a4 a3 a2 a1" },
    { "byl|pk = 'a' AND l > -3", "a2 a1" },
    { "byl|pk = 'a' AND l BETWEEN -2 AND -1 AND q = 'q'",
      PARAMETER "Secondary index byl does not project one or more filter attributes: [q]" },
    { "many|g = 'g0'",
      INVALID "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys." },
    { "many|g = 5",
      INVALID "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys." },
};

START_TEST(an_index_is_read_by_its_own_keys)
{
    const char *bar = strchr(indexes[_i].statement, '|');
    struct statement_case expected = { bar + 1, indexes[_i].answer, NULL };
    char source[64];

    snprintf(source, sizeof source, "\"things\".\"%.*s\"", (int)(bar - indexes[_i].statement), indexes[_i].statement);
    expect_keys(source, &expected);
}
END_TEST

START_TEST(columns_have_the_last_name_of_their_path)
{
    statements_expect("SELECT p, m.k[0], m.k, m.absent, none FROM things WHERE pk = 'a' AND sk = '1'",
                      "{'Items':[{'k':{'L':[{'S':'c'},{'N':'2'}]},'k[0]':{'S':'c'},'p':{'S':'p1'}}]}");
    statements_expect("SELECT none FROM things WHERE pk = 'a' AND sk = '1'", "{'Items':[{}]}");
    statements_expect("SELECT m.k[-0] FROM things WHERE pk = 'a' AND sk = '1'", "{'Items':[{'k[0]':{'S':'c'}}]}");
    statements_expect("SELECT * FROM \"things\".\"byl\" WHERE pk = 'a' AND l = -1",
                      "{'Items':[{'l':{'N':'-1'},'pk':{'S':'a'},'sk':{'S':'1'}}]}");
    statements_expect("SELECT q FROM \"things\".\"byl\" WHERE pk = 'a' AND l = -1", "{'Items':[{'q':{'S':'q'}}]}");
    statements_expect("SELECT q, pk, zz FROM \"things\".\"byg\"", PARAMETER "Global secondary index byg does not project [q, zz]");
    ck_assert_str_eq(statements_ask("SELECT pk FROM \"things\".\"byg\" WHERE g = 'x'", NULL, "'ConsistentRead':true"),
                     INVALID "Strongly consistent read is not supported on Global Secondary Indexes");
    statements_expect("SELECT COUNT(*) FROM \"things\".\"many\"", /* before what is wrong with the statement */
                      INVALID
                      "PartiQL statements cannot be executed on tables with multi-attribute HASH keys or multi-attribute RANGE keys.");
}
END_TEST

START_TEST(an_order_needs_a_where)
{
    statements_expect("SELECT sk FROM things ORDER BY sk", INVALID "Must have WHERE clause in the statement when using ORDER BY clause.");
}
END_TEST

/* The value of a member of the last answer, without its quotes. */
static const char *member(const char *answer, const char *name)
{
    static char value[2048];
    const char *at = strstr(answer, name);

    if (!at)
        return NULL;
    at += strlen(name) + 3;
    snprintf(value, sizeof value, "%.*s", (int)strcspn(at, "'"), at);
    return value;
}

/* All pages of a statement, two items at a time, as "a1 a2|a3 a4". */
static const char *pages_of(const char *statement)
{
    static char text[1024];
    char more[4096] = "'Limit':2";
    const char *answer;
    const char *token;

    text[0] = '\0';
    for (int i = 0; i < 12; i++) {
        answer = statements_ask(statement, NULL, more);
        token = member(answer, "NextToken");
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%s", i ? "|" : "", keys_of(answer));
        if (!token)
            return text;
        snprintf(more, sizeof more, "'Limit':2,'NextToken':'%s'", token);
    }
    return "without end";
}

START_TEST(pages_go_on_where_they_stopped)
{
    ck_assert_str_eq(pages_of("SELECT pk, sk FROM things WHERE pk = 'a' AND sk < '4'"), "a1 a2|a3");
    ck_assert_str_eq(pages_of("SELECT pk, sk FROM things WHERE pk IN ['a','b'] AND sk < '4' ORDER BY pk DESC"), "b3 b2|b1 a3|a2 a1|");
    ck_assert_str_eq(pages_of("SELECT pk, sk FROM \"things\".\"byg\" WHERE g = 'g0' AND pk = 'a'"), "|a2 a4|");
    ck_assert_str_eq(pages_of("SELECT pk, sk FROM things WHERE n = 10"), "b1||a1||");
}
END_TEST

START_TEST(one_item_has_no_next_page)
{
    statements_ask("INSERT INTO nums VALUE {'pk': 1}", NULL, NULL);
    statements_ask("INSERT INTO nums VALUE {'pk': 2}", NULL, NULL);
    ck_assert_str_eq(statements_ask("SELECT pk FROM nums WHERE pk = 1", NULL, "'Limit':1"),
                     "{'Items':[{'pk':{'N':'1'}}],'LastEvaluatedKey':{'pk':{'N':'1'}}}");
    ck_assert_ptr_nonnull(member(statements_ask("SELECT pk FROM nums WHERE pk IN (1, 2)", NULL, "'Limit':1"), "NextToken"));
}
END_TEST

START_TEST(a_token_belongs_to_its_statement)
{
    const char *statement = "SELECT pk, sk FROM things WHERE pk = ?";
    char token[2048];
    char more[4096];

    snprintf(token, sizeof token, "%s", member(statements_ask(statement, "{'S':'a'}", "'Limit':2"), "NextToken"));
    snprintf(more, sizeof more, "'Limit':1,'ConsistentRead':true,'NextToken':'%s'", token);
    ck_assert_str_eq(keys_of(statements_ask(statement, "{'S':'a'}", more)), "a3");
    ck_assert_str_eq(statements_ask(statement, "{'S':'b'}", more), INVALID "NextToken does not match request");
    ck_assert_str_eq(statements_ask("SELECT pk FROM things WHERE pk = ?", "{'S':'a'}", more), INVALID "NextToken does not match request");
    ck_assert_str_eq(statements_ask(statement, "{'S':'a'}", "'NextToken':'garbage'"), INVALID "Invalid NextToken");
    token[30] = token[30] == 'A' ? 'B' : 'A';
    snprintf(more, sizeof more, "'NextToken':'%s'", token);
    ck_assert_str_eq(statements_ask(statement, "{'S':'a'}", more), INVALID "Invalid NextToken");
    ck_assert_str_eq(statements_ask(statement, "{'S':'a'}", "'Limit':0"), INVALID
                     "1 validation error detected: Value '0' at 'limit' failed to satisfy constraint: Member must have value greater "
                     "than or equal to 1");
}
END_TEST

/* "WHERE pk IN (v0, ..., v49)" */
static const char *candidates(const char *head, int count, const char *tail)
{
    static char text[4096];

    snprintf(text, sizeof text, "SELECT * FROM things WHERE %s [", head);
    for (int i = 0; i < count; i++)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s'v%d'", i ? "," : "", i);
    snprintf(text + strlen(text), sizeof text - strlen(text), "]%s", tail);
    return text;
}

START_TEST(a_statement_is_taken_apart_into_fifty_reads_at_most)
{
    const char *too_many = INVALID "Too many decomposed read operations for a given query.";
    const char *too_long = INVALID "The IN operator is provided with too many operands; number of operands: 101";

    statements_expect(candidates("pk IN", 51, ""), too_many);
    statements_expect(candidates("pk = 'a' AND sk IN", 51, ""), too_many);
    statements_expect(candidates("pk IN", 26, " AND sk IN ['1', '2']"), too_many);
    statements_expect(candidates("pk IN", 50, ""), "{'Items':[]}");
    statements_expect(candidates("pk IN", 51, " OR n = 1"), "{'Items':[]}");
    statements_expect(candidates("pk = 'a' AND p IN", 100, ""), "{'Items':[]}");
    statements_expect(candidates("pk = 'a' AND p IN", 101, ""), too_long);
}
END_TEST

/* What a local index fetches from the table is charged item by item. */
START_TEST(capacity_is_told_of_what_was_read)
{
    const char *statement = "SELECT q FROM \"things\".\"byl\" WHERE pk = 'a'";

    ck_assert_str_eq(statements_ask("SELECT pk FROM things WHERE pk = 'a' AND n = 0", NULL, "'ReturnConsumedCapacity':'TOTAL'"),
                     "{'ConsumedCapacity':{'CapacityUnits':0.5,'TableName':'things'},'Items':[]}");
    ck_assert_ptr_nonnull(strstr(statements_ask(statement, NULL, "'ReturnConsumedCapacity':'INDEXES','Limit':1"),
                                 "'LocalSecondaryIndexes':{'byl':{'CapacityUnits':0.5}},'Table':{'CapacityUnits':0.5}"));
    ck_assert_ptr_nonnull(strstr(statements_ask(statement, NULL, "'ReturnConsumedCapacity':'INDEXES'"),
                                 "'LocalSecondaryIndexes':{'byl':{'CapacityUnits':0.5}},'Table':{'CapacityUnits':2.0}"));
    statement = "SELECT l FROM \"things\".\"byl\" WHERE pk = 'a'";
    ck_assert_ptr_nonnull(strstr(statements_ask(statement, NULL, "'ConsistentRead':true,'ReturnConsumedCapacity':'INDEXES'"),
                                 "'LocalSecondaryIndexes':{'byl':{'CapacityUnits':1.0}},'Table':{'CapacityUnits':0.0}"));
}
END_TEST

Suite *suite_dynamodb_partiql_select(void)
{
    Suite *suite = suite_create("dynamodb partiql select");
    TCase *items = tcase_create("items");

    tcase_add_checked_fixture(items, open_things, tables_close);
    tcase_add_loop_test(items, a_where_selects, 0, sizeof wheres / sizeof *wheres);
    tcase_add_loop_test(items, an_index_is_read_by_its_own_keys, 0, sizeof indexes / sizeof *indexes);
    tcase_add_test(items, columns_have_the_last_name_of_their_path);
    tcase_add_test(items, an_order_needs_a_where);
    tcase_add_test(items, pages_go_on_where_they_stopped);
    tcase_add_test(items, one_item_has_no_next_page);
    tcase_add_test(items, a_token_belongs_to_its_statement);
    tcase_add_test(items, a_statement_is_taken_apart_into_fifty_reads_at_most);
    tcase_add_test(items, capacity_is_told_of_what_was_read);
    suite_add_tcase(suite, items);
    return suite;
}
