/* The operations on tables and items: their answers, their refusals, and that index entries and items are kept together or not at all. */

#include "suites.h"

#include "tables.h"

#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char definition[] =
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':'N'},"
    "{'AttributeName':'g','AttributeType':'S'},{'AttributeName':'l','AttributeType':'S'}],'KeySchema':[{'AttributeName':'pk','KeyType':"
    "'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi',"
    "'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}],'LocalSecondaryIndexes':[{"
    "'IndexName':'lsi','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{"
    "'ProjectionType':'KEYS_ONLY'}}]}";

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", definition);
}

static const struct {
    const char *operation;
    const char *input;
    const char *answer;
} refused[] = {
    { "PutItem", "{}",
      "ValidationException: 1 validation error detected: Value null at 'tableName' failed to satisfy constraint: Member "
      "must not be null" },
    { "CreateTable", "{}", "ValidationException: The parameter 'TableName' is required but was not present in the request" },
    { "DescribeTable", "{'TableName':'ab'}",
      "ValidationException: 1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 3" },
    { "PutItem", "{'TableName':'','Item':{'pk':{'S':'x'}},'ReturnValues':'dog'}",
      "ValidationException: 1 validation error detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1" },
    { "UpdateItem", "{'TableName':'','ConditionalOperator':'XOR'}",
      "ValidationException: 3 validation errors detected: Value '' at 'tableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 1; Value 'XOR' at 'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value set: "
      "[OR, AND]; Value null at 'key' failed to satisfy constraint: Member must not be null" },
    { "TransactWriteItems",
      "{'TransactItems':[{'Put':{'TableName':'tab','Item':{}}}],'ReturnConsumedCapacity':'dog','ClientRequestToken':''}",
      "ValidationException: 2 validation errors detected: Value '' at 'clientRequestToken' failed to satisfy constraint: Member must have "
      "length greater than or equal to 1; Value 'dog' at 'returnConsumedCapacity' failed to satisfy constraint: Member must satisfy enum "
      "value set: [INDEXES, TOTAL, NONE]" },
    { "TransactWriteItems", "{'TransactItems':[{'Put':{'TableName':'tab','Item':{'pk':{'NULL':false},'':{'S':'x'}}}}]}",
      "ValidationException: Empty attribute name" },
    { "CreateTable",
      "{'TableName':'abc','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'AttributeDefinitions':[],'LocalSecondaryIndexes':[{"
      "'IndexName':'aa','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'Projection':{}}],'GlobalSecondaryIndexes':[{'IndexName':"
      "'zz','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'Projection':{}}]}",
      "ValidationException: 2 validation errors detected: Value 'zz' at 'globalSecondaryIndexes.1.member.indexName' failed to satisfy "
      "constraint: Member must have length greater than or equal to 3; Value 'aa' at 'localSecondaryIndexes.1.member.indexName' failed to "
      "satisfy constraint: Member must have length greater than or equal to 3" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk = :a AND sk > :a AND b = :a','ExpressionAttributeValues':{':a':{'N':'1'}}}",
      "ValidationException: The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)" },
    { "DescribeTable", "{'TableName':'other'}", "ResourceNotFoundException: Requested resource not found: Table: other not found" },
    { "GetItem", "{'TableName':'other','Key':{}}", "ResourceNotFoundException: Requested resource not found" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':3}}}", "SerializationException: NUMBER_VALUE cannot be converted to String" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'dog':'x'}}}",
      "ValidationException: 1 validation error detected: Supplied AttributeValue is empty, must contain exactly one of the supported "
      "datatypes" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x','N':'1'}}}",
      "ValidationException: 1 validation error detected: Supplied AttributeValue has more than one datatypes set, must contain exactly "
      "one of the supported datatypes" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'SS':[]}}}",
      "ValidationException: 1 validation error detected: One or more parameter values were invalid: An string set  may not be empty" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'SS':['a','a']}}}",
      "ValidationException: 1 validation error detected: One or more parameter values were invalid: Input collection [\"a\", \"a\"] "
      "contains "
      "duplicates." },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'NULL':false}}}",
      "ValidationException: 1 validation error detected: One or more parameter values were invalid: Null attribute value types must have "
      "the value of true" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x'}}}",
      "ValidationException: One or more parameter values were invalid: Missing the key sk in the item" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'N':'1'},'sk':{'N':'1'}}}",
      "ValidationException: One or more parameter values were invalid: Type mismatch for key pk expected: S actual: N" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':''},'sk':{'N':'1'}}}",
      "ValidationException: One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an empty "
      "string value. Key: pk" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x'},'sk':{'N':'1'},'g':{'N':'1'}}}",
      "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: "
      "gsi" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x'},'sk':{'N':'1'}},'ReturnValues':'ALL_NEW'}",
      "ValidationException: 1 validation error detected: ReturnValues can only be ALL_OLD or NONE" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x'}},'ExpressionAttributeValues':{':a':{'S':'b'}}}",
      "ValidationException: 1 validation error detected: ExpressionAttributeValues can only be specified when using expressions" },
    { "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'x'}}}", "ValidationException: The provided key element does not match the schema" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'sk = :s','ExpressionAttributeValues':{':s':{'N':'1'}}}",
      "ValidationException: Query condition missed key schema element: pk" },
    { "PutItem", "{'TableName':'ab','Item':{'pk':{'S':'x'}}}",
      "ValidationException: 1 validation error detected: Value 'ab' at 'tableName' failed to satisfy constraint: Member must have length "
      "greater than or equal to 3" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'S':'x','N':'dog'}}}",
      "ValidationException: 1 validation error detected: The parameter cannot be converted to a numeric value: dog" },
    { "PutItem", "{'TableName':'tab','Item':{'pk':{'NS':['1','1.0']}}}",
      "ValidationException: 1 validation error detected: One or more parameter values were invalid: Input collection contains "
      "duplicates." },
    { "DeleteItem",
      "{'TableName':'tab','Key':{},'ConditionExpression':'a = b','ExpressionAttributeValues':{':a':{'N':'dog'},'b':{'S':'x'}}}",
      "ValidationException: 1 validation error detected: ExpressionAttributeValues contains invalid key: Syntax error; key: \"b\"" },
    { "UpdateItem",
      "{'TableName':'tab','Key':{'pk':{'S':'x'},'sk':{'N':'1'}},'UpdateExpression':'SET x.y = :v, g = h + :v','ExpressionAttributeValues':"
      "{':v':{'N':'1'}}}",
      "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key g Expected: S Actual: N IndexName: "
      "gsi" },
    { "UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'x'},'sk':{'N':'1'}},'UpdateExpression':'SET g = sk'}",
      "ValidationException: The update expression attempted to update the secondary index key to unsupported type" },
    { "UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'x'},'sk':{'N':'1'}},'UpdateExpression':'SET a = if_not_exists(b, l[0])'}",
      "ValidationException: Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: l" },
    { "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'x'},'sk':{'N':'1'}},'ProjectionExpression':'a.b, pk.c'}",
      "ValidationException: Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: Key: pk" },
    { "Scan", "{'TableName':'tab','FilterExpression':'a = b OR size(g.h) > a'}",
      "ValidationException: Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: IndexKey: g" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':':s BETWEEN pk AND sk','ExpressionAttributeValues':{':s':{'S':'1'}}}",
      "ValidationException: Invalid KeyConditionExpression: Invalid condition in KeyConditionExpression: BETWEEN operator must have the "
      "key "
      "attribute as its first operand" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk.a = pk','FilterExpression':''}",
      "ValidationException: Invalid FilterExpression: The expression can not be empty;" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk.a = pk'}",
      "ValidationException: Invalid KeyConditionExpression: KeyConditionExpressions cannot have conditions on nested attributes" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk = pk'}",
      "ValidationException: Invalid KeyConditionExpression: The first operand must be distinct from the remaining operands for this "
      "operator "
      "or function; operator: =, first operand: [pk]" },
    { "Query",
      "{'TableName':'tab','IndexName':'gsi','KeyConditionExpression':'g = :s AND sk = :s','ExpressionAttributeValues':{':s':{'S':'1'}}}",
      "ValidationException: Query key condition not supported" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk > :s','ExpressionAttributeValues':{':s':{'S':'1'}}}",
      "ValidationException: Query key condition not supported" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk = :s OR sk = :s','ExpressionAttributeValues':{':s':{'S':'1'}}}",
      "ValidationException: Invalid KeyConditionExpression: Invalid operator used in KeyConditionExpression: OR" },
    { "Query", "{'TableName':'tab','KeyConditionExpression':'pk = :s','ExpressionAttributeValues':{':s':{'N':'1'}}}",
      "ValidationException: One or more parameter values were invalid: Condition parameter type does not match schema type" },
    { "Query",
      "{'TableName':'tab','KeyConditionExpression':'pk = :s','FilterExpression':'sk > :n','ExpressionAttributeValues':{':s':{'S':'1'},"
      "':n':{'N':'1'}}}",
      "ValidationException: Filter Expression can only contain non-primary key attributes: Primary key attribute: sk" },
    { "GetItem", "{'TableName':'tab','Key':{'pk':{'S':'x'},'sk':{'N':'1'}},'AttributesToGet':['a','a']}",
      "ValidationException: One or more parameter values were invalid: Duplicate value in attribute name: a" },
    { "Query", "{'TableName':'tab'}",
      "ValidationException: Either the KeyConditions or KeyConditionExpression parameter must be specified in the request." },
    { "Query",
      "{'TableName':'tab','IndexName':'gsi','ConsistentRead':true,'KeyConditionExpression':'g = :s','ExpressionAttributeValues':{':s':{"
      "'S':'1'}}}",
      "ValidationException: Consistent reads are not supported on global secondary indexes" },
    { "Query",
      "{'TableName':'tab','IndexName':'gsi','ProjectionExpression':'v','KeyConditionExpression':'g = :s','ExpressionAttributeValues':{"
      "':s':{'S':'1'}}}",
      "ValidationException: One or more parameter values were invalid: Global secondary index gsi does not project [v]" },
    { "Scan", "{'TableName':'tab','IndexName':'none'}", "ValidationException: The table does not have the specified index: none" },
    { "Scan", "{'TableName':'tab','Segment':5,'TotalSegments':5}",
      "ValidationException: The Segment parameter is zero-based and must be less than parameter TotalSegments: Segment: 5 is not less "
      "than TotalSegments: 5" },
    { "Scan", "{'TableName':'tab','Select':'COUNT','ProjectionExpression':'a'}",
      "ValidationException: Cannot specify the ProjectionExpression when choosing to get only the Count" },
    { "Query", "{'TableName':'tab','Select':'COUNT','AttributesToGet':['a']}",
      "ValidationException: 1 validation error detected: Cannot specify the AttributesToGet when choosing to get only the Count" },
    { "Scan", "{'TableName':'tab','ExclusiveStartKey':{'pk':{'SS':[]}}}",
      "ValidationException: The provided starting key is invalid: One or more parameter values were invalid: An string set  may not be "
      "empty" },
    { "Scan", "{'TableName':'tab','ExclusiveStartKey':{'pk':{'N':'dog'}},'Segment':1}",
      "ValidationException: The parameter cannot be converted to a numeric value: dog" },
    { "Scan", "{'TableName':'tab','Select':'SPECIFIC_ATTRIBUTES'}",
      "ValidationException: Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES" },
};

START_TEST(bad_requests_are_refused_in_awss_words)
{
    tables_expect(refused[_i].operation, refused[_i].input, refused[_i].answer);
}
END_TEST

START_TEST(an_item_is_put_read_changed_and_deleted)
{
    tables_expect("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'1.0'},'v':{'B':'AQI='}},'ReturnValues':'ALL_OLD'}",
                  "{}");
    tables_expect("GetItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1e0'}}}",
                  "{'Item':{'pk':{'S':'k'},'sk':{'N':'1'},'v':{'B':'AQI='}}}");
    tables_expect("GetItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'AttributesToGet':['v','x']}",
                  "{'Item':{'v':{'B':'AQI='}}}");
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'SET w = :w REMOVE v',"
                  "'ExpressionAttributeValues':{':w':{'N':'2'}},'ReturnValues':'UPDATED_OLD'}",
                  "{'Attributes':{'v':{'B':'AQI='}}}");
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'REMOVE w','ReturnValues':"
                  "'UPDATED_NEW'}",
                  "{}");
    tables_expect("DeleteItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'ConditionExpression':'attribute_exists(w)',"
                  "'ReturnValuesOnConditionCheckFailure':'ALL_OLD'}",
                  "ConditionalCheckFailedException: The conditional request failed + {'Item':{'pk':{'S':'k'},'sk':{'N':'1'}}}");
    tables_expect("DeleteItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'ReturnValues':'ALL_OLD'}",
                  "{'Attributes':{'pk':{'S':'k'},'sk':{'N':'1'}}}");
    tables_expect("GetItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}}}", "{}");
}
END_TEST

START_TEST(an_update_of_what_is_not_there_reads_its_key)
{
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'SET a = if_not_exists(a, pk), b = sk + :n',"
                  "'ExpressionAttributeValues':{':n':{'N':'2'}},'ReturnValues':'UPDATED_NEW'}",
                  "{'Attributes':{'a':{'S':'k'},'b':{'N':'3'}}}");
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'n'},'sk':{'N':'1'}},'UpdateExpression':'SET a = pk','ConditionExpression':"
                  "'attribute_exists(pk)'}",
                  "ConditionalCheckFailedException: The conditional request failed");
}
END_TEST

START_TEST(an_update_that_only_removes_makes_no_item)
{
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'REMOVE w','ReturnValues':'ALL_NEW'}", "{}");
    tables_expect("UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'REMOVE x.y, z[0]'}", "{}");
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':0,'Items':[],'ScannedCount':0}");
    tables_must("UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}}}");
    tables_expect("Scan", "{'TableName':'tab','Select':'COUNT'}", "{'Count':1,'ScannedCount':1}");
}
END_TEST

/* As AWS's guide counts: the entries together, and each item that is fetched by itself. */
START_TEST(what_a_local_index_fetches_is_charged_item_by_item)
{
    static const char query[] =
        "{'TableName':'tab','IndexName':'lsi','KeyConditionExpression':'pk = :k','ExpressionAttributeValues':{':k':{"
        "'S':'k'}},'ReturnConsumedCapacity':'INDEXES','Select':'%s','ConsistentRead':true}";

    for (int i = 0; i < 3; i++)
        tables_print_ask("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'%d'},'l':{'S':'x'},'v':{'S':'%0*d'}}}", i,
                         i == 1 ? 5000 : 1, 0);
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("Query", query, "ALL_ATTRIBUTES"),
               "{'CapacityUnits':5.0,'LocalSecondaryIndexes':{'lsi':{'CapacityUnits':1.0}},'Table':{'CapacityUnits':4.0}"));
    ck_assert_ptr_nonnull(
        strstr(tables_print_ask("Query", query, "ALL_PROJECTED_ATTRIBUTES"),
               "{'CapacityUnits':1.0,'LocalSecondaryIndexes':{'lsi':{'CapacityUnits':1.0}},'Table':{'CapacityUnits':0.0}"));
}
END_TEST

static void put_many(int count)
{
    for (int i = 0; i < count; i++)
        tables_print_ask("PutItem",
                         "{'TableName':'tab','Item':{'pk':{'S':'p%d'},'sk':{'N':'%d'},'g':{'S':'same'},'l':{'S':'same'},'v':{'N':'%d'}}}",
                         i % 5, i - count / 2, i);
}

/* Walks all pages of a request by the start key that each answers; answers how many items came. */
static int count_pages(const char *operation, const char *request)
{
    int count = 0;
    char *start = memory_copy_text("");

    for (int page = 0; start && page < 200; page++) {
        const char *got = tables_print_ask(operation, "{%s%s}", request, start);
        const char *key = strstr(got, "'LastEvaluatedKey':");
        const char *number = strstr(got, "'Count':");

        ck_assert_msg(*got == '{', "%s", got);
        count += atoi(number + strlen("'Count':"));
        free(start);
        start = key ? memory_print(",'ExclusiveStartKey':%.*s", (int)(strstr(key, "}}") + 2 - key - 19), key + 19) : NULL;
    }
    free(start);
    return count;
}

START_TEST(pages_neither_lose_nor_repeat_items)
{
    int in_segments = 0;

    put_many(37);
    ck_assert_int_eq(count_pages("Scan", "'TableName':'tab','Limit':4"), 37);
    ck_assert_int_eq(count_pages("Scan", "'TableName':'tab','IndexName':'gsi','Limit':4"), 37);
    ck_assert_int_eq(count_pages("Query", "'TableName':'tab','IndexName':'gsi','Limit':5,'KeyConditionExpression':'g = :g',"
                                          "'ExpressionAttributeValues':{':g':{'S':'same'}}"),
                     37);
    ck_assert_int_eq(count_pages("Query", "'TableName':'tab','IndexName':'gsi','Limit':5,'ScanIndexForward':false,"
                                          "'KeyConditionExpression':'g = :g','ExpressionAttributeValues':{':g':{'S':'same'}}"),
                     37);
    ck_assert_int_eq(count_pages("Query", "'TableName':'tab','IndexName':'lsi','Limit':3,'KeyConditionExpression':'pk = :p AND l = :l',"
                                          "'ExpressionAttributeValues':{':p':{'S':'p1'},':l':{'S':'same'}}"),
                     8);
    ck_assert_int_eq(count_pages("Query", "'TableName':'tab','Limit':2,'ScanIndexForward':false,'KeyConditionExpression':'pk = :p',"
                                          "'ExpressionAttributeValues':{':p':{'S':'p0'}}"),
                     8);
    for (int i = 0; i < 3; i++) {
        char *request = memory_print("'TableName':'tab','Limit':4,'Segment':%d,'TotalSegments':3", i);

        in_segments += count_pages("Scan", request);
        free(request);
    }
    ck_assert_int_eq(in_segments, 37);
}
END_TEST

START_TEST(numbers_sort_and_ranges_bound)
{
    for (int i = -3; i <= 3; i++)
        tables_print_ask("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'%d'}}}", i * 10);
#define RANGE(condition, count)                                                                          \
    tables_expect("Query",                                                                               \
                  "{'TableName':'tab','Select':'COUNT','KeyConditionExpression':'pk = :k AND " condition \
                  "','ExpressionAttributeValues':{':k':{'S':'k'},':n':{'N':'-10'}}}",                    \
                  "{'Count':" #count ",'ScannedCount':" #count "}")
    RANGE("sk < :n", 2);
    RANGE("sk <= :n", 3);
    RANGE("sk > :n", 4);
    RANGE("sk >= :n", 5);
    RANGE(":n > sk", 2);
    RANGE("(sk = :n)", 1);
    RANGE("sk BETWEEN :n AND :n", 1);
#undef RANGE
    tables_expect(
        "Query",
        "{'TableName':'tab','ScanIndexForward':false,'Limit':2,'KeyConditionExpression':'pk = :k','ExpressionAttributeValues':{':k':{"
        "'S':'k'}},'ReturnConsumedCapacity':'TOTAL'}",
        "{'ConsumedCapacity':{'CapacityUnits':0.5,'TableName':'tab'},'Count':2,'Items':[{'pk':{'S':'k'},'sk':{'N':'30'}},{'pk':{'S':"
        "'k'},'sk':{'N':'20'}}],'LastEvaluatedKey':{'pk':{'S':'k'},'sk':{'N':'20'}},'ScannedCount':2}");
}
END_TEST

START_TEST(an_index_follows_its_items)
{
    static const char count[] = "{'TableName':'tab','IndexName':'gsi'}";

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'1'},'g':{'S':'a'},'v':{'S':'hidden'}}}");
    tables_expect("Scan", count, "{'Count':1,'Items':[{'g':{'S':'a'},'pk':{'S':'k'},'sk':{'N':'1'}}],'ScannedCount':1}");
    tables_expect(
        "UpdateItem",
        "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'SET g = :g','ExpressionAttributeValues':{':g':{"
        "'S':'b'}},'ReturnConsumedCapacity':'INDEXES','ReturnItemCollectionMetrics':'SIZE'}",
        "{'ConsumedCapacity':{'CapacityUnits':3.0,'GlobalSecondaryIndexes':{'gsi':{'CapacityUnits':2.0}},'Table':{'CapacityUnits':1.0},"
        "'TableName':'tab'},'ItemCollectionMetrics':{'ItemCollectionKey':{'pk':{'S':'k'}},'SizeEstimateRangeGB':[0.0,1.0]}}");
    tables_expect("Scan", count, "{'Count':1,'Items':[{'g':{'S':'b'},'pk':{'S':'k'},'sk':{'N':'1'}}],'ScannedCount':1}");
    tables_must("UpdateItem", "{'TableName':'tab','Key':{'pk':{'S':'k'},'sk':{'N':'1'}},'UpdateExpression':'REMOVE g'}");
    tables_expect("Scan", count, "{'Count':0,'Items':[],'ScannedCount':0}");
}
END_TEST

/* The second index's rows are made impossible to write: the item and the first index's entry must go back too. */
START_TEST(a_write_that_fails_halfway_leaves_nothing)
{
    struct database *database = tables_room()->ground->database;

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'1'},'v':{'S':'before'}}}");
    ck_assert_int_eq(
        database_run(database,
                     "CREATE TRIGGER refuse BEFORE INSERT ON dynamodb_index_3 BEGIN SELECT RAISE(ABORT, 'as the test wants it'); END"),
        OK);
    ck_assert_int_eq(tables_end_turn(), OK);
    ck_assert_str_eq(tables_ask("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'1'},'g':{'S':'a'},'l':{'S':'b'}}}"),
                     "InternalServerError: Internal server error");
    ck_assert_int_eq(tables_end_turn(), BROKEN);
    tables_expect("Scan", "{'TableName':'tab'}",
                  "{'Count':1,'Items':[{'pk':{'S':'k'},'sk':{'N':'1'},'v':{'S':'before'}}],'ScannedCount':1}");
    tables_expect("Scan", "{'TableName':'tab','IndexName':'gsi'}", "{'Count':0,'Items':[],'ScannedCount':0}");
    tables_expect("Scan", "{'TableName':'tab','IndexName':'lsi'}", "{'Count':0,'Items':[],'ScannedCount':0}");
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'tab'}"), "'ItemCount':1,"));
}
END_TEST

static const struct {
    const char *input;
    const char *answer;
} tables[] = {
    { "{'TableName':'abc','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'AttributeDefinitions':[{'AttributeName':'a',"
      "'AttributeType':'S'}]}",
      "ReadCapacityUnits and WriteCapacityUnits must both be specified when BillingMode is PROVISIONED" },
    { "{'TableName':'abc','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'AttributeDefinitions':[{'AttributeName':'a',"
      "'AttributeType':'S'}],'BillingMode':'PAY_PER_REQUEST','ProvisionedThroughput':{'ReadCapacityUnits':1,'WriteCapacityUnits':1}}",
      "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST" },
    { "{'TableName':'abc','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'AttributeDefinitions':[{'AttributeName':'a',"
      "'AttributeType':'S'},{'AttributeName':'b','AttributeType':'S'}],'BillingMode':'PAY_PER_REQUEST'}",
      "Number of attributes in KeySchema does not exactly match number of attributes defined in AttributeDefinitions" },
    { "{'TableName':'abc','KeySchema':[{'AttributeName':'a','KeyType':'HASH'}],'AttributeDefinitions':[{'AttributeName':'b',"
      "'AttributeType':'S'}],'BillingMode':'PAY_PER_REQUEST'}",
      "Some index key attributes are not defined in AttributeDefinitions. Keys: [a], AttributeDefinitions: [b]" },
};

START_TEST(wrong_tables_are_refused_in_awss_words)
{
    char *answer = memory_print("ValidationException: One or more parameter values were invalid: %s", tables[_i].answer);

    tables_expect("CreateTable", tables[_i].input, answer);
    free(answer);
}
END_TEST

START_TEST(tables_are_listed_and_deleted)
{
    tables_expect("CreateTable", definition, "ResourceInUseException: Table already exists: tab");
    tables_expect("ListTables", "{'Limit':1}", "{'TableNames':['tab']}");
    ck_assert_ptr_nonnull(strstr(tables_ask("DeleteTable", "{'TableName':'tab'}"), "'TableStatus':'DELETING'"));
    tables_expect("ListTables", "{}", "{'TableNames':[]}");
    tables_must("CreateTable", definition);
}
END_TEST

START_TEST(tables_and_items_outlive_the_process)
{
    char directory[] = "/tmp/lowcloud-test-XXXXXX";
    char *file;

    ck_assert_ptr_nonnull(mkdtemp(directory));
    tables_close();
    tables_open_in(directory);
    tables_must("CreateTable", definition);
    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'k'},'sk':{'N':'1'},'g':{'S':'a'}}}");
    tables_close();
    tables_open_in(directory);
    tables_expect("Scan", "{'TableName':'tab','IndexName':'gsi'}",
                  "{'Count':1,'Items':[{'g':{'S':'a'},'pk':{'S':'k'},'sk':{'N':'1'}}],'ScannedCount':1}");
    ck_assert_ptr_nonnull(strstr(tables_ask("DescribeTable", "{'TableName':'tab'}"), "'ItemCount':1,"));
    file = memory_print("rm -rf %s", directory);
    ck_assert_int_eq(system(file), 0);
    free(file);
}
END_TEST

START_TEST(batches_write_and_read_many)
{
    tables_expect("BatchWriteItem",
                  "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'a'},'sk':{'N':'1'}}}},{'PutRequest':{'Item':{'pk':{'S':'b'},"
                  "'sk':{'N':'1'},'v':{'S':'x'}}}}]},'ReturnConsumedCapacity':'TOTAL'}",
                  "{'ConsumedCapacity':[{'CapacityUnits':2.0,'TableName':'tab'}],'UnprocessedItems':{}}");
    tables_expect("BatchGetItem",
                  "{'RequestItems':{'tab':{'Keys':[{'pk':{'S':'b'},'sk':{'N':'1'}},{'pk':{'S':'z'},'sk':{'N':'1'}}],"
                  "'ProjectionExpression':'#v','ExpressionAttributeNames':{'#v':'v'}}}}",
                  "{'Responses':{'tab':[{'v':{'S':'x'}}]},'UnprocessedKeys':{}}");
    tables_expect("BatchWriteItem",
                  "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'c'},'sk':{'N':'1'}}}},{'DeleteRequest':{'Key':{'pk':{'S':"
                  "'c'},'sk':{'N':'1.0'}}}}]}}",
                  "ValidationException: Provided list of item keys contains duplicates");
    tables_expect("BatchWriteItem",
                  "{'RequestItems':{'tab':[{'PutRequest':{'Item':{'pk':{'S':'c'},'sk':{'N':'1'}}}},{'PutRequest':{'Item':{'pk':{'S':'d'}}}"
                  "}]}}",
                  "ValidationException: The provided key element does not match the schema");
    tables_expect("Scan", "{'TableName':'tab','Select':'COUNT'}", "{'Count':2,'ScannedCount':2}");
    tables_expect("BatchGetItem", "{'RequestItems':{'none':{'Keys':[{'pk':{'S':'b'}}]}}}",
                  "ResourceNotFoundException: Requested resource not found");
}
END_TEST

START_TEST(tags_are_kept_listed_and_taken_off)
{
#define TABLE "'ResourceArn':'arn:aws:dynamodb:us-east-1:000000000000:table/tab'"
    tables_expect("TagResource", "{" TABLE ",'Tags':[{'Key':'a','Value':'1'},{'Key':'b','Value':''}]}", "");
    tables_expect("ListTagsOfResource", "{" TABLE "}", "{'Tags':[{'Key':'a','Value':'1'},{'Key':'b','Value':''}]}");
    tables_expect("UntagResource", "{" TABLE ",'TagKeys':['a']}", "");
    tables_expect("ListTagsOfResource", "{" TABLE "}", "{'Tags':[{'Key':'b','Value':''}]}");
#undef TABLE
    tables_expect("ListTagsOfResource", "{'ResourceArn':'tab'}",
                  "ValidationException: One or more parameter values were invalid: ARNs must start with 'arn:': tab");
    tables_expect("DescribeContinuousBackups", "{'TableName':'tab'}",
                  "{'ContinuousBackupsDescription':{'ContinuousBackupsStatus':'ENABLED','PointInTimeRecoveryDescription':{"
                  "'PointInTimeRecoveryStatus':'DISABLED'}}}");
}
END_TEST

Suite *suite_dynamodb_items(void)
{
    Suite *suite = suite_create("dynamodb_items");
    TCase *cases = tcase_create("items");

    tcase_add_checked_fixture(cases, open_with_table, tables_close);
    tcase_add_loop_test(cases, bad_requests_are_refused_in_awss_words, 0, sizeof refused / sizeof *refused);
    tcase_add_test(cases, an_item_is_put_read_changed_and_deleted);
    tcase_add_test(cases, an_update_of_what_is_not_there_reads_its_key);
    tcase_add_test(cases, an_update_that_only_removes_makes_no_item);
    tcase_add_test(cases, what_a_local_index_fetches_is_charged_item_by_item);
    tcase_add_test(cases, pages_neither_lose_nor_repeat_items);
    tcase_add_test(cases, numbers_sort_and_ranges_bound);
    tcase_add_test(cases, an_index_follows_its_items);
    tcase_add_test(cases, a_write_that_fails_halfway_leaves_nothing);
    tcase_add_loop_test(cases, wrong_tables_are_refused_in_awss_words, 0, sizeof tables / sizeof *tables);
    tcase_add_test(cases, tables_are_listed_and_deleted);
    tcase_add_test(cases, batches_write_and_read_many);
    tcase_add_test(cases, tags_are_kept_listed_and_taken_off);
    tcase_add_test(cases, tables_and_items_outlive_the_process);
    suite_add_tcase(suite, cases);
    return suite;
}
