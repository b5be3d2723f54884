#pragma once
/* One reading of a record, whatever its format: rows are counted, and told with their values, or with what is wrong with them. */

#include "analytics/schema.h"

struct analytics_reading {
    const struct analytics_schema *schema;
    const struct analytics_schema_reader *reader;
    const char *document; /* the piece at hand, for faults */
    size_t document_size;
    size_t row_count;
    bool is_full;
};

/* The value of the column at index: what is missing is NULL; a misfit makes the row a fault. */
typedef misfit analytics_column_value(void *context, const struct analytics_reading *reading, size_t index, struct value *value);

/* Tells the reader that the piece at hand did not become a row. */
void analytics_reading_fault(const struct analytics_reading *reading, const char *message);

/* Counts one more row; false, with one fault, when there are too many. */
bool analytics_reading_has_room(struct analytics_reading *reading);

/* Makes a row of the piece at hand, column by column. */
void analytics_reading_row(struct analytics_reading *reading, analytics_column_value *read, void *context);

/* The formats: rows of size bytes of text. */
void analytics_reading_json(struct analytics_reading *reading, const char *text, size_t size);
void analytics_reading_csv(struct analytics_reading *reading, const char *text, size_t size);
