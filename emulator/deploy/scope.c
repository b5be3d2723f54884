/* Evaluation: walks a tree and replaces its functions by their values. */

#include "deploy/intrinsics.h"

#include "base/text.h"

#include <string.h>

static intrinsic_function run_if;

static const struct {
    const char *name;
    intrinsic_function *run;
} functions[] = {
    { "Ref", intrinsic_ref },
    { "Fn::Base64", intrinsic_base64 },
    { "Fn::Cidr", intrinsic_cidr },
    { "Fn::FindInMap", intrinsic_find_in_map },
    { "Fn::GetAtt", intrinsic_get_att },
    { "Fn::GetAZs", intrinsic_get_azs },
    { "Fn::If", run_if },
    { "Fn::ImportValue", intrinsic_import_value },
    { "Fn::Join", intrinsic_join },
    { "Fn::Length", intrinsic_length },
    { "Fn::Select", intrinsic_select },
    { "Fn::Split", intrinsic_split },
    { "Fn::Sub", intrinsic_sub },
    { "Fn::ToJsonString", intrinsic_to_json_string },
};

bool scope_spend(struct scope *scope, size_t values, size_t bytes, const struct node *at, const struct path *path)
{
    scope->values_built += values;
    scope->bytes_built += bytes;
    if (scope->values_built <= SCOPE_VALUES_MAX && scope->bytes_built <= SCOPE_BYTES_MAX)
        return true;
    remarks_fail(scope->remarks, at->line, path, "the template unfolds to more than lowcloud takes (%d values, %d bytes)", SCOPE_VALUES_MAX,
                 SCOPE_BYTES_MAX);
    return false;
}

const struct node *scope_pseudo(struct scope *scope, const char *name, const struct node *at)
{
    const struct {
        const char *name;
        const char *value;
    } texts[] = { { "AWS::AccountId", scope->account },    { "AWS::Partition", "aws" },
                  { "AWS::Region", scope->region },        { "AWS::StackId", scope->stack_id },
                  { "AWS::StackName", scope->stack_name }, { "AWS::URLSuffix", "amazonaws.com" } };

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
        if (!strcmp(texts[i].name, name))
            return node_text(scope->arena, at, texts[i].value);
    if (!strcmp(name, "AWS::NotificationARNs"))
        return node_new(scope->arena, NODE_LIST, at);
    return strcmp(name, "AWS::NoValue") ? NULL : node_new(scope->arena, NODE_NOTHING, at);
}

static const struct node *run_if(struct scope *scope, const struct node *argument, const struct path *path)
{
    const char *name;
    bool holds;

    if (!intrinsic_expects(scope, argument, 3, 3, "[condition, value if true, value if false]", path))
        return NULL;
    name = node_name(argument->fields[0].value);
    if (!name) {
        remarks_fail(scope->remarks, argument->line, path, "Fn::If takes the name of a condition first");
        return NULL;
    }
    if (!scope_condition_holds(scope, name, argument->fields[0].value, path, &holds))
        return NULL;
    return intrinsic_element(scope, argument, holds ? 1 : 2, path);
}

static const struct node *evaluate_list(struct scope *scope, const struct node *node, const struct path *path)
{
    struct node *list = node_new(scope->arena, NODE_LIST, node);

    for (size_t i = 0; i < node->count; i++) {
        struct path place = { .parent = path, .index = i };
        const struct node *value = scope_evaluate(scope, node->fields[i].value, &place);

        if (!value)
            return NULL;
        if (value->kind != NODE_NOTHING)
            node_add(scope->arena, list, value);
    }
    return list;
}

static const struct node *evaluate_map(struct scope *scope, const struct node *node, const struct path *path)
{
    struct node *map = node_new(scope->arena, NODE_MAP, node);

    for (size_t i = 0; i < node->count; i++) {
        struct path place = { .parent = path, .key = node->fields[i].key };
        const struct node *value = scope_evaluate(scope, node->fields[i].value, &place);

        if (!value)
            return NULL;
        if (value->kind == NODE_NOTHING)
            continue;
        node_put(scope->arena, map, node->fields[i].key, value);
        map->fields[map->count - 1].line = node->fields[i].line;
    }
    return map;
}

/* The value of a map of one key that names a function. */
static const struct node *evaluate_function(struct scope *scope, const struct node *node, const struct path *path)
{
    const char *name = node->fields[0].key;
    struct path place = { .parent = path, .key = name };
    bool holds;

    for (size_t i = 0; i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, name))
            return functions[i].run(scope, node->fields[0].value, &place);
    if (scope_condition_is(node))
        return scope_condition_evaluate(scope, node, path, &holds) ? node_boolean(scope->arena, node, holds) : NULL;
    remarks_fail(scope->remarks, node->line, path, "the function %s is not supported", name);
    return NULL;
}

static bool is_function(const struct node *node)
{
    return node->count == 1 && (!strcmp(node->fields[0].key, "Ref") || text_begins(node->fields[0].key, "Fn::"));
}

const struct node *scope_evaluate(struct scope *scope, const struct node *node, const struct path *path)
{
    if (!scope_spend(scope, 1, 0, node, path))
        return NULL;
    if (node->kind == NODE_LIST)
        return evaluate_list(scope, node, path);
    if (node->kind != NODE_MAP)
        return node;
    return is_function(node) ? evaluate_function(scope, node, path) : evaluate_map(scope, node, path);
}

const char *intrinsic_text_of(struct scope *scope, const struct node *value, const struct path *path)
{
    if (!value)
        return NULL;
    if (node_is_scalar(value))
        return value->text;
    remarks_fail(scope->remarks, value->line, path, "a text is needed here, not %s", node_kind_name(value));
    return NULL;
}

const char *scope_evaluate_text(struct scope *scope, const struct node *node, const struct path *path)
{
    return intrinsic_text_of(scope, scope_evaluate(scope, node, path), path);
}

const struct node *intrinsic_element(struct scope *scope, const struct node *argument, size_t index, const struct path *path)
{
    struct path place = { .parent = path, .index = index };

    return scope_evaluate(scope, argument->fields[index].value, &place);
}

bool intrinsic_expects(struct scope *scope, const struct node *argument, size_t min, size_t max, const char *form, const struct path *path)
{
    if (argument->kind == NODE_LIST && argument->count >= min && argument->count <= max)
        return true;
    remarks_fail(scope->remarks, argument->line, path, "%s takes %s", path->key, form);
    return false;
}

void scope_clear(struct scope *scope)
{
    map_clear(&scope->parameters);
    map_clear(&scope->condition_states);
}
