#include "dynamodb/partiql_write.h"

#include "base/text.h"
#include "dynamodb/partiql_key.h"

/* ---- the right side of SET ---- */

static bool read_operand(const struct partiql_scope *scope, const struct term *term, struct operand *operand);

static bool check_literal(const struct partiql_scope *scope, const struct operand *operand, enum value_type wanted, struct bytes word)
{
    enum value_type type = operand_type(operand);

    if (type == VALUE_TYPES || type == wanted)
        return true;
    return fault_raise(scope->fault, FAULT_VALIDATION,
                       "Incorrect operand type for operator or function; operator or function: %.*s, operand type: %s", (int)word.size,
                       word.data, value_type_name(type));
}

static bool read_pair(const struct partiql_scope *scope, const struct term *term, enum value_type wanted, struct operand *operand)
{
    operand->operands = arena_take(scope->fault->arena, 2 * sizeof *operand->operands);
    operand->count = 2;
    for (int i = 0; i < 2; i++)
        if (!read_operand(scope, term->terms[i], &operand->operands[i]) || !check_literal(scope, &operand->operands[i], wanted, term->text))
            return false;
    return true;
}

static bool read_list_append(const struct partiql_scope *scope, const struct term *term, struct operand *operand)
{
    if (!bytes_are(term->text, bytes_of("list_append")))
        return partiql_refuse_function(scope, term);
    if (term->count != 2)
        return fault_raise(scope->fault, FAULT_VALIDATION,
                           "Incorrect number of operands for operator or function; operator or function: list_append, number of operands: "
                           "%zu",
                           term->count);
    *operand = (struct operand){ .kind = OPERAND_FUNCTION, .function = FUNCTION_LIST_APPEND };
    return read_pair(scope, term, VALUE_L, operand);
}

/* As deep as sums are long and calls nest: bounded by the statement's length. */
static bool read_operand(const struct partiql_scope *scope, const struct term *term, struct operand *operand)
{
    struct value *value;

    if (term->kind == TERM_PATH) {
        *operand = (struct operand){ .kind = OPERAND_PATH, .path = term->path };
        return partiql_check_path(scope, term);
    }
    if (term->kind == TERM_CALL)
        return read_list_append(scope, term, operand);
    if ((term->kind == TERM_PLUS || term->kind == TERM_MINUS) && term->count == 2) {
        *operand = (struct operand){ .kind = term->kind == TERM_PLUS ? OPERAND_PLUS : OPERAND_MINUS };
        return read_pair(scope, term, VALUE_N, operand);
    }
    if (!partiql_is_value(term))
        return partiql_refuse_operator(scope, term, "Update");
    value = arena_take(scope->fault->arena, sizeof *value);
    *operand = (struct operand){ .kind = OPERAND_VALUE, .value = value };
    return partiql_read_value(scope, term, value);
}

/* ---- set_add and set_delete ---- */

static const char *set_function(const struct term *term)
{
    if (term->kind != TERM_CALL)
        return NULL;
    return bytes_are(term->text, bytes_of("set_add")) ? "SET_ADD" : bytes_are(term->text, bytes_of("set_delete")) ? "SET_DELETE" : NULL;
}

/* a = set_add(a, <<1>>): the target again, and a set. */
static bool read_set_change(const struct partiql_scope *scope, const struct term *target, const struct term *call,
                            struct update_action *action)
{
    const char *function = set_function(call);
    const char *place = partiql_print_place(&call->place, scope->fault->arena);

    action->kind = text_is(function, "SET_ADD") ? UPDATE_ADD : UPDATE_DELETE;
    if (call->count != 2)
        return fault_raise(scope->fault, FAULT_VALIDATION, "%s must have exactly two arguments%s", function, place);
    if (call->terms[0]->kind != TERM_PATH || !path_equals(&call->terms[0]->path, &target->path))
        return fault_raise(scope->fault, FAULT_VALIDATION, "The first argument to %s must equal the assignment value%s", function, place);
    if (partiql_is_value(call->terms[1]) && !read_operand(scope, call->terms[1], &action->operand))
        return false;
    if (!action->operand.value || !value_is_set(action->operand.value))
        return fault_raise(scope->fault, FAULT_VALIDATION, "The second argument to %s must be a value with type SET%s", function,
                           partiql_print_place(&call->terms[0]->place, scope->fault->arena));
    return true;
}

/* ---- updates ---- */

static bool read_change(const struct partiql_scope *scope, const struct partiql_change *change, struct update_action *action)
{
    action->path = change->path->path;
    if (!partiql_check_path(scope, change->path))
        return false;
    action->kind = change->value ? UPDATE_SET : UPDATE_REMOVE;
    if (!change->value)
        return true;
    if (set_function(change->value))
        return read_set_change(scope, change->path, change->value, action);
    return read_operand(scope, change->value, &action->operand);
}

bool partiql_read_update(const struct partiql_scope *scope, const struct partiql_change *changes, struct update **out)
{
    struct update *update = *out = arena_take(scope->fault->arena, sizeof *update);
    struct expression targets = { .arena = scope->fault->arena, .gravest = COMPLAINT_NONE };

    for (; changes; changes = changes->next) {
        struct update_action *action = arena_take(scope->fault->arena, sizeof *action);

        if (!read_change(scope, changes, action))
            return false;
        projection_add(&update->targets, &action->path, &targets);
        if (update->last)
            update->last->next = action;
        else
            update->actions = action;
        update->last = action;
    }
    return targets.gravest == COMPLAINT_NONE || fault_raise(scope->fault, FAULT_VALIDATION, "%s", targets.text);
}

/* ---- changes ---- */

static bool refuse_key(const struct key_finding *finding, struct fault *fault)
{
    if (finding->twofold)
        return fault_raise(fault, FAULT_VALIDATION,
                           "Multiple conditions on same key %s. Only single item Update/Insert/Delete are supported",
                           finding->twofold->name.data);
    return fault_raise(fault, FAULT_VALIDATION, "Where clause does not contain a mandatory equality on all key attributes");
}

static bool make_insert(const struct partiql *partiql, struct change *change, struct condition *is_there, struct fault *fault)
{
    change->kind = CHANGE_PUT;
    change->item = partiql->item;
    change->condition = partiql_join(CONDITION_NOT, is_there, NULL, fault->arena);
    return value_item_size(&change->item) <= VALUE_ITEM_BYTES_MAX ||
           fault_raise(fault, FAULT_VALIDATION, "Item size has exceeded the maximum allowed size");
}

/* EXISTS looks at one item, by the first values that it gives for the key, and needs something more to look for: it is the ConditionCheck
 * of transactions. */
static bool make_check(const struct partiql *partiql, struct change *change, struct fault *fault)
{
    struct key_finding finding;

    key_find(&finding, partiql->where, &partiql->table->keys, false, fault->arena);
    if (!finding.is_whole || !finding.rest)
        return fault_raise(fault, FAULT_VALIDATION, "EXISTS() must contain a single item read with additional condition");
    change->kind = CHANGE_CHECK;
    change->item = finding.key;
    change->condition = finding.rest;
    return true;
}

bool partiql_make_change(const struct partiql *partiql, struct change *change, bool is_in_transaction, struct fault *fault)
{
    struct arena *arena = fault->arena;
    struct condition *is_there = partiql_exists(partiql->table->keys.hash[0].name, arena);
    struct key_finding finding;

    change->table = partiql->table;
    if (partiql->statement.kind == STATEMENT_INSERT)
        return make_insert(partiql, change, is_there, fault);
    if (partiql->statement.kind == STATEMENT_EXISTS)
        return make_check(partiql, change, fault);
    key_find(&finding, partiql->where, &partiql->table->keys, false, arena);
    if (!finding.is_whole || finding.twofold) {
        if (!is_in_transaction)
            return refuse_key(&finding, fault);
        finding.key = (struct value){ .type = VALUE_M };
    }
    change->kind = partiql->statement.kind == STATEMENT_UPDATE ? CHANGE_UPDATE : CHANGE_DELETE;
    change->item = finding.key;
    change->update = partiql->update;
    if (change->kind == CHANGE_UPDATE)
        change->condition = finding.rest ? partiql_join(CONDITION_AND, is_there, finding.rest, arena) : is_there;
    else if (finding.rest)
        change->condition = partiql_join(CONDITION_OR, partiql_join(CONDITION_NOT, is_there, NULL, arena), finding.rest, arena);
    return true;
}

void partiql_word_fault(const struct change *change, struct fault *fault)
{
    static const char nesting[] = "Nesting Levels have exceeded supported limits";

    if (fault->kind == FAULT_CONDITION && change->kind == CHANGE_PUT) {
        fault->kind = FAULT_DUPLICATE;
        fault->message = "Duplicate primary key exists in table";
    }
    if (fault->kind == FAULT_VALIDATION && change->kind == CHANGE_UPDATE && text_begins(fault->message, nesting))
        fault->message = nesting;
}

bool partiql_apply_change(struct dynamodb *room, struct change *change, struct fault *fault)
{
    if (change_check(change, fault) && change_prepare(room, change, fault) && change_apply(room, change, fault))
        return true;
    partiql_word_fault(change, fault);
    return false;
}

bool partiql_returned(const struct partiql *partiql, const struct change *change, struct value *item, struct arena *arena)
{
    enum returning returning = partiql->statement.returning;
    bool is_old = returning == RETURNING_ALL_OLD || returning == RETURNING_MODIFIED_OLD;

    if (returning == RETURNING_NOTHING || !(is_old ? change->has_old : change->has_new))
        return false;
    *item = is_old ? change->old : change->new;
    if (returning == RETURNING_ALL_OLD || returning == RETURNING_ALL_NEW)
        return true;
    *item = projection_apply(&change->update->targets, item, arena);
    return item->count > 0;
}
