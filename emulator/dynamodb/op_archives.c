/* Exports and imports. None can be made here, so that what an account has is told as of a fresh one: lists are empty, and each ARN names
 * something that is not there. The texts are those of October 2026; that of an import that is not found is made after an export's. */

#include "dynamodb/archive.h"
#include "dynamodb/operations.h"

#define ARN_MEMBER(name)                                       \
    {                                                          \
        name, STRING, .required = true, .min = 37, .max = 1024 \
    }

const struct member dynamodb_list_exports_input[] = {
    { "TableArn", STRING, .min = 1, .max = 1024 }, { "MaxResults", INTEGER, .min = 1, .max = 25 }, { "NextToken", STRING }, { 0 }
};
const struct member dynamodb_list_imports_input[] = {
    { "TableArn", STRING, .min = 1, .max = 1024 },
    { "PageSize", INTEGER, .min = 1, .max = 25 },
    { "NextToken", STRING, .min = 112, .max = 1024, .pattern = "([0-9a-f]{16})+" },
    { 0 },
};
const struct member dynamodb_describe_export_input[] = { ARN_MEMBER("ExportArn"), { 0 } };
const struct member dynamodb_describe_import_input[] = { ARN_MEMBER("ImportArn"), { 0 } };

/* ---- lists ---- */

static enum outcome answer_none(struct call *call, const char *member)
{
    call->output = json_pack("{s:[]}", member);
    return DONE;
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

enum outcome dynamodb_describe_export(struct call *call)
{
    const char *text = call_string(call, "ExportArn");
    struct archive_arn arn = archive_arn_read(call, text, "export");

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
    struct archive_arn arn = archive_arn_read(call, text, "import");

    if (!arn.is_well_formed)
        return call_fail(call, ERR_VALIDATION, "Invalid Import ARN");
    if (!arn.is_of_account)
        return call_fail(call, ERR_ACCESS_DENIED, "Access is denied");
    return call_fail(call, ERR_IMPORT_NOT_FOUND, "Import not found: Import not found: %s", text);
}
