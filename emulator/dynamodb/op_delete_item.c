/* DeleteItem: takes out one item; what is not there may be deleted too. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/item_write.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_delete_item_input[] = {
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "TableName", STRING, .min = 1 },
    { "ReturnValues", STRING, .values = shape_return_values },
    SHAPE_RETURN_COLLECTION_METRICS,
    SHAPE_KEY,
    SHAPE_CONDITIONAL_OPERATOR,
    SHAPE_EXPECTED,
    SHAPE_FAILURE_VALUES,
    { "ConditionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_VALUES,
    { 0 },
};

enum outcome dynamodb_delete_item(struct call *call)
{
    struct intake intake;
    struct change change = { .kind = CHANGE_DELETE };

    intake_open(&intake, call);
    if (!item_write_check_mix(&intake) || !wire_read_item(call_member(call, "Key"), &change.item, &intake.fault) ||
        !item_write_check_returns(&intake) || !item_write_read_condition(&intake, &change) || !item_write_run(&intake, &change))
        return item_write_refuse(&intake, &change);
    return item_write_answer(&intake, &change);
}
