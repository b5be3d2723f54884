/* ExecuteTransaction: up to 100 PartiQL statements on distinct items, all or none: all read one item each, or all write or check. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/partiql_select.h"
#include "dynamodb/partiql_write.h"
#include "dynamodb/shapes.h"
#include "dynamodb/transaction.h"

const struct member dynamodb_execute_transaction_input[] = {
    { "TransactStatements", LIST, .required = true, .min = 1, .max = TRANSACTION_ACTIONS_MAX, .members = shape_transact_statement },
    { "ClientRequestToken", STRING, .min = 1, .max = 36 },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { 0 },
};

struct statements {
    struct intake *intake;
    struct partiql *list;
    struct transaction transaction; /* a change for each statement; a read is looked at as a check without a condition */
    bool reads;
};

/* ---- reading ---- */

/* What is wrong with one statement in itself is the fault of the call, which says with which. */
static bool refuse(struct statements *statements, size_t i, const struct fault *why)
{
    if (why->kind == FAULT_BROKEN)
        return fault_raise(&statements->intake->fault, FAULT_BROKEN, "%s", why->message);
    return fault_raise(&statements->intake->fault, FAULT_VALIDATION, "Validation failed in TransactStatements[%zu]: %s", i, why->message);
}

static bool read_statements(struct statements *statements)
{
    const json_t *list = call_member(statements->intake->call, "TransactStatements");

    for (size_t i = 0; i < statements->transaction.count; i++)
        if (!partiql_read_parameters(&statements->list[i], json_array_get(list, i), &statements->intake->fault))
            return false;
    for (size_t i = 0; i < statements->transaction.count; i++) {
        struct fault why = { .arena = statements->intake->arena };

        if (!partiql_read_statement(&statements->list[i], &why))
            return refuse(statements, i, &why);
        statements->list[i].scope.fault = &statements->intake->fault;
    }
    return true;
}

static bool check_together(struct statements *statements)
{
    size_t reads = 0;

    for (size_t i = 0; i < statements->transaction.count; i++)
        reads += partiql_is_read(&statements->list[i]);
    statements->reads = reads > 0;
    return !reads || reads == statements->transaction.count ||
           fault_raise(&statements->intake->fault, FAULT_VALIDATION,
                       "ExecuteTransaction API does not support both read and write operations in the same request.");
}

static bool make_change(const struct partiql *partiql, struct change *change, struct fault *why)
{
    if (!partiql_is_read(partiql))
        return partiql_make_change(partiql, change, true, why);
    change->kind = CHANGE_CHECK;
    change->table = partiql->table;
    return partiql_find_item(partiql, "ExecuteTransaction", true, &change->item, why);
}

/* A table that does not exist is a reason to cancel; all else that is wrong with a statement is not. */
static bool find_change(struct statements *statements, size_t i)
{
    struct partiql *partiql = &statements->list[i];
    struct change *change = &statements->transaction.changes[i];
    struct fault why = { .arena = statements->intake->arena };

    change->tells_old = text_is(json_string_value(json_object_get(partiql->json, "ReturnValuesOnConditionCheckFailure")), "ALL_OLD");
    if (!partiql_find_table(statements->intake->room, partiql, &why)) {
        if (why.kind != FAULT_NOT_FOUND)
            return refuse(statements, i, &why);
        statements->transaction.reasons[i].fault = why;
        return true;
    }
    if (partiql->statement.returning)
        fault_raise(&why, FAULT_VALIDATION, "RETURNING clause is not supported in ExecuteTransaction.");
    else if (partiql_is_read(partiql) && partiql->index)
        fault_raise(&why, FAULT_VALIDATION, "Reads on indices are not supported within transactions.");
    else if (make_change(partiql, change, &why))
        return true;
    return refuse(statements, i, &why);
}

/* What the request brings of items, keys and parameters (an INSERT's are in its item) is bounded; of a transaction that reads, also what it
 * reads. */
static bool check_bytes(const struct statements *statements)
{
    size_t bytes = 0;

    for (size_t i = 0; i < statements->transaction.count; i++) {
        const struct partiql_scope *scope = &statements->list[i].scope;
        const struct change *change = &statements->transaction.changes[i];

        bytes += value_item_size(&change->item) + (statements->reads ? change->old_bytes : 0);
        for (size_t j = 0; j < scope->parameter_count && change->kind != CHANGE_PUT; j++)
            bytes += value_size(&scope->parameters[j]);
    }
    return bytes <= TRANSACTION_BYTES_MAX || transaction_refuse_bytes(&statements->intake->fault);
}

/* Of changes that do not fit their table, all are told: TransactWriteItems tells only the first. */
static bool find_changes(struct statements *statements)
{
    struct transaction *transaction = &statements->transaction;

    for (size_t i = 0; i < transaction->count; i++)
        if (!find_change(statements, i))
            return false;
    for (size_t i = 0; i < transaction->count; i++) {
        struct fault *why = &transaction->reasons[i].fault;

        if (!why->kind && !change_check(&transaction->changes[i], why) && why->kind != FAULT_VALIDATION)
            return refuse(statements, i, why);
    }
    return transaction_check_reasons(transaction, &statements->intake->fault) && check_bytes(statements);
}

/* ---- answering ---- */

static void write_item(const struct partiql *partiql, const struct change *change, struct buffer *text)
{
    struct value item = partiql_columns(partiql, &change->old, partiql->scope.fault->arena);

    if (!change->has_old || !item.count) {
        buffer_add_text(text, "{}");
        return;
    }
    buffer_add_text(text, "{\"Item\":");
    wire_write_item(text, &item);
    buffer_add_char(text, '}');
}

/* A retry under the token of what was done is charged as a read of the items that it was done to. */
static void add_capacity(const struct statements *statements, size_t i, bool is_retry, struct batch_capacity *capacity)
{
    const struct change *change = &statements->transaction.changes[i];
    const struct request_token *token = statements->transaction.token;
    struct capacity *sum = batch_capacity_of(capacity, change->table);

    if (is_retry)
        capacity_add_read(sum, i < token->count ? token->sizes[i] : 0, true);
    else if (statements->reads)
        capacity_add_read(sum, change->old_bytes, true);
    else
        capacity_add_change(sum, change);
}

/* Writes answer nothing of their items. */
static enum outcome answer(const struct statements *statements, bool is_retry)
{
    struct batch_capacity capacity = { .is_write = !is_retry && !statements->reads, .is_transaction = true };
    struct answer_writer answer;

    answer_begin(&answer, statements->intake->call);
    answer_member(&answer, "Responses");
    buffer_add_char(answer.text, '[');
    for (size_t i = 0; i < statements->transaction.count; i++) {
        add_capacity(statements, i, is_retry, &capacity);
        if (!statements->reads)
            continue;
        if (i)
            buffer_add_char(answer.text, ',');
        write_item(&statements->list[i], &statements->transaction.changes[i], answer.text);
    }
    buffer_add_char(answer.text, ']');
    batch_answer_capacity(&capacity, statements->intake->call, &answer);
    answer_end(&answer);
    return DONE;
}

static bool run(struct statements *statements)
{
    struct intake *intake = statements->intake;
    struct transaction *transaction = &statements->transaction;

    if (statements->reads ? transaction_look(intake->room, transaction, &intake->fault) && check_bytes(statements)
                          : transaction_run(intake->room, transaction, &intake->fault))
        return true;
    for (size_t i = 0; i < transaction->count; i++)
        partiql_word_fault(&transaction->changes[i], &transaction->reasons[i].fault);
    if (intake->fault.kind == FAULT_CANCELED) { /* told again in those words */
        intake->fault.kind = FAULT_NONE;
        transaction_check_reasons(transaction, &intake->fault);
    }
    return false;
}

enum outcome dynamodb_execute_transaction(struct call *call)
{
    struct intake intake;
    const json_t *list = call_member(call, "TransactStatements");
    struct statements statements = { .intake = &intake, .transaction = transaction_new(json_array_size(list), call->arena) };
    struct request_token token = request_token_of(call_string(call, "ClientRequestToken"), list);
    bool is_done = false;

    intake_open(&intake, call);
    statements.list = arena_take(call->arena, statements.transaction.count * sizeof *statements.list);
    statements.transaction.token = &token;
    if (!read_statements(&statements) || !check_together(&statements) || !find_changes(&statements) ||
        !request_token_find(intake.room, &token, &is_done, &intake.fault))
        return transaction_refuse(&intake.fault, &statements.transaction, call);
    if (!is_done && !run(&statements))
        return transaction_refuse(&intake.fault, &statements.transaction, call);
    return answer(&statements, is_done);
}
