/* BatchWriteItem: up to 25 puts and deletions, each atomic on its own; all are validated before the first is applied. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

#include <stdlib.h>

const struct member dynamodb_batch_write_item_input[] = {
    SHAPE_RETURN_CONSUMED_CAPACITY,
    SHAPE_RETURN_COLLECTION_METRICS,
    { "RequestItems", MAP, .required = true, .members = shape_batch_write, .yields = true },
    { 0 },
};

struct writes {
    struct change changes[BATCH_WRITES_MAX];
    const char *names[BATCH_WRITES_MAX]; /* of the tables, as sent */
    size_t count;
};

static bool read_put(struct intake *intake, const json_t *put, struct change *change)
{
    change->kind = CHANGE_PUT;
    if (!wire_read_item(json_object_get(put, "Item"), &change->item, &intake->fault))
        return false;
    if (value_item_size(&change->item) > VALUE_ITEM_BYTES_MAX)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Item size has exceeded the maximum allowed size");
    return true;
}

/* That a request without either has too many is the service's word. */
static bool read_write(struct intake *intake, const json_t *write, struct change *change)
{
    const json_t *put = json_object_get(write, "PutRequest");
    const json_t *deletion = json_object_get(write, "DeleteRequest");

    if (json_is_object(put) == json_is_object(deletion))
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "Supplied AttributeValue has more than one datatypes set, must contain exactly one of the supported datatypes");
    if (json_is_object(put))
        return read_put(intake, put, change);
    change->kind = CHANGE_DELETE;
    return wire_read_item(json_object_get(deletion, "Key"), &change->item, &intake->fault);
}

static bool read_writes(struct intake *intake, const json_t *requests, struct writes *writes)
{
    const char *name;
    json_t *list;
    size_t i;
    json_t *write;

    json_object_foreach((json_t *)requests, name, list)
    {
        if (writes->count + json_array_size(list) > BATCH_WRITES_MAX)
            return fault_raise(&intake->fault, FAULT_REQUEST, "Too many items requested for the BatchWriteItem call");
        json_array_foreach(list, i, write)
        {
            writes->names[writes->count] = name;
            if (!read_write(intake, write, &writes->changes[writes->count++]))
                return false;
        }
    }
    return true;
}

/* What PutItem tells of a wrong key attribute by attribute is here, as with deletions, one text. */
static bool check_put_key(const struct change *change, struct fault *fault)
{
    const struct key_schema *keys = &change->table->keys;
    struct value key = { .type = VALUE_M };

    for (uint32_t i = 0; i < change->item.count; i++)
        if (key_schema_find(keys, change->item.attributes[i].name))
            value_put(&key, change->item.attributes[i].name, change->item.attributes[i].value, fault->arena);
    return key_check_key(keys, &key, fault);
}

static bool check_writes(struct intake *intake, struct writes *writes)
{
    for (size_t i = 0; i < writes->count; i++) {
        struct change *change = &writes->changes[i];

        change->table = intake_find_table(intake, writes->names[i]);
        if (!change->table || (change->kind == CHANGE_PUT && !check_put_key(change, &intake->fault)) ||
            !change_check(change, &intake->fault))
            return false;
        for (size_t j = 0; j < i; j++)
            if (change_is_of_same_item(change, &writes->changes[j]))
                return fault_raise(&intake->fault, FAULT_VALIDATION, "Provided list of item keys contains duplicates");
    }
    return true;
}

static bool apply_writes(struct intake *intake, struct writes *writes, struct batch_capacity *capacity)
{
    for (size_t i = 0; i < writes->count; i++) {
        struct change *change = &writes->changes[i];

        if (!change_prepare(intake->room, change, &intake->fault) || !change_apply(intake->room, change, &intake->fault))
            return false;
        capacity_add_change(batch_capacity_of(capacity, change->table), change);
    }
    return true;
}

enum outcome dynamodb_batch_write_item(struct call *call)
{
    struct intake intake;
    struct writes *writes = arena_take(call->arena, sizeof *writes);
    struct batch_capacity capacity = { .is_write = true };
    struct answer_writer answer;

    intake_open(&intake, call);
    if (!batch_check_items(&intake) || !read_writes(&intake, call_member(call, "RequestItems"), writes) || !check_writes(&intake, writes) ||
        !apply_writes(&intake, writes, &capacity))
        return intake_refuse(&intake);
    answer_begin(&answer, call);
    answer_member(&answer, "UnprocessedItems");
    buffer_add_text(answer.text, "{}");
    batch_answer_collections(writes->changes, writes->count, call, &answer);
    batch_answer_capacity(&capacity, call, &answer);
    answer_end(&answer);
    return DONE;
}
