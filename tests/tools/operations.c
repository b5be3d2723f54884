/* Prints every operation that lowcloud serves, from its tables: a line each of service, AWS's name, method, path and the names of the
 * input's members (comma-separated), with tabs between. tests/tools/coverage.py makes docs/coverage.md of it. */

#include "world.h"
#include "world_rooms.h"

#include <stdio.h>

static void print_operation(const struct service *service, const struct operation *operation)
{
    const char *comma = "";

    printf("%s\t%s\t%s\t%s\t%s\t", service->name, service->target_prefix ? service->target_prefix : "", operation->name,
           operation->method ? operation->method : "POST", operation->path ? operation->path : "/");
    for (const struct member *member = operation->input; member && member->name; member++, comma = ",")
        printf("%s%s", comma, member->name);
    putchar('\n');
}

static void print_service(const struct service *service)
{
    for (const struct operation *operation = service ? service->operations : NULL; operation && operation->name; operation++)
        print_operation(service, operation);
}

int main(void)
{
    struct world_options options = { .port = -1, .seed = 1 };
    struct world world;
    enum status opened = world_open(&world, &options);

    if (opened == OK) {
        print_service(kinesis_service(world.kinesis));
        print_service(dynamodb_service(world.dynamodb));
        print_service(dynamodb_streams_service(world.dynamodb));
        print_service(lambda_service(world.lambda));
        print_service(apigateway_service(world.apigateway));
        print_service(analytics_service_v1(world.analytics));
        print_service(analytics_service_v2(world.analytics));
        print_service(cloudwatch_service(world.cloudwatch));
    }
    world_close(&world);
    return opened == OK ? 0 : 1;
}
