#include "dynamodb/statements.h"

#include "base/buffer.h"

#include <inttypes.h>
#include <stdlib.h>

/* The SQL with its numbers put in; to be freed. */
static char *fill(const char *sql, int64_t number, int64_t base)
{
    struct buffer text = { 0 };

    for (; *sql; sql++) {
        bool is_number = sql[0] == '$' && (sql[1] == 'n' || sql[1] == 'b');

        if (is_number)
            buffer_print(&text, "%" PRId64, *++sql == 'n' ? number : base);
        else
            buffer_add_char(&text, *sql);
    }
    return buffer_take(&text);
}

sqlite3_stmt *statements_get(struct statements *statements, struct database *database, const char *const *sql, int which, int64_t number,
                             int64_t base)
{
    char *text;

    if (statements->each[which])
        return statements->each[which];
    text = fill(sql[which], number, base);
    statements->each[which] = database_prepare(database, text);
    free(text);
    return statements->each[which];
}

enum status statements_complain(struct database *database, sqlite3_stmt *statement)
{
    return database_complain(database, statement ? sqlite3_sql(statement) : "a statement");
}

enum status statements_run_once(struct database *database, const char *sql, int64_t number)
{
    char *text = fill(sql, number, 0);
    enum status status = database_write(database) == OK ? database_run(database, text) : BROKEN;

    free(text);
    return status;
}

void statements_bind(sqlite3_stmt *statement, int place, const void *data, size_t size)
{
    sqlite3_bind_blob64(statement, place, size ? data : "", size, SQLITE_STATIC);
}

void statements_clear(struct statements *statements)
{
    for (int i = 0; i < STATEMENTS_MAX; i++)
        sqlite3_finalize(statements->each[i]);
    *statements = (struct statements){ 0 };
}
