/* RestoreTableFromBackup and RestoreTableToPointInTime: a new table with the items of a backup, or of a table as it is now. What a restore
 * does not take over (streams, time to live, tags, recovery, policies, protection, class) is as of a new table. The texts are those of
 * October 2026.
 *
 * There is no history: the latest restorable time is now, and no other time can be asked for. */

#include "base/text.h"
#include "dynamodb/archive.h"
#include "dynamodb/backup.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

#include <string.h>

#define NAME_MEMBER(name)                                                \
    {                                                                    \
        name, STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define TARGET_NAME                                                                                     \
    {                                                                                                   \
        "TargetTableName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define OVERRIDES                                                                                                      \
    { "BillingModeOverride", STRING, .values = shape_billing_modes },                                                  \
        { "GlobalSecondaryIndexOverride", SHAPE_LIST_OF(shape_global_index, "GlobalSecondaryIndex") },                 \
        { "LocalSecondaryIndexOverride", SHAPE_LIST_OF(shape_local_index, "LocalSecondaryIndex") },                    \
        { "ProvisionedThroughputOverride", STRUCTURE, .members = shape_throughput, .class = "ProvisionedThroughput" }, \
        { "OnDemandThroughputOverride", STRUCTURE, .members = shape_on_demand, .class = "OnDemandThroughput" },        \
    {                                                                                                                  \
        "SSESpecificationOverride", STRUCTURE, .members = shape_encryption, .class = "SSESpecification"                \
    }

const struct member dynamodb_restore_table_from_backup_input[] = {
    TARGET_NAME, { "BackupArn", STRING, .required = true, .min = 37, .max = 1024 }, OVERRIDES, { 0 }
};
const struct member dynamodb_restore_table_to_point_in_time_input[] = {
    { "SourceTableArn", STRING, .min = 1, .max = 1024 },
    NAME_MEMBER("SourceTableName"),
    TARGET_NAME,
    { "UseLatestRestorableTime", BOOLEAN },
    { "RestoreDateTime", TIMESTAMP },
    OVERRIDES,
    { 0 },
};

/* ---- what the new table is to be ---- */

static bool refuse(struct intake *intake, const char *why)
{
    return fault_raise(&intake->fault, FAULT_VALIDATION, "Invalid Request: %s", why);
}

/* Whether each text of the list stands in the other one. */
static bool holds(const json_t *others, const json_t *list)
{
    for (size_t i = 0; i < json_array_size(list); i++) {
        size_t j = 0;

        while (j < json_array_size(others) && !json_equal(json_array_get(list, i), json_array_get(others, j)))
            j++;
        if (j == json_array_size(others))
            return false;
    }
    return true;
}

static bool is_same_projection(const json_t *a, const json_t *b)
{
    const json_t *names = json_object_get(a, "NonKeyAttributes");
    const json_t *others = json_object_get(b, "NonKeyAttributes");

    return json_equal(json_object_get(a, "ProjectionType"), json_object_get(b, "ProjectionType")) && holds(names, others) &&
           holds(others, names);
}

static bool is_same_index(const json_t *index, const json_t *wanted)
{
    return json_equal(json_object_get(index, "IndexName"), json_object_get(wanted, "IndexName")) &&
           json_equal(json_object_get(index, "KeySchema"), json_object_get(wanted, "KeySchema")) &&
           is_same_projection(json_object_get(index, "Projection"), json_object_get(wanted, "Projection"));
}

/* Only an index that was there can be restored, once. */
static bool check_index(struct intake *intake, const json_t *source, const json_t *wanted, size_t place)
{
    const char *name = table_member_text(json_array_get(wanted, place), "IndexName");
    bool is_known = false;

    for (size_t i = 0; i < place; i++)
        if (!strcmp(name, table_member_text(json_array_get(wanted, i), "IndexName")))
            return fault_parameter(&intake->fault, FAULT_VALIDATION, "Duplicate index name: %s", name);
    for (size_t i = 0; i < json_array_size(source); i++)
        is_known |= is_same_index(json_array_get(source, i), json_array_get(wanted, place));
    return is_known || refuse(intake, arena_print(intake->arena,
                                                  "Index %s does not match a secondary index that existed in the source table and cannot "
                                                  "be created during the restore operation",
                                                  name));
}

/* Those that are not named are left out. */
static bool override_indexes(struct intake *intake, json_t *input, const char *member, const char *override)
{
    json_t *wanted = call_member(intake->call, override);

    for (size_t i = 0; i < json_array_size(wanted); i++)
        if (!check_index(intake, json_object_get(input, member), wanted, i))
            return false;
    if (wanted)
        json_object_set(input, member, wanted);
    return true;
}

static void drop_units(json_t *input)
{
    json_t *index;
    size_t i;

    json_object_del(input, "ProvisionedThroughput");
    json_array_foreach(json_object_get(input, "GlobalSecondaryIndexes"), i, index)
    {
        json_object_del(index, "ProvisionedThroughput");
    }
}

/* What no table can have. */
static bool check_units(struct intake *intake, const json_t *units, const char *index)
{
    return throughput_check_bounds(units, &intake->fault) &&
           throughput_check_limit(units, index, intake->room->ground->region, &intake->fault);
}

static bool check_bounds(struct intake *intake, const json_t *bounds)
{
    static const char *const members[] = { "MaxReadRequestUnits", "MaxWriteRequestUnits" };

    for (size_t i = 0; i < 2; i++) {
        const json_t *bound = json_object_get(bounds, members[i]);

        if (json_is_integer(bound) && json_integer_value(bound) < 1)
            return refuse(intake, arena_print(intake->arena, "Requested %s for OnDemandThroughput is outside of valid range", members[i]));
    }
    return true;
}

static bool override_billing(struct intake *intake, json_t *input)
{
    const char *mode = call_string(intake->call, "BillingModeOverride");
    json_t *units = call_member(intake->call, "ProvisionedThroughputOverride");
    json_t *bounds = call_member(intake->call, "OnDemandThroughputOverride");
    bool was_on_demand = text_is(table_member_text(input, "BillingMode"), "PAY_PER_REQUEST");
    bool is_on_demand = mode ? text_is(mode, "PAY_PER_REQUEST") : was_on_demand;

    if (units && is_on_demand)
        return refuse(intake, mode ? "Cannot override ProvisionedThroughput if BillingMode is overridden to PAY_PER_REQUEST"
                                   : "Cannot override ProvisionedThroughput unless BillingMode is PROVISIONED");
    if (!is_on_demand && was_on_demand && !units)
        return refuse(intake, "Must override ProvisionedThroughput if BillingMode is overridden to PROVISIONED");
    if (bounds && !is_on_demand)
        return refuse(intake, "Cannot override MaxReadRequestUnits for OnDemandThroughput unless BillingModeOverride is PAY_PER_REQUEST");
    if (!check_units(intake, units, NULL) || !check_bounds(intake, bounds))
        return false;
    if (is_on_demand)
        drop_units(input);
    if (units)
        json_object_set(input, "ProvisionedThroughput", units);
    if (bounds)
        json_object_set(input, "OnDemandThroughput", bounds);
    json_object_set_new(input, "BillingMode", json_string(is_on_demand ? "PAY_PER_REQUEST" : "PROVISIONED"));
    return true;
}

/* A provisioned table's indexes have units of their own. */
static bool check_index_units(struct intake *intake, const json_t *input)
{
    json_t *index;
    size_t i;

    if (text_is(table_member_text(input, "BillingMode"), "PAY_PER_REQUEST"))
        return true;
    json_array_foreach(json_object_get(input, "GlobalSecondaryIndexes"), i, index)
    {
        const json_t *units = json_object_get(index, "ProvisionedThroughput");

        if (!check_units(intake, units, table_member_text(index, "IndexName")))
            return false;
        if (!throughput_units(units).read)
            return refuse(intake, arena_print(intake->arena, "Must specify provisioned throughput for index %s",
                                              table_member_text(index, "IndexName")));
    }
    return true;
}

/* CreateTable's input for a table like source, with the call's overrides. A new reference; NULL with a fault. */
static json_t *wanted_table(struct intake *intake, const struct table *source)
{
    static const char *const taken[] = { "AttributeDefinitions",
                                         "KeySchema",
                                         "LocalSecondaryIndexes",
                                         "GlobalSecondaryIndexes",
                                         "ProvisionedThroughput",
                                         "BillingMode",
                                         "OnDemandThroughput",
                                         "SSESpecification",
                                         NULL };
    json_t *definition = backup_definition(source);
    json_t *encryption = call_member(intake->call, "SSESpecificationOverride");
    json_t *input = json_pack("{s:s}", "TableName", call_string(intake->call, "TargetTableName"));

    for (const char *const *member = taken; *member; member++)
        if (json_object_get(definition, *member))
            json_object_set(input, *member, json_object_get(definition, *member));
    json_decref(definition);
    if (encryption)
        json_object_set(input, "SSESpecification", encryption);
    if (override_indexes(intake, input, "GlobalSecondaryIndexes", "GlobalSecondaryIndexOverride") &&
        override_indexes(intake, input, "LocalSecondaryIndexes", "LocalSecondaryIndexOverride") && override_billing(intake, input) &&
        check_index_units(intake, input))
        return input;
    json_decref(input);
    return NULL;
}

/* ---- making it ---- */

/* summary is taken: from what, and of which time. */
static struct table *make_table(struct intake *intake, const json_t *input, json_t *summary)
{
    const struct ground *ground = intake->room->ground;
    struct table *table = table_new(input, ground->region, ground->account);

    random_uuid(&intake->room->ids, table->id);
    table->created_us = clock_now_us(ground->clock);
    table->on_demand_since_us = table->is_on_demand ? table->created_us : 0;
    table->restore = summary;
    table->state = TABLE_CREATING;
    return table;
}

static enum outcome restore(struct intake *intake, const struct table *source, json_t *summary)
{
    struct call *call = intake->call;
    json_t *input = wanted_table(intake, source);
    struct table *table;

    if (!input) {
        json_decref(summary);
        return intake_refuse(intake);
    }
    table = make_table(intake, input, summary);
    json_decref(input);
    if (store_copy_table(intake->room->store, source, table) != OK || store_keep_definition(intake->room->store, table) != OK) {
        table_life_end(intake->room, table);
        return call_fail(call, ERR_INTERNAL_SERVER_ERROR, "Internal server error");
    }
    table_life_enter(intake->room, table);
    call->output = json_pack("{s:o}", "TableDescription", table_lookup_describe(intake, table));
    table_life_go(table);
    return DONE;
}

static bool is_taken(struct call *call)
{
    const char *name = call_string(call, "TargetTableName");

    if (!dynamodb_find_table(room_of(call), name))
        return false;
    call_fail(call, ERR_TABLE_ALREADY_EXISTS, "Table already exists: %s", name);
    return true;
}

/* ---- from a backup ---- */

enum outcome dynamodb_restore_table_from_backup(struct call *call)
{
    const char *text = call_string(call, "BackupArn");
    struct archive_arn arn = archive_arn_read(call, text, "backup");
    const struct backup *backup = NULL;
    struct intake intake;

    intake_open(&intake, call);
    if (!arn.is_well_formed)
        return call_fail(call, ERR_VALIDATION, "Invalid Backup ARN");
    if (!arn.is_of_account)
        return call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    backup = backup_find(intake.room, arn.resource);
    if (!backup)
        return call_fail(call, ERR_BACKUP_NOT_FOUND, "Backup not found: %s", text);
    if (is_taken(call))
        return FAILED;
    if (backup_user(intake.room, backup, call->arena))
        return call_fail(call, ERR_BACKUP_IN_USE, "Backup is being used to restore another table: %s", text);
    return restore(&intake, backup->table,
                   json_pack("{s:s, s:s, s:f}", "SourceBackupArn", backup_arn(intake.room, backup, call->arena), "SourceTableArn",
                             backup->table->arn, "RestoreDateTime", (double)backup->created_ms / 1000));
}

/* ---- from a table as it is ---- */

/* Neither both nor none of the two members; an error otherwise. */
static bool check_one(struct call *call, bool has_one, bool has_other, const char *both, const char *none)
{
    if (has_one != has_other)
        return true;
    call_fail(call, ERR_VALIDATION, "%s", has_one ? both : none);
    return false;
}

static bool check_request(struct call *call)
{
    return check_one(call, call_boolean(call, "UseLatestRestorableTime", false), call_has(call, "RestoreDateTime"),
                     "Invalid Request: Both RestoreDateTime and UseLatestRestorableTime cannot be set for point-in-time restore request. "
                     "Please specify only one of the two",
                     "Invalid Request: Either one of RestoreDateTime or UseLatestRestorableTime must be specified, but not both") &&
           check_one(call, call_has(call, "SourceTableArn"), call_has(call, "SourceTableName"),
                     "Invalid Request: Must provide exactly one of: sourceTableArn, sourceTableName",
                     "Invalid Request: Must provide exactly one of: sourceTableArn, sourceTableName");
}

/* The name in SourceTableArn; NULL after an error. A table of another region is none of ours. */
static const char *name_in_arn(struct call *call, const char *arn)
{
    const char *ours = call_print(call, "arn:aws:dynamodb:%s:", call->ground->region);
    const char *account = text_begins(arn, ours) ? arn + strlen(ours) : NULL;
    const char *table = strstr(arn, ":table/");

    if (!text_begins(arn, "arn:aws:dynamodb:") || !table || strchr(table + strlen(":table/"), '/'))
        call_fail(call, ERR_VALIDATION, "One or more parameter values were invalid: sourceTableArn is not a valid ARN");
    else if (!account)
        call_fail(call, ERR_TABLE_NOT_FOUND, "Table not found: %s", arn);
    else if (!text_begins(account, call_print(call, "%s:table/", call->ground->account)))
        call_fail(call, ERR_VALIDATION, "This action is only supported by accounts that match the resource owner\u2019s account.");
    return call->error.id ? NULL : table + strlen(":table/");
}

/* The table to restore from; NULL after an error. */
static const struct table *find_source(struct call *call)
{
    const char *arn = call_string(call, "SourceTableArn");
    const char *name = arn ? name_in_arn(call, arn) : call_string(call, "SourceTableName");
    const struct table *source = name ? dynamodb_find_table(room_of(call), name) : NULL;

    if (source && table_life_has_items(source))
        return source;
    if (name)
        call_fail(call, ERR_TABLE_NOT_FOUND, "Table not found: %s", arn ? arn : name);
    return NULL;
}

enum outcome dynamodb_restore_table_to_point_in_time(struct call *call)
{
    const struct table *source;
    struct intake intake;

    intake_open(&intake, call);
    source = check_request(call) ? find_source(call) : NULL;
    if (!source)
        return FAILED;
    if (!source->backups)
        return call_fail(call, ERR_POINT_IN_TIME_RECOVERY_UNAVAILABLE, "Point in time recovery is not enabled for table '%s'",
                         source->name);
    if (call_has(call, "RestoreDateTime"))
        return call_fail(call, ERR_INVALID_RESTORE_TIME,
                         "lowcloud keeps no history of a table: only UseLatestRestorableTime can be asked for");
    if (is_taken(call))
        return FAILED;
    return restore(&intake, source,
                   json_pack("{s:s, s:f}", "SourceTableArn", source->arn, "RestoreDateTime",
                             (double)(clock_now_us(intake.room->ground->clock) / 1000) / 1000));
}
