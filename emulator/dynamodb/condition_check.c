#include "dynamodb/condition.h"

/* What is wrong with conditions beyond their syntax. */

#include "dynamodb/wire.h"

enum { IN_OPERANDS_MAX = 100 };

static enum value_type static_type(const struct operand *operand)
{
    if (operand->kind == OPERAND_FUNCTION && operand->function == FUNCTION_SIZE)
        return VALUE_N;
    return operand_type(operand);
}

static void complain_of_type(struct expression *expression, const char *sign, enum value_type type)
{
    expression_complain(expression, COMPLAINT_OPERAND,
                        "Incorrect operand type for operator or function; operator or function: %s, operand type: %s", sign,
                        value_type_name(type));
}

static void check_distinct(struct expression *expression, const struct condition *condition)
{
    const struct operand *first = &condition->operands[0];

    for (size_t i = 1; i < condition->count; i++)
        if (first->kind == OPERAND_PATH && condition->operands[i].kind == OPERAND_PATH &&
            path_equals(&first->path, &condition->operands[i].path))
            expression_complain(expression, COMPLAINT_DISTINCT,
                                "The first operand must be distinct from the remaining operands for this operator or function; "
                                "operator: %s, first operand: %s",
                                condition_word(condition), path_print(&first->path, expression->arena));
}

/* Only size(...) is a value; the other functions are conditions. */
static void check_places(struct expression *expression, const struct operand *operands, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (operands[i].kind != OPERAND_FUNCTION)
            continue;
        if (operands[i].function != FUNCTION_SIZE && operands[i].function != FUNCTION_UNKNOWN)
            expression_complain(expression, COMPLAINT_FUNCTION_PLACE,
                                "The function is not allowed to be used this way in an expression; function: %s",
                                function_name(operands[i].function));
        check_places(expression, operands[i].operands, operands[i].count);
    }
}

static void check_size_operand(struct expression *expression, const struct operand *call)
{
    enum value_type type = static_type(&call->operands[0]);

    check_places(expression, call->operands, call->count);
    if (type == VALUE_N || type == VALUE_BOOL || type == VALUE_NULL)
        complain_of_type(expression, "size", type);
}

static void check_type_name(struct expression *expression, const struct operand *operand)
{
    enum value_type type = static_type(operand);

    if (type != VALUE_S)
        expression_complain(expression, COMPLAINT_OPERAND,
                            "Incorrect operand type for operator or function; operator or function: attribute_type, operand type: %s",
                            type == VALUE_TYPES ? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}" : value_type_name(type));
    else if (value_type_of_name(operand->value->text) == VALUE_TYPES)
        expression_complain(expression, COMPLAINT_OPERAND,
                            "Invalid attribute type name found; type: %.*s, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
                            (int)operand->value->text.size, operand->value->text.data);
}

static void check_path(struct expression *expression, const struct condition *condition)
{
    if (condition->operands[0].kind != OPERAND_PATH)
        expression_complain(expression, COMPLAINT_OPERAND, "Operator or function requires a document path; operator or function: %s",
                            condition_word(condition));
}

static void check_beginning(struct expression *expression, const struct condition *condition)
{
    for (size_t i = 0; i < condition->count; i++) {
        enum value_type type = static_type(&condition->operands[i]);

        if (type != VALUE_TYPES && type != VALUE_S && type != VALUE_B)
            complain_of_type(expression, "begins_with", type);
    }
    check_distinct(expression, condition);
}

/* That there are as many operands as must be was checked while they were parsed; here each function looks at their types. */
static void check_function(struct expression *expression, const struct condition *condition)
{
    check_places(expression, condition->operands, condition->count);
    if (!function_takes(condition->function, condition->count))
        return;
    switch (condition->function) {
    case FUNCTION_ATTRIBUTE_EXISTS:
    case FUNCTION_ATTRIBUTE_NOT_EXISTS:
        check_path(expression, condition);
        return;
    case FUNCTION_ATTRIBUTE_TYPE: /* its first operand may be a value: of no use, but the service takes it */
        if (condition->operands[1].kind != OPERAND_VALUE || condition->operands[1].value)
            check_type_name(expression, &condition->operands[1]);
        check_distinct(expression, condition);
        return;
    case FUNCTION_BEGINS_WITH:
        check_beginning(expression, condition);
        return;
    case FUNCTION_CONTAINS:
        check_distinct(expression, condition);
        return;
    case FUNCTION_SIZE:
    case FUNCTION_IF_NOT_EXISTS:
    case FUNCTION_LIST_APPEND:
    case FUNCTION_UNKNOWN:
        return;
    }
}

static void check_bounds(struct expression *expression, const struct condition *condition)
{
    const struct value *low = condition->operands[1].value;
    const struct value *high = condition->operands[2].value;
    const char *rule = NULL;

    if (condition->operands[1].kind != OPERAND_VALUE || condition->operands[2].kind != OPERAND_VALUE || !low || !high)
        return;
    if (low->type != high->type)
        rule = "same data type for lower and upper bounds";
    else if (value_type_is_scalar(low->type) && value_compare(low, high) > 0)
        rule = "upper bound to be greater than or equal to lower bound";
    if (rule)
        expression_complain(expression, COMPLAINT_OPERAND,
                            "The BETWEEN operator requires %s; lower bound operand: AttributeValue: %s, upper bound operand: "
                            "AttributeValue: %s",
                            rule, wire_print_value(low, expression->arena), wire_print_value(high, expression->arena));
}

static void check_comparison(struct expression *expression, const struct condition *condition)
{
    bool is_ordered = condition->kind != CONDITION_EQ && condition->kind != CONDITION_NE && condition->kind != CONDITION_IN;

    check_places(expression, condition->operands, condition->count);
    for (size_t i = 0; i < condition->count && is_ordered; i++) {
        enum value_type type = static_type(&condition->operands[i]);

        if (type != VALUE_TYPES && !value_type_is_scalar(type))
            complain_of_type(expression, condition_word(condition), type);
    }
    check_distinct(expression, condition);
    if (condition->kind == CONDITION_BETWEEN)
        check_bounds(expression, condition);
    if (condition->kind == CONDITION_IN && condition->count - 1 > IN_OPERANDS_MAX)
        expression_complain(expression, COMPLAINT_OPERAND_COUNT,
                            "The IN operator is provided with too many operands; number of operands: %zu", condition->count - 1);
}

/* As deep as functions are nested: bounded by the parser. */
void condition_check_operand(struct expression *expression, const struct operand *operand)
{
    for (size_t i = 0; i < operand->count; i++)
        condition_check_operand(expression, &operand->operands[i]);
    if (operand->kind == OPERAND_FUNCTION && operand->function == FUNCTION_SIZE && operand->count == 1)
        check_size_operand(expression, operand);
}

void condition_check(struct expression *expression, const struct condition *condition)
{
    if (condition->kind == CONDITION_FUNCTION)
        check_function(expression, condition);
    else
        check_comparison(expression, condition);
}
