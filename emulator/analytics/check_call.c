/* Calls are held against the signature of their function. */

#include "analytics/check.h"
#include "analytics/function.h"

#include <stdio.h>
#include <string.h>

static bool takes(char letter, const struct sql_node *argument)
{
    switch (letter) {
    case 'N':
        return sql_check_is(argument, FAMILY_NUMERIC);
    case 'C':
        return sql_check_is(argument, FAMILY_CHARACTER);
    case 'T':
        return sql_check_is(argument, FAMILY_DATETIME);
    case 'H':
        return sql_check_is(argument, FAMILY_TIME);
    }
    return true;
}

/* "POWER(<VARCHAR(4)>, <INTEGER>)" */
static const char *print_call(struct sql_check *check, const struct sql_node *node)
{
    char text[200];
    size_t size = (size_t)snprintf(text, sizeof text, "%.64s(", node->name);

    for (size_t i = 0; i < node->part_count && size < 150; i++)
        size +=
            (size_t)snprintf(text + size, sizeof text - size, "%s<%s>", i ? ", " : "", sql_type_print(&node->parts[i]->type, check->arena));
    return arena_print(check->arena, "%s)", text);
}

/* Whether the call's arguments are what the signature says. */
static bool signature_fits(const char *letters, const struct sql_node *node)
{
    bool is_optional = false;
    size_t i = 0;

    for (; *letters; letters++) {
        if (*letters == '?') {
            is_optional = true;
        } else if (*letters == '*') {
            return true;
        } else if (i == node->part_count) {
            return is_optional;
        } else if (!takes(*letters, node->parts[i++])) {
            return false;
        }
    }
    return i == node->part_count;
}

static void set_result(struct sql_check *check, struct sql_node *node)
{
    switch (node->function->result) {
    case RESULT_FIRST:
        node->type = node->parts[0]->type;
        break;
    case RESULT_COMMON:
        for (size_t i = 0; i < node->part_count; i++)
            if (!sql_check_join(&node->type, &node->parts[i]->type))
                sql_check_fail(check, &node->parts[i]->span, "Illegal mixing of types in CASE or COALESCE statement");
        break;
    case RESULT_TYPE:
        node->type = sql_type_of(node->function->type);
        break;
    }
}

/* FLOOR(t TO unit) and STEP(t BY INTERVAL ...) take times where the plain forms take numbers. */
static bool check_time_form(struct sql_check *check, struct sql_node *node)
{
    if (!strcmp(node->name, "STEP") && sql_check_is(node->parts[0], FAMILY_DATETIME)) {
        sql_check_need(check, node->parts[1], "STEP", FAMILY_INTERVAL);
    } else if (node->unit != UNIT_NONE && strcmp(node->name, "EXTRACT")) {
        sql_check_need(check, node->parts[0], node->name, FAMILY_DATETIME);
    } else {
        return false;
    }
    node->type = node->parts[0]->type;
    return true;
}

void sql_check_call(struct sql_check *check, struct sql_node *node)
{
    node->function = sql_function_find(node->name);
    if (!node->function)
        sql_check_fail(check, &node->span, "No match found for function signature %s", print_call(check, node));
    else if (!node->part_count || !check_time_form(check, node)) {
        if (!signature_fits(node->function->arguments, node))
            sql_check_fail(check, &node->span, "No match found for function signature %s", print_call(check, node));
        else
            set_result(check, node);
    }
}
