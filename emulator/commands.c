/* serve, up, ca: open a world, make what a template asks for, say that it is ready, run until somebody says stop. */

#include "commands.h"

#include "base/log.h"
#include "base/text.h"
#include "deploy/deploy.h"
#include "deploy/report.h"
#include "front/authority.h"
#include "options.h"
#include "world_rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char common_help[] = "  --port N            port to listen on; 0 picks a free one (4566; LOWCLOUD_PORT)\n"
                                  "  --host ADDRESS      address to listen on (127.0.0.1; LOWCLOUD_HOST)\n"
                                  "  --data DIR          keep tables and streams in DIR across restarts (LOWCLOUD_DATA)\n"
                                  "  --region NAME       region in ARNs and events (us-east-1; LOWCLOUD_REGION)\n"
                                  "  --account ID        account in ARNs and events (000000000000; LOWCLOUD_ACCOUNT)\n"
                                  "  --seed N            same seed, same ids (drawn; LOWCLOUD_SEED)\n"
                                  "  --freeze MS         start with the clock standing at MS since the epoch (LOWCLOUD_FREEZE)\n"
                                  "  --allow-origin URL  let pages of this origin call the APIs; repeatable (LOWCLOUD_ALLOW_ORIGIN)\n"
                                  "  --kinesis-throttle  bound throughput and changes in a day as AWS does (LOWCLOUD_KINESIS_THROTTLE=on)\n"
                                  "  --log LEVEL         error, warn, info or debug (info; LOWCLOUD_LOG)\n"
                                  "  -q, --quiet         print only the ready line and 'Ready.'\n"
                                  "  -h, --help          this text\n";

static int help(const char *usage, const char *more)
{
    printf("%s\n%s%s", usage, common_help, more);
    return 0;
}

/* ---- what is served ---- */

enum { STAGE_MAX = 64 };

struct stages {
    struct arena *arena;
    const char *endpoint;
    struct {
        const char *name; /* of the API */
        const char *api_id;
        const char *stage;
    } items[STAGE_MAX];
    size_t count;
};

static void add_stage(void *context, const char *name, const char *api_id, const char *stage)
{
    struct stages *stages = context;

    if (stages->count == STAGE_MAX)
        return;
    stages->items[stages->count].name = arena_text(stages->arena, name);
    stages->items[stages->count].api_id = arena_text(stages->arena, api_id);
    stages->items[stages->count++].stage = arena_text(stages->arena, stage);
}

/* ws://host:port/{stage} while no other API has a stage of that name; else the form that always works. */
static const char *address_of(const struct stages *stages, size_t index)
{
    const char *stage = stages->items[index].stage;
    size_t same = 0;

    for (size_t i = 0; i < stages->count; i++)
        same += !strcmp(stages->items[i].stage, stage);
    if (same == 1)
        return arena_print(stages->arena, "ws%s/%s", stages->endpoint + 4, stage);
    return arena_print(stages->arena, "ws%s/_aws/execute-api/%s/%s", stages->endpoint + 4, stages->items[index].api_id, stage);
}

/* The API's name; with its stage when the API has several, or shares its name. */
static const char *label_of(const struct stages *stages, size_t index)
{
    const char *name = stages->items[index].name;
    size_t same = 0;

    for (size_t i = 0; i < stages->count; i++)
        same += !strcmp(stages->items[i].name, name);
    return same == 1 ? name : arena_print(stages->arena, "%s/%s", name, stages->items[index].stage);
}

static void say_ready(const struct world *world, const struct stages *stages, json_t *outputs)
{
    json_t *websocket = json_object();
    json_t *line;
    char *text;

    for (size_t i = 0; i < stages->count; i++)
        json_object_set_new(websocket, label_of(stages, i), json_string(address_of(stages, i)));
    line = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "event", "ready", "endpoint", world->endpoint, "region", world->ground.region,
                     "account", world->ground.account, "outputs", outputs ? json_incref(outputs) : json_object(), "websocket", websocket);
    text = json_dumps(line, JSON_COMPACT);
    printf("%s\nReady.\n", text);
    fflush(stdout);
    free(text);
    json_decref(line);
}

static void report(const struct world *world, const struct stages *stages, const struct deploy_result *result)
{
    struct deploy_endpoint endpoints[STAGE_MAX + 1] = { { "AWS APIs", world->endpoint } };

    for (size_t i = 0; i < stages->count; i++)
        endpoints[i + 1] = (struct deploy_endpoint){ label_of(stages, i), address_of(stages, i) };
    deploy_report(stdout, isatty(STDOUT_FILENO), result, endpoints, stages->count + 1);
}

/* ---- the template ---- */

static void split_overrides(const struct options *options, struct arena *arena, struct deploy_parameter *parameters)
{
    for (size_t i = 0; i < options->override_count; i++) {
        const char *equals = strchr(options->overrides[i], '=');

        parameters[i].name = arena_copy(arena, options->overrides[i], (size_t)(equals - options->overrides[i]));
        parameters[i].value = equals + 1;
    }
}

static bool deploy(struct world *world, const struct options *options, struct arena *arena, struct deploy_result *result)
{
    struct deploy_parameter *parameters = arena_take(arena, (options->override_count + 1) * sizeof *parameters);
    struct deploy_rooms rooms = {
        .apigateway = apigateway_service(world->apigateway),
        .dynamodb = dynamodb_service(world->dynamodb),
        .kinesis = kinesis_service(world->kinesis),
        .lambda = lambda_service(world->lambda),
        .analytics_v1 = analytics_service_v1(world->analytics),
        .analytics_v2 = analytics_service_v2(world->analytics),
        .functions = world->lambda,
        .deploy_code = lambda_deploy_directory,
        .analytics = world->analytics,
        .name_reference = analytics_reference_file,
    };

    split_overrides(options, arena, parameters);
    return deploy_template(&world->ground, &rooms, options->template_path, parameters, options->override_count, result);
}

/* ---- the commands ---- */

static int run_world(const struct options *options, struct arena *arena)
{
    struct stages stages = { .arena = arena };
    struct deploy_result result = { 0 };
    struct world world;
    int status = EXIT_FAILURE;

    if (world_open(&world, &options->world) != OK)
        goto out;
    world_heed_signals(&world);
    if (options->template_path && !deploy(&world, options, arena, &result))
        goto out;
    stages.endpoint = world.endpoint;
    apigateway_each_stage(world.apigateway, add_stage, &stages);
    if (!options->is_quiet && options->template_path)
        report(&world, &stages, &result);
    say_ready(&world, &stages, result.outputs);
    world_run(&world);
    status = EXIT_SUCCESS;
out:
    json_decref(result.outputs);
    json_decref(result.resources);
    world_close(&world);
    return status;
}

static int run_command(int argc, char **argv, bool takes_template, const char *usage, const char *more)
{
    struct arena arena = { 0 };
    struct options options;
    int status = 2;

    if (options_read(&options, &arena, argc, argv, takes_template))
        status = options.wants_help ? help(usage, more) : run_world(&options, &arena);
    arena_clear(&arena);
    return status;
}

int command_serve(int argc, char **argv)
{
    return run_command(argc, argv, false, "usage: lowcloud serve [OPTION ...]\n\nServes the emulated AWS APIs on one port until Ctrl-C.\n",
                       "");
}

int command_up(int argc, char **argv)
{
    return run_command(
        argc, argv, true,
        "usage: lowcloud up TEMPLATE [OPTION ...]\n\nMakes the resources of a SAM or CloudFormation template (YAML or JSON), then serves "
        "until Ctrl-C.\n",
        "  --parameter-overrides Key=Value ...\n"
        "                      the template's parameters; also LOWCLOUD_PARAMETER_<Key>\n");
}

int command_ca(int argc, char **argv)
{
    struct authority *authority = NULL;
    struct clock clock;
    int status = EXIT_FAILURE;

    if (argc > 1) {
        bool wants_help = !strcmp(argv[1], "--help") || !strcmp(argv[1], "-h");

        fputs("usage: lowcloud ca\n\nPrints the path of lowcloud's CA certificate, which is made on first use in LOWCLOUD_CA_DIR or "
              "~/.lowcloud.\n",
              wants_help ? stdout : stderr);
        return wants_help ? EXIT_SUCCESS : 2;
    }
    clock_open(&clock);
    if (authority_open(&authority, NULL, &clock) == OK) {
        puts(authority_file(authority));
        status = EXIT_SUCCESS;
    }
    authority_close(authority);
    return status;
}
