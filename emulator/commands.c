/* serve, up, ca: open a world, make what a template asks for, say that it is ready, run until somebody says stop. */

#include "commands.h"

#include "base/log.h"
#include "base/text.h"
#include "deploy/deploy.h"
#include "front/authority.h"
#include "options.h"
#include "world_rooms.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char common_help[] = "  --port N            port to listen on; 0 picks a free one (4566; LOWCLOUD_PORT)\n"
                                  "  --host ADDRESS      address to listen on (127.0.0.1; LOWCLOUD_HOST)\n"
                                  "  --data DIR          keep tables and streams in DIR across restarts (LOWCLOUD_DATA)\n"
                                  "  --region NAME       region in ARNs and events (us-east-1; LOWCLOUD_REGION)\n"
                                  "  --account ID        account in ARNs and events (000000000000; LOWCLOUD_ACCOUNT)\n"
                                  "  --seed N            same seed, same ids (drawn; LOWCLOUD_SEED)\n"
                                  "  --freeze MS         start with the clock standing at MS since the epoch (LOWCLOUD_FREEZE)\n"
                                  "  --allow-origin URL  let pages of this origin call the APIs; repeatable (LOWCLOUD_ALLOW_ORIGIN)\n"
                                  "  --log LEVEL         error, warn, info or debug (info; LOWCLOUD_LOG)\n"
                                  "  -q, --quiet         print only the ready line and 'Ready.'\n"
                                  "  -h, --help          this text\n";

static int help(const char *usage, const char *more)
{
    printf("%s\n%s%s", usage, common_help, more);
    return 0;
}

/* ---- the ready line ---- */

static void add_websocket(void *context, const char *name, const char *api_id, const char *stage)
{
    const struct world *world = ((void **)context)[0];
    json_t *websocket = ((void **)context)[1];
    struct arena arena = { 0 };

    /* The plain form, /{stage}, while its stage's name is the only one; else the form that always works. */
    json_object_set_new(websocket, name, json_string(arena_print(&arena, "ws%s/%s", world->endpoint + 4, stage)));
    (void)api_id;
    arena_clear(&arena);
}

static void say_ready(struct world *world, json_t *outputs)
{
    json_t *websocket = json_object();
    void *context[] = { world, websocket };
    json_t *line;
    char *text;

    apigateway_each_stage(world->apigateway, add_websocket, context);
    line = json_pack("{s:s, s:s, s:s, s:s, s:o, s:o}", "event", "ready", "endpoint", world->endpoint, "region", world->ground.region,
                     "account", world->ground.account, "outputs", outputs ? json_incref(outputs) : json_object(), "websocket", websocket);
    text = json_dumps(line, JSON_COMPACT);
    printf("%s\nReady.\n", text);
    fflush(stdout);
    free(text);
    json_decref(line);
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
    };

    split_overrides(options, arena, parameters);
    return deploy_template(&world->ground, &rooms, options->template_path, parameters, options->override_count, result);
}

/* ---- the commands ---- */

static int run_world(const struct options *options, struct arena *arena)
{
    struct deploy_result result = { 0 };
    struct world world;
    int status = EXIT_FAILURE;

    if (world_open(&world, &options->world) != OK)
        goto out;
    if (options->template_path && !deploy(&world, options, arena, &result))
        goto out;
    say_ready(&world, result.outputs);
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
