/* Calls: one function a form of arguments. */

#include "analytics/call.h"

#include "analytics/expression.h"
#include "analytics/literal.h"
#include "analytics/node.h"

#include <string.h>

static const char row_wise[] = "is not supported by lowcloud: functions over several rows need a window";

/* Functions over several rows, and functions of tables. */
static bool is_over_rows(const char *name)
{
    static const char *const names[] = { "AVG",
                                         "COUNT",
                                         "COUNT_DISTINCT",
                                         "COUNT_DISTINCT_ITEMS_TUMBLING",
                                         "EXP_AVG",
                                         "FIRST_VALUE",
                                         "HOTSPOTS",
                                         "LAG",
                                         "LAST_VALUE",
                                         "LEAD",
                                         "MAX",
                                         "MIN",
                                         "MONOTONIC",
                                         "NTH_VALUE",
                                         "RANDOM_CUT_FOREST",
                                         "RANDOM_CUT_FOREST_WITH_EXPLANATION",
                                         "STDDEV_POP",
                                         "STDDEV_SAMP",
                                         "SUM",
                                         "TOP_K_ITEMS_TUMBLING",
                                         "VAR_POP",
                                         "VAR_SAMP",
                                         "RANK",
                                         "ROW_NUMBER" };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i], name))
            return true;
    return false;
}

static void arguments(struct sql_parser *parser, struct sql_node *call)
{
    if (sql_parser_take(parser, ")"))
        return;
    do
        sql_node_add(parser, call, sql_expression(parser));
    while (sql_parser_take(parser, ","));
    sql_parser_expect(parser, ")");
}

/* POSITION(a IN b) */
static void position_arguments(struct sql_parser *parser, struct sql_node *call)
{
    sql_node_add(parser, call, sql_expression_sum(parser));
    sql_parser_expect(parser, "IN");
    sql_node_add(parser, call, sql_expression(parser));
    sql_parser_expect(parser, ")");
}

/* SUBSTRING(a FROM b [FOR c]), SUBSTRING(a, b [, c]) */
static void substring_arguments(struct sql_parser *parser, struct sql_node *call)
{
    sql_node_add(parser, call, sql_expression(parser));
    if (!sql_parser_take(parser, "FROM"))
        sql_parser_expect(parser, ",");
    sql_node_add(parser, call, sql_expression(parser));
    if (sql_parser_take(parser, "FOR") || sql_parser_take(parser, ","))
        sql_node_add(parser, call, sql_expression(parser));
    sql_parser_expect(parser, ")");
}

/* TRIM([BOTH | LEADING | TRAILING] [c] [FROM] s): the text first, then the characters when they are given. */
static void trim_arguments(struct sql_parser *parser, struct sql_node *call)
{
    static const char *const sides[] = { "BOTH", "LEADING", "TRAILING" };
    struct sql_node *what = NULL;
    bool has_side = false;

    call->op = sides[0];
    for (size_t i = 0; i < 3 && !has_side; i++)
        if (sql_parser_take(parser, sides[i])) {
            call->op = sides[i];
            has_side = true;
        }
    if (!has_side || !sql_parser_is(parser, "FROM"))
        what = sql_expression(parser);
    if (sql_parser_take(parser, "FROM")) {
        sql_node_add(parser, call, sql_expression(parser));
        sql_node_add(parser, call, what);
    } else {
        sql_node_add(parser, call, what);
    }
    sql_parser_expect(parser, ")");
}

/* EXTRACT(unit FROM t) */
static void extract_arguments(struct sql_parser *parser, struct sql_node *call)
{
    call->unit = sql_literal_unit(parser);
    sql_parser_expect(parser, "FROM");
    sql_node_add(parser, call, sql_expression(parser));
    sql_parser_expect(parser, ")");
}

/* FLOOR(x), FLOOR(t TO unit); the same for CEIL. */
static void floor_arguments(struct sql_parser *parser, struct sql_node *call)
{
    sql_node_add(parser, call, sql_expression(parser));
    if (sql_parser_take(parser, "TO"))
        call->unit = sql_literal_unit(parser);
    sql_parser_expect(parser, ")");
}

/* STEP(t BY INTERVAL '...' unit) */
static void step_arguments(struct sql_parser *parser, struct sql_node *call)
{
    sql_node_add(parser, call, sql_expression(parser));
    sql_parser_expect(parser, "BY");
    sql_node_add(parser, call, sql_expression(parser));
    sql_parser_expect(parser, ")");
}

struct sql_node *sql_call(struct sql_parser *parser, const struct sql_name *name)
{
    static const struct {
        const char *name;
        void (*arguments)(struct sql_parser *parser, struct sql_node *call);
    } forms[] = { { "POSITION", position_arguments }, { "SUBSTRING", substring_arguments },
                  { "TRIM", trim_arguments },         { "EXTRACT", extract_arguments },
                  { "FLOOR", floor_arguments },       { "CEIL", floor_arguments },
                  { "CEILING", floor_arguments },     { "STEP", step_arguments } };
    struct sql_node *node = sql_node_new(parser, NODE_CALL, name->span);
    void (*read)(struct sql_parser *, struct sql_node *) = arguments;

    if (is_over_rows(name->text))
        return sql_parser_fail(parser, &name->span, "%s %s", name->text, row_wise);
    node->name = name->text;
    for (size_t i = 0; i < sizeof forms / sizeof *forms; i++)
        if (!strcmp(forms[i].name, name->text))
            read = forms[i].arguments;
    read(parser, node);
    if (sql_parser_is(parser, "OVER"))
        return sql_parser_fail(parser, &parser->lexer.token.span, "A window (OVER) %s", row_wise);
    return sql_node_close(parser, node);
}
