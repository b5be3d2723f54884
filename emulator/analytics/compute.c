/* All computations, and what they have in common. */

#include "analytics/compute.h"

#include <stddef.h>

bool sql_compute_any_null(int count, sqlite3_value **arguments)
{
    for (int i = 0; i < count; i++)
        if (sqlite3_value_type(arguments[i]) == SQLITE_NULL)
            return true;
    return false;
}

void sql_compute_out_of_range(sqlite3_context *context)
{
    sqlite3_result_error(context, "Value is out of range for its type", -1);
}

/* None is declared deterministic: sqlite would then compute calls ahead of the CASE or AND that guards them, and a guarded division by zero
 * would fail its row. */
static int add_all(sqlite3 *handle, const struct sql_computation *all)
{
    int code = SQLITE_OK;

    for (; all->name && code == SQLITE_OK; all++)
        code = sqlite3_create_function_v2(handle, all->name, all->count, SQLITE_UTF8, NULL, all->compute, NULL, NULL, NULL);
    return code;
}

int sql_compute_register(sqlite3 *handle)
{
    static const struct sql_computation *const lists[] = { sql_compute_numbers, sql_compute_texts, sql_compute_times, sql_compute_cast };
    int code = SQLITE_OK;

    for (size_t i = 0; i < sizeof lists / sizeof *lists && code == SQLITE_OK; i++)
        code = add_all(handle, lists[i]);
    return code;
}
