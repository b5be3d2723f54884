/* DeleteTable: the table is gone at once; the answer says DELETING. */

#include "dynamodb/operations.h"
#include "dynamodb/stream.h"
#include "dynamodb/table_lookup.h"

const struct member dynamodb_delete_table_input[] = { { "TableName", STRING }, { 0 } };

static bool drop(struct intake *intake, struct table *table)
{
    store_detach(table);
    if (store_drop_table(intake->room->store, table) != OK || stream_disable(intake->room, table) != OK) {
        store_attach(intake->room->store, table);
        return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    }
    map_remove(&intake->room->tables, table->name);
    return true;
}

enum outcome dynamodb_delete_table(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (table && table->is_protected)
        fault_raise(&intake.fault, FAULT_VALIDATION,
                    "Resource cannot be deleted as it is currently protected against deletion. Disable deletion protection first.");
    if (intake.fault.kind || !drop(&intake, table))
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "TableDescription", table_describe_deleted(table));
    table_free(table);
    return DONE;
}
