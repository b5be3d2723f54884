#pragma once
/* A transaction: changes of distinct items that are all kept or none. TransactWriteItems and ExecuteTransaction make their changes and run
 * them here.
 *
 * What is wrong with the request as a whole (two changes of one item, an empty key) is the call's own fault. What is wrong with one change
 * cancels the transaction: FAULT_CANCELED, and a reason beside each change. All conditions that fail are told, but of changes that do not
 * fit their table only the first, for then no condition is looked at.
 *
 * Nothing else runs between the first look at an item and the last write, so transactions never conflict here. */

#include "dynamodb/change.h"
#include "dynamodb/intake.h"
#include "dynamodb/request_token.h"

enum { TRANSACTION_ACTIONS_MAX = 100, TRANSACTION_BYTES_MAX = 4 << 20 };

/* Why a part of a transaction cancels it. */
struct reason {
    struct fault fault;       /* FAULT_NONE: it does not */
    const struct value *item; /* told beside it, or NULL */
};

struct transaction {
    struct change *changes; /* each with its table, item or key, and expressions */
    struct reason *reasons; /* beside the changes */
    size_t count;
    struct request_token *token; /* kept with it, unless it has no text */
};

/* A transaction of count empty changes, all in arena. */
struct transaction transaction_new(size_t count, struct arena *arena);

/* The parts of reading a transaction's request: whether the TableName of an element's action is one (`name` is the action's, as texts have
 * it: "put"), and its table. */
bool transaction_check_table_name(struct intake *intake, const json_t *action, size_t i, const char *name);
bool transaction_find_table(struct intake *intake, const json_t *action, struct change *change);

/* Refuses what is larger than TRANSACTION_BYTES_MAX; answers false. */
bool transaction_refuse_bytes(struct fault *fault);

/* Checks and prepares the changes: each has its old and its new item then. False with the fault of the call, FAULT_CANCELED when the
 * reasons tell more. To a transaction that only reads (of CHANGE_CHECKs) nothing is left to do. */
bool transaction_look(struct dynamodb *room, struct transaction *transaction, struct fault *fault);

/* The same, and applies them, and keeps the token. */
bool transaction_run(struct dynamodb *room, struct transaction *transaction, struct fault *fault);

/* Raises FAULT_CANCELED if one of the reasons is one; true when none is. */
bool transaction_check_reasons(const struct transaction *transaction, struct fault *fault);

/* The fault as the call's answer, with CancellationReasons when it is FAULT_CANCELED. */
enum outcome transaction_refuse(const struct fault *fault, const struct transaction *transaction, struct call *call);
