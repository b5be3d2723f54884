#include "dynamodb/expression.h"

#include "base/buffer.h"
#include "dynamodb/reserved.h"

#include <string.h>

static const struct {
    const char *name;
    size_t operands;
    bool is_update; /* it belongs to updates; else to conditions */
} functions[] = {
    [FUNCTION_ATTRIBUTE_EXISTS] = { "attribute_exists", 1, false },
    [FUNCTION_ATTRIBUTE_NOT_EXISTS] = { "attribute_not_exists", 1, false },
    [FUNCTION_ATTRIBUTE_TYPE] = { "attribute_type", 2, false },
    [FUNCTION_BEGINS_WITH] = { "begins_with", 2, false },
    [FUNCTION_CONTAINS] = { "contains", 2, false },
    [FUNCTION_SIZE] = { "size", 1, false },
    [FUNCTION_IF_NOT_EXISTS] = { "if_not_exists", 2, true },
    [FUNCTION_LIST_APPEND] = { "list_append", 2, true },
};

bool expression_open(struct expression *expression, const char *kind, struct bytes text, struct aliases *aliases, struct fault *fault)
{
    *expression = (struct expression){
        .kind = kind, .aliases = aliases, .arena = fault->arena, .fault = fault, .gravest = COMPLAINT_NONE, .has_newer_texts = true
    };
    if (text.size > EXPRESSION_BYTES_MAX && !strcmp(kind, "UpdateExpression"))
        return fault_raise(fault, FAULT_REQUEST, "Invalid UpdateExpression: Expression size has exceeded the maximum allowed size;");
    if (text.size > EXPRESSION_BYTES_MAX)
        return fault_raise(fault, FAULT_REQUEST, "Invalid %s: Expression size has exceeded the maximum allowed size; expression size: %zu",
                           kind, text.size);
    lexer_open(&expression->lexer, text);
    if (expression->lexer.current.kind == TOKEN_END)
        return fault_raise(fault, FAULT_REQUEST, "Invalid %s: The expression can not be empty;", kind);
    return true;
}

bool expression_close(struct expression *expression)
{
    if (expression->gravest == COMPLAINT_NONE)
        return true;
    return fault_raise(expression->fault, FAULT_REQUEST, "Invalid %s: %s", expression->kind, expression->text);
}

bool expression_complain(struct expression *expression, enum complaint complaint, const char *format, ...)
{
    va_list list;

    if (complaint >= expression->gravest || (expression->is_settled && complaint >= COMPLAINT_NAME_ALIAS))
        return false;
    expression->gravest = complaint;
    va_start(list, format);
    expression->text = arena_vprint(expression->arena, format, list);
    va_end(list);
    return false;
}

void expression_end_condition(struct expression *expression)
{
    expression->is_settled = expression->gravest >= COMPLAINT_NAME_ALIAS && expression->gravest < COMPLAINT_NONE;
}

bool expression_syntax_error(struct expression *expression)
{
    const struct token *token = &expression->lexer.current;
    struct bytes near = lexer_near(&expression->lexer);
    struct bytes text = token->kind == TOKEN_END ? bytes_of("<EOF>") : token->text;

    return expression_complain(expression, COMPLAINT_SYNTAX, "Syntax error; token: \"%.*s\", near: \"%.*s\"", (int)text.size, text.data,
                               (int)near.size, near.data);
}

bool expression_expect(struct expression *expression, enum token_kind kind)
{
    if (expression->lexer.current.kind != kind)
        return expression_syntax_error(expression);
    lexer_step(&expression->lexer);
    return true;
}

void expression_count_operator(struct expression *expression)
{
    if (++expression->operator_count > EXPRESSION_OPERATORS_MAX) {
        if (expression->gravest == COMPLAINT_OPERATORS)
            expression->gravest = COMPLAINT_NONE; /* the count that is told is the last one */
        expression_complain(expression, COMPLAINT_OPERATORS, "The expression contains too many operators; operator count: %d",
                            expression->operator_count);
    }
}

/* ---- paths ---- */

/* The words of the grammar, which are no names: an alias must stand for them. Projections have none. */
static bool is_keyword(const struct expression *expression, const struct token *token)
{
    static const char *const of_updates[] = { "SET", "REMOVE", "ADD", "DELETE", NULL };
    static const char *const of_conditions[] = { "AND", "OR", "NOT", "BETWEEN", "IN", NULL };

    if (!strcmp(expression->kind, "ProjectionExpression"))
        return false;
    for (const char *const *word = expression->is_update ? of_updates : of_conditions; *word; word++)
        if (token_is(token, *word))
            return true;
    return false;
}

static struct path_part *add_part(struct expression *expression, struct path *path)
{
    size_t count = path->count++;
    struct path_part *grown;

    /* The room doubles whenever the count is a power of two. */
    if (!(count & (count - 1)) || !count) {
        grown = arena_take(expression->arena, (count ? count * 2 : 1) * sizeof *grown);
        if (count)
            memcpy(grown, path->parts, count * sizeof *grown);
        path->parts = grown;
    }
    return &path->parts[count];
}

static bool parse_name(struct expression *expression, struct path *path)
{
    const struct token token = expression->lexer.current;
    struct path_part *part;
    struct alias *alias;

    if ((token.kind != TOKEN_WORD && token.kind != TOKEN_NAME_ALIAS) || is_keyword(expression, &token))
        return expression_syntax_error(expression);
    part = add_part(expression, path);
    part->name = token.text;
    if (token.kind == TOKEN_WORD && reserved_has(token.text))
        expression_complain(expression, expression->is_update ? COMPLAINT_UPDATE_RESERVED : COMPLAINT_RESERVED,
                            "Attribute name is a reserved keyword; reserved keyword: %.*s", (int)token.text.size, token.text.data);
    if (token.kind == TOKEN_NAME_ALIAS) {
        alias = aliases_use(&expression->aliases->names, token.text);
        if (alias)
            part->name = alias->name;
        else
            expression_complain(expression, COMPLAINT_NAME_ALIAS,
                                "An expression attribute name used in the document path is not defined; attribute name: %.*s",
                                (int)token.text.size, token.text.data);
    }
    lexer_step(&expression->lexer);
    return true;
}

static bool parse_index(struct expression *expression, struct path *path)
{
    struct path_part *part;
    struct bytes digits;

    lexer_step(&expression->lexer);
    digits = expression->lexer.current.text;
    if (expression->lexer.current.kind != TOKEN_DIGITS)
        return expression_syntax_error(expression);
    part = add_part(expression, path);
    for (size_t i = 0; i < digits.size && part->index <= PATH_INDEX_MAX; i++)
        part->index = part->index * 10 + (size_t)(digits.data[i] - '0');
    if (part->index > PATH_INDEX_MAX)
        expression_complain(expression, COMPLAINT_INDEX, "List index is not within the allowable range; index: [%.*s]", (int)digits.size,
                            digits.data);
    lexer_step(&expression->lexer);
    return expression_expect(expression, TOKEN_CLOSE_BRACKET);
}

static bool parse_path_rest(struct expression *expression, struct path *path)
{
    for (;;) {
        if (expression->lexer.current.kind == TOKEN_OPEN_BRACKET) {
            if (!parse_index(expression, path))
                return false;
        } else if (expression->lexer.current.kind == TOKEN_DOT) {
            lexer_step(&expression->lexer);
            if (!parse_name(expression, path))
                return false;
        } else {
            break;
        }
    }
    if (path->count > PATH_PARTS_MAX)
        expression_complain(expression, COMPLAINT_NESTING, "The document path has too many nesting elements; nesting levels: %zu",
                            path->count);
    return true;
}

bool expression_parse_path(struct expression *expression, struct path *path)
{
    *path = (struct path){ 0 };
    return parse_name(expression, path) && parse_path_rest(expression, path);
}

struct path path_of_name(struct bytes name, struct arena *arena)
{
    struct path_part *part = arena_take(arena, sizeof *part);

    part->name = name;
    return (struct path){ part, 1 };
}

const char *path_print(const struct path *path, struct arena *arena)
{
    struct buffer text = { 0 };
    const char *copy;

    buffer_add_char(&text, '[');
    for (size_t i = 0; i < path->count; i++) {
        buffer_add_text(&text, i ? ", " : "");
        if (path->parts[i].name.data)
            buffer_add(&text, path->parts[i].name.data, path->parts[i].name.size);
        else
            buffer_print(&text, "[%zu]", path->parts[i].index);
    }
    buffer_add_char(&text, ']');
    copy = arena_copy(arena, text.data, text.size);
    buffer_clear(&text);
    return copy;
}

bool path_equals(const struct path *a, const struct path *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        const struct path_part *left = &a->parts[i];
        const struct path_part *right = &b->parts[i];

        if (!left->name.data != !right->name.data || (left->name.data ? !bytes_are(left->name, right->name) : left->index != right->index))
            return false;
    }
    return true;
}

struct value *path_find(const struct path *path, const struct value *item)
{
    const struct value *value = item;

    for (size_t i = 0; i < path->count && value; i++) {
        const struct path_part *part = &path->parts[i];

        if (part->name.data)
            value = value->type == VALUE_M ? value_find(value, part->name) : NULL;
        else
            value = value->type == VALUE_L && part->index < value->count ? &value->items[part->index] : NULL;
    }
    return (struct value *)value;
}

/* ---- operands ---- */

const char *function_name(enum function function)
{
    return functions[function].name;
}

bool function_takes(enum function function, size_t count)
{
    return function == FUNCTION_UNKNOWN || functions[function].operands == count;
}

enum value_type operand_type(const struct operand *operand)
{
    return operand->kind == OPERAND_VALUE && operand->value ? (enum value_type)operand->value->type : VALUE_TYPES;
}

bool expression_parse_value(struct expression *expression, struct operand *operand)
{
    const struct token token = expression->lexer.current;
    struct alias *alias;

    if (token.kind != TOKEN_VALUE_ALIAS)
        return expression_syntax_error(expression);
    alias = aliases_use(&expression->aliases->values, token.text);
    operand->kind = OPERAND_VALUE;
    operand->value = alias ? &alias->value : NULL;
    if (!alias)
        expression_complain(expression, expression->is_update ? COMPLAINT_VALUE_ALIAS : COMPLAINT_NAME_ALIAS,
                            "An expression attribute value used in expression is not defined; attribute value: %.*s", (int)token.text.size,
                            token.text.data);
    lexer_step(&expression->lexer);
    return true;
}

static enum function find_function(struct bytes name)
{
    int function = 0;

    while (function < FUNCTION_UNKNOWN && !bytes_are(name, bytes_of(functions[function].name)))
        function++;
    return (enum function)function;
}

static enum function parse_function_name(struct expression *expression)
{
    struct bytes name = expression->lexer.current.text;
    enum function function = find_function(name);

    if (function == FUNCTION_UNKNOWN)
        expression_complain(expression, COMPLAINT_FUNCTION_NAME, "Invalid function name; function: %.*s", (int)name.size, name.data);
    else if (expression->is_update != functions[function].is_update)
        expression_complain(expression, COMPLAINT_FUNCTION_PLACE, "The function is not allowed in %s expression; function: %s",
                            expression->is_update ? "an update" : "a condition", functions[function].name);
    lexer_step(&expression->lexer);
    return function;
}

static bool add_operand(struct expression *expression, struct operand *parent)
{
    size_t count = parent->count++;
    struct operand *grown;

    if (!(count & (count - 1)) || !count) {
        grown = arena_take(expression->arena, (count ? count * 2 : 1) * sizeof *grown);
        if (count)
            memcpy(grown, parent->operands, count * sizeof *grown);
        parent->operands = grown;
    }
    return expression_parse_operand(expression, false, &parent->operands[count]);
}

static void check_operand_count(struct expression *expression, const struct operand *call)
{
    if (!function_takes(call->function, call->count))
        expression_complain(expression, COMPLAINT_OPERAND_COUNT,
                            "Incorrect number of operands for operator or function; operator or function: %s, number of operands: %zu",
                            functions[call->function].name, call->count);
}

/* Too deep for any expression that could be right: each level holds an operator or is superfluous. */
static bool is_too_deep(struct expression *expression)
{
    if (expression->nesting <= EXPRESSION_NESTING_MAX)
        return false;
    expression_complain(expression, COMPLAINT_SYNTAX, "The expression contains too many operators; operator count: %d",
                        EXPRESSION_OPERATORS_MAX + 1);
    return true;
}

static bool parse_function(struct expression *expression, struct operand *operand)
{
    operand->kind = OPERAND_FUNCTION;
    operand->function = parse_function_name(expression);
    expression_count_operator(expression);
    expression->nesting++;
    if (is_too_deep(expression))
        return false;
    do {
        lexer_step(&expression->lexer); /* over the parenthesis, then over each comma */
        if (!add_operand(expression, operand))
            return false;
    } while (expression->lexer.current.kind == TOKEN_COMMA);
    expression->nesting--;
    check_operand_count(expression, operand);
    return expression_expect(expression, TOKEN_CLOSE);
}

static bool is_sum_sign(enum token_kind kind)
{
    return kind == TOKEN_PLUS || kind == TOKEN_MINUS;
}

static bool parse_inner_sum(struct expression *expression, struct operand *operand)
{
    struct operand *pair = arena_take(expression->arena, 2 * sizeof *pair);

    pair[0] = *operand;
    *operand = (struct operand){ .operands = pair, .count = 2 };
    operand->kind = expression->lexer.current.kind == TOKEN_PLUS ? OPERAND_PLUS : OPERAND_MINUS;
    expression_count_operator(expression);
    lexer_step(&expression->lexer);
    return expression_parse_operand(expression, false, &pair[1]);
}

bool expression_close_operand(struct expression *expression, struct operand *operand)
{
    enum token_kind next = expression->lexer.next.kind;

    if (operand->is_enclosed)
        expression_complain(expression, COMPLAINT_PARENTHESES, "The expression has redundant parentheses;");
    operand->is_enclosed = true;
    if (!expression_expect(expression, TOKEN_CLOSE))
        return false;
    if (expression->is_update || operand->kind != OPERAND_PATH || (next != TOKEN_DOT && next != TOKEN_OPEN_BRACKET))
        return true;
    operand->is_enclosed = false;
    return parse_path_rest(expression, &operand->path);
}

static bool parse_enclosed(struct expression *expression, bool may_sum, struct operand *operand)
{
    expression->nesting++;
    if (is_too_deep(expression))
        return false;
    lexer_step(&expression->lexer);
    if (!expression_parse_operand(expression, may_sum, operand))
        return false;
    if (may_sum && is_sum_sign(expression->lexer.current.kind) && operand->kind != OPERAND_PLUS && operand->kind != OPERAND_MINUS &&
        !parse_inner_sum(expression, operand))
        return false;
    expression->nesting--;
    return expression_close_operand(expression, operand);
}

bool expression_parse_operand(struct expression *expression, bool may_sum, struct operand *operand)
{
    const struct lexer *lexer = &expression->lexer;

    *operand = (struct operand){ 0 };
    if (lexer->current.kind == TOKEN_VALUE_ALIAS)
        return expression_parse_value(expression, operand);
    if (lexer->current.kind == TOKEN_OPEN)
        return parse_enclosed(expression, may_sum, operand);
    if (lexer->current.kind == TOKEN_WORD && lexer->next.kind == TOKEN_OPEN && !is_keyword(expression, &lexer->current))
        return parse_function(expression, operand);
    operand->kind = OPERAND_PATH;
    return expression_parse_path(expression, &operand->path);
}
