#pragma once
/* A scope is what names mean while a template is evaluated: pseudo parameters, parameters, mappings, conditions, and the resources that
 * exist so far. scope_evaluate turns a node with intrinsic functions into one without. */

#include "base/map.h"
#include "deploy/node.h"
#include "deploy/remarks.h"

#include <stdbool.h>

/* What evaluation may build altogether: a small template can unfold to a large result. */
enum { SCOPE_VALUES_MAX = 1000 * 1000, SCOPE_BYTES_MAX = 64 * 1024 * 1024, SCOPE_CONDITIONS_MAX = 30 };

struct scope {
    struct arena *arena;
    struct remarks *remarks;
    const char *region;
    const char *account;
    const char *stack_name;
    const char *stack_id;
    const struct node *mappings;   /* a map, or NULL */
    const struct node *conditions; /* a map, or NULL */
    struct map parameters;         /* name: const struct node * without functions */
    struct map *resources;         /* logical id: struct resource *; NULL where resources cannot be named (conditions) */
    struct map condition_states;   /* name: how far it is known */
    int condition_depth;           /* conditions that are being read, one because of the other */
    size_t values_built;
    size_t bytes_built;
};

/* The value of node: no functions, no NODE_NOTHING inside (it may itself be NODE_NOTHING). NULL after an error in remarks. */
const struct node *scope_evaluate(struct scope *scope, const struct node *node, const struct path *path);

/* The same where a text is needed: numbers and booleans as they read. */
const char *scope_evaluate_text(struct scope *scope, const struct node *node, const struct path *path);

/* Whether the condition called name holds; at and path say who asks. False after an error in remarks. */
bool scope_condition_holds(struct scope *scope, const char *name, const struct node *at, const struct path *path, bool *holds);

/* The value of { Fn::And: ... } and its like, and of { Condition: name }. */
bool scope_condition_evaluate(struct scope *scope, const struct node *node, const struct path *path, bool *holds);

/* Whether node is { Fn::Equals: ... } or one of the other functions that only conditions may use. */
bool scope_condition_is(const struct node *node);

/* The value of a pseudo parameter ("AWS::Region"), or NULL when name is none. AWS::NoValue gives NODE_NOTHING. */
const struct node *scope_pseudo(struct scope *scope, const char *name, const struct node *at);

/* Counts what is being built; false, with an error, when it is too much. */
bool scope_spend(struct scope *scope, size_t values, size_t bytes, const struct node *at, const struct path *path);

void scope_clear(struct scope *scope);
