#include "dynamodb/change.h"

#include "base/log.h"
#include "dynamodb/destination.h"
#include "dynamodb/expiry.h"
#include "dynamodb/key_path.h"
#include "dynamodb/pack.h"
#include "dynamodb/store_item.h"
#include "dynamodb/stream.h"

static bool raise_broken(struct fault *fault)
{
    return fault_raise(fault, FAULT_BROKEN, "Internal server error");
}

bool change_read_item(struct dynamodb *room, const struct table *table, const struct key *key, struct value *item, bool *is_there,
                      struct fault *fault)
{
    struct bytes packed;
    enum status status = store_find(room->store, table, key, fault->arena, &packed);

    *item = (struct value){ .type = VALUE_M };
    *is_there = status == OK;
    if (status == ABSENT)
        return true;
    if (status == OK && unpack_item(packed, fault->arena, item))
        return true;
    if (status == OK)
        log_error("an item of the DynamoDB table %s cannot be read back", table->name);
    return raise_broken(fault);
}

static bool keys_are(const struct key *a, const struct key *b)
{
    return bytes_are(a->partition, b->partition) && bytes_are(a->sort, b->sort);
}

bool change_is_of_same_item(const struct change *a, const struct change *b)
{
    return a->table == b->table && keys_are(&a->key, &b->key);
}

/* ---- check ---- */

static bool check_targets(const struct change *change, struct fault *fault)
{
    for (const struct update_action *action = change->update ? change->update->actions : NULL; action; action = action->next) {
        struct bytes name = action->path.parts[0].name;

        if (key_schema_find(&change->table->keys, name))
            return fault_parameter(fault, FAULT_VALIDATION, "Cannot update attribute %.*s. This attribute is part of the key",
                                   (int)name.size, name.data);
    }
    return true;
}

static bool is_index_key(const struct change *change, const struct update_action *action)
{
    return action->path.count == 1 && table_key_type(change->table, action->path.parts[0].name) != VALUE_TYPES;
}

/* What the update is known to write to index keys before the item is read: values, sums, what is added. */
static struct value known_writes(const struct change *change, struct arena *arena)
{
    struct value writes = { .type = VALUE_M };

    for (const struct update_action *action = change->update ? change->update->actions : NULL; action; action = action->next) {
        const struct operand *operand = &action->operand;
        struct value number = { .type = VALUE_N, .text = { "0", 1 } };

        if (!is_index_key(change, action) || (action->kind != UPDATE_SET && action->kind != UPDATE_ADD))
            continue;
        if (operand->kind == OPERAND_VALUE)
            value_put(&writes, action->path.parts[0].name, *operand->value, arena);
        else if (operand->kind == OPERAND_PLUS || operand->kind == OPERAND_MINUS)
            value_put(&writes, action->path.parts[0].name, number, arena);
    }
    return writes;
}

static bool check_update(const struct change *change, struct fault *fault)
{
    struct value writes = known_writes(change, fault->arena);

    return check_targets(change, fault) && key_check_indexes(change->table, &writes, KEY_GIVEN, fault) &&
           (!change->update || key_path_check_update(change->table, change->update, fault));
}

/* An item shares its ceiling with what the table's local indexes hold of it. */
static bool is_too_large(const struct table *table, const struct value *item, size_t size_bytes, struct arena *arena)
{
    size_t total = size_bytes;

    for (size_t i = 0; i < table->index_count; i++) {
        const struct table_index *index = table->indexes[i];
        struct value entry;

        if (index->is_global || !key_fits_index(index, item))
            continue;
        entry = change_index_entry(table, index, item, arena);
        total += value_item_size(&entry);
    }
    return total > VALUE_ITEM_BYTES_MAX;
}

static bool check_put(const struct change *change, struct fault *fault)
{
    const struct table *table = change->table;

    if (!key_check_item(table, &change->item, fault) || !key_check_indexes(table, &change->item, KEY_OF_ITEM, fault))
        return false;
    return !is_too_large(table, &change->item, value_item_size(&change->item), fault->arena) ||
           fault_raise(fault, FAULT_VALIDATION, "Item size has exceeded the maximum allowed size");
}

bool change_check(struct change *change, struct fault *fault)
{
    const struct table *table = change->table;

    if (change->kind == CHANGE_PUT) {
        if (!check_put(change, fault))
            return false;
    } else if (!key_check_key(&table->keys, &change->item, fault) || !check_update(change, fault)) {
        return false;
    }
    return key_of_item(&table->keys, &change->item, &change->key, fault->arena) || raise_broken(fault);
}

/* ---- prepare ---- */

/* A second reading of the same bytes: a tree of its own, which the update may write to. */
static bool copy_old(struct dynamodb *room, struct change *change, struct fault *fault)
{
    bool is_there;

    if (change->has_old)
        return change_read_item(room, change->table, &change->key, &change->new, &is_there, fault);
    change->new = (struct value){ .type = VALUE_M };
    for (uint32_t i = 0; i < change->item.count; i++)
        value_put(&change->new, change->item.attributes[i].name, change->item.attributes[i].value, fault->arena);
    return true;
}

/* The index keys that the update wrote, as they shall be; what it did not touch may misfit an index that was made since. */
static struct value written(const struct change *change, struct arena *arena)
{
    struct value writes = { .type = VALUE_M };

    for (const struct update_action *action = change->update ? change->update->actions : NULL; action; action = action->next) {
        const struct value *value = is_index_key(change, action) ? value_find(&change->new, action->path.parts[0].name) : NULL;

        if (value)
            value_put(&writes, action->path.parts[0].name, *value, arena);
    }
    return writes;
}

/* What the update made of index keys; what it was sure to make of them is checked already. */
static bool check_index_keys(const struct change *change, struct fault *fault)
{
    struct value writes = written(change, fault->arena);

    return key_check_indexes(change->table, &writes, KEY_COMPUTED, fault);
}

static bool check_updated(const struct change *change, struct fault *fault)
{
    if (is_too_large(change->table, &change->new, change->new_bytes, fault->arena))
        return fault_raise(fault, FAULT_VALIDATION, "Item size to update has exceeded the maximum allowed size");
    if (value_depth(&change->new) > VALUE_DEPTH_MAX)
        return fault_raise(
            fault, FAULT_VALIDATION,
            "Nesting Levels have exceeded supported limits: Attributes in the item have nested levels beyond supported limit");
    return check_index_keys(change, fault);
}

/* An update makes an item where there is none, except when it only takes something out: then nothing of it is looked at. The key is there
 * for right-hand sides to read even before the item is. */
static bool prepare_update(struct dynamodb *room, struct change *change, struct fault *fault)
{
    const struct value *before = change->has_old ? &change->old : &change->item;

    change->has_new = change->has_old || !change->update || change->update->may_create;
    change->is_write = change->has_new;
    if (!change->has_new)
        return true;
    if (!copy_old(room, change, fault))
        return false;
    if (change->update && !update_apply(change->update, before, &change->new, fault))
        return false;
    change->new_bytes = value_item_size(&change->new);
    return check_updated(change, fault);
}

bool change_prepare(struct dynamodb *room, struct change *change, struct fault *fault)
{
    if (!change_read_item(room, change->table, &change->key, &change->old, &change->has_old, fault))
        return false;
    change->old_bytes = change->has_old ? value_item_size(&change->old) : 0;
    if (change->condition && !condition_holds(change->condition, &change->old))
        return fault_raise(fault, FAULT_CONDITION, "The conditional request failed");
    switch (change->kind) {
    case CHANGE_UPDATE:
        return prepare_update(room, change, fault);
    case CHANGE_PUT:
        change->new = change->item;
        change->new_bytes = value_item_size(&change->item);
        change->has_new = true;
        change->is_write = true;
        return true;
    case CHANGE_DELETE:
        change->is_write = change->has_old;
        return true;
    case CHANGE_CHECK:
        break;
    }
    change->has_new = change->has_old;
    return true;
}

/* ---- apply ---- */

struct value change_index_entry(const struct table *table, const struct table_index *index, const struct value *item, struct arena *arena)
{
    struct value entry = { .type = VALUE_M };

    if (index->projection == PROJECTION_ALL)
        return *item;
    entry.attributes = arena_take(arena, item->count * sizeof *entry.attributes);
    for (uint32_t i = 0; i < item->count; i++)
        if (table_index_projects(table, index, item->attributes[i].name))
            entry.attributes[entry.count++] = item->attributes[i];
    return entry;
}

static int write_units(size_t size_bytes)
{
    return size_bytes ? (int)((size_bytes + 1023) / 1024) : 1;
}

/* An item's place in an index, before or after the change. */
struct entry {
    bool is_there;
    struct key key;
    struct value value;
    size_t bytes;
};

static struct entry entry_of(const struct change *change, const struct table_index *index, bool has_item, const struct value *item,
                             struct arena *arena)
{
    struct entry entry = { 0 };

    entry.is_there = has_item && key_of_item(&index->keys, item, &entry.key, arena);
    if (entry.is_there) {
        entry.value = change_index_entry(change->table, index, item, arena);
        entry.bytes = value_item_size(&entry.value);
    }
    return entry;
}

/* A new, gone or changed entry takes a write of its size; a move takes two; an unchanged entry takes none. */
static int entry_units(const struct entry *before, const struct entry *after, bool is_moved)
{
    if (before->is_there && after->is_there && !is_moved) {
        if (value_equals(&before->value, &after->value))
            return 0;
        return write_units(before->bytes > after->bytes ? before->bytes : after->bytes);
    }
    return (before->is_there ? write_units(before->bytes) : 0) + (after->is_there ? write_units(after->bytes) : 0);
}

static enum status apply_to_index(struct dynamodb *room, struct change *change, size_t i, struct arena *arena)
{
    const struct table_index *index = change->table->indexes[i];
    struct entry before = entry_of(change, index, change->has_old, &change->old, arena);
    struct entry after = entry_of(change, index, change->has_new, &change->new, arena);
    bool is_moved = before.is_there && after.is_there && !keys_are(&before.key, &after.key);
    enum status status = OK;

    change->index_units[i] = entry_units(&before, &after, is_moved);
    if (before.is_there && (!after.is_there || is_moved))
        status = store_index_remove(room->store, index, &before.key, &change->key);
    if (status == OK && after.is_there && (!before.is_there || is_moved))
        status = store_index_put(room->store, index, &after.key, &change->key);
    store_count(index->shelf, after.is_there - before.is_there, (int64_t)after.bytes - (int64_t)before.bytes);
    return status;
}

static enum status apply_to_table(struct dynamodb *room, struct change *change)
{
    struct buffer packed = { 0 };
    enum status status;

    if (!change->has_new) {
        status = store_remove(room->store, change->table, &change->key);
    } else {
        pack_item(&packed, &change->new);
        status = store_put(room->store, change->table, &change->key, (struct bytes){ packed.data, packed.size }, change->new_bytes);
        buffer_clear(&packed);
    }
    store_count(change->table->shelf, change->has_new - change->has_old, (int64_t)change->new_bytes - (int64_t)change->old_bytes);
    return status;
}

bool change_has_effect(const struct change *change)
{
    return !change->has_old || !change->has_new || !value_equals(&change->old, &change->new);
}

struct value change_keys(const struct change *change, struct arena *arena)
{
    const struct value *item = change->has_new ? &change->new : &change->old;
    struct value keys = { .type = VALUE_M };

    for (uint32_t i = 0; i < item->count; i++)
        if (key_schema_find(&change->table->keys, item->attributes[i].name))
            value_put(&keys, item->attributes[i].name, item->attributes[i].value, arena);
    return keys;
}

static bool is_watched(const struct table *table)
{
    return table->live || table->feed;
}

static enum status tell(struct dynamodb *room, const struct change *change, struct arena *arena)
{
    enum status status = change->table->live ? stream_capture(room, change, arena) : OK;

    return change->table->feed && status == OK ? destination_feed(room, change, arena) : status;
}

static enum status apply_everywhere(struct dynamodb *room, struct change *change, struct arena *arena)
{
    enum status status = apply_to_table(room, change);

    for (size_t i = 0; i < change->table->index_count && status == OK; i++)
        status = apply_to_index(room, change, i, arena);
    if (change->table->expiry && status == OK)
        status = expiry_follow(change);
    if (status == OK && is_watched(change->table) && change_has_effect(change))
        status = tell(room, change, arena);
    return status;
}

bool change_apply(struct dynamodb *room, struct change *change, struct fault *fault)
{
    /* One statement, or somebody else's savepoint. */
    bool is_alone = change->is_in_transaction || (!change->table->index_count && !change->table->expiry && !is_watched(change->table));
    enum status status;

    if (!change->is_write)
        return true;
    status = is_alone ? OK : store_begin(room->store);
    if (status == OK) {
        status = apply_everywhere(room, change, fault->arena);
        if (!is_alone)
            status = store_end_as(room->store, status);
    }
    if (status == OK)
        return true;
    store_forget_counts(change->table);
    return raise_broken(fault);
}

bool change_backfill(struct dynamodb *room, struct table *table, struct table_index *index, const struct value *item, struct fault *fault)
{
    struct key index_key;
    struct key key;
    struct value entry;

    if (!key_of_item(&index->keys, item, &index_key, fault->arena))
        return true;
    if (!key_of_item(&table->keys, item, &key, fault->arena) || store_index_put(room->store, index, &index_key, &key) != OK)
        return raise_broken(fault);
    entry = change_index_entry(table, index, item, fault->arena);
    store_count(index->shelf, 1, (int64_t)value_item_size(&entry));
    return true;
}
