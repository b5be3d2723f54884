#pragma once
/* The one sqlite database under all rooms: in memory, or DIR/lowcloud.sqlite. Writes of one turn share one transaction: the first write of
 * a turn begins it, the turn's end commits it, and answers leave after that.
 *
 * A turn's writes are kept together or, when the disk is full or failing, lost together; then those who watch the database make what they
 * hold in memory true to it again, and reading and later writing go on.
 *
 * SQL stands only in the rooms' store files; they prepare their statements on database_handle. */

#include "base/list.h"
#include "base/status.h"

#include <sqlite3.h>
#include <stdbool.h>

struct database;

/* Opens DIR/lowcloud.sqlite (made when absent), or memory when directory is NULL. BROKEN, with one line in the log that names the file and
 * what to do, when it cannot be opened, is locked by another lowcloud, is damaged, or is another program's or a newer lowcloud's. */
enum status database_open(struct database **database, const char *directory);

sqlite3 *database_handle(struct database *database);

bool database_is_kept(const struct database *database); /* on disk */

/* Runs SQL without rows (several statements may follow each other). Within a turn that writes, a failure loses it. */
enum status database_run(struct database *database, const char *sql);

/* Prepares one statement, to be finalized by the caller before the database closes. NULL, logged with the SQL, when it is wrong. */
sqlite3_stmt *database_prepare(struct database *database, const char *sql);

/* Says in the log what sqlite last found wrong, with the file and, when the file is damaged, with what to do. A failing disk would say the
 * same for each write, so only the first failure since the last commit that succeeded is told. Answers BROKEN. */
enum status database_complain(struct database *database, const char *doing);

/* What is in the file is not what we wrote (`what`: "the stream fixes", ...): says so, with what to do. Answers BROKEN. */
enum status database_refuse(struct database *database, const char *what);

/* To be called before reads that are many and small: they share a transaction, which stays open until a turn has written; without one,
 * sqlite begins and ends its own for each. BROKEN, logged, when none can be opened. */
enum status database_read(struct database *database);

/* To be called before each write: opens this turn's transaction; BROKEN when that is lost already. */
enum status database_write(struct database *database);

/* Runs a write that gives no rows, bound by the caller, and resets it; NULL (it could not be prepared) is BROKEN. One failure loses the
 * turn. */
enum status database_step(struct database *database, sqlite3_stmt *statement);

/* Told at the end of each turn that wrote, after the commit: kept, or lost as a whole. */
struct database_watch {
    struct list link;
    void (*ended)(struct database_watch *watch, bool is_kept);
};
void database_watch(struct database *database, struct database_watch *watch, void (*ended)(struct database_watch *watch, bool is_kept));
void database_unwatch(struct database_watch *watch); /* harmless when it does not watch */

/* Whether this turn has written what is not committed yet. */
bool database_is_dirty(const struct database *database);

/* Ends this turn's transaction; BROKEN (logged) when the disk is full or failing: then what was written since is not kept, and its answers
 * must say so. OK when there was none. */
enum status database_commit(struct database *database);

void database_close(struct database *database);
