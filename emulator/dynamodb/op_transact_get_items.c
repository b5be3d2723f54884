/* TransactGetItems: up to 100 distinct items as they are at one moment. Each get is looked at as a check without a condition. */

#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/transaction.h"

const struct member dynamodb_transact_get_items_input[] = {
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "TransactItems", LIST, .required = true, .min = 1, .max = TRANSACTION_ACTIONS_MAX, .members = shape_transact_get },
    { 0 },
};

static const json_t *get_of(const struct call *call, size_t i)
{
    return json_object_get(json_array_get(call_member(call, "TransactItems"), i), "Get");
}

static bool read_get(struct intake *intake, const json_t *from, struct change *change, struct projection **projection)
{
    change->kind = CHANGE_CHECK;
    intake->aliases = (struct aliases){ 0 };
    if (!wire_read_item(json_object_get(from, "Key"), &change->item, &intake->fault) || !intake_read_name_aliases(intake, from) ||
        !intake_read_projection(intake, from, projection))
        return false;
    return !*projection || aliases_check_used(&intake->aliases, &intake->fault);
}

static bool read_gets(struct intake *intake, struct transaction *transaction, struct projection **projections)
{
    for (size_t i = 0; i < transaction->count; i++)
        if (!transaction_check_table_name(intake, get_of(intake->call, i), i, "get"))
            return false;
    for (size_t i = 0; i < transaction->count; i++)
        if (!read_get(intake, get_of(intake->call, i), &transaction->changes[i], &projections[i]))
            return false;
    for (size_t i = 0; i < transaction->count; i++)
        if (!transaction_find_table(intake, get_of(intake->call, i), &transaction->changes[i]))
            return false;
    return true;
}

static bool check_bytes(const struct transaction *transaction, struct fault *fault)
{
    size_t bytes = 0;

    for (size_t i = 0; i < transaction->count; i++)
        bytes += transaction->changes[i].old_bytes;
    return bytes <= TRANSACTION_BYTES_MAX || transaction_refuse_bytes(fault);
}

/* {"Item":{...}}, or {} for what is not there or of what nothing is wanted. */
static void write_response(const struct change *change, const struct projection *projection, struct arena *arena, struct buffer *text)
{
    struct value part = projection ? projection_apply(projection, &change->old, arena) : change->old;

    if (!change->has_old || !part.count) {
        buffer_add_text(text, "{}");
        return;
    }
    buffer_add_text(text, "{\"Item\":");
    wire_write_item(text, &part);
    buffer_add_char(text, '}');
}

static enum outcome answer(const struct transaction *transaction, struct projection *const *projections, struct call *call)
{
    struct batch_capacity capacity = { .is_transaction = true };
    struct answer_writer answer;

    answer_begin(&answer, call);
    answer_member(&answer, "Responses");
    for (size_t i = 0; i < transaction->count; i++) {
        const struct change *change = &transaction->changes[i];

        buffer_add_char(answer.text, i ? ',' : '[');
        write_response(change, projections[i], call->arena, answer.text);
        capacity_add_read(batch_capacity_of(&capacity, change->table), change->old_bytes, true);
    }
    buffer_add_char(answer.text, ']');
    batch_answer_capacity(&capacity, call, &answer);
    answer_end(&answer);
    return DONE;
}

enum outcome dynamodb_transact_get_items(struct call *call)
{
    struct intake intake;
    struct transaction transaction = transaction_new(json_array_size(call_member(call, "TransactItems")), call->arena);
    struct projection **projections = arena_take(call->arena, transaction.count * sizeof *projections);

    intake_open(&intake, call);
    if (!read_gets(&intake, &transaction, projections) || !transaction_look(intake.room, &transaction, &intake.fault) ||
        !check_bytes(&transaction, &intake.fault))
        return transaction_refuse(&intake.fault, &transaction, call);
    return answer(&transaction, projections, call);
}
