/* ExecuteStatement: one PartiQL statement. */

#include "base/text.h"
#include "dynamodb/capacity.h"
#include "dynamodb/item_write.h"
#include "dynamodb/operations.h"
#include "dynamodb/partiql_select.h"
#include "dynamodb/partiql_write.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_execute_statement_input[] = {
    { "Statement", STRING, .required = true, .min = 1, .max = SHAPE_STATEMENT_MAX },
    { "Parameters", LIST, .min = 1, .members = shape_parameters },
    { "ConsistentRead", BOOLEAN },
    { "NextToken", STRING, .min = 1, .max = 32768 },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "Limit", INTEGER, .min = 1 },
    SHAPE_FAILURE_VALUES,
    { 0 },
};

static enum outcome select_items(struct intake *intake, const struct partiql *partiql)
{
    struct answer_writer answer;

    answer_begin(&answer, intake->call);
    if (!partiql_select(intake, partiql, &answer))
        return intake_refuse(intake);
    answer_end(&answer);
    return DONE;
}

static enum outcome answer_write(struct intake *intake, const struct partiql *partiql, const struct change *change)
{
    struct answer_writer answer;
    struct capacity capacity = { 0 };
    struct value returned;

    answer_begin(&answer, intake->call);
    answer_member(&answer, "Items");
    buffer_add_char(answer.text, '[');
    if (partiql_returned(partiql, change, &returned, intake->arena))
        wire_write_item(answer.text, &returned);
    buffer_add_char(answer.text, ']');
    capacity_add_change(&capacity, change);
    capacity_answer(&capacity, intake->call, &answer);
    answer_end(&answer);
    return DONE;
}

static enum outcome write(struct intake *intake, const struct partiql *partiql)
{
    struct change change = { 0 };

    if (partiql->statement.kind == STATEMENT_EXISTS)
        fault_raise(&intake->fault, FAULT_VALIDATION, "EXISTS can only be used in ExecuteTransaction write requests.");
    else if (partiql_make_change(partiql, &change, false, &intake->fault) && partiql_apply_change(intake->room, &change, &intake->fault))
        return answer_write(intake, partiql, &change);
    return item_write_refuse(intake, &change);
}

enum outcome dynamodb_execute_statement(struct call *call)
{
    struct intake intake;
    struct partiql partiql = { 0 };

    intake_open(&intake, call);
    if (!partiql_read(&partiql, call->input, &intake.fault) || !partiql_find_table(intake.room, &partiql, &intake.fault))
        return intake_refuse(&intake);
    return partiql_is_read(&partiql) ? select_items(&intake, &partiql) : write(&intake, &partiql);
}
