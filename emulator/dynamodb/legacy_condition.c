#include "dynamodb/legacy_condition.h"

#include "base/text.h"
#include "dynamodb/wire.h"

#include <string.h>

/* ---- the operators ---- */

enum {
    STRING_OR_BINARY = 1 << VALUE_S | 1 << VALUE_B,
    SCALAR = STRING_OR_BINARY | 1 << VALUE_N,
    NO_DOCUMENT_OR_SET = SCALAR | 1 << VALUE_BOOL | 1 << VALUE_NULL,
    ANY_TYPE = (1 << VALUE_TYPES) - 1
};

/* What an operator is in a tree, how many values it takes (most 0: any number), and of which types. */
struct comparison {
    const char *name;
    enum condition_kind kind;
    enum function function; /* of a CONDITION_FUNCTION */
    bool is_negated;
    size_t least;
    size_t most;
    int types;
};

static const struct comparison comparisons[] = {
    { "EQ", .kind = CONDITION_EQ, .least = 1, .most = 1, .types = ANY_TYPE },
    { "NE", .kind = CONDITION_NE, .least = 1, .most = 1, .types = ANY_TYPE },
    { "LT", .kind = CONDITION_LT, .least = 1, .most = 1, .types = SCALAR },
    { "LE", .kind = CONDITION_LE, .least = 1, .most = 1, .types = SCALAR },
    { "GT", .kind = CONDITION_GT, .least = 1, .most = 1, .types = SCALAR },
    { "GE", .kind = CONDITION_GE, .least = 1, .most = 1, .types = SCALAR },
    { "IN", .kind = CONDITION_IN, .least = 1, .most = SIZE_MAX, .types = SCALAR },
    { "BETWEEN", .kind = CONDITION_BETWEEN, .least = 2, .most = 2, .types = SCALAR },
    { "BEGINS_WITH", CONDITION_FUNCTION, FUNCTION_BEGINS_WITH, .least = 1, .most = 1, .types = STRING_OR_BINARY },
    { "CONTAINS", CONDITION_FUNCTION, FUNCTION_CONTAINS, .least = 1, .most = 1, .types = NO_DOCUMENT_OR_SET },
    { "NOT_CONTAINS", CONDITION_FUNCTION, FUNCTION_CONTAINS, true, .least = 1, .most = 1, .types = NO_DOCUMENT_OR_SET },
    { "NOT_NULL", CONDITION_FUNCTION, FUNCTION_ATTRIBUTE_EXISTS },
    { "NULL", CONDITION_FUNCTION, FUNCTION_ATTRIBUTE_NOT_EXISTS },
};

/* The shape let through only these names. */
static const struct comparison *find_comparison(const char *name)
{
    const struct comparison *comparison = comparisons;

    while (strcmp(comparison->name, name))
        comparison++;
    return comparison;
}

/* ---- trees ---- */

/* A condition on the attribute, with room for `count` values behind it. */
static struct condition *new_condition(const struct comparison *comparison, struct bytes name, size_t count, struct arena *arena)
{
    struct condition *condition = arena_take(arena, sizeof *condition);

    condition->kind = comparison->kind;
    condition->function = comparison->function;
    condition->count = 1 + count;
    condition->operands = arena_take(arena, condition->count * sizeof *condition->operands);
    condition->operands[0] = (struct operand){ .kind = OPERAND_PATH, .path = path_of_name(name, arena) };
    return condition;
}

static struct condition *join_two(enum condition_kind kind, struct condition *left, struct condition *right, struct arena *arena)
{
    struct condition *joined = arena_take(arena, sizeof *joined);

    joined->kind = kind;
    joined->left = left;
    joined->right = right;
    return joined;
}

/* A map may have very many entries: the tree is as deep as the logarithm of their number. */
static struct condition *join_all(enum condition_kind kind, struct condition **conditions, size_t count, struct arena *arena)
{
    size_t half = count / 2;

    if (count == 1)
        return conditions[0];
    return join_two(kind, join_all(kind, conditions, half, arena), join_all(kind, conditions + half, count - half, arena), arena);
}

/* As the service does, an attribute that is absent does not "not contain" either. */
static struct condition *negate(struct condition *condition, struct bytes name, struct arena *arena)
{
    struct condition *not = join_two(CONDITION_NOT, condition, NULL, arena);

    return join_two(CONDITION_AND, new_condition(find_comparison("NOT_NULL"), name, 0, arena), not, arena);
}

/* ---- values ---- */

static bool read_operand(const json_t *json, struct operand *operand, struct fault *fault)
{
    struct value *value = arena_take(fault->arena, sizeof *value);

    operand->kind = OPERAND_VALUE;
    operand->value = value;
    return wire_read_value(json, value, fault);
}

static bool check_types(const struct comparison *comparison, const struct operand *values, size_t count, struct fault *fault)
{
    for (size_t i = 1; i < count; i++)
        if (values[i].value->type != values[0].value->type)
            return fault_parameter(fault, FAULT_REQUEST, "AttributeValues inside AttributeValueList must be of same type");
    if (count && !(comparison->types & 1 << values[0].value->type))
        return fault_parameter(fault, FAULT_REQUEST, "ComparisonOperator %s is not valid for %s AttributeValue type", comparison->name,
                               value_type_name(values[0].value->type));
    return true;
}

static bool check_values(const struct comparison *comparison, const struct operand *values, size_t count, struct fault *fault)
{
    if (count < comparison->least || count > comparison->most)
        return fault_parameter(fault, FAULT_REQUEST, "Invalid number of argument(s) for the %s ComparisonOperator", comparison->name);
    if (!check_types(comparison, values, count, fault))
        return false;
    if (comparison->kind == CONDITION_BETWEEN && value_compare(values[0].value, values[1].value) > 0)
        return fault_raise(fault, FAULT_REQUEST,
                           "The BETWEEN condition was provided a range where the lower bound is greater than the upper bound");
    return true;
}

/* The values are a list, or one value alone. */
static bool read_comparison(struct condition **condition, const struct comparison *comparison, struct bytes name, const json_t *list,
                            const json_t *value, struct fault *fault)
{
    size_t count = list ? json_array_size(list) : value ? 1 : 0;
    struct condition *made = new_condition(comparison, name, count, fault->arena);

    for (size_t i = 0; i < count; i++)
        if (!read_operand(list ? json_array_get(list, i) : value, &made->operands[1 + i], fault))
            return false;
    *condition = comparison->is_negated ? negate(made, name, fault->arena) : made;
    return check_values(comparison, made->operands + 1, count, fault);
}

bool legacy_condition_read(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault)
{
    const char *word = json_string_value(json_object_get(entry, "ComparisonOperator"));

    return read_comparison(condition, find_comparison(word), name, wire_member(entry, "AttributeValueList"), NULL, fault);
}

/* ---- Expected ---- */

static bool refuse(struct fault *fault, const char *why, struct bytes name)
{
    return fault_parameter(fault, FAULT_REQUEST, "%s for Attribute: %.*s", why, (int)name.size, name.data);
}

/* {"ComparisonOperator": ..., "AttributeValueList" or "Value": ...} */
static bool read_expected_comparison(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault)
{
    const struct comparison *comparison = find_comparison(json_string_value(wire_member(entry, "ComparisonOperator")));
    const json_t *list = wire_member(entry, "AttributeValueList");
    const json_t *value = wire_member(entry, "Value");

    if (wire_member(entry, "Exists"))
        return refuse(fault, "Exists and ComparisonOperator cannot be used together", name);
    if (comparison->least && !list && !value)
        return refuse(fault,
                      arena_print(fault->arena, "Value or AttributeValueList must be used with ComparisonOperator: %s", comparison->name),
                      name);
    return read_comparison(condition, comparison, name, list, value, fault);
}

/* {"Value": ...}, {"Exists": true, "Value": ...} or {"Exists": false} */
static bool read_existence(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault)
{
    const json_t *exists = wire_member(entry, "Exists");
    const json_t *value = wire_member(entry, "Value");

    if (!value && !json_is_false(exists))
        return refuse(fault, exists ? "Value must be provided when Exists is true" : "Value must be provided when Exists is null", name);
    if (value && json_is_false(exists))
        return refuse(fault, "Value cannot be used when Exists is false", name);
    return read_comparison(condition, find_comparison(value ? "EQ" : "NULL"), name, NULL, value, fault);
}

static bool read_expected_entry(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault)
{
    const json_t *list = wire_member(entry, "AttributeValueList");

    if (list && wire_member(entry, "Value"))
        return refuse(fault, "Value and AttributeValueList cannot be used together", name);
    if (wire_member(entry, "ComparisonOperator"))
        return read_expected_comparison(condition, name, entry, fault);
    if (list)
        return refuse(fault, "AttributeValueList can only be used with a ComparisonOperator", name);
    return read_existence(condition, name, entry, fault);
}

/* ---- maps ---- */

typedef bool read_entry(struct condition **condition, struct bytes name, const json_t *entry, struct fault *fault);

struct bytes legacy_entry_name(void *entry)
{
    return (struct bytes){ json_object_iter_key(entry), json_object_iter_key_len(entry) };
}

static bool read_map(struct condition **condition, const json_t *map, enum legacy_join join, read_entry *read, struct fault *fault)
{
    struct condition **conditions = arena_take(fault->arena, json_object_size(map) * sizeof(struct condition *));
    size_t count = 0;

    *condition = NULL;
    for (void *entry = json_object_iter((json_t *)map); entry; entry = json_object_iter_next((json_t *)map, entry))
        if (!read(&conditions[count++], legacy_entry_name(entry), json_object_iter_value(entry), fault))
            return false;
    if (count)
        *condition = join_all(join == LEGACY_ANY ? CONDITION_OR : CONDITION_AND, conditions, count, fault->arena);
    return true;
}

bool legacy_filter_read(struct condition **condition, const json_t *filter, enum legacy_join join, struct fault *fault)
{
    return read_map(condition, filter, join, legacy_condition_read, fault);
}

bool legacy_expected_read(struct condition **condition, const json_t *expected, enum legacy_join join, struct fault *fault)
{
    return read_map(condition, expected, join, read_expected_entry, fault);
}
