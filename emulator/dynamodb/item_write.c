#include "dynamodb/item_write.h"

#include "base/text.h"

#include <string.h>

bool item_write_check_mix(struct intake *intake)
{
    static const char *const of_update[] = { "UpdateExpression", "ConditionExpression", NULL };
    static const char *const of_others[] = { "ConditionExpression", NULL };
    static const char *const legacy[] = { "AttributeUpdates", "Expected", "ConditionalOperator", NULL };
    bool is_update = text_is(intake->call->operation->name, "UpdateItem");
    const struct intake_manners manners = { .takes_values = is_update ? of_update : of_others,
                                            .legacy = is_update ? legacy : legacy + 1,
                                            .joined = "Expected" };

    return intake_check_mix(intake, intake->call->input, &manners);
}

bool item_write_check_returns(struct intake *intake)
{
    const char *wanted = call_string(intake->call, "ReturnValues");

    if (!wanted || text_is(wanted, "ALL_OLD") || text_is(wanted, "NONE"))
        return true;
    return fault_raise(&intake->fault, FAULT_REQUEST, "ReturnValues can only be ALL_OLD or NONE");
}

bool item_write_read_condition(struct intake *intake, struct change *change)
{
    const json_t *input = intake->call->input;

    return intake_read_legacy_condition(intake, input, "Expected", &change->condition) && intake_read_aliases(intake, input) &&
           intake_read_condition(intake, input, "ConditionExpression", &change->condition) &&
           aliases_check_used(&intake->aliases, &intake->fault);
}

bool item_write_run(struct intake *intake, struct change *change)
{
    change->table = intake_find_table(intake, call_string(intake->call, "TableName"));
    return change->table && change_check(change, &intake->fault) && change_prepare(intake->room, change, &intake->fault) &&
           change_apply(intake->room, change, &intake->fault);
}

enum outcome item_write_refuse(struct intake *intake, const struct change *change)
{
    if (intake->fault.kind == FAULT_CONDITION && change->has_old &&
        text_is(call_string(intake->call, "ReturnValuesOnConditionCheckFailure"), "ALL_OLD")) {
        intake->call->error.extra = json_object();
        json_object_set_new(intake->call->error.extra, "Item", answer_item_json(&change->old));
    }
    return intake_refuse(intake);
}

/* UPDATED_OLD and UPDATED_NEW: what the update's paths name in the item before and after, never keys; nothing when nothing is left. Paths
 * are taken as they were written, as the service does: an element that was appended at [100] does not stand there, and at a removed
 * element's place stands the next one. */
static void answer_touched(struct answer_writer *answer, const struct change *change, const struct value *item, struct arena *arena)
{
    struct value part;

    if (!change->update)
        return;
    part = projection_apply(&change->update->targets, item, arena);
    if (part.count)
        answer_item(answer, "Attributes", &part);
}

static void answer_values(struct answer_writer *answer, const struct change *change, const char *wanted, struct arena *arena)
{
    if (text_is(wanted, "ALL_OLD") && change->has_old)
        answer_item(answer, "Attributes", &change->old);
    else if (text_is(wanted, "ALL_NEW") && change->has_new)
        answer_item(answer, "Attributes", &change->new);
    else if (text_is(wanted, "UPDATED_OLD") && change->has_old)
        answer_touched(answer, change, &change->old, arena);
    else if (text_is(wanted, "UPDATED_NEW") && change->has_new)
        answer_touched(answer, change, &change->new, arena);
}

enum outcome item_write_answer(struct intake *intake, const struct change *change)
{
    struct answer_writer answer;
    struct capacity capacity = { 0 };
    const char *wanted = call_string(intake->call, "ReturnValues");

    answer_begin(&answer, intake->call);
    if (wanted)
        answer_values(&answer, change, wanted, intake->arena);
    capacity_add_change(&capacity, change);
    capacity_answer(&capacity, intake->call, &answer);
    capacity_answer_collection(change, intake->call, &answer);
    answer_end(&answer);
    return DONE;
}
