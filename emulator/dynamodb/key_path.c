#include "dynamodb/key_path.h"

static bool check_name(const struct table *table, struct bytes name, struct fault *fault)
{
    bool is_key = key_schema_find(&table->keys, name) != NULL;

    if (!is_key && table_key_type(table, name) == VALUE_TYPES)
        return true;
    return fault_raise(fault, FAULT_VALIDATION,
                       "Key attributes must be scalars; list random access '[]' and map lookup '.' are not allowed: %s: %.*s",
                       is_key ? "Key" : "IndexKey", (int)name.size, name.data);
}

static bool check_path(const struct table *table, const struct path *path, struct fault *fault)
{
    return path->count < 2 || check_name(table, path->parts[0].name, fault);
}

/* As deep as functions are nested: bounded by the parser. */
static bool check_operands(const struct table *table, const struct operand *operands, size_t count, struct fault *fault)
{
    for (size_t i = 0; i < count; i++)
        if (!check_path(table, &operands[i].path, fault) || !check_operands(table, operands[i].operands, operands[i].count, fault))
            return false;
    return true;
}

bool key_path_check_update(const struct table *table, const struct update *update, struct fault *fault)
{
    for (const struct update_action *action = update->actions; action; action = action->next)
        if (!check_path(table, &action->path, fault) || !check_operands(table, &action->operand, 1, fault))
            return false;
    return true;
}

/* As deep as there are operators. */
bool key_path_check_condition(const struct table *table, const struct condition *condition, struct fault *fault)
{
    return (!condition->left || key_path_check_condition(table, condition->left, fault)) &&
           (!condition->right || key_path_check_condition(table, condition->right, fault)) &&
           check_operands(table, condition->operands, condition->count, fault);
}

bool key_path_check_projection(const struct table *table, const struct projection *projection, struct fault *fault)
{
    for (const struct projection_node *node = projection->root.children; node; node = node->next)
        if (node->children && !check_name(table, node->part.name, fault))
            return false;
    return true;
}
