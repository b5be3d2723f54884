/* Intrinsic functions that name a thing: Ref, Fn::GetAtt, Fn::Sub, Fn::FindInMap, Fn::ImportValue. */

#include "deploy/intrinsics.h"

#include "base/buffer.h"
#include "deploy/template.h"

#include <string.h>

static struct resource *find_resource(struct scope *scope, const char *id, const struct node *at, const struct path *path)
{
    struct resource *resource = scope->resources ? map_find(scope->resources, id) : NULL;

    if (resource && !resource->is_dropped)
        return resource;
    if (!scope->resources)
        remarks_fail(scope->remarks, at->line, path,
                     "Unresolved dependencies [%s]. Cannot reference resources in the Conditions block of the template", id);
    else if (resource)
        remarks_fail(scope->remarks, at->line, path,
                     "Unresolved resource dependencies [%s] in the template: its condition %s does not hold; reach it through Fn::If", id,
                     resource->condition);
    else
        remarks_fail(scope->remarks, at->line, path,
                     "Unresolved resource dependencies [%s] in the template; there is no parameter or resource of this name", id);
    return NULL;
}

/* A type that nobody knows is a warning, and so is what the template asks of it: the rest of the template is to run. */
static const struct node *invent(struct scope *scope, const struct resource *resource, const char *attribute, const struct node *at,
                                 const struct path *path)
{
    const char *value = arena_print(scope->arena, "%s.%s", resource->reference ? resource->reference : resource->id, attribute);

    remarks_warn(scope->remarks, at->line, path, "the attribute %s of the unknown type %s is made up: %s", attribute, resource->type_name,
                 value);
    return node_text(scope->arena, at, value);
}

const struct node *intrinsic_resource(struct scope *scope, const char *id, const char *attribute, const struct node *at,
                                      const struct path *path)
{
    struct resource *resource = find_resource(scope, id, at, path);
    const char *value;

    if (!resource)
        return NULL;
    value = attribute ? map_find(&resource->attributes, attribute) : resource->reference;
    if (value)
        return node_text(scope->arena, at, value);
    if (attribute && !resource->type)
        return invent(scope, resource, attribute, at, path);
    if (attribute)
        remarks_fail(scope->remarks, at->line, path, "Requested attribute %s does not exist in schema for %s", attribute,
                     resource->type_name);
    else
        remarks_fail(scope->remarks, at->line, path, "%s is not made yet; name it in DependsOn", id);
    return NULL;
}

/* What Ref gives: a pseudo parameter, a parameter, or a resource. */
static const struct node *refer(struct scope *scope, const char *name, const struct node *at, const struct path *path)
{
    const struct node *value = scope_pseudo(scope, name, at);

    if (!value)
        value = map_find(&scope->parameters, name);
    if (!value)
        return intrinsic_resource(scope, name, NULL, at, path);
    return scope_spend(scope, value->weight, 0, at, path) ? node_moved(scope->arena, value, at) : NULL;
}

const struct node *intrinsic_ref(struct scope *scope, const struct node *argument, const struct path *path)
{
    if (node_name(argument))
        return refer(scope, node_name(argument), argument, path);
    remarks_fail(scope->remarks, argument->line, path, "Ref takes the name of a parameter or a resource, not %s", node_kind_name(argument));
    return NULL;
}

/* "Resource.Attribute.Of.It" is cut at its first dot. */
static const struct node *get_dotted(struct scope *scope, const char *text, const struct node *at, const struct path *path)
{
    const char *dot = strchr(text, '.');

    if (dot && dot != text && dot[1])
        return intrinsic_resource(scope, arena_copy(scope->arena, text, (size_t)(dot - text)), dot + 1, at, path);
    remarks_fail(scope->remarks, at->line, path, "Fn::GetAtt takes Resource.Attribute, not %s", text);
    return NULL;
}

const struct node *intrinsic_get_att(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *id;
    const char *attribute;

    if (node_is_scalar(argument))
        return get_dotted(scope, argument->text, argument, path);
    if (!intrinsic_expects(scope, argument, 2, 2, "[resource, attribute]", path))
        return NULL;
    id = intrinsic_text_of(scope, argument->fields[0].value, path);
    attribute = id ? intrinsic_text_of(scope, intrinsic_element(scope, argument, 1, path), path) : NULL;
    return attribute ? intrinsic_resource(scope, id, attribute, argument, path) : NULL;
}

/* ---- Fn::Sub ---- */

/* The next ${...} in text: NULL when there is none; otherwise where it begins, and name and end (behind the brace). An error gives NULL
 * with is_broken. */
static const char *next_variable(struct scope *scope, const char *text, const struct node *at, const struct path *path, const char **name,
                                 const char **end, bool *is_broken)
{
    static const char allowed[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.:";
    const char *start = strstr(text, "${");
    const char *brace = start ? strchr(start, '}') : NULL;
    size_t length = brace ? (size_t)(brace - start - 2) : 0;

    if (!start)
        return NULL;
    if (brace && length && (start[2] == '!' || strspn(start + 2, allowed) >= length)) {
        *name = arena_copy(scope->arena, start + 2, length);
        *end = brace + 1;
        return scope_spend(scope, 1, length, at, path) ? start : (*is_broken = true, NULL);
    }
    *is_broken = true;
    remarks_fail(scope->remarks, at->line, path,
                 "variable names in Fn::Sub syntax must contain only alphanumeric characters, underscores, periods, and colons; "
                 "write ${!Literal} for a text that is to stay");
    return NULL;
}

bool intrinsic_sub_names(struct scope *scope, const struct node *text, const struct path *path,
                         void (*each)(void *context, const char *name), void *context)
{
    const char *rest = text->text;
    bool is_broken = false;
    const char *name;

    while (next_variable(scope, rest, text, path, &name, &rest, &is_broken))
        if (*name != '!')
            each(context, name);
    return !is_broken;
}

/* What stands for ${name}: a variable of the function's own map, an attribute, or what Ref gives. */
static const char *substitute(struct scope *scope, const char *name, const struct node *variables, const struct node *at,
                              const struct path *path)
{
    const struct node *own = node_find(variables, name);
    const struct node *value;

    if (own)
        return own->text;
    value = strchr(name, '.') ? get_dotted(scope, name, at, path) : refer(scope, name, at, path);
    return intrinsic_text_of(scope, value, path);
}

static bool fill(struct scope *scope, const struct node *text, const struct node *variables, const struct path *path, struct buffer *result)
{
    const char *rest = text->text;
    bool is_broken = false;
    const char *name;
    const char *end;

    for (const char *start; (start = next_variable(scope, rest, text, path, &name, &end, &is_broken)); rest = end) {
        const char *value = *name == '!' ? arena_print(scope->arena, "${%s}", name + 1) : substitute(scope, name, variables, text, path);

        if (!value || !scope_spend(scope, 0, strlen(value), text, path))
            return false;
        buffer_add(result, rest, (size_t)(start - rest));
        buffer_add_text(result, value);
    }
    buffer_add_text(result, rest);
    return !is_broken && scope_spend(scope, 0, result->size, text, path);
}

/* The variables of Fn::Sub's own map, evaluated; each must be a text. */
static const struct node *read_variables(struct scope *scope, const struct node *argument, const struct path *path)
{
    struct path place = { .parent = path, .index = 1 };
    const struct node *variables =
        argument->fields[1].value->kind == NODE_MAP ? scope_evaluate(scope, argument->fields[1].value, &place) : NULL;

    if (!variables || variables->kind != NODE_MAP) {
        remarks_fail(scope->remarks, argument->line, path, "Fn::Sub takes a text, or [text, { Name: value }]");
        return NULL;
    }
    for (size_t i = 0; i < variables->count; i++)
        if (!intrinsic_text_of(scope, variables->fields[i].value, &place))
            return NULL;
    return variables;
}

const struct node *intrinsic_sub(struct scope *scope, const struct node *argument, const struct path *path)
{
    bool is_list = argument->kind == NODE_LIST && argument->count == 2;
    const struct node *text = is_list ? argument->fields[0].value : argument;
    const struct node *variables = NULL;
    const struct node *value = NULL;
    struct buffer result = { 0 };

    if (!node_is_scalar(text)) {
        remarks_fail(scope->remarks, argument->line, path, "Fn::Sub takes a text, or [text, { Name: value }]");
        return NULL;
    }
    if (is_list && !(variables = read_variables(scope, argument, path)))
        return NULL;
    if (fill(scope, text, variables, path, &result))
        value = node_text(scope->arena, argument, arena_copy(scope->arena, result.data, result.size));
    buffer_clear(&result);
    return value;
}

/* ---- Fn::FindInMap ---- */

/* The DefaultValue that AWS::LanguageExtensions allows as a fourth element, or NULL. */
static const struct node *default_of(const struct node *argument)
{
    return argument->count == 4 ? node_find(argument->fields[3].value, "DefaultValue") : NULL;
}

const struct node *intrinsic_find_in_map(struct scope *scope, const struct node *argument, const struct path *path)
{
    const struct node *place = scope->mappings;
    const char *keys[3];

    if (!intrinsic_expects(scope, argument, 3, 4, "[map, top-level key, second-level key]", path))
        return NULL;
    for (size_t i = 0; i < 3; i++) {
        keys[i] = intrinsic_text_of(scope, intrinsic_element(scope, argument, i, path), path);
        if (!keys[i])
            return NULL;
        place = node_find(place, keys[i]);
    }
    if (place)
        return scope_spend(scope, place->weight, 0, argument, path) ? node_moved(scope->arena, place, argument) : NULL;
    if (default_of(argument))
        return scope_evaluate(scope, default_of(argument), path);
    remarks_fail(scope->remarks, argument->line, path, "Unable to get mapping for %s::%s::%s; add it to the Mappings section", keys[0],
                 keys[1], keys[2]);
    return NULL;
}

const struct node *intrinsic_import_value(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *name = scope_evaluate_text(scope, argument, path);

    if (name)
        remarks_fail(scope->remarks, argument->line, path,
                     "No export named %s found: there are no other stacks here; give the value as a parameter", name);
    return NULL;
}
