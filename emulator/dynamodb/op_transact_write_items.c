/* TransactWriteItems: up to 100 puts, updates, deletions and checks of distinct items, all or none. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/transaction.h"

#include <string.h>

const struct member dynamodb_transact_write_items_input[] = {
    { "ClientRequestToken", STRING, .min = 1, .max = 36 },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    SHAPE_RETURN_COLLECTION_METRICS,
    { "TransactItems", LIST, .required = true, .min = 1, .max = TRANSACTION_ACTIONS_MAX, .members = shape_transact_write },
    { 0 },
};

struct action {
    const char *name;
    const char *path; /* as texts about its members name it */
    enum change_kind kind;
    const json_t *json;
};

static const struct action actions[] = {
    { "ConditionCheck", "conditionCheck", CHANGE_CHECK, NULL },
    { "Put", "put", CHANGE_PUT, NULL },
    { "Delete", "delete", CHANGE_DELETE, NULL },
    { "Update", "update", CHANGE_UPDATE, NULL },
};

/* ---- reading ---- */

/* The one action of an element. */
static bool find_action(struct intake *intake, const json_t *element, struct action *found)
{
    int count = 0;

    for (size_t i = 0; i < sizeof actions / sizeof *actions; i++) {
        const json_t *json = json_object_get(element, actions[i].name);

        if (!json || json_is_null(json))
            continue;
        *found = actions[i];
        found->json = json;
        count++;
    }
    if (!count)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "Invalid Request: TransactWriteRequest should contain Delete or Put or Update request");
    return count == 1 || fault_raise(&intake->fault, FAULT_REQUEST, "TransactItems can only contain one of Check, Put, Update or Delete");
}

/* Aliases of an action that has no expression are passed over here, though the operations of one item refuse them. */
static bool read_expressions(struct intake *intake, const json_t *from, struct change *change)
{
    intake->aliases = (struct aliases){ 0 };
    if (!intake_read_aliases(intake, from) || (change->kind == CHANGE_UPDATE && !intake_read_update(intake, from, &change->update)) ||
        !intake_read_condition(intake, from, "ConditionExpression", &change->condition))
        return false;
    return (!change->update && !change->condition) || aliases_check_used(&intake->aliases, &intake->fault);
}

/* A key that nests too deeply is told of after what is wrong with the expressions beside it. */
static bool read_key(struct intake *intake, const struct action *action, struct change *change)
{
    const json_t *key = json_object_get(action->json, "Key");

    if (wire_is_item_too_deep(key) && !read_expressions(intake, action->json, change))
        return false;
    return wire_read_item(key, &change->item, &intake->fault);
}

static bool read_item(struct intake *intake, const struct action *action, struct change *change)
{
    if (action->kind != CHANGE_PUT)
        return read_key(intake, action, change);
    return wire_read_item(json_object_get(action->json, "Item"), &change->item, &intake->fault);
}

static bool read_change(struct intake *intake, const struct action *action, struct change *change)
{
    change->kind = action->kind;
    change->tells_old = text_is(json_string_value(json_object_get(action->json, "ReturnValuesOnConditionCheckFailure")), "ALL_OLD");
    if (!read_item(intake, action, change))
        return false;
    if (action->kind == CHANGE_PUT && value_item_size(&change->item) > VALUE_ITEM_BYTES_MAX)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Item size has exceeded the maximum allowed size");
    return read_expressions(intake, action->json, change);
}

/* What the request brings of items, keys and values: that is bounded, not the items that it meets. */
static bool check_bytes(struct intake *intake, const struct change *change, size_t *bytes)
{
    *bytes += value_item_size(&change->item);
    for (size_t i = 0; i < intake->aliases.values.count; i++)
        *bytes += value_size(&intake->aliases.values.aliases[i].value);
    return *bytes <= TRANSACTION_BYTES_MAX || transaction_refuse_bytes(&intake->fault);
}

static bool read_changes(struct intake *intake, struct transaction *transaction)
{
    const json_t *elements = call_member(intake->call, "TransactItems");
    struct action *found = arena_take(intake->arena, transaction->count * sizeof *found);
    size_t bytes = 0;

    for (size_t i = 0; i < transaction->count; i++)
        if (!find_action(intake, json_array_get(elements, i), &found[i]) ||
            !transaction_check_table_name(intake, found[i].json, i, found[i].path))
            return false;
    for (size_t i = 0; i < transaction->count; i++)
        if (!read_change(intake, &found[i], &transaction->changes[i]) || !check_bytes(intake, &transaction->changes[i], &bytes))
            return false;
    for (size_t i = 0; i < transaction->count; i++)
        if (!transaction_find_table(intake, found[i].json, &transaction->changes[i]))
            return false;
    return true;
}

/* ---- answering ---- */

static enum outcome answer(const struct transaction *transaction, struct call *call)
{
    struct batch_capacity capacity = { .is_write = true, .is_transaction = true };
    struct answer_writer answer;

    for (size_t i = 0; i < transaction->count; i++)
        capacity_add_change(batch_capacity_of(&capacity, transaction->changes[i].table), &transaction->changes[i]);
    answer_begin(&answer, call);
    batch_answer_capacity(&capacity, call, &answer);
    batch_answer_collections(transaction->changes, transaction->count, call, &answer);
    answer_end(&answer);
    return DONE;
}

/* What was done before is charged as a read of the items that it was done to. */
static enum outcome answer_again(const struct transaction *transaction, struct call *call)
{
    struct batch_capacity capacity = { .is_transaction = true };
    struct answer_writer answer;

    for (size_t i = 0; i < transaction->count && i < transaction->token->count; i++)
        capacity_add_read(batch_capacity_of(&capacity, transaction->changes[i].table), transaction->token->sizes[i], true);
    answer_begin(&answer, call);
    batch_answer_capacity(&capacity, call, &answer);
    answer_end(&answer);
    return DONE;
}

enum outcome dynamodb_transact_write_items(struct call *call)
{
    struct intake intake;
    struct transaction transaction = transaction_new(json_array_size(call_member(call, "TransactItems")), call->arena);
    struct request_token token = request_token_of(call_string(call, "ClientRequestToken"), call_member(call, "TransactItems"));
    bool is_done;

    intake_open(&intake, call);
    transaction.token = &token;
    if (!read_changes(&intake, &transaction) || !request_token_find(intake.room, &token, &is_done, &intake.fault))
        return intake_refuse(&intake);
    if (is_done)
        return answer_again(&transaction, call);
    if (!transaction_run(intake.room, &transaction, &intake.fault))
        return transaction_refuse(&intake.fault, &transaction, call);
    return answer(&transaction, call);
}
