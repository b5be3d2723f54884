#include "dynamodb/update_charge.h"
/* Bytes, as measured on AWS in October 2026: all that is not listed in the header costs what it holds. */
enum {
    CHARGE_UPDATE = 3,
    CHARGE_WRITE = 19,   /* SET and ADD */
    CHARGE_TAKE_OUT = 1, /* REMOVE and DELETE: of what they take out nothing counts */
    CHARGE_PLUS = 34,
    CHARGE_MINUS = 37,
    CHARGE_LIST_APPEND = 37,
    CHARGE_IF_NOT_EXISTS = 39,
    CHARGE_TARGET_STEP = 4, /* each step of a target behind the first */
    CHARGE_PATH = 1,
    CHARGE_PATH_STEP = 14 /* each step of a path that is read */
};

/* A name's bytes, or an index's digits. */
static size_t step_bytes(const struct path_part *part)
{
    size_t digits = 1;

    if (part->name.data)
        return part->name.size;
    for (size_t index = part->index; index >= 10; index /= 10)
        digits++;
    return digits;
}

static size_t path_charge(const struct path *path, size_t per_step)
{
    size_t charge = path->count * per_step;

    for (size_t i = 0; i < path->count; i++)
        charge += step_bytes(&path->parts[i]);
    return charge;
}

static size_t target_charge(const struct path *path)
{
    return path_charge(path, CHARGE_TARGET_STEP) - CHARGE_TARGET_STEP;
}

static size_t own_charge(const struct operand *operand)
{
    switch (operand->kind) {
    case OPERAND_VALUE:
        return value_size(operand->value);
    case OPERAND_PATH:
        return CHARGE_PATH + path_charge(&operand->path, CHARGE_PATH_STEP);
    case OPERAND_PLUS:
        return CHARGE_PLUS;
    case OPERAND_MINUS:
        return CHARGE_MINUS;
    case OPERAND_FUNCTION:
        break;
    }
    return operand->function == FUNCTION_IF_NOT_EXISTS ? CHARGE_IF_NOT_EXISTS : CHARGE_LIST_APPEND;
}

/* As deep as functions are nested: bounded by the parser. */
static size_t operand_charge(const struct operand *operand)
{
    size_t charge = own_charge(operand);

    for (size_t i = 0; i < operand->count; i++)
        charge += operand_charge(&operand->operands[i]);
    return charge;
}

static size_t action_charge(const struct update_action *action)
{
    size_t target = target_charge(&action->path);

    if (action->kind == UPDATE_REMOVE || action->kind == UPDATE_DELETE)
        return CHARGE_TAKE_OUT + target;
    return CHARGE_WRITE + target + operand_charge(&action->operand);
}

bool update_charge_check(const struct update *update, struct fault *fault)
{
    size_t charge = CHARGE_UPDATE;

    for (const struct update_action *action = update->actions; action; action = action->next)
        charge += action_charge(action);
    return charge <= VALUE_ITEM_BYTES_MAX ||
           fault_raise(fault, FAULT_VALIDATION, "Item size to update has exceeded the maximum allowed size");
}
