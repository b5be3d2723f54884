/* Query and Scan: order, ranges, filters, pages, segments and indexes (facts: DynamoDB 8 and 10). */

#include "suites.h"

#include "tables.h"

#include <stdlib.h>
#include <string.h>

/* Connections by id, with an index by vehicle: the table of the pipeline, with a range key besides. */
static void open_rows(void)
{
    tables_open();
    tables_must(
        "CreateTable",
        "{'TableName':'rows','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'r','AttributeType':'N'},"
        "{'AttributeName':'g','AttributeType':'S'}],'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'r','KeyType':'"
        "RANGE'}],"
        "'GlobalSecondaryIndexes':[{'IndexName':'byg','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':"
        "'ALL'}},"
        "{'IndexName':'keys','KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'r','KeyType':'RANGE'}],"
        "'Projection':{'ProjectionType':'KEYS_ONLY'}}],'BillingMode':'PAY_PER_REQUEST'}");
    for (int p = 0; p < 3; p++)
        for (int r = -2; r < 8; r++)
            tables_print_ask("PutItem", "{'TableName':'rows','Item':{'p':{'S':'p%d'},'r':{'N':'%d'},'g':{'S':'g%d'},'v':{'N':'%d'}}}", p, r,
                             (r + 2) % 2, p * 10 + r);
}

/* The range keys of a Query's answer, as "1 2 3". */
static const char *ranges(const char *more)
{
    static char text[2048];
    char input[1024];
    const char *answer;

    snprintf(input, sizeof input, "{'TableName':'rows',%s}", more);
    answer = tables_ask("Query", input);
    text[0] = '\0';
    for (const char *at = answer; (at = strstr(at, "'r':{'N':'")) != NULL && strncmp(answer, "Validation", 10); at += 10)
        snprintf(text + strlen(text), sizeof text - strlen(text), "%s%.*s", *text ? " " : "", (int)strcspn(at + 10, "'"), at + 10);
    return strncmp(answer, "ValidationException", 19) ? text : answer;
}

static const struct {
    const char *query;
    const char *ranges;
} queries[] = {
    { "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'p1'}}", "-2 -1 0 1 2 3 4 5 6 7" },
    { "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'p1'}},'ScanIndexForward':false", "7 6 5 4 3 2 1 0 -1 -2" },
    { "'KeyConditionExpression':'p = :p AND r > :r','ExpressionAttributeValues':{':p':{'S':'p1'},':r':{'N':'4'}}", "5 6 7" },
    { "'KeyConditionExpression':'r <= :r AND p = :p','ExpressionAttributeValues':{':p':{'S':'p1'},':r':{'N':'-1'}}", "-2 -1" },
    { "'KeyConditionExpression':'p = :p AND r BETWEEN :r AND "
      ":s','ExpressionAttributeValues':{':p':{'S':'p1'},':r':{'N':'2'},':s':{'N':'4.5'}}",
      "2 3 4" },
    { "'KeyConditionExpression':'p = :p','FilterExpression':'v > :v','ExpressionAttributeValues':{':p':{'S':'p1'},':v':{'N':'14'}}",
      "5 6 7" },
    { "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'nobody'}}", "" },
    { "'IndexName':'byg','KeyConditionExpression':'g = :g AND p = :p','ExpressionAttributeValues':{':g':{'S':'g1'},':p':{'S':'p1'}}",
      "ValidationException: Query key condition not supported" },
    { "'KeyConditionExpression':'r = :r','ExpressionAttributeValues':{':r':{'N':'1'}}",
      "ValidationException: Query condition missed key schema element: p" },
    { "'KeyConditionExpression':'p > :p','ExpressionAttributeValues':{':p':{'S':'p1'}}",
      "ValidationException: Query key condition not supported" },
    { "'KeyConditionExpression':'p = :p','FilterExpression':'r > :r','ExpressionAttributeValues':{':p':{'S':'p1'},':r':{'N':'1'}}",
      "ValidationException: Filter Expression can only contain non-primary key attributes: Primary key attribute: r" },
    { "'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'N':'1'}}",
      "ValidationException: One or more parameter values were invalid: Condition parameter type does not match schema type" },
    { "'IndexName':'none','KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'p1'}}",
      "ValidationException: The table does not have the specified index: none" },
    { "'ConsistentRead':true,'IndexName':'byg','KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'g1'}}",
      "ValidationException: Consistent reads are not supported on global secondary indexes" },
    { "'Limit':1", "ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be specified in the request." },
};

START_TEST(a_query_reads_its_range_in_order)
{
    const char *answer = ranges(queries[_i].query);
    const char *expected = queries[_i].ranges;

    ck_assert_msg(!strcmp(answer, expected), "%s\n answered %s\n and not %s", queries[_i].query, answer, expected);
}
END_TEST

#define START "'ExclusiveStartKey':"

/* Starting keys that are none, and what is said of them. */
static const struct {
    const char *operation;
    const char *request;
    const char *answer;
} starts[] = {
    { "Query", START "{'p':{'S':'p1'}}", "The provided starting key is invalid" },
    { "Query", START "{'p':{'S':'p1'},'r':{'N':'1'},'v':{'N':'1'}}", "The provided starting key is invalid" },
    { "Query", START "{'p':{'S':'p1'},'r':{'S':'1'}}", "The provided key element does not match the schema" },
    { "Query", START "{'p':{'S':'p2'},'r':{'N':'1'}}",
      "The provided starting key is outside query boundaries based on provided conditions" },
    { "Query", START "{'p':{'S':'p1'},'r':{'N':'1'}},'more':'r > :r'", "The provided starting key does not match the range key predicate" },
    { "Scan", START "{'p':{'S':'p1'}}", "The provided starting key is invalid: The provided key element does not match the schema" },
    { "Scan", START "{'p':{'S':'p1'},'r':{'S':'1'}}",
      "The provided starting key is invalid: The provided key element does not match the schema" },
    { "Scan", START "{'p':{'S':'p1'},'r':{'N':'1'}},'IndexName':'byg'", "The provided starting key is invalid" },
    { "Scan", START "{'p':{'S':'p1'},'r':{'N':'1'},'g':{'N':'1'}},'IndexName':'byg'",
      "The provided key element does not match the schema" },
};

START_TEST(a_starting_key_must_be_one_of_what_is_read)
{
    bool is_query = !strcmp(starts[_i].operation, "Query");
    const char *narrower = strstr(starts[_i].request, "'more'") ? " AND r > :r" : "";
    const char *values = *narrower ? ",':r':{'N':'4'}" : "";
    const char *answer =
        is_query
            ? tables_print_ask(
                  "Query", "{'TableName':'rows','KeyConditionExpression':'p = :p%s','ExpressionAttributeValues':{':p':{'S':'p1'}%s},%s}",
                  narrower, values, starts[_i].request)
            : tables_print_ask("Scan", "{'TableName':'rows',%s}", starts[_i].request);

    ck_assert_msg(!strncmp(answer, "ValidationException: ", 21) && !strcmp(answer + 21, starts[_i].answer), "%s: %s", starts[_i].request,
                  answer);
}
END_TEST

START_TEST(nothing_follows_the_only_item_of_a_partition)
{
    tables_must("CreateTable", "{'TableName':'lone','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'p','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    tables_expect("Query",
                  "{'TableName':'lone','KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'x'}},'ExclusiveStartKey':{"
                  "'p':{'S':'x'}}}",
                  "ValidationException: The provided exclusive start key is invalid: ExclusiveStartKey: {p=AttributeValue: {S:x}}");
}
END_TEST

/* The object that is an answer's member, copied; NULL when it is not there. */
static char *object_at(const char *answer, const char *name)
{
    const char *start = strstr(answer, name);
    const char *end;
    int depth = 0;

    if (!start)
        return NULL;
    start += strlen(name);
    for (end = start; *end; end++) {
        depth += (*end == '{') - (*end == '}');
        if (!depth)
            break;
    }
    return strndup(start, (size_t)(end - start) + 1);
}

static int count_of(const char *answer)
{
    const char *at = strstr(answer, "'Count':");

    return at ? atoi(at + 8) : -1;
}

/* Reads all pages; how many items there were. */
static int pages(const char *operation, const char *more, int *page_count)
{
    char *start = NULL;
    int items = 0;

    *page_count = 0;
    do {
        const char *answer = start ? tables_print_ask(operation, "{'TableName':'rows',%s,'ExclusiveStartKey':%s}", more, start)
                                   : tables_print_ask(operation, "{'TableName':'rows',%s}", more);

        ck_assert_msg(count_of(answer) >= 0, "%s", answer);
        items += count_of(answer);
        free(start);
        start = object_at(answer, "'LastEvaluatedKey':");
        ck_assert_int_lt(++*page_count, 100);
    } while (start);
    return items;
}

START_TEST(pages_lose_and_repeat_nothing)
{
    int count;

    ck_assert_int_eq(pages("Scan", "'Limit':7", &count), 30);
    ck_assert_int_eq(count, 5);
    ck_assert_int_eq(pages("Scan", "'Limit':10", &count), 30);
    ck_assert_int_eq(count, 4); /* the third page ends at the last item, which only the fourth can tell */
    ck_assert_int_eq(pages("Query", "'Limit':4,'KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'p2'}}", &count),
                     10);
    ck_assert_int_eq(pages("Query",
                           "'Limit':4,'IndexName':'byg','KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'g1'}}",
                           &count),
                     15);
    ck_assert_int_eq(pages("Scan", "'Limit':4,'IndexName':'keys'", &count), 30);
    ck_assert_int_eq(pages("Scan", "'Limit':4,'FilterExpression':'v > :v','ExpressionAttributeValues':{':v':{'N':'14'}}", &count), 13);
}
END_TEST

START_TEST(segments_share_the_table)
{
    int total = 0;
    int count;

    for (int i = 0; i < 4; i++) {
        char more[80];

        snprintf(more, sizeof more, "'Segment':%d,'TotalSegments':4,'Limit':3", i);
        total += pages("Scan", more, &count);
    }
    ck_assert_int_eq(total, 30);
    tables_expect(
        "Scan", "{'TableName':'rows','Segment':5,'TotalSegments':5}",
        "ValidationException: The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less "
        "than "
        "TotalSegments: 5");
    tables_expect(
        "Scan", "{'TableName':'rows','Segment':0}",
        "ValidationException: The TotalSegments parameter is required but was not present in the request when Segment parameter is "
        "present");
}
END_TEST

START_TEST(an_index_follows_its_table)
{
    const char *by_g =
        "{'TableName':'rows','IndexName':'byg','KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'new'}},"
        "'Select':'COUNT'}";

    tables_expect("Query", by_g, "{'Count':0,'ScannedCount':0}");
    tables_must("PutItem", "{'TableName':'rows','Item':{'p':{'S':'x'},'r':{'N':'1'},'g':{'S':'new'}}}");
    tables_must("PutItem", "{'TableName':'rows','Item':{'p':{'S':'x'},'r':{'N':'2'},'g':{'S':'new'}}}");
    tables_expect("Query", by_g, "{'Count':2,'ScannedCount':2}");
    tables_must(
        "UpdateItem",
        "{'TableName':'rows','Key':{'p':{'S':'x'},'r':{'N':'1'}},'UpdateExpression':'SET g = :g','ExpressionAttributeValues':{':g':{'S':"
        "'old'}}}");
    tables_expect("Query", by_g, "{'Count':1,'ScannedCount':1}");
    tables_must("DeleteItem", "{'TableName':'rows','Key':{'p':{'S':'x'},'r':{'N':'2'}}}");
    tables_expect("Query", by_g, "{'Count':0,'ScannedCount':0}");
    tables_must("UpdateItem", "{'TableName':'rows','Key':{'p':{'S':'x'},'r':{'N':'1'}},'UpdateExpression':'REMOVE g'}");
    tables_expect("GetItem", "{'TableName':'rows','Key':{'p':{'S':'x'},'r':{'N':'1'}}}", "{'Item':{'p':{'S':'x'},'r':{'N':'1'}}}");
}
END_TEST

START_TEST(an_index_gives_what_it_projects)
{
    tables_expect(
        "Query",
        "{'TableName':'rows','IndexName':'keys','KeyConditionExpression':'g = :g AND r = :r','ExpressionAttributeValues':{':g':{'S':'g0'},"
        "':r':{'N':'0'}},'Limit':1}",
        "{'Count':1,'Items':[{'g':{'S':'g0'},'p':{'S':'p1'},'r':{'N':'0'}}],'LastEvaluatedKey':{'g':{'S':'g0'},'p':{'S':'p1'},'r':{'N':'0'}"
        "},"
        "'ScannedCount':1}");
    tables_expect("Query",
                  "{'TableName':'rows','IndexName':'keys','KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'g0'}},"
                  "'ProjectionExpression':'v'}",
                  "ValidationException: One or more parameter values were invalid: Global secondary index keys does not project [v]");
}
END_TEST

START_TEST(a_large_table_is_read_by_the_megabyte)
{
    char *large = malloc(100001);
    int count;

    memset(large, 'x', 100000);
    large[100000] = '\0';
    for (int i = 0; i < 25; i++)
        tables_print_ask("PutItem", "{'TableName':'rows','Item':{'p':{'S':'large'},'r':{'N':'%d'},'d':{'S':'%s'}}}", i, large);
    free(large);
    ck_assert_int_eq(
        pages("Query", "'Select':'COUNT','KeyConditionExpression':'p = :p','ExpressionAttributeValues':{':p':{'S':'large'}}", &count), 25);
    ck_assert_int_eq(count, 3); /* 11 items of 100,000 bytes cross a mebibyte */
}
END_TEST

START_TEST(tables_and_items_outlive_the_process)
{
    char folder[] = "/tmp/lowcloud-test-XXXXXX";
    char command[64];

    tables_close();
    ck_assert_ptr_nonnull(mkdtemp(folder));
    tables_open_in(folder);
    tables_must("CreateTable", "{'TableName':'kept','AttributeDefinitions':[{'AttributeName':'id','AttributeType':'S'}],"
                               "'KeySchema':[{'AttributeName':'id','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
    tables_must("PutItem", "{'TableName':'kept','Item':{'id':{'S':'a'},'n':{'N':'1.50'}}}");
    tables_close();
    tables_open_in(folder);
    tables_expect("GetItem", "{'TableName':'kept','Key':{'id':{'S':'a'}}}", "{'Item':{'id':{'S':'a'},'n':{'N':'1.5'}}}");
    tables_expect("ListTables", "{}", "{'TableNames':['kept']}");
    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

/* ---- indexes with keys of several attributes ---- */

static void open_parts(void)
{
    static const char *const items[][3] = { { "1", "live", "b" }, { "2", "live", "a" }, { "3", "draft", "c" } };

    tables_open();
    tables_must("CreateTable",
                "{'TableName':'parts','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'g',"
                "'AttributeType':'S'},{'AttributeName':'h','AttributeType':'S'},{'AttributeName':'a','AttributeType':'N'},{"
                "'AttributeName':'b','AttributeType':'S'},{'AttributeName':'c','AttributeType':'S'}],'KeySchema':[{"
                "'AttributeName':'p','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{"
                "'IndexName':'ghabc','KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'h','KeyType':'HASH'},"
                "{'AttributeName':'a','KeyType':'RANGE'},{'AttributeName':'b','KeyType':'RANGE'},{'AttributeName':'c',"
                "'KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}]}");
    for (size_t i = 0; i < sizeof items / sizeof *items; i++)
        tables_print_ask("PutItem",
                         "{'TableName':'parts','Item':{'p':{'S':'%s'},'g':{'S':'g'},'h':{'S':'h'},'a':{'N':'1'},'b':{'S':'%s'},'c':{'S':"
                         "'%s'}}}",
                         items[i][0], items[i][1], items[i][2]);
}

#define ON_G_AND_H "g = :s AND h = :t"

/* A condition, its values beside :s and :t, and the keys of what is found, or what is said. */
static const struct {
    const char *condition;
    const char *values;
    const char *found;
} of_parts[] = {
    { ON_G_AND_H, "", "321" },
    { ON_G_AND_H " AND a = :a", ",':a':{'N':'1'}", "321" },
    { "b = :b AND " ON_G_AND_H " AND a = :a", ",':a':{'N':'1'},':b':{'S':'live'}", "21" },
    { ON_G_AND_H " AND a = :a AND begins_with(b, :b)", ",':a':{'N':'1'},':b':{'S':'dr'}", "3" },
    { ON_G_AND_H " AND a = :a AND b = :b AND c > :c", ",':a':{'N':'1'},':b':{'S':'live'},':c':{'S':'a'}", "1" },
    { "g = :s AND a = :t", "", "HASH key attributes h must have equality conditions specified in the query" },
    { "g < :s AND h > :t", "", "HASH key attributes g, h must have equality conditions specified in the query" },
    { ON_G_AND_H " AND b = :b", ",':b':{'S':'live'}",
      "RANGE key attributes a must have equality conditions specified in the query because a condition is present on key attribute b" },
    { ON_G_AND_H " AND a > :a AND b = :b", ",':a':{'N':'1'},':b':{'S':'live'}",
      "RANGE key attributes a must have equality conditions specified in the query because a condition is present on key attribute b" },
    { ON_G_AND_H " AND c = :c", ",':c':{'S':'a'}",
      "RANGE key attributes a, b must have equality conditions specified in the query because a condition is present on key attribute c" },
};

START_TEST(a_key_of_several_parts_is_given_from_left_to_right)
{
    char found[4096] = "";
    const char *answer =
        tables_print_ask("Query",
                         "{'TableName':'parts','IndexName':'ghabc','KeyConditionExpression':'%s','ExpressionAttributeValues':{"
                         "':s':{'S':'g'},':t':{'S':'h'}%s}}",
                         of_parts[_i].condition, of_parts[_i].values);

    if (!strncmp(answer, "ValidationException: ", 21))
        snprintf(found, sizeof found, "%s", answer + 21);
    else
        for (const char *at = answer; (at = strstr(at, "'p':{'S':'")) != NULL; at++)
            snprintf(found + strlen(found), sizeof found - strlen(found), "%c", at[10]);
    ck_assert_msg(!strcmp(found, of_parts[_i].found), "%s\n answered %s", of_parts[_i].condition, answer);
}
END_TEST

#define IS(name, type, value) "'" name "':{'ComparisonOperator':'EQ','AttributeValueList':[{'" type "':'" value "'}]}"

START_TEST(key_conditions_of_before_expressions_give_it_too)
{
    const char *answer = tables_ask("Query", "{'TableName':'parts','IndexName':'ghabc','KeyConditions':{" IS("g", "S", "g") "," IS(
                                                 "h", "S", "h") "," IS("a", "N", "1") "," IS("b", "S", "live") "," IS("c", "S", "a") "}}");

    ck_assert_msg(strstr(answer, "'Count':1") && strstr(answer, "'p':{'S':'2'}"), "%s", answer);
    tables_expect(
        "Query",
        "{'TableName':'parts','IndexName':'ghabc','KeyConditions':{" IS("g", "S", "g") "," IS("h", "S", "h") "," IS("b", "S", "live") "}}",
        "ValidationException: RANGE key attributes a must have equality conditions specified in the query because a condition is "
        "present on key attribute b");
}
END_TEST

Suite *suite_dynamodb_search(void)
{
    Suite *suite = suite_create("dynamodb search");
    TCase *tests = tcase_create("search");
    TCase *parts = tcase_create("keys of several parts");

    tcase_add_checked_fixture(tests, open_rows, tables_close);
    tcase_add_loop_test(tests, a_query_reads_its_range_in_order, 0, (int)(sizeof queries / sizeof *queries));
    tcase_add_test(tests, pages_lose_and_repeat_nothing);
    tcase_add_loop_test(tests, a_starting_key_must_be_one_of_what_is_read, 0, sizeof starts / sizeof *starts);
    tcase_add_test(tests, nothing_follows_the_only_item_of_a_partition);
    tcase_add_test(tests, segments_share_the_table);
    tcase_add_test(tests, an_index_follows_its_table);
    tcase_add_test(tests, an_index_gives_what_it_projects);
    tcase_add_test(tests, a_large_table_is_read_by_the_megabyte);
    tcase_add_test(tests, tables_and_items_outlive_the_process);
    suite_add_tcase(suite, tests);
    tcase_add_checked_fixture(parts, open_parts, tables_close);
    tcase_add_loop_test(parts, a_key_of_several_parts_is_given_from_left_to_right, 0, sizeof of_parts / sizeof *of_parts);
    tcase_add_test(parts, key_conditions_of_before_expressions_give_it_too);
    suite_add_tcase(suite, parts);
    return suite;
}
