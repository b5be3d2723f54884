/* Stands in for rooms that are not built yet: each definition here is weak, so that a room's own takes its place. */

#include "analytics/analytics.h"

#define WEAK __attribute__((weak))

WEAK enum status analytics_open(struct analytics **room, const struct ground *ground, struct kinesis *kinesis,
                                const struct invoker *invoker)
{
    (void)ground;
    (void)kinesis;
    (void)invoker;
    *room = NULL;
    return OK;
}
WEAK const struct service *analytics_service_v1(const struct analytics *room)
{
    (void)room;
    return NULL;
}
WEAK const struct service *analytics_service_v2(const struct analytics *room)
{
    (void)room;
    return NULL;
}
WEAK void analytics_close(struct analytics *room)
{
    (void)room;
}
