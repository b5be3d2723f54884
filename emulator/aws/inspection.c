/* Values and paths are printed as the service's own Java prints them. */

#include "aws/inspection.h"

#include "base/text.h"

#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>

enum { PRINT_DEPTH_MAX = 8 };

/* A NUL would end the message: it is shown as a blank. */
static void print_string(struct buffer *text, const json_t *value)
{
    const char *string = json_string_value(value);

    for (size_t i = 0; i < json_string_length(value); i++)
        buffer_add_char(text, string[i] ? string[i] : ' ');
}

static void print_value(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                        int depth);

static void add_name(const struct inspection *inspection, struct buffer *text, const char *name)
{
    size_t start = text->size;

    buffer_add_text(text, name);
    if (!inspection->manners->keeps_case)
        text->data[start] = (char)tolower((unsigned char)text->data[start]);
}

/* As Java prints an object that has no words of its own: its class and a number. Ours comes from what is in it, so that it is the same in
 * every run. */
static void print_identity(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value)
{
    char *inside = json_dumps(value, JSON_COMPACT | JSON_SORT_KEYS);
    uint32_t hash = 2166136261u;

    for (const char *c = inside; c && *c; c++)
        hash = (hash ^ (unsigned char)*c) * 16777619u;
    free(inside);
    buffer_print(text, "%s%s@%" PRIx32, inspection->manners->package ? inspection->manners->package : "", member->class, hash);
}

static void print_json(struct buffer *text, const json_t *value)
{
    char *json = json_dumps(value, JSON_COMPACT);

    buffer_add_text(text, json ? json : "...");
    free(json);
}

/* "Class(member=value, ...)", with all members that the class has. */
static void print_structure(const struct inspection *inspection, struct buffer *text, const struct member *structure, const json_t *value,
                            int depth)
{
    buffer_print(text, "%s(", structure->class);
    for (const struct member *member = structure->members; member && member->name; member++) {
        buffer_add_text(text, member == structure->members ? "" : ", ");
        add_name(inspection, text, member->name);
        buffer_add_char(text, '=');
        print_value(inspection, text, member, json_object_get(value, member->name), depth + 1);
    }
    buffer_add_char(text, ')');
}

static void print_map(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value, int depth)
{
    const struct member *element_rule = member && member->type == MAP ? member->members : NULL;
    const char *gap = "";
    const char *key;
    json_t *element;

    buffer_add_char(text, '{');
    json_object_foreach((json_t *)value, key, element)
    {
        buffer_print(text, "%s%s=", gap, key);
        print_value(inspection, text, element_rule, element, depth + 1);
        gap = ", ";
    }
    buffer_add_char(text, '}');
}

static void print_object(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                         int depth)
{
    if (!member || !member->class)
        print_map(inspection, text, member, value, depth);
    else if (member->is_opaque || inspection->manners->older_type_texts)
        print_identity(inspection, text, member, value);
    else
        print_structure(inspection, text, member, value, depth);
}

static void print_value(const struct inspection *inspection, struct buffer *text, const struct member *member, const json_t *value,
                        int depth)
{
    size_t i;
    json_t *element;

    if (depth > PRINT_DEPTH_MAX) {
        buffer_add_text(text, "...");
    } else if (member && member->shows_json) {
        print_json(text, value);
    } else if (member && member->type == BLOB && json_is_string(value)) {
        size_t length = json_string_length(value);
        size_t size = length / 4 * 3 - (text_ends(json_string_value(value), "==") ? 2 : text_ends(json_string_value(value), "=") ? 1 : 0);

        buffer_print(text, "java.nio.HeapByteBuffer[pos=0 lim=%zu cap=%zu]", size, size);
    } else if (json_is_string(value)) {
        print_string(text, value);
    } else if (json_is_integer(value)) {
        buffer_print(text, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
    } else if (json_is_real(value)) {
        buffer_print(text, "%.15g", json_real_value(value));
    } else if (json_is_boolean(value)) {
        buffer_add_text(text, json_is_true(value) ? "true" : "false");
    } else if (json_is_array(value)) {
        buffer_add_char(text, '[');
        json_array_foreach((json_t *)value, i, element)
        {
            buffer_add_text(text, i ? ", " : "");
            print_value(inspection, text, member ? member->members : NULL, element, depth + 1);
        }
        buffer_add_char(text, ']');
    } else if (json_is_object(value)) {
        print_object(inspection, text, member, value, depth);
    } else {
        buffer_add_text(text, "null");
    }
}

static void print_path(const struct inspection *inspection, const struct step *path, struct buffer *text)
{
    if (path->up) {
        print_path(inspection, path->up, text);
        buffer_add_char(text, '.');
    }
    if (path->is_member)
        add_name(inspection, text, path->name);
    else if (path->name)
        buffer_print(text, "%s.member", path->name);
    else
        buffer_print(text, "%zu.member", path->index);
}

void inspection_add(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value,
                    const char *constraint)
{
    struct buffer *clauses = &inspection->clauses;

    if (inspection->count++ >= CLAUSE_MAX)
        return;
    buffer_add_text(clauses, inspection->count > 1 ? "; Value " : "Value ");
    if (value && !json_is_null(value)) {
        buffer_add_char(clauses, '\'');
        print_value(inspection, clauses, member, value, 0);
        buffer_add_char(clauses, '\'');
    } else {
        buffer_add_text(clauses, "null");
    }
    buffer_add_text(clauses, " at '");
    print_path(inspection, path, clauses);
    buffer_print(clauses, "' failed to satisfy constraint: %s", constraint);
}

const char *inspection_end(struct inspection *inspection)
{
    int shown = inspection->count < CLAUSE_MAX ? inspection->count : CLAUSE_MAX;
    const char *fault = NULL;

    if (shown)
        fault = arena_print(inspection->arena, "%d validation error%s detected: %s", shown, shown > 1 ? "s" : "", inspection->clauses.data);
    buffer_clear(&inspection->clauses);
    return fault;
}
