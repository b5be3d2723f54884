#include "dynamodb/batch.h"

#include "base/text.h"
#include "dynamodb/table_name.h"

bool batch_check_items(struct intake *intake)
{
    const json_t *requests = call_member(intake->call, "RequestItems");
    const char *name;
    size_t size;
    json_t *request;

    if (!json_object_size(requests))
        return fault_raise(
            &intake->fault, FAULT_REQUEST,
            intake->room->has_older_texts
                ? "The requestItems parameter is required for %s"
                : "1 validation error detected: Value at 'RequestItems' failed to satisfy constraint: Member must have length "
                  "greater than or equal to 1",
            intake->call->operation->name);
    json_object_keylen_foreach((json_t *)requests, name, size, request) /* names are looked at by the shape, ARNs here */
    {
        if (!table_name_check(intake->call, (struct bytes){ name, size }, "tableName", &intake->fault))
            return false;
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
    batch->tables[batch->count].is_transaction = batch->is_transaction;
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
        capacity_write(&batch->tables[i], text_is(wanted, "INDEXES"), answer->text);
    }
    buffer_add_char(answer->text, ']');
}

static bool has_metrics(const struct change *change)
{
    return change->kind != CHANGE_CHECK && capacity_has_collection(change);
}

/* Whether an earlier change of the same table was told already, and the whole table with it. */
static bool is_told(const struct change *changes, size_t i)
{
    for (size_t j = 0; j < i; j++)
        if (changes[j].table == changes[i].table && has_metrics(&changes[j]))
            return true;
    return false;
}

static void write_collections(const struct change *changes, size_t count, const struct table *table, struct buffer *text)
{
    bool has_one = false;

    buffer_print(text, "\"%s\":[", table->name);
    for (size_t i = 0; i < count; i++) {
        if (changes[i].table != table || !has_metrics(&changes[i]))
            continue;
        if (has_one)
            buffer_add_char(text, ',');
        capacity_write_collection(&changes[i], text);
        has_one = true;
    }
    buffer_add_char(text, ']');
}

void batch_answer_collections(const struct change *changes, size_t count, const struct call *call, struct answer_writer *answer)
{
    bool has_one = false;

    if (!text_is(call_string(call, "ReturnItemCollectionMetrics"), "SIZE"))
        return;
    for (size_t i = 0; i < count; i++) {
        if (!has_metrics(&changes[i]) || is_told(changes, i))
            continue;
        if (has_one)
            buffer_add_char(answer->text, ',');
        else
            answer_member(answer, "ItemCollectionMetrics");
        if (!has_one)
            buffer_add_char(answer->text, '{');
        write_collections(changes, count, changes[i].table, answer->text);
        has_one = true;
    }
    if (has_one)
        buffer_add_char(answer->text, '}');
}
