#include "dynamodb/projection.h"

#include <stdlib.h>

static bool is_same_part(const struct path_part *a, const struct path_part *b)
{
    if (!a->name.data != !b->name.data)
        return false;
    return a->name.data ? bytes_are(a->name, b->name) : a->index == b->index;
}

static struct projection_node *find_child(const struct projection_node *node, const struct path_part *part)
{
    struct projection_node *child = node->children;

    while (child && !is_same_part(&child->part, part))
        child = child->next;
    return child;
}

static struct projection_node *add_child(struct projection_node *node, const struct path_part *part, const struct path *path,
                                         struct arena *arena)
{
    struct projection_node *child = arena_take(arena, sizeof *child);

    child->part = *part;
    child->first = path;
    if (node->last)
        node->last->next = child;
    else
        node->children = child;
    node->last = child;
    return child;
}

static void complain(struct expression *expression, enum complaint complaint, const struct path *one, const struct path *two)
{
    expression_complain(expression, complaint,
                        "Two document paths %s with each other; must remove or rewrite one of these paths; path one: %s, path two: %s",
                        complaint == COMPLAINT_OVERLAP ? "overlap" : "conflict", path_print(one, expression->arena),
                        path_print(two, expression->arena));
}

void projection_add(struct projection *projection, const struct path *path, struct expression *expression)
{
    struct projection_node *node = &projection->root;

    for (size_t i = 0; i < path->count; i++) {
        const struct path_part *part = &path->parts[i];
        struct projection_node *child = find_child(node, part);

        if (node->is_leaf) {
            complain(expression, COMPLAINT_OVERLAP, node->first, path);
            return;
        }
        if (!child && node->children && !node->children->part.name.data != !part->name.data)
            complain(expression, COMPLAINT_CONFLICT, node->children->first, path);
        node = child ? child : add_child(node, part, path, expression->arena);
    }
    if (node->first != path)
        complain(expression, COMPLAINT_OVERLAP, node->first, path);
    node->is_leaf = true;
}

void projection_add_name(struct projection *projection, struct bytes name, struct arena *arena)
{
    struct path_part part = { .name = name };

    add_child(&projection->root, &part, NULL, arena)->is_leaf = true;
}

static bool parse_paths(struct projection *projection, struct expression *expression)
{
    for (;;) {
        struct path *path = arena_take(expression->arena, sizeof *path);

        if (!expression_parse_path(expression, path))
            return false;
        projection_add(projection, path, expression);
        if (expression->lexer.current.kind == TOKEN_END)
            return true;
        if (!expression_expect(expression, TOKEN_COMMA))
            return false;
    }
}

bool projection_parse(struct projection *projection, struct bytes text, struct aliases *aliases, struct fault *fault)
{
    struct expression expression;

    if (!expression_open(&expression, "ProjectionExpression", text, aliases, fault))
        return false;
    parse_paths(projection, &expression);
    return expression_close(&expression);
}

/* ---- applying ---- */

static bool apply(const struct projection_node *node, const struct value *value, struct arena *arena, struct value *result);

static uint32_t count_children(const struct projection_node *node)
{
    uint32_t count = 0;

    for (const struct projection_node *child = node->children; child; child = child->next)
        count++;
    return count;
}

static bool apply_map(const struct projection_node *node, const struct value *map, struct arena *arena, struct value *result)
{
    *result = (struct value){ .type = VALUE_M };
    result->attributes = arena_take(arena, count_children(node) * sizeof *result->attributes);
    for (const struct projection_node *child = node->children; child; child = child->next) {
        const struct value *value = child->part.name.data ? value_find(map, child->part.name) : NULL;
        struct attribute *attribute = &result->attributes[result->count];

        if (value && apply(child, value, arena, &attribute->value)) {
            attribute->name = child->part.name;
            result->count++;
        }
    }
    value_sort_map(result);
    return result->count > 0;
}

static int compare_indexes(const void *a, const void *b)
{
    size_t left = (*(struct projection_node *const *)a)->part.index;
    size_t right = (*(struct projection_node *const *)b)->part.index;

    return left < right ? -1 : left > right;
}

static bool apply_list(const struct projection_node *node, const struct value *list, struct arena *arena, struct value *result)
{
    uint32_t count = 0;
    const struct projection_node **sorted = arena_take(arena, count_children(node) * sizeof(struct projection_node *));

    for (const struct projection_node *child = node->children; child; child = child->next)
        if (!child->part.name.data && child->part.index < list->count)
            sorted[count++] = child;
    qsort(sorted, count, sizeof(struct projection_node *), compare_indexes);
    *result = (struct value){ .type = VALUE_L };
    result->items = arena_take(arena, count * sizeof *result->items);
    for (uint32_t i = 0; i < count; i++)
        result->count += apply(sorted[i], &list->items[sorted[i]->part.index], arena, &result->items[result->count]);
    return result->count > 0;
}

/* As deep as a path is long: 32 at most, because deeper paths are refused. */
static bool apply(const struct projection_node *node, const struct value *value, struct arena *arena, struct value *result)
{
    if (node->is_leaf) {
        *result = *value;
        return true;
    }
    if (value->type == VALUE_M)
        return apply_map(node, value, arena, result);
    return value->type == VALUE_L && apply_list(node, value, arena, result);
}

struct value projection_apply(const struct projection *projection, const struct value *item, struct arena *arena)
{
    struct value result;

    apply_map(&projection->root, item, arena, &result);
    return result;
}
