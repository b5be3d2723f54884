/* Fuzzes schemas and records: the first line is a path and a type parted by a space, the rest a record, read as JSON and as CSV. */

#include "analytics/schema.h"
#include "base/memory.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void add_row(void *context, const struct value *values)
{
    struct sql_column column = { "A", *(struct sql_type *)context };
    struct sql_relation relation = { .columns = &column, .column_count = 1 };
    struct buffer text = { 0 };

    analytics_row_print(&text, ROW_JSON, &relation, values);
    analytics_row_print(&text, ROW_CSV, &relation, values);
    buffer_clear(&text);
}

static void add_fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    (void)context;
    (void)message;
    (void)data;
    (void)size_bytes;
}

static void read_as(const char *format, const char *path, const char *type, const char *record, size_t size)
{
    json_t *source = json_pack("{s:{s:s}, s:[{s:s, s:s, s:s}]}", "RecordFormat", "RecordFormatType", format, "RecordColumns", "Name", "A",
                               "SqlType", type, "Mapping", path);
    struct analytics_schema schema;
    struct arena arena = { 0 };
    const char *message;

    if (source && analytics_schema_open(&schema, source, &arena, &message) == OK) {
        struct analytics_schema_reader reader = { &arena, 100, 1 << 20, add_row, add_fault, &schema.columns[0].type };

        analytics_schema_read(&schema, record, size, &reader);
    }
    json_decref(source);
    arena_clear(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const uint8_t *line = memchr(data, '\n', size);
    char *head = memory_copy(data, line ? (size_t)(line - data) : 0);
    char *space = strchr(head, ' ');
    char *record = memory_copy(line ? line : data, line ? size - (size_t)(line - data) : size);
    size_t record_size = line ? size - (size_t)(line - data) : size;

    if (space)
        *space = '\0';
    read_as("JSON", head, space ? space + 1 : "VARCHAR(8)", record, record_size);
    read_as("CSV", head, space ? space + 1 : "VARCHAR(8)", record, record_size);
    free(head);
    free(record);
    return 0;
}
