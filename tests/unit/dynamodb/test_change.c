/* What one item's write is held to beside its own shape: the ceiling that it shares with local indexes, and the keys of indexes. */

#include "suites.h"

#include "tables.h"

#include "dynamodb/value.h"

#define NAMES "{'AttributeName':'pk','KeyType':'HASH'}"
#define TOO_LARGE "ValidationException: Item size has exceeded the maximum allowed size"
#define TOO_LARGE_UPDATE "ValidationException: Item size to update has exceeded the maximum allowed size"

/* Two local indexes, one of which holds all of an item, and a global one. */
static void open_with_table(void)
{
    tables_open();
    tables_must(
        "CreateTable",
        "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'sk','AttributeType':"
        "'N'},{'AttributeName':'all','AttributeType':'S'},{'AttributeName':'few','AttributeType':'B'}],'KeySchema':[" NAMES
        ",{'AttributeName':'sk','KeyType':'RANGE'}],'BillingMode':'PAY_PER_REQUEST','LocalSecondaryIndexes':[{'IndexName':'lall',"
        "'KeySchema':[" NAMES ",{'AttributeName':'all','KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}},{'IndexName':'lfew',"
        "'KeySchema':[" NAMES ",{'AttributeName':'few','KeyType':'RANGE'}],'Projection':{'ProjectionType':'KEYS_ONLY'}}],"
        "'GlobalSecondaryIndexes':[{'IndexName':'gab','KeySchema':[{'AttributeName':'all','KeyType':'HASH'},{'AttributeName':'few',"
        "'KeyType':'RANGE'}],'Projection':{'ProjectionType':'ALL'}}]}");
}

/* A key takes 3 + 4 bytes, {all: x} 4, {few: a byte} 4, and the padding 1 more than its characters. */
static const struct {
    const char *attributes;
    int most; /* characters of padding */
} shares[] = {
    { "", VALUE_ITEM_BYTES_MAX - 7 - 1 },
    { ",'all':{'S':'x'}", VALUE_ITEM_BYTES_MAX / 2 - 7 - 4 - 1 },
    { ",'few':{'B':'YQ=='}", VALUE_ITEM_BYTES_MAX - 2 * (7 + 4) - 1 },
    { ",'all':{'S':'x'},'few':{'B':'YQ=='}", (VALUE_ITEM_BYTES_MAX - 7 - 4) / 2 - 7 - 8 - 1 },
};

START_TEST(an_item_shares_its_ceiling_with_local_indexes)
{
    static const char put[] = "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'}%s,'v':{'S':'%0*d'}}}";

    ck_assert_str_eq(tables_print_ask("PutItem", put, shares[_i].attributes, shares[_i].most, 0), "{}");
    ck_assert_str_eq(tables_print_ask("PutItem", put, shares[_i].attributes, shares[_i].most + 1, 0), TOO_LARGE);
}
END_TEST

START_TEST(an_update_into_a_local_index_shares_it_too)
{
    static const char put[] = "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'v':{'S':'%0*d'}}}";
    static const char update[] = "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'UpdateExpression':'SET #a = :x',"
                                 "'ExpressionAttributeNames':{'#a':'all'},'ExpressionAttributeValues':{':x':{'S':'x'}}}";

    ck_assert_str_eq(tables_print_ask("PutItem", put, shares[1].most, 0), "{}");
    tables_expect("UpdateItem", update, "{}");
    ck_assert_str_eq(tables_print_ask("PutItem", put, shares[1].most + 1, 0), "{}");
    tables_expect("UpdateItem", update, TOO_LARGE_UPDATE);
}
END_TEST

#define TOO_LONG(key, actual, max, index)                                                                                            \
    "ValidationException: One or more parameter values were invalid: Size limit exceeded for Index Key " key " Actual Size: " actual \
    " bytes Max Size: " max " bytes IndexName: " index

START_TEST(an_index_key_has_a_ceiling_of_its_own)
{
    static const char put[] = "{'TableName':'tab','Item':{'pk':{'S':'a'},'sk':{'N':'1'},'%s':{'%s':'%0*d'}}}";

    ck_assert_str_eq(tables_print_ask("PutItem", put, "all", "S", 1024, 0), "{}");
    ck_assert_str_eq(tables_print_ask("PutItem", put, "all", "S", 1025, 0), TOO_LONG("all", "1025", "1024", "lall"));
    ck_assert_str_eq(tables_print_ask("PutItem", put, "few", "B", 1364, 0), "{}");
    ck_assert_str_eq(tables_print_ask("PutItem", put, "few", "B", 1368, 0), TOO_LONG("few", "1026", "1024", "gab"));
    ck_assert_str_eq(tables_print_ask("UpdateItem",
                                      "{'TableName':'tab','Key':{'pk':{'S':'a'},'sk':{'N':'1'}},'UpdateExpression':'SET #a = :x',"
                                      "'ExpressionAttributeNames':{'#a':'all'},'ExpressionAttributeValues':{':x':{'S':'%02049d'}}}",
                                      0),
                     TOO_LONG("all", "2049", "2048", "gab"));
}
END_TEST

Suite *suite_dynamodb_change(void)
{
    Suite *suite = suite_create("dynamodb change");
    TCase *tests = tcase_create("change");

    tcase_add_checked_fixture(tests, open_with_table, tables_close);
    tcase_add_loop_test(tests, an_item_shares_its_ceiling_with_local_indexes, 0, (int)(sizeof shares / sizeof *shares));
    tcase_add_test(tests, an_update_into_a_local_index_shares_it_too);
    tcase_add_test(tests, an_index_key_has_a_ceiling_of_its_own);
    suite_add_tcase(suite, tests);
    return suite;
}
