#include "dynamodb/key_condition.h"

#include <string.h>

/* ---- reading ---- */

static bool refuse(struct fault *fault, const char *format, const char *word)
{
    const char *text = arena_print(fault->arena, "Invalid KeyConditionExpression: %s%s", format, word);

    return fault_raise(fault, FAULT_REQUEST, "%s", text);
}

static bool refuse_operator(struct fault *fault, const struct condition *condition)
{
    return refuse(fault, "Invalid operator used in KeyConditionExpression: ", condition_word(condition));
}

/* What "value op name" is, said with the name first. */
static enum condition_kind mirrored(enum condition_kind kind)
{
    switch (kind) {
    case CONDITION_LT:
        return CONDITION_GT;
    case CONDITION_LE:
        return CONDITION_GE;
    case CONDITION_GT:
        return CONDITION_LT;
    case CONDITION_GE:
        return CONDITION_LE;
    case CONDITION_AND:
    case CONDITION_OR:
    case CONDITION_NOT:
    case CONDITION_EQ:
    case CONDITION_NE:
    case CONDITION_BETWEEN:
    case CONDITION_IN:
    case CONDITION_FUNCTION:
        break;
    }
    return kind;
}

bool key_condition_bounds(const struct condition *condition)
{
    switch (condition->kind) {
    case CONDITION_EQ:
    case CONDITION_LT:
    case CONDITION_LE:
    case CONDITION_GT:
    case CONDITION_GE:
    case CONDITION_BETWEEN:
        return true;
    case CONDITION_FUNCTION:
        return condition->function == FUNCTION_BEGINS_WITH;
    case CONDITION_AND:
    case CONDITION_OR:
    case CONDITION_NOT:
    case CONDITION_NE:
    case CONDITION_IN:
        break;
    }
    return false;
}

/* Looks at one operand while the name is sought among them; found is -1, or which operand is the name. */
static bool look_at_operand(const struct condition *condition, size_t i, int *found, struct fault *fault)
{
    const struct operand *operand = &condition->operands[i];

    if (operand->kind == OPERAND_FUNCTION)
        return refuse(fault, "KeyConditionExpressions cannot contain nested operations", "");
    if (operand->kind != OPERAND_PATH)
        return true;
    if (*found >= 0)
        return refuse(fault, "Invalid condition in KeyConditionExpression: Multiple attribute names used in one condition", "");
    if (operand->path.count > 1)
        return refuse(fault, "KeyConditionExpressions cannot have conditions on nested attributes", "");
    *found = (int)i;
    return true;
}

/* The operand that is the name, among operands of which the others are values; -1 with a fault when it is not so. */
static int find_name(const struct condition *condition, struct fault *fault)
{
    int found = -1;

    for (size_t i = 0; i < condition->count; i++)
        if (!look_at_operand(condition, i, &found, fault))
            return -1;
    if (found < 0)
        refuse(fault, "Invalid condition in KeyConditionExpression: No key attribute specified", "");
    return found;
}

/* The term that a condition is, one operand of which is the name. Of IN, which searches no index, two values are enough. */
static struct key_term term_of(struct bytes name, const struct condition *condition, size_t name_at)
{
    struct key_term term = { .name = name, .condition = condition, .kind = name_at ? mirrored(condition->kind) : condition->kind };
    int values = 0;

    for (size_t i = 0; i < condition->count && values < 2; i++)
        if (i != name_at)
            term.values[values++] = condition->operands[i].value;
    return term;
}

void key_condition_add(struct key_condition *terms, struct bytes name, const struct condition *condition)
{
    terms->terms[terms->count++] = term_of(name, condition, 0);
}

static bool read_term(struct key_term *term, const struct condition *condition, struct fault *fault)
{
    bool has_name_first = condition->kind == CONDITION_BETWEEN || condition->kind == CONDITION_FUNCTION; /* else on either side */
    int name;

    if (has_name_first && condition->operands[0].kind != OPERAND_PATH)
        return refuse(fault, "Invalid condition in KeyConditionExpression: ",
                      arena_print(fault->arena, "%s operator must have the key attribute as its first operand", condition_word(condition)));
    name = find_name(condition, fault);
    if (name < 0)
        return false;
    *term = term_of(condition->operands[name].path.parts[0].name, condition, (size_t)name);
    return true;
}

static struct key_term *find_term(const struct key_condition *condition, struct bytes name)
{
    for (int i = 0; i < condition->count; i++)
        if (bytes_are(condition->terms[i].name, name))
            return (struct key_term *)&condition->terms[i];
    return NULL;
}

static bool add_term(struct key_condition *terms, const struct condition *condition, struct fault *fault)
{
    struct key_term term = { 0 };

    if (!key_condition_bounds(condition))
        return refuse_operator(fault, condition);
    if (!read_term(&term, condition, fault))
        return false;
    if (find_term(terms, term.name))
        return refuse(fault, "KeyConditionExpressions must only contain one condition per key", "");
    if (terms->count == KEY_TERMS_MAX)
        return fault_raise(fault, FAULT_REQUEST, "Conditions can be of length 1 or 2 only");
    terms->terms[terms->count++] = term;
    return true;
}

/* ANDs stand in a chain to the left, or as parentheses put them; as deep as there are operators. */
static bool add_terms(struct key_condition *terms, const struct condition *condition, struct fault *fault)
{
    if (condition->kind == CONDITION_AND)
        return add_terms(terms, condition->left, fault) && add_terms(terms, condition->right, fault);
    return add_term(terms, condition, fault);
}

bool key_condition_read(struct key_condition *terms, const struct condition *condition, struct fault *fault)
{
    *terms = (struct key_condition){ 0 };
    return add_terms(terms, condition, fault);
}

/* ---- the range of keys ---- */

static bool check_term(const struct key_term *term, const struct key_part *part, bool is_range, struct fault *fault)
{
    if (!key_condition_bounds(term->condition))
        return fault_raise(fault, FAULT_VALIDATION, "Attempted conditional constraint is not an indexable operation");
    for (int i = 0; i < 2 && term->values[i]; i++) {
        if (term->values[i]->type != part->type)
            return fault_parameter(fault, FAULT_VALIDATION, "Condition parameter type does not match schema type");
        if (!(term->kind == CONDITION_FUNCTION && !term->values[i]->text.size) && !key_check_value(part, is_range, term->values[i], fault))
            return false;
    }
    return true;
}

static bool refuse_missing(struct fault *fault, const struct key_part *part)
{
    return fault_raise(fault, FAULT_VALIDATION, "Query condition missed key schema element: %s", part->name.data);
}

/* "a, b": those of the first `count` parts that have no equality; NULL when all have one. */
static const char *without_equality(const struct key_condition *condition, const struct key_part *parts, int count, struct arena *arena)
{
    const char *names = NULL;

    for (int i = 0; i < count; i++) {
        const struct key_term *term = find_term(condition, parts[i].name);

        if (!term || term->kind != CONDITION_EQ)
            names = names ? arena_print(arena, "%s, %s", names, parts[i].name.data) : parts[i].name.data;
    }
    return names;
}

/* A key of several parts needs equalities for all of its hash, and for what stands before each part of its range that has a condition. */
static bool check_parts(const struct key_condition *condition, const struct key_schema *keys, struct fault *fault)
{
    const char *names = keys->hash_count > 1 ? without_equality(condition, keys->hash, keys->hash_count, fault->arena) : NULL;

    if (names)
        return fault_raise(fault, FAULT_VALIDATION, "HASH key attributes %s must have equality conditions specified in the query", names);
    for (int i = 1; i < keys->range_count; i++) {
        names = find_term(condition, keys->range[i].name) ? without_equality(condition, keys->range, i, fault->arena) : NULL;
        if (names)
            return fault_raise(
                fault, FAULT_VALIDATION,
                "RANGE key attributes %s must have equality conditions specified in the query because a condition is present "
                "on key attribute %s",
                names, keys->range[i].name.data);
    }
    return true;
}

static bool bind_partition(const struct key_condition *condition, const struct key_schema *keys, struct store_range *range,
                           struct fault *fault)
{
    const struct value *values[KEY_PARTS_MAX];

    for (int i = 0; i < keys->hash_count; i++) {
        const struct key_term *term = find_term(condition, keys->hash[i].name);

        if (!term)
            return refuse_missing(fault, &keys->hash[i]);
        if (!check_term(term, &keys->hash[i], false, fault))
            return false;
        if (term->kind != CONDITION_EQ)
            return fault_raise(fault, FAULT_VALIDATION, "Query key condition not supported");
        values[i] = term->values[0];
    }
    range->partition = key_partition(keys, values, fault->arena);
    return true;
}

/* The lowest bytes above all that begin with prefix; no bytes when there are none. */
static struct bytes behind_prefix(struct bytes prefix, struct arena *arena)
{
    unsigned char *copy;

    while (prefix.size && (unsigned char)prefix.data[prefix.size - 1] == 0xff)
        prefix.size--;
    if (!prefix.size)
        return (struct bytes){ "", 0 };
    copy = (unsigned char *)arena_copy(arena, prefix.data, prefix.size);
    copy[prefix.size - 1]++;
    return (struct bytes){ (const char *)copy, prefix.size };
}

/* The lowest key above `key`, or above all keys that begin with these parts where more parts may follow. */
static struct bytes behind(const struct key_schema *keys, struct bytes key, struct arena *arena)
{
    if (keys->range_count > 1)
        return behind_prefix(key, arena);
    return (struct bytes){ arena_copy(arena, key.data, key.size), key.size + 1 };
}

/* Among several parts, the bytes of a beginning are those of the part without its two ending bytes. */
static struct bytes beginning(const struct key_schema *keys, struct bytes key)
{
    if (keys->range_count > 1)
        key.size -= 2;
    return key;
}

/* The last term that is given narrows the range that the equalities before it leave. */
static void narrow(const struct key_schema *keys, const struct key_term *term, const struct value **values, int place,
                   struct store_range *range, struct arena *arena)
{
    struct bytes first;

    values[place] = term->values[0];
    first = key_sort(keys, values, place + 1, arena);
    if (term->kind == CONDITION_EQ || term->kind == CONDITION_GE || term->kind == CONDITION_BETWEEN)
        range->low = first;
    if (term->kind == CONDITION_GT)
        range->low = behind(keys, first, arena);
    if (term->kind == CONDITION_LT)
        range->high = first;
    if (term->kind == CONDITION_EQ || term->kind == CONDITION_LE)
        range->high = behind(keys, first, arena);
    if (term->kind == CONDITION_BETWEEN) {
        values[place] = term->values[1];
        range->high = behind(keys, key_sort(keys, values, place + 1, arena), arena);
    }
    if (term->kind == CONDITION_FUNCTION) {
        range->low = beginning(keys, first);
        range->high = behind_prefix(range->low, arena);
    }
}

static bool bind_sort(const struct key_condition *condition, const struct key_schema *keys, const struct value *start,
                      struct store_range *range, struct fault *fault)
{
    const struct value *values[KEY_PARTS_MAX];
    int given = condition->count - keys->hash_count;

    for (int i = 0; i < keys->range_count; i++) {
        const struct key_term *term = find_term(condition, keys->range[i].name);

        if (start && !key_check_start_part(&keys->range[i], true, start, fault))
            return false;
        if (i >= given)
            continue;
        if (!term)
            return refuse_missing(fault, &keys->range[i]);
        if (!check_term(term, &keys->range[i], true, fault))
            return false;
        narrow(keys, term, values, i, range, fault->arena);
    }
    return given <= keys->range_count || fault_raise(fault, FAULT_VALIDATION, "Query key condition not supported");
}

static bool check_start_of_hash(const struct key_schema *keys, const struct value *start, struct fault *fault)
{
    for (int i = 0; start && i < keys->hash_count; i++)
        if (!key_check_start_part(&keys->hash[i], false, start, fault))
            return false;
    return true;
}

static bool check_count(const struct key_condition *condition, const struct key_schema *keys, struct fault *fault)
{
    int count = keys->hash_count + keys->range_count;

    if (condition->count > 2 && condition->count > count)
        return fault_raise(fault, FAULT_VALIDATION,
                           "The number of query conditions (%d) exceeds the number of key attributes defined in the schema (%d)",
                           condition->count, count);
    return condition->count <= keys->hash_count || keys->range_count ||
           fault_raise(fault, FAULT_VALIDATION, "Query key condition not supported");
}

bool key_condition_bind(const struct key_condition *condition, const struct key_schema *keys, const struct value *start,
                        struct store_range *range, struct fault *fault)
{
    range->low = (struct bytes){ "", 0 };
    range->high = (struct bytes){ "", 0 };
    return check_start_of_hash(keys, start, fault) && check_count(condition, keys, fault) && check_parts(condition, keys, fault) &&
           bind_partition(condition, keys, range, fault) && bind_sort(condition, keys, start, range, fault);
}
