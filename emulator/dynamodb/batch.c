#include "dynamodb/batch.h"

#include "base/text.h"

bool batch_check_items(struct intake *intake)
{
    const json_t *requests = call_member(intake->call, "RequestItems");
    const char *name;
    const char *fault;
    json_t *request;

    if (!json_object_size(requests))
        return fault_raise(
            &intake->fault, FAULT_REQUEST,
            intake->room->has_older_texts
                ? "The requestItems parameter is required for %s"
                : "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length "
                  "greater than or equal to 1",
            intake->call->operation->name);
    json_object_foreach((json_t *)requests, name, request)
    {
        fault = intake_table_name_fault(intake->call, name);
        if (fault)
            return fault_raise(&intake->fault, FAULT_REQUEST, "%s", fault);
    }
    return true;
}

struct capacity *batch_capacity_of(struct batch_capacity *batch, const struct table *table)
{
    for (size_t i = 0; i < batch->count; i++)
        if (batch->tables[i].table == table)
            return &batch->tables[i];
    batch->tables[batch->count].table = table;
    batch->tables[batch->count].is_write = batch->is_write;
    return &batch->tables[batch->count++];
}

void batch_answer_capacity(const struct batch_capacity *batch, const struct call *call, struct answer_writer *answer)
{
    const char *wanted = call_string(call, "ReturnConsumedCapacity");

    if (!wanted || text_is(wanted, "NONE"))
        return;
    answer_member(answer, "ConsumedCapacity");
    buffer_add_char(answer->text, '[');
    for (size_t i = 0; i < batch->count; i++) {
        if (i)
            buffer_add_char(answer->text, ',');
        capacity_write(&batch->tables[i], text_is(wanted, "INDEXES"), false, answer->text);
    }
    buffer_add_char(answer->text, ']');
}
