#pragma once
/* Why a request is refused: one fault per request, filled by whoever finds it; the first wins, as AWS reports only one.
 *
 * Readers, parsers and rules of this room answer true when all is well, and false after they have raised a fault. The operation turns it
 * into AWS's error once (fault_answer). */

#include "aws/call.h"
#include "base/arena.h"

#include <stdbool.h>

enum fault_kind {
    FAULT_NONE = 0,
    FAULT_SERIALIZATION,   /* a member has the wrong JSON type */
    FAULT_REQUEST,         /* the request is wrong in itself; newer texts of some operations put a prefix before it */
    FAULT_VALIDATION,      /* the request does not fit the table or the item */
    FAULT_EMPTY_KEY,       /* a key attribute is empty: worded as the one above, but a transaction is refused for it, not cancelled */
    FAULT_CONDITION,       /* the condition does not hold */
    FAULT_NOT_FOUND,       /* no such table, index, ... */
    FAULT_TABLE_NOT_FOUND, /* as backups name it */
    FAULT_POLICY_NOT_FOUND,
    FAULT_IN_USE,
    FAULT_DUPLICATE, /* an INSERT's item is there already */
    FAULT_LIMIT,
    FAULT_ACCESS_DENIED, /* another account's table */
    FAULT_IDEMPOTENCY,
    FAULT_CANCELED, /* a transaction; its reasons go beside the message */
    FAULT_BROKEN    /* the store failed; logged where found */
};

struct fault {
    struct arena *arena; /* where messages live */
    enum fault_kind kind;
    const char *message;
    bool has_newer_words; /* of the newer of AWS's two readers of values: value_fault.h */
};

/* Fills the fault unless it is filled; always answers false. */
bool fault_raise(struct fault *fault, enum fault_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* The same with "One or more parameter values were invalid: " before the text, in which AWS words most of its rules. */
bool fault_parameter(struct fault *fault, enum fault_kind kind, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* Whether the operation puts "1 validation error detected: " before what is wrong with a request in itself: since about July 2026 those
 * that write one item do; the texts of May 2026 are bare. */
bool fault_has_prefix(const struct call *call);

/* Answers the call with the fault. */
enum outcome fault_answer(const struct fault *fault, struct call *call);
