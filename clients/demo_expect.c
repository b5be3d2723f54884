#include "demo_expect.h"

#include "base/memory.h"
#include "base/text.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

static void add(const struct fence *fence, bool is_enter, void *context)
{
    struct expected_list *list = context;

    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->pushes = memory_resize(list->pushes, list->capacity * sizeof *list->pushes);
    }
    list->pushes[list->count++] = (struct expected_push){ .is_enter = is_enter, .fence = fence, .seq = list->seq };
}

void expected_list_step(struct expected_list *list, const struct fence_list *fences, const struct fix *fix)
{
    list->seq = fix->seq;
    fence_step(fences, &list->presence, fix->place, add, list);
}

void expected_list_clear(struct expected_list *list)
{
    free(list->pushes);
    memset(list, 0, sizeof *list);
}

static const char *compare(const struct expected_push *expected, const char *vehicle, const json_t *push)
{
    if (!text_is(json_string_value(json_object_get(push, "vehicle")), vehicle))
        return "it is about another vehicle";
    if (!text_is(json_string_value(json_object_get(push, "type")), expected->is_enter ? "enter" : "exit"))
        return "it tells of the other direction";
    if (!text_is(json_string_value(json_object_get(push, "fence")), expected->fence->id))
        return "it is about another fence";
    if (json_integer_value(json_object_get(push, "seq")) != (json_int_t)expected->seq)
        return "it is about another fix";
    return NULL;
}

const char *expected_list_check(const struct expected_list *list, const char *vehicle, size_t *seen, const char *text, size_t size_bytes)
{
    json_t *push = json_loadb(text, size_bytes, 0, NULL);
    const char *problem = "it is not JSON";

    if (push && *seen >= list->count)
        problem = "no further push was due";
    else if (push)
        problem = compare(&list->pushes[*seen], vehicle, push);
    if (!problem)
        ++*seen;
    json_decref(push);
    return problem;
}
