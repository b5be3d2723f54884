/* Stands in for rooms that are not built yet: each definition here is weak, so that a room's own takes its place. */

#include "analytics/analytics.h"
#include "apigateway/apigateway.h"
#include "deploy/deploy.h"
#include "dynamodb/dynamodb.h"
#include "front/authority.h"
#include "front/front.h"
#include "lambda/lambda.h"

int fleet_main(int argc, char **argv);
int watch_main(int argc, char **argv);

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
WEAK enum status apigateway_open(struct apigateway **room, const struct ground *ground, const struct invoker *invoker)
{
    (void)ground;
    (void)invoker;
    *room = NULL;
    return OK;
}
WEAK const struct service *apigateway_service(const struct apigateway *room)
{
    (void)room;
    return NULL;
}
WEAK void apigateway_upgrade(struct apigateway *room, struct upgrade *upgrade)
{
    (void)room;
    (void)upgrade;
}
WEAK bool apigateway_serves(struct apigateway *room, struct exchange *exchange)
{
    (void)room;
    (void)exchange;
    return false;
}
WEAK void apigateway_each_stage(const struct apigateway *room,
                                void (*each)(void *context, const char *name, const char *api_id, const char *stage), void *context)
{
    (void)room;
    (void)each;
    (void)context;
}
WEAK void apigateway_close(struct apigateway *room)
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
WEAK enum status authority_open(struct authority **authority, const char *directory, const struct clock *clock)
{
    (void)directory;
    (void)clock;
    *authority = NULL;
    return OK;
}
WEAK const char *authority_file(const struct authority *authority)
{
    (void)authority;
    return "";
}
WEAK void authority_close(struct authority *authority)
{
    (void)authority;
}
WEAK enum status front_open(struct front **front, const struct ground *ground, const struct front_options *options)
{
    (void)ground;
    (void)options;
    *front = NULL;
    return OK;
}
WEAK int front_port(const struct front *front)
{
    (void)front;
    return 0;
}
WEAK void front_close(struct front *front)
{
    (void)front;
}

WEAK bool deploy_template(const struct ground *ground, const struct deploy_rooms *rooms, const char *path,
                          const struct deploy_parameter *parameters, size_t parameter_count, struct deploy_result *result)
{
    (void)ground;
    (void)rooms;
    (void)path;
    (void)parameters;
    (void)parameter_count;
    (void)result;
    return false;
}
WEAK int fleet_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 2;
}
WEAK int watch_main(int argc, char **argv)
{
    (void)argc;
    (void)argv;
    return 2;
}
