#pragma once
/* Checked expressions to sqlite's SQL. A column of the select's stream becomes a parameter, which the engine binds for each row; a column
 * of a reference table becomes a column of a generated name ("t1.c4"), so that names that differ by case alone cannot meet. */

#include "analytics/check.h"
#include "base/buffer.h"

struct sql_translation {
    const struct sql_select *select;
    struct sql_relation **relations; /* of the select's sources */
    int stream;                      /* index of the source that is the stream */
    struct buffer text;
    int *parameters;   /* per column of the stream, hidden ones behind the declared: its parameter's number; 0: none yet */
    int now_parameter; /* that of the time of the batch; 0: none yet */
    int parameter_count;
};

/* Adds the expression's SQL to text. */
void sql_translate(struct sql_translation *translation, const struct sql_node *node);

/* Adds the whole select: its items, its joins, its conditions. */
void sql_translate_select(struct sql_translation *translation);
