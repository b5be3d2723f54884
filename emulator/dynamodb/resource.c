#include "dynamodb/resource.h"

#include "base/text.h"
#include "dynamodb/table_life.h"

#include <string.h>

/* The texts of October 2026. The name in the ARN, or NULL with a fault. */
static const char *name_in(struct intake *intake, const char *arn)
{
    const struct ground *ground = intake->room->ground;
    const char *ours = arena_print(intake->arena, "arn:aws:dynamodb:%s:%s:table/", ground->region, ground->account);
    const char *name = arn + strlen(ours);

    if (!text_begins(arn, "arn:"))
        fault_parameter(&intake->fault, FAULT_VALIDATION, "ARNs must start with 'arn:': %s", arn);
    else if (!strstr(arn, ":dynamodb:"))
        fault_parameter(&intake->fault, FAULT_VALIDATION, "Provided Arn is not a DynamoDB resource arn: %s", arn);
    else if (!text_begins(arn, ours))
        fault_raise(&intake->fault, FAULT_VALIDATION, "Invalid TableArn: Invalid ResourceArn provided as input %s", arn);
    else if (strstr(name, "/index/"))
        fault_parameter(&intake->fault, FAULT_VALIDATION,
                        "Invalid resource arn provided, only table or stream is accepted. Provided resource arn: %s", arn);
    return intake->fault.kind ? NULL : name;
}

static struct table *find(struct intake *intake, const char **name)
{
    struct table *table;

    *name = name_in(intake, call_string(intake->call, "ResourceArn"));
    table = *name ? dynamodb_find_table(intake->room, *name) : NULL;
    return table && table_life_has_items(table) ? table : NULL;
}

struct table *resource_table(struct intake *intake)
{
    const char *name;
    struct table *table = find(intake, &name);

    if (!table)
        fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found: ResourceArn: %s not found",
                    call_string(intake->call, "ResourceArn"));
    return table;
}

struct table *resource_table_by_name(struct intake *intake)
{
    const char *name;
    struct table *table = find(intake, &name);

    if (!table)
        fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found: Table: %s not found", name ? name : "");
    return table;
}
