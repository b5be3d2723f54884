#pragma once
/* One PartiQL statement of a request, ready to run: what it says, with its parameters, and the table that it speaks of. ExecuteStatement
 * runs one; batches and transactions run several.
 *
 * It goes in steps, in AWS's order: the parameters in themselves, the statement in itself, then what depends on the table. */

#include "dynamodb/intake.h"
#include "dynamodb/partiql_condition.h"
#include "dynamodb/partiql_statement.h"

struct partiql {
    const json_t *json; /* its part of the request: Statement, Parameters and options */
    struct partiql_statement statement;
    struct partiql_scope scope;
    struct condition *where; /* or NULL */
    struct update *update;   /* UPDATE */
    struct value item;       /* INSERT */
    const char *table_name;  /* as the statement names it; NULL when it is no statement */
    struct table *table;     /* by partiql_find_table */
    const struct table_index *index;
};

/* Reads the Parameters. */
bool partiql_read_parameters(struct partiql *partiql, const json_t *json, struct fault *fault);

/* Reads the Statement with them. */
bool partiql_read_statement(struct partiql *partiql, struct fault *fault);

/* Finds table and index. What DynamoDB refuses of a well-formed statement is refused here, for an index of several key attributes is
 * refused before. */
bool partiql_find_table(const struct dynamodb *room, struct partiql *partiql, struct fault *fault);

/* Both steps of reading. */
bool partiql_read(struct partiql *partiql, const json_t *json, struct fault *fault);

/* A SELECT; all else writes, or checks for writes. */
bool partiql_is_read(const struct partiql *partiql);
