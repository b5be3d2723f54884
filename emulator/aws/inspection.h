#pragma once
/* What is found wrong with an input: clauses, "Value 'x' at 'name' failed to satisfy constraint: ...", as AWS prints values and paths. */

#include "aws/shape.h"
#include "base/buffer.h"

enum { CLAUSE_MAX = 10 /* that are told */ };

struct inspection {
    struct arena *arena;
    const struct shape_manners *manners;
    struct buffer clauses;
    int count; /* of violations, also of those that are not told any more */
};

/* The way to a value, printed only when something is wrong with it: a member's name, a list's index (from 1), or a map's key. */
struct step {
    const struct step *up;
    const char *name; /* NULL: an index */
    size_t index;
    bool is_member; /* else an element: ".member" follows */
};

/* Counts a violation by value (NULL: there is none) of the member's constraint, which stands in AWS's words. */
void inspection_add(struct inspection *inspection, const struct member *member, const struct step *path, const json_t *value,
                    const char *constraint);

/* "2 validation errors detected: ..." in its arena; NULL when there was none. Clears the inspection. */
const char *inspection_end(struct inspection *inspection);
