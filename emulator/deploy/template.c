#include "deploy/template.h"

#include "base/text.h"

#include <string.h>

static bool is_alphanumeric(const char *text)
{
    return *text && !text[strspn(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789")];
}

static bool is_one_of(const char *text, const char *const *names)
{
    for (size_t i = 0; names[i]; i++)
        if (!strcmp(names[i], text))
            return true;
    return false;
}

/* The section called name, which must be a map (or nothing). */
static bool take_section(const struct template *template, const char *name, const struct node **section, struct remarks *remarks)
{
    const struct node *value = node_find(template->root, name);
    struct path path = { .key = name };

    *section = NULL;
    if (!value || value->kind == NODE_NULL)
        return true;
    if (value->kind != NODE_MAP) {
        remarks_fail(remarks, value->line, &path, "this section must be a map, not %s", node_kind_name(value));
        return false;
    }
    *section = value;
    return true;
}

static bool check_sections(const struct template *template, struct remarks *remarks)
{
    static const char *const names[] = { "AWSTemplateFormatVersion",
                                         "Conditions",
                                         "Description",
                                         "Globals",
                                         "Hooks",
                                         "Mappings",
                                         "Metadata",
                                         "Outputs",
                                         "Parameters",
                                         "Resources",
                                         "Rules",
                                         "Transform",
                                         NULL };

    if (template->root->kind != NODE_MAP) {
        remarks_fail(remarks, template->root->line, NULL, "a template is a map with a Resources section, not %s",
                     node_kind_name(template->root));
        return false;
    }
    for (size_t i = 0; i < template->root->count; i++) {
        const struct field *field = &template->root->fields[i];

        if (is_one_of(field->key, names))
            continue;
        remarks_fail(remarks, field->line, NULL,
                     "Invalid template property or properties [%s]; the sections are Resources, Parameters, "
                     "Outputs and their like",
                     field->key);
        return false;
    }
    return true;
}

static bool take_transform(struct template *template, const struct node *name, struct remarks *remarks)
{
    struct path path = { .key = "Transform" };

    if (node_is_scalar(name) && !strcmp(name->text, "AWS::Serverless-2016-10-31"))
        template->is_serverless = true;
    else if (!node_is_scalar(name) || strcmp(name->text, "AWS::LanguageExtensions"))
        remarks_warn(remarks, name->line, &path, "the transform %s is not applied", node_is_scalar(name) ? name->text : "here");
    return true;
}

static bool take_transforms(struct template *template, struct remarks *remarks)
{
    const struct node *transform = node_find(template->root, "Transform");

    if (!transform || transform->kind == NODE_NULL)
        return true;
    if (transform->kind != NODE_LIST)
        return take_transform(template, transform, remarks);
    for (size_t i = 0; i < transform->count; i++)
        take_transform(template, transform->fields[i].value, remarks);
    return true;
}

struct resource *template_find(const struct template *template, const char *id)
{
    return map_find(&template->by_id, id);
}

static bool check_body(const char *id, int line, const struct node *body, const struct path *path, struct remarks *remarks)
{
    static const char *const names[] = { "Condition",           "Connectors", "CreationPolicy", "DeletionPolicy", "DependsOn",
                                         "IgnoreGlobals",       "Metadata",   "Properties",     "Type",           "UpdatePolicy",
                                         "UpdateReplacePolicy", NULL };

    if (!is_alphanumeric(id)) {
        remarks_fail(remarks, line, path, "Resource name %s is non alphanumeric; use letters and digits", id);
        return false;
    }
    if (body->kind != NODE_MAP) {
        remarks_fail(remarks, line, path, "a resource is a map with a Type, not %s", node_kind_name(body));
        return false;
    }
    for (size_t i = 0; i < body->count; i++) {
        if (is_one_of(body->fields[i].key, names))
            continue;
        remarks_fail(remarks, body->fields[i].line, path,
                     "Invalid template resource property '%s'; what configures the resource stands "
                     "under Properties",
                     body->fields[i].key);
        return false;
    }
    return true;
}

static bool check_attributes(struct resource *resource, const struct path *path, struct remarks *remarks)
{
    const struct node *properties = node_find(resource->body, "Properties");
    const struct node *condition = node_find(resource->body, "Condition");

    if (!resource->type_name) {
        remarks_fail(remarks, resource->line, path, "Every Resources object must contain a Type member; add one");
        return false;
    }
    if (properties && properties->kind != NODE_MAP && properties->kind != NODE_NULL) {
        remarks_fail(remarks, properties->line, path, "Properties must be a map, not %s", node_kind_name(properties));
        return false;
    }
    if (condition && !node_is_scalar(condition)) {
        remarks_fail(remarks, condition->line, path, "Condition must be the name of a condition, not %s", node_kind_name(condition));
        return false;
    }
    resource->properties = properties && properties->kind == NODE_MAP ? properties : NULL;
    resource->condition = condition ? node_name(condition) : NULL;
    return true;
}

static void append(struct template *template, struct resource *resource)
{
    if (template->count == template->capacity) {
        size_t capacity = template->capacity ? template->capacity * 2 : 16;
        struct resource **resources = arena_take(template->arena, capacity * sizeof *resources);

        if (template->count)
            memcpy(resources, template->resources, template->count * sizeof *resources);
        template->resources = resources;
        template->capacity = capacity;
    }
    resource->place = template->count;
    template->resources[template->count++] = resource;
    map_put(&template->by_id, resource->id, resource);
}

bool template_add(struct template *template, const char *id, int line, const struct node *body, struct remarks *remarks)
{
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = id };
    struct resource *resource = arena_take(template->arena, sizeof *resource);

    if (!check_body(id, line, body, &path, remarks))
        return false;
    if (template_find(template, id)) {
        remarks_fail(remarks, line, &path, "there is a resource of this name already; rename one of them");
        return false;
    }
    if (template->count == TEMPLATE_RESOURCES_MAX) {
        remarks_fail(remarks, line, &path, "Number of resources, %d, is greater than maximum allowed, %d", TEMPLATE_RESOURCES_MAX + 1,
                     TEMPLATE_RESOURCES_MAX);
        return false;
    }
    *resource = (struct resource){ .id = id, .line = line, .body = body, .type_name = node_find_text(body, "Type") };
    if (!check_attributes(resource, &path, remarks))
        return false;
    append(template, resource);
    return true;
}

static bool take_resources(struct template *template, struct remarks *remarks)
{
    const struct node *resources;

    if (!take_section(template, "Resources", &resources, remarks))
        return false;
    if (!resources || !resources->count) {
        remarks_fail(remarks, template->root->line, NULL, "At least one Resources member must be defined; add a resource");
        return false;
    }
    for (size_t i = 0; i < resources->count; i++)
        if (!template_add(template, resources->fields[i].key, resources->fields[i].line, resources->fields[i].value, remarks))
            return false;
    return true;
}

bool template_open(struct template *template, const struct node *root, struct remarks *remarks)
{
    *template = (struct template){ .arena = remarks->arena, .root = root };
    return check_sections(template, remarks) && take_section(template, "Parameters", &template->parameters, remarks) &&
           take_section(template, "Mappings", &template->mappings, remarks) &&
           take_section(template, "Conditions", &template->conditions, remarks) &&
           take_section(template, "Globals", &template->globals, remarks) &&
           take_section(template, "Outputs", &template->outputs, remarks) && take_transforms(template, remarks) &&
           take_resources(template, remarks);
}

void template_clear(struct template *template)
{
    for (size_t i = 0; i < template->count; i++)
        map_clear(&template->resources[i]->attributes);
    map_clear(&template->by_id);
    *template = (struct template){ 0 };
}
