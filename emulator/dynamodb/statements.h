#pragma once
/* SQL on a sqlite table of which there is one per table, stream, ...: it tells them apart by a number, which goes where "$n" stands. The
 * number of the one that it is based on, as an index is on its table, goes where "$b" stands. Statements are prepared at their first use
 * and kept. A zeroed struct statements is empty and ready. */

#include "base/database.h"

#include <stddef.h>
#include <stdint.h>

enum { STATEMENTS_MAX = 8 };

struct statements {
    sqlite3_stmt *each[STATEMENTS_MAX];
};

/* The statement `which`, whose SQL is sql[which]; NULL, logged, when it is wrong. base: 0 when there is none. */
sqlite3_stmt *statements_get(struct statements *statements, struct database *database, const char *const *sql, int which, int64_t number,
                             int64_t base);

/* Runs SQL that is needed once: CREATE, DROP. */
enum status statements_run_once(struct database *database, const char *sql, int64_t number);

/* Logs what sqlite says; answers BROKEN. */
enum status statements_complain(struct database *database, sqlite3_stmt *statement);

/* Binds bytes that stay until the statement has run. */
void statements_bind(sqlite3_stmt *statement, int place, const void *data, size_t size);

/* Gives them back. */
void statements_clear(struct statements *statements);
