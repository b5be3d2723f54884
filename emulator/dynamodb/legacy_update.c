#include "dynamodb/legacy_update.h"

#include "base/text.h"
#include "dynamodb/legacy_condition.h"
#include "dynamodb/wire.h"

#include <stdlib.h>

static bool check_value(const char *word, enum update_kind kind, const struct value *value, struct fault *fault)
{
    if (kind == UPDATE_DELETE && !value_is_set(value))
        return fault_parameter(fault, FAULT_REQUEST, "DELETE action with value is not supported for the type %s",
                               value_type_name(value->type));
    if (kind == UPDATE_ADD && value->type != VALUE_N && value->type != VALUE_L && !value_is_set(value))
        return fault_parameter(fault, FAULT_REQUEST, "%s action is not supported for the type %s", word, value_type_name(value->type));
    return true;
}

static enum update_kind kind_of(const char *word, bool has_value)
{
    if (text_is(word, "DELETE"))
        return has_value ? UPDATE_DELETE : UPDATE_REMOVE;
    return text_is(word, "ADD") ? UPDATE_ADD : UPDATE_SET;
}

static bool read_entry(struct update *update, struct bytes name, const json_t *entry, struct fault *fault)
{
    const char *word = json_string_value(wire_member(entry, "Action"));
    const json_t *json = wire_member(entry, "Value");
    enum update_kind kind = kind_of(word, json != NULL);
    struct update_action *action = update_add_action(update, kind, fault->arena);
    struct value *value = arena_take(fault->arena, sizeof *value);

    if (wire_name_fault(name.size))
        return fault_parameter(fault, FAULT_REQUEST, "%s", wire_name_fault(name.size));
    if (!json && kind != UPDATE_REMOVE)
        return fault_parameter(fault, FAULT_REQUEST, "Only DELETE action is allowed when no attribute value is specified");
    projection_add_name(&update->targets, name, fault->arena);
    action->path = path_of_name(name, fault->arena);
    action->operand = (struct operand){ .kind = OPERAND_VALUE, .value = value };
    return !json || (wire_read_value(json, value, fault) && check_value(word, kind, value, fault));
}

/* Entries in order of their names: so they go into the item from its beginning to its end. */
static int compare_entries(const void *a, const void *b)
{
    return bytes_compare(legacy_entry_name(*(void *const *)a), legacy_entry_name(*(void *const *)b));
}

static void **sort_entries(const json_t *updates, struct arena *arena)
{
    void **entries = arena_take(arena, json_object_size(updates) * sizeof(void *));
    size_t count = 0;

    for (void *entry = json_object_iter((json_t *)updates); entry; entry = json_object_iter_next((json_t *)updates, entry))
        entries[count++] = entry;
    qsort(entries, count, sizeof(void *), compare_entries);
    return entries;
}

/* What is put and added is a part of the item, and must not be more than one may be. */
static bool check_size(const struct update *update, struct fault *fault)
{
    size_t size_bytes = 0;

    for (const struct update_action *action = update->actions; action; action = action->next)
        if (action->kind == UPDATE_SET || action->kind == UPDATE_ADD)
            size_bytes += action->path.parts[0].name.size + value_size(action->operand.value);
    return size_bytes <= VALUE_ITEM_BYTES_MAX ||
           fault_raise(fault, FAULT_VALIDATION, "Item size to update has exceeded the maximum allowed size");
}

bool legacy_update_read(struct update *update, const json_t *updates, struct fault *fault)
{
    void **entries = sort_entries(updates, fault->arena);
    size_t count = json_object_size(updates);

    *update = (struct update){ .is_legacy = true, .may_create = !count };
    for (size_t i = 0; i < count; i++)
        if (!read_entry(update, legacy_entry_name(entries[i]), json_object_iter_value(entries[i]), fault))
            return false;
    return check_size(update, fault);
}
