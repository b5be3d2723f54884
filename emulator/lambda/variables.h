#pragma once
/* The environment variables of a function's process: AWS's own (facts A6), what local SDKs need to find lowcloud, and the user's. */

#include "base/arena.h"
#include "lambda/environment.h"

/* "NAME=value" texts in arena, ended by NULL. */
const char *const *variables_make(const struct environment *environment, struct arena *arena);

/* Whether a user may not set the variable called name. */
bool variables_is_reserved(const char *name);
