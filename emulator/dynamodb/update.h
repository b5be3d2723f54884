#pragma once
/* Updates: what an UpdateExpression says, and what it makes of an item.
 *
 * Every right-hand side reads the item as it was before; sections have no order; no two targets overlap. So all that an update does can be
 * worked out target by target, and list elements are taken out last, by their old indexes. */

#include "dynamodb/projection.h"

enum update_kind { UPDATE_SET, UPDATE_REMOVE, UPDATE_ADD, UPDATE_DELETE };

struct update_action {
    enum update_kind kind;
    struct path path;
    struct operand operand; /* not for REMOVE */
    struct update_action *next;
};

struct update {
    struct update_action *actions; /* in the order in which they stand */
    struct update_action *last;
    struct projection targets; /* by their paths as they were written, which UPDATED_OLD and UPDATED_NEW show of the item */
    bool is_legacy;            /* it comes from AttributeUpdates: ADD takes lists too, and a wrong type has another text */
    bool may_create;           /* it makes an item where there is none: not when it only takes out */
};

/* Adds an action, whose path and operand are still to be filled. */
struct update_action *update_add_action(struct update *update, enum update_kind kind, struct arena *arena);

/* Reads an UpdateExpression. */
bool update_parse(struct update *update, struct bytes text, struct aliases *aliases, bool has_newer_texts, struct fault *fault);

/* Makes `item`, a copy of `old` that may be changed (its nodes are no other tree's), into what the update says. What grows lives in
 * fault->arena. */
bool update_apply(const struct update *update, const struct value *old, struct value *item, struct fault *fault);
