#include "dynamodb/condition.h"

/* Conditions as they are read from text; what is wrong with them beyond syntax is condition_check.c's. */

#include <string.h>

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

static bool parse_operand_into(struct parser *parser, struct condition *condition)
{
    struct expression *expression = &parser->expression;
    struct operand *operand = &condition->operands[condition->count++];

    if (!expression_parse_operand(expression, false, operand))
        return false;
    condition_check_operand(expression, operand);
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
        condition_check(&parser->expression, condition);
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
    condition_check(expression, condition);
    return true;
}

/* "(a) = b": what looked like the beginning of a condition in parentheses was an operand in them. "(contains(a, b))" is a condition,
 * unless it is compared, which is another fault. */
static bool close_first_operand(struct parser *parser, struct operand *operand)
{
    struct expression *expression = &parser->expression;
    bool is_condition = operand->kind == OPERAND_FUNCTION && operand->function != FUNCTION_SIZE;
    enum condition_kind kind;

    while (expression->lexer.current.kind == TOKEN_CLOSE && parser->operator_count &&
           parser->operators[parser->operator_count - 1] == WAITING_OPEN &&
           (!is_condition || comparison_of(&expression->lexer.next, &kind))) {
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
