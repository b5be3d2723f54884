/* Paths, JSON documents, CSV lines. */

#include "analytics/schema.h"

#include "analytics/parser.h"
#include "base/json.h"
#include "base/text.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { PATH_STEPS_MAX = 64 };

enum step_kind { STEP_KEY, STEP_INDEX, STEP_ALL };

struct analytics_path {
    struct path_step {
        enum step_kind kind;
        const char *key;
        size_t index;
    } steps[PATH_STEPS_MAX];
    size_t count;
    size_t all; /* index of the [0:] step; count when there is none */
};

/* ---- paths ---- */

static bool key_step(const char **at, struct path_step *step, struct arena *arena)
{
    size_t length = strcspn(++*at, ".[");

    step->kind = STEP_KEY;
    step->key = arena_copy(arena, *at, length);
    *at += length;
    return length > 0;
}

/* "[0:]" stands for all elements, "[3]" for one. */
static bool bracket_step(const char **at, struct path_step *step)
{
    size_t length = strcspn(*at, "]");
    char digits[8] = "";
    int64_t index;

    if (length >= 3 && !strncmp(*at, "[0:]", 4)) {
        step->kind = STEP_ALL;
        *at += 4;
        return true;
    }
    if (!(*at)[length] || length < 2 || length > 7)
        return false;
    memcpy(digits, *at + 1, length - 1);
    step->kind = STEP_INDEX;
    *at += length + 1;
    if (!isdigit((unsigned char)*digits) || !text_to_int64(digits, &index))
        return false;
    step->index = (size_t)index;
    return true;
}

static struct analytics_path *path_open(const char *text, struct arena *arena)
{
    struct analytics_path *path = arena_take(arena, sizeof *path);

    if (*text++ != '$')
        return NULL;
    path->all = SIZE_MAX;
    while (*text) {
        struct path_step *step = &path->steps[path->count];

        if (path->count == PATH_STEPS_MAX || !(*text == '.' ? key_step(&text, step, arena) : (*text == '[' && bracket_step(&text, step))))
            return NULL;
        if (step->kind == STEP_ALL) {
            if (path->all != SIZE_MAX)
                return NULL; /* one array, one level, as AWS has it */
            path->all = path->count;
        }
        path->count++;
    }
    if (path->all == SIZE_MAX)
        path->all = path->count;
    return path;
}

/* Whether the path goes on behind [0:]: then each element makes a row. */
static bool flattens(const struct analytics_path *path)
{
    return path->all + 1 < path->count;
}

static bool is_same_array(const struct analytics_path *a, const struct analytics_path *b)
{
    if (a->all != b->all)
        return false;
    for (size_t i = 0; i < a->all; i++)
        if (a->steps[i].kind != b->steps[i].kind || a->steps[i].index != b->steps[i].index ||
            (a->steps[i].key && strcmp(a->steps[i].key, b->steps[i].key)))
            return false;
    return true;
}

/* Follows steps first..end-1 from value; NULL when one leads nowhere. */
static const json_t *follow(const struct analytics_path *path, size_t first, size_t end, const json_t *value)
{
    for (size_t i = first; i < end && value; i++) {
        const struct path_step *step = &path->steps[i];

        value = step->kind == STEP_KEY ? json_object_get(value, step->key) : json_array_get(value, step->index);
    }
    return value;
}

/* ---- opening ---- */

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
    schema->paths[i] = path_open(mapping && *mapping ? mapping : arena_print(arena, "$.%s", name), arena);
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
        if (!flattens(schema->paths[i]))
            continue;
        if (schema->flattened && !is_same_array(schema->flattened, schema->paths[i])) {
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
    schema->row_path = path_open(row_path ? row_path : "$", arena);
    if (schema->row_path && !flattens(schema->row_path))
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

/* ---- JSON values ---- */

static misfit from_boolean(bool is_true, const struct sql_type *type, struct arena *arena, struct value *value)
{
    switch (sql_type_family(type)) {
    case FAMILY_BOOLEAN:
        *value = value_integer(is_true);
        return NULL;
    case FAMILY_NUMERIC:
        *value = value_integer(is_true);
        return value_fit(value, type, arena);
    case FAMILY_CHARACTER:
        *value = value_text(is_true ? "true" : "false");
        return value_fit(value, type, arena);
    default:
        return "A boolean cannot become the type of its column";
    }
}

static misfit from_number(const json_t *number, const struct sql_type *type, struct arena *arena, struct value *value)
{
    struct value source = json_is_integer(number) ? value_integer(json_integer_value(number)) : value_real(json_real_value(number));

    *value = source;
    switch (sql_type_family(type)) {
    case FAMILY_BOOLEAN:
        *value = value_integer(json_number_value(number) != 0);
        return NULL;
    case FAMILY_NUMERIC:
        if (sql_type_is_whole(type) && source.kind == VALUE_REAL && source.real != floor(source.real))
            return "A number with a fraction cannot become a whole number";
        return value_fit(value, type, arena);
    case FAMILY_CHARACTER:
        *value = value_text(value_print(&source, &(struct sql_type){ .kind = SQL_DOUBLE }, arena));
        return value_fit(value, type, arena);
    default:
        return "A number cannot become the type of its column";
    }
}

/* Objects and arrays become their text, in text columns alone. */
static misfit from_container(const json_t *container, const struct sql_type *type, struct arena *arena, struct value *value)
{
    char *text;

    if (sql_type_family(type) != FAMILY_CHARACTER)
        return "An object or array can become a text alone";
    text = json_dumps(container, JSON_COMPACT);
    *value = value_text(arena_text(arena, text ? text : ""));
    free(text);
    return value_fit(value, type, arena);
}

static misfit from_json(const json_t *json, const struct sql_type *type, struct arena *arena, struct value *value)
{
    *value = (struct value){ 0 };
    if (!json)
        return NULL; /* what is missing is NULL */
    switch (json_typeof(json)) {
    case JSON_NULL:
        return NULL;
    case JSON_TRUE:
    case JSON_FALSE:
        return from_boolean(json_is_true(json), type, arena, value);
    case JSON_INTEGER:
    case JSON_REAL:
        return from_number(json, type, arena, value);
    case JSON_STRING:
        return value_from_text(arena_copy(arena, json_string_value(json), json_string_length(json)), json_string_length(json), type, arena,
                               value);
    case JSON_OBJECT:
    case JSON_ARRAY:
        return from_container(json, type, arena, value);
    }
    return "Value has no JSON type";
}

/* ---- JSON documents ---- */

struct reading {
    const struct analytics_schema *schema;
    const struct analytics_schema_reader *reader;
    const char *document; /* for faults */
    size_t document_size;
    size_t row_count;
    bool is_full;
};

static void fault(const struct reading *reading, const char *message)
{
    reading->reader->fault(reading->reader->context, message, reading->document, reading->document_size);
}

static bool has_room(struct reading *reading)
{
    if (!reading->is_full && ++reading->row_count <= reading->reader->rows_max &&
        reading->reader->arena->used_bytes < reading->reader->bytes_max)
        return true;
    if (!reading->is_full)
        fault(reading, "The record has too many rows");
    reading->is_full = true;
    return false;
}

/* The value at a column's path. element stands for [0:] when the path goes on behind it; a path that ends there means the whole array. */
static const json_t *find_value(const struct analytics_path *path, const json_t *row, const json_t *element)
{
    const json_t *value;

    if (flattens(path))
        return follow(path, path->all + 1, path->count, element);
    value = follow(path, 0, path->all, row);
    return path->all < path->count && !json_is_array(value) ? NULL : value;
}

static void read_row(struct reading *reading, const json_t *row, const json_t *element)
{
    const struct analytics_schema *schema = reading->schema;
    struct arena *arena = reading->reader->arena;
    struct value *values = arena_take(arena, schema->column_count * sizeof *values);

    for (size_t i = 0; i < schema->column_count; i++) {
        misfit why = from_json(find_value(schema->paths[i], row, element), &schema->columns[i].type, arena, &values[i]);

        if (why) {
            fault(reading, arena_print(arena, "Column %.64s: %s", schema->columns[i].name, why));
            return;
        }
    }
    reading->reader->row(reading->reader->context, values);
}

/* One object: one row, or one for each element of the flattened array; an empty array gives one row with NULLs in its place. */
static void read_object(struct reading *reading, const json_t *object)
{
    const struct analytics_path *flattened = reading->schema->flattened;
    const json_t *list = flattened ? follow(flattened, 0, flattened->all, object) : NULL;

    if (!json_is_object(object) && !json_is_array(object)) {
        fault(reading, "There is no object at the RecordRowPath");
        return;
    }
    if (!json_array_size(list) && has_room(reading))
        read_row(reading, object, NULL);
    for (size_t i = 0; i < json_array_size(list) && has_room(reading); i++)
        read_row(reading, object, json_array_get(list, i));
}

/* The object at the row path, or each element of the array there. */
static void read_document(struct reading *reading, const json_t *document)
{
    const struct analytics_path *path = reading->schema->row_path;
    const json_t *root = follow(path, 0, path->all, document);

    if (path->all == path->count && !(json_is_array(root) && !reading->schema->takes_array)) {
        read_object(reading, root);
        return;
    }
    for (size_t i = 0; i < json_array_size(root) && !reading->is_full; i++)
        read_object(reading, json_array_get(root, i));
}

/* The document at the beginning of text; how many bytes it took goes to used. NULL: there is none, and *why says so. Nearly every record is
 * one document, which base/json reads fastest; jansson's own reader says where a document among several ends. */
static json_t *next_document(const char *text, size_t size, size_t *used, json_error_t *why)
{
    json_t *document = NULL;

    *used = size;
    if ((*text == '{' || *text == '[') && json_read(text, size, &document) == OK)
        return document;
    document = json_loadb(text, size, JSON_DISABLE_EOF_CHECK, why);
    if (document)
        *used = (size_t)why->position;
    return document;
}

static void read_json(struct reading *reading, const char *text, size_t size)
{
    while (size && !reading->is_full) {
        json_error_t why;
        json_t *document;
        size_t used;

        if (isspace((unsigned char)*text)) {
            text++, size--;
            continue;
        }
        document = next_document(text, size, &used, &why);
        reading->document = text;
        reading->document_size = used;
        if (document)
            read_document(reading, document);
        else
            fault(reading, arena_print(reading->reader->arena, "The record is not JSON: %s", why.text));
        json_decref(document);
        text += used;
        size -= used;
    }
}

/* ---- CSV ---- */

struct line {
    const char *at;
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

static misfit read_field(struct line *line, const struct analytics_schema *schema, size_t i, struct value *value)
{
    const struct sql_type *type = &schema->columns[i].type;
    size_t size = 0;
    const char *field;

    *value = (struct value){ 0 };
    if (!line->at)
        return NULL; /* the line is short: NULL */
    field = next_field(line, schema->column_delimiter, &size);
    if (!size && sql_type_family(type) != FAMILY_CHARACTER)
        return NULL;
    return value_from_text(field, size, type, line->arena, value);
}

static void read_line(struct reading *reading, const char *text, size_t size)
{
    const struct analytics_schema *schema = reading->schema;
    struct arena *arena = reading->reader->arena;
    struct line line = { text, text + size, arena };
    struct value *values = arena_take(arena, schema->column_count * sizeof *values);

    reading->document = text;
    reading->document_size = size;
    if (!text_is_utf8(text, size)) {
        fault(reading, "The record is not UTF-8 text");
        return;
    }
    for (size_t i = 0; i < schema->column_count; i++) {
        misfit why = read_field(&line, schema, i, &values[i]);

        if (why) {
            fault(reading, arena_print(arena, "Column %.64s: %s", schema->columns[i].name, why));
            return;
        }
    }
    reading->reader->row(reading->reader->context, values);
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

static void read_csv(struct reading *reading, const char *text, size_t size)
{
    const char *end = text + size;
    const char *delimiter_ = reading->schema->row_delimiter;

    while (text < end) {
        size_t length = line_length(text, end, delimiter_);
        size_t content = length && text[length - 1] == '\r' ? length - 1 : length;

        if (content && !has_room(reading))
            return;
        if (content)
            read_line(reading, text, content);
        text += length;
        text += text < end ? strlen(delimiter_) : 0;
    }
}

void analytics_schema_read(const struct analytics_schema *schema, const void *data, size_t size_bytes,
                           const struct analytics_schema_reader *reader)
{
    struct reading reading = { .schema = schema, .reader = reader, .document = data, .document_size = size_bytes };

    (schema->format == ROW_JSON ? read_json : read_csv)(&reading, data, size_bytes);
}
