#pragma once
/* How records become rows: AWS's SourceSchema. JSON documents (several may follow each other in one record) are read by paths, CSV lines by
 * position; each value is converted to its column's type by AWS's rules, and a row with a value that cannot be is refused as a whole. */

#include "analytics/row.h"
#include "base/status.h"

#include <jansson.h>

struct analytics_path; /* "$.a.b", "$.list[0:]", "$.list[0:].field" */

struct analytics_schema {
    enum row_format format;
    const struct analytics_path *row_path; /* JSON: to the object that is a row, or to an array of them */
    const char *row_delimiter;             /* CSV */
    const char *column_delimiter;
    struct sql_column *columns;
    const struct analytics_path **paths; /* JSON: one for each column, from the row's object */
    size_t column_count;
    const struct analytics_path *flattened; /* JSON: a path through an array whose elements become rows; NULL: none */
    bool takes_array;                       /* JSON: a path begins with a bracket, so a row's object may be an array */
};

/* Reads AWS's SourceSchema (its shape is checked already) into schema, which lives in arena. INVALID: then *message says what is wrong. */
enum status analytics_schema_open(struct analytics_schema *schema, const json_t *source_schema, struct arena *arena, const char **message);

/* Told for each row (values, one for each column, in the reader's arena or in the data), or for each piece that did not become one. The
 * arena may be cleared by `row`, when it keeps nothing. */
struct analytics_schema_reader {
    struct arena *arena;
    size_t rows_max;  /* of one call; what is beyond is a fault */
    size_t bytes_max; /* that the arena may hold */
    void (*row)(void *context, const struct value *values);
    void (*fault)(void *context, const char *message, const void *data, size_t size_bytes);
    void *context;
};

/* Reads the rows of size bytes of data. */
void analytics_schema_read(const struct analytics_schema *schema, const void *data, size_t size_bytes,
                           const struct analytics_schema_reader *reader);
