/* JSON documents, of which several may follow each other, and their values. */

#include "analytics/path.h"
#include "analytics/reading.h"
#include "base/json.h"

#include <ctype.h>
#include <math.h>
#include <stdlib.h>

/* ---- values ---- */

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

/* ---- documents ---- */

struct place {
    const json_t *row;
    const json_t *element; /* of the flattened array; NULL: there is none */
};

static misfit read_column(void *context, const struct analytics_reading *reading, size_t index, struct value *value)
{
    const struct place *place = context;
    const struct analytics_schema *schema = reading->schema;

    return from_json(analytics_path_value(schema->paths[index], place->row, place->element), &schema->columns[index].type,
                     reading->reader->arena, value);
}

static void read_row(struct analytics_reading *reading, const json_t *row, const json_t *element)
{
    analytics_reading_row(reading, read_column, &(struct place){ row, element });
}

/* One object: one row, or one for each element of the flattened array; an empty array gives one row with NULLs in its place. */
static void read_object(struct analytics_reading *reading, const json_t *object)
{
    const struct analytics_path *flattened = reading->schema->flattened;
    const json_t *list = flattened ? analytics_path_follow(flattened, 0, flattened->all, object) : NULL;

    if (!json_is_object(object) && !json_is_array(object)) {
        analytics_reading_fault(reading, "There is no object at the RecordRowPath");
        return;
    }
    if (!json_array_size(list) && analytics_reading_has_room(reading))
        read_row(reading, object, NULL);
    for (size_t i = 0; i < json_array_size(list) && analytics_reading_has_room(reading); i++)
        read_row(reading, object, json_array_get(list, i));
}

/* The object at the row path, or each element of the array there. */
static void read_document(struct analytics_reading *reading, const json_t *document)
{
    const struct analytics_path *path = reading->schema->row_path;
    const json_t *root = analytics_path_follow(path, 0, path->all, document);

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

void analytics_reading_json(struct analytics_reading *reading, const char *text, size_t size)
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
            analytics_reading_fault(reading, arena_print(reading->reader->arena, "The record is not JSON: %s", why.text));
        json_decref(document);
        text += used;
        size -= used;
    }
}
