#pragma once
/* What is said about a template: at most one error, which ends the deployment, and any number of warnings. Each is one line that names the
 * file, the line and the place in the template: "template.yaml:12: Resources.X.Properties.Y: what is wrong; what to do".
 * The words live in the arena. */

#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

enum { REMARKS_WARNINGS_MAX = 1000 };

struct remarks {
    struct arena *arena;
    const char *file;  /* as the user named it */
    const char *error; /* NULL: none yet; the first one wins */
    const char **warnings;
    size_t warning_count;
    size_t warning_capacity;
};

/* A place in a template, grown while walking down: it lives on the stack of the walkers. */
struct path {
    const struct path *parent; /* NULL at the top */
    const char *key;           /* NULL: an element of a list */
    size_t index;
};

/* "Resources.X.Properties.Tags[0].Key" in arena; "" for NULL. */
const char *path_text(struct arena *arena, const struct path *path);

/* Puts the error, printf-like, unless there is one already. line 0: none is named. path may be NULL. */
void remarks_fail(struct remarks *remarks, int line, const struct path *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

/* Adds a warning; more than REMARKS_WARNINGS_MAX are dropped. */
void remarks_warn(struct remarks *remarks, int line, const struct path *path, const char *format, ...)
    __attribute__((format(printf, 4, 5)));
