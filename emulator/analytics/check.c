/* Types of expressions. */

#include "analytics/check.h"

#include "analytics/similar.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

void sql_check_fail(struct sql_check *check, const struct sql_span *span, const char *format, ...)
{
    va_list list;

    if (check->has_failed)
        return;
    check->has_failed = true;
    check->error->span = *span;
    va_start(list, format);
    vsnprintf(check->error->text, sizeof check->error->text, format, list);
    va_end(list);
}

const char *sql_source_name(const struct sql_source *source)
{
    return source->alias ? source->alias : source->relation.text;
}

bool sql_check_fits(const struct sql_type *from, const struct sql_type *to)
{
    enum sql_family a = sql_type_family(from);
    enum sql_family b = sql_type_family(to);

    return a == FAMILY_ANY || b == FAMILY_ANY || a == b;
}

bool sql_check_is(const struct sql_node *node, enum sql_family family)
{
    enum sql_family own = sql_type_family(&node->type);

    return own == family || own == FAMILY_ANY;
}

/* ---- common types ---- */

bool sql_check_join(struct sql_type *type, const struct sql_type *other)
{
    if (!sql_check_fits(type, other))
        return false;
    if (type->kind == SQL_ANY) {
        *type = *other;
    } else if (other->kind != SQL_ANY) {
        enum sql_family family = sql_type_family(type);

        if (family == FAMILY_CHARACTER || family == FAMILY_BINARY) {
            bool is_open = !type->length || !other->length;

            if (type->kind != other->kind || type->length != other->length)
                type->kind = family == FAMILY_CHARACTER ? SQL_VARCHAR : SQL_VARBINARY;
            type->length = is_open ? 0 : (type->length > other->length ? type->length : other->length);
        } else if (other->kind > type->kind) {
            *type = *other; /* numbers in order of range, DATE before TIMESTAMP */
        } else if (family == FAMILY_NUMERIC && (type->length != other->length || type->scale != other->scale)) {
            *type = sql_type_of(type->kind);
        }
    }
    return true;
}

static void mismatch(struct sql_check *check, const struct sql_node *node, const char *op, const struct sql_node *a,
                     const struct sql_node *b)
{
    sql_check_fail(check, &node->span, "Cannot apply '%s' to arguments of type '<%s> %s <%s>'", op, sql_type_print(&a->type, check->arena),
                   op, sql_type_print(&b->type, check->arena));
}

static void comparable(struct sql_check *check, const struct sql_node *node, const char *op, const struct sql_node *a,
                       const struct sql_node *b)
{
    if (!sql_check_fits(&a->type, &b->type))
        mismatch(check, node, op, a, b);
}

void sql_check_need(struct sql_check *check, const struct sql_node *node, const char *op, enum sql_family family)
{
    if (!sql_check_is(node, family))
        sql_check_fail(check, &node->span, "Cannot apply '%s' to an argument of type '<%s>'", op,
                       sql_type_print(&node->type, check->arena));
}

/* ---- operators ---- */

static bool arithmetic_type(struct sql_node *node, const struct sql_type *a, const struct sql_type *b)
{
    enum sql_family x = sql_type_family(a);
    enum sql_family y = sql_type_family(b);
    char op = *node->op;

    if ((x == FAMILY_NUMERIC || x == FAMILY_ANY) && (y == FAMILY_NUMERIC || y == FAMILY_ANY)) {
        node->type = sql_type_of(a->kind > b->kind ? a->kind : b->kind);
        if (sql_type_is_whole(&node->type))
            node->type.kind = SQL_BIGINT;
        return true;
    }
    if (op == '+' || op == '-') {
        bool is_span = y == FAMILY_INTERVAL || y == FAMILY_MONTHS;

        node->type = *a;
        if ((x == FAMILY_DATETIME || (x == FAMILY_TIME && y == FAMILY_INTERVAL)) && is_span)
            return true;
        if (is_span && (x == y || x == FAMILY_ANY))
            return true;
        node->type = *b;
        return op == '+' && (x == FAMILY_INTERVAL || x == FAMILY_MONTHS) &&
               (y == FAMILY_DATETIME || (y == FAMILY_TIME && x == FAMILY_INTERVAL));
    }
    node->type = *a;
    if ((x == FAMILY_INTERVAL || x == FAMILY_MONTHS) && (op == '*' || op == '/') && y == FAMILY_NUMERIC)
        return true;
    node->type = *b;
    return x == FAMILY_NUMERIC && op == '*' && (y == FAMILY_INTERVAL || y == FAMILY_MONTHS);
}

static void check_binary(struct sql_check *check, struct sql_node *node)
{
    struct sql_node *a = node->parts[0];
    struct sql_node *b = node->parts[1];

    if (!strcmp(node->op, "AND") || !strcmp(node->op, "OR")) {
        sql_check_need(check, a, node->op, FAMILY_BOOLEAN);
        sql_check_need(check, b, node->op, FAMILY_BOOLEAN);
        node->type = sql_type_of(SQL_BOOLEAN);
    } else if (!strcmp(node->op, "||")) {
        sql_check_need(check, a, node->op, FAMILY_CHARACTER);
        sql_check_need(check, b, node->op, FAMILY_CHARACTER);
        node->type = sql_type_of(SQL_VARCHAR);
    } else if (strchr("=<>!", *node->op)) {
        comparable(check, node, node->op, a, b);
        node->type = sql_type_of(SQL_BOOLEAN);
    } else if (!arithmetic_type(node, &a->type, &b->type)) {
        mismatch(check, node, node->op, a, b);
    }
}

static void check_unary(struct sql_check *check, struct sql_node *node)
{
    struct sql_node *part = node->parts[0];

    node->type = part->type;
    if (!strcmp(node->op, "NOT"))
        sql_check_need(check, part, "NOT", FAMILY_BOOLEAN);
    else if (!sql_check_is(part, FAMILY_INTERVAL) && !sql_check_is(part, FAMILY_MONTHS))
        sql_check_need(check, part, node->op, FAMILY_NUMERIC);
}

/* A pattern that stands in the code is compiled now, so that a malformed one is refused with its place. */
static void check_pattern(struct sql_check *check, const struct sql_node *node)
{
    const struct sql_node *pattern = node->parts[1];
    const struct sql_node *escape = node->part_count > 2 ? node->parts[2] : NULL;
    struct similar *similar;

    if (escape && (escape->kind != NODE_LITERAL || escape->value.kind != VALUE_TEXT || escape->value.size_bytes != 1)) {
        sql_check_fail(check, &escape->span, "ESCAPE takes a literal of one character");
        return;
    }
    if (pattern->kind != NODE_LITERAL || pattern->value.kind != VALUE_TEXT)
        return;
    similar = similar_open(pattern->value.bytes, pattern->value.size_bytes, escape ? *escape->value.bytes : 0);
    if (!similar)
        sql_check_fail(check, &pattern->span, "'%.64s' is not a pattern of SIMILAR TO", pattern->value.bytes);
    similar_close(similar);
}

static void check_predicate(struct sql_check *check, struct sql_node *node)
{
    static const char *const names[] = { [NODE_BETWEEN] = "BETWEEN", [NODE_IN] = "IN", [NODE_LIKE] = "LIKE", [NODE_IS] = "IS" };

    node->type = sql_type_of(SQL_BOOLEAN);
    for (size_t i = 0; i < node->part_count; i++) {
        if (node->kind == NODE_LIKE)
            sql_check_need(check, node->parts[i], "LIKE", FAMILY_CHARACTER);
        else if (i)
            comparable(check, node, names[node->kind], node->parts[0], node->parts[i]);
    }
    if (node->kind == NODE_LIKE && !strcmp(node->op, "SIMILAR"))
        check_pattern(check, node);
    if (node->kind == NODE_IS && strcmp(node->op, "NULL") && strcmp(node->op, "DISTINCT"))
        sql_check_need(check, node->parts[0], "IS", FAMILY_BOOLEAN);
}

static void check_case(struct sql_check *check, struct sql_node *node)
{
    for (size_t i = 0; i + 1 < node->part_count; i += 2) {
        if (node->operand)
            comparable(check, node->parts[i], "=", node->operand, node->parts[i]);
        else
            sql_check_need(check, node->parts[i], "WHEN", FAMILY_BOOLEAN);
    }
    for (size_t i = 1; i <= node->part_count; i += 2) {
        const struct sql_node *result = node->parts[i < node->part_count ? i : i - 1]; /* the last one of an odd count is ELSE */

        if (!sql_check_join(&node->type, &result->type))
            sql_check_fail(check, &result->span, "Illegal mixing of types in CASE or COALESCE statement");
    }
}

/* AWS's table of conversions. */
static bool can_cast(const struct sql_type *from, const struct sql_type *to)
{
    enum sql_family a = sql_type_family(from);
    enum sql_family b = sql_type_family(to);

    if (a == b || a == FAMILY_ANY || (a == FAMILY_CHARACTER && b != FAMILY_BINARY))
        return true;
    if (a == FAMILY_BINARY)
        return false;
    if (b == FAMILY_CHARACTER)
        return true;
    if (a == FAMILY_DATETIME)
        return b == FAMILY_TIME && from->kind == SQL_TIMESTAMP;
    if (a == FAMILY_TIME)
        return to->kind == SQL_TIMESTAMP;
    return (a == FAMILY_INTERVAL || a == FAMILY_MONTHS) && (to->kind == SQL_BIGINT || to->kind == SQL_DECIMAL);
}

static void check_cast(struct sql_check *check, struct sql_node *node)
{
    const struct sql_type *from = &node->parts[0]->type;

    if (!can_cast(from, &node->type))
        sql_check_fail(check, &node->span, "Cast function cannot convert value of type %s to type %s", sql_type_print(from, check->arena),
                       sql_type_print(&node->type, check->arena));
}

static void check_difference(struct sql_check *check, struct sql_node *node)
{
    for (size_t i = 0; i < 2; i++)
        if (!sql_check_is(node->parts[i], FAMILY_TIME))
            sql_check_need(check, node->parts[i], "-", FAMILY_DATETIME);
    comparable(check, node, "-", node->parts[0], node->parts[1]);
    if (node->unit <= UNIT_MONTH)
        sql_check_fail(check, &node->span, "A difference in years or months is not supported by lowcloud");
    node->type = (struct sql_type){ .kind = SQL_INTERVAL, .scale = (int)node->unit };
}

/* ---- all ---- */

static void check_node(struct sql_check *check, struct sql_node *node)
{
    switch (node->kind) {
    case NODE_LITERAL:
        break;
    case NODE_COLUMN:
        sql_check_column(check, node);
        break;
    case NODE_UNARY:
        check_unary(check, node);
        break;
    case NODE_BINARY:
        check_binary(check, node);
        break;
    case NODE_BETWEEN:
    case NODE_IN:
    case NODE_LIKE:
    case NODE_IS:
        check_predicate(check, node);
        break;
    case NODE_CASE:
        check_case(check, node);
        break;
    case NODE_CAST:
        check_cast(check, node);
        break;
    case NODE_CALL:
        sql_check_call(check, node);
        break;
    case NODE_DIFFERENCE:
        check_difference(check, node);
        break;
    }
}

bool sql_check_expression(struct sql_check *check, struct sql_node *node)
{
    if (node->operand && !sql_check_expression(check, node->operand))
        return false;
    for (size_t i = 0; i < node->part_count; i++)
        if (!sql_check_expression(check, node->parts[i]))
            return false;
    check_node(check, node);
    return !check->has_failed;
}

bool sql_check_condition(struct sql_check *check, struct sql_node *node, const char *clause)
{
    if (!sql_check_expression(check, node))
        return false;
    if (!sql_check_is(node, FAMILY_BOOLEAN))
        sql_check_fail(check, &node->span, "%s clause must be a condition", clause);
    return !check->has_failed;
}
