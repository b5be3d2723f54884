#include "statements.h"

#include <stdio.h>
#include <string.h>

void statements_open(void)
{
    tables_open();
    tables_must("CreateTable",
                "{'TableName':'things','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},"
                "{'AttributeName':'sk','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'},"
                "{'AttributeName':'h','AttributeType':'S'},{'AttributeName':'l','AttributeType':'N'}],"
                "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],"
                "'GlobalSecondaryIndexes':[{'IndexName':'byg','KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],"
                "'Projection':{'ProjectionType':'INCLUDE','NonKeyAttributes':['p']}},"
                "{'IndexName':'all','KeySchema':[{'AttributeName':'h','KeyType':'HASH'},{'AttributeName':'sk','KeyType':'RANGE'}],"
                "'Projection':{'ProjectionType':'ALL'}},"
                "{'IndexName':'many','KeySchema':[{'AttributeName':'g','KeyType':'HASH'},{'AttributeName':'h','KeyType':'HASH'}],"
                "'Projection':{'ProjectionType':'ALL'}}],"
                "'LocalSecondaryIndexes':[{'IndexName':'byl','KeySchema':[{'AttributeName':'pk','KeyType':'HASH'},"
                "{'AttributeName':'l','KeyType':'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}]}");
    tables_must("CreateTable",
                "{'TableName':'nums','BillingMode':'PAY_PER_REQUEST','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'N'}],"
                "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}]}");
}

/* JSON of text with single quotes. */
static json_t *read(const char *format, const char *text)
{
    struct arena arena = { 0 };
    char *json = arena_print(&arena, format, text ? text : "");
    json_t *value;

    for (char *c = json; *c; c++)
        if (*c == '\'')
            *c = '"';
    value = json_loads(json, 0, NULL);
    ck_assert_msg(value, "the test's own JSON: %s", json);
    arena_clear(&arena);
    return value;
}

const char *statements_ask(const char *statement, const char *parameters, const char *more)
{
    json_t *input = read("{%s}", more);

    json_object_set_new(input, "Statement", json_string(statement));
    if (parameters)
        json_object_set_new(input, "Parameters", read("[%s]", parameters));
    return tables_ask_json("ExecuteStatement", input);
}

const char *statements_ask_all(const char *operation, const char *more, const char *const *statements)
{
    json_t *input = read("{%s}", more);
    json_t *list = json_array();

    for (; *statements; statements++)
        json_array_append_new(list, json_pack("{s:s}", "Statement", *statements));
    json_object_set_new(input, strcmp(operation, "ExecuteTransaction") ? "Statements" : "TransactStatements", list);
    return tables_ask_json(operation, input);
}

void statements_expect_case(const struct statement_case *expected)
{
    const char *got = statements_ask(expected->statement, expected->parameters, NULL);

    ck_assert_msg(!strcmp(got, expected->answer), "%s\n  answered %s\n  and not  %s", expected->statement, got, expected->answer);
}

void statements_expect(const char *statement, const char *answer)
{
    statements_expect_case(&(struct statement_case){ statement, answer, NULL });
}

const char *statements_item(const char *pk, const char *sk)
{
    return tables_print_ask("GetItem", "{'TableName':'things','Key':{'pk':{'S':'%s'},'sk':{'S':'%s'}}}", pk, sk);
}
