#pragma once
/* What a select means: every name is found, every expression gets its type, and what cannot be compared, computed or assigned is refused
 * with its place, in the words that AWS's SQL validator uses. */

#include "analytics/relation.h"

struct sql_check {
    struct arena *arena;
    struct sql_error *error;
    const struct sql_select *select;
    struct sql_relation **relations; /* of the select's sources, in order */
    bool has_failed;
};

/* Notes the error; the first wins. */
void sql_check_fail(struct sql_check *check, const struct sql_span *span, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The name by which a source is called in the select. */
const char *sql_source_name(const struct sql_source *source);

/* Checks an expression and sets its types; false when it was refused. */
bool sql_check_expression(struct sql_check *check, struct sql_node *node);

/* Checks a condition: an expression whose type is BOOLEAN. clause is "WHERE" or "ON". */
bool sql_check_condition(struct sql_check *check, struct sql_node *node, const char *clause);

/* Whether values of `from` may be assigned to `to`. */
bool sql_check_fits(const struct sql_type *from, const struct sql_type *to);

/* ---- between check.c, check_column.c and check_call.c ---- */

/* Whether the node's type is of the family, or of any. */
bool sql_check_is(const struct sql_node *node, enum sql_family family);

/* Fails unless it is; op is what the node was given to. */
void sql_check_need(struct sql_check *check, const struct sql_node *node, const char *op, enum sql_family family);

/* Makes type the one that values of both fit into; false when there is none. */
bool sql_check_join(struct sql_type *type, const struct sql_type *other);

/* A COLUMN and a CALL, whose parts are checked already. */
void sql_check_column(struct sql_check *check, struct sql_node *node);
void sql_check_call(struct sql_check *check, struct sql_node *node);
