#include "dynamodb/table_name.h"

#include "aws/service.h"
#include "base/text.h"

#include <ctype.h>
#include <string.h>

enum { NAME_MIN_BYTES = 3, NAME_MAX_BYTES = 255, ARN_MAX_BYTES = 1024 };

static const char pattern_text[] = "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+";

/* What is looked at, for whom, and where it stands. */
struct inspection {
    struct call *call;
    const char *name;
    const char *path;
    struct fault *fault;
};

/* The operations on tables, which word a missing or short name in their own way. */
static bool is_table_operation(const char *name)
{
    static const char *const names[] = { "CreateTable",
                                         "DescribeTable",
                                         "DeleteTable",
                                         "UpdateTable",
                                         "DescribeTimeToLive",
                                         "UpdateTimeToLive",
                                         "DescribeContinuousBackups",
                                         "UpdateContinuousBackups",
                                         NULL };

    for (const char *const *each = names; *each; each++)
        if (!strcmp(*each, name))
            return true;
    return false;
}

static bool is_name(const char *name)
{
    while (isalnum((unsigned char)*name) || *name == '_' || *name == '.' || *name == '-')
        name++;
    return !*name;
}

static bool refuse(const struct inspection *inspection, const char *constraint)
{
    const char *quote = inspection->name ? "'" : "";

    return fault_raise(inspection->fault, FAULT_REQUEST,
                       "1 validation error detected: Value %s%s%s at '%s' failed to satisfy constraint: %s", quote,
                       inspection->name ? inspection->name : "null", quote, inspection->path, constraint);
}

/* ---- ARNs ---- */

enum { ARN_PARTS = 6 }; /* arn, partition, vendor, region, account, resource */

/* As the service splits it: the last part keeps its colons. False when there are too few. */
static bool split(const char *arn, struct bytes parts[ARN_PARTS])
{
    for (int i = 0; i < ARN_PARTS; i++) {
        size_t size = i + 1 < ARN_PARTS ? strcspn(arn, ":") : strlen(arn);

        parts[i] = (struct bytes){ arn, size };
        arn += size;
        if (i + 1 < ARN_PARTS && !*arn++)
            return false;
    }
    return true;
}

static bool refuse_format(const struct inspection *inspection)
{
    return refuse(inspection, "Valid ARN format is 'arn:<awsPartition>:<vendor>:<region>:<subscriber>:resourceType/resourceName', where "
                              "Resource name must have length less than or equal to 255, Resource name must have length greater than or "
                              "equal to 3, Resource name must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
}

static bool refuse_part(const struct inspection *inspection, const char *part)
{
    return fault_raise(inspection->fault, FAULT_REQUEST, "1 validation error detected: Invalid %s in '%s'", part, inspection->name);
}

static bool check_resource_name(const struct inspection *inspection, const char *name)
{
    if (!is_name(name) || strlen(name) > NAME_MAX_BYTES)
        return refuse_format(inspection);
    return strlen(name) >= NAME_MIN_BYTES || refuse(inspection, "Table name of ARN must have length greater than or equal to 3");
}

/* The texts are those of October 2026; in which order the parts are looked at is not known. */
static bool check_arn(const struct inspection *inspection)
{
    const struct ground *ground = inspection->call->ground;
    struct bytes parts[ARN_PARTS];

    if (strlen(inspection->name) > ARN_MAX_BYTES)
        return refuse(inspection, "Member must have length less than or equal to 1024");
    if (!split(inspection->name, parts) || !strchr(parts[5].data, '/') || !bytes_are(parts[2], bytes_of("dynamodb")))
        return refuse_format(inspection);
    if (!bytes_are(parts[1], bytes_of("aws")))
        return refuse_part(inspection, "AWS partition");
    if (!bytes_are(parts[3], bytes_of(ground->region)))
        return refuse_part(inspection, "AWS region");
    if (!text_begins(parts[5].data, "table/"))
        return refuse_part(inspection, "resource type");
    if (!check_resource_name(inspection, parts[5].data + strlen("table/")))
        return false;
    return bytes_are(parts[4], bytes_of(ground->account)) || fault_raise(inspection->fault, FAULT_ACCESS_DENIED, "Access is denied");
}

/* ---- names ---- */

/* The writers of one item tell of an empty name and a missing key together, as of other constraints. */
static bool check_empty(const struct inspection *inspection)
{
    const struct call *call = inspection->call;

    if (fault_has_prefix(call) && !call_has(call, "Item") && !call_has(call, "Key"))
        return true;
    return refuse(inspection, "Member must have length greater than or equal to 1");
}

static bool check_name(const struct inspection *inspection)
{
    const char *operation = inspection->call->operation->name;
    const char *name = inspection->name;

    if (!*name && !is_table_operation(operation))
        return check_empty(inspection);
    if (!is_name(name) && strcmp(operation, "CreateTable")) /* which reports it among the other constraints */
        return refuse(inspection, pattern_text);
    if (strlen(name) < NAME_MIN_BYTES)
        return refuse(inspection, "Member must have length greater than or equal to 3");
    return strlen(name) <= NAME_MAX_BYTES || refuse(inspection, "Member must have length less than or equal to 255");
}

/* The name as a C string. A NUL, which would end it, becomes a blank: no name has either. */
static const char *whole_name(struct bytes name, struct arena *arena)
{
    char *copy = name.data ? arena_copy(arena, name.data, name.size) : NULL;

    for (size_t i = 0; i < name.size; i++)
        if (!copy[i])
            copy[i] = ' ';
    return copy;
}

bool table_name_check(struct call *call, struct bytes sent, const char *path, struct fault *fault)
{
    const struct inspection inspection = { call, whole_name(sent, fault->arena), path, fault };

    if (!inspection.name && is_table_operation(call->operation->name))
        return fault_raise(fault, FAULT_REQUEST, "The parameter 'TableName' is required but was not present in the request");
    if (!inspection.name)
        return refuse(&inspection, "Member must not be null");
    if (text_begins(inspection.name, "arn:") && strcmp(call->operation->name, "CreateTable"))
        return check_arn(&inspection);
    return check_name(&inspection);
}
