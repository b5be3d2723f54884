#include "push.h"

#include <jansson.h>

bool push_sent_at(const char *text, size_t size_bytes, int64_t *time_ms)
{
    json_t *root = size_bytes && *text == '{' ? json_loadb(text, size_bytes, 0, NULL) : NULL;
    const json_t *moment = json_object_get(root, "ts");
    bool has_one;

    if (!json_is_number(moment))
        moment = json_object_get(root, "sentAt");
    has_one = json_is_number(moment) && json_number_value(moment) > 0 && json_number_value(moment) < 1e15;
    if (has_one)
        *time_ms = json_is_integer(moment) ? (int64_t)json_integer_value(moment) : (int64_t)json_real_value(moment);
    json_decref(root);
    return has_one;
}
