#include "dynamodb/transaction.h"

#include "dynamodb/capacity.h"
#include "dynamodb/store_item.h"
#include "dynamodb/table_name.h"

struct transaction transaction_new(size_t count, struct arena *arena)
{
    struct transaction transaction = { .count = count };

    transaction.changes = arena_take(arena, count * sizeof *transaction.changes);
    transaction.reasons = arena_take(arena, count * sizeof *transaction.reasons);
    for (size_t i = 0; i < count; i++) {
        transaction.changes[i].is_in_transaction = true;
        transaction.reasons[i].fault.arena = arena;
    }
    return transaction;
}

/* ---- reading ---- */

bool transaction_check_table_name(struct intake *intake, const json_t *action, size_t i, const char *name)
{
    const char *path = arena_print(intake->arena, "transactItems.%zu.member.%s.tableName", i + 1, name);

    return table_name_check(intake->call, intake_text(action, "TableName"), path, &intake->fault);
}

bool transaction_find_table(struct intake *intake, const json_t *action, struct change *change)
{
    change->table = intake_find_table(intake, json_string_value(json_object_get(action, "TableName")));
    return change->table != NULL;
}

bool transaction_refuse_bytes(struct fault *fault)
{
    return fault_raise(fault, FAULT_REQUEST, "Transaction payload size cannot exceed %d bytes", TRANSACTION_BYTES_MAX);
}

/* ---- the course ---- */

static const char *code_of(enum fault_kind kind)
{
    return kind == FAULT_NONE        ? "None"
           : kind == FAULT_CONDITION ? "ConditionalCheckFailed"
           : kind == FAULT_DUPLICATE ? "DuplicateItem"
           : kind == FAULT_NOT_FOUND ? "ResourceNotFound"
                                     : "ValidationError";
}

bool transaction_check_reasons(const struct transaction *transaction, struct fault *fault)
{
    const char *codes = "";
    bool is_canceled = false;

    for (size_t i = 0; i < transaction->count; i++)
        is_canceled |= transaction->reasons[i].fault.kind != FAULT_NONE;
    if (!is_canceled)
        return true;
    for (size_t i = 0; i < transaction->count; i++)
        codes = arena_print(fault->arena, "%s%s%s", codes, i ? ", " : "", code_of(transaction->reasons[i].fault.kind));
    return fault_raise(fault, FAULT_CANCELED, "Transaction cancelled, please refer cancellation reasons for specific reasons [%s]", codes);
}

/* Looks for two changes of one item. A change whose key is none is left out: it is refused for that. */
static bool check_distinct(const struct transaction *transaction, struct fault *fault)
{
    for (size_t i = 0; i < transaction->count; i++) {
        struct change *change = &transaction->changes[i];

        if (!key_of_item(&change->table->keys, &change->item, &change->key, fault->arena))
            continue;
        for (size_t j = 0; j < i; j++)
            if (change_is_of_same_item(change, &transaction->changes[j]))
                return fault_raise(fault, FAULT_REQUEST, "Transaction request cannot include multiple operations on one item");
    }
    return true;
}

/* Whether what is wrong with one change is a reason to cancel; else it is the fault of the call. */
static bool is_reason(const struct fault *of_change, struct fault *fault)
{
    if (of_change->kind == FAULT_CONDITION || of_change->kind == FAULT_VALIDATION)
        return true;
    return fault_raise(fault, of_change->kind, "%s", of_change->message);
}

static bool check_all(const struct transaction *transaction, struct fault *fault)
{
    for (size_t i = 0; i < transaction->count; i++) {
        struct fault *of_change = &transaction->reasons[i].fault;

        if (!change_check(&transaction->changes[i], of_change))
            return is_reason(of_change, fault) && transaction_check_reasons(transaction, fault);
    }
    return true;
}

static bool prepare_all(struct dynamodb *room, const struct transaction *transaction, struct fault *fault)
{
    for (size_t i = 0; i < transaction->count; i++) {
        struct change *change = &transaction->changes[i];
        struct reason *reason = &transaction->reasons[i];

        if (change_prepare(room, change, &reason->fault))
            continue;
        if (!is_reason(&reason->fault, fault))
            return false;
        if (reason->fault.kind == FAULT_CONDITION && change->tells_old && change->has_old)
            reason->item = &change->old;
    }
    return transaction_check_reasons(transaction, fault);
}

/* The sizes of the items go with the token: by them a retry is charged. */
static bool keep_token(struct dynamodb *room, const struct transaction *transaction, struct fault *fault)
{
    struct request_token *token = transaction->token;

    if (!token || !token->text)
        return true;
    token->count = transaction->count;
    token->sizes = arena_take(fault->arena, token->count * sizeof *token->sizes);
    for (size_t i = 0; i < token->count; i++)
        token->sizes[i] = (uint32_t)capacity_change_bytes(&transaction->changes[i]);
    return request_token_keep(room, token) == OK;
}

static bool apply_all(struct dynamodb *room, const struct transaction *transaction, struct fault *fault)
{
    bool is_done = store_begin(room->store) == OK;

    for (size_t i = 0; i < transaction->count && is_done; i++)
        is_done = change_apply(room, &transaction->changes[i], fault);
    is_done = is_done && keep_token(room, transaction, fault);
    if (store_end(room->store, is_done) == OK && is_done)
        return true;
    for (size_t i = 0; i < transaction->count; i++)
        store_forget_counts(transaction->changes[i].table);
    return fault_raise(fault, FAULT_BROKEN, "Internal server error");
}

bool transaction_look(struct dynamodb *room, struct transaction *transaction, struct fault *fault)
{
    return check_distinct(transaction, fault) && check_all(transaction, fault) && prepare_all(room, transaction, fault);
}

bool transaction_run(struct dynamodb *room, struct transaction *transaction, struct fault *fault)
{
    return transaction_look(room, transaction, fault) && apply_all(room, transaction, fault);
}

/* ---- the refusal ---- */

static json_t *describe(const struct reason *reason)
{
    json_t *json = json_object();

    json_object_set_new(json, "Code", json_string(code_of(reason->fault.kind)));
    if (reason->item)
        json_object_set_new(json, "Item", answer_item_json(reason->item));
    if (reason->fault.kind)
        json_object_set_new(json, "Message", json_string(reason->fault.message));
    return json;
}

enum outcome transaction_refuse(const struct fault *fault, const struct transaction *transaction, struct call *call)
{
    json_t *list;

    if (fault->kind == FAULT_CANCELED) {
        list = json_array();
        for (size_t i = 0; i < transaction->count; i++)
            json_array_append_new(list, describe(&transaction->reasons[i]));
        call->error.extra = json_object();
        json_object_set_new(call->error.extra, "CancellationReasons", list);
    }
    return fault_answer(fault, call);
}
