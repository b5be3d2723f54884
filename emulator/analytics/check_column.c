/* Columns are found by their names, in the sources of their select. */

#include "analytics/check.h"

#include <string.h>
#include <strings.h>

/* CURRENT_TIMESTAMP and its like are written as columns are. */
static bool clock_column(struct sql_node *node)
{
    static const struct {
        const char *name;
        enum sql_clock_column column;
        enum sql_kind kind;
    } names[] = { { "CURRENT_TIMESTAMP", COLUMN_NOW, SQL_TIMESTAMP }, { "CURRENT_ROW_TIMESTAMP", COLUMN_NOW, SQL_TIMESTAMP },
                  { "LOCALTIMESTAMP", COLUMN_NOW, SQL_TIMESTAMP },    { "CURRENT_DATE", COLUMN_TODAY, SQL_DATE },
                  { "CURRENT_TIME", COLUMN_TIME_OF_DAY, SQL_TIME },   { "LOCALTIME", COLUMN_TIME_OF_DAY, SQL_TIME } };

    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        if (!strcmp(names[i].name, node->name)) {
            node->source = names[i].column;
            node->type = sql_type_of(names[i].kind);
            return true;
        }
    return false;
}

/* The name of a column that differs by case alone: the usual mistake, since unquoted names are folded to upper case. */
static const char *nearly(const struct sql_relation *relation, const char *name)
{
    for (size_t i = 0; i < relation->column_count; i++)
        if (!strcasecmp(relation->columns[i].name, name))
            return relation->columns[i].name;
    return NULL;
}

static void not_found(struct sql_check *check, struct sql_node *node, size_t first, size_t end)
{
    const char *similar = NULL;

    for (size_t i = first; i < end && !similar; i++)
        similar = nearly(check->relations[i], node->name);
    if (similar)
        sql_check_fail(check, &node->span,
                       "Column '%.64s' not found in any table; did you mean \"%.64s\"? Names without quotes are read in upper case",
                       node->name, similar);
    else
        sql_check_fail(check, &node->span, "Column '%.64s' not found in any table", node->name);
}

/* Looks in the sources first..end-1, in two rounds: declared columns, then hidden ones. */
static void find_column(struct sql_check *check, struct sql_node *node, size_t first, size_t end)
{
    bool is_open = false;
    int found = 0;

    for (int hidden = 0; hidden < 2 && !found; hidden++)
        for (size_t i = first; i < end; i++) {
            int column = sql_relation_column(check->relations[i], node->name, hidden);

            is_open |= check->relations[i]->is_open;
            if (column < 0)
                continue;
            found++;
            node->source = (int)i;
            node->column = column;
            node->type = sql_relation_column_at(check->relations[i], column)->type;
        }
    if (found > 1)
        sql_check_fail(check, &node->span, "Column '%.64s' is ambiguous", node->name);
    else if (!found && is_open)
        node->source = COLUMN_UNKNOWN;
    else if (!found)
        not_found(check, node, first, end);
}

void sql_check_column(struct sql_check *check, struct sql_node *node)
{
    const struct sql_select *select = check->select;

    if (!node->name) {
        sql_check_fail(check, &node->span, "A star stands only alone in a select list");
        return;
    }
    if (!node->qualifier) {
        if (!clock_column(node))
            find_column(check, node, 0, select->source_count);
        return;
    }
    for (size_t i = 0; i < select->source_count; i++)
        if (!strcmp(sql_source_name(&select->sources[i]), node->qualifier)) {
            find_column(check, node, i, i + 1);
            return;
        }
    sql_check_fail(check, &node->span, "Table '%.64s' not found", node->qualifier);
}
