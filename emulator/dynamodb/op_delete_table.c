/* DeleteTable: the answer says DELETING, also when the table is gone at once. */

#include "dynamodb/expiry.h"
#include "dynamodb/operations.h"
#include "dynamodb/stream.h"
#include "dynamodb/table_life.h"
#include "dynamodb/table_lookup.h"

const struct member dynamodb_delete_table_input[] = { { "TableName", STRING }, { 0 } };

static const char *why_in_use(const struct table *table, struct arena *arena)
{
    if (table->state == TABLE_CREATING || table->state == TABLE_DELETING)
        return arena_print(arena, "Table is being %s: %s", table->state == TABLE_CREATING ? "created" : "deleted", table->name);
    if (table->leaving)
        return "Cannot delete table while indexes are being created, updated, or deleted.";
    for (size_t i = 0; i < table->index_count; i++)
        if (table->indexes[i]->state != TABLE_ACTIVE)
            return "Cannot delete table while indexes are being created, updated, or deleted.";
    if (table->state == TABLE_UPDATING)
        return table->work == WORK_STREAM ? "Cannot delete table while stream is being enabled/disabled."
                                          : arena_print(arena, "Table: %s is in the process of being updated.", table->name);
    return NULL;
}

static bool check(struct intake *intake, const struct table *table)
{
    const char *why = why_in_use(table, intake->arena);

    if (why)
        return fault_raise(&intake->fault, FAULT_IN_USE, "Attempt to change a resource which is still in use: %s", why);
    if (table->is_protected)
        return fault_raise(&intake->fault, FAULT_VALIDATION,
                           "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
    return true;
}

/* Its items are gone at once. */
static bool drop(struct intake *intake, struct table *table)
{
    store_detach(table);
    if (store_drop_table(intake->room->store, table) != OK || expiry_drop(table) != OK || stream_disable(intake->room, table) != OK) {
        store_attach(intake->room->store, table);
        return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    }
    table->state = TABLE_DELETING;
    return true;
}

enum outcome dynamodb_delete_table(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (!table || !check(&intake, table) || !drop(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "TableDescription", table_lookup_describe(&intake, table));
    table_life_go(table);
    return DONE;
}
