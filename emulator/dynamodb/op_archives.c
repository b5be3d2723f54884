/* What is kept of tables outside of them: backups, exports and imports. None can be made here, so that what an account has is told as of a
 * fresh one: lists are empty, and each ARN names something that is not there. The texts are those of October 2026; that of an import that
 * is not found is made after an export's. */

#include "base/text.h"
#include "dynamodb/operations.h"

#include <string.h>

static const char *const backup_types[] = { "ALL", "SYSTEM", "AWS_BACKUP", "USER", NULL };

#define ARN_MEMBER(name)                                       \
    {                                                          \
        name, STRING, .required = true, .min = 37, .max = 1024 \
    }

const struct member dynamodb_list_backups_input[] = {
    { "TableName", STRING, .min = 1, .max = 1024 },
    { "Limit", INTEGER, .min = 1, .max = 100 },
    { "TimeRangeLowerBound", TIMESTAMP },
    { "TimeRangeUpperBound", TIMESTAMP },
    { "ExclusiveStartBackupArn", STRING, .min = 37, .max = 1024 },
    { "BackupType", STRING, .values = backup_types },
    { 0 },
};
const struct member dynamodb_list_exports_input[] = {
    { "TableArn", STRING, .min = 1, .max = 1024 }, { "MaxResults", INTEGER, .min = 1, .max = 25 }, { "NextToken", STRING }, { 0 }
};
const struct member dynamodb_list_imports_input[] = {
    { "TableArn", STRING, .min = 1, .max = 1024 },
    { "PageSize", INTEGER, .min = 1, .max = 25 },
    { "NextToken", STRING, .min = 112, .max = 1024, .pattern = "([0-9a-f]{16})+" },
    { 0 },
};
const struct member dynamodb_describe_backup_input[] = { ARN_MEMBER("BackupArn"), { 0 } };
const struct member dynamodb_delete_backup_input[] = { ARN_MEMBER("BackupArn"), { 0 } };
const struct member dynamodb_describe_export_input[] = { ARN_MEMBER("ExportArn"), { 0 } };
const struct member dynamodb_describe_import_input[] = { ARN_MEMBER("ImportArn"), { 0 } };

/* ---- lists ---- */

static enum outcome answer_none(struct call *call, const char *member)
{
    call->output = json_pack("{s:[]}", member);
    return DONE;
}

enum outcome dynamodb_list_backups(struct call *call)
{
    if (call_has(call, "TimeRangeLowerBound") && call_has(call, "TimeRangeUpperBound") &&
        call_number(call, "TimeRangeLowerBound", 0) > call_number(call, "TimeRangeUpperBound", 0))
        return call_fail(call, ERR_VALIDATION,
                         "One or more parameter values were invalid: Time range lower bound must be less than or equal to upper bound");
    return answer_none(call, "BackupSummaries");
}

enum outcome dynamodb_list_exports(struct call *call)
{
    return answer_none(call, "ExportSummaries");
}

enum outcome dynamodb_list_imports(struct call *call)
{
    return answer_none(call, "ImportSummaryList");
}

/* ---- one of them ---- */

/* arn:aws:dynamodb:<region>:<account>:table/<table>/<kind>/<id> */
struct archive_arn {
    bool is_well_formed;
    bool is_of_region;
    bool is_of_account;
};

static bool names_archive(const char *resource, const char *kind)
{
    const char *name = resource && text_begins(resource, "table/") ? strchr(resource, '/') + 1 : NULL;
    const char *slash = name ? strchr(name, '/') : NULL;
    size_t length = strlen(kind);

    return slash && slash > name && !strncmp(slash + 1, kind, length) && slash[1 + length] == '/' && slash[2 + length];
}

/* The part behind the next colon, or NULL; *text goes behind it. */
static const char *next_part(struct call *call, const char **text)
{
    const char *start = *text;
    const char *colon = strchr(start, ':');

    if (!colon)
        return NULL;
    *text = colon + 1;
    return call_print(call, "%.*s", (int)(colon - start), start);
}

static struct archive_arn read_arn(struct call *call, const char *arn, const char *kind)
{
    static const char head[] = "arn:aws:dynamodb:";
    const char *rest = text_begins(arn, head) ? arn + strlen(head) : "";
    const char *region = next_part(call, &rest);
    const char *account = region ? next_part(call, &rest) : NULL;

    return (struct archive_arn){ .is_well_formed = account && names_archive(rest, kind),
                                 .is_of_region = text_is(region, call->ground->region),
                                 .is_of_account = text_is(account, call->ground->account) };
}

/* The region in a backup's ARN is not looked at. */
static enum outcome refuse_backup(struct call *call)
{
    const char *text = call_string(call, "BackupArn");
    struct archive_arn arn = read_arn(call, text, "backup");

    if (!arn.is_well_formed)
        return call_fail(call, ERR_VALIDATION, "Invalid Backup ARN");
    if (!arn.is_of_account)
        return call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    return call_fail(call, ERR_BACKUP_NOT_FOUND, "Backup not found: %s", text);
}

enum outcome dynamodb_describe_backup(struct call *call)
{
    return refuse_backup(call);
}

enum outcome dynamodb_delete_backup(struct call *call)
{
    return refuse_backup(call);
}

enum outcome dynamodb_describe_export(struct call *call)
{
    const char *text = call_string(call, "ExportArn");
    struct archive_arn arn = read_arn(call, text, "export");

    if (!arn.is_well_formed)
        return call_fail(call, ERR_VALIDATION, "Invalid Export ARN");
    if (!arn.is_of_account)
        return call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    if (!arn.is_of_region)
        return call_fail(call, ERR_EXPORT_NOT_FOUND, "Export not found: Invalid export arn");
    return call_fail(call, ERR_EXPORT_NOT_FOUND, "Export not found: Export not found: %s", text);
}

enum outcome dynamodb_describe_import(struct call *call)
{
    const char *text = call_string(call, "ImportArn");
    struct archive_arn arn = read_arn(call, text, "import");

    if (!arn.is_well_formed)
        return call_fail(call, ERR_VALIDATION, "Invalid Import ARN");
    if (!arn.is_of_account)
        return call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    return call_fail(call, ERR_IMPORT_NOT_FOUND, "Import not found: Import not found: %s", text);
}
