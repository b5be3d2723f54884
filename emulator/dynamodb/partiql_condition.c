#include "dynamodb/partiql_condition.h"

#include <string.h>

static const struct call_form {
    const char *name;
    enum function function;
    size_t operands;
} calls[] = {
    { "attribute_exists", FUNCTION_ATTRIBUTE_EXISTS, 1 },
    { "attribute_not_exists", FUNCTION_ATTRIBUTE_NOT_EXISTS, 1 },
    { "attribute_type", FUNCTION_ATTRIBUTE_TYPE, 2 },
    { "begins_with", FUNCTION_BEGINS_WITH, 2 },
    { "contains", FUNCTION_CONTAINS, 2 },
    { "size", FUNCTION_SIZE, 1 },
};

static const struct call_form *find_call(const struct term *term)
{
    for (size_t i = 0; i < sizeof calls / sizeof *calls && term->kind == TERM_CALL; i++)
        if (bytes_are(term->text, bytes_of(calls[i].name)))
            return &calls[i];
    return NULL;
}

bool partiql_is_condition(const struct term *term)
{
    if (term->kind == TERM_CALL)
        return find_call(term) && find_call(term)->function != FUNCTION_SIZE;
    return term->kind >= TERM_NOT && term->kind <= TERM_IS;
}

/* ---- refusals ---- */

bool partiql_refuse_function(const struct partiql_scope *scope, const struct term *call)
{
    return fault_raise(scope->fault, FAULT_VALIDATION, "Unrecognized function: %.*s%s", (int)call->text.size, call->text.data,
                       partiql_print_place(&call->place, scope->fault->arena));
}

bool partiql_refuse_operator(const struct partiql_scope *scope, const struct term *term, const char *where)
{
    if ((term->kind == TERM_PLUS || term->kind == TERM_MINUS) && term->count == 1)
        return fault_raise(scope->fault, FAULT_VALIDATION,
                           "Incorrect number of operands for operator or function; operator or function: %.*s, number of operands: 1",
                           (int)term->text.size, term->text.data);
    return fault_raise(scope->fault, FAULT_VALIDATION, "Unsupported operator in %s Expression. Operator: %.*s", where, (int)term->text.size,
                       term->text.data);
}

bool partiql_check_path(const struct partiql_scope *scope, const struct term *term)
{
    return term->path.count <= PATH_PARTS_MAX ||
           fault_raise(scope->fault, FAULT_VALIDATION, "The document path has too many nesting elements; nesting levels: %zu",
                       term->path.count);
}

static bool refuse_place(const struct partiql_scope *scope, const char *function)
{
    return fault_raise(scope->fault, FAULT_VALIDATION, "The function is not allowed to be used this way in an expression; function: %s",
                       function);
}

/* ---- small conditions ---- */

struct condition *partiql_join(enum condition_kind kind, struct condition *left, struct condition *right, struct arena *arena)
{
    struct condition *joined = arena_take(arena, sizeof *joined);

    *joined = (struct condition){ .kind = kind, .left = left, .right = right };
    return joined;
}

static struct condition *new_condition(enum condition_kind kind, size_t operands, struct arena *arena)
{
    struct condition *condition = arena_take(arena, sizeof *condition);

    condition->kind = kind;
    condition->count = operands;
    condition->operands = arena_take(arena, (operands ? operands : 1) * sizeof *condition->operands);
    return condition;
}

struct condition *partiql_exists(struct bytes attribute, struct arena *arena)
{
    struct condition *condition = new_condition(CONDITION_FUNCTION, 1, arena);
    struct path_part *part = arena_take(arena, sizeof *part);

    part->name = attribute;
    condition->function = FUNCTION_ATTRIBUTE_EXISTS;
    condition->operands[0] = (struct operand){ .kind = OPERAND_PATH, .path = { part, 1 } };
    return condition;
}

static struct condition *negate(struct condition *condition, struct arena *arena)
{
    return partiql_join(CONDITION_NOT, condition, NULL, arena);
}

/* An IN without candidates never holds. */
static struct condition *never(struct arena *arena)
{
    struct condition *condition = new_condition(CONDITION_IN, 1, arena);

    condition->operands[0] = (struct operand){ .kind = OPERAND_VALUE };
    return condition;
}

/* ---- operands ---- */

static bool read_operand(const struct partiql_scope *scope, const struct term *term, struct operand *operand);

static bool check_count(const struct partiql_scope *scope, const struct term *term, const struct call_form *form)
{
    return term->count == form->operands ||
           fault_raise(scope->fault, FAULT_VALIDATION,
                       "Incorrect number of operands for operator or function; operator or function: %s, number of operands: %zu",
                       form->name, term->count);
}

static bool read_operands(const struct partiql_scope *scope, const struct term *term, struct operand **operands)
{
    *operands = arena_take(scope->fault->arena, (term->count ? term->count : 1) * sizeof **operands);
    for (size_t i = 0; i < term->count; i++)
        if (!read_operand(scope, term->terms[i], &(*operands)[i]))
            return false;
    return true;
}

static bool check_size_operand(const struct partiql_scope *scope, const struct operand *operand)
{
    enum value_type type = operand_type(operand);

    if (type != VALUE_N && type != VALUE_BOOL && type != VALUE_NULL)
        return true;
    return fault_raise(scope->fault, FAULT_VALIDATION,
                       "Incorrect operand type for operator or function; operator or function: size, operand type: %s",
                       value_type_name(type));
}

/* size(...) is the one function that is a value. */
static bool read_size(const struct partiql_scope *scope, const struct term *term, struct operand *operand)
{
    const struct call_form *form = find_call(term);

    if (!form)
        return partiql_refuse_function(scope, term);
    if (form->function != FUNCTION_SIZE)
        return refuse_place(scope, form->name);
    *operand = (struct operand){ .kind = OPERAND_FUNCTION, .function = FUNCTION_SIZE, .count = 1 };
    return check_count(scope, term, form) && read_operands(scope, term, &operand->operands) &&
           check_size_operand(scope, &operand->operands[0]);
}

/* As deep as calls nest: bounded by the parser. */
static bool read_operand(const struct partiql_scope *scope, const struct term *term, struct operand *operand)
{
    struct value *value;

    if (term->kind == TERM_PATH) {
        *operand = (struct operand){ .kind = OPERAND_PATH, .path = term->path };
        return partiql_check_path(scope, term);
    }
    if (term->kind == TERM_CALL)
        return read_size(scope, term, operand);
    if (!partiql_is_value(term))
        return partiql_refuse_operator(scope, term, "Condition");
    value = arena_take(scope->fault->arena, sizeof *value);
    *operand = (struct operand){ .kind = OPERAND_VALUE, .value = value };
    return partiql_read_value(scope, term, value);
}

/* ---- comparisons ---- */

/* The rules that all conditions share. */
static bool check(const struct partiql_scope *scope, const struct condition *condition)
{
    struct expression expression = { .arena = scope->fault->arena, .gravest = COMPLAINT_NONE };

    condition_check(&expression, condition);
    return expression.gravest == COMPLAINT_NONE || fault_raise(scope->fault, FAULT_VALIDATION, "%s", expression.text);
}

static enum condition_kind mirrored(enum condition_kind kind)
{
    if (kind == CONDITION_LT || kind == CONDITION_LE)
        return kind == CONDITION_LT ? CONDITION_GT : CONDITION_GE;
    if (kind == CONDITION_GT || kind == CONDITION_GE)
        return kind == CONDITION_GT ? CONDITION_LT : CONDITION_LE;
    return kind;
}

static void put_path_first(struct condition *condition)
{
    struct operand first = condition->operands[0];

    if (condition->count != 2 || condition->kind == CONDITION_IN || first.kind != OPERAND_VALUE ||
        condition->operands[1].kind != OPERAND_PATH)
        return;
    condition->operands[0] = condition->operands[1];
    condition->operands[1] = first;
    condition->kind = mirrored(condition->kind);
}

static enum condition_kind kind_of(const struct term *term)
{
    static const enum condition_kind kinds[] = {
        [TERM_EQ] = CONDITION_EQ, [TERM_NE] = CONDITION_NE, [TERM_LT] = CONDITION_LT,           [TERM_LE] = CONDITION_LE,
        [TERM_GT] = CONDITION_GT, [TERM_GE] = CONDITION_GE, [TERM_BETWEEN] = CONDITION_BETWEEN, [TERM_IN] = CONDITION_IN,
    };

    return kinds[term->kind];
}

/* Whether a condition, as a truth value, equals what the other term says. */
static bool read_truth(const struct partiql_scope *scope, struct condition *condition, const struct term *other, struct condition **equal)
{
    struct arena *arena = scope->fault->arena;
    struct condition *agrees;
    struct condition *differs;
    struct operand operand;
    struct value *truths;

    if (partiql_is_condition(other)) {
        if (!partiql_read_condition(scope, other, &agrees))
            return false;
        differs = negate(agrees, arena);
    } else {
        if (!read_operand(scope, other, &operand))
            return false;
        truths = arena_take(arena, 2 * sizeof *truths);
        for (int i = 0; i < 2; i++)
            truths[i] = (struct value){ .type = VALUE_BOOL, .boolean = i == 0 };
        agrees = new_condition(CONDITION_EQ, 2, arena);
        differs = new_condition(CONDITION_EQ, 2, arena);
        agrees->operands[0] = differs->operands[0] = operand;
        agrees->operands[1] = (struct operand){ .kind = OPERAND_VALUE, .value = &truths[0] };
        differs->operands[1] = (struct operand){ .kind = OPERAND_VALUE, .value = &truths[1] };
    }
    agrees = partiql_join(CONDITION_AND, condition, agrees, arena);
    differs = partiql_join(CONDITION_AND, negate(condition, arena), differs, arena);
    *equal = partiql_join(CONDITION_OR, agrees, differs, arena);
    return true;
}

/* A comparison in which a condition is compared: attribute_exists(a) = true. Truth values have no order. */
static bool compare_truth(const struct partiql_scope *scope, const struct term *term, struct condition **condition)
{
    bool is_left = partiql_is_condition(term->terms[0]);
    struct condition *truth;
    struct condition *equal;
    const struct term *others = term->terms[1];

    if (term->kind != TERM_EQ && term->kind != TERM_NE && term->kind != TERM_IN)
        return fault_raise(scope->fault, FAULT_VALIDATION,
                           "Incorrect operand type for operator or function; operator or function: %.*s, operand type: BOOL",
                           (int)term->text.size, term->text.data);
    if (!partiql_read_condition(scope, is_left ? term->terms[0] : term->terms[1], &truth))
        return false;
    if (term->kind != TERM_IN) {
        if (!read_truth(scope, truth, is_left ? term->terms[1] : term->terms[0], condition))
            return false;
        if (term->kind == TERM_NE)
            *condition = negate(*condition, scope->fault->arena);
        return true;
    }
    if (others->kind != TERM_LIST && others->kind != TERM_BAG)
        return partiql_refuse_operator(scope, term, "Condition");
    *condition = never(scope->fault->arena);
    for (size_t i = 0; i < others->count; i++) {
        if (!read_truth(scope, truth, others->terms[i], &equal))
            return false;
        *condition = partiql_join(CONDITION_OR, *condition, equal, scope->fault->arena);
    }
    return true;
}

static bool compares_truth(const struct term *term)
{
    if (term->kind == TERM_IN)
        return partiql_is_condition(term->terms[0]);
    for (size_t i = 0; i < term->count; i++)
        if (partiql_is_condition(term->terms[i]))
            return true;
    return false;
}

/* IN takes a list of candidates, in any brackets. */
static bool read_candidates(const struct partiql_scope *scope, const struct term *term, struct condition *condition)
{
    const struct term *list = term->terms[1];

    if ((list->kind != TERM_LIST && list->kind != TERM_BAG) || !list->count)
        return partiql_refuse_operator(scope, term, "Condition");
    condition->count = list->count + 1;
    condition->operands = arena_take(scope->fault->arena, condition->count * sizeof *condition->operands);
    if (!read_operand(scope, term->terms[0], &condition->operands[0]))
        return false;
    for (size_t i = 0; i < list->count; i++)
        if (!read_operand(scope, list->terms[i], &condition->operands[i + 1]))
            return false;
    return true;
}

static bool read_comparison(const struct partiql_scope *scope, const struct term *term, struct condition **out)
{
    struct condition *condition;

    if (compares_truth(term))
        return compare_truth(scope, term, out);
    condition = *out = new_condition(kind_of(term), term->count, scope->fault->arena);
    if (condition->kind == CONDITION_IN ? !read_candidates(scope, term, condition) : !read_operands(scope, term, &condition->operands))
        return false;
    if (!check(scope, condition))
        return false;
    put_path_first(condition);
    return true;
}

/* ---- functions and types ---- */

/* PartiQL lists the types in another order than expressions do. */
static bool check_type_name(const struct partiql_scope *scope, const struct condition *condition)
{
    const struct operand *operand = &condition->operands[1];

    if (condition->function != FUNCTION_ATTRIBUTE_TYPE || operand_type(operand) != VALUE_S ||
        value_type_of_name(operand->value->text) != VALUE_TYPES)
        return true;
    return fault_raise(scope->fault, FAULT_VALIDATION,
                       "Invalid attribute type name found; type: %.*s, valid types: {N,BS,L,B,NULL,M,S,SS,NS,BOOL}",
                       (int)operand->value->text.size, operand->value->text.data);
}

static bool read_function(const struct partiql_scope *scope, const struct term *term, struct condition **out)
{
    const struct call_form *form = find_call(term);
    struct condition *condition;

    if (!form)
        return partiql_refuse_function(scope, term);
    if (form->function == FUNCTION_SIZE)
        return refuse_place(scope, form->name);
    if (!check_count(scope, term, form))
        return false;
    condition = *out = new_condition(CONDITION_FUNCTION, term->count, scope->fault->arena);
    condition->function = form->function;
    return read_operands(scope, term, &condition->operands) && check_type_name(scope, condition) && check(scope, condition);
}

static const struct {
    const char *name;
    const char *type; /* NULL: the attribute is missing */
} types[] = {
    { "missing", NULL }, { "null", "NULL" }, { "bool", "BOOL" }, { "boolean", "BOOL" }, { "blob", "B" },
    { "string", "S" },   { "numeric", "N" }, { "struct", "M" },  { "tuple", "M" },      { "list", "L" },
};

/* a IS NULL: the attribute has the type; a IS MISSING: there is none. */
static bool read_type_test(const struct partiql_scope *scope, const struct term *term, struct condition **out)
{
    struct condition *condition = new_condition(CONDITION_FUNCTION, 2, scope->fault->arena);
    struct value *type = arena_take(scope->fault->arena, sizeof *type);

    *out = condition;
    for (size_t i = 0; i < sizeof types / sizeof *types; i++) {
        if (!bytes_are(term->text, bytes_of(types[i].name)))
            continue;
        if (!read_operand(scope, term->terms[0], &condition->operands[0]))
            return false;
        condition->function = types[i].type ? FUNCTION_ATTRIBUTE_TYPE : FUNCTION_ATTRIBUTE_NOT_EXISTS;
        condition->count = types[i].type ? 2 : 1;
        *type = (struct value){ .type = VALUE_S, .text = bytes_of(types[i].type ? types[i].type : "") };
        condition->operands[1] = (struct operand){ .kind = OPERAND_VALUE, .value = type };
        return check(scope, condition);
    }
    return fault_raise(scope->fault, FAULT_VALIDATION,
                       "Unsupported data type for IS operator: %.*s. Supported data types are [MISSING, NULL, BOOLEAN, BLOB, STRING, "
                       "NUMERIC, STRUCT, TUPLE, LIST]",
                       (int)term->text.size, term->text.data);
}

/* ---- joined conditions ---- */

/* As deep as terms nest and chains are long: bounded by the statement's length. */
static bool read_joined(const struct partiql_scope *scope, const struct term *term, struct condition **condition)
{
    struct condition *left;
    struct condition *right = NULL;
    enum condition_kind kind = term->kind == TERM_AND ? CONDITION_AND : term->kind == TERM_OR ? CONDITION_OR : CONDITION_NOT;

    if (!partiql_read_condition(scope, term->terms[0], &left) ||
        (term->count > 1 && !partiql_read_condition(scope, term->terms[1], &right)))
        return false;
    *condition = partiql_join(kind, left, right, scope->fault->arena);
    return true;
}

bool partiql_read_condition(const struct partiql_scope *scope, const struct term *term, struct condition **condition)
{
    if (term->kind == TERM_NOT || term->kind == TERM_AND || term->kind == TERM_OR)
        return read_joined(scope, term, condition);
    if (term->kind >= TERM_EQ && term->kind <= TERM_IN)
        return read_comparison(scope, term, condition);
    if (term->kind == TERM_IS)
        return read_type_test(scope, term, condition);
    if (term->kind == TERM_CALL)
        return read_function(scope, term, condition);
    if (term->kind == TERM_PLUS || term->kind == TERM_MINUS || term->kind == TERM_OPERATOR)
        return partiql_refuse_operator(scope, term, "Condition");
    return fault_raise(scope->fault, FAULT_VALIDATION, "Unsupported token in expression: %s%s", partiql_term_name(scope, term),
                       partiql_print_place(&term->place, scope->fault->arena));
}
