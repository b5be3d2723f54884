#include "dynamodb/intake.h"

#include "base/buffer.h"
#include "base/text.h"

#include <string.h>

void intake_open(struct intake *intake, struct call *call)
{
    *intake = (struct intake){ .call = call, .room = room_of(call), .arena = call->arena };
    intake->fault.arena = call->arena;
    intake->room->cause = call->cause;
}

static bool has(const json_t *from, const char *name)
{
    const json_t *member = json_object_get(from, name);

    return member && !json_is_null(member);
}

/* "A, B" of the names that the request has. */
static const char *list_present(const json_t *from, const char *const *names, struct arena *arena, const char *list)
{
    for (; *names; names++)
        if (has(from, *names))
            list = arena_print(arena, "%s%s%s", list, *list ? ", " : "", *names);
    return list;
}

static bool check_values(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    const char *list = "";
    int count = 0;

    if (!has(from, "ExpressionAttributeValues") || !manners->takes_values[0])
        return true;
    for (const char *const *name = manners->takes_values; *name; name++, count++) {
        if (has(from, *name))
            return true;
        list = arena_print(intake->arena, "%s%s%s", list, count ? " and " : "", *name);
    }
    return fault_raise(&intake->fault, FAULT_REQUEST, "ExpressionAttributeValues can only be specified when using expressions: %s %s null",
                       list, count > 1 ? "are" : "is");
}

/* Of the parameters from before expressions only AttributesToGet is served; to pass over a condition in silence would be worse than to say
 * so. */
static bool refuse_old_style(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    for (const char *const *name = manners->old_style; name && *name; name++)
        if (has(from, *name) && strcmp(*name, "AttributesToGet"))
            return fault_raise(&intake->fault, FAULT_REQUEST, "lowcloud does not serve the parameters from before expressions: {%s}",
                               *name);
    return true;
}

bool intake_check_mix(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    const char *expressions = list_present(from, manners->takes_values, intake->arena, "");
    const char *old_style = manners->old_style ? list_present(from, manners->old_style, intake->arena, "") : "";

    if (manners->others)
        expressions = list_present(from, manners->others, intake->arena, expressions);
    if (*expressions && *old_style)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "Can not use both expression and non-expression parameters in the same request: "
                           "Non-expression parameters: {%s} Expression parameters: {%s}",
                           old_style, expressions);
    if (!refuse_old_style(intake, from, manners))
        return false;
    if (!*expressions && has(from, "ExpressionAttributeNames"))
        return fault_raise(&intake->fault, FAULT_REQUEST, "ExpressionAttributeNames can only be specified when using expressions");
    return check_values(intake, from, manners);
}

static const json_t *member(const json_t *from, const char *name)
{
    return has(from, name) ? json_object_get(from, name) : NULL;
}

bool intake_read_aliases(struct intake *intake, const json_t *from)
{
    return aliases_read(&intake->aliases, member(from, "ExpressionAttributeNames"), member(from, "ExpressionAttributeValues"),
                        &intake->fault);
}

struct bytes intake_text(const json_t *from, const char *name)
{
    const json_t *text = json_object_get(from, name);

    return (struct bytes){ json_string_value(text), json_string_length(text) };
}

bool intake_read_condition(struct intake *intake, const json_t *from, const char *kind, struct condition **condition)
{
    struct bytes text = intake_text(from, kind);

    *condition = NULL;
    return !text.data || condition_parse(condition, kind, text, &intake->aliases, &intake->fault);
}

/* AttributesToGet: top-level names, each once. */
static bool read_names(struct intake *intake, const json_t *names, struct projection *projection)
{
    size_t i;
    json_t *name;

    json_array_foreach((json_t *)names, i, name)
    {
        for (size_t j = 0; j < i; j++)
            if (json_equal(name, json_array_get(names, j)))
                return fault_parameter(&intake->fault, FAULT_REQUEST, "Duplicate value in attribute name: %s", json_string_value(name));
        projection_add_name(projection, (struct bytes){ json_string_value(name), json_string_length(name) }, intake->arena);
    }
    return true;
}

bool intake_read_projection(struct intake *intake, const json_t *from, struct projection **projection)
{
    struct bytes text = intake_text(from, "ProjectionExpression");

    const json_t *names = member(from, "AttributesToGet");

    *projection = NULL;
    if (!text.data && !names)
        return true;
    *projection = arena_take(intake->arena, sizeof **projection);
    if (names)
        return read_names(intake, names, *projection);
    return projection_parse(*projection, text, &intake->aliases, &intake->fault);
}

const char *intake_table_name(const char *name_or_arn)
{
    const char *slash = name_or_arn && text_begins(name_or_arn, "arn:") ? strstr(name_or_arn, ":table/") : NULL;

    return slash ? slash + strlen(":table/") : name_or_arn;
}

struct table *intake_find_table(struct intake *intake, const char *name)
{
    struct table *table = dynamodb_find_table(intake->room, intake_table_name(name));

    if (!table)
        fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found");
    return table;
}

enum outcome intake_refuse(struct intake *intake)
{
    return fault_answer(&intake->fault, intake->call);
}

/* ---- the table's name ---- */

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
    return name[strspn(name, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_.-")] == '\0';
}

static const char *constraint_fault(struct call *call, const char *name, const char *constraint)
{
    return call_print(call, "1 validation error detected: Value %s%s%s at 'tableName' failed to satisfy constraint: %s", name ? "'" : "",
                      name ? name : "null", name ? "'" : "", constraint);
}

const char *intake_table_name_fault(struct call *call, const char *name)
{
    bool is_table = is_table_operation(call->operation->name);
    size_t length = name ? strlen(name) : 0;

    if (!name)
        return is_table ? "The parameter 'TableName' is required but was not present in the request"
                        : constraint_fault(call, NULL, "Member must not be null");
    if (text_begins(name, "arn:") && strcmp(call->operation->name, "CreateTable"))
        return length > 1024 ? constraint_fault(call, name, "Member must have length less than or equal to 1024") : NULL;
    if (!length && !is_table)
        return constraint_fault(call, name, "Member must have length greater than or equal to 1");
    if (!is_name(name))
        return constraint_fault(call, name, "Member must satisfy regular expression pattern: [a-zA-Z0-9_.-]+");
    if (is_table && (length < 3 || length > 255))
        return "TableName must be at least 3 characters long and at most 255 characters long";
    if (length > 255)
        return constraint_fault(call, name, "Member must have length less than or equal to 255");
    return NULL;
}
