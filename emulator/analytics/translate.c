/* The tree is walked once and written in order; what sqlite computes otherwise than AWS goes through our own functions. */

#include "analytics/translate.h"

#include "analytics/function.h"

#include <string.h>

static void add(struct sql_translation *translation, const char *text)
{
    buffer_add_text(&translation->text, text);
}

static void add_string(struct sql_translation *translation, const struct value *value)
{
    buffer_add_char(&translation->text, '\'');
    for (size_t i = 0; i < value->size_bytes; i++) {
        if (value->bytes[i] == '\'')
            buffer_add_char(&translation->text, '\'');
        buffer_add_char(&translation->text, value->bytes[i]);
    }
    buffer_add_char(&translation->text, '\'');
}

static void add_real(struct sql_translation *translation, double real)
{
    char text[32];

    value_print_real(real, text);
    add(translation, text);
    if (!strpbrk(text, ".e"))
        add(translation, ".0"); /* a whole number here would make sqlite divide without a remainder */
}

static void literal(struct sql_translation *translation, const struct sql_node *node)
{
    switch (node->value.kind) {
    case VALUE_NULL:
        add(translation, "NULL");
        break;
    case VALUE_INTEGER:
        buffer_print(&translation->text, "%lld", (long long)node->value.integer);
        break;
    case VALUE_REAL:
        add_real(translation, node->value.real);
        break;
    case VALUE_TEXT:
    case VALUE_BYTES:
        add_string(translation, &node->value);
        break;
    }
}

static int parameter(struct sql_translation *translation, int *number)
{
    if (!*number)
        *number = ++translation->parameter_count;
    return *number;
}

static void clock_column(struct sql_translation *translation, int column)
{
    int number = parameter(translation, &translation->now_parameter);

    if (column == COLUMN_NOW)
        buffer_print(&translation->text, "?%d", number);
    else if (column == COLUMN_TODAY)
        buffer_print(&translation->text, "(?%d - ?%d %% 86400000)", number, number);
    else
        buffer_print(&translation->text, "(?%d %% 86400000)", number);
}

static void column(struct sql_translation *translation, const struct sql_node *node)
{
    if (node->source == COLUMN_UNKNOWN)
        add(translation, "NULL"); /* never run: the relation is not there yet */
    else if (node->source < 0)
        clock_column(translation, node->source);
    else if (node->source == translation->stream)
        buffer_print(&translation->text, "?%d", parameter(translation, &translation->parameters[node->column]));
    else
        buffer_print(&translation->text, "t%d.c%d", node->source, node->column);
}

/* function(a, b), with further arguments as text. */
static void apply(struct sql_translation *translation, const char *function, const struct sql_node *a, const struct sql_node *b,
                  const char *rest)
{
    buffer_print(&translation->text, "%s(", function);
    sql_translate(translation, a);
    if (b) {
        add(translation, ", ");
        sql_translate(translation, b);
    }
    buffer_print(&translation->text, "%s)", rest);
}

/* CHAR is padded, and padding does not count in comparisons. */
static void compared(struct sql_translation *translation, const struct sql_node *node)
{
    if (node->type.kind == SQL_CHAR)
        apply(translation, "rtrim", node, NULL, ", ' '");
    else
        sql_translate(translation, node);
}

/* A time moved by months needs the calendar; the interval may stand on either side of a plus. */
static bool needs_calendar(const struct sql_node *node)
{
    enum sql_family a = sql_type_family(&node->parts[0]->type);
    enum sql_family b = sql_type_family(&node->parts[1]->type);

    return (a == FAMILY_DATETIME && b == FAMILY_MONTHS) || (a == FAMILY_MONTHS && b == FAMILY_DATETIME);
}

static void add_months(struct sql_translation *translation, const struct sql_node *node)
{
    bool is_first = sql_type_family(&node->parts[0]->type) == FAMILY_DATETIME;

    apply(translation, "sql_add_months", node->parts[!is_first], node->parts[is_first], *node->op == '-' ? ", -1" : ", 1");
}

/* Operators that sqlite reads from left to right within one class, so that a chain of them needs no parentheses: its parser has a stack of
 * a hundred places. */
static int chain_class(const struct sql_node *node)
{
    static const char *const classes[] = { "+", "-", "*", "||", "AND", "OR" };
    static const int numbers[] = { 1, 1, 2, 3, 4, 5 };

    for (size_t i = 0; node->kind == NODE_BINARY && i < sizeof classes / sizeof *classes; i++)
        if (!strcmp(node->op, classes[i]))
            return numbers[i];
    return 0;
}

static void open_infix(struct sql_translation *translation, const struct sql_node *node)
{
    const struct sql_node *a = node->parts[0];
    void (*side)(struct sql_translation *, const struct sql_node *) = strchr("=<>!", *node->op) ? compared : sql_translate;

    if (chain_class(node) && chain_class(a) == chain_class(node) && !needs_calendar(a))
        open_infix(translation, a);
    else
        side(translation, a);
    buffer_print(&translation->text, " %s ", node->op);
    side(translation, node->parts[1]);
}

static void binary(struct sql_translation *translation, const struct sql_node *node)
{
    const struct sql_node *a = node->parts[0];
    const struct sql_node *b = node->parts[1];
    bool is_whole = sql_type_is_whole(&a->type) && sql_type_is_whole(&b->type);

    if (!strcmp(node->op, "/")) {
        apply(translation, is_whole || sql_type_family(&a->type) != FAMILY_NUMERIC ? "sql_divide_whole" : "sql_divide", a, b, "");
    } else if (!strcmp(node->op, "%")) {
        apply(translation, "sql_mod", a, b, "");
    } else if (needs_calendar(node)) {
        add_months(translation, node);
    } else {
        add(translation, "(");
        open_infix(translation, node);
        add(translation, ")");
    }
}

static void unary(struct sql_translation *translation, const struct sql_node *node)
{
    buffer_print(&translation->text, "(%s ", node->op);
    sql_translate(translation, node->parts[0]);
    add(translation, ")");
}

static void between(struct sql_translation *translation, const struct sql_node *node)
{
    add(translation, "(");
    compared(translation, node->parts[0]);
    add(translation, node->is_negated ? " NOT BETWEEN " : " BETWEEN ");
    compared(translation, node->parts[1]);
    add(translation, " AND ");
    compared(translation, node->parts[2]);
    add(translation, ")");
}

static void in(struct sql_translation *translation, const struct sql_node *node)
{
    add(translation, "(");
    compared(translation, node->parts[0]);
    add(translation, node->is_negated ? " NOT IN (" : " IN (");
    for (size_t i = 1; i < node->part_count; i++) {
        if (i > 1)
            add(translation, ", ");
        compared(translation, node->parts[i]);
    }
    add(translation, "))");
}

static void list(struct sql_translation *translation, const char *function, const struct sql_node *node);

static void like(struct sql_translation *translation, const struct sql_node *node)
{
    if (!strcmp(node->op, "SIMILAR")) {
        add(translation, node->is_negated ? "(NOT " : "(");
        list(translation, "sql_similar", node);
        add(translation, ")");
        return;
    }
    add(translation, "(");
    sql_translate(translation, node->parts[0]);
    add(translation, node->is_negated ? " NOT LIKE " : " LIKE ");
    sql_translate(translation, node->parts[1]);
    if (node->part_count > 2) {
        add(translation, " ESCAPE ");
        sql_translate(translation, node->parts[2]);
    }
    add(translation, ")");
}

static void is(struct sql_translation *translation, const struct sql_node *node)
{
    add(translation, "(");
    compared(translation, node->parts[0]);
    if (node->part_count > 1) { /* IS DISTINCT FROM: sqlite's IS NOT */
        add(translation, node->is_negated ? " IS " : " IS NOT ");
        compared(translation, node->parts[1]);
    } else {
        add(translation, node->is_negated ? " IS NOT " : " IS ");
        add(translation, !strcmp(node->op, "UNKNOWN") ? "NULL" : node->op);
    }
    add(translation, ")");
}

static void case_(struct sql_translation *translation, const struct sql_node *node)
{
    add(translation, "CASE ");
    if (node->operand)
        compared(translation, node->operand);
    for (size_t i = 0; i + 1 < node->part_count; i += 2) {
        add(translation, " WHEN ");
        compared(translation, node->parts[i]);
        add(translation, " THEN ");
        sql_translate(translation, node->parts[i + 1]);
    }
    if (node->part_count & 1) {
        add(translation, " ELSE ");
        sql_translate(translation, node->parts[node->part_count - 1]);
    }
    add(translation, " END");
}

static void cast(struct sql_translation *translation, const struct sql_node *node)
{
    const struct sql_type *from = &node->parts[0]->type;

    add(translation, "sql_cast(");
    sql_translate(translation, node->parts[0]);
    buffer_print(&translation->text, ", %d, %d, %d, %d, %d)", from->kind, from->scale, node->type.kind, node->type.length,
                 node->type.scale);
}

static void list(struct sql_translation *translation, const char *function, const struct sql_node *node)
{
    buffer_print(&translation->text, "%s(", function);
    for (size_t i = 0; i < node->part_count; i++) {
        if (i)
            add(translation, ", ");
        sql_translate(translation, node->parts[i]);
    }
    add(translation, ")");
}

/* Calls that are not written as name and arguments. */
static void special_call(struct sql_translation *translation, const struct sql_node *node)
{
    const char *name = node->function->name;

    if (!strcmp(name, "POSITION"))
        apply(translation, "instr", node->parts[1], node->parts[0], "");
    else if (!strcmp(name, "TRIM"))
        list(translation, *node->op == 'L' ? "ltrim" : (*node->op == 'T' ? "rtrim" : "trim"), node);
    else if (!strcmp(name, "COALESCE") && node->part_count > 1)
        list(translation, "coalesce", node);
    else /* a COALESCE of one; UNIX_TIMESTAMP, because times are milliseconds already */
        sql_translate(translation, node->parts[0]);
}

static void call(struct sql_translation *translation, const struct sql_node *node)
{
    if (node->unit != UNIT_NONE) {
        const char *function = *node->name == 'E' ? "sql_extract" : (*node->name == 'F' ? "sql_floor_time" : "sql_ceil_time");

        buffer_print(&translation->text, "%s(", function);
        sql_translate(translation, node->parts[0]);
        buffer_print(&translation->text, ", %d)", node->unit);
    } else if (node->function->sqlite) {
        list(translation, node->function->sqlite, node);
    } else {
        special_call(translation, node);
    }
}

void sql_translate(struct sql_translation *translation, const struct sql_node *node)
{
    switch (node->kind) {
    case NODE_LITERAL:
        literal(translation, node);
        break;
    case NODE_COLUMN:
        column(translation, node);
        break;
    case NODE_UNARY:
        unary(translation, node);
        break;
    case NODE_BINARY:
        binary(translation, node);
        break;
    case NODE_BETWEEN:
        between(translation, node);
        break;
    case NODE_IN:
        in(translation, node);
        break;
    case NODE_LIKE:
        like(translation, node);
        break;
    case NODE_IS:
        is(translation, node);
        break;
    case NODE_CASE:
        case_(translation, node);
        break;
    case NODE_CAST:
        cast(translation, node);
        break;
    case NODE_CALL:
        call(translation, node);
        break;
    case NODE_DIFFERENCE:
        add(translation, "(");
        sql_translate(translation, node->parts[0]);
        add(translation, " - ");
        sql_translate(translation, node->parts[1]);
        add(translation, ")");
        break;
    }
}

/* ---- selects ---- */

static void columns_of(struct sql_translation *translation, size_t source, const char **comma)
{
    const struct sql_relation *relation = translation->relations[source];

    for (size_t i = 0; i < relation->column_count; i++) {
        struct sql_node node = { .kind = NODE_COLUMN, .source = (int)source, .column = (int)i };

        add(translation, *comma);
        column(translation, &node);
        *comma = ", ";
    }
}

static void star(struct sql_translation *translation, const struct sql_item *item, const char **comma)
{
    for (size_t i = 0; i < translation->select->source_count; i++)
        if (!item->star_of || !strcmp(item->star_of, sql_source_name(&translation->select->sources[i])))
            columns_of(translation, i, comma);
}

/* The stream is no table here: its row is bound, and stands as one row without columns. Relations are joined in their order, so a LEFT
 * JOIN keeps that row. */
static void joins(struct sql_translation *translation)
{
    add(translation, " FROM (SELECT 1)");
    for (size_t i = 0; i < translation->select->source_count; i++) {
        const struct sql_source *source = &translation->select->sources[i];

        if ((int)i == translation->stream)
            continue;
        buffer_print(&translation->text, "%s r%zu AS t%zu", source->join == JOIN_LEFT ? " LEFT JOIN" : " JOIN",
                     translation->relations[i]->number, i);
        if (source->join == JOIN_LEFT && source->on) {
            add(translation, " ON ");
            sql_translate(translation, source->on);
        }
    }
}

static void condition(struct sql_translation *translation, const struct sql_node *node, const char **word)
{
    if (!node)
        return;
    add(translation, *word);
    sql_translate(translation, node);
    *word = " AND ";
}

void sql_translate_select(struct sql_translation *translation)
{
    const struct sql_select *select = translation->select;
    const char *comma = "";
    const char *word = " WHERE ";

    add(translation, "SELECT ");
    for (size_t i = 0; i < select->item_count; i++) {
        if (!select->items[i].expression) {
            star(translation, &select->items[i], &comma);
            continue;
        }
        add(translation, comma);
        sql_translate(translation, select->items[i].expression);
        comma = ", ";
    }
    joins(translation);
    for (size_t i = 0; i < select->source_count; i++)
        if (select->sources[i].join != JOIN_LEFT)
            condition(translation, select->sources[i].on, &word);
    condition(translation, select->where, &word);
}
