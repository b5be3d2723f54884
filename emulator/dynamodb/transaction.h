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
};

/* A transaction of count empty changes, all in arena. */
struct transaction transaction_new(size_t count, struct arena *arena);

/* Checks, prepares and applies the changes. False with the fault of the call, FAULT_CANCELED when the reasons tell more. */
bool transaction_run(struct dynamodb *room, struct transaction *transaction, struct fault *fault);

/* Raises FAULT_CANCELED if one of the reasons is one; true when none is. */
bool transaction_check_reasons(const struct reason *reasons, size_t count, struct fault *fault);

/* The fault as the call's answer, with CancellationReasons when it is FAULT_CANCELED. */
enum outcome transaction_refuse(const struct fault *fault, const struct reason *reasons, size_t count, struct call *call);
