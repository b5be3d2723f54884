#pragma once
/* The patterns of AWS's models, as shapes have them: POSIX extended expressions but for \d, which POSIX does not know. */

#include "base/arena.h"

#include <stdbool.h>

/* Whether the whole text matches. */
bool shape_pattern_matches(const char *pattern, const char *text, struct arena *arena);
