#pragma once
/* Key conditions: which part of which partition a Query reads. */

#include "dynamodb/condition.h"
#include "dynamodb/store_range.h"

enum { KEY_TERMS_MAX = 2 * KEY_PARTS_MAX };

/* "name op value", or begins_with(name, value), or name BETWEEN value AND value. */
struct key_term {
    struct bytes name;
    const struct condition *condition;
    enum condition_kind kind; /* as if the name stood on the left; CONDITION_FUNCTION: begins_with */
    const struct value *values[2];
};

struct key_condition {
    struct key_term terms[KEY_TERMS_MAX];
    int count;
};

/* Whether the condition is of a form that bounds a key: a comparison other than <>, BETWEEN, or begins_with. */
bool key_condition_bounds(const struct condition *condition);

/* Adds a term: the condition on the attribute called name, whose operands are the name and its values, in this order. There must be room.
 */
void key_condition_add(struct key_condition *terms, struct bytes name, const struct condition *condition);

/* Takes the terms of a KeyConditionExpression, which must be joined by AND. */
bool key_condition_read(struct key_condition *terms, const struct condition *condition, struct fault *fault);

/* Works out the range of keys that the terms mean in a schema: partition, low and high of `range`, in fault->arena. A starting key (or
 * NULL) is looked at on the way: each of its attributes just before the condition on it. */
bool key_condition_bind(const struct key_condition *condition, const struct key_schema *keys, const struct value *start,
                        struct store_range *range, struct fault *fault);
