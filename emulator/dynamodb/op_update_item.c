/* UpdateItem: changes one item by an expression or by AttributeUpdates, or makes it. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/item_write.h"
#include "dynamodb/legacy_update.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/update_charge.h"

const struct member dynamodb_update_item_input[] = {
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "TableName", STRING, .min = 1 },
    SHAPE_RETURN_COLLECTION_METRICS,
    { "ReturnValues", STRING, .values = shape_return_values },
    SHAPE_CONDITIONAL_OPERATOR,
    SHAPE_KEY,
    SHAPE_EXPECTED,
    { "AttributeUpdates", MAP, .members = shape_updates },
    SHAPE_FAILURE_VALUES,
    { "UpdateExpression", STRING },
    { "ConditionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_VALUES,
    { 0 },
};

static bool read_update(struct intake *intake, struct change *change)
{
    const json_t *updates = call_member(intake->call, "AttributeUpdates");

    if (!updates)
        return intake_read_update(intake, intake->call->input, &change->update);
    change->update = arena_take(intake->arena, sizeof *change->update);
    return legacy_update_read(change->update, updates, &intake->fault);
}

static bool read_expressions(struct intake *intake, struct change *change)
{
    const json_t *input = intake->call->input;

    return intake_read_aliases(intake, input) && read_update(intake, change) &&
           intake_read_legacy_condition(intake, input, "Expected", &change->condition) &&
           intake_read_condition(intake, input, "ConditionExpression", &change->condition) &&
           aliases_check_used(&intake->aliases, &intake->fault);
}

/* AttributeUpdates are weighed as they are read, by another rule. */
static bool check_charge(struct intake *intake, const struct change *change)
{
    return !change->update || change->update->is_legacy || update_charge_check(change->update, &intake->fault);
}

enum outcome dynamodb_update_item(struct call *call)
{
    struct intake intake;
    struct change change = { .kind = CHANGE_UPDATE };

    intake_open(&intake, call);
    if (!item_write_check_mix(&intake) || !wire_read_item(call_member(call, "Key"), &change.item, &intake.fault) ||
        !read_expressions(&intake, &change) || !check_charge(&intake, &change) || !item_write_run(&intake, &change))
        return item_write_refuse(&intake, &change);
    return item_write_answer(&intake, &change);
}
