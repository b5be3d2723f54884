#pragma once
/* The names (#n) and values (:v) that a request gives to its expressions. Whether each was used is seen by syntax, while the expressions
 * are parsed; what nobody used is refused at the end. */

#include "dynamodb/fault.h"
#include "dynamodb/value.h"

#include <jansson.h>

struct alias {
    struct bytes key;   /* "#n", ":v" */
    struct bytes name;  /* what #n stands for */
    struct value value; /* what :v stands for */
    bool is_used;
};

struct alias_list {
    struct alias *aliases; /* as sent */
    struct alias **sorted; /* by key */
    size_t count;
};

struct aliases {
    struct alias_list names;
    struct alias_list values;
};

/* Reads ExpressionAttributeNames and ExpressionAttributeValues; each may be NULL for absent. Their JSON types are
 * the shape's; here is checked what AWS checks before it reads expressions. Texts point into the JSON. */
bool aliases_read(struct aliases *aliases, const json_t *names, const json_t *values, struct fault *fault);

/* The alias called key, marked as used; NULL when the request has none. */
struct alias *aliases_use(struct alias_list *list, struct bytes key);

/* Refuses aliases that no expression used: names first, then values. */
bool aliases_check_used(const struct aliases *aliases, struct fault *fault);
