#pragma once
/* AWS's words for values that cannot be kept. The service reads values in two ways, each with words of its own: the older reader is that of
 * batch writes, transactions and scans, the newer one that of the operations on one item, of BatchGetItem and Query. A fault says which of
 * them tells it (has_newer_words). */

#include "base/buffer.h"
#include "dynamodb/fault.h"
#include "dynamodb/value.h"

/* What is wrong with a number (an enum number_fault) that was sent as text; NULL when nothing is. In the fault's arena. */
const char *value_number_fault(int number_fault, struct bytes text, const struct fault *fault);

/* Refuses a set for members that are in it twice: its members as they were sent, and as they are shown. */
bool value_refuse_duplicates(const struct value *sent, const struct bytes *shown, struct fault *fault);
