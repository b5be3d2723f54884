/* What a statement of UpdateItem weighs by itself, clause by clause. The figures were measured on AWS in October 2026. */

#include "suites.h"

#include "tables.h"

#include "dynamodb/value.h"

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'}],'KeySchema':[{"
                               "'AttributeName':'pk','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST'}");
}

#define PAD_CLAUSE (3 + 19 + 1) /* the update, a SET, the name b */
#define TOO_LARGE "ValidationException: Item size to update has exceeded the maximum allowed size"

static const char *update(const char *key, const char *clauses, const char *values, int padding)
{
    return tables_print_ask("UpdateItem",
                            "{'TableName':'tab','Key':{'pk':{'S':'%s'}},'UpdateExpression':'SET b = :b%s','ExpressionAttributeValues':{"
                            "%s':b':{'S':'%0*d'}}}",
                            key, clauses, values, padding, 0);
}

static void seed(const char *key, const char *attributes)
{
    ck_assert_str_eq(tables_print_ask("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'%s'}%s}}", key, attributes), "{}");
}

static const struct {
    const char *clauses; /* behind "SET b = :b" */
    const char *values;
    const char *seed;
    int charge;
} weighed[] = {
    { "", "", "", 0 },
    { "", "", ",'u':{'S':'not touched'}", 0 },
    { ", c = :c", "':c':{'S':'y'},", "", 19 + 1 + 1 },
    { ", abcd = :c", "':c':{'M':{'key':{'L':[{'N':'12.5'}]}}},", "", 19 + 4 + (3 + 1 + 3 + (3 + 1 + 3)) },
    { ", m.yy = :c", "':c':{'S':'y'},", ",'m':{'M':{}}", 19 + 1 + (4 + 2) + 1 },
    { ", l[0] = :c, l[10] = :c", "':c':{'S':'y'},", ",'l':{'L':[]}", 2 * (19 + 1 + 4 + 1) + 1 + 2 },
    { ", c = big", "", ",'big':{'S':'copied for nothing'}", 19 + 1 + 1 + (14 + 3) },
    { ", c = m.a.zz", "", ",'m':{'M':{'a':{'M':{'zz':{'S':'y'}}}}}", 19 + 1 + 1 + 3 * 14 + 1 + 1 + 2 },
    { ", c = l[1]", "", ",'l':{'L':[{'S':'a'},{'S':'b'}]}", 19 + 1 + 1 + 2 * 14 + 1 + 1 },
    { ", n = n + :c", "':c':{'N':'1'},", ",'n':{'N':'12345678901234567890'}", 19 + 1 + 34 + (1 + 14 + 1) + 2 },
    { ", n = n - :c", "':c':{'N':'1'},", ",'n':{'N':'1'}", 19 + 1 + 37 + (1 + 14 + 1) + 2 },
    { ", c = if_not_exists(c, :c)", "':c':{'S':'yy'},", ",'c':{'S':'is there'}", 19 + 1 + 39 + (1 + 14 + 1) + 2 },
    { ", c = if_not_exists(c, :c)", "':c':{'S':'yy'},", "", 19 + 1 + 39 + (1 + 14 + 1) + 2 },
    { ", l = list_append(l, :c)", "':c':{'L':[{'S':'yy'}]},", ",'l':{'L':[{'S':'a'}]}", 19 + 1 + 37 + (1 + 14 + 1) + (3 + 1 + 2) },
    { " ADD n :c", "':c':{'N':'1'},", ",'n':{'N':'1'}", 19 + 1 + 2 },
    { " ADD ss :c", "':c':{'SS':['abc','de']},", ",'ss':{'SS':['abc']}", 19 + 2 + 5 },
    { " REMOVE rr", "", ",'rr':{'S':'taken out'}", 1 + 2 },
    { " REMOVE m.yy, l[10]", "", ",'m':{'M':{'yy':{'S':'r'}}},'l':{'L':[]}", 1 + 1 + (4 + 2) + 1 + 1 + (4 + 2) },
    { " DELETE ss :c", "':c':{'SS':['abc','de']},", ",'ss':{'SS':['abc','x']}", 1 + 2 },
};

START_TEST(a_statement_weighs_what_its_clauses_do)
{
    int most = VALUE_ITEM_BYTES_MAX - PAD_CLAUSE - weighed[_i].charge;

    seed("k", weighed[_i].seed);
    ck_assert_str_eq(update("k", weighed[_i].clauses, weighed[_i].values, most + 1), TOO_LARGE);
    ck_assert_str_eq(update("k", weighed[_i].clauses, weighed[_i].values, most), "{}");
}
END_TEST

/* The key's bytes are not the statement's: beyond 19 of them the item itself is the bound. */
START_TEST(behind_a_long_key_the_item_is_the_bound)
{
    int most = VALUE_ITEM_BYTES_MAX - 2 - 30 - 1;

    ck_assert_str_eq(update("123456789012345678901234567890", "", "", most + 1), TOO_LARGE);
    ck_assert_str_eq(update("123456789012345678901234567890", "", "", most), "{}");
}
END_TEST

START_TEST(the_statement_is_weighed_before_the_condition_is_tried)
{
    ck_assert_str_eq(tables_print_ask("UpdateItem",
                                      "{'TableName':'tab','Key':{'pk':{'S':'k'}},'UpdateExpression':'SET b = :b','ConditionExpression':"
                                      "'attribute_exists(pk)','ExpressionAttributeValues':{':b':{'S':'%0409600d'}}}",
                                      0),
                     TOO_LARGE);
}
END_TEST

/* An item of quite the greatest size, which UpdateItem does not write there. */
START_TEST(attribute_updates_transactions_and_partiql_weigh_the_item_alone)
{
    int most = VALUE_ITEM_BYTES_MAX - 2 - 1 - 1;

    ck_assert_str_eq(update("k", "", "", most), TOO_LARGE);
    ck_assert_str_eq(tables_print_ask("UpdateItem",
                                      "{'TableName':'tab','Key':{'pk':{'S':'k'}},'AttributeUpdates':{'b':{'Value':{'S':'%0*d'}}}}", most,
                                      0),
                     "{}");
    ck_assert_str_eq(tables_print_ask("TransactWriteItems",
                                      "{'TransactItems':[{'Update':{'TableName':'tab','Key':{'pk':{'S':'k'}},'UpdateExpression':'SET b = "
                                      ":b','ExpressionAttributeValues':{':b':{'S':'%0*d'}}}}]}",
                                      most, 1),
                     "{}");
    ck_assert_str_eq(tables_print_ask("ExecuteStatement",
                                      "{'Statement':'UPDATE tab SET b = ? WHERE pk = ?','Parameters':[{'S':'%0*d'},{'S':'k'}]}", most, 2),
                     "{'Items':[]}");
}
END_TEST

Suite *suite_dynamodb_update_charge(void)
{
    Suite *suite = suite_create("dynamodb/update_charge");
    TCase *tcase = tcase_create("update_charge");

    tcase_add_checked_fixture(tcase, open_with_table, tables_close);
    tcase_add_loop_test(tcase, a_statement_weighs_what_its_clauses_do, 0, sizeof weighed / sizeof *weighed);
    tcase_add_test(tcase, behind_a_long_key_the_item_is_the_bound);
    tcase_add_test(tcase, the_statement_is_weighed_before_the_condition_is_tried);
    tcase_add_test(tcase, attribute_updates_transactions_and_partiql_weigh_the_item_alone);
    suite_add_tcase(suite, tcase);
    return suite;
}
