/* CreateBackup, DescribeBackup, DeleteBackup, ListBackups. A backup is AVAILABLE at once after the answer that tells CREATING, as small
 * ones are on AWS. The texts are those of October 2026. */

#include "base/text.h"
#include "dynamodb/archive.h"
#include "dynamodb/backup.h"
#include "dynamodb/operations.h"
#include "dynamodb/table_life.h"

#include <string.h>

enum { PAGE_MAX = 100 };

static const char *const types[] = { "ALL", "SYSTEM", "AWS_BACKUP", "USER", NULL };

#define BACKUP_ARN                                                    \
    {                                                                 \
        "BackupArn", STRING, .required = true, .min = 37, .max = 1024 \
    }

const struct member dynamodb_create_backup_input[] = {
    { "TableName", STRING },
    { "BackupName", STRING, .required = true, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { 0 },
};
const struct member dynamodb_describe_backup_input[] = { BACKUP_ARN, { 0 } };
const struct member dynamodb_delete_backup_input[] = { BACKUP_ARN, { 0 } };
const struct member dynamodb_list_backups_input[] = {
    { "TableName", STRING },
    { "Limit", INTEGER, .min = 1, .max = PAGE_MAX },
    { "TimeRangeLowerBound", TIMESTAMP },
    { "TimeRangeUpperBound", TIMESTAMP },
    { "ExclusiveStartBackupArn", STRING, .min = 37, .max = 1024 },
    { "BackupType", STRING, .values = types },
    { 0 },
};

/* The members that details and summaries share; `arn` as the client knows it. */
static json_t *details(const struct backup *backup, const char *arn, const char *status)
{
    return json_pack("{s:s, s:s, s:I, s:s, s:s, s:f}", "BackupArn", arn, "BackupName", backup->name, "BackupSizeBytes",
                     (json_int_t)backup->counts.bytes, "BackupStatus", status, "BackupType", "USER", "BackupCreationDateTime",
                     (double)backup->created_ms / 1000);
}

enum outcome dynamodb_create_backup(struct call *call)
{
    struct intake intake;
    const char *name = intake_table_name(call_string(call, "TableName"));
    const struct backup *backup;
    struct table *table;

    intake_open(&intake, call);
    table = dynamodb_find_table(intake.room, name);
    if (!table || !table_life_has_items(table))
        return call_fail(call, ERR_TABLE_NOT_FOUND, "Table not found: %s", name);
    if (backup_create(intake.room, table, call_string(call, "BackupName"), &backup) != OK)
        return call_fail(call, ERR_INTERNAL_SERVER_ERROR, "Internal server error");
    call->output = json_pack("{s:o}", "BackupDetails", details(backup, backup_arn(intake.room, backup, call->arena), "CREATING"));
    return DONE;
}

/* ---- one of them ---- */

/* The backup that the ARN names, whose region is not looked at; NULL after an error. */
static const struct backup *find(struct call *call)
{
    const char *text = call_string(call, "BackupArn");
    struct archive_arn arn = archive_arn_read(call, text, "backup");
    const struct backup *backup = NULL;

    if (!arn.is_well_formed)
        call_fail(call, ERR_VALIDATION, "Invalid Backup ARN");
    else if (!arn.is_of_account)
        call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    else if (!(backup = backup_find(room_of(call), arn.resource)))
        call_fail(call, ERR_BACKUP_NOT_FOUND, "Backup not found: %s", text);
    return backup;
}

/* What Describe- and DeleteBackup tell. */
static json_t *describe(const struct call *call, const struct backup *backup, const char *status)
{
    return json_pack("{s:{s:o, s:o, s:o}}", "BackupDescription", "BackupDetails", details(backup, call_string(call, "BackupArn"), status),
                     "SourceTableDetails", backup_source_json(backup), "SourceTableFeatureDetails", backup_features_json(backup));
}

enum outcome dynamodb_describe_backup(struct call *call)
{
    const struct backup *backup = find(call);

    if (!backup)
        return FAILED;
    call->output = describe(call, backup, "AVAILABLE");
    return DONE;
}

enum outcome dynamodb_delete_backup(struct call *call)
{
    const struct backup *backup = find(call);

    if (!backup)
        return FAILED;
    if (backup_user(room_of(call), backup, call->arena))
        return call_fail(call, ERR_BACKUP_IN_USE, "Backup is being used to restore table: %s", call_string(call, "BackupArn"));
    call->output = describe(call, backup, "DELETED");
    if (backup_remove(room_of(call), backup) != OK)
        return call_fail(call, ERR_INTERNAL_SERVER_ERROR, "Internal server error");
    return DONE;
}

/* ---- the list ---- */

/* The lower bound is within, the upper one without. */
static bool is_in_time(const struct call *call, const struct backup *backup)
{
    double time = (double)backup->created_ms / 1000;

    return time >= call_number(call, "TimeRangeLowerBound", 0) && time < call_number(call, "TimeRangeUpperBound", time + 1);
}

/* There are only those that users made. */
static bool is_of_type(const struct call *call)
{
    const char *type = call_string(call, "BackupType");

    return !type || text_is(type, "USER") || text_is(type, "ALL");
}

/* Whether the bounds and the place to go on from make sense; an error otherwise. The id after which to go on goes to start. */
static bool check_list(struct call *call, const char **start)
{
    const char *text = call_string(call, "ExclusiveStartBackupArn");
    struct archive_arn arn = { 0 };

    if (call_has(call, "TimeRangeLowerBound") && call_has(call, "TimeRangeUpperBound") &&
        call_number(call, "TimeRangeLowerBound", 0) > call_number(call, "TimeRangeUpperBound", 0)) {
        call_fail(call, ERR_VALIDATION,
                  "One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound");
        return false;
    }
    if (!text)
        return true;
    arn = archive_arn_read(call, text, "backup");
    if (!arn.is_well_formed)
        call_fail(call, ERR_VALIDATION, "Invalid Backup ARN");
    else if (!arn.is_of_region)
        call_fail(call, ERR_VALIDATION, "Invalid Request: The supplied ExclusiveStartBackupArn does not match the region");
    else
        *start = archive_id(arn.resource);
    return *start != NULL;
}

static json_t *summarize(const struct backup *backup, const char *arn)
{
    json_t *summary = details(backup, arn, "AVAILABLE");
    json_t *table =
        json_pack("{s:s, s:s, s:s}", "TableName", backup->table->name, "TableId", backup->table->id, "TableArn", backup->table->arn);

    json_object_update(summary, table);
    json_decref(table);
    return summary;
}

enum outcome dynamodb_list_backups(struct call *call)
{
    const struct dynamodb *room = room_of(call);
    size_t limit = (size_t)call_integer(call, "Limit", PAGE_MAX);
    const char *start = NULL;
    const char *last = NULL;
    const struct backup **list;
    json_t *summaries;
    size_t count;

    if (!check_list(call, &start))
        return FAILED;
    list = backups_list(room, intake_table_name(call_string(call, "TableName")), call->arena, &count);
    summaries = json_array();
    call->output = json_pack("{s:o}", "BackupSummaries", summaries);
    for (size_t i = 0; i < count && is_of_type(call); i++) {
        if ((start && strcmp(archive_id(list[i]->resource), start) <= 0) || !is_in_time(call, list[i]))
            continue;
        if (json_array_size(summaries) == limit) {
            json_object_set_new(call->output, "LastEvaluatedBackupArn", json_string(last));
            break;
        }
        last = backup_arn(room, list[i], call->arena);
        json_array_append_new(summaries, summarize(list[i], last));
    }
    return DONE;
}
