#pragma once
/* What a select can read: in-application streams and reference tables, with their columns. */

#include "analytics/syntax.h"

enum relation_kind {
    RELATION_STREAM, /* created by the code, or a subquery */
    RELATION_INPUT,  /* a source stream */
    RELATION_ERRORS, /* error_stream */
    RELATION_TABLE   /* reference data */
};

struct sql_relation {
    const char *name;
    enum relation_kind kind;
    struct sql_column *columns;
    size_t column_count;
    const struct sql_column *hidden; /* ROWTIME and its like: readable, but not part of a star; NULL for tables */
    size_t hidden_count;
    bool is_open;  /* nothing is known of it yet: a reference table or an input that is still to be added */
    size_t number; /* among all relations: the engine's index */
};

/* The pseudo-columns, in the order in which rows hold them behind the declared columns. */
enum hidden_column { HIDDEN_ROWTIME, HIDDEN_ARRIVAL, HIDDEN_PARTITION_KEY, HIDDEN_SEQUENCE_NUMBER, HIDDEN_SHARD_ID, HIDDEN_COUNT };
extern const struct sql_column sql_hidden_columns[HIDDEN_COUNT];

/* The columns of error_stream. */
enum error_column {
    ERROR_TIME,
    ERROR_LEVEL,
    ERROR_NAME,
    ERROR_MESSAGE,
    ERROR_DATA_ROWTIME,
    ERROR_DATA_ROW,
    ERROR_PUMP_NAME,
    ERROR_COLUMN_COUNT
};
extern const struct sql_column sql_error_columns[ERROR_COLUMN_COUNT];

/* The column called name, hidden ones behind the declared; -1 when there is none. */
int sql_relation_column(const struct sql_relation *relation, const char *name, bool with_hidden);

/* The column at an index that sql_relation_column answered. */
const struct sql_column *sql_relation_column_at(const struct sql_relation *relation, int index);
