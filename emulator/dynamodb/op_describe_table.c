/* DescribeTable. */

#include "dynamodb/operations.h"
#include "dynamodb/table_lookup.h"

const struct member dynamodb_describe_table_input[] = { { "TableName", STRING }, { 0 } };

enum outcome dynamodb_describe_table(struct call *call)
{
    struct intake intake;
    struct table *table;

    intake_open(&intake, call);
    table = table_lookup(&intake);
    if (!table)
        return intake_refuse(&intake);
    call->output = json_pack("{s:o}", "Table", table_lookup_describe(&intake, table));
    return DONE;
}
