/* Conditions: the functions that answer yes or no, and the names of the Conditions section. */

#include "deploy/scope.h"

#include <stdint.h>
#include <string.h>

/* How far a named condition is known; NULL: not at all yet. */
enum { CONDITION_IS_BEING_READ = 1, CONDITION_IS_TRUE, CONDITION_IS_FALSE };

typedef bool condition_function(struct scope *scope, const struct node *argument, const struct path *path, bool *holds);

static bool expect_list(struct scope *scope, const struct node *argument, size_t min, size_t max, const struct path *path)
{
    if (argument->kind == NODE_LIST && argument->count >= min && argument->count <= max)
        return true;
    if (min == max)
        remarks_fail(scope->remarks, argument->line, path, "it takes a list of %zu", min);
    else
        remarks_fail(scope->remarks, argument->line, path, "it takes a list of %zu to %zu conditions", min, max);
    return false;
}

static bool run_equals(struct scope *scope, const struct node *argument, const struct path *path, bool *holds)
{
    const struct node *left;
    const struct node *right;

    if (!expect_list(scope, argument, 2, 2, path))
        return false;
    left = scope_evaluate(scope, argument->fields[0].value, path);
    right = left ? scope_evaluate(scope, argument->fields[1].value, path) : NULL;
    if (!right)
        return false;
    *holds = node_is_same(left, right);
    return true;
}

/* Fn::And and Fn::Or read all their conditions, so that an error in any of them is found. */
static bool run_several(struct scope *scope, const struct node *argument, const struct path *path, bool all, bool *holds)
{
    bool result = all;

    if (!expect_list(scope, argument, 2, 10, path))
        return false;
    for (size_t i = 0; i < argument->count; i++) {
        struct path place = { .parent = path, .index = i };
        bool one;

        if (!scope_condition_evaluate(scope, argument->fields[i].value, &place, &one))
            return false;
        result = all ? result && one : result || one;
    }
    *holds = result;
    return true;
}

static bool run_and(struct scope *scope, const struct node *argument, const struct path *path, bool *holds)
{
    return run_several(scope, argument, path, true, holds);
}

static bool run_or(struct scope *scope, const struct node *argument, const struct path *path, bool *holds)
{
    return run_several(scope, argument, path, false, holds);
}

static bool run_not(struct scope *scope, const struct node *argument, const struct path *path, bool *holds)
{
    struct path place = { .parent = path, .index = 0 };

    if (!expect_list(scope, argument, 1, 1, path) || !scope_condition_evaluate(scope, argument->fields[0].value, &place, holds))
        return false;
    *holds = !*holds;
    return true;
}

static bool run_condition(struct scope *scope, const struct node *argument, const struct path *path, bool *holds)
{
    if (node_name(argument))
        return scope_condition_holds(scope, node_name(argument), argument, path, holds);
    remarks_fail(scope->remarks, argument->line, path, "Condition takes the name of a condition, not %s", node_kind_name(argument));
    return false;
}

static const struct {
    const char *name;
    condition_function *run;
} functions[] = {
    { "Condition", run_condition }, { "Fn::And", run_and }, { "Fn::Equals", run_equals }, { "Fn::Not", run_not }, { "Fn::Or", run_or }
};

static condition_function *find(const struct node *node)
{
    for (size_t i = 0; node->kind == NODE_MAP && node->count == 1 && i < sizeof functions / sizeof *functions; i++)
        if (!strcmp(functions[i].name, node->fields[0].key))
            return functions[i].run;
    return NULL;
}

bool scope_condition_is(const struct node *node)
{
    condition_function *run = find(node);

    return run && run != run_condition;
}

bool scope_condition_evaluate(struct scope *scope, const struct node *node, const struct path *path, bool *holds)
{
    condition_function *run = find(node);
    struct path place = { .parent = path };

    if (!scope_spend(scope, 1, 0, node, path))
        return false;
    if (!run) {
        remarks_fail(scope->remarks, node->line, path, "a condition is Fn::Equals, Fn::And, Fn::Or, Fn::Not or Condition, not %s",
                     node->kind == NODE_MAP && node->count ? node->fields[0].key : node_kind_name(node));
        return false;
    }
    place.key = node->fields[0].key;
    return run(scope, node->fields[0].value, &place, holds);
}

static void remember(struct scope *scope, const char *name, intptr_t state)
{
    map_put(&scope->condition_states, name, (void *)state);
}

/* Conditions are read without the resources: they may not name them. */
static bool read_named(struct scope *scope, const char *name, const struct node *body, bool *holds)
{
    struct path section = { .key = "Conditions" };
    struct path path = { .parent = &section, .key = name };
    struct map *resources = scope->resources;
    bool is_read;

    if (scope->condition_depth == SCOPE_CONDITIONS_MAX) {
        remarks_fail(scope->remarks, body->line, &path, "more than %d conditions depend on each other in a row", SCOPE_CONDITIONS_MAX);
        return false;
    }
    remember(scope, name, CONDITION_IS_BEING_READ);
    scope->resources = NULL;
    scope->condition_depth++;
    is_read = scope_condition_evaluate(scope, body, &path, holds);
    scope->condition_depth--;
    scope->resources = resources;
    remember(scope, name, is_read && *holds ? CONDITION_IS_TRUE : CONDITION_IS_FALSE);
    return is_read;
}

bool scope_condition_holds(struct scope *scope, const char *name, const struct node *at, const struct path *path, bool *holds)
{
    intptr_t state = (intptr_t)map_find(&scope->condition_states, name);
    const struct node *body = node_find(scope->conditions, name);

    if (!body) {
        remarks_fail(scope->remarks, at->line, path, "Unresolved condition dependency %s; define it in the Conditions section", name);
        return false;
    }
    if (state == CONDITION_IS_BEING_READ) {
        remarks_fail(scope->remarks, at->line, path, "the condition %s depends on itself; break the circle", name);
        return false;
    }
    *holds = state == CONDITION_IS_TRUE;
    return state ? true : read_named(scope, name, body, holds);
}
