#include "dynamodb/condition.h"

/* Conditions as they are read: what their words say, and what is wrong with them beyond syntax. */

#include "dynamodb/wire.h"

#include <string.h>

enum { IN_OPERANDS_MAX = 100 };

/* ---- what is wrong beyond syntax ---- */

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

void condition_check(struct expression *expression, const struct condition *condition)
{
    if (condition->kind == CONDITION_FUNCTION)
        check_function(expression, condition);
    else
        check_comparison(expression, condition);
}

/* ---- parsing ---- */

/* The stacks of an operator-precedence parser: operators that wait for what stands right of them, and conditions that wait to be joined.
 * Each word of the source pushes one thing at most. */
enum waiting { WAITING_OPEN, WAITING_OR, WAITING_AND, WAITING_NOT };

struct parser {
    struct expression expression;
    enum waiting *operators;
    size_t operator_count;
    struct condition **conditions;
    size_t condition_count;
};

/* As deep as functions are nested: bounded by the parser. */
static void check_sizes(struct expression *expression, const struct operand *operand)
{
    for (size_t i = 0; i < operand->count; i++)
        check_sizes(expression, &operand->operands[i]);
    if (operand->kind == OPERAND_FUNCTION && operand->function == FUNCTION_SIZE && operand->count == 1)
        check_size_operand(expression, operand);
}

static bool parse_operand_into(struct parser *parser, struct condition *condition)
{
    struct expression *expression = &parser->expression;
    struct operand *operand = &condition->operands[condition->count++];

    if (!expression_parse_operand(expression, false, operand))
        return false;
    check_sizes(expression, operand);
    return true;
}

static bool parse_between(struct parser *parser, struct condition *condition)
{
    struct expression *expression = &parser->expression;

    if (!parse_operand_into(parser, condition))
        return false;
    if (!token_is(&expression->lexer.current, "AND"))
        return expression_syntax_error(expression);
    lexer_step(&expression->lexer);
    return parse_operand_into(parser, condition);
}

static void make_room(struct parser *parser, struct condition *condition)
{
    size_t count = condition->count;
    struct operand *grown;

    if (count < 4 || (count & (count - 1)))
        return;
    grown = arena_take(parser->expression.arena, 2 * count * sizeof *grown);
    memcpy(grown, condition->operands, count * sizeof *grown);
    condition->operands = grown;
}

static bool parse_in(struct parser *parser, struct condition *condition)
{
    struct expression *expression = &parser->expression;

    if (expression->lexer.current.kind != TOKEN_OPEN)
        return expression_syntax_error(expression);
    do {
        lexer_step(&expression->lexer);
        make_room(parser, condition);
        if (!parse_operand_into(parser, condition))
            return false;
    } while (expression->lexer.current.kind == TOKEN_COMMA);
    return expression_expect(expression, TOKEN_CLOSE);
}

static const struct {
    enum token_kind token;
    enum condition_kind kind;
} comparisons[] = {
    { TOKEN_EQ, CONDITION_EQ }, { TOKEN_NE, CONDITION_NE }, { TOKEN_LT, CONDITION_LT },
    { TOKEN_LE, CONDITION_LE }, { TOKEN_GT, CONDITION_GT }, { TOKEN_GE, CONDITION_GE },
};

static bool comparison_of(const struct token *token, enum condition_kind *kind)
{
    for (size_t i = 0; i < sizeof comparisons / sizeof *comparisons; i++)
        if (comparisons[i].token == token->kind) {
            *kind = comparisons[i].kind;
            return true;
        }
    *kind = token_is(token, "BETWEEN") ? CONDITION_BETWEEN : CONDITION_IN;
    return *kind == CONDITION_BETWEEN || token_is(token, "IN");
}

static bool parse_rest(struct parser *parser, struct condition *condition)
{
    bool is_right;

    expression_count_operator(&parser->expression);
    lexer_step(&parser->expression.lexer);
    if (condition->kind == CONDITION_BETWEEN)
        is_right = parse_between(parser, condition);
    else if (condition->kind == CONDITION_IN)
        is_right = parse_in(parser, condition);
    else
        is_right = parse_operand_into(parser, condition);
    if (is_right)
        check_comparison(&parser->expression, condition);
    return is_right;
}

/* An operand alone is a condition if it is a function other than size. */
static bool finish_function(struct parser *parser, struct condition *condition)
{
    struct expression *expression = &parser->expression;
    const struct operand *call = &condition->operands[0];

    if (call->kind != OPERAND_FUNCTION)
        return expression_syntax_error(expression);
    if (call->function == FUNCTION_SIZE)
        expression_complain(expression, COMPLAINT_FUNCTION_PLACE,
                            "The function is not allowed to be used this way in an expression; function: size");
    condition->kind = CONDITION_FUNCTION;
    condition->function = call->function;
    condition->count = call->count;
    condition->operands = call->operands;
    check_function(expression, condition);
    return true;
}

/* "(a) = b": what looked like the beginning of a condition in parentheses was an operand in them. */
static bool close_first_operand(struct parser *parser, struct operand *operand)
{
    struct expression *expression = &parser->expression;
    bool is_value = operand->kind != OPERAND_FUNCTION || operand->function == FUNCTION_SIZE;

    while (is_value && expression->lexer.current.kind == TOKEN_CLOSE && parser->operator_count &&
           parser->operators[parser->operator_count - 1] == WAITING_OPEN) {
        parser->operator_count--;
        if (!expression_close_operand(expression, operand))
            return false;
    }
    return true;
}

static bool parse_primary(struct parser *parser)
{
    struct expression *expression = &parser->expression;
    struct condition *condition = arena_take(expression->arena, sizeof *condition);

    condition->operands = arena_take(expression->arena, 4 * sizeof *condition->operands);
    if (!parse_operand_into(parser, condition) || !close_first_operand(parser, &condition->operands[0]))
        return false;
    parser->conditions[parser->condition_count++] = condition;
    if (comparison_of(&expression->lexer.current, &condition->kind))
        return parse_rest(parser, condition);
    return finish_function(parser, condition);
}

static bool parse_condition(struct parser *parser)
{
    bool is_right = parse_primary(parser);

    expression_end_condition(&parser->expression);
    return is_right;
}

static void join(struct parser *parser)
{
    enum waiting sign = parser->operators[--parser->operator_count];
    struct condition *joined = arena_take(parser->expression.arena, sizeof *joined);

    if (sign == WAITING_NOT) {
        joined->kind = CONDITION_NOT;
        joined->left = parser->conditions[parser->condition_count - 1];
    } else {
        joined->kind = sign == WAITING_AND ? CONDITION_AND : CONDITION_OR;
        joined->right = parser->conditions[--parser->condition_count];
        joined->left = parser->conditions[parser->condition_count - 1];
    }
    parser->conditions[parser->condition_count - 1] = joined;
}

/* Joins what binds at least as tightly as `least`, back to the last open parenthesis. */
static void join_down_to(struct parser *parser, enum waiting least)
{
    while (parser->operator_count && parser->operators[parser->operator_count - 1] != WAITING_OPEN &&
           parser->operators[parser->operator_count - 1] >= least)
        join(parser);
}

static void wait_for(struct parser *parser, enum waiting sign)
{
    if (sign != WAITING_OPEN)
        expression_count_operator(&parser->expression);
    parser->operators[parser->operator_count++] = sign;
    lexer_step(&parser->expression.lexer);
}

static bool close_parenthesis(struct parser *parser)
{
    struct condition *enclosed;

    join_down_to(parser, WAITING_OR);
    if (!parser->operator_count)
        return expression_syntax_error(&parser->expression);
    parser->operator_count--;
    enclosed = parser->conditions[parser->condition_count - 1];
    if (enclosed->is_enclosed)
        expression_complain(&parser->expression, COMPLAINT_PARENTHESES, "The expression has redundant parentheses;");
    enclosed->is_enclosed = true;
    lexer_step(&parser->expression.lexer);
    return true;
}

/* What stands before a condition: parentheses and NOTs; then the condition itself. */
static bool parse_head(struct parser *parser)
{
    const struct token *token = &parser->expression.lexer.current;

    for (;;) {
        if (token->kind == TOKEN_OPEN)
            wait_for(parser, WAITING_OPEN);
        else if (token_is(token, "NOT"))
            wait_for(parser, WAITING_NOT);
        else
            return parse_condition(parser);
    }
}

/* What stands behind a condition: closing parentheses, then AND, OR or the end. `has_more` tells whether another condition must follow. */
static bool parse_tail(struct parser *parser, bool *has_more)
{
    const struct token *token = &parser->expression.lexer.current;
    bool is_and;

    while (token->kind == TOKEN_CLOSE)
        if (!close_parenthesis(parser))
            return false;
    is_and = token_is(token, "AND");
    *has_more = is_and || token_is(token, "OR");
    if (*has_more) {
        join_down_to(parser, is_and ? WAITING_AND : WAITING_OR);
        wait_for(parser, is_and ? WAITING_AND : WAITING_OR);
        return true;
    }
    if (token->kind != TOKEN_END)
        return expression_syntax_error(&parser->expression);
    join_down_to(parser, WAITING_OR);
    return !parser->operator_count || expression_syntax_error(&parser->expression);
}

static bool parse(struct parser *parser)
{
    bool has_more = true;

    while (has_more)
        if (!parse_head(parser) || !parse_tail(parser, &has_more))
            return false;
    return true;
}

bool condition_parse(struct condition **condition, const char *kind, struct bytes text, struct aliases *aliases, struct fault *fault)
{
    struct parser parser = { 0 };

    if (!expression_open(&parser.expression, kind, text, aliases, fault))
        return false;
    parser.operators = arena_take(fault->arena, (text.size + 1) * sizeof *parser.operators);
    parser.conditions = arena_take(fault->arena, (text.size + 1) * sizeof(struct condition *));
    parse(&parser);
    if (!expression_close(&parser.expression))
        return false;
    *condition = parser.conditions[0];
    return true;
}
