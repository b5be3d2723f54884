/* CSV: lines of fields, with quotes around those that need them. */

#include "analytics/reading.h"
#include "base/text.h"

#include <string.h>

struct line {
    const char *at; /* NULL behind the last field */
    const char *end;
    struct arena *arena;
};

static bool begins(const char *at, const char *end, const char *what)
{
    size_t length = strlen(what);

    return (size_t)(end - at) >= length && !memcmp(at, what, length);
}

/* The quoted field at the line's place, which is behind its opening quote; "" stands for one quote. */
static const char *quoted_field(struct line *line, size_t *size)
{
    const char *end = line->at;
    char *field;

    while (end < line->end && (*end != '"' || (end + 1 < line->end && end[1] == '"')))
        end += *end == '"' ? 2 : 1;
    field = arena_take(line->arena, (size_t)(end - line->at) + 1);
    *size = 0;
    for (const char *at = line->at; at < end; at++) {
        field[(*size)++] = *at;
        at += *at == '"';
    }
    line->at = end < line->end ? end + 1 : end;
    return field;
}

/* The next field; the place moves behind its delimiter, or to NULL behind the last one. */
static const char *next_field(struct line *line, const char *column_delimiter, size_t *size)
{
    const char *field = line->at;

    if (line->at < line->end && *line->at == '"') {
        line->at++;
        field = quoted_field(line, size);
    } else {
        while (line->at < line->end && !begins(line->at, line->end, column_delimiter))
            line->at++;
        *size = (size_t)(line->at - field);
    }
    while (line->at < line->end && !begins(line->at, line->end, column_delimiter))
        line->at++; /* what stands between a closing quote and the delimiter */
    line->at = line->at < line->end ? line->at + strlen(column_delimiter) : NULL;
    return field;
}

static misfit read_field(void *context, const struct analytics_reading *reading, size_t index, struct value *value)
{
    struct line *line = context;
    const struct sql_type *type = &reading->schema->columns[index].type;
    size_t size = 0;
    const char *field;

    *value = (struct value){ 0 };
    if (!line->at)
        return NULL; /* the line is short: NULL */
    field = next_field(line, reading->schema->column_delimiter, &size);
    if (!size && sql_type_family(type) != FAMILY_CHARACTER)
        return NULL;
    return value_from_text(field, size, type, line->arena, value);
}

static void read_line(struct analytics_reading *reading, const char *text, size_t size)
{
    reading->document = text;
    reading->document_size = size;
    if (text_is_utf8(text, size))
        analytics_reading_row(reading, read_field, &(struct line){ text, text + size, reading->reader->arena });
    else
        analytics_reading_fault(reading, "The record is not UTF-8 text");
}

/* Bytes up to the row delimiter; one inside quotes belongs to its field. */
static size_t line_length(const char *text, const char *end, const char *row_delimiter)
{
    const char *at = text;
    bool is_inside = false;

    for (; at < end && (is_inside || !begins(at, end, row_delimiter)); at++)
        is_inside ^= *at == '"';
    return (size_t)(at - text);
}

void analytics_reading_csv(struct analytics_reading *reading, const char *text, size_t size)
{
    const char *end = text + size;
    const char *row_delimiter = reading->schema->row_delimiter;

    while (text < end) {
        size_t length = line_length(text, end, row_delimiter);
        size_t content = length && text[length - 1] == '\r' ? length - 1 : length;

        if (content && !analytics_reading_has_room(reading))
            return;
        if (content)
            read_line(reading, text, content);
        text += length;
        text += text < end ? strlen(row_delimiter) : 0;
    }
}
