/* Micro-batches on sqlite. */

#include "analytics/engine.h"

#include "analytics/compute.h"
#include "analytics/row.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    WORK_STEPS = 1000,                   /* sqlite's instructions between two looks at the budget */
    WORK_MAX = 20000,                    /* looks that one row may take in one select */
    BATCH_BYTES_MAX = 256 * 1024 * 1024, /* that a batch may hold; rows beyond are errors */
    ERROR_DATA_MAX = 49152 / 2           /* bytes of a bad record that are kept, in hex */
};

struct sql_engine {
    struct arena code; /* the plan and what it was made of */
    struct arena batch;
    struct sql_plan *plan;
    sqlite3 *handle;
    sqlite3_stmt **statements; /* one for each branch of each pump, in order */
    size_t statement_count;
    sqlite3_stmt **fills;  /* by relation number; NULL for streams */
    struct sql_rows *rows; /* by relation number */
    int64_t now_ms;
    int64_t rowtime_ms;
    int work; /* looks left for this row */
};

/* ---- opening ---- */

/* Called by sqlite every WORK_STEPS instructions: a select that multiplies its tables too often is stopped for this row. */
static int look(void *context)
{
    struct sql_engine *engine = context;

    return --engine->work < 0;
}

static enum status run_sql(struct sql_engine *engine, const char *sql)
{
    char *why = NULL;

    if (sqlite3_exec(engine->handle, sql, NULL, NULL, &why) == SQLITE_OK)
        return OK;
    log_error("analytics: %s, in: %s", why ? why : "sqlite failed", sql);
    sqlite3_free(why);
    return BROKEN;
}

static sqlite3_stmt *prepare(struct sql_engine *engine, const char *sql)
{
    sqlite3_stmt *statement = NULL;

    if (sqlite3_prepare_v3(engine->handle, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, NULL) != SQLITE_OK)
        log_error("analytics: %s, in: %s", sqlite3_errmsg(engine->handle), sql);
    return statement;
}

static enum status create_table(struct sql_engine *engine, const struct sql_relation *table)
{
    struct buffer sql = { 0 };
    enum status status;

    buffer_print(&sql, "CREATE TABLE r%zu (", table->number);
    for (size_t i = 0; i < table->column_count; i++)
        buffer_print(&sql, "%sc%zu", i ? ", " : "", i);
    buffer_add_text(&sql, ")");
    status = run_sql(engine, sql.data);
    buffer_clear(&sql);
    buffer_print(&sql, "INSERT INTO r%zu VALUES (", table->number);
    for (size_t i = 0; i < table->column_count; i++)
        buffer_print(&sql, "%s?%zu", i ? ", " : "", i + 1);
    buffer_add_text(&sql, ")");
    engine->fills[table->number] = status == OK ? prepare(engine, sql.data) : NULL;
    buffer_clear(&sql);
    return engine->fills[table->number] ? OK : BROKEN;
}

static enum status create_tables(struct sql_engine *engine)
{
    const struct sql_plan *plan = engine->plan;
    char sql[96];

    for (size_t i = 0; i < plan->relation_count; i++)
        if (plan->relations[i]->kind == RELATION_TABLE && create_table(engine, plan->relations[i]) != OK)
            return BROKEN;
    for (size_t i = 0; i < plan->index_count; i++) {
        snprintf(sql, sizeof sql, "CREATE INDEX IF NOT EXISTS r%zu_c%d ON r%zu (c%d)", plan->indexes[i].table->number,
                 plan->indexes[i].column, plan->indexes[i].table->number, plan->indexes[i].column);
        if (run_sql(engine, sql) != OK)
            return BROKEN;
    }
    return OK;
}

/* sqlite takes what the translator writes; it may refuse how deep it is nested, or how long it is. */
static enum status refuse(struct sql_engine *engine, const struct sql_planned_pump *pump, struct sql_error *error)
{
    bool is_stack = strstr(sqlite3_errmsg(engine->handle), "stack overflow") != NULL;

    error->span = pump->span;
    if (is_stack)
        snprintf(error->text, sizeof error->text, "An expression of pump '%.64s' is nested too deeply for lowcloud", pump->name);
    else
        snprintf(error->text, sizeof error->text, "Pump '%.64s' cannot be run: %s", pump->name, sqlite3_errmsg(engine->handle));
    return INVALID;
}

static enum status prepare_pumps(struct sql_engine *engine, struct sql_error *error)
{
    const struct sql_plan *plan = engine->plan;

    for (size_t i = 0; i < plan->pump_count; i++)
        engine->statement_count += plan->pumps[i].branch_count;
    engine->statements = memory_new(engine->statement_count * sizeof(sqlite3_stmt *));
    for (size_t i = 0, at = 0; i < plan->pump_count; i++)
        for (size_t b = 0; b < plan->pumps[i].branch_count; b++, at++)
            if (sqlite3_prepare_v3(engine->handle, plan->pumps[i].branches[b].sql, -1, SQLITE_PREPARE_PERSISTENT, &engine->statements[at],
                                   NULL) != SQLITE_OK)
                return refuse(engine, &plan->pumps[i], error);
    return OK;
}

static enum status open_database(struct sql_engine *engine)
{
    if (sqlite3_open_v2(":memory:", &engine->handle, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX, NULL) != SQLITE_OK ||
        sql_compute_register(engine->handle) != SQLITE_OK) {
        log_error("analytics: cannot open a database in memory: %s", engine->handle ? sqlite3_errmsg(engine->handle) : "out of memory");
        return BROKEN;
    }
    sqlite3_limit(engine->handle, SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 2000);
    sqlite3_limit(engine->handle, SQLITE_LIMIT_LENGTH, 16 * 1024 * 1024);
    sqlite3_progress_handler(engine->handle, WORK_STEPS, look, engine);
    engine->work = INT32_MAX;
    return run_sql(engine, "PRAGMA case_sensitive_like = ON");
}

static struct sql_given *copy_given(struct arena *arena, const struct sql_given *given, size_t count)
{
    struct sql_given *copy = arena_take(arena, (count + 1) * sizeof *copy);

    for (size_t i = 0; i < count; i++) {
        copy[i] = given[i];
        copy[i].name = arena_text(arena, given[i].name);
        copy[i].columns = arena_take(arena, (given[i].column_count + 1) * sizeof(struct sql_column));
        for (size_t c = 0; c < given[i].column_count; c++)
            copy[i].columns[c] = (struct sql_column){ arena_text(arena, given[i].columns[c].name), given[i].columns[c].type };
    }
    return copy;
}

enum status sql_engine_open(struct sql_engine **out, const char *code, const struct sql_given *given, size_t given_count,
                            struct sql_error *error)
{
    struct sql_engine *engine = memory_new(sizeof *engine);

    *out = engine;
    engine->rowtime_ms = INT64_MIN;
    engine->plan = sql_plan_make(code, copy_given(&engine->code, given, given_count), given_count, true, &engine->code, error);
    if (!engine->plan)
        return INVALID;
    engine->rows = memory_new(engine->plan->relation_count * sizeof *engine->rows);
    engine->fills = memory_new(engine->plan->relation_count * sizeof(sqlite3_stmt *));
    if (open_database(engine) != OK || create_tables(engine) != OK)
        return BROKEN;
    return prepare_pumps(engine, error);
}

const struct sql_plan *sql_engine_plan(const struct sql_engine *engine)
{
    return engine->plan;
}

/* ---- values ---- */

/* What is bound stays where it is until the statement is reset: the batch's arena, or the caller's row. */
static void bind(sqlite3_stmt *statement, int number, const struct value *value)
{
    switch (value->kind) {
    case VALUE_NULL:
        sqlite3_bind_null(statement, number);
        break;
    case VALUE_INTEGER:
        sqlite3_bind_int64(statement, number, value->integer);
        break;
    case VALUE_REAL:
        sqlite3_bind_double(statement, number, value->real);
        break;
    case VALUE_TEXT:
        sqlite3_bind_text(statement, number, value->bytes, (int)value->size_bytes, SQLITE_STATIC);
        break;
    case VALUE_BYTES:
        sqlite3_bind_blob(statement, number, value->bytes, (int)value->size_bytes, SQLITE_STATIC);
        break;
    }
}

static struct value column_value(struct sql_engine *engine, sqlite3_stmt *statement, int column)
{
    struct value value = { 0 };

    switch (sqlite3_column_type(statement, column)) {
    case SQLITE_INTEGER:
        return value_integer(sqlite3_column_int64(statement, column));
    case SQLITE_FLOAT:
        return value_real(sqlite3_column_double(statement, column));
    case SQLITE_TEXT:
        value.kind = VALUE_TEXT;
        value.bytes = (const char *)sqlite3_column_text(statement, column);
        break;
    case SQLITE_BLOB:
        value.kind = VALUE_BYTES;
        value.bytes = sqlite3_column_blob(statement, column);
        break;
    default:
        return value;
    }
    value.size_bytes = (size_t)sqlite3_column_bytes(statement, column);
    value.bytes = value.size_bytes ? arena_copy(&engine->batch, value.bytes, value.size_bytes) : "";
    return value;
}

enum status sql_engine_fill(struct sql_engine *engine, const struct sql_relation *table, const struct value *values)
{
    sqlite3_stmt *statement = engine->fills[table->number];
    int code;

    engine->work = INT32_MAX;
    for (size_t i = 0; i < table->column_count; i++)
        bind(statement, (int)i + 1, &values[i]);
    code = sqlite3_step(statement);
    sqlite3_reset(statement);
    sqlite3_clear_bindings(statement);
    if (code == SQLITE_DONE)
        return OK;
    log_error("analytics: cannot keep reference data: %s", sqlite3_errmsg(engine->handle));
    return BROKEN;
}

/* ---- batches ---- */

static struct sql_row *add_row(struct sql_engine *engine, const struct sql_relation *relation, uint64_t cause)
{
    struct sql_rows *rows = &engine->rows[relation->number];
    struct sql_row *row;

    if (rows->count == rows->capacity) {
        rows->capacity = rows->capacity ? rows->capacity * 2 : 64;
        rows->items = memory_resize(rows->items, rows->capacity * sizeof *rows->items);
    }
    row = &rows->items[rows->count++];
    row->values = arena_take(&engine->batch, (relation->column_count + relation->hidden_count) * sizeof(struct value));
    row->cause = cause;
    return row;
}

void sql_engine_end(struct sql_engine *engine)
{
    for (size_t i = 0; i < engine->plan->relation_count; i++)
        engine->rows[i].count = 0;
    arena_clear(&engine->batch);
}

void sql_engine_begin(struct sql_engine *engine, int64_t now_ms)
{
    sql_engine_end(engine);
    engine->now_ms = now_ms;
    if (now_ms > engine->rowtime_ms)
        engine->rowtime_ms = now_ms;
}

struct arena *sql_engine_arena(struct sql_engine *engine)
{
    return &engine->batch;
}

int64_t sql_engine_rowtime(const struct sql_engine *engine)
{
    return engine->rowtime_ms;
}

void sql_engine_add(struct sql_engine *engine, struct sql_relation *input, const struct value *values, const struct sql_origin *origin)
{
    struct sql_row *row = add_row(engine, input, origin->cause);
    struct value *hidden = row->values + input->column_count;

    memcpy(row->values, values, input->column_count * sizeof *values);
    hidden[HIDDEN_ROWTIME] = value_integer(engine->rowtime_ms);
    hidden[HIDDEN_ARRIVAL] = value_integer(origin->arrived_ms);
    hidden[HIDDEN_PARTITION_KEY] = value_text(arena_text(&engine->batch, origin->partition_key));
    hidden[HIDDEN_SEQUENCE_NUMBER] = value_text(arena_text(&engine->batch, origin->sequence_number));
    hidden[HIDDEN_SHARD_ID] = value_text(arena_text(&engine->batch, origin->shard_id));
}

static const char *print_hex(struct sql_engine *engine, const void *data, size_t size_bytes)
{
    static const char digits[] = "0123456789ABCDEF";
    const unsigned char *bytes = data;
    size_t size = size_bytes < ERROR_DATA_MAX ? size_bytes : ERROR_DATA_MAX;
    char *hex = arena_take(&engine->batch, size * 2 + 1);

    for (size_t i = 0; i < size; i++) {
        hex[i * 2] = digits[bytes[i] >> 4];
        hex[i * 2 + 1] = digits[bytes[i] & 15];
    }
    return hex;
}

void sql_engine_add_error(struct sql_engine *engine, const char *name, const char *message, const void *data, size_t size_bytes,
                          const char *pump, uint64_t cause)
{
    struct sql_row *row = add_row(engine, engine->plan->relations[0], cause);

    row->values[ERROR_TIME] = value_integer(engine->now_ms);
    row->values[ERROR_LEVEL] = value_text("ERROR");
    row->values[ERROR_NAME] = value_text(name);
    row->values[ERROR_MESSAGE] = value_text(arena_text(&engine->batch, message));
    row->values[ERROR_DATA_ROWTIME] = value_integer(engine->rowtime_ms);
    row->values[ERROR_DATA_ROW] = value_text(print_hex(engine, data, size_bytes));
    row->values[ERROR_PUMP_NAME] = value_text(pump);
    row->values[ERROR_COLUMN_COUNT] = value_integer(engine->rowtime_ms);
}

static void add_row_error(struct sql_engine *engine, const struct sql_planned_pump *pump, const struct sql_branch *branch,
                          const struct sql_row *source, const char *message)
{
    struct buffer text = { 0 };

    analytics_row_print(&text, ROW_JSON, branch->source, source->values);
    sql_engine_add_error(engine, "EXPRESSION_ERROR", message, text.data, text.size, pump->name, source->cause);
    buffer_clear(&text);
}

/* One row of a select's result goes into the pump's target. */
static void take_result(struct sql_engine *engine, const struct sql_planned_pump *pump, const struct sql_branch *branch,
                        sqlite3_stmt *statement, const struct sql_row *source)
{
    const struct sql_relation *target = pump->target;
    struct sql_row *row;
    misfit why = engine->batch.used_bytes > BATCH_BYTES_MAX ? "The batch has too many rows" : NULL;

    row = add_row(engine, target, source->cause);
    for (size_t i = 0; i < branch->column_count && !why; i++) {
        struct value *value = &row->values[branch->targets[i]];

        *value = column_value(engine, statement, (int)i);
        why = value_fit(value, &target->columns[branch->targets[i]].type, &engine->batch);
    }
    row->values[target->column_count] = source->values[branch->source->column_count];
    if (why) {
        engine->rows[target->number].count--;
        add_row_error(engine, pump, branch, source, why);
    }
}

static void bind_row(struct sql_engine *engine, const struct sql_branch *branch, sqlite3_stmt *statement, const struct sql_row *source)
{
    struct value now = value_integer(engine->now_ms);

    for (size_t i = 0; i < branch->source->column_count + branch->source->hidden_count; i++)
        if (branch->parameters[i])
            bind(statement, branch->parameters[i], &source->values[i]);
    if (branch->now_parameter)
        bind(statement, branch->now_parameter, &now);
}

static void run_row(struct sql_engine *engine, const struct sql_planned_pump *pump, const struct sql_branch *branch,
                    sqlite3_stmt *statement, const struct sql_row *source)
{
    int code;

    bind_row(engine, branch, statement, source);
    engine->work = WORK_MAX;
    while ((code = sqlite3_step(statement)) == SQLITE_ROW)
        take_result(engine, pump, branch, statement, source);
    if (code != SQLITE_DONE)
        add_row_error(engine, pump, branch, source,
                      code == SQLITE_INTERRUPT ? "The select takes too long for one row" : sqlite3_errmsg(engine->handle));
    sqlite3_reset(statement);
}

static int64_t rowtime_of(const struct sql_relation *relation, const struct sql_row *row)
{
    return row->values[relation->column_count].integer;
}

/* Several writers of one stream come one after the other; their rows are merged by ROWTIME, equals in the order of the pumps. Within a
 * batch nearly all are equal, so insertion is enough. */
static void sort_rows(struct sql_engine *engine, const struct sql_relation *relation)
{
    struct sql_rows *rows = &engine->rows[relation->number];

    for (size_t i = 1; i < rows->count; i++) {
        struct sql_row row = rows->items[i];
        size_t at = i;

        for (; at && rowtime_of(relation, &rows->items[at - 1]) > rowtime_of(relation, &row); at--)
            rows->items[at] = rows->items[at - 1];
        rows->items[at] = row;
    }
}

void sql_engine_run(struct sql_engine *engine)
{
    size_t at = 0;

    for (size_t i = 0; i < engine->plan->pump_count; i++) {
        const struct sql_planned_pump *pump = &engine->plan->pumps[i];

        for (size_t b = 0; b < pump->branch_count; b++, at++) {
            const struct sql_branch *branch = &pump->branches[b];
            size_t count = engine->rows[branch->source->number].count;

            /* By index: the source's rows may move when it is error_stream and a row of it fails. Such rows are not read again. */
            for (size_t r = 0; r < count; r++) {
                struct sql_row source = engine->rows[branch->source->number].items[r];

                run_row(engine, pump, branch, engine->statements[at], &source);
            }
            sqlite3_clear_bindings(engine->statements[at]);
        }
        sort_rows(engine, pump->target);
    }
}

const struct sql_rows *sql_engine_rows(const struct sql_engine *engine, const struct sql_relation *relation)
{
    return &engine->rows[relation->number];
}

void sql_engine_close(struct sql_engine *engine)
{
    if (!engine)
        return;
    for (size_t i = 0; engine->statements && i < engine->statement_count; i++)
        sqlite3_finalize(engine->statements[i]);
    for (size_t i = 0; engine->fills && i < engine->plan->relation_count; i++)
        sqlite3_finalize(engine->fills[i]);
    for (size_t i = 0; engine->rows && i < engine->plan->relation_count; i++)
        free(engine->rows[i].items);
    sqlite3_close(engine->handle);
    free(engine->statements);
    free(engine->fills);
    free(engine->rows);
    arena_clear(&engine->batch);
    arena_clear(&engine->code);
    free(engine);
}
