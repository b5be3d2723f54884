/* UpdateTimeToLive and DescribeTimeToLive. A change has its effect at once; AWS refuses a second one within half an hour, which would only
 * stand in a test's way. */

#include "base/text.h"
#include "dynamodb/expiry.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

static const struct member shape_specification[] = {
    { "Enabled", BOOLEAN, .required = true },
    { "AttributeName", SHAPE_ATTRIBUTE_NAME, .required = true },
    { 0 },
};

const struct member dynamodb_update_time_to_live_input[] = {
    { "TableName", STRING },
    { "TimeToLiveSpecification", STRUCTURE, .required = true, .members = shape_specification, .class = "TimeToLiveSpecification" },
    { 0 },
};

const struct member dynamodb_describe_time_to_live_input[] = { { "TableName", STRING }, { 0 } };

static bool check(struct intake *intake, const struct table *table, bool is_enabled, const char *attribute)
{
    if (!table_life_has_items(table))
        return fault_raise(&intake->fault, FAULT_IN_USE, "Attempt to change a resource which is still in use: Table is being %s: %s",
                           table->state == TABLE_CREATING ? "created" : "deleted", table->name);
    if (!table->ttl && !is_enabled)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "TimeToLive is already disabled");
    if (table->ttl && !text_is(table->ttl, attribute))
        return fault_raise(&intake->fault, FAULT_VALIDATION,
                           "TimeToLive is active on a different AttributeName: current AttributeName is %s", table->ttl);
    if (table->ttl && is_enabled)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "TimeToLive is already enabled");
    return true;
}

enum outcome dynamodb_update_time_to_live(struct call *call)
{
    const json_t *specification = call_member(call, "TimeToLiveSpecification");
    bool is_enabled = json_is_true(json_object_get(specification, "Enabled"));
    const char *attribute = json_string_value(json_object_get(specification, "AttributeName"));
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (!table || !check(&intake, table, is_enabled, attribute))
        return intake_refuse(&intake);
    if ((is_enabled ? expiry_enable(intake.room, table, attribute) : expiry_disable(table)) != OK) {
        fault_raise(&intake.fault, FAULT_BROKEN, "Internal server error");
        return intake_refuse(&intake);
    }
    call->output = json_pack("{s:{s:s, s:b}}", "TimeToLiveSpecification", "AttributeName", attribute, "Enabled", is_enabled);
    return DONE;
}

static const char *state_name(const struct table *table)
{
    return table->state == TABLE_CREATING ? "CREATING" : "DELETING";
}

enum outcome dynamodb_describe_time_to_live(struct call *call)
{
    struct intake intake;
    const struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (table && !table_life_has_items(table))
        fault_raise(&intake.fault, FAULT_VALIDATION, "Cannot describe time to live while table is in %s state: Current table state is %s",
                    state_name(table), state_name(table));
    if (intake.fault.kind)
        return intake_refuse(&intake);
    call->output = json_pack("{s:{s:s, s:s*}}", "TimeToLiveDescription", "TimeToLiveStatus", table->ttl ? "ENABLED" : "DISABLED",
                             "AttributeName", table->ttl);
    return DONE;
}
