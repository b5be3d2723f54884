/* Rows and faults. */

#include "analytics/reading.h"

void analytics_reading_fault(const struct analytics_reading *reading, const char *message)
{
    reading->reader->fault(reading->reader->context, message, reading->document, reading->document_size);
}

bool analytics_reading_has_room(struct analytics_reading *reading)
{
    if (!reading->is_full && ++reading->row_count <= reading->reader->rows_max &&
        reading->reader->arena->used_bytes < reading->reader->bytes_max)
        return true;
    if (!reading->is_full)
        analytics_reading_fault(reading, "The record has too many rows");
    reading->is_full = true;
    return false;
}

void analytics_reading_row(struct analytics_reading *reading, analytics_column_value *read, void *context)
{
    const struct analytics_schema *schema = reading->schema;
    struct arena *arena = reading->reader->arena;
    struct value *values = arena_take(arena, schema->column_count * sizeof *values);

    for (size_t i = 0; i < schema->column_count; i++) {
        misfit why = read(context, reading, i, &values[i]);

        if (why) {
            analytics_reading_fault(reading, arena_print(arena, "Column %.64s: %s", schema->columns[i].name, why));
            return;
        }
    }
    reading->reader->row(reading->reader->context, values);
}
