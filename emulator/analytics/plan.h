#pragma once
/* Application code, made ready to run: its relations, and its pumps in the order in which a batch passes through them, each select already
 * sqlite's SQL. Made anew whenever the code or what it reads changes; it lives in one arena. */

#include "analytics/relation.h"

/* One select of a pump. */
struct sql_branch {
    struct sql_relation *source; /* the stream whose rows it reads */
    const char *sql;
    int *parameters;     /* per column of the source, hidden ones behind the declared: the number of its parameter, or 0 */
    int now_parameter;   /* that of the time of the batch, or 0 */
    size_t column_count; /* of the select */
    size_t *targets;     /* for each of its columns, the target's column that it goes to */
};

struct sql_planned_pump {
    const char *name;
    struct sql_relation *target;
    struct sql_branch *branches;
    size_t branch_count;
    struct sql_span span; /* of its name */
};

/* A column of a reference table that is compared for equality: worth an index. */
struct sql_index {
    struct sql_relation *table;
    int column;
};

struct sql_plan {
    struct arena *arena;
    struct sql_relation **relations; /* at their number; error_stream is the first */
    size_t relation_count;
    struct sql_planned_pump *pumps; /* in the order of running */
    size_t pump_count;
    struct sql_index *indexes;
    size_t index_count;
    bool is_whole; /* nothing that the code reads is missing */
};

/* A source stream or a reference table that the code may read. */
struct sql_given {
    const char *name;
    enum relation_kind kind; /* RELATION_INPUT or RELATION_TABLE */
    struct sql_column *columns;
    size_t column_count;
};

/* Plans the code over what is given, all of which must outlive the plan. With must_be_whole a relation that is neither given nor created
 * is an error; otherwise it is taken for one that is still to be added, and the plan is not whole. NULL when the code is refused: then
 * error says where and why. */
struct sql_plan *sql_plan_make(const char *code, const struct sql_given *given, size_t given_count, bool must_be_whole, struct arena *arena,
                               struct sql_error *error);

/* The relation called name, or NULL. */
struct sql_relation *sql_plan_relation(const struct sql_plan *plan, const char *name);

/* Whether rows of the relation can be an application's output: a stream that the code creates, or error_stream. */
bool sql_relation_is_output(const struct sql_relation *relation);
