#include "dynamodb/update.h"

#include "dynamodb/number.h"
#include "dynamodb/value_fault.h"
#include "dynamodb/wire.h"

#include <stdlib.h>
#include <string.h>

/* What one update may build from lists; far more than any item holds. */
enum { ELEMENTS_MAX = 1 << 22 };

struct application {
    bool is_legacy; /* as in the update */
    const struct value *old;
    struct value *item;
    struct fault *fault;
    struct arena *arena;
    size_t element_count; /* built so far from lists */
    bool has_removed;     /* list elements wait to be taken out */
};

static bool refuse_type(struct application *application)
{
    return fault_raise(application->fault, FAULT_VALIDATION, "%s",
                       application->is_legacy ? "Type mismatch for attribute to update"
                                              : "An operand in the update expression has an incorrect data type");
}

static bool refuse_path(struct application *application)
{
    return fault_raise(application->fault, FAULT_VALIDATION, "The document path provided in the update expression is invalid for update");
}

static bool add_numbers(struct application *application, const struct value *a, const struct value *b, bool is_difference,
                        struct value *sum)
{
    struct number left;
    struct number right;
    struct number result;
    enum number_fault why;
    char text[NUMBER_TEXT_BYTES];

    if (a->type != VALUE_N || b->type != VALUE_N)
        return refuse_type(application);
    number_parse(a->text.data, a->text.size, &left);
    number_parse(b->text.data, b->text.size, &right);
    why = number_add(&left, &right, is_difference, &result);
    if (why)
        return fault_raise(application->fault, FAULT_VALIDATION, "%s", value_number_fault(why, a->text, application->fault));
    *sum = (struct value){ .type = VALUE_N };
    sum->text.size = number_print(&result, text);
    sum->text.data = arena_copy(application->arena, text, sum->text.size);
    return true;
}

static bool append_lists(struct application *application, const struct value *a, const struct value *b, struct value *joined)
{
    if (a->type != VALUE_L || b->type != VALUE_L)
        return refuse_type(application);
    application->element_count += a->count + b->count;
    if (application->element_count > ELEMENTS_MAX)
        return fault_raise(application->fault, FAULT_VALIDATION, "Item size to update has exceeded the maximum allowed size");
    *joined = (struct value){ .type = VALUE_L, .count = a->count + b->count };
    joined->items = arena_take(application->arena, joined->count * sizeof *joined->items);
    if (a->count)
        memcpy(joined->items, a->items, a->count * sizeof *joined->items);
    if (b->count)
        memcpy(joined->items + a->count, b->items, b->count * sizeof *joined->items);
    return true;
}

static bool evaluate(struct application *application, const struct operand *operand, struct value *result);

static bool evaluate_function(struct application *application, const struct operand *call, struct value *result)
{
    const struct value *found;
    struct value a;
    struct value b;

    if (call->function == FUNCTION_IF_NOT_EXISTS) {
        found = path_find(&call->operands[0].path, application->old);
        if (!found)
            return evaluate(application, &call->operands[1], result);
        *result = *found;
        return true;
    }
    return evaluate(application, &call->operands[0], &a) && evaluate(application, &call->operands[1], &b) &&
           append_lists(application, &a, &b, result);
}

/* As deep as functions are nested: bounded by the parser. */
static bool evaluate(struct application *application, const struct operand *operand, struct value *result)
{
    const struct value *found;
    struct value a;
    struct value b;

    switch (operand->kind) {
    case OPERAND_VALUE:
        *result = *operand->value;
        return true;
    case OPERAND_PATH:
        found = path_find(&operand->path, application->old);
        if (!found)
            return fault_raise(application->fault, FAULT_VALIDATION,
                               "The provided expression refers to an attribute that does not exist in the item");
        *result = *found;
        return true;
    case OPERAND_FUNCTION:
        return evaluate_function(application, operand, result);
    case OPERAND_PLUS:
    case OPERAND_MINUS:
        break;
    }
    return evaluate(application, &operand->operands[0], &a) && evaluate(application, &operand->operands[1], &b) &&
           add_numbers(application, &a, &b, operand->kind == OPERAND_MINUS, result);
}

/* What holds the target of the path: a map for a name, a list for an index; else the path is invalid. */
static struct value *find_parent(struct application *application, const struct path *path)
{
    struct path above = { path->parts, path->count - 1 };
    struct value *parent = path_find(&above, application->item);
    enum value_type wanted = path->parts[path->count - 1].name.data ? VALUE_M : VALUE_L;

    if (parent && parent->type == wanted)
        return parent;
    refuse_path(application);
    return NULL;
}

/* Whether the path's target lies beyond the end of a list: such targets are appended, in order of their index, when all else is set. */
static bool is_append(struct application *application, const struct path *path)
{
    struct path above = { path->parts, path->count - 1 };
    const struct value *parent = path_find(&above, application->item);

    return parent && parent->type == VALUE_L && !path->parts[path->count - 1].name.data &&
           path->parts[path->count - 1].index >= parent->count;
}

static bool assign(struct application *application, const struct path *path, struct value value)
{
    const struct path_part *last = &path->parts[path->count - 1];
    struct value *parent = find_parent(application, path);

    if (!parent)
        return false;
    value.capacity = 0; /* its elements may be the old item's, which must not be written to */
    if (last->name.data)
        value_put(parent, last->name, value, application->arena);
    else if (last->index < parent->count)
        parent->items[last->index] = value;
    else
        value_append(parent, value, application->arena);
    return true;
}

static bool set(struct application *application, const struct update_action *action)
{
    struct value value;

    return evaluate(application, &action->operand, &value) && assign(application, &action->path, value);
}

static void merge_sets(struct application *application, const struct value *a, const struct value *b, struct value *merged)
{
    uint32_t i = 0;
    uint32_t j = 0;

    *merged = (struct value){ .type = a->type };
    merged->items = arena_take(application->arena, (a->count + b->count) * sizeof *merged->items);
    while (i < a->count || j < b->count) {
        int order = i == a->count ? 1 : j == b->count ? -1 : value_compare(&a->items[i], &b->items[j]);

        merged->items[merged->count++] = order <= 0 ? a->items[i] : b->items[j];
        i += order <= 0;
        j += order >= 0;
    }
}

/* Only AttributeUpdates adds lists: they are appended. */
static bool add_values(struct application *application, const struct value *target, const struct value *value, struct value *sum)
{
    if (value->type == VALUE_N)
        return add_numbers(application, target, value, false, sum);
    if (value->type == VALUE_L)
        return append_lists(application, target, value, sum);
    merge_sets(application, target, value, sum);
    return true;
}

static bool add(struct application *application, const struct update_action *action)
{
    const struct value *value = action->operand.value;
    const struct value *target = path_find(&action->path, application->old);
    struct value result;

    if (!target)
        return assign(application, &action->path, *value);
    if (target->type != value->type)
        return refuse_type(application);
    return add_values(application, target, value, &result) && assign(application, &action->path, result);
}

static bool take_out(struct application *application, const struct path *path)
{
    const struct path_part *last = &path->parts[path->count - 1];
    struct value *parent = find_parent(application, path);

    if (!parent)
        return false;
    if (last->name.data) {
        value_take_out(parent, last->name);
    } else if (last->index < parent->count) {
        parent->items[last->index] = (struct value){ .type = VALUE_REMOVED };
        application->has_removed = true;
    }
    return true;
}

static bool delete_members(struct application *application, const struct update_action *action)
{
    const struct value *value = action->operand.value;
    const struct value *target = path_find(&action->path, application->old);
    struct value left;

    if (!target)
        return find_parent(application, &action->path) != NULL;
    if (target->type != value->type)
        return refuse_type(application);
    left = (struct value){ .type = target->type };
    left.items = arena_take(application->arena, target->count * sizeof *left.items);
    for (uint32_t i = 0; i < target->count; i++)
        if (!value_set_has(value, &target->items[i]))
            left.items[left.count++] = target->items[i];
    return left.count ? assign(application, &action->path, left) : take_out(application, &action->path);
}

static bool perform(struct application *application, const struct update_action *action)
{
    switch (action->kind) {
    case UPDATE_SET:
        return set(application, action);
    case UPDATE_ADD:
        return add(application, action);
    case UPDATE_DELETE:
        return delete_members(application, action);
    case UPDATE_REMOVE:
        break;
    }
    return take_out(application, &action->path);
}

static int compare_last_indexes(const void *a, const void *b)
{
    const struct path *left = &(*(struct update_action *const *)a)->path;
    const struct path *right = &(*(struct update_action *const *)b)->path;
    size_t i = left->parts[left->count - 1].index;
    size_t j = right->parts[right->count - 1].index;

    return i < j ? -1 : i > j;
}

/* Sets what is there, then appends in order of the indexes, then takes out: each by the indexes of the old lists. */
static bool perform_all(struct application *application, const struct update *update)
{
    size_t count = 0;
    size_t append_count = 0;
    struct update_action **appends;

    for (struct update_action *action = update->actions; action; action = action->next)
        count++;
    appends = arena_take(application->arena, count * sizeof(struct update_action *));
    for (struct update_action *action = update->actions; action; action = action->next) {
        bool puts = action->kind == UPDATE_SET || action->kind == UPDATE_ADD;

        if (puts && is_append(application, &action->path))
            appends[append_count++] = action;
        else if (puts && !perform(application, action))
            return false;
    }
    qsort(appends, append_count, sizeof(struct update_action *), compare_last_indexes);
    for (size_t i = 0; i < append_count; i++)
        if (!perform(application, appends[i]))
            return false;
    for (struct update_action *action = update->actions; action; action = action->next)
        if ((action->kind == UPDATE_REMOVE || action->kind == UPDATE_DELETE) && !perform(application, action))
            return false;
    return true;
}

static void compact(struct value *value);

static void compact_list(struct value *list)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < list->count; i++) {
        if (list->items[i].type == VALUE_REMOVED)
            continue;
        if (kept != i)
            list->items[kept] = list->items[i];
        compact(&list->items[kept++]);
    }
    list->count = kept;
}

/* Closes the gaps that taken-out elements left. Writes only to lists that have gaps, which are the item's own. */
static void compact(struct value *value)
{
    if (value->type == VALUE_L)
        compact_list(value);
    for (uint32_t i = 0; value->type == VALUE_M && i < value->count; i++)
        compact(&value->attributes[i].value);
}

bool update_apply(const struct update *update, const struct value *old, struct value *item, struct fault *fault)
{
    struct application application = { .is_legacy = update->is_legacy, .old = old, .item = item, .fault = fault, .arena = fault->arena };

    if (!perform_all(&application, update))
        return false;
    if (application.has_removed)
        compact(item);
    return true;
}
