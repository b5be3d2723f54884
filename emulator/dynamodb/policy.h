#pragma once
/* Resource-based policies: kept and told in the form in which the service tells them, and not enforced. */

#include "dynamodb/fault.h"

#include <jansson.h>

enum { POLICY_BYTES_MAX = 20480 };

/* The canonical text of a policy document, to be freed; NULL with a fault when it is none. Canonical: no blanks, members in a fixed order,
 * statements in a list, a list of one action or resource as that one. Two documents that mean the same have the same text. */
char *policy_canonical(const char *document, struct fault *fault);
