/* Transactions: all or nothing, and the reasons of those that are cancelled. */

#include "suites.h"

#include "tables.h"

#include "dynamodb/transaction.h"
#include "dynamodb/wire.h"

static const char definition[] =
    "{'TableName':'tab','AttributeDefinitions':[{'AttributeName':'pk','AttributeType':'S'},{'AttributeName':'g','AttributeType':'S'}],"
    "'KeySchema':[{'AttributeName':'pk','KeyType':'HASH'}],'BillingMode':'PAY_PER_REQUEST','GlobalSecondaryIndexes':[{'IndexName':'gsi',"
    "'KeySchema':[{'AttributeName':'g','KeyType':'HASH'}],'Projection':{'ProjectionType':'ALL'}}]}";

static struct arena arena;
static json_t *inputs[8];
static size_t input_count;

static void open_with_table(void)
{
    tables_open();
    tables_must("CreateTable", definition);
}

static void close_all(void)
{
    while (input_count)
        json_decref(inputs[--input_count]);
    arena_clear(&arena);
    tables_close();
}

/* ---- changes made by hand, as other operations make them ---- */

static void fill(struct change *change, enum change_kind kind, const char *item)
{
    struct fault fault = { .arena = &arena };
    json_t *json = json_loads(item, 0, NULL);

    ck_assert_ptr_nonnull(json);
    inputs[input_count++] = json;
    change->kind = kind;
    change->table = dynamodb_find_table(tables_room(), "tab");
    ck_assert(wire_read_item(json, &change->item, &fault));
}

START_TEST(changes_made_by_hand_are_kept_together)
{
    struct transaction transaction = transaction_new(2, &arena);
    struct fault fault = { .arena = &arena };

    tables_must("PutItem", "{'TableName':'tab','Item':{'pk':{'S':'old'},'g':{'S':'x'}}}");
    fill(&transaction.changes[0], CHANGE_PUT, "{\"pk\":{\"S\":\"a\"},\"g\":{\"S\":\"x\"}}");
    fill(&transaction.changes[1], CHANGE_DELETE, "{\"pk\":{\"S\":\"old\"}}");
    ck_assert(transaction_run(tables_room(), &transaction, &fault));
    tables_expect("Scan", "{'TableName':'tab','IndexName':'gsi'}", "{'Count':1,'Items':[{'g':{'S':'x'},'pk':{'S':'a'}}],'ScannedCount':1}");
}
END_TEST

START_TEST(one_change_that_does_not_fit_cancels_all)
{
    struct transaction transaction = transaction_new(3, &arena);
    struct fault fault = { .arena = &arena };

    fill(&transaction.changes[0], CHANGE_PUT, "{\"pk\":{\"S\":\"a\"}}");
    fill(&transaction.changes[1], CHANGE_PUT, "{\"pk\":{\"N\":\"1\"}}");
    fill(&transaction.changes[2], CHANGE_PUT, "{\"pk\":{\"N\":\"2\"}}");
    ck_assert(!transaction_run(tables_room(), &transaction, &fault));
    ck_assert_int_eq(fault.kind, FAULT_CANCELED);
    ck_assert_str_eq(fault.message,
                     "Transaction cancelled, please refer cancellation reasons for specific reasons [None, ValidationError, None]");
    tables_expect("Scan", "{'TableName':'tab'}", "{'Count':0,'Items':[],'ScannedCount':0}");
}
END_TEST

Suite *suite_dynamodb_transaction(void)
{
    Suite *suite = suite_create("dynamodb transaction");
    TCase *by_hand = tcase_create("by hand");

    tcase_add_checked_fixture(by_hand, open_with_table, close_all);
    tcase_add_test(by_hand, changes_made_by_hand_are_kept_together);
    tcase_add_test(by_hand, one_change_that_does_not_fit_cancels_all);
    suite_add_tcase(suite, by_hand);
    return suite;
}
