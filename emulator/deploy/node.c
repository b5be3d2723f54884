#include "deploy/node.h"

#include "base/text.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

struct node *node_new(struct arena *arena, enum node_kind kind, const struct node *at)
{
    struct node *node = arena_take(arena, sizeof *node);

    node->kind = kind;
    node->line = at ? at->line : 0;
    node->column = at ? at->column : 0;
    node->weight = 1;
    node->height = 1;
    return node;
}

struct node *node_text(struct arena *arena, const struct node *at, const char *text)
{
    struct node *node = node_new(arena, NODE_TEXT, at);

    node->text = text;
    return node;
}

struct node *node_boolean(struct arena *arena, const struct node *at, bool value)
{
    struct node *node = node_new(arena, NODE_BOOLEAN, at);

    node->text = value ? "true" : "false";
    return node;
}

struct node *node_moved(struct arena *arena, const struct node *node, const struct node *at)
{
    struct node *moved = arena_take(arena, sizeof *moved);

    *moved = *node;
    moved->line = at->line;
    moved->column = at->column;
    return moved;
}

static void append(struct arena *arena, struct node *node, const char *key, const struct node *value)
{
    if (node->count == node->capacity) {
        size_t capacity = node->capacity ? node->capacity * 2 : 4;
        struct field *fields = arena_take(arena, capacity * sizeof *fields);

        if (node->count)
            memcpy(fields, node->fields, node->count * sizeof *fields);
        node->fields = fields;
        node->capacity = capacity;
    }
    node->fields[node->count++] = (struct field){ .key = key, .line = value->line, .value = value };
    node->weight += value->weight;
    if (node->height <= value->height)
        node->height = value->height + 1;
}

void node_put(struct arena *arena, struct node *map, const char *key, const struct node *value)
{
    append(arena, map, key, value);
}

void node_add(struct arena *arena, struct node *list, const struct node *value)
{
    append(arena, list, NULL, value);
}

struct node *node_call(struct arena *arena, const struct node *at, const char *name, const struct node *value)
{
    struct node *call = node_new(arena, NODE_MAP, at);

    node_put(arena, call, name, value);
    return call;
}

const struct field *node_field(const struct node *node, const char *key)
{
    if (!node || node->kind != NODE_MAP)
        return NULL;
    for (size_t i = 0; i < node->count; i++)
        if (!strcmp(node->fields[i].key, key))
            return &node->fields[i];
    return NULL;
}

const struct node *node_find(const struct node *node, const char *key)
{
    const struct field *field = node_field(node, key);

    return field ? field->value : NULL;
}

bool node_is_scalar(const struct node *node)
{
    return node && (node->kind == NODE_BOOLEAN || node->kind == NODE_NUMBER || node->kind == NODE_TEXT);
}

const char *node_name(const struct node *node)
{
    if (!node_is_scalar(node))
        return NULL;
    return node->written ? node->written : node->text;
}

const char *node_find_text(const struct node *node, const char *key)
{
    const struct node *value = node_find(node, key);

    return node_is_scalar(value) ? value->text : NULL;
}

/* Maps are compared in their order: CloudFormation compares texts, and this must not take time that grows with the square of a map. */
static bool fields_are_same(const struct node *a, const struct node *b)
{
    if (a->count != b->count)
        return false;
    for (size_t i = 0; i < a->count; i++) {
        if (a->kind == NODE_MAP && strcmp(a->fields[i].key, b->fields[i].key))
            return false;
        if (!node_is_same(a->fields[i].value, b->fields[i].value))
            return false;
    }
    return true;
}

/* Scalars are the same when they read the same, as Fn::Equals compares them: "1" and 1 are equal. */
bool node_is_same(const struct node *a, const struct node *b)
{
    if (node_is_scalar(a) && node_is_scalar(b))
        return !strcmp(a->text, b->text);
    if (a->kind != b->kind)
        return false;
    return a->kind == NODE_LIST || a->kind == NODE_MAP ? fields_are_same(a, b) : true;
}

const char *node_kind_name(const struct node *node)
{
    switch (node->kind) {
    case NODE_NOTHING:
        return "AWS::NoValue";
    case NODE_NULL:
        return "null";
    case NODE_BOOLEAN:
        return "a boolean";
    case NODE_NUMBER:
        return "a number";
    case NODE_TEXT:
        return "a text";
    case NODE_LIST:
        return "a list";
    case NODE_MAP:
        return "a map";
    }
    return "nothing";
}

json_t *node_number_to_json(const char *text)
{
    int64_t integer;
    double real;
    char *end;

    if (text_to_int64(text, &integer))
        return json_integer(integer);
    real = strtod(text, &end);
    if (end == text || *end || !isfinite(real))
        return NULL;
    return json_real(real);
}

static json_t *list_to_json(const struct node *node)
{
    json_t *list = json_array();

    for (size_t i = 0; i < node->count; i++)
        if (node->fields[i].value->kind != NODE_NOTHING)
            json_array_append_new(list, node_to_json(node->fields[i].value));
    return list;
}

static json_t *map_to_json(const struct node *node)
{
    json_t *map = json_object();

    for (size_t i = 0; i < node->count; i++)
        if (node->fields[i].value->kind != NODE_NOTHING)
            json_object_set_new(map, node->fields[i].key, node_to_json(node->fields[i].value));
    return map;
}

json_t *node_to_json(const struct node *node)
{
    json_t *number;

    switch (node->kind) {
    case NODE_NOTHING:
    case NODE_NULL:
        return json_null();
    case NODE_BOOLEAN:
        return json_boolean(!strcmp(node->text, "true"));
    case NODE_NUMBER:
        number = node_number_to_json(node->text);
        return number ? number : json_string(node->text);
    case NODE_TEXT:
        return json_string(node->text);
    case NODE_LIST:
        return list_to_json(node);
    case NODE_MAP:
        return map_to_json(node);
    }
    return json_null();
}
