#include "cloudwatch/query.h"

#include "base/text.h"

#include <stdlib.h>
#include <string.h>
#include <time.h>

enum { DEPTH_MAX = 16, PARAMETERS_MAX = 100000 };

/* One "name=value" of the form, decoded into arena; false at its end. */
static bool next_parameter(const char **at, const char *end, struct arena *arena, char **name, char **value)
{
    const char *stop = *at < end ? memchr(*at, '&', (size_t)(end - *at)) : NULL;
    const char *equals;

    if (*at >= end)
        return false;
    stop = stop ? stop : end;
    equals = memchr(*at, '=', (size_t)(stop - *at));
    *name = text_url_decode(arena, *at, (size_t)((equals ? equals : stop) - *at), true);
    *value = equals ? text_url_decode(arena, equals + 1, (size_t)(stop - equals - 1), true) : arena_text(arena, "");
    *at = stop + 1;
    return true;
}

/* ---- a tree of the names' parts ---- */

static void put(json_t *tree, char *name, const char *value)
{
    char *rest = name;
    int depth = 0;

    for (char *part; (part = strsep(&rest, ".")) && depth < DEPTH_MAX; depth++) {
        json_t *below = json_object_get(tree, part);

        if (!rest) {
            json_object_set_new(tree, part, json_string(value));
            return;
        }
        if (!json_is_object(below)) {
            below = json_object();
            json_object_set_new(tree, part, below);
        }
        tree = below;
    }
}

/* ---- the values that the shape wants ---- */

/* "2026-01-31T12:00:00Z" and the like as seconds; what is none is left alone. */
static json_t *to_time(const char *text)
{
    struct tm parts = { 0 };
    const char *rest = strptime(text, "%Y-%m-%dT%H:%M:%S", &parts);
    double fraction = rest && *rest == '.' ? strtod(rest, (char **)&rest) : 0;

    return rest && (!*rest || text_is(rest, "Z")) ? json_real((double)timegm(&parts) + fraction) : json_string(text);
}

static json_t *to_number(const char *text, bool is_whole)
{
    char *end;
    double number = strtod(text, &end);

    if (end == text || *end || number != number || number > 1.7e308 || number < -1.7e308)
        return json_string(text);
    return is_whole ? json_integer((json_int_t)shape_whole(number)) : json_real(number);
}

static json_t *conform(const struct member *member, const json_t *tree);

static json_t *to_structure(const struct member *members, const json_t *tree)
{
    json_t *structure = json_object();

    for (const struct member *member = members; member->name; member++) {
        const json_t *below = json_object_get(tree, member->name);

        if (below)
            json_object_set_new(structure, member->name, conform(member, below));
    }
    return structure;
}

/* "member.1", "member.2", ...: in their order, up to the first that is missing. */
static json_t *to_list(const struct member *of, const json_t *tree)
{
    const json_t *elements = json_object_get(tree, "member");
    json_t *list = json_array();
    char key[16];

    for (int i = 1;; i++) {
        const json_t *element;

        snprintf(key, sizeof key, "%d", i);
        element = json_object_get(elements, key);
        if (!element)
            return list;
        json_array_append_new(list, conform(of, element));
    }
}

static json_t *conform(const struct member *member, const json_t *tree)
{
    const char *text = json_string_value(tree);

    if (json_is_object(tree))
        return member->type == STRUCTURE ? to_structure(member->members, tree)
               : member->type == LIST    ? to_list(member->members, tree)
                                         : json_deep_copy(tree);
    switch (member->type) {
    case INTEGER:
    case LONG:
        return to_number(text, true);
    case DOUBLE:
        return to_number(text, false);
    case TIMESTAMP:
        return to_time(text);
    case BOOLEAN:
        return text_is(text, "true") ? json_true() : text_is(text, "false") ? json_false() : json_string(text);
    case LIST: /* "Dimensions=": an empty list */
        return *text ? json_string(text) : json_array();
    case SHAPE_END:
    case STRING:
    case BLOB:
    case MAP:
    case STRUCTURE:
    case DOCUMENT:
        break;
    }
    return json_string(text);
}

json_t *query_read(const char *form, size_t size_bytes, const struct member *members, struct arena *arena)
{
    const char *end = form + size_bytes;
    json_t *tree = json_object();
    json_t *input;
    char *name;
    char *value;
    int count = 0;

    while (count++ < PARAMETERS_MAX && next_parameter(&form, end, arena, &name, &value))
        if (text_is_utf8(name, strlen(name)) && text_is_utf8(value, strlen(value)))
            put(tree, name, value);
    input = to_structure(members, tree);
    json_decref(tree);
    return input;
}

const char *query_parameter(const char *form, size_t size_bytes, const char *wanted, struct arena *arena)
{
    const char *end = form + size_bytes;
    char *name;
    char *value;

    while (next_parameter(&form, end, arena, &name, &value))
        if (text_is(name, wanted))
            return value;
    return NULL;
}
