#include "base/database.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

struct database {
    sqlite3 *handle;
    char *path; /* NULL: in memory */
    bool is_dirty;
};

sqlite3 *database_handle(struct database *database)
{
    return database->handle;
}

bool database_is_kept(const struct database *database)
{
    return database->path != NULL;
}

enum status database_run(struct database *database, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(database->handle, sql, NULL, NULL, &why) == SQLITE_OK)
        return OK;
    log_error("%s: %s, in: %s", database->path ? database->path : "memory", why ? why : "sqlite failed", sql);
    sqlite3_free(why);
    return BROKEN;
}

sqlite3_stmt *database_prepare(struct database *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        log_error("%s, in: %s", sqlite3_errmsg(database->handle), sql);
    return statement;
}

static int count_row(void *context, int columns, char **values, char **names)
{
    (void)names;
    if (columns > 0 && values[0] && strcmp(values[0], "ok"))
        log_error("the check of the data file says: %s", values[0]);
    else
        *(bool *)context = true;
    return 0;
}

/* A file that sqlite finds damaged is named and refused, rather than served in part. */
static enum status check(struct database *database)
{
    bool is_whole = false;

    if (sqlite3_exec(database->handle, "PRAGMA quick_check(1)", count_row, &is_whole, NULL) == SQLITE_OK && is_whole)
        return OK;
    log_error("%s is not a sound lowcloud data file (%s): move it away, or start with another --data", database->path,
              sqlite3_errmsg(database->handle));
    return BROKEN;
}

static enum status prepare_file(struct database *database)
{
    /* Exclusive locking and a write-ahead log without fsync: what is committed survives the death of the process, not of the machine. */
    static const char settings[] =
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; BEGIN IMMEDIATE; COMMIT;";
    char *why = NULL;

    if (sqlite3_exec(database->handle, settings, NULL, NULL, &why) != SQLITE_OK) {
        log_error("cannot use %s: %s%s", database->path, why ? why : "sqlite failed",
                  sqlite3_errcode(database->handle) == SQLITE_BUSY ? " (does another lowcloud run on it?)"
                                                                   : "; move the file away, or start with another --data");
        sqlite3_free(why);
        return BROKEN;
    }
    return check(database);
}

/* A file in memory (sqlite's memdb) rather than ":memory:", which never counts a page as clean: there each commit walks all pages that were
 * ever written, so that a million items would come in thirty times slower than ten thousand. See docs/decisions/0006. */
static const char memory_file[] = "file:lowcloud?vfs=memdb";

static enum status prepare_memory(struct database *database)
{
    sqlite3_int64 most_bytes = (sqlite3_int64)1 << 46;

    if (sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_SIZE_LIMIT, &most_bytes) != SQLITE_OK) {
        log_error("sqlite's files in memory cannot grow: %s", sqlite3_errmsg(database->handle));
        return BROKEN;
    }
    return database_run(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
}

enum status database_open(struct database **out, const char *directory)
{
    struct database *database = memory_new(sizeof *database);
    int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX | (directory ? 0 : SQLITE_OPEN_URI);

    *out = database;
    if (directory) {
        if (mkdir(directory, 0700) < 0 && errno != EEXIST) {
            log_error("cannot make the data directory %s: %s", directory, strerror(errno));
            return BROKEN;
        }
        database->path = memory_print("%s/lowcloud.sqlite", directory);
    }
    if (sqlite3_open_v2(directory ? database->path : memory_file, &database->handle, flags, NULL) != SQLITE_OK) {
        log_error("cannot open %s: %s", directory ? database->path : "a database in memory", sqlite3_errmsg(database->handle));
        return BROKEN;
    }
    return directory ? prepare_file(database) : prepare_memory(database);
}

enum status database_write(struct database *database)
{
    if (database->is_dirty)
        return OK;
    if (database_run(database, "BEGIN") != OK)
        return BROKEN;
    database->is_dirty = true;
    return OK;
}

bool database_is_dirty(const struct database *database)
{
    return database->is_dirty;
}

enum status database_commit(struct database *database)
{
    if (!database->is_dirty)
        return OK;
    database->is_dirty = false;
    if (database_run(database, "COMMIT") == OK)
        return OK;
    if (!sqlite3_get_autocommit(database->handle))
        database_run(database, "ROLLBACK");
    return BROKEN;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    database_commit(database);
    sqlite3_close(database->handle);
    free(database->path);
    free(database);
}
