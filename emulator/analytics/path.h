#pragma once
/* Where a column's value is in a JSON document: "$.a.b", "$.list[3]", "$.list[0:]", "$.list[0:].field". [0:] stands for all elements; one
 * array, one level, as AWS has it. */

#include "base/arena.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>

enum { PATH_STEPS_MAX = 64 };

enum step_kind { STEP_KEY, STEP_INDEX, STEP_ALL };

struct analytics_path {
    struct path_step {
        enum step_kind kind;
        const char *key;
        size_t index;
    } steps[PATH_STEPS_MAX];
    size_t count;
    size_t all; /* index of the [0:] step; count when there is none */
};

/* Reads text; NULL when it is no path that can be followed. */
struct analytics_path *analytics_path_open(const char *text, struct arena *arena);

/* Whether the path goes on behind [0:]: then each element makes a row. */
bool analytics_path_flattens(const struct analytics_path *path);

/* Whether both lead through the same array. */
bool analytics_path_shares_array(const struct analytics_path *a, const struct analytics_path *b);

/* Follows steps first..end-1 from value; NULL when one leads nowhere. */
const json_t *analytics_path_follow(const struct analytics_path *path, size_t first, size_t end, const json_t *value);

/* The value at the path from row on. element stands for [0:] when the path goes on behind it; a path that ends there means the whole
 * array. */
const json_t *analytics_path_value(const struct analytics_path *path, const json_t *row, const json_t *element);
