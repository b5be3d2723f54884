/* Stands in for rooms that are not built yet: each definition here is weak, so that a room's own takes its place. */

#include "analytics/analytics.h"
#include "dynamodb/dynamodb.h"
#include "lambda/lambda.h"

#define WEAK __attribute__((weak))

WEAK enum status dynamodb_open(struct dynamodb **room, const struct ground *ground)
{
    (void)ground;
    *room = NULL;
    return OK;
}
WEAK const struct service *dynamodb_service(const struct dynamodb *room)
{
    (void)room;
    return NULL;
}
WEAK void dynamodb_close(struct dynamodb *room)
{
    (void)room;
}
WEAK enum status lambda_open(struct lambda **room, const struct ground *ground, struct kinesis *kinesis)
{
    (void)ground;
    (void)kinesis;
    *room = NULL;
    return OK;
}
WEAK const struct service *lambda_service(const struct lambda *room)
{
    (void)room;
    return NULL;
}
WEAK struct invoker lambda_invoker(struct lambda *room)
{
    (void)room;
    return (struct invoker){ 0 };
}
WEAK enum status lambda_deploy_directory(struct lambda *room, const json_t *configuration, const char *directory, struct arena *arena,
                                         const char **message)
{
    (void)room;
    (void)configuration;
    (void)directory;
    (void)arena;
    *message = "functions are not built yet";
    return BROKEN;
}
WEAK void lambda_close(struct lambda *room)
{
    (void)room;
}
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
