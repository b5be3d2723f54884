#include "dynamodb/update.h"

/* Updates as they are read: sections, actions, and what is wrong with them beyond syntax. */

static const char *const section_words[] = { "SET", "REMOVE", "ADD", "DELETE" };

static bool find_section(const struct token *token, enum update_kind *kind)
{
    for (int i = 0; i < 4; i++)
        if (token_is(token, section_words[i])) {
            *kind = (enum update_kind)i;
            return true;
        }
    return false;
}

/* ADD and DELETE name types in full. */
static const char *const long_type_names[VALUE_TYPES] = { "STRING",     "NUMBER",  "BINARY", "STRING_SET", "NUMBER_SET",
                                                          "BINARY_SET", "BOOLEAN", "NULL",   "LIST",       "MAP" };

static void check_section_operand(struct expression *expression, const struct update_action *action)
{
    const struct value *value = action->operand.value;
    const char *word = section_words[action->kind];

    if (!value || value_is_set(value) || (action->kind == UPDATE_ADD && value->type == VALUE_N))
        return;
    if (expression->has_newer_texts)
        expression_complain(expression, COMPLAINT_SECTION_OPERAND,
                            "Incorrect operand type for operator or function; operator: %s, operand type: %s, "
                            "typeSet: ALLOWED_FOR_%s_OPERAND",
                            word, long_type_names[value->type], word);
    else
        expression_complain(expression, COMPLAINT_SECTION_OPERAND,
                            "Incorrect operand type for operator or function; operator: %s, operand type: %s", word,
                            long_type_names[value->type]);
}

static void check_literal(struct expression *expression, const struct operand *operand, enum value_type wanted, const char *word)
{
    enum value_type type = operand_type(operand);

    if (type != VALUE_TYPES && type != wanted)
        expression_complain(expression, COMPLAINT_OPERAND,
                            "Incorrect operand type for operator or function; operator or function: %s, operand type: %s", word,
                            value_type_name(type));
}

static void check_operand(struct expression *expression, const struct operand *operand);

static bool is_list_append(const struct operand *operand)
{
    return operand->kind == OPERAND_FUNCTION && operand->function == FUNCTION_LIST_APPEND;
}

static void check_call(struct expression *expression, const struct operand *call)
{
    if (call->count != 2)
        return;
    if (is_list_append(call) && (is_list_append(&call->operands[0]) || is_list_append(&call->operands[1])))
        expression_complain(expression, COMPLAINT_FUNCTION_PLACE,
                            "The function is not allowed to be used this way in an expression; function: list_append");
    if (call->function == FUNCTION_IF_NOT_EXISTS && call->operands[0].kind != OPERAND_PATH)
        expression_complain(expression, COMPLAINT_OPERAND,
                            "Operator or function requires a document path; operator or function: if_not_exists");
    for (size_t i = 0; i < 2 && is_list_append(call); i++)
        check_literal(expression, &call->operands[i], VALUE_L, "list_append");
}

/* As deep as functions are nested: bounded by the parser. */
static void check_operand(struct expression *expression, const struct operand *operand)
{
    if (operand->kind == OPERAND_FUNCTION)
        check_call(expression, operand);
    for (size_t i = 0; i < operand->count; i++) {
        if (operand->kind == OPERAND_PLUS || operand->kind == OPERAND_MINUS)
            check_literal(expression, &operand->operands[i], VALUE_N, operand->kind == OPERAND_PLUS ? "+" : "-");
        check_operand(expression, &operand->operands[i]);
    }
}

static bool is_sum(const struct operand *operand)
{
    return operand->kind == OPERAND_PLUS || operand->kind == OPERAND_MINUS;
}

static bool parse_set_value(struct expression *expression, struct operand *operand)
{
    enum token_kind sign;
    struct operand *pair;

    if (!expression_parse_operand(expression, true, operand))
        return false;
    sign = expression->lexer.current.kind;
    if (sign != TOKEN_PLUS && sign != TOKEN_MINUS)
        return true;
    if (is_sum(operand))
        return expression_syntax_error(expression);
    expression_count_operator(expression);
    lexer_step(&expression->lexer);
    pair = arena_take(expression->arena, 2 * sizeof *pair);
    pair[0] = *operand;
    *operand = (struct operand){ .kind = sign == TOKEN_PLUS ? OPERAND_PLUS : OPERAND_MINUS, .operands = pair, .count = 2 };
    return expression_parse_operand(expression, false, &pair[1]);
}

static bool parse_action(struct expression *expression, struct update_action *action)
{
    if (!expression_parse_path(expression, &action->path))
        return false;
    switch (action->kind) {
    case UPDATE_SET:
        if (!expression_expect(expression, TOKEN_EQ) || !parse_set_value(expression, &action->operand))
            return false;
        check_operand(expression, &action->operand);
        return true;
    case UPDATE_ADD:
    case UPDATE_DELETE:
        if (!expression_parse_value(expression, &action->operand))
            return false;
        check_section_operand(expression, action);
        return true;
    case UPDATE_REMOVE:
        break;
    }
    return true;
}

struct update_action *update_add_action(struct update *update, enum update_kind kind, struct arena *arena)
{
    struct update_action *action = arena_take(arena, sizeof *action);

    action->kind = kind;
    if (update->last)
        update->last->next = action;
    else
        update->actions = action;
    update->last = action;
    update->may_create |= kind == UPDATE_SET || kind == UPDATE_ADD;
    return action;
}

static bool parse_section(struct update *update, struct expression *expression, enum update_kind kind)
{
    do {
        struct update_action *action = update_add_action(update, kind, expression->arena);

        lexer_step(&expression->lexer); /* over the section's word, then over each comma */
        if (!parse_action(expression, action))
            return false;
        projection_add(&update->targets, &action->path, expression);
    } while (expression->lexer.current.kind == TOKEN_COMMA);
    return true;
}

static bool parse_sections(struct update *update, struct expression *expression)
{
    bool is_seen[4] = { false };
    enum update_kind kind;

    do {
        if (!find_section(&expression->lexer.current, &kind))
            return expression_syntax_error(expression);
        if (is_seen[kind])
            expression_complain(expression, COMPLAINT_SECTION, "The \"%s\" section can only be used once in an update expression;",
                                section_words[kind]);
        is_seen[kind] = true;
        if (!parse_section(update, expression, kind))
            return false;
    } while (expression->lexer.current.kind != TOKEN_END);
    return true;
}

bool update_parse(struct update *update, struct bytes text, struct aliases *aliases, bool has_newer_texts, struct fault *fault)
{
    struct expression expression;

    *update = (struct update){ 0 };
    if (!expression_open(&expression, "UpdateExpression", text, aliases, fault))
        return false;
    expression.is_update = true;
    expression.has_newer_texts = has_newer_texts;
    parse_sections(update, &expression);
    return expression_close(&expression);
}
