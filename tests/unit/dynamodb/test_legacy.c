/* The parameters from before expressions: Expected, AttributeUpdates, KeyConditions, QueryFilter, ScanFilter, ConditionalOperator. */

#include "suites.h"

#include "tables.h"

#include "base/buffer.h"

#include <stdlib.h>
#include <string.h>

static const char definition[] =
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'p','AttributeType':'S'},{'AttributeName':'s','AttributeType':'N'}],"
    "'KeySchema':[{'AttributeName':'p','KeyType':'HASH'},{'AttributeName':'s','KeyType':'RANGE'}],'BillingMode':'PAY_PER_REQUEST'}";

/* One item with an attribute of each type, called as the type is. */
static const char every_type[] =
    "{'TableName':'tab','Item':{'p':{'S':'k'},'s':{'N':'1'},'S':{'S':'hello'},'N':{'N':'5'},'B':{'B':'AAEC'},'SS':{'SS':['a','b']},"
    "'NS':{'NS':['1','2']},'BS':{'BS':['AQ==']},'BOOL':{'BOOL':true},'NULL':{'NULL':true},'L':{'L':[{'N':'7'},{'S':'x'}]},'M':{'M':{"
    "'q':{'N':'1'}}}}}";

static void open_with_item(void)
{
    tables_open();
    tables_must("CreateTable", definition);
    tables_must("PutItem", every_type);
}

#define INVALID "ValidationException: One or more parameter values were invalid: "
#define REQUEST "ValidationException: 1 validation error detected: "
#define INVALID_WRITE REQUEST "One or more parameter values were invalid: "

/* ---- Expected ---- */

static const struct refusal expected_refusals[] = {
    { "{}", INVALID_WRITE "Value must be provided when Exists is null for Attribute: a" },
    { "null", INVALID_WRITE "Value must be provided when Exists is null for Attribute: a" },
    { "{'Exists':true}", INVALID_WRITE "Value must be provided when Exists is true for Attribute: a" },
    { "{'Exists':false,'Value':{'S':'x'}}", INVALID_WRITE "Value cannot be used when Exists is false for Attribute: a" },
    { "{'ComparisonOperator':'LT'}",
      INVALID_WRITE "Value or AttributeValueList must be used with ComparisonOperator: LT for Attribute: a" },
    { "{'ComparisonOperator':'LT','Exists':true}", INVALID_WRITE "Exists and ComparisonOperator cannot be used together for Attribute: a" },
    { "{'ComparisonOperator':'LT','Value':{'S':'x'},'AttributeValueList':[]}",
      INVALID_WRITE "Value and AttributeValueList cannot be used together for Attribute: a" },
    { "{'AttributeValueList':[]}", INVALID_WRITE "AttributeValueList can only be used with a ComparisonOperator for Attribute: a" },
    { "{'ComparisonOperator':'EQ','AttributeValueList':[]}", INVALID_WRITE "Invalid number of argument(s) for the EQ ComparisonOperator" },
    { "{'ComparisonOperator':'IN','AttributeValueList':[]}", INVALID_WRITE "Invalid number of argument(s) for the IN ComparisonOperator" },
    { "{'ComparisonOperator':'NULL','Value':{'S':'x'}}", INVALID_WRITE "Invalid number of argument(s) for the NULL ComparisonOperator" },
    { "{'ComparisonOperator':'BETWEEN','Value':{'S':'x'}}",
      INVALID_WRITE "Invalid number of argument(s) for the BETWEEN ComparisonOperator" },
    { "{'ComparisonOperator':'IN','AttributeValueList':[{'S':'x'},{'N':'1'}]}",
      INVALID_WRITE "AttributeValues inside AttributeValueList must be of same type" },
    { "{'ComparisonOperator':'LE','AttributeValueList':[{'L':[]}]}",
      INVALID_WRITE "ComparisonOperator LE is not valid for L AttributeValue type" },
    { "{'ComparisonOperator':'IN','AttributeValueList':[{'BOOL':true}]}",
      INVALID_WRITE "ComparisonOperator IN is not valid for BOOL AttributeValue type" },
    { "{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'N':'1'}]}",
      INVALID_WRITE "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type" },
    { "{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'SS':['a']}]}",
      INVALID_WRITE "ComparisonOperator CONTAINS is not valid for SS AttributeValue type" },
    { "{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'10'},{'N':'9'}]}",
      REQUEST "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound" },
    { "{'ComparisonOperator':'EQ','AttributeValueList':[null]}",
      REQUEST "Supplied AttributeValue is empty, must contain exactly one of the supported datatypes" },
    { "{'Value':{'SS':[]}}", INVALID_WRITE "An string set  may not be empty" },
    { "{'Value':{'N':'dog'}}", REQUEST "The parameter cannot be converted to a numeric value: dog" },
    { "{'Exists':'maybe'}", "SerializationException: Unexpected token received from parser" },
    { "{'ComparisonOperator':'eq','AttributeValueList':[{'S':'x'}]}",
      "ValidationException: 1 validation error detected: Value 'eq' at 'expected.a.member.comparisonOperator' failed to satisfy "
      "constraint: Member must satisfy enum value set: [IN, NULL, BETWEEN, LT, NOT_CONTAINS, EQ, GT, NOT_NULL, NE, LE, BEGINS_WITH, GE, "
      "CONTAINS]" },
};

START_TEST(a_wrong_expected_is_refused_in_awss_words)
{
    const char *got = tables_print_ask("DeleteItem", "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'Expected':{'a':%s}}",
                                       expected_refusals[_i].input);

    ck_assert_str_eq(got, expected_refusals[_i].answer);
}
END_TEST

/* What holds for the item, and what does not: a condition on an attribute, then its answer. */
static const struct {
    const char *condition;
    bool holds;
} conditions[] = {
    { "'S':{'Value':{'S':'hello'}}", true },
    { "'S':{'Value':{'S':'hello'},'Exists':true}", true },
    { "'S':{'Value':{'S':'other'},'Exists':true}", false },
    { "'x':{'Value':{'S':'hello'}}", false },
    { "'x':{'Exists':false}", true },
    { "'S':{'Exists':false}", false },
    { "'N':{'Value':{'N':'5.0'},'ComparisonOperator':'EQ'}", true },
    { "'SS':{'ComparisonOperator':'EQ','AttributeValueList':[{'SS':['b','a']}]}", true },
    { "'NS':{'ComparisonOperator':'EQ','AttributeValueList':[{'NS':['2.0','1']}]}", true },
    { "'M':{'ComparisonOperator':'EQ','AttributeValueList':[{'M':{'q':{'N':'1'}}}]}", true },
    { "'BOOL':{'ComparisonOperator':'EQ','AttributeValueList':[{'BOOL':false}]}", false },
    { "'N':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'5'}]}", false },
    { "'N':{'ComparisonOperator':'NE','AttributeValueList':[{'S':'5'}]}", true },
    { "'x':{'ComparisonOperator':'NE','AttributeValueList':[{'S':'5'}]}", true },
    { "'N':{'ComparisonOperator':'LT','AttributeValueList':[{'N':'10'}]}", true },
    { "'N':{'ComparisonOperator':'GE','AttributeValueList':[{'S':'1'}]}", false },
    { "'L':{'ComparisonOperator':'LE','AttributeValueList':[{'N':'9'}]}", false },
    { "'B':{'ComparisonOperator':'GT','AttributeValueList':[{'B':'AAE='}]}", true },
    { "'N':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'5'},{'N':'5'}]}", true },
    { "'x':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'0'},{'N':'9'}]}", false },
    { "'N':{'ComparisonOperator':'IN','AttributeValueList':[{'N':'1'},{'N':'5'}]}", true },
    { "'NS':{'ComparisonOperator':'IN','AttributeValueList':[{'N':'1'},{'N':'2'}]}", false },
    { "'S':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'S':'hell'}]}", true },
    { "'N':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'S':'5'}]}", false },
    { "'S':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'S':'ell'}]}", true },
    { "'B':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'B':'AQ=='}]}", true },
    { "'SS':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'S':'b'}]}", true },
    { "'NS':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'N':'2.0'}]}", true },
    { "'L':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'N':'7'}]}", true },
    { "'N':{'ComparisonOperator':'CONTAINS','AttributeValueList':[{'N':'5'}]}", false },
    { "'S':{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'S':'ell'}]}", false },
    { "'NS':{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'N':'3'}]}", true },
    { "'N':{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'N':'5'}]}", true },
    { "'x':{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'N':'5'}]}", false }, /* as the service has it */
    { "'NULL':{'ComparisonOperator':'NOT_NULL'}", true }, /* it asks whether the attribute is there, not for its type */
    { "'NULL':{'ComparisonOperator':'NULL','AttributeValueList':[]}", false },
    { "'x':{'ComparisonOperator':'NULL'}", true },
    { "'S':{'Value':{'S':'hello'}},'N':{'Value':{'N':'6'}}", false },
};

START_TEST(a_condition_of_before_expressions_holds_or_not)
{
    const char *got =
        tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'Expected':{%s}}", conditions[_i].condition);

    ck_assert_msg(!strcmp(got, conditions[_i].holds ? "{}" : "ConditionalCheckFailedException: The conditional request failed"), "%s: %s",
                  conditions[_i].condition, got);
}
END_TEST

START_TEST(conditions_are_joined_by_and_or_or)
{
    static const char or [] = "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'ConditionalOperator':'OR','Expected':{'x':{'Value':{"
                              "'S':'1'}},'y':{'Exists':true,'Value':{'S':'1'}},'N':{'Value':{'N':'%d'}}},'ReturnValues':'ALL_OLD'}";

    tables_expect("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'s':{'N':'1'}},'Expected':{}}", "{}");
    tables_must("PutItem", every_type);
    ck_assert_str_eq(tables_print_ask("DeleteItem", or, 6), "ConditionalCheckFailedException: The conditional request failed");
    ck_assert_ptr_nonnull(strstr(tables_print_ask("DeleteItem", or, 5), "'Attributes':"));
}
END_TEST

/* As deep a recursion as entries there are would not come back. */
START_TEST(very_many_conditions_do_no_harm)
{
    struct buffer expected = { 0 };

    for (int i = 0; i < 50000; i++)
        buffer_print(&expected, "%s'a%d':{'Exists':false}", i ? "," : "", i);
    ck_assert_str_eq(
        tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'Expected':{%s}}", expected.data), "{}");
    buffer_clear(&expected);
}
END_TEST

/* ---- AttributeUpdates ---- */

static const struct refusal update_refusals[] = {
    { "{}", INVALID_WRITE "Only DELETE action is allowed when no attribute value is specified" },
    { "{'Action':'ADD'}", INVALID_WRITE "Only DELETE action is allowed when no attribute value is specified" },
    { "{'Action':'DELETE','Value':{'L':[]}}", INVALID_WRITE "DELETE action with value is not supported for the type L" },
    { "{'Action':'DELETE','Value':{'N':'1'}}", INVALID_WRITE "DELETE action with value is not supported for the type N" },
    { "{'Action':'ADD','Value':{'S':'x'}}", INVALID_WRITE "ADD action is not supported for the type S" },
    { "{'Action':'ADD','Value':{'M':{}}}", INVALID_WRITE "ADD action is not supported for the type M" },
    { "{'Value':{'NS':[]}}", INVALID_WRITE "An number set  may not be empty" },
    { "{'Action':'DELETE','Value':{'NS':['1']}}", "ValidationException: Type mismatch for attribute to update" },
    { "{'Action':'ADD','Value':{'N':'1'}}", "ValidationException: Type mismatch for attribute to update" },
    { "{'Action':'ADD','Value':{'L':[]}}", "ValidationException: Type mismatch for attribute to update" },
    { "{'Action':'put','Value':{'S':'x'}}",
      "ValidationException: 1 validation error detected: Value 'put' at 'attributeUpdates.S.member.action' failed to satisfy constraint: "
      "Member must satisfy enum value set: [ADD, DELETE, PUT]" },
};

START_TEST(wrong_attribute_updates_are_refused_in_awss_words)
{
    const char *got = tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'AttributeUpdates':{'S':%s}}",
                                       update_refusals[_i].input);

    ck_assert_str_eq(got, update_refusals[_i].answer);
}
END_TEST

/* The attribute, what becomes of it, and what UPDATED_NEW then says of it. */
static const struct {
    const char *update;
    const char *answer;
} updates[] = {
    { "'S':{'Value':{'N':'1'}}", "{'Attributes':{'S':{'N':'1'}}}" },
    { "'S':{'Action':'PUT','Value':{'L':[]}}", "{'Attributes':{'S':{'L':[]}}}" },
    { "'N':{'Action':'ADD','Value':{'N':'-7.5'}}", "{'Attributes':{'N':{'N':'-2.5'}}}" },
    { "'x':{'Action':'ADD','Value':{'N':'3'}}", "{'Attributes':{'x':{'N':'3'}}}" },
    { "'SS':{'Action':'ADD','Value':{'SS':['c','a']}}", "{'Attributes':{'SS':{'SS':['a','b','c']}}}" },
    { "'x':{'Action':'ADD','Value':{'BS':['AQ==']}}", "{'Attributes':{'x':{'BS':['AQ==']}}}" },
    { "'L':{'Action':'ADD','Value':{'L':[{'S':'x'},{'BOOL':true}]}}",
      "{'Attributes':{'L':{'L':[{'N':'7'},{'S':'x'},{'S':'x'},{'BOOL':true}]}}}" },
    { "'x':{'Action':'ADD','Value':{'L':[{'N':'1'}]}}", "{'Attributes':{'x':{'L':[{'N':'1'}]}}}" },
    { "'NS':{'Action':'DELETE','Value':{'NS':['2.0','9']}}", "{'Attributes':{'NS':{'NS':['1']}}}" },
    { "'NS':{'Action':'DELETE','Value':{'NS':['1','2']}}", "{}" },
    { "'x':{'Action':'DELETE','Value':{'NS':['1']}}", "{}" },
    { "'S':{'Action':'DELETE'}", "{}" },
    { "'S':{'Action':'DELETE'},'N':{'Action':'ADD','Value':{'N':'1'}},'B':{'Value':{'S':'s'}}",
      "{'Attributes':{'B':{'S':'s'},'N':{'N':'6'}}}" },
};

START_TEST(attribute_updates_put_add_and_delete)
{
    const char *got = tables_print_ask("UpdateItem",
                                       "{'TableName':'tab','Key':{'p':{'S':'k'},'s':{'N':'1'}},'AttributeUpdates':{%s},'ReturnValues':"
                                       "'UPDATED_NEW'}",
                                       updates[_i].update);

    ck_assert_str_eq(got, updates[_i].answer);
}
END_TEST

START_TEST(attribute_updates_may_be_many_but_no_more_than_an_item_holds)
{
    struct buffer many = { 0 };

    for (int i = 0; i < 20000; i++)
        buffer_print(&many, "%s'a%d':{'Value':{'S':'12345'}}", i ? "," : "", i * 7919 % 20000);
    ck_assert_str_eq(
        tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'m'},'s':{'N':'1'}},'AttributeUpdates':{%s}}", many.data), "{}");
    buffer_print(&many, ",'b':{'Value':{'S':'%0300000d'}}", 0);
    ck_assert_str_eq(
        tables_print_ask("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'m'},'s':{'N':'1'}},'AttributeUpdates':{%s}}", many.data),
        "ValidationException: Item size to update has exceeded the maximum allowed size");
    buffer_clear(&many);
}
END_TEST

START_TEST(attribute_updates_make_an_item_unless_they_only_delete)
{
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'p':{'S':'n'},'s':{'N':'1'}},'AttributeUpdates':{'a':{'Action':'DELETE'}},'ReturnValues':"
                  "'ALL_NEW'}",
                  "{}");
    tables_expect("GetItem", "{'TableName':'tab','Key':{'p':{'S':'n'},'s':{'N':'1'}}}", "{}");
    tables_expect("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'n'},'s':{'N':'1'}},'AttributeUpdates':{},'ReturnValues':'ALL_NEW'}",
                  "{'Attributes':{'p':{'S':'n'},'s':{'N':'1'}}}");
    tables_expect("UpdateItem",
                  "{'TableName':'tab','Key':{'p':{'S':'m'},'s':{'N':'1'}},'AttributeUpdates':{'a':{'Action':'ADD','Value':{'N':'1'}}},"
                  "'ReturnValues':'ALL_NEW'}",
                  "{'Attributes':{'a':{'N':'1'},'p':{'S':'m'},'s':{'N':'1'}}}");
    tables_expect("UpdateItem", "{'TableName':'tab','Key':{'p':{'S':'m'},'s':{'N':'1'}},'AttributeUpdates':{'s':{'Value':{'N':'2'}}}}",
                  INVALID "Cannot update attribute s. This attribute is part of the key");
}
END_TEST

/* ---- KeyConditions, QueryFilter, ScanFilter ---- */

#define ON_P "'p':{'ComparisonOperator':'EQ','AttributeValueList':[{'S':'k'}]}"

static const struct refusal query_refusals[] = {
    { "'KeyConditions':{}", "ValidationException: Conditions can be of length 1 or 2 only" },
    { "'KeyConditions':{'a':{'ComparisonOperator':'NULL'},'b':{'ComparisonOperator':'NULL'},'c':{'ComparisonOperator':'NULL'}}",
      "ValidationException: The number of query conditions (3) exceeds the number of key attributes defined in the schema (2)" },
    /* Select is looked at behind it, though it is a constraint as others are. */
    { "'KeyConditions':{" ON_P "},'QueryFilter':{'a':{'ComparisonOperator':'NULL'},'b':{'ComparisonOperator':'NULL'}},"
      "'ConditionalOperator':'XOR','Select':'ANY'",
      "ValidationException: Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]" },
    { "'KeyConditions':{" ON_P "},'ConditionalOperator':'XOR','Select':'ANY'",
      "ValidationException: 2 validation errors detected: Value 'ANY' at 'select' failed to satisfy constraint: Member must satisfy enum "
      "value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; Value 'XOR' at 'conditionalOperator' failed to "
      "satisfy constraint: Member must satisfy enum value set: [OR, AND]" },
    { "'KeyConditions':{" ON_P "},'Select':'ALL_PROJECTED_ATTRIBUTES'",
      "ValidationException: 1 validation error detected: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName" },
    { "'KeyConditions':{'p':{'ComparisonOperator':'EQ'}}", INVALID "Invalid number of argument(s) for the EQ ComparisonOperator" },
    { "'KeyConditions':{'p':null}",
      "ValidationException: 1 validation error detected: Value null at 'keyConditions.p.member' failed to satisfy constraint: Member must "
      "not be null" },
    { "'KeyConditions':{'p':{}}",
      "ValidationException: 1 validation error detected: Value null at 'keyConditions.p.member.comparisonOperator' failed to satisfy "
      "constraint: Member must not be null" },
    { "'KeyConditions':{'p':{'ComparisonOperator':'LT','AttributeValueList':[{'S':'k'}]}}",
      "ValidationException: Query key condition not supported" },
    { "'KeyConditions':{'p':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]}}",
      INVALID "Condition parameter type does not match schema type" },
    { "'KeyConditions':{'s':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'1'}]}}",
      "ValidationException: Query condition missed key schema element: p" },
    { "'KeyConditions':{" ON_P ",'a':{'ComparisonOperator':'NULL'}}", "ValidationException: Query condition missed key schema element: s" },
    { "'KeyConditions':{" ON_P ",'s':{'ComparisonOperator':'NULL'}}",
      "ValidationException: Attempted conditional constraint is not an indexable operation" },
    { "'KeyConditions':{" ON_P ",'s':{'ComparisonOperator':'NE','AttributeValueList':[{'N':'1'}]}}",
      "ValidationException: Attempted conditional constraint is not an indexable operation" },
    { "'KeyConditions':{" ON_P ",'s':{'ComparisonOperator':'IN','AttributeValueList':[{'N':'1'},{'N':'2'},{'N':'3'}]}}",
      "ValidationException: Attempted conditional constraint is not an indexable operation" },
    { "'KeyConditions':{'p':{'ComparisonOperator':'NOT_CONTAINS','AttributeValueList':[{'S':'k'}]}}",
      "ValidationException: Attempted conditional constraint is not an indexable operation" },
    { "'KeyConditions':{" ON_P "},'QueryFilter':{'s':{'ComparisonOperator':'NOT_NULL'}}",
      "ValidationException: QueryFilter can only contain non-primary key attributes: Primary key attribute: s" },
    { "'KeyConditions':{" ON_P "},'QueryFilter':{'a':{'ComparisonOperator':'NOT_NULL'}},'ConditionalOperator':'OR'",
      "ValidationException: ConditionalOperator can only be used when Filter or Expected has two or more elements" },
    { "'ConditionalOperator':'AND'", "ValidationException: ConditionalOperator cannot be used without Filter or Expected" },
    { "'KeyConditions':{" ON_P "},'QueryFilter':{'a':{'ComparisonOperator':'NOT_NULL'}},'ProjectionExpression':'a'",
      "ValidationException: Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
      "{QueryFilter} Expression parameters: {ProjectionExpression}" },
    { "'KeyConditions':{" ON_P "},'AttributesToGet':['a'],'ConditionalOperator':'OR','KeyConditionExpression':'p = :p','FilterExpression':'"
      "a = :a','ProjectionExpression':'a'",
      "ValidationException: Can not use both expression and non-expression parameters in the same request: Non-expression parameters: "
      "{AttributesToGet, ConditionalOperator, KeyConditions} Expression parameters: {ProjectionExpression, FilterExpression, "
      "KeyConditionExpression}" },
};

START_TEST(wrong_key_conditions_and_filters_are_refused_in_awss_words)
{
    ck_assert_str_eq(tables_print_ask("Query", "{'TableName':'tab',%s}", query_refusals[_i].input), query_refusals[_i].answer);
}
END_TEST

/* The condition on s, and which of the numbers from 0 to 9 it finds. */
static const struct {
    const char *condition;
    const char *found;
} ranges[] = {
    { "", "0123456789" },
    { ",'s':{'ComparisonOperator':'EQ','AttributeValueList':[{'N':'4'}]}", "4" },
    { ",'s':{'ComparisonOperator':'LT','AttributeValueList':[{'N':'2'}]}", "01" },
    { ",'s':{'ComparisonOperator':'LE','AttributeValueList':[{'N':'2'}]}", "012" },
    { ",'s':{'ComparisonOperator':'GT','AttributeValueList':[{'N':'7'}]}", "89" },
    { ",'s':{'ComparisonOperator':'GE','AttributeValueList':[{'N':'7.0'}]}", "789" },
    { ",'s':{'ComparisonOperator':'BETWEEN','AttributeValueList':[{'N':'3'},{'N':'5'}]}", "345" },
};

static void expect_found(const char *got, const char *found)
{
    char numbers[16] = "";
    size_t count = 0;

    for (const char *at = got; (at = strstr(at, "'s':{'N':'")) && count < sizeof numbers - 1; at += 10)
        numbers[count++] = at[10];
    ck_assert_msg(!strcmp(numbers, found), "%s\n  and not %s", got, found);
}

START_TEST(key_conditions_bound_what_is_read)
{
    for (int i = 0; i < 10; i++)
        tables_print_ask("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'s':{'N':'%d'}}}", i);
    expect_found(tables_print_ask("Query", "{'TableName':'tab','KeyConditions':{" ON_P "%s}}", ranges[_i].condition), ranges[_i].found);
}
END_TEST

START_TEST(filters_let_through_what_fits)
{
    static const char filter[] = "'a':{'ComparisonOperator':'GT','AttributeValueList':[{'N':'4'}]},'b':{'ComparisonOperator':'NOT_NULL'}";

    for (int i = 0; i < 10; i++)
        tables_print_ask("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'s':{'N':'%d'},'a':{'N':'%d'}%s}}", i, i,
                         i % 3 ? "" : ",'b':{'NULL':true}");
    expect_found(tables_print_ask("Scan", "{'TableName':'tab','ScanFilter':{%s}}", filter), "69");
    expect_found(tables_print_ask("Scan", "{'TableName':'tab','ScanFilter':{%s},'ConditionalOperator':'OR'}", filter), "0356789");
    expect_found(tables_print_ask("Query", "{'TableName':'tab','KeyConditions':{" ON_P "},'QueryFilter':{%s}}", filter), "69");
    tables_print_ask("PutItem", "{'TableName':'tab','Item':{'p':{'S':'k'},'s':{'N':'1'},'b':{'S':'x'},'a':{'N':'9'}}}");
    tables_expect("Query",
                  "{'TableName':'tab','KeyConditions':{" ON_P "},'FilterExpression':'b = :x','ProjectionExpression':'a',"
                  "'ExpressionAttributeValues':{':x':{'S':'x'}}}",
                  "{'Count':1,'Items':[{'a':{'N':'9'}}],'ScannedCount':10}");
    tables_expect("Scan", "{'TableName':'tab','Select':'ALL_PROJECTED_ATTRIBUTES'}",
                  "ValidationException: ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    tables_expect("Scan",
                  "{'TableName':'tab','Select':'ANY','ConditionalOperator':'XOR','ScanFilter':{'a':{'ComparisonOperator':'NULL'},'b':{"
                  "'ComparisonOperator':'NULL'}}}",
                  "ValidationException: 2 validation errors detected: Value 'ANY' at 'select' failed to satisfy constraint: Member must "
                  "satisfy enum value set: [SPECIFIC_ATTRIBUTES, COUNT, ALL_ATTRIBUTES, ALL_PROJECTED_ATTRIBUTES]; Value 'XOR' at "
                  "'conditionalOperator' failed to satisfy constraint: Member must satisfy enum value set: [OR, AND]");
    tables_expect("Scan", "{'TableName':'tab','ConditionalOperator':'AND'}",
                  "ValidationException: ConditionalOperator cannot be used without Filter or Expected");
    tables_expect("Scan", "{'TableName':'tab','ScanFilter':{'s':{'ComparisonOperator':'BEGINS_WITH','AttributeValueList':[{'N':'1'}]}}}",
                  INVALID "ComparisonOperator BEGINS_WITH is not valid for N AttributeValue type");
}
END_TEST

#define ROWS(table) (sizeof(table) / sizeof *(table))

Suite *suite_dynamodb_legacy(void)
{
    Suite *suite = suite_create("dynamodb legacy");
    TCase *tests = tcase_create("legacy");

    tcase_add_checked_fixture(tests, open_with_item, tables_close);
    tcase_add_loop_test(tests, a_wrong_expected_is_refused_in_awss_words, 0, ROWS(expected_refusals));
    tcase_add_loop_test(tests, a_condition_of_before_expressions_holds_or_not, 0, ROWS(conditions));
    tcase_add_test(tests, conditions_are_joined_by_and_or_or);
    tcase_add_test(tests, very_many_conditions_do_no_harm);
    tcase_add_loop_test(tests, wrong_attribute_updates_are_refused_in_awss_words, 0, ROWS(update_refusals));
    tcase_add_loop_test(tests, attribute_updates_put_add_and_delete, 0, ROWS(updates));
    tcase_add_test(tests, attribute_updates_make_an_item_unless_they_only_delete);
    tcase_add_test(tests, attribute_updates_may_be_many_but_no_more_than_an_item_holds);
    tcase_add_loop_test(tests, wrong_key_conditions_and_filters_are_refused_in_awss_words, 0, ROWS(query_refusals));
    tcase_add_loop_test(tests, key_conditions_bound_what_is_read, 0, ROWS(ranges));
    tcase_add_test(tests, filters_let_through_what_fits);
    suite_add_tcase(suite, tests);
    return suite;
}
