#pragma once
/* The 573 words that an expression may not use as a bare attribute name, in any case of letters (the developer guide's list). */

#include "dynamodb/value.h"

bool reserved_has(struct bytes name);
