/* UpdateItem: changes one item by an expression, or makes it. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/item_write.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_update_item_input[] = {
    { "TableName", STRING },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    SHAPE_RETURN_COLLECTION_METRICS,
    { "Key", DOCUMENT, .required = true },
    { "ReturnValues", STRING, .values = shape_return_values },
    SHAPE_FAILURE_VALUES,
    { "UpdateExpression", STRING },
    { "ConditionExpression", STRING },
    { "ConditionalOperator", STRING, .values = shape_conditional_operator },
    { 0 },
};

static bool read_update(struct intake *intake, struct change *change)
{
    struct bytes text = intake_text(intake->call->input, "UpdateExpression");

    if (!intake_read_aliases(intake, intake->call->input))
        return false;
    if (text.data) {
        change->update = arena_take(intake->arena, sizeof *change->update);
        if (!update_parse(change->update, text, &intake->aliases, !intake->room->has_older_texts, &intake->fault))
            return false;
    }
    return intake_read_condition(intake, intake->call->input, "ConditionExpression", &change->condition) &&
           aliases_check_used(&intake->aliases, &intake->fault);
}

enum outcome dynamodb_update_item(struct call *call)
{
    struct intake intake;
    struct change change = { .kind = CHANGE_UPDATE };

    intake_open(&intake, call);
    if (!item_write_check_mix(&intake) || !wire_read_item(call_member(call, "Key"), &change.item, &intake.fault) ||
        !read_update(&intake, &change) || !item_write_run(&intake, &change))
        return item_write_refuse(&intake, &change);
    return item_write_answer(&intake, &change);
}
