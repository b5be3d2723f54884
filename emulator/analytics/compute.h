#pragma once
/* How the functions that sqlite lacks, or means otherwise, compute: "sql_..." in translated code. A function with NULL among its arguments
 * answers NULL. One that cannot answer (division by zero, LN(-1), a text that is no number) fails its row, which then goes to
 * error_stream. */

#include <sqlite3.h>
#include <stdbool.h>

struct sql_computation {
    const char *name;
    int count; /* of its arguments; -1: it varies */
    void (*compute)(sqlite3_context *context, int count, sqlite3_value **arguments);
};

/* Lists of them; behind the last stands one without a name. */
extern const struct sql_computation sql_compute_numbers[];
extern const struct sql_computation sql_compute_texts[];
extern const struct sql_computation sql_compute_times[];
extern const struct sql_computation sql_compute_cast[];

/* Teaches a connection all of them; OK or a SQLITE_ code. */
int sql_compute_register(sqlite3 *handle);

/* ---- what they have in common ---- */

/* True when one of the arguments is NULL: then the answer, which is NULL without a word, stands already. */
bool sql_compute_any_null(int count, sqlite3_value **arguments);

/* Fails the row: the answer is beyond what its type holds. */
void sql_compute_out_of_range(sqlite3_context *context);
