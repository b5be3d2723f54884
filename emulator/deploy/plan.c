#include "deploy/plan.h"

#include "base/buffer.h"
#include "deploy/intrinsics.h"
#include "deploy/types.h"

#include <string.h>

/* ---- what a resource needs ---- */

struct search {
    struct template *template;
    struct scope *scope;
    struct resource *resource; /* whose needs are looked for */
};

static void need(struct search *search, const struct resource *other)
{
    struct resource *resource = search->resource;

    for (size_t i = 0; i < resource->need_count; i++)
        if (resource->needs[i] == other->place)
            return;
    if (resource->need_count == resource->need_capacity) {
        size_t capacity = resource->need_capacity ? resource->need_capacity * 2 : 4;
        size_t *needs = arena_take(search->scope->arena, capacity * sizeof *needs);

        if (resource->need_count)
            memcpy(needs, resource->needs, resource->need_count * sizeof *needs);
        resource->needs = needs;
        resource->need_capacity = capacity;
    }
    resource->needs[resource->need_count++] = other->place;
}

/* A name in the template: of a resource that is made, or of something else (a parameter, or nothing: evaluation will say so). */
static void need_name(struct search *search, const char *name)
{
    struct resource *other = template_find(search->template, name);

    if (other && !other->is_dropped && !map_find(&search->scope->parameters, name))
        need(search, other);
}

/* The part before the first dot. */
static void need_dotted(void *context, const char *name)
{
    struct search *search = context;

    need_name(search, arena_copy(search->scope->arena, name, strcspn(name, ".")));
}

static bool walk(struct search *search, const struct node *node, const struct path *path);

static bool walk_fields(struct search *search, const struct node *node, const struct path *path)
{
    for (size_t i = 0; i < node->count; i++) {
        struct path place = { .parent = path, .key = node->fields[i].key, .index = i };

        if (!walk(search, node->fields[i].value, &place))
            return false;
    }
    return true;
}

static bool walk_if(struct search *search, const struct node *argument, const struct path *path)
{
    const char *name = argument->kind == NODE_LIST && argument->count == 3 ? node_name(argument->fields[0].value) : NULL;
    bool holds;

    if (!name)
        return walk_fields(search, argument, path);
    if (!scope_condition_holds(search->scope, name, argument->fields[0].value, path, &holds))
        return false;
    return walk(search, argument->fields[holds ? 1 : 2].value, path);
}

/* A variable of the function's own map is no name of a resource. */
struct sub_names {
    struct search *search;
    const struct node *own;
};

static void need_sub_name(void *context, const char *name)
{
    struct sub_names *names = context;

    if (!node_find(names->own, name))
        need_dotted(names->search, name);
}

static bool walk_sub(struct search *search, const struct node *argument, const struct path *path)
{
    bool is_list = argument->kind == NODE_LIST && argument->count == 2;
    const struct node *text = is_list ? argument->fields[0].value : argument;
    struct sub_names names = { .search = search, .own = is_list ? argument->fields[1].value : NULL };

    if (node_is_scalar(text) && !intrinsic_sub_names(search->scope, text, path, need_sub_name, &names))
        return false;
    return !is_list || walk(search, argument->fields[1].value, path);
}

static bool walk_get_att(struct search *search, const struct node *argument, const struct path *path)
{
    if (node_is_scalar(argument))
        need_dotted(search, argument->text);
    else if (argument->kind == NODE_LIST && argument->count && node_is_scalar(argument->fields[0].value))
        need_name(search, argument->fields[0].value->text);
    return node_is_scalar(argument) || walk_fields(search, argument, path);
}

static bool walk(struct search *search, const struct node *node, const struct path *path)
{
    const char *key = node->kind == NODE_MAP && node->count == 1 ? node->fields[0].key : NULL;
    const struct node *argument = key ? node->fields[0].value : NULL;
    struct path place = { .parent = path, .key = key };

    if (!scope_spend(search->scope, 1, 0, node, path))
        return false;
    if (key && !strcmp(key, "Fn::If"))
        return walk_if(search, argument, &place);
    if (key && !strcmp(key, "Fn::Sub"))
        return walk_sub(search, argument, &place);
    if (key && !strcmp(key, "Fn::GetAtt"))
        return walk_get_att(search, argument, &place);
    if (key && !strcmp(key, "Ref") && node_name(argument))
        return need_name(search, node_name(argument)), true;
    return node->kind == NODE_LIST || node->kind == NODE_MAP ? walk_fields(search, node, path) : true;
}

/* One name of DependsOn; one whose condition does not hold is passed over, as CloudFormation does. */
static bool depend_on(struct search *search, const struct node *name, const struct path *path)
{
    struct resource *other = node_name(name) ? template_find(search->template, node_name(name)) : NULL;

    if (!other) {
        remarks_fail(search->scope->remarks, name->line, path,
                     "Unresolved resource dependencies [%s] in the Resources block of the template",
                     node_name(name) ? node_name(name) : node_kind_name(name));
        return false;
    }
    if (!other->is_dropped)
        need(search, other);
    return true;
}

static bool depend(struct search *search, const struct path *resource_path)
{
    const struct node *names = node_find(search->resource->body, "DependsOn");
    struct path path = { .parent = resource_path, .key = "DependsOn" };

    if (!names || names->kind == NODE_NULL)
        return true;
    if (names->kind != NODE_LIST)
        return depend_on(search, names, &path);
    for (size_t i = 0; i < names->count; i++)
        if (!depend_on(search, names->fields[i].value, &path))
            return false;
    return true;
}

static bool find_needs(struct template *template, struct scope *scope, struct resource *resource)
{
    struct search search = { .template = template, .scope = scope, .resource = resource };
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };
    struct path properties = { .parent = &path, .key = "Properties" };

    return depend(&search, &path) && (!resource->properties || walk(&search, resource->properties, &properties));
}

/* ---- the order ---- */

static bool is_late(const struct resource *resource)
{
    return resource->type && resource->type->turn == TURN_LATE;
}

static bool is_ready(const struct resource *resource, const bool *is_placed)
{
    for (size_t i = 0; i < resource->need_count; i++)
        if (!is_placed[resource->needs[i]])
            return false;
    return true;
}

/* The place of the resource to be made next; template->count when nothing can be. */
static size_t choose(const struct template *template, const bool *is_placed)
{
    size_t late = template->count;

    for (size_t i = 0; i < template->count; i++) {
        const struct resource *resource = template->resources[i];

        if (is_placed[i] || resource->is_dropped || !is_ready(resource, is_placed))
            continue;
        if (!is_late(resource))
            return i;
        if (late == template->count)
            late = i;
    }
    return late;
}

/* A circle: places of resources, each of which needs the next, and the last one the first. */
struct circle {
    size_t *places;
    size_t count;
};

/* From a resource that cannot be made, each step goes to one that it needs and that cannot be made either: the steps must come to a place
 * again, and from there on they are a circle. */
static struct circle find_circle(const struct template *template, struct arena *arena, const bool *is_placed)
{
    size_t *steps = arena_take(arena, (template->count + 1) * sizeof *steps);
    bool *is_met = arena_take(arena, template->count * sizeof *is_met);
    size_t length = 0;
    size_t start = 0;
    size_t at = 0;

    while (is_placed[at] || template->resources[at]->is_dropped)
        at++;
    while (!is_met[at]) {
        const struct resource *resource = template->resources[at];
        size_t next = 0;

        is_met[at] = true;
        steps[length++] = at;
        while (is_placed[resource->needs[next]])
            next++;
        at = resource->needs[next];
    }
    while (steps[start] != at)
        start++;
    return (struct circle){ .places = steps + start, .count = length - start };
}

/* The circle's resource that stands first in the template. */
static size_t first_of(const struct circle *circle)
{
    size_t first = 0;

    for (size_t i = 1; i < circle->count; i++)
        if (circle->places[i] < circle->places[first])
            first = i;
    return first;
}

static void report_circle(const struct template *template, struct scope *scope, const struct circle *circle)
{
    size_t first = first_of(circle);
    const struct resource *head = template->resources[circle->places[first]];
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = head->id };
    struct buffer names = { 0 };
    struct buffer arrows = { 0 };

    for (size_t i = 0; i < circle->count; i++) {
        const char *id = template->resources[circle->places[(first + i) % circle->count]]->id;

        buffer_print(&names, i ? ", %s" : "%s", id);
        buffer_print(&arrows, "%s -> ", id);
    }
    remarks_fail(scope->remarks, head->line, &path, "Circular dependency between resources: [%s]; take out one of the references %s%s",
                 names.data, arrows.data, head->id);
    buffer_clear(&names);
    buffer_clear(&arrows);
}

static bool drop(struct template *template, struct scope *scope)
{
    for (size_t i = 0; i < template->count; i++) {
        struct resource *resource = template->resources[i];
        struct path section = { .key = "Resources" };
        struct path path = { .parent = &section, .key = resource->id };
        const struct node *at = node_find(resource->body, "Condition");
        bool holds = true;

        if (resource->condition && !scope_condition_holds(scope, resource->condition, at, &path, &holds))
            return false;
        resource->is_dropped = !holds;
    }
    return true;
}

static size_t count_made(const struct template *template)
{
    size_t count = 0;

    for (size_t i = 0; i < template->count; i++)
        count += !template->resources[i]->is_dropped;
    return count;
}

bool plan_make(struct template *template, struct scope *scope, struct resource ***order, size_t *count)
{
    bool *is_placed = arena_take(scope->arena, template->count * sizeof *is_placed);
    size_t placed = 0;

    if (!drop(template, scope))
        return false;
    for (size_t i = 0; i < template->count; i++)
        if (!template->resources[i]->is_dropped && !find_needs(template, scope, template->resources[i]))
            return false;
    *count = count_made(template);
    *order = arena_take(scope->arena, (*count + 1) * sizeof **order);
    while (placed < *count) {
        size_t next = choose(template, is_placed);

        if (next == template->count) {
            struct circle circle = find_circle(template, scope->arena, is_placed);

            report_circle(template, scope, &circle);
            return false;
        }
        is_placed[next] = true;
        (*order)[placed++] = template->resources[next];
    }
    return true;
}
