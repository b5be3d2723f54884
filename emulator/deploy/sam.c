#include "deploy/sam.h"

#include "base/text.h"

#include <string.h>

/* ---- what the expanders build with ---- */

struct node *sam_map(struct sam *sam)
{
    return node_new(sam->arena, NODE_MAP, sam->body);
}

struct node *sam_list(struct sam *sam)
{
    return node_new(sam->arena, NODE_LIST, sam->body);
}

const char *sam_print(struct sam *sam, const char *format, ...)
{
    const char *text;
    va_list list;

    va_start(list, format);
    text = arena_vprint(sam->arena, format, list);
    va_end(list);
    return text;
}

struct node *sam_text(struct sam *sam, const char *format, ...)
{
    const char *text;
    va_list list;

    va_start(list, format);
    text = arena_vprint(sam->arena, format, list);
    va_end(list);
    return node_text(sam->arena, sam->body, text);
}

struct node *sam_ref(struct sam *sam, const char *id)
{
    return node_call(sam->arena, sam->body, "Ref", node_text(sam->arena, sam->body, id));
}

struct node *sam_get_att(struct sam *sam, const char *id, const char *attribute)
{
    struct node *names = sam_list(sam);

    node_add(sam->arena, names, node_text(sam->arena, sam->body, id));
    node_add(sam->arena, names, node_text(sam->arena, sam->body, attribute));
    return node_call(sam->arena, sam->body, "Fn::GetAtt", names);
}

static void put_field(struct arena *arena, struct node *map, const char *key, const struct field *field)
{
    node_put(arena, map, key, field->value);
    map->fields[map->count - 1].line = field->line;
}

void sam_copy_from(struct sam *sam, const struct node *from, struct node *to, const char *name, const char *as)
{
    const struct field *field = node_field(from, name);

    if (field)
        put_field(sam->arena, to, as ? as : name, field);
}

void sam_copy(struct sam *sam, struct node *to, const char *name, const char *as)
{
    sam_copy_from(sam, sam->properties, to, name, as);
}

static void copy_attribute(struct sam *sam, struct node *body, const char *name)
{
    const struct field *field = node_field(sam->body, name);

    if (field)
        put_field(sam->arena, body, name, field);
}

static struct node *new_body(struct sam *sam, const char *type, struct node *properties)
{
    struct node *body = sam_map(sam);

    node_put(sam->arena, body, "Type", node_text(sam->arena, sam->body, type));
    node_put(sam->arena, body, "Properties", properties);
    copy_attribute(sam, body, "Condition");
    return body;
}

bool sam_add(struct sam *sam, const char *id, const char *type, struct node *properties, bool is_main)
{
    struct node *body = new_body(sam, type, properties);

    if (is_main) {
        copy_attribute(sam, body, "DependsOn");
        copy_attribute(sam, body, "Metadata");
        copy_attribute(sam, body, "DeletionPolicy");
        copy_attribute(sam, body, "UpdateReplacePolicy");
    }
    return template_add(sam->template, id, sam->line, body, sam->remarks);
}

bool sam_add_after(struct sam *sam, const char *id, const char *type, struct node *properties, const struct node *depends_on)
{
    struct node *body = new_body(sam, type, properties);

    if (depends_on)
        node_put(sam->arena, body, "DependsOn", depends_on);
    return template_add(sam->template, id, sam->line, body, sam->remarks);
}

void sam_check(struct sam *sam, const struct node *values, const char *const *names, const struct path *path)
{
    for (size_t i = 0; values && values->kind == NODE_MAP && i < values->count; i++) {
        struct path place = { .parent = path, .key = values->fields[i].key };
        size_t j = 0;

        while (names[j] && strcmp(names[j], values->fields[i].key))
            j++;
        if (!names[j])
            remarks_warn(sam->remarks, values->fields[i].line, &place, "unknown property; it is passed over");
    }
}

/* ---- Globals ---- */

/* Maps are merged, lists joined with the global elements first, anything else is the resource's own (SAM's rules for Globals). A function
 * is a value, not a map to be merged. */
static const struct node *merge(struct arena *arena, const struct node *global, const struct node *own)
{
    struct node *merged;

    if (global->kind != own->kind || (own->kind != NODE_MAP && own->kind != NODE_LIST))
        return own;
    if (own->kind == NODE_MAP && own->count == 1 && (text_begins(own->fields[0].key, "Fn::") || text_is(own->fields[0].key, "Ref")))
        return own;
    merged = node_new(arena, own->kind, own);
    for (size_t i = 0; i < global->count; i++) {
        const struct field *field = own->kind == NODE_MAP ? node_field(own, global->fields[i].key) : NULL;

        if (own->kind == NODE_LIST)
            node_add(arena, merged, global->fields[i].value);
        else if (!field)
            put_field(arena, merged, global->fields[i].key, &global->fields[i]);
        else
            put_field(arena, merged, field->key,
                      &(struct field){ .line = field->line, .value = merge(arena, global->fields[i].value, field->value) });
    }
    for (size_t i = 0; i < own->count; i++) {
        if (own->kind == NODE_LIST)
            node_add(arena, merged, own->fields[i].value);
        else if (!node_field(global, own->fields[i].key))
            put_field(arena, merged, own->fields[i].key, &own->fields[i]);
    }
    return merged;
}

static const struct {
    const char *type;
    const char *globals; /* its part of the Globals section */
    bool (*expand)(struct sam *sam);
} expanders[] = {
    { "AWS::Serverless::Function", "Function", sam_expand_function },
    { "AWS::Serverless::SimpleTable", "SimpleTable", sam_expand_table },
    { "AWS::Serverless::WebSocketApi", "WebSocketApi", sam_expand_websocket },
};

static bool check_globals(const struct template *template, struct remarks *remarks)
{
    static const char *const names[] = { "Api",          "CapacityProvider", "Function",     "HttpApi",
                                         "LayerVersion", "SimpleTable",      "StateMachine", "WebSocketApi" };
    struct path path = { .key = "Globals" };

    for (size_t i = 0; template->globals && i < template->globals->count; i++) {
        const struct field *field = &template->globals->fields[i];
        struct path place = { .parent = &path, .key = field->key };
        bool is_known = false;

        for (size_t j = 0; j < sizeof names / sizeof *names; j++)
            is_known |= !strcmp(names[j], field->key);
        if (is_known && (field->value->kind == NODE_MAP || field->value->kind == NODE_NULL))
            continue;
        remarks_fail(remarks, field->line, &place,
                     is_known ? "it must be a map of properties" : "'Globals' section is invalid: it is not supported here");
        return false;
    }
    return true;
}

/* ---- the transform ---- */

static bool expand(struct template *template, struct template *old, struct resource *resource, struct scope *scope, size_t row)
{
    struct sam sam = { .template = template,
                       .scope = scope,
                       .arena = scope->arena,
                       .remarks = scope->remarks,
                       .id = resource->id,
                       .line = resource->line,
                       .body = resource->body };
    const struct node *globals = node_find(old->globals, expanders[row].globals);
    struct node *empty = node_new(scope->arena, NODE_MAP, resource->body);

    sam.section = (struct path){ .key = "Resources" };
    sam.path = (struct path){ .parent = &sam.section, .key = resource->id };
    sam.properties = resource->properties ? resource->properties : empty;
    if (globals && globals->kind == NODE_MAP)
        sam.properties = merge(scope->arena, globals, sam.properties);
    return expanders[row].expand(&sam);
}

/* What lowcloud cannot make of it is told, and the resource stays as one that is not enforced. */
static bool keep(struct template *template, const struct resource *resource, struct scope *scope)
{
    return template_add(template, resource->id, resource->line, resource->body, scope->remarks);
}

static bool expand_or_keep(struct template *template, struct template *old, struct resource *resource, struct scope *scope)
{
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };

    if (!text_begins(resource->type_name, "AWS::Serverless::"))
        return keep(template, resource, scope);
    if (!old->is_serverless) {
        remarks_fail(scope->remarks, resource->line, &path, "%s needs the SAM transform; add Transform: AWS::Serverless-2016-10-31",
                     resource->type_name);
        return false;
    }
    for (size_t i = 0; i < sizeof expanders / sizeof *expanders; i++)
        if (!strcmp(expanders[i].type, resource->type_name))
            return expand(template, old, resource, scope, i);
    return keep(template, resource, scope);
}

bool sam_expand(struct template *template, struct scope *scope)
{
    struct template expanded = *template;

    if (!check_globals(template, scope->remarks))
        return false;
    expanded.resources = NULL;
    expanded.count = 0;
    expanded.capacity = 0;
    expanded.by_id = (struct map){ 0 };
    for (size_t i = 0; i < template->count; i++) {
        if (expand_or_keep(&expanded, template, template->resources[i], scope))
            continue;
        template_clear(&expanded);
        return false;
    }
    template_clear(template);
    *template = expanded;
    return true;
}
