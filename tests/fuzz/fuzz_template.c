/* Templates: whatever the bytes are, they are read, resolved, expanded and planned, or refused in one line. Nothing is made: what stands
 * behind the plan are the rooms' own operations. */

#include "deploy/document.h"
#include "deploy/parameters.h"
#include "deploy/plan.h"
#include "deploy/sam.h"
#include "deploy/types.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void find_types(struct template *template)
{
    for (size_t i = 0; i < template->count; i++)
        template->resources[i]->type = deploy_type_find(template->resources[i]->type_name);
}

/* Resources answer with their logical ids, so that properties can be evaluated and converted without rooms. */
static void pretend(struct resource *resource)
{
    resource->physical_id = resource->id;
    resource->reference = resource->id;
    map_put(&resource->attributes, "Arn", (void *)resource->id);
}

static void convert(struct scope *scope, const struct resource *resource)
{
    const struct node *properties = resource->properties ? scope_evaluate(scope, resource->properties, NULL) : NULL;
    const struct property *table = resource->type ? resource->type->properties : NULL;

    if (!properties || !table)
        return;
    property_check(table, properties, NULL, scope->remarks);
    json_decref(property_input(table, properties, LOWER_FIRST, resource->line, NULL, scope->remarks));
}

static void plan(struct template *template, struct scope *scope)
{
    struct resource **order;
    size_t count;

    find_types(template);
    scope->resources = &template->by_id;
    if (!plan_make(template, scope, &order, &count))
        return;
    for (size_t i = 0; i < count; i++) {
        pretend(order[i]);
        convert(scope, order[i]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct remarks remarks = { .arena = &arena, .file = "t.yaml" };
    struct template template = { 0 };
    struct scope scope = {
        .arena = &arena, .remarks = &remarks, .region = "us-east-1", .account = "000000000000", .stack_name = "s", .stack_id = "arn"
    };
    const struct node *root = document_parse((const char *)data, size, &remarks);

    if (root && template_open(&template, root, &remarks)) {
        scope.mappings = template.mappings;
        scope.conditions = template.conditions;
        if (parameters_resolve(&scope, template.parameters, NULL, 0) && sam_expand(&template, &scope))
            plan(&template, &scope);
    }
    template_clear(&template);
    scope_clear(&scope);
    arena_clear(&arena);
    return 0;
}
