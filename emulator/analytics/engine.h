#pragma once
/* Runs a plan over micro-batches on a sqlite of its own, in memory. Rows of the source streams go in; one pass over the pumps, in the order
 * of flow, fills the other streams; their rows can be read until the next batch begins. Reference tables are sqlite's tables; the row of
 * the stream that a select reads is bound to its statement, one row at a time, so a failing expression costs that row alone: it becomes a
 * row of error_stream. */

#include "analytics/plan.h"
#include "base/status.h"

struct sql_engine;

struct sql_row {
    struct value *values; /* the declared columns, then the hidden ones */
    uint64_t cause;       /* the trace event of the record that it came from */
};

struct sql_rows {
    struct sql_row *items;
    size_t count;
    size_t capacity;
};

/* Where an input row comes from: the pseudo-columns of a source stream. */
struct sql_origin {
    int64_t arrived_ms;
    const char *partition_key;
    const char *sequence_number;
    const char *shard_id;
    uint64_t cause;
};

/* Opens an engine on code over what is given (copied). INVALID when the code is refused: then error says where and why. BROKEN when sqlite
 * fails. */
enum status sql_engine_open(struct sql_engine **engine, const char *code, const struct sql_given *given, size_t given_count,
                            struct sql_error *error);

const struct sql_plan *sql_engine_plan(const struct sql_engine *engine);

/* Puts a row of reference data into a table; its values fit the columns' types already. */
enum status sql_engine_fill(struct sql_engine *engine, const struct sql_relation *table, const struct value *values);

/* Begins a batch at now_ms: forgets the last one. All its rows get the ROWTIME now_ms, or the one before when the clock went back. */
void sql_engine_begin(struct sql_engine *engine, int64_t now_ms);

/* The arena of the batch, for the values of rows that are put in. */
struct arena *sql_engine_arena(struct sql_engine *engine);

/* Adds a row to a source stream; its values fit the columns' types already. */
void sql_engine_add(struct sql_engine *engine, struct sql_relation *input, const struct value *values, const struct sql_origin *origin);

/* Adds a row to error_stream, for a record that did not become a row. data is what could not be read. */
void sql_engine_add_error(struct sql_engine *engine, const char *name, const char *message, const void *data, size_t size_bytes,
                          const char *pump, uint64_t cause);

/* Takes the batch through all pumps. */
void sql_engine_run(struct sql_engine *engine);

/* The rows that a relation has in this batch. */
const struct sql_rows *sql_engine_rows(const struct sql_engine *engine, const struct sql_relation *relation);

/* Ends the batch: its rows and values are gone. */
void sql_engine_end(struct sql_engine *engine);

int64_t sql_engine_rowtime(const struct sql_engine *engine);

void sql_engine_close(struct sql_engine *engine);
