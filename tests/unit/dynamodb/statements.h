#pragma once
/* Asks the room of tables.h in PartiQL, and two tables to ask of: "things" with the key pk (S) and sk (S), an index "byg" by g (keys and
 * the attribute p), an index "all" by h (all), a local index "byl" by l (keys only); and "nums" with the key pk (N) alone. */

#include "tables.h"

void statements_open(void);

/* ExecuteStatement; parameters and more are JSON with single quotes, or NULL: "{'S':'a'},{'N':'1'}" and "'Limit':1". */
const char *statements_ask(const char *statement, const char *parameters, const char *more);

/* BatchExecuteStatement or ExecuteTransaction of the statements, which NULL ends. */
const char *statements_ask_all(const char *operation, const char *more, const char *const *statements);

/* Asks and expects just that answer. */
void statements_expect(const char *statement, const char *answer);

/* What is in a table's item {pk, sk}, as GetItem answers it. */
const char *statements_item(const char *pk, const char *sk);

/* A row of a table of statements. */
struct statement_case {
    const char *statement;
    const char *answer;
    const char *parameters;
};

/* Expects the answer of the case's statement with its parameters. */
void statements_expect_case(const struct statement_case *expected);
