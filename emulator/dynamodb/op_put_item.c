/* PutItem: makes or replaces one item. */

#include "base/text.h"
#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/item_write.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_put_item_input[] = {
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "TableName", STRING, .min = 1 },
    SHAPE_ITEM,
    SHAPE_CONDITIONAL_OPERATOR,
    SHAPE_EXPECTED,
    { "ReturnValues", STRING, .values = shape_return_values },
    SHAPE_RETURN_COLLECTION_METRICS,
    SHAPE_FAILURE_VALUES,
    { "ConditionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_VALUES,
    { 0 },
};

static bool read_item(struct intake *intake, struct change *change)
{
    if (!wire_read_item(call_member(intake->call, "Item"), &change->item, &intake->fault) || !item_write_check_returns(intake))
        return false;
    if (value_item_size(&change->item) > VALUE_ITEM_BYTES_MAX)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Item size has exceeded the maximum allowed size");
    return true;
}

enum outcome dynamodb_put_item(struct call *call)
{
    struct intake intake;
    struct change change = { .kind = CHANGE_PUT };

    intake_open(&intake, call);
    if (!item_write_check_mix(&intake) || !read_item(&intake, &change) || !item_write_read_condition(&intake, &change) ||
        !item_write_run(&intake, &change))
        return item_write_refuse(&intake, &change);
    return item_write_answer(&intake, &change);
}
