/* DescribeContinuousBackups and UpdateContinuousBackups: whether a table can be restored to a point in time (op_restore.c). */

#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

enum { PERIOD_DAYS = 35, LATEST_BEHIND_US = 300 * 1000000 };

static const struct member shape_recovery[] = {
    { "PointInTimeRecoveryEnabled", BOOLEAN, .required = true },
    { "RecoveryPeriodInDays", INTEGER, .min = 1, .max = PERIOD_DAYS },
    { 0 },
};

const struct member dynamodb_describe_continuous_backups_input[] = { { "TableName", STRING }, { 0 } };
const struct member dynamodb_update_continuous_backups_input[] = {
    { "TableName", STRING },
    { "PointInTimeRecoverySpecification", STRUCTURE, .required = true, .members = shape_recovery,
      .class = "PointInTimeRecoverySpecification" },
    { 0 },
};

/* Backups have a word of their own for a table that is not there (or not yet). */
static struct table *find(struct intake *intake)
{
    const char *name = intake_table_name(call_string(intake->call, "TableName"));
    struct table *table = dynamodb_find_table(intake->room, name);

    if (table && table_life_has_items(table))
        return table;
    fault_raise(&intake->fault, FAULT_TABLE_NOT_FOUND, "Table not found: %s", name);
    return NULL;
}

static json_t *seconds(int64_t time_us)
{
    return json_real((double)(time_us / 1000) / 1000);
}

static int64_t later(int64_t a, int64_t b)
{
    return a > b ? a : b;
}

/* The first status is no switch: all tables have it ENABLED soon after they are made. */
static json_t *describe(const struct table *table, int64_t now_us)
{
    json_t *recovery = json_pack("{s:s}", "PointInTimeRecoveryStatus", table->backups ? "ENABLED" : "DISABLED");

    if (table->backups) {
        int64_t period_us = table->backups * 86400 * 1000000;

        json_object_set_new(recovery, "RecoveryPeriodInDays", json_integer(table->backups));
        json_object_set_new(recovery, "EarliestRestorableDateTime", seconds(later(table->backups_since_us, now_us - period_us)));
        json_object_set_new(recovery, "LatestRestorableDateTime", seconds(later(table->backups_since_us, now_us - LATEST_BEHIND_US)));
    }
    return json_pack("{s:{s:s, s:o}}", "ContinuousBackupsDescription", "ContinuousBackupsStatus", "ENABLED",
                     "PointInTimeRecoveryDescription", recovery);
}

enum outcome dynamodb_describe_continuous_backups(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = find(&intake);
    if (!table)
        return intake_refuse(&intake);
    call->output = describe(table, clock_now_us(intake.room->ground->clock));
    return DONE;
}

static bool change(struct intake *intake, struct table *table, int64_t now_us)
{
    const json_t *recovery = call_member(intake->call, "PointInTimeRecoverySpecification");
    const json_t *days = json_object_get(recovery, "RecoveryPeriodInDays");
    bool is_enabled = json_is_true(json_object_get(recovery, "PointInTimeRecoveryEnabled"));

    if (!is_enabled && json_is_integer(days))
        return fault_raise(&intake->fault, FAULT_VALIDATION,
                           "Invalid Request: Cannot specify RecoveryPeriodInDays when disabling point-in-time recovery.");
    if (is_enabled && !table->backups)
        table->backups_since_us = now_us;
    if (is_enabled && (json_is_integer(days) || !table->backups))
        table->backups = json_is_integer(days) ? json_integer_value(days) : PERIOD_DAYS;
    if (!is_enabled)
        table->backups = 0;
    return store_keep_definition(intake->room->store, table) == OK || fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
}

enum outcome dynamodb_update_continuous_backups(struct call *call)
{
    int64_t now_us;
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    now_us = clock_now_us(intake.room->ground->clock);
    table = find(&intake);
    if (!table || !change(&intake, table, now_us))
        return intake_refuse(&intake);
    call->output = describe(table, now_us);
    return DONE;
}
