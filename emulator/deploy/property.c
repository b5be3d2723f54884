#include "deploy/property.h"

#include "base/text.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct property *find(const struct property *properties, const char *name)
{
    for (; properties->kind != PROPERTY_END; properties++)
        if (!strcmp(properties->name, name))
            return properties;
    return NULL;
}

/* ---- what is unknown, and what has no effect ---- */

static void check_value(const struct property *property, const struct node *value, const struct path *path, struct remarks *remarks)
{
    if (property->kind == MEMBERS && value->kind == NODE_MAP)
        property_check(property->members, value, path, remarks);
    if ((property->kind != LIST_OF || value->kind != NODE_LIST) && (property->kind != MAP_OF || value->kind != NODE_MAP))
        return;
    for (size_t i = 0; i < value->count; i++) {
        struct path place = { .parent = path, .key = value->fields[i].key, .index = i };

        check_value(property->members, value->fields[i].value, &place, remarks);
    }
}

void property_check(const struct property *properties, const struct node *values, const struct path *path, struct remarks *remarks)
{
    for (size_t i = 0; values && values->kind == NODE_MAP && i < values->count; i++) {
        const struct field *field = &values->fields[i];
        const struct property *property = find(properties, field->key);
        struct path place = { .parent = path, .key = field->key };

        if (!property)
            remarks_warn(remarks, field->line, &place, "unknown property; it is passed over");
        else if (property->fate != IGNORED)
            check_value(property, field->value, &place, remarks);
    }
}

const char *property_ignored(const struct property *properties, const struct node *values, struct arena *arena)
{
    const char *names = NULL;

    for (size_t i = 0; values && i < values->count; i++) {
        const struct property *property = find(properties, values->fields[i].key);

        if (property && property->fate == IGNORED)
            names = names ? arena_print(arena, "%s, %s", names, property->name) : property->name;
    }
    return names;
}

/* ---- the input ---- */

struct conversion {
    enum property_spelling spelling;
    struct remarks *remarks;
};

static json_t *convert(const struct conversion *conversion, const struct property *property, const struct node *value,
                       const struct path *path);

static json_t *refuse(const struct conversion *conversion, const struct node *value, const struct path *path, const char *needed)
{
    if (node_is_scalar(value))
        remarks_fail(conversion->remarks, value->line, path, "%s is needed here, not \"%s\"", needed, value->text);
    else
        remarks_fail(conversion->remarks, value->line, path, "%s is needed here, not %s", needed, node_kind_name(value));
    return NULL;
}

static json_t *convert_number(const struct conversion *conversion, const struct node *value, const struct path *path)
{
    json_t *number = node_is_scalar(value) && value->kind != NODE_BOOLEAN ? node_number_to_json(value->text) : NULL;

    return number ? number : refuse(conversion, value, path, "a number");
}

static json_t *convert_boolean(const struct conversion *conversion, const struct node *value, const struct path *path)
{
    if (node_is_scalar(value) && !strcasecmp(value->text, "true"))
        return json_true();
    if (node_is_scalar(value) && !strcasecmp(value->text, "false"))
        return json_false();
    return refuse(conversion, value, path, "true or false");
}

static json_t *convert_list(const struct conversion *conversion, const struct property *property, const struct node *value,
                            const struct path *path)
{
    json_t *list = value->kind == NODE_LIST ? json_array() : refuse(conversion, value, path, "a list");

    for (size_t i = 0; list && i < value->count; i++) {
        struct path place = { .parent = path, .index = i };
        json_t *element = convert(conversion, property->members, value->fields[i].value, &place);

        if (!element)
            return json_decref(list), NULL;
        json_array_append_new(list, element);
    }
    return list;
}

static json_t *convert_map(const struct conversion *conversion, const struct property *property, const struct node *value,
                           const struct path *path)
{
    json_t *map = value->kind == NODE_MAP ? json_object() : refuse(conversion, value, path, "a map");

    for (size_t i = 0; map && i < value->count; i++) {
        struct path place = { .parent = path, .key = value->fields[i].key };
        json_t *element = convert(conversion, property->members, value->fields[i].value, &place);

        if (!element)
            return json_decref(map), NULL;
        json_object_set_new(map, value->fields[i].key, element);
    }
    return map;
}

static json_t *convert_json_text(const struct node *value)
{
    json_t *json = node_to_json(value);
    char *dump = json_dumps(json, JSON_COMPACT | JSON_ENCODE_ANY);
    json_t *text = json_string(dump ? dump : "");

    free(dump);
    json_decref(json);
    return text;
}

static json_t *convert_members(const struct conversion *conversion, const struct property *members, const struct node *values, int line,
                               const struct path *path);

static json_t *convert(const struct conversion *conversion, const struct property *property, const struct node *value,
                       const struct path *path)
{
    switch (property->kind) {
    case TEXT:
        return node_is_scalar(value) ? json_string(value->text) : refuse(conversion, value, path, "a text");
    case NUMBER:
        return convert_number(conversion, value, path);
    case YES_NO:
        return convert_boolean(conversion, value, path);
    case LIST_OF:
        return convert_list(conversion, property, value, path);
    case MAP_OF:
        return convert_map(conversion, property, value, path);
    case MEMBERS:
        return value->kind == NODE_MAP ? convert_members(conversion, property->members, value, value->line, path)
                                       : refuse(conversion, value, path, "a map");
    case JSON_TEXT:
        return node_is_scalar(value) ? json_string(value->text) : convert_json_text(value);
    case ANYTHING:
    case PROPERTY_END:
        return node_to_json(value);
    }
    return NULL;
}

static void set(const struct conversion *conversion, json_t *object, const struct property *property, json_t *value)
{
    char name[128];

    strncpy(name, property->wire_name ? property->wire_name : property->name, sizeof name - 1);
    name[sizeof name - 1] = '\0';
    if (conversion->spelling == LOWER_FIRST && !property->wire_name)
        name[0] = (char)tolower((unsigned char)name[0]);
    json_object_set_new(object, name, value);
}

static bool check_required(const struct conversion *conversion, const struct property *members, const struct node *values, int line,
                           const struct path *path)
{
    for (; members->kind != PROPERTY_END; members++) {
        const struct node *value = node_find(values, members->name);

        if (!members->required || (value && value->kind != NODE_NULL))
            continue;
        remarks_fail(conversion->remarks, line, path, "Property %s cannot be empty; add it", members->name);
        return false;
    }
    return true;
}

static json_t *convert_members(const struct conversion *conversion, const struct property *members, const struct node *values, int line,
                               const struct path *path)
{
    json_t *object;

    if (!check_required(conversion, members, values, line, path))
        return NULL;
    object = json_object();
    for (size_t i = 0; values && i < values->count; i++) {
        const struct field *field = &values->fields[i];
        const struct property *property = find(members, field->key);
        struct path place = { .parent = path, .key = field->key };
        json_t *value;

        if (!property || property->fate != PASSED || field->value->kind == NODE_NULL)
            continue;
        value = convert(conversion, property, field->value, &place);
        if (!value)
            return json_decref(object), NULL;
        set(conversion, object, property, value);
    }
    return object;
}

json_t *property_input(const struct property *properties, const struct node *values, enum property_spelling spelling, int line,
                       const struct path *path, struct remarks *remarks)
{
    struct conversion conversion = { .spelling = spelling, .remarks = remarks };

    return convert_members(&conversion, properties, values, line, path);
}

json_t *property_tag_map(const struct node *tags)
{
    json_t *map = tags && tags->kind == NODE_LIST ? json_object() : NULL;

    for (size_t i = 0; map && i < tags->count; i++) {
        const char *key = node_find_text(tags->fields[i].value, "Key");
        const char *value = node_find_text(tags->fields[i].value, "Value");

        if (key)
            json_object_set_new(map, key, json_string(value ? value : ""));
    }
    return map;
}
