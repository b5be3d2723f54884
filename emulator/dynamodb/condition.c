#include "dynamodb/condition.h"

#include <stdio.h>
#include <string.h>

static const char *const words[] = {
    [CONDITION_AND] = "AND", [CONDITION_OR] = "OR",     [CONDITION_NOT] = "NOT", [CONDITION_EQ] = "=",  [CONDITION_NE] = "<>",
    [CONDITION_LT] = "<",    [CONDITION_LE] = "<=",     [CONDITION_GT] = ">",    [CONDITION_GE] = ">=", [CONDITION_BETWEEN] = "BETWEEN",
    [CONDITION_IN] = "IN",   [CONDITION_FUNCTION] = "",
};

const char *condition_word(const struct condition *condition)
{
    return condition->kind == CONDITION_FUNCTION ? function_name(condition->function) : words[condition->kind];
}

/* ---- evaluation ---- */

/* Where a computed operand (a size) is kept while it is compared. */
struct scratch {
    struct value value;
    char text[24];
};

/* Characters as UTF-16 counts them. */
static size_t text_length(struct bytes text)
{
    size_t length = 0;

    for (size_t i = 0; i < text.size; i++) {
        unsigned char c = (unsigned char)text.data[i];

        length += (c & 0xc0) != 0x80;
        length += c >= 0xf0;
    }
    return length;
}

static const struct value *measure(const struct value *value, struct scratch *scratch)
{
    size_t size;

    if (!value || value->type == VALUE_N || value->type == VALUE_BOOL || value->type == VALUE_NULL)
        return NULL;
    size = value->type == VALUE_S ? text_length(value->text) : value->type == VALUE_B ? value->text.size : value->count;
    scratch->value = (struct value){ .type = VALUE_N };
    scratch->value.text = (struct bytes){ scratch->text, (size_t)snprintf(scratch->text, sizeof scratch->text, "%zu", size) };
    return &scratch->value;
}

static const struct value *evaluate(const struct operand *operand, const struct value *item, struct scratch *scratch)
{
    switch (operand->kind) {
    case OPERAND_PATH:
        return path_find(&operand->path, item);
    case OPERAND_VALUE:
        return operand->value;
    case OPERAND_FUNCTION:
        return operand->function == FUNCTION_SIZE ? measure(evaluate(&operand->operands[0], item, scratch), scratch) : NULL;
    case OPERAND_PLUS:
    case OPERAND_MINUS:
        break;
    }
    return NULL;
}

static bool equals(const struct value *a, const struct value *b)
{
    return a && b && value_equals(a, b);
}

/* Only S, N and B have an order, and only among themselves. */
static bool is_ordered(const struct value *a, const struct value *b)
{
    return a && b && a->type == b->type && value_type_is_scalar(a->type);
}

static bool compares(enum condition_kind kind, const struct value *a, const struct value *b)
{
    if (kind == CONDITION_EQ || kind == CONDITION_NE)
        return equals(a, b) == (kind == CONDITION_EQ);
    if (!is_ordered(a, b))
        return false;
    if (kind == CONDITION_LT)
        return value_compare(a, b) < 0;
    if (kind == CONDITION_LE)
        return value_compare(a, b) <= 0;
    return kind == CONDITION_GT ? value_compare(a, b) > 0 : value_compare(a, b) >= 0;
}

static bool comparison_holds(const struct condition *condition, const struct value *item)
{
    struct scratch first = { 0 };
    struct scratch second = { 0 };
    const struct value *value = evaluate(&condition->operands[0], item, &first);

    if (condition->kind == CONDITION_BETWEEN)
        return compares(CONDITION_GE, value, evaluate(&condition->operands[1], item, &second)) &&
               compares(CONDITION_LE, value, evaluate(&condition->operands[2], item, &second));
    if (condition->kind != CONDITION_IN)
        return compares(condition->kind, value, evaluate(&condition->operands[1], item, &second));
    for (size_t i = 1; i < condition->count; i++)
        if (equals(value, evaluate(&condition->operands[i], item, &second)))
            return true;
    return false;
}

static bool begins_with(const struct value *value, const struct value *prefix)
{
    return value && prefix && value->type == prefix->type && (value->type == VALUE_S || value->type == VALUE_B) &&
           value->text.size >= prefix->text.size && !memcmp(value->text.data, prefix->text.data, prefix->text.size);
}

static bool contains(const struct value *value, const struct value *wanted)
{
    if (!value || !wanted)
        return false;
    if (value->type == VALUE_S || value->type == VALUE_B)
        return wanted->type == value->type && memmem(value->text.data, value->text.size, wanted->text.data, wanted->text.size);
    if (value_is_set(value))
        return wanted->type == value_member_type(value->type) && value_set_has(value, wanted);
    for (uint32_t i = 0; value->type == VALUE_L && i < value->count; i++)
        if (value_equals(&value->items[i], wanted))
            return true;
    return false;
}

static bool function_holds(const struct condition *condition, const struct value *item)
{
    struct scratch first = { 0 };
    struct scratch second = { 0 };
    const struct value *a = evaluate(&condition->operands[0], item, &first);
    const struct value *b = condition->count > 1 ? evaluate(&condition->operands[1], item, &second) : NULL;

    switch (condition->function) {
    case FUNCTION_ATTRIBUTE_EXISTS:
        return a != NULL;
    case FUNCTION_ATTRIBUTE_NOT_EXISTS:
        return !a;
    case FUNCTION_ATTRIBUTE_TYPE:
        return a && b && a->type == value_type_of_name(b->text);
    case FUNCTION_BEGINS_WITH:
        return begins_with(a, b);
    case FUNCTION_CONTAINS:
        return contains(a, b);
    case FUNCTION_SIZE:
    case FUNCTION_IF_NOT_EXISTS:
    case FUNCTION_LIST_APPEND:
    case FUNCTION_UNKNOWN:
        break;
    }
    return false;
}

/* As deep as there are operators: 300 at most. */
bool condition_holds(const struct condition *condition, const struct value *item)
{
    switch (condition->kind) {
    case CONDITION_AND:
        return condition_holds(condition->left, item) && condition_holds(condition->right, item);
    case CONDITION_OR:
        return condition_holds(condition->left, item) || condition_holds(condition->right, item);
    case CONDITION_NOT:
        return !condition_holds(condition->left, item);
    case CONDITION_FUNCTION:
        return function_holds(condition, item);
    case CONDITION_EQ:
    case CONDITION_NE:
    case CONDITION_LT:
    case CONDITION_LE:
    case CONDITION_GT:
    case CONDITION_GE:
    case CONDITION_BETWEEN:
    case CONDITION_IN:
        break;
    }
    return comparison_holds(condition, item);
}

static const struct key_part *find_key_in(const struct operand *operands, size_t count, const struct key_schema *keys)
{
    const struct key_part *part = NULL;

    for (size_t i = 0; i < count && !part; i++) {
        if (operands[i].kind == OPERAND_PATH)
            part = key_schema_find(keys, operands[i].path.parts[0].name);
        else
            part = find_key_in(operands[i].operands, operands[i].count, keys);
    }
    return part;
}

const struct key_part *condition_find_key(const struct condition *condition, const struct key_schema *keys)
{
    const struct key_part *part = find_key_in(condition->operands, condition->count, keys);

    if (!part && condition->left)
        part = condition_find_key(condition->left, keys);
    if (!part && condition->right)
        part = condition_find_key(condition->right, keys);
    return part;
}
