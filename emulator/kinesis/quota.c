#include "kinesis/quota.h"

#include <string.h>

bool quota_is_used_up(const struct quota *quota, unsigned most, int64_t now_ms)
{
    int64_t oldest_ms = quota->at_ms[most - 1];

    return oldest_ms && oldest_ms > now_ms - QUOTA_PERIOD_MS;
}

void quota_note(struct quota *quota, int64_t now_ms)
{
    memmove(quota->at_ms + 1, quota->at_ms, (QUOTA_MAX - 1) * sizeof *quota->at_ms);
    quota->at_ms[0] = now_ms;
}

json_t *quota_json(const struct quota *quota)
{
    json_t *times = json_array();

    for (unsigned i = 0; i < QUOTA_MAX && quota->at_ms[i]; i++)
        json_array_append_new(times, json_integer(quota->at_ms[i]));
    return times;
}

void quota_read(struct quota *quota, const json_t *times)
{
    for (unsigned i = 0; i < QUOTA_MAX; i++)
        quota->at_ms[i] = json_integer_value(json_array_get(times, i));
}
