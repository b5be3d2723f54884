#include "base/database.h"

#include "base/log.h"
#include "base/memory.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

/* In the file's header: that it is ours ("lowc"), and which form it has. A file of before this was written has neither. */
enum { APPLICATION_ID = 0x6c6f7763, FORMAT = 1 };
enum { OPEN_FLAGS = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX };

#define REMEDY "move it away, or start with another --data"

struct database {
    sqlite3 *handle;
    char *path; /* NULL: in memory */
    sqlite3_stmt *begin;
    sqlite3_stmt *commit;
    struct list watches;
    bool is_dirty;
    bool is_lost;        /* a write of this turn failed: what else it wrote is not to be kept either */
    bool has_complained; /* since the last commit that succeeded */
    bool is_failing;     /* the last turn that wrote was lost */
    int changes;         /* rows that were ever changed when this turn began */
};

sqlite3 *database_handle(struct database *database)
{
    return database->handle;
}

bool database_is_kept(const struct database *database)
{
    return database->path != NULL;
}

/* ---- complaints ---- */

static const char *place_of(const struct database *database)
{
    return database->path ? database->path : "the database in memory";
}

enum status database_complain(struct database *database, const char *doing)
{
    int code = sqlite3_errcode(database->handle);

    if (database->has_complained)
        return BROKEN;
    database->has_complained = true;
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        log_error("%s is damaged (%s, in: %s): stop lowcloud, and " REMEDY, place_of(database), sqlite3_errmsg(database->handle), doing);
    else
        log_error("%s: %s, in: %s", place_of(database), sqlite3_errmsg(database->handle), doing);
    return BROKEN;
}

enum status database_refuse(struct database *database, const char *what)
{
    log_error("%s is damaged (%s cannot be read back): " REMEDY, place_of(database), what);
    return BROKEN;
}

enum status database_run(struct database *database, const char *sql)
{
    if (sqlite3_exec(database->handle, sql, NULL, NULL, NULL) == SQLITE_OK)
        return OK;
    database->is_lost = database->is_dirty;
    return database_complain(database, sql);
}

sqlite3_stmt *database_prepare(struct database *database, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(database->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        database_complain(database, sql);
    return statement;
}

/* ---- opening a file ---- */

/* The first column of the first row that sql gives, into text; false when sqlite fails. */
static bool ask(struct database *database, const char *sql, char *text, size_t size)
{
    sqlite3_stmt *statement = NULL;
    bool is_answered =
        sqlite3_prepare_v2(database->handle, sql, -1, &statement, NULL) == SQLITE_OK && sqlite3_step(statement) == SQLITE_ROW;

    if (is_answered)
        snprintf(text, size, "%s", (const char *)sqlite3_column_text(statement, 0));
    sqlite3_finalize(statement);
    return is_answered;
}

static int64_t ask_number(struct database *database, const char *sql)
{
    char text[32] = "0";

    ask(database, sql, text, sizeof text);
    return strtoll(text, NULL, 10);
}

static enum status refuse_file(const struct database *database, const char *why)
{
    log_error("%s is not a sound lowcloud data file (%s): " REMEDY, database->path, why);
    return BROKEN;
}

/* A file that sqlite finds damaged is refused, rather than served in part. */
static enum status check_soundness(struct database *database)
{
    char finding[200];

    if (!ask(database, "PRAGMA quick_check(1)", finding, sizeof finding))
        return refuse_file(database, sqlite3_errmsg(database->handle));
    finding[strcspn(finding, "\n")] = '\0';
    return strcmp(finding, "ok") ? refuse_file(database, finding) : OK;
}

static enum status check_origin(struct database *database)
{
    int64_t application = ask_number(database, "PRAGMA application_id");
    int64_t format = ask_number(database, "PRAGMA user_version");

    if (application && application != APPLICATION_ID)
        return refuse_file(database, "it is another program's database");
    if (format > FORMAT) {
        log_error("%s was written by a newer lowcloud (its form is %" PRId64 ", this one knows up to %d): use that lowcloud, or start with "
                  "another --data",
                  database->path, format, FORMAT);
        return BROKEN;
    }
    return OK;
}

static enum status mark_origin(struct database *database)
{
    char sql[80];

    if (ask_number(database, "PRAGMA user_version") == FORMAT)
        return OK;
    snprintf(sql, sizeof sql, "PRAGMA application_id = %d; PRAGMA user_version = %d", APPLICATION_ID, FORMAT);
    return database_run(database, sql);
}

/* Exclusive locking and a write-ahead log without fsync: what is committed survives the death of the process, not of the machine. */
static enum status take_file(struct database *database)
{
    static const char settings[] =
        "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; BEGIN IMMEDIATE; COMMIT;";
    int code;

    if (sqlite3_exec(database->handle, settings, NULL, NULL, NULL) == SQLITE_OK)
        return OK;
    code = sqlite3_errcode(database->handle);
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB)
        return refuse_file(database, sqlite3_errmsg(database->handle));
    log_error("cannot use %s: %s%s", database->path, sqlite3_errmsg(database->handle),
              code == SQLITE_BUSY ? " (does another lowcloud run on it?)" : "; " REMEDY);
    return BROKEN;
}

/* sqlite takes an empty file for a new one, and forgets the log beside it. */
static enum status check_length(const struct database *database)
{
    char *log = memory_print("%s-wal", database->path);
    struct stat file;
    struct stat beside;
    bool is_cut = stat(database->path, &file) == 0 && S_ISREG(file.st_mode) && !file.st_size && stat(log, &beside) == 0 && beside.st_size;

    free(log);
    return is_cut ? refuse_file(database, "it is empty, and the log beside it is not") : OK;
}

static enum status open_file(struct database *database)
{
    struct stat file;

    signal(SIGXFSZ, SIG_IGN); /* a file at its limit is an error like a full disk's */
    if (stat(database->path, &file) == 0 && S_ISDIR(file.st_mode))
        return refuse_file(database, "it is a directory");
    if (check_length(database) != OK)
        return BROKEN;
    if (sqlite3_open_v2(database->path, &database->handle, OPEN_FLAGS, NULL) != SQLITE_OK) {
        int why = sqlite3_system_errno(database->handle);

        log_error("cannot open %s: %s; " REMEDY, database->path, why ? strerror(why) : sqlite3_errmsg(database->handle));
        return BROKEN;
    }
    if (take_file(database) != OK || check_origin(database) != OK || check_soundness(database) != OK)
        return BROKEN;
    return mark_origin(database);
}

/* A file in memory (sqlite's memdb) rather than ":memory:", which never counts a page as clean: there each commit walks all pages that were
 * ever written, so that a million items would come in thirty times slower than ten thousand. See docs/decisions/0006. */
static const char memory_file[] = "file:lowcloud?vfs=memdb";

static enum status open_memory(struct database *database)
{
    sqlite3_int64 most_bytes = (sqlite3_int64)1 << 46;

    if (sqlite3_open_v2(memory_file, &database->handle, OPEN_FLAGS | SQLITE_OPEN_URI, NULL) != SQLITE_OK ||
        sqlite3_file_control(database->handle, "main", SQLITE_FCNTL_SIZE_LIMIT, &most_bytes) != SQLITE_OK)
        return database_complain(database, "opening it");
    return database_run(database, "PRAGMA locking_mode=EXCLUSIVE; PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF");
}

/* One thread uses it, and nobody asks what memory it has taken. It listens to this only before its first use. */
static void tell_library_of_one_thread(void)
{
    sqlite3_config(SQLITE_CONFIG_SINGLETHREAD);
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
}

enum status database_open(struct database **out, const char *directory)
{
    struct database *database = memory_new(sizeof *database);

    *out = database;
    tell_library_of_one_thread();
    list_init(&database->watches);
    if (!directory)
        return open_memory(database);
    if (mkdir(directory, 0700) < 0 && errno != EEXIST) {
        log_error("cannot make the data directory %s: %s", directory, strerror(errno));
        return BROKEN;
    }
    database->path = memory_print("%s/lowcloud.sqlite", directory);
    return open_file(database);
}

/* ---- turns ---- */

void database_watch(struct database *database, struct database_watch *watch, void (*ended)(struct database_watch *watch, bool is_kept))
{
    watch->ended = ended;
    list_add(&database->watches, &watch->link);
}

void database_unwatch(struct database_watch *watch)
{
    list_remove(&watch->link);
}

static enum status run_prepared(struct database *database, sqlite3_stmt *statement)
{
    enum status status = OK;

    if (sqlite3_step(statement) != SQLITE_DONE)
        status = database_complain(database, sqlite3_sql(statement));
    sqlite3_reset(statement);
    return status;
}

/* Begins or ends a transaction. Every turn that writes does both, so they are prepared once. */
static enum status turn_transaction(struct database *database, sqlite3_stmt **statement, const char *sql)
{
    if (!*statement)
        *statement = database_prepare(database, sql);
    return *statement ? run_prepared(database, *statement) : BROKEN;
}

/* A transaction that has only read stays open, and goes on as that of the next turn that writes. */
static enum status begin(struct database *database)
{
    return sqlite3_get_autocommit(database->handle) ? turn_transaction(database, &database->begin, "BEGIN") : OK;
}

enum status database_read(struct database *database)
{
    return database->is_dirty ? OK : begin(database);
}

enum status database_write(struct database *database)
{
    if (database->is_dirty)
        return database->is_lost ? BROKEN : OK;
    database->changes = sqlite3_total_changes(database->handle);
    database->is_lost = begin(database) != OK;
    database->is_dirty = true;
    return database->is_lost ? BROKEN : OK;
}

/* What could not even begin to be written loses the turn like any other write: what stands in memory already must be taken back. */
static enum status lose(struct database *database)
{
    database->is_dirty = database->is_lost = true;
    return BROKEN;
}

enum status database_step(struct database *database, sqlite3_stmt *statement)
{
    enum status status = statement ? database_write(database) : lose(database);

    if (status != OK)
        return status;
    status = run_prepared(database, statement);
    if (status != OK)
        database->is_lost = database->is_dirty;
    return status;
}

bool database_is_dirty(const struct database *database)
{
    return database->is_dirty;
}

/* The first turn that is lost and the first that is kept again are told of, not each. One that changed nothing proves nothing. */
static void tell(struct database *database, bool is_kept)
{
    if (is_kept && sqlite3_total_changes(database->handle) == database->changes)
        return;
    if (is_kept && database->is_failing)
        log_info("%s: what is written is kept again", place_of(database));
    else if (!is_kept && !database->is_failing)
        log_error("%s: what is written is not kept; callers are told so, and reading goes on", place_of(database));
    database->is_failing = !is_kept;
    database->has_complained &= !is_kept;
}

enum status database_commit(struct database *database)
{
    bool is_kept;

    if (!database->is_dirty)
        return OK;
    is_kept = !database->is_lost && turn_transaction(database, &database->commit, "COMMIT") == OK;
    database->is_dirty = false;
    database->is_lost = false;
    if (!is_kept && !sqlite3_get_autocommit(database->handle)) /* sqlite itself has not taken it back yet */
        database_run(database, "ROLLBACK");
    tell(database, is_kept);
    list_each(link, following, &database->watches) {
        struct database_watch *watch = list_item(link, struct database_watch, link);

        watch->ended(watch, is_kept);
    }
    return is_kept ? OK : BROKEN;
}

void database_close(struct database *database)
{
    if (!database)
        return;
    database_commit(database);
    sqlite3_finalize(database->begin);
    sqlite3_finalize(database->commit);
    sqlite3_close(database->handle);
    free(database->path);
    free(database);
}
