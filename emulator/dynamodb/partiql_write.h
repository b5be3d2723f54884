#pragma once
/* INSERT, UPDATE, DELETE and EXISTS as changes of one item. An INSERT needs that there is no such item, an UPDATE that there is one; a
 * DELETE of what is not there does nothing, whatever else its WHERE says. */

#include "dynamodb/change.h"
#include "dynamodb/partiql.h"

/* Reads SET and REMOVE as an update. */
bool partiql_read_update(const struct partiql_scope *scope, const struct partiql_change *changes, struct update **update);

/* Makes the change that the statement, whose table is known, asks for. With is_in_transaction a WHERE that does not name the whole key
 * gives a key that does not fit the table, for change_check to refuse: so a transaction words it. */
bool partiql_make_change(const struct partiql *partiql, struct change *change, bool is_in_transaction, struct fault *fault);

/* Checks, prepares and applies it; faults in the words of PartiQL. */
bool partiql_apply_change(struct dynamodb *room, struct change *change, struct fault *fault);

/* Words a fault that change_prepare or a transaction raised as PartiQL does: an item that is there already, a result that nests too deeply.
 */
void partiql_word_fault(const struct change *change, struct fault *fault);

/* What RETURNING gives of the applied change, in arena; false when it gives nothing. */
bool partiql_returned(const struct partiql *partiql, const struct change *change, struct value *item, struct arena *arena);
