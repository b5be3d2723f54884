/* Query: the items of one partition of a table or index, in order of their sort keys. */

#include "dynamodb/intake.h"
#include "dynamodb/legacy_key_condition.h"
#include "dynamodb/operations.h"
#include "dynamodb/search_start.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_query_input[] = {
    { "Select", STRING, .values = shape_select },
    { "IndexName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { "QueryFilter", MAP, .members = shape_conditions },
    { "TableName", STRING },
    SHAPE_CONDITIONAL_OPERATOR,
    SHAPE_ATTRIBUTES_TO_GET,
    { "Limit", INTEGER },
    { "KeyConditions", MAP, .members = shape_conditions },
    SHAPE_START_KEY,
    { "ConsistentRead", BOOLEAN },
    { "ScanIndexForward", BOOLEAN },
    { "KeyConditionExpression", STRING },
    { "FilterExpression", STRING },
    { "ProjectionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_VALUES,
    { 0 },
};

/* KeyConditions may stand beside a FilterExpression or a ProjectionExpression. */
static bool check_mix(struct intake *intake)
{
    static const char *const values[] = { "FilterExpression", "KeyConditionExpression", NULL };
    static const char *const others[] = { "ProjectionExpression", NULL };
    static const char *const legacy[] = { "AttributesToGet", "QueryFilter", "ConditionalOperator", "KeyConditions", NULL };
    static const char *const without_keys[] = { "AttributesToGet", "QueryFilter", "ConditionalOperator", NULL };

    return intake_check_mix(intake, intake->call->input,
                            &(struct intake_manners){ .takes_values = values,
                                                      .others = others,
                                                      .legacy = call_has(intake->call, "KeyConditionExpression") ? legacy : without_keys,
                                                      .joined = "QueryFilter" });
}

/* As the service words it: with a capital letter, and without the value. */
static bool check_limit(struct intake *intake)
{
    if (!call_has(intake->call, "Limit") || call_integer(intake->call, "Limit", 1) >= 1)
        return true;
    return fault_raise(&intake->fault, FAULT_REQUEST,
                       "1 validation error detected: Value at 'Limit' failed to satisfy constraint: Member must have value greater than "
                       "or equal to 1");
}

static bool check_keys(struct intake *intake)
{
    if (call_has(intake->call, "KeyConditions") || call_has(intake->call, "KeyConditionExpression"))
        return true;
    return fault_raise(&intake->fault, FAULT_REQUEST,
                       "Either the KeyConditions or KeyConditionExpression parameter must be specified in the request.");
}

/* All expressions are read, and their aliases used, before one asks whether the one for the keys can be such a one. */
static bool read_expressions(struct intake *intake, struct search *search, struct key_condition *terms)
{
    const json_t *input = intake->call->input;
    struct condition *condition = NULL;

    if (!intake_read_aliases(intake, input) || !intake_read_condition(intake, input, "KeyConditionExpression", &condition) ||
        !search_read_expressions(intake, search) || !aliases_check_used(&intake->aliases, &intake->fault))
        return false;
    if (condition)
        return key_condition_read(terms, condition, &intake->fault);
    return legacy_key_condition_read(terms, call_member(intake->call, "KeyConditions"), &intake->fault);
}

static bool read_request(struct intake *intake, struct search *search, struct key_condition *terms)
{
    const json_t *input = intake->call->input;

    return check_mix(intake) && check_limit(intake) && intake_read_legacy_condition(intake, input, "QueryFilter", &search->filter) &&
           intake_read_names(intake, input, &search->projection) && search_start_read(intake, search) &&
           search_check_select(intake, search) && check_keys(intake) && read_expressions(intake, search, terms);
}

/* What the keys say, no filter may say again. */
static bool check_filter(struct intake *intake, const struct search *search)
{
    const struct key_part *part = search->filter ? condition_find_key(search->filter, search_keys(search)) : NULL;

    return !part ||
           fault_raise(&intake->fault, FAULT_VALIDATION, "%s can only contain non-primary key attributes: Primary key attribute: %s",
                       call_has(intake->call, "QueryFilter") ? "QueryFilter" : "Filter Expression", part->name.data);
}

/* The keys and where they begin are looked at side by side, attribute by attribute. */
static bool bind_keys(struct intake *intake, struct search *search, const struct key_condition *terms)
{
    const struct value *start = search->has_start_key ? &search->start_key : NULL;

    return search_start_check_count(intake, search) &&
           key_condition_bind(terms, search_keys(search), start, &search->range, &intake->fault) && search_start_take(intake, search) &&
           search_start_check_place(intake, search);
}

enum outcome dynamodb_query(struct call *call)
{
    struct intake intake;
    struct search search = { .is_query = true };
    struct key_condition terms;

    intake_open(&intake, call);
    if (!read_request(&intake, &search, &terms) || !search_find_table(&intake, &search) || !bind_keys(&intake, &search, &terms) ||
        !search_check_projection_paths(&intake, &search) || !check_filter(&intake, &search) || !search_check_projected(&intake, &search) ||
        !search_check_filter_paths(&intake, &search))
        return intake_refuse(&intake);
    search.range.is_backwards = !call_boolean(call, "ScanIndexForward", true);
    return search_run(&intake, &search);
}
