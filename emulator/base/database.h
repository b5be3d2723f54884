#pragma once
/* The one sqlite database under all rooms: in memory, or DIR/lowcloud.sqlite. Writes of one turn share one transaction: the first write of
 * a turn begins it, the turn's end commits it, and answers leave after that. In memory nothing waits, because nothing can be lost by
 * waiting less.
 *
 * SQL stands only in the rooms' store files; they prepare their statements on database_handle. */

#include "base/status.h"

#include <sqlite3.h>
#include <stdbool.h>

struct database;

/* Opens DIR/lowcloud.sqlite (made when absent), or memory when directory is NULL. BROKEN, with a line in the log that names the file, when
 * it cannot be opened, is locked by another lowcloud, or is corrupt. */
enum status database_open(struct database **database, const char *directory);

sqlite3 *database_handle(struct database *database);

bool database_is_kept(const struct database *database); /* on disk */

/* Runs SQL without rows (several statements may follow each other). */
enum status database_run(struct database *database, const char *sql);

/* Prepares one statement, to be finalized by the caller before the database closes. NULL, logged with the SQL, when it is wrong. */
sqlite3_stmt *database_prepare(struct database *database, const char *sql);

/* To be called before each write: opens this turn's transaction. */
enum status database_write(struct database *database);

/* Whether this turn has written what is not committed yet. */
bool database_is_dirty(const struct database *database);

/* Ends this turn's transaction; BROKEN (logged) when the disk is full or failing: then what was written since is not kept, and its answers
 * must say so. OK when there was none. */
enum status database_commit(struct database *database);

void database_close(struct database *database);
