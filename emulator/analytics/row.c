/* Writes rows. */

#include "analytics/row.h"

#include "base/base64.h"

#include <math.h>
#include <string.h>

bool analytics_row_format(const char *text, enum row_format *format)
{
    if (strcmp(text, "JSON") && strcmp(text, "CSV"))
        return false;
    *format = *text == 'J' ? ROW_JSON : ROW_CSV;
    return true;
}

static void add_json_text(struct buffer *text, const struct value *value, const struct sql_type *type)
{
    struct arena arena = { 0 };

    if (value->kind == VALUE_BYTES) {
        char *encoded = arena_take(&arena, base64_encoded_size(value->size_bytes) + 1);

        base64_encode(value->bytes, value->size_bytes, encoded);
        buffer_add_json_string(text, encoded, strlen(encoded));
    } else {
        const char *printed = value_print(value, type, &arena);

        buffer_add_json_string(text, printed, value->kind == VALUE_TEXT ? value->size_bytes : strlen(printed));
    }
    arena_clear(&arena);
}

static void add_json_value(struct buffer *text, const struct value *value, const struct sql_type *type)
{
    char number[32];
    enum sql_family family = sql_type_family(type);

    if (value->kind == VALUE_NULL || (value->kind == VALUE_REAL && !isfinite(value->real)))
        buffer_add_text(text, "null");
    else if (family == FAMILY_BOOLEAN)
        buffer_add_text(text, value->integer ? "true" : "false");
    else if (value->kind == VALUE_INTEGER && (family == FAMILY_NUMERIC || family == FAMILY_ANY))
        buffer_print(text, "%lld", (long long)value->integer);
    else if (value->kind == VALUE_REAL) {
        value_print_real(value->real, number);
        buffer_add_text(text, number);
        if (!strpbrk(number, ".e"))
            buffer_add_text(text, ".0");
    } else
        add_json_text(text, value, type);
}

static void add_json(struct buffer *text, const struct sql_relation *relation, const struct value *values)
{
    for (size_t i = 0; i < relation->column_count; i++) {
        buffer_add_char(text, i ? ',' : '{');
        buffer_add_json_string(text, relation->columns[i].name, strlen(relation->columns[i].name));
        buffer_add_char(text, ':');
        add_json_value(text, &values[i], &relation->columns[i].type);
    }
    buffer_add_char(text, '}');
}

static void add_csv_field(struct buffer *text, const char *field, size_t size)
{
    bool is_quoted = memchr(field, ',', size) || memchr(field, '"', size) || memchr(field, '\n', size) || memchr(field, '\r', size);

    if (!is_quoted) {
        buffer_add(text, field, size);
        return;
    }
    buffer_add_char(text, '"');
    for (size_t i = 0; i < size; i++) {
        if (field[i] == '"')
            buffer_add_char(text, '"');
        buffer_add_char(text, field[i]);
    }
    buffer_add_char(text, '"');
}

static void add_csv(struct buffer *text, const struct sql_relation *relation, const struct value *values)
{
    struct arena arena = { 0 };

    for (size_t i = 0; i < relation->column_count; i++) {
        const char *field = value_print(&values[i], &relation->columns[i].type, &arena);
        bool has_size = values[i].kind == VALUE_TEXT || values[i].kind == VALUE_BYTES;

        if (i)
            buffer_add_char(text, ',');
        if (field)
            add_csv_field(text, field, has_size ? values[i].size_bytes : strlen(field));
    }
    buffer_add_char(text, '\n');
    arena_clear(&arena);
}

void analytics_row_print(struct buffer *text, enum row_format format, const struct sql_relation *relation, const struct value *values)
{
    (format == ROW_JSON ? add_json : add_csv)(text, relation, values);
}
