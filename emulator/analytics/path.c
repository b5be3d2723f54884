/* Steps: keys and brackets. */

#include "analytics/path.h"

#include "base/text.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

static bool key_step(const char **at, struct path_step *step, struct arena *arena)
{
    size_t length = strcspn(++*at, ".[");

    step->kind = STEP_KEY;
    step->key = arena_copy(arena, *at, length);
    *at += length;
    return length > 0;
}

/* "[0:]" stands for all elements, "[3]" for one. */
static bool bracket_step(const char **at, struct path_step *step)
{
    size_t length = strcspn(*at, "]");
    char digits[8] = "";
    int64_t index;

    if (length >= 3 && !strncmp(*at, "[0:]", 4)) {
        step->kind = STEP_ALL;
        *at += 4;
        return true;
    }
    if (!(*at)[length] || length < 2 || length > 7)
        return false;
    memcpy(digits, *at + 1, length - 1);
    step->kind = STEP_INDEX;
    *at += length + 1;
    if (!isdigit((unsigned char)*digits) || !text_to_int64(digits, &index))
        return false;
    step->index = (size_t)index;
    return true;
}

struct analytics_path *analytics_path_open(const char *text, struct arena *arena)
{
    struct analytics_path *path = arena_take(arena, sizeof *path);

    if (*text++ != '$')
        return NULL;
    path->all = SIZE_MAX;
    while (*text) {
        struct path_step *step = &path->steps[path->count];

        if (path->count == PATH_STEPS_MAX || !(*text == '.' ? key_step(&text, step, arena) : (*text == '[' && bracket_step(&text, step))))
            return NULL;
        if (step->kind == STEP_ALL) {
            if (path->all != SIZE_MAX)
                return NULL; /* one array, one level, as AWS has it */
            path->all = path->count;
        }
        path->count++;
    }
    if (path->all == SIZE_MAX)
        path->all = path->count;
    return path;
}

bool analytics_path_flattens(const struct analytics_path *path)
{
    return path->all + 1 < path->count;
}

bool analytics_path_shares_array(const struct analytics_path *a, const struct analytics_path *b)
{
    if (a->all != b->all)
        return false;
    for (size_t i = 0; i < a->all; i++)
        if (a->steps[i].kind != b->steps[i].kind || a->steps[i].index != b->steps[i].index ||
            (a->steps[i].key && strcmp(a->steps[i].key, b->steps[i].key)))
            return false;
    return true;
}

const json_t *analytics_path_follow(const struct analytics_path *path, size_t first, size_t end, const json_t *value)
{
    for (size_t i = first; i < end && value; i++) {
        const struct path_step *step = &path->steps[i];

        value = step->kind == STEP_KEY ? json_object_get(value, step->key) : json_array_get(value, step->index);
    }
    return value;
}

const json_t *analytics_path_value(const struct analytics_path *path, const json_t *row, const json_t *element)
{
    const json_t *value;

    if (analytics_path_flattens(path))
        return analytics_path_follow(path, path->all + 1, path->count, element);
    value = analytics_path_follow(path, 0, path->all, row);
    return path->all < path->count && !json_is_array(value) ? NULL : value;
}
