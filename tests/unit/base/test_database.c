/* The file under all rooms: what is no sound data file of ours is refused with a line that names it; a turn is kept or lost as a whole. */

#include "suites.h"

#include "base/database.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static char folder[64];
static char path[96];
static struct database *database;

static void make_folder(void)
{
    strcpy(folder, "/tmp/lowcloud-test-XXXXXX");
    ck_assert_ptr_nonnull(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/lowcloud.sqlite", folder);
}

static void remove_folder(void)
{
    char command[96];

    snprintf(command, sizeof command, "rm -r '%s'", folder);
    ck_assert_int_eq(system(command), 0);
}

/* Opens the file with the log going to a file of its own, whose text is the result; good until the next call. */
static const char *open_heard(enum status expected)
{
    static char heard[2000];
    char log[96];
    int kept = dup(STDERR_FILENO);
    int fd;
    ssize_t size;

    snprintf(log, sizeof log, "%s/log", folder);
    fd = open(log, O_RDWR | O_CREAT | O_TRUNC, 0600);
    dup2(fd, STDERR_FILENO);
    ck_assert_int_eq(database_open(&database, folder), expected);
    dup2(kept, STDERR_FILENO);
    close(kept);
    size = pread(fd, heard, sizeof heard - 1, 0);
    heard[size > 0 ? size : 0] = '\0';
    close(fd);
    if (expected != OK) {
        database_close(database);
        database = NULL;
    }
    return heard;
}

static void close_file(void)
{
    database_close(database);
    database = NULL;
}

/* A sound file with some pages in it. */
static void fill(void)
{
    open_heard(OK);
    ck_assert_int_eq(database_run(database, "CREATE TABLE t (n INTEGER PRIMARY KEY, x TEXT);"
                                            "WITH RECURSIVE c(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM c WHERE n < 2000)"
                                            "INSERT INTO t SELECT n, printf('%0100d', n) FROM c"),
                     OK);
    close_file();
}

static void overwrite(off_t place, const char *bytes, size_t size)
{
    int fd = open(path, O_WRONLY);

    ck_assert_int_eq(pwrite(fd, bytes, size, place), (ssize_t)size);
    close(fd);
}

static void cut_in_half(void)
{
    struct stat file;

    ck_assert_int_eq(stat(path, &file), 0);
    ck_assert_int_eq(truncate(path, file.st_size / 2), 0);
}

static void cut_in_the_first_page(void)
{
    ck_assert_int_eq(truncate(path, 1000), 0);
}

static void overwrite_the_header(void)
{
    overwrite(0, "nothing that sqlite knows", 25);
}

static void overwrite_pages_in_the_middle(void)
{
    char noise[8192];

    memset(noise, 0x5a, sizeof noise);
    overwrite(5 * 4096, noise, sizeof noise);
}

static void overwrite_the_catalogue(void)
{
    char noise[590];

    memset(noise, 0x5a, sizeof noise);
    overwrite(3500, noise, sizeof noise); /* a page fills from its end */
}

static void put_a_directory_there(void)
{
    ck_assert_int_eq(unlink(path), 0);
    ck_assert_int_eq(mkdir(path, 0700), 0);
}

static void say(const char *sql)
{
    sqlite3 *handle;

    ck_assert_int_eq(sqlite3_open(path, &handle), SQLITE_OK);
    ck_assert_int_eq(sqlite3_exec(handle, sql, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(handle);
}

static void let_a_newer_one_write(void)
{
    say("PRAGMA user_version = 77");
}

static void let_another_program_write(void)
{
    say("PRAGMA application_id = 77");
}

static void empty_it_beside_its_log(void)
{
    char log[128];
    FILE *file;

    snprintf(log, sizeof log, "%s-wal", path);
    file = fopen(log, "w");
    fputs("what was committed last", file);
    fclose(file);
    ck_assert_int_eq(truncate(path, 0), 0);
}

static const struct {
    void (*damage)(void);
    const char *word; /* what is said of it */
} damages[] = {
    { cut_in_half, "not a sound lowcloud data file" },
    { cut_in_the_first_page, "not a sound lowcloud data file" },
    { overwrite_the_header, "not a database" },
    { overwrite_pages_in_the_middle, "not a sound lowcloud data file" },
    { overwrite_the_catalogue, "not a sound lowcloud data file" },
    { put_a_directory_there, "it is a directory" },
    { let_a_newer_one_write, "was written by a newer lowcloud (its form is 77, this one knows up to 1)" },
    { let_another_program_write, "another program's database" },
    { empty_it_beside_its_log, "it is empty" },
};

START_TEST(a_damaged_file_is_named_with_what_to_do)
{
    const char *heard;

    fill();
    damages[_i].damage();
    heard = open_heard(BROKEN);
    ck_assert_msg(strstr(heard, path) && strstr(heard, damages[_i].word) && strstr(heard, "start with another --data"), "%s", heard);
    ck_assert_msg(strchr(heard, '\n') == heard + strlen(heard) - 1, "one line: %s", heard);
}
END_TEST

START_TEST(a_sound_file_is_opened_without_a_word)
{
    fill();
    ck_assert_str_eq(open_heard(OK), "");
    close_file();
}
END_TEST

START_TEST(two_do_not_share_a_file)
{
    struct database *first;

    open_heard(OK);
    first = database;
    ck_assert_ptr_nonnull(strstr(open_heard(BROKEN), "does another lowcloud run on it?"));
    database_close(first);
}
END_TEST

/* ---- turns ---- */

static int outcomes[8];
static int outcome_count;
static bool is_full;

static void note(struct database_watch *watch, bool is_kept)
{
    (void)watch;
    outcomes[outcome_count++] = is_kept;
}

static int refuse(void *context)
{
    (void)context;
    return is_full;
}

static void open_watched(struct database_watch *watch)
{
    fill();
    open_heard(OK);
    outcome_count = 0;
    is_full = false;
    sqlite3_commit_hook(database_handle(database), refuse, NULL);
    database_watch(database, watch, note);
}

static enum status insert(int number)
{
    char sql[80];
    sqlite3_stmt *statement;
    enum status status;

    snprintf(sql, sizeof sql, "INSERT INTO t (n) VALUES (%d)", number);
    statement = database_prepare(database, sql);
    status = database_step(database, statement);
    sqlite3_finalize(statement);
    return status;
}

static int count(void)
{
    sqlite3_stmt *statement = database_prepare(database, "SELECT count(*) FROM t");
    int rows = sqlite3_step(statement) == SQLITE_ROW ? sqlite3_column_int(statement, 0) : -1;

    sqlite3_finalize(statement);
    return rows;
}

START_TEST(a_turn_is_kept_or_lost_and_its_watchers_are_told)
{
    struct database_watch watch = { 0 };

    open_watched(&watch);
    ck_assert_int_eq(insert(3001), OK);
    ck_assert_int_eq(database_commit(database), OK);
    is_full = true;
    ck_assert_int_eq(insert(3002), OK);
    ck_assert(database_is_dirty(database));
    ck_assert_int_eq(database_commit(database), BROKEN);
    ck_assert(!database_is_dirty(database));
    ck_assert_int_eq(count(), 2001);
    is_full = false;
    ck_assert_int_eq(insert(3003), OK);
    ck_assert_int_eq(database_commit(database), OK);
    ck_assert_int_eq(database_commit(database), OK); /* nothing was written: nobody is told */
    ck_assert_int_eq(count(), 2002);
    ck_assert_int_eq(outcome_count, 3);
    ck_assert(outcomes[0] && !outcomes[1] && outcomes[2]);
    database_unwatch(&watch);
    close_file();
}
END_TEST

START_TEST(reads_share_a_transaction_that_the_next_write_goes_on_with)
{
    struct database_watch watch = { 0 };

    open_watched(&watch);
    ck_assert_int_eq(database_read(database), OK);
    ck_assert_int_eq(database_read(database), OK);
    ck_assert(!database_is_dirty(database));
    ck_assert_int_eq(database_commit(database), OK); /* nothing was written: it stays open */
    ck_assert_int_eq(outcome_count, 0);
    ck_assert(!sqlite3_get_autocommit(database_handle(database)));
    ck_assert_int_eq(insert(3001), OK);
    ck_assert_int_eq(database_read(database), OK);
    ck_assert_int_eq(database_commit(database), OK);
    ck_assert(sqlite3_get_autocommit(database_handle(database)));
    ck_assert_int_eq(database_read(database), OK);
    ck_assert_int_eq(insert(3001), BROKEN); /* the same key */
    ck_assert_int_eq(database_commit(database), BROKEN);
    ck_assert_int_eq(database_read(database), OK);
    ck_assert_int_eq(count(), 2001);
    ck_assert(outcome_count == 2 && outcomes[0] && !outcomes[1]);
    database_unwatch(&watch);
    close_file();
    open_heard(OK);
    ck_assert_int_eq(count(), 2001);
    close_file();
}
END_TEST

START_TEST(one_write_that_fails_loses_the_turn)
{
    struct database_watch watch = { 0 };

    open_watched(&watch);
    ck_assert_int_eq(insert(3001), OK);
    ck_assert_int_eq(insert(3001), BROKEN); /* the same key */
    ck_assert_int_eq(insert(3002), BROKEN);
    ck_assert_int_eq(database_commit(database), BROKEN);
    ck_assert_int_eq(count(), 2000);
    ck_assert_int_eq(insert(3002), OK);
    ck_assert_int_eq(database_commit(database), OK);
    ck_assert(outcome_count == 2 && !outcomes[0] && outcomes[1]);
    database_unwatch(&watch);
    close_file();
}
END_TEST

Suite *suite_database(void)
{
    Suite *suite = suite_create("database");
    TCase *files = tcase_create("files");
    TCase *turns = tcase_create("turns");

    tcase_add_checked_fixture(files, make_folder, remove_folder);
    tcase_add_loop_test(files, a_damaged_file_is_named_with_what_to_do, 0, sizeof damages / sizeof *damages);
    tcase_add_test(files, a_sound_file_is_opened_without_a_word);
    tcase_add_test(files, two_do_not_share_a_file);
    tcase_add_checked_fixture(turns, make_folder, remove_folder);
    tcase_add_test(turns, a_turn_is_kept_or_lost_and_its_watchers_are_told);
    tcase_add_test(turns, reads_share_a_transaction_that_the_next_write_goes_on_with);
    tcase_add_test(turns, one_write_that_fails_loses_the_turn);
    suite_add_tcase(suite, files);
    suite_add_tcase(suite, turns);
    return suite;
}
