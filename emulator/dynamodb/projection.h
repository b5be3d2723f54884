#pragma once
/* A projection: the set of document paths that is wanted of an item, as a tree. A ProjectionExpression is one, and so are the targets of
 * an update: both refuse paths of which one holds the other, and paths that take one place for a map and for a list. */

#include "dynamodb/expression.h"

struct projection_node {
    struct path_part part;    /* the root has none */
    const struct path *first; /* the path that made this node */
    bool is_leaf;             /* a path ends here */
    struct projection_node *children;
    struct projection_node *last; /* of the children */
    struct projection_node *next;
};

struct projection {
    struct projection_node root;
};

/* Adds a path, which must live as long as the projection; complains of overlaps and conflicts. */
void projection_add(struct projection *projection, const struct path *path, struct expression *expression);

/* Adds the top-level attribute called name, which is not there yet; for projections that are no expressions. */
void projection_add_name(struct projection *projection, struct bytes name, struct arena *arena);

/* Reads a ProjectionExpression. */
bool projection_parse(struct projection *projection, struct bytes text, struct aliases *aliases, struct fault *fault);

/* What the projection lets through of the item, as a new map in arena that shares its values. List elements are packed densely. */
struct value projection_apply(const struct projection *projection, const struct value *item, struct arena *arena);
