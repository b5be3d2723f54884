#pragma once
/* A node is one value of a template: it knows its line and column, and keeps a scalar's text as it was written, because a number may turn
 * out to be meant as text (an account id, a version). Nodes are not changed once they are read: aliases share them. Whoever builds a new
 * tree (an evaluated one, an expanded one) builds new nodes. */

#include "base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum node_kind {
    NODE_NOTHING, /* AWS::NoValue: whoever holds it leaves it out */
    NODE_NULL,
    NODE_BOOLEAN, /* text is "true" or "false" */
    NODE_NUMBER,  /* text as it was written */
    NODE_TEXT,
    NODE_LIST,
    NODE_MAP
};

struct node;

struct field {
    const char *key; /* NULL in lists */
    int line;        /* of the key */
    const struct node *value;
};

struct node {
    enum node_kind kind;
    int line; /* from 1 */
    int column;
    const char *text;    /* of scalars */
    const char *written; /* of booleans: "No" may be meant as a name */
    struct field *fields;
    size_t count;
    size_t capacity;
    size_t weight; /* how many values it unfolds to, aliases included */
    int height;    /* levels below it, itself included */
};

/* New nodes that stand at the place of `at`. */
struct node *node_new(struct arena *arena, enum node_kind kind, const struct node *at);
struct node *node_text(struct arena *arena, const struct node *at, const char *text); /* text is borrowed */
struct node *node_boolean(struct arena *arena, const struct node *at, bool value);

/* A shallow copy that stands at the place of `at`: a parameter's value where it is used. */
struct node *node_moved(struct arena *arena, const struct node *node, const struct node *at);

/* Adds a field to a map (key borrowed), or an element to a list. The value must be whole: weights are added up here. */
void node_put(struct arena *arena, struct node *map, const char *key, const struct node *value);
void node_add(struct arena *arena, struct node *list, const struct node *value);

/* { name: value }, as a short tag makes it. */
struct node *node_call(struct arena *arena, const struct node *at, const char *name, const struct node *value);

/* The field called key of a map, or NULL; also NULL when node is NULL or no map. */
const struct field *node_field(const struct node *node, const char *key);
const struct node *node_find(const struct node *node, const char *key);

/* The text of the scalar at key, or NULL. */
const char *node_find_text(const struct node *node, const char *key);

/* A scalar where a name is meant (of a parameter, a condition, a resource), as it was written; NULL when node is none. */
const char *node_name(const struct node *node);

bool node_is_scalar(const struct node *node); /* a boolean, a number or a text */
bool node_is_same(const struct node *a, const struct node *b);

/* "a list" and its like, for messages. */
const char *node_kind_name(const struct node *node);

/* The value as JSON, by what it looks like: 5 is a number, "5" a text. A new reference. */
json_t *node_to_json(const struct node *node);

/* A number as written, as a JSON integer or real; NULL when it is neither or does not fit. A new reference. */
json_t *node_number_to_json(const char *text);
