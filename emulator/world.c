#include "world.h"

#include "base/log.h"
#include "base/memory.h"
#include "front/authority.h"
#include "router.h"
#include "world_rooms.h"

#include <errno.h>
#include <ftw.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the ground ---- */

static enum status make_state_directory(struct world *world)
{
    const char *parent = getenv("TMPDIR");

    world->state_directory = memory_print("%s/lowcloud-XXXXXX", parent && *parent ? parent : "/tmp");
    if (mkdtemp(world->state_directory)) {
        world->ground.state_directory = world->state_directory;
        return OK;
    }
    log_error("cannot make a folder for temporary files at %s: %s; set TMPDIR to a folder that can be written", world->state_directory,
              strerror(errno));
    free(world->state_directory);
    world->state_directory = NULL;
    return BROKEN;
}

static int remove_entry(const char *path, const struct stat *entry, int kind, struct FTW *place)
{
    (void)entry;
    (void)kind;
    (void)place;
    return remove(path);
}

static void remove_state_directory(struct world *world)
{
    if (world->state_directory)
        nftw(world->state_directory, remove_entry, 16, FTW_DEPTH | FTW_PHYS);
    free(world->state_directory);
}

/* The end of a turn: what it wrote is committed before its answers leave. */
static bool commit(struct turn_hook *hook)
{
    struct world *world = list_item(hook, struct world, commit);

    if (database_commit(world->ground.database) != OK)
        front_fail_answers(world->front);
    return false;
}

static enum status open_ground(struct world *world)
{
    struct ground *ground = &world->ground;
    const struct world_options *options = &world->options;

    clock_open(&world->clock);
    if (options->frozen_ms > 0)
        clock_freeze(&world->clock, options->frozen_ms);
    random_open(&world->random, options->seed);
    world->request_ids = random_stream(&world->random, "request ids");
    json_object_seed((size_t)world->random.seed | 1);
    ground->clock = &world->clock;
    ground->random = &world->random;
    ground->request_ids = &world->request_ids;
    ground->seal_key = &world->seal_key;
    ground->region = options->region ? options->region : "us-east-1";
    ground->account = options->account ? options->account : "000000000000";
    ground->data_directory = options->data_directory;
    ground->throttles_kinesis = options->throttles_kinesis;
    ground->endpoint = world->endpoint;
    if (loop_open(&ground->loop, &world->clock) != OK || make_state_directory(world) != OK)
        return BROKEN;
    ground->trace = trace_open(&world->clock);
    if (database_open(&ground->database, options->data_directory) != OK ||
        seal_key_open(&world->seal_key, &world->random, ground->database) != OK)
        return BROKEN;
    loop_add_hook(ground->loop, &world->commit, commit);
    if (authority_open(&world->authority, NULL, &world->clock) != OK)
        return BROKEN;
    ground->ca_file = authority_file(world->authority);
    return OK;
}

/* ---- the rooms: the whole topology ---- */

static void print_destinations(void *context, uint64_t since, struct buffer *lines)
{
    lambda_print_destinations(context, since, lines);
}

static void print_metrics(void *context, uint64_t since, struct buffer *lines)
{
    cloudwatch_print_metrics(context, since, lines);
}

static enum status open_rooms(struct world *world)
{
    const struct ground *ground = &world->ground;
    struct record_sink streams;
    struct invoker functions;

    if (kinesis_open(&world->kinesis, ground) != OK)
        return BROKEN;
    streams = kinesis_sink(world->kinesis);
    if (dynamodb_open(&world->dynamodb, ground, &streams) != OK ||
        lambda_open(&world->lambda, ground, world->kinesis, world->dynamodb) != OK)
        return BROKEN;
    functions = lambda_invoker(world->lambda);
    if (analytics_open(&world->analytics, ground, world->kinesis, &functions) != OK ||
        apigateway_open(&world->apigateway, ground, &functions) != OK)
        return BROKEN;
    if (cloudwatch_open(&world->cloudwatch, ground) != OK)
        return BROKEN;
    world->control = control_open(ground);
    control_add_listing(world->control, &(struct control_listing){ "/_lowcloud/metrics", print_metrics, world->cloudwatch });
    control_add_listing(world->control, &(struct control_listing){ "/_lowcloud/destinations", print_destinations, world->lambda });
    return OK;
}

/* ---- the front door ---- */

static void serve(void *context, struct exchange *exchange)
{
    router_serve(context, exchange);
}

static void upgrade(void *context, struct upgrade *held)
{
    apigateway_upgrade(((struct world *)context)->apigateway, held);
}

static enum status open_front(struct world *world)
{
    const char *host = world->options.host ? world->options.host : "127.0.0.1";
    const char *reached = strcmp(host, "0.0.0.0") && strcmp(host, "::") ? host : "127.0.0.1";
    struct front_options options = {
        .host = host,
        .port = world->options.port,
        .body_max_bytes = (16 << 20) + 1,
        .serve = serve,
        .upgrade = upgrade,
        .context = world,
    };

    if (world->options.port < 0)
        return OK;
    if (front_open(&world->front, &world->ground, &options) != OK)
        return BROKEN;
    world->ground.port = front_port(world->front);
    snprintf(world->endpoint, sizeof world->endpoint, strchr(reached, ':') ? "http://[%s]:%d" : "http://%s:%d", reached,
             world->ground.port);
    return OK;
}

enum status world_open(struct world *world, const struct world_options *options)
{
    *world = (struct world){ .options = *options };
    if (open_ground(world) != OK || open_rooms(world) != OK)
        return BROKEN;
    return open_front(world);
}

static void stop(int signal_number, void *context)
{
    struct world *world = context;

    log_info("%s: closing", signal_number == SIGINT ? "interrupted" : "asked to end");
    world->is_stopping = true;
    loop_stop(world->ground.loop);
}

void world_heed_signals(struct world *world)
{
    loop_on_signal(world->ground.loop, SIGINT, stop, world);
    loop_on_signal(world->ground.loop, SIGTERM, stop, world);
}

void world_run(struct world *world)
{
    /* A signal that came while a template was brought up has stopped the loop of that time only. */
    if (!world->is_stopping)
        loop_run(world->ground.loop);
}

void world_advance(struct world *world, int64_t ms)
{
    clock_advance(&world->clock, ms);
    for (int i = 0; i < 8; i++)
        loop_turn(world->ground.loop, 0);
}

void world_close(struct world *world)
{
    front_close(world->front);
    control_close(world->control);
    cloudwatch_close(world->cloudwatch);
    analytics_close(world->analytics);
    apigateway_close(world->apigateway);
    lambda_close(world->lambda);
    dynamodb_close(world->dynamodb);
    kinesis_close(world->kinesis);
    authority_close(world->authority);
    database_close(world->ground.database);
    trace_close(world->ground.trace);
    loop_close(world->ground.loop);
    clock_close(&world->clock);
    remove_state_directory(world);
}
