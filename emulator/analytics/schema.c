/* A SourceSchema is read once; readings of records follow it. */

#include "analytics/schema.h"

#include "analytics/parser.h"
#include "analytics/path.h"
#include "analytics/reading.h"

#include <string.h>

/* Delimiters are often written as two characters, a backslash and a letter. */
static const char *delimiter(const json_t *mapping, const char *name, const char *fallback, struct arena *arena)
{
    const char *text = json_string_value(json_object_get(mapping, name));
    char *plain = arena_text(arena, text && *text ? text : fallback);
    char *to = plain;

    for (const char *from = plain; *from; from++) {
        const char *escape = from[0] == '\\' && from[1] ? strchr("nrt", from[1]) : NULL;

        *to++ = escape ? "\n\r\t"[escape - "nrt"] : *from;
        from += escape != NULL;
    }
    *to = '\0';
    return plain;
}

static enum status open_column(struct analytics_schema *schema, size_t i, const json_t *column, struct arena *arena, const char **message)
{
    const char *name = json_string_value(json_object_get(column, "Name"));
    const char *type = json_string_value(json_object_get(column, "SqlType"));
    const char *mapping = json_string_value(json_object_get(column, "Mapping"));

    schema->columns[i].name = arena_text(arena, name ? name : "");
    if (!name || !*name || !type || !sql_parse_type(type, &schema->columns[i].type)) {
        *message = arena_print(arena, "Column '%.64s' has the SQL type '%.64s', which is not known", name ? name : "", type ? type : "");
        return INVALID;
    }
    for (size_t j = 0; j < i; j++)
        if (!strcmp(schema->columns[j].name, name)) {
            *message = arena_print(arena, "Column '%.64s' is declared twice", name);
            return INVALID;
        }
    if (schema->format == ROW_CSV)
        return OK;
    schema->paths[i] = analytics_path_open(mapping && *mapping ? mapping : arena_print(arena, "$.%s", name), arena);
    if (!schema->paths[i]) {
        *message = arena_print(arena, "The mapping '%.64s' of column '%.64s' is not a JSONPath that can be followed",
                               mapping ? mapping : name, name);
        return INVALID;
    }
    return OK;
}

static enum status find_flattened(struct analytics_schema *schema, struct arena *arena, const char **message)
{
    for (size_t i = 0; schema->format == ROW_JSON && i < schema->column_count; i++) {
        schema->takes_array |= schema->paths[i]->count && schema->paths[i]->steps[0].kind != STEP_KEY;
        if (!analytics_path_flattens(schema->paths[i]))
            continue;
        if (schema->flattened && !analytics_path_shares_array(schema->flattened, schema->paths[i])) {
            *message = arena_print(arena, "Column '%.64s' maps a second array: only one can be flattened", schema->columns[i].name);
            return INVALID;
        }
        schema->flattened = schema->paths[i];
    }
    return OK;
}

static enum status open_format(struct analytics_schema *schema, const json_t *format, struct arena *arena, const char **message)
{
    const json_t *parameters = json_object_get(format, "MappingParameters");
    const char *type = json_string_value(json_object_get(format, "RecordFormatType"));
    const char *row_path = json_string_value(json_object_get(json_object_get(parameters, "JSONMappingParameters"), "RecordRowPath"));
    const json_t *csv = json_object_get(parameters, "CSVMappingParameters");

    if (!type || !analytics_row_format(type, &schema->format)) {
        *message = "RecordFormatType is neither JSON nor CSV";
        return INVALID;
    }
    schema->row_delimiter = delimiter(csv, "RecordRowDelimiter", "\n", arena);
    schema->column_delimiter = delimiter(csv, "RecordColumnDelimiter", ",", arena);
    schema->row_path = analytics_path_open(row_path ? row_path : "$", arena);
    if (schema->row_path && !analytics_path_flattens(schema->row_path))
        return OK;
    *message = arena_print(arena, "The RecordRowPath '%.64s' is not a JSONPath that can be followed", row_path ? row_path : "");
    return INVALID;
}

enum status analytics_schema_open(struct analytics_schema *schema, const json_t *source_schema, struct arena *arena, const char **message)
{
    const json_t *columns = json_object_get(source_schema, "RecordColumns");
    enum status status;

    *schema = (struct analytics_schema){ .column_count = json_array_size(columns) };
    if (!schema->column_count || schema->column_count > SQL_COLUMNS_MAX) {
        *message = "A schema has from 1 to 1000 columns";
        return INVALID;
    }
    status = open_format(schema, json_object_get(source_schema, "RecordFormat"), arena, message);
    schema->columns = arena_take(arena, schema->column_count * sizeof *schema->columns);
    schema->paths = arena_take(arena, schema->column_count * sizeof(struct analytics_path *));
    for (size_t i = 0; i < schema->column_count && status == OK; i++)
        status = open_column(schema, i, json_array_get(columns, i), arena, message);
    return status == OK ? find_flattened(schema, arena, message) : status;
}

void analytics_schema_read(const struct analytics_schema *schema, const void *data, size_t size_bytes,
                           const struct analytics_schema_reader *reader)
{
    struct analytics_reading reading = { .schema = schema, .reader = reader, .document = data, .document_size = size_bytes };

    (schema->format == ROW_JSON ? analytics_reading_json : analytics_reading_csv)(&reading, data, size_bytes);
}
