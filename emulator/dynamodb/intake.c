#include "dynamodb/intake.h"

#include "base/buffer.h"
#include "base/text.h"
#include "dynamodb/legacy_condition.h"
#include "dynamodb/shapes.h"
#include "dynamodb/table_life.h"

#include <string.h>

/* Batch writes, transactions and scans still read values as all did until mid-2026. */
static bool has_newer_words(const struct call *call)
{
    static const char *const names[] = { "GetItem", "BatchGetItem", "Query", NULL };
    const struct dynamodb *room = room_of(call);

    for (const char *const *name = names; *name; name++)
        if (text_is(call->operation->name, *name))
            return !room->has_older_texts;
    return fault_has_prefix(call);
}

void intake_open(struct intake *intake, struct call *call)
{
    *intake = (struct intake){ .call = call, .room = room_of(call), .arena = call->arena };
    intake->fault.arena = call->arena;
    intake->fault.has_newer_words = has_newer_words(call);
    intake->room->cause = call->cause;
}

/* "A, B" of the names that the request has. */
static const char *list_present(const json_t *from, const char *const *names, struct arena *arena, const char *list)
{
    for (; *names; names++)
        if (wire_member(from, *names))
            list = arena_print(arena, "%s%s%s", list, *list ? ", " : "", *names);
    return list;
}

static bool check_values(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    const char *list = "";
    int count = 0;

    if (!wire_member(from, "ExpressionAttributeValues") || !manners->takes_values[0])
        return true;
    for (const char *const *name = manners->takes_values; *name; name++, count++) {
        if (wire_member(from, *name))
            return true;
        list = arena_print(intake->arena, "%s%s%s", list, count ? " and " : "", *name);
    }
    if (fault_has_prefix(intake->call))
        return fault_raise(&intake->fault, FAULT_REQUEST, "ExpressionAttributeValues can only be specified when using expressions");
    return fault_raise(&intake->fault, FAULT_REQUEST, "ExpressionAttributeValues can only be specified when using expressions: %s %s null",
                       list, count > 1 ? "are" : "is");
}

/* ConditionalOperator joins conditions: there must be two of them at least. */
static bool check_joined(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    size_t count = manners->joined ? json_object_size(wire_member(from, manners->joined)) : 0;

    if (!manners->joined || !wire_member(from, "ConditionalOperator") || count > 1)
        return true;
    return fault_raise(&intake->fault, FAULT_REQUEST, "%s",
                       count ? "ConditionalOperator can only be used when Filter or Expected has two or more elements"
                             : "ConditionalOperator cannot be used without Filter or Expected");
}

bool intake_check_mix(struct intake *intake, const json_t *from, const struct intake_manners *manners)
{
    const char *expressions = manners->others ? list_present(from, manners->others, intake->arena, "") : "";
    const char *legacy = manners->legacy ? list_present(from, manners->legacy, intake->arena, "") : "";

    expressions = list_present(from, manners->takes_values, intake->arena, expressions);
    if (*expressions && *legacy)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "Can not use both expression and non-expression parameters in the same request: "
                           "Non-expression parameters: {%s} Expression parameters: {%s}",
                           legacy, expressions);
    if (!*expressions && wire_member(from, "ExpressionAttributeNames"))
        return fault_raise(&intake->fault, FAULT_REQUEST, "ExpressionAttributeNames can only be specified when using expressions");
    return check_values(intake, from, manners) && check_joined(intake, from, manners);
}

bool intake_read_aliases(struct intake *intake, const json_t *from)
{
    return aliases_read(&intake->aliases, wire_member(from, "ExpressionAttributeNames"), wire_member(from, "ExpressionAttributeValues"),
                        &intake->fault);
}

bool intake_read_name_aliases(struct intake *intake, const json_t *from)
{
    return aliases_read(&intake->aliases, wire_member(from, "ExpressionAttributeNames"), NULL, &intake->fault);
}

struct bytes intake_text(const json_t *from, const char *name)
{
    const json_t *text = json_object_get(from, name);

    return (struct bytes){ json_string_value(text), json_string_length(text) };
}

bool intake_read_condition(struct intake *intake, const json_t *from, const char *kind, struct condition **condition)
{
    struct bytes text = intake_text(from, kind);

    return !text.data || condition_parse(condition, kind, text, &intake->aliases, &intake->fault);
}

bool intake_read_update(struct intake *intake, const json_t *from, struct update **update)
{
    struct bytes text = intake_text(from, "UpdateExpression");

    if (!text.data)
        return true;
    *update = arena_take(intake->arena, sizeof **update);
    return update_parse(*update, text, &intake->aliases, !intake->room->has_older_texts, &intake->fault);
}

bool intake_read_legacy_condition(struct intake *intake, const json_t *from, const char *kind, struct condition **condition)
{
    const json_t *conditions = wire_member(from, kind);
    enum legacy_join join = text_is(json_string_value(json_object_get(from, "ConditionalOperator")), "OR") ? LEGACY_ANY : LEGACY_ALL;

    if (!conditions)
        return true;
    return text_is(kind, "Expected") ? legacy_expected_read(condition, conditions, join, &intake->fault)
                                     : legacy_filter_read(condition, conditions, join, &intake->fault);
}

bool intake_read_projection(struct intake *intake, const json_t *from, struct projection **projection)
{
    struct bytes text = intake_text(from, "ProjectionExpression");

    if (!text.data)
        return true;
    *projection = arena_take(intake->arena, sizeof **projection);
    return projection_parse(*projection, text, &intake->aliases, &intake->fault);
}

/* Top-level names, each once. */
bool intake_read_names(struct intake *intake, const json_t *from, struct projection **projection)
{
    const json_t *names = wire_member(from, "AttributesToGet");
    size_t i;
    json_t *name;

    if (!names)
        return true;
    *projection = arena_take(intake->arena, sizeof **projection);
    json_array_foreach((json_t *)names, i, name)
    {
        for (size_t j = 0; j < i; j++)
            if (json_equal(name, json_array_get(names, j)))
                return fault_parameter(&intake->fault, FAULT_REQUEST, "Duplicate value in attribute name: %s", json_string_value(name));
        if (wire_name_fault(json_string_length(name)))
            return fault_parameter(&intake->fault, FAULT_REQUEST, "%s", wire_name_fault(json_string_length(name)));
        projection_add_name(*projection, (struct bytes){ json_string_value(name), json_string_length(name) }, intake->arena);
    }
    return true;
}

const char *intake_table_name(const char *name_or_arn)
{
    const char *slash = name_or_arn && text_begins(name_or_arn, "arn:") ? strstr(name_or_arn, ":table/") : NULL;

    return slash ? slash + strlen(":table/") : name_or_arn;
}

struct table *intake_find_table(struct intake *intake, const char *name)
{
    struct table *table = dynamodb_find_table(intake->room, intake_table_name(name));

    if (table && table_life_has_items(table))
        return table;
    fault_raise(&intake->fault, FAULT_NOT_FOUND, "Requested resource not found");
    return NULL;
}

enum outcome intake_refuse(struct intake *intake)
{
    return fault_answer(&intake->fault, intake->call);
}

/* ---- how conditions are joined ---- */

const char *intake_join_fault(const struct call *call)
{
    const struct dynamodb *room = room_of(call);
    const char *join = call_string(call, "ConditionalOperator");

    if (room->has_older_texts || !join || !text_is(call->operation->name, "Query"))
        return NULL;
    if (text_is(join, "AND") || text_is(join, "OR") || json_object_size(call_member(call, "QueryFilter")) < 2)
        return NULL;
    return "Failed to satisfy constraint: Member must satisfy enum value set: [ALL, OR]"; /* so the service names AND */
}
