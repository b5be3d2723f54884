/* A deployment from beginning to end: read, resolve, expand, plan, make, finish, answer the outputs. */

#include "deploy/deploy.h"

#include "base/log.h"
#include "base/text.h"
#include "deploy/deployment.h"
#include "deploy/document.h"
#include "deploy/parameters.h"
#include "deploy/plan.h"
#include "deploy/sam.h"
#include "deploy/store.h"

#include <libgen.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

/* ---- what is told ---- */

static void tell(struct deployment *deployment)
{
    struct remarks *remarks = &deployment->remarks;

    for (; deployment->warnings_told < remarks->warning_count; deployment->warnings_told++)
        log_warn("%s", remarks->warnings[deployment->warnings_told]);
}

/* ---- opening ---- */

/* The stack is called like the template's folder, in the letters that a stack's name may have: they begin the names of its resources. */
static const char *stack_name(struct deployment *deployment)
{
    char *name = arena_text(&deployment->arena, basename(arena_text(&deployment->arena, deployment->folder)));

    for (char *c = name; *c; c++)
        if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-", *c))
            *c = '-';
    if (!strchr("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz", *name) || !*name)
        return "lowcloud";
    if (strlen(name) > 40)
        name[40] = '\0';
    return name;
}

static const char *folder_of(struct deployment *deployment, const char *path)
{
    char whole[PATH_MAX];

    if (!realpath(path, whole))
        return ".";
    return arena_text(&deployment->arena, dirname(whole));
}

static void open_scope(struct deployment *deployment)
{
    struct random_stream ids = random_stream(deployment->ground->random, "deploy stack");
    struct scope *scope = &deployment->scope;
    char uuid[37];

    random_uuid(&ids, uuid);
    scope->arena = &deployment->arena;
    scope->remarks = &deployment->remarks;
    scope->region = deployment->ground->region;
    scope->account = deployment->ground->account;
    scope->stack_name = stack_name(deployment);
    scope->stack_id = deployment_arn(deployment, "cloudformation", "stack/%s/%s", scope->stack_name, uuid);
    scope->mappings = deployment->template.mappings;
    scope->conditions = deployment->template.conditions;
}

static bool read_template(struct deployment *deployment)
{
    const struct node *root = document_read(&deployment->remarks);

    if (!root || !template_open(&deployment->template, root, &deployment->remarks))
        return false;
    open_scope(deployment);
    return true;
}

/* ---- making ---- */

static void note_ignored(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const char *ignored = resource->type->properties ? property_ignored(resource->type->properties, properties, &deployment->arena) : NULL;

    if (ignored && !resource->note)
        resource->note = arena_print(&deployment->arena, "of no effect: %s", ignored);
}

static const char *note_of(const struct resource *resource)
{
    if (resource->note)
        return resource->note;
    return resource->is_kept ? "kept from an earlier run" : "";
}

static void add_to_report(struct deployment *deployment, const struct resource *resource)
{
    json_array_append_new(deployment->resources, json_pack("{s:s, s:s, s:s, s:s}", "logicalId", resource->id, "type", resource->type_name,
                                                           "physicalId", resource->physical_id, "note", note_of(resource)));
}

static bool make_known(struct deployment *deployment, struct resource *resource, const struct node *properties, const struct path *path)
{
    if (resource->type->properties)
        property_check(resource->type->properties, properties, path, &deployment->remarks);
    if (!resource->type->make)
        return deploy_type_accept(deployment, resource, properties);
    if (!resource->type->make(deployment, resource, properties))
        return false;
    note_ignored(deployment, resource, properties);
    return true;
}

static bool make_unknown(struct deployment *deployment, struct resource *resource, const struct node *properties)
{
    const struct node *type = node_find(resource->body, "Type");
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };

    remarks_warn(&deployment->remarks, type->line, &path, "unknown type %s; it is not made", resource->type_name);
    resource->note = "unknown type: not made";
    return deploy_type_accept(deployment, resource, properties);
}

static bool make(struct deployment *deployment, struct resource *resource)
{
    struct path section = { .key = "Resources" };
    struct path path = { .parent = &section, .key = resource->id };
    struct path place = { .parent = &path, .key = "Properties" };
    const struct node *properties = node_new(&deployment->arena, NODE_MAP, resource->body);
    bool is_made;

    if (resource->properties)
        properties = scope_evaluate(&deployment->scope, resource->properties, &place);
    if (!properties)
        return false;
    if (properties->kind != NODE_MAP) {
        deployment_fail(deployment, resource, NULL, "Properties must be a map, not %s", node_kind_name(properties));
        return false;
    }
    is_made = resource->type ? make_known(deployment, resource, properties, &place) : make_unknown(deployment, resource, properties);
    if (is_made)
        deploy_store_put(deployment->store, resource->id, resource->type_name, resource->physical_id);
    return is_made;
}

static bool make_all(struct deployment *deployment, struct resource **order, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (!make(deployment, order[i]))
            return false;
        add_to_report(deployment, order[i]);
    }
    for (size_t i = 0; i < count; i++)
        if (order[i]->type && order[i]->type->finish && !order[i]->type->finish(deployment, order[i]))
            return false;
    return true;
}

/* ---- outputs ---- */

/* Before anything is made: what is wrong with the outputs' form is found now. */
static bool check_outputs(struct deployment *deployment)
{
    const struct node *section = deployment->template.outputs;

    for (size_t i = 0; section && i < section->count; i++) {
        struct path outputs = { .key = "Outputs" };
        struct path path = { .parent = &outputs, .key = section->fields[i].key };

        if (node_find(section->fields[i].value, "Value"))
            continue;
        remarks_fail(&deployment->remarks, section->fields[i].line, &path, "Every Outputs member must contain a Value object; add one");
        return false;
    }
    return true;
}

static bool add_output(struct deployment *deployment, const struct field *field, json_t *outputs)
{
    struct path section = { .key = "Outputs" };
    struct path path = { .parent = &section, .key = field->key };
    struct path place = { .parent = &path, .key = "Value" };
    const struct node *condition = node_find(field->value, "Condition");
    const char *text;
    bool holds = true;

    if (node_name(condition) && !scope_condition_holds(&deployment->scope, node_name(condition), condition, &path, &holds))
        return false;
    if (!holds)
        return true;
    text = scope_evaluate_text(&deployment->scope, node_find(field->value, "Value"), &place);
    if (text)
        json_object_set_new(outputs, field->key, json_string(text));
    return text != NULL;
}

static bool answer_outputs(struct deployment *deployment, json_t *outputs)
{
    const struct node *section = deployment->template.outputs;

    for (size_t i = 0; section && i < section->count; i++)
        if (!add_output(deployment, &section->fields[i], outputs))
            return false;
    return true;
}

/* ---- the whole ---- */

static void find_types(struct template *template)
{
    for (size_t i = 0; i < template->count; i++)
        template->resources[i]->type = deploy_type_find(template->resources[i]->type_name);
}

static bool run(struct deployment *deployment, const struct deploy_parameter *parameters, size_t parameter_count, json_t *outputs)
{
    struct template *template = &deployment->template;
    struct resource **order;
    size_t count;

    if (!read_template(deployment) || !parameters_resolve(&deployment->scope, template->parameters, parameters, parameter_count) ||
        !sam_expand(template, &deployment->scope))
        return false;
    find_types(template);
    deployment->scope.resources = &template->by_id;
    if (!plan_make(template, &deployment->scope, &order, &count) || !check_outputs(deployment))
        return false;
    tell(deployment);
    deployment->store = deploy_store_open(deployment->ground->database, deployment->scope.stack_name);
    return make_all(deployment, order, count) && answer_outputs(deployment, outputs);
}

static void close(struct deployment *deployment)
{
    template_clear(&deployment->template);
    scope_clear(&deployment->scope);
    deploy_store_close(deployment->store);
    arena_clear(&deployment->arena);
}

bool deploy_template(const struct ground *ground, const struct deploy_rooms *rooms, const char *path,
                     const struct deploy_parameter *parameters, size_t parameter_count, struct deploy_result *result)
{
    struct deployment deployment = { .ground = ground, .rooms = rooms };
    bool is_done;

    *result = (struct deploy_result){ .outputs = json_object(), .resources = json_array() };
    deployment.remarks = (struct remarks){ .arena = &deployment.arena, .file = path };
    deployment.resources = result->resources;
    deployment.names = random_stream(ground->random, "deploy names");
    deployment.folder = folder_of(&deployment, path);
    is_done = run(&deployment, parameters, parameter_count, result->outputs);
    tell(&deployment);
    if (!is_done)
        log_error("%s", deployment.remarks.error ? deployment.remarks.error : path);
    close(&deployment);
    return is_done;
}
