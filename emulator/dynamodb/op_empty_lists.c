/* ListBackups, ListExports, ListImports, ListGlobalTables: what tools look through for things that cannot be made here, so that there never
 * are any. */

#include "dynamodb/operations.h"

static const char *const backup_types[] = { "ALL", "SYSTEM", "AWS_BACKUP", "USER", NULL };

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
    { "TableArn", STRING, .min = 1, .max = 1024 }, { "PageSize", INTEGER, .min = 1, .max = 25 }, { "NextToken", STRING }, { 0 }
};
const struct member dynamodb_list_global_tables_input[] = {
    { "ExclusiveStartGlobalTableName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Limit", INTEGER, .min = 1 },
    { "RegionName", STRING },
    { 0 },
};

static enum outcome answer_none(struct call *call, const char *member)
{
    call->output = json_pack("{s:[]}", member);
    return DONE;
}

enum outcome dynamodb_list_backups(struct call *call)
{
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

enum outcome dynamodb_list_global_tables(struct call *call)
{
    return answer_none(call, "GlobalTables");
}
