#pragma once
/* Conditions: what a ConditionExpression, FilterExpression or KeyConditionExpression says, as a tree, and whether it holds for an item. */

#include "dynamodb/expression.h"
#include "dynamodb/table.h"

enum condition_kind {
    CONDITION_AND, /* left, right */
    CONDITION_OR,
    CONDITION_NOT, /* left */
    CONDITION_EQ,  /* operands: two */
    CONDITION_NE,
    CONDITION_LT,
    CONDITION_LE,
    CONDITION_GT,
    CONDITION_GE,
    CONDITION_BETWEEN, /* operands: the value, the lower and the upper bound */
    CONDITION_IN,      /* operands: the value, then the candidates */
    CONDITION_FUNCTION /* operands: its arguments */
};

struct condition {
    enum condition_kind kind;
    bool is_enclosed; /* in parentheses */
    struct condition *left;
    struct condition *right;
    enum function function;
    struct operand *operands;
    size_t count;
};

/* Reads text, an expression of the kind ("FilterExpression"). False, with a fault, when it is not a right one. */
bool condition_parse(struct condition **condition, const char *kind, struct bytes text, struct aliases *aliases, struct fault *fault);

/* Complains of what is wrong beyond syntax with one comparison or function, whose operands are there: for conditions that were not read
 * from an expression. */
void condition_check(struct expression *expression, const struct condition *condition);

/* The same of one operand: of each size(...) in it, the innermost first. */
void condition_check_operand(struct expression *expression, const struct operand *operand);

/* Whether it holds for the item; an item that does not exist is one without attributes. */
bool condition_holds(const struct condition *condition, const struct value *item);

/* The first key part of the schema that a path of the condition begins with, or NULL. */
const struct key_part *condition_find_key(const struct condition *condition, const struct key_schema *keys);

/* "AND", "<", "begins_with": as AWS's texts name it. */
const char *condition_word(const struct condition *condition);
