#include "options.h"

#include "base/log.h"
#include "base/text.h"

#include <ctype.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ORIGIN_MAX = 32 };

/* How an option's text becomes a value. */
enum option_id {
    OPTION_PORT = 256,
    OPTION_HOST,
    OPTION_DATA,
    OPTION_REGION,
    OPTION_ACCOUNT,
    OPTION_SEED,
    OPTION_LOG,
    OPTION_ORIGIN,
    OPTION_OVERRIDES,
    OPTION_FREEZE
};

struct setting {
    enum option_id id;
    const char *name;
    const char *variable; /* in the environment */
};

static const struct setting settings[] = {
    { OPTION_PORT, "port", "LOWCLOUD_PORT" },
    { OPTION_HOST, "host", "LOWCLOUD_HOST" },
    { OPTION_DATA, "data", "LOWCLOUD_DATA" },
    { OPTION_REGION, "region", "LOWCLOUD_REGION" },
    { OPTION_ACCOUNT, "account", "LOWCLOUD_ACCOUNT" },
    { OPTION_SEED, "seed", "LOWCLOUD_SEED" },
    { OPTION_LOG, "log", "LOWCLOUD_LOG" },
    { OPTION_ORIGIN, "allow-origin", "LOWCLOUD_ALLOW_ORIGIN" },
    { OPTION_FREEZE, "freeze", "LOWCLOUD_FREEZE" },
};

static bool complain(const char *where, const char *value, const char *what)
{
    fprintf(stderr, "lowcloud: %s: '%s' %s\n", where, value, what);
    return false;
}

static bool set_number(const char *where, const char *value, int64_t min, int64_t max, const char *what, int64_t *number)
{
    if (text_to_int64(value, number) && *number >= min && *number <= max)
        return true;
    return complain(where, value, what);
}

static bool is_account(const char *text)
{
    return strlen(text) == 12 && strspn(text, "0123456789") == 12;
}

static bool is_region(const char *text)
{
    return *text && strlen(text) <= 32 && strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789-") == strlen(text);
}

static bool add_origin(struct options *options, struct arena *arena, const char *where, const char *value)
{
    const char **origins = (const char **)options->world.allowed_origins;
    size_t count = 0;

    if (!origins) {
        origins = arena_take(arena, (ORIGIN_MAX + 1) * sizeof *origins);
        options->world.allowed_origins = origins;
    }
    while (origins[count])
        count++;
    if (count == ORIGIN_MAX)
        return complain(where, value, "is one origin too many (32 are possible)");
    origins[count] = value;
    return true;
}

static bool set(struct options *options, struct arena *arena, const struct setting *setting, const char *where, const char *value)
{
    struct world_options *world = &options->world;
    enum log_level level;
    int64_t number;

    switch (setting->id) {
    case OPTION_PORT:
        if (!set_number(where, value, 0, 65535, "is no port: give 0 (any free one) to 65535", &number))
            return false;
        world->port = (int)number;
        return true;
    case OPTION_SEED:
        return set_number(where, value, 0, INT64_MAX, "is no seed: give a whole number from 0 on", &world->seed);
    case OPTION_FREEZE:
        return set_number(where, value, 1, 253402300799999, "is no time: give milliseconds since the epoch", &world->frozen_ms);
    case OPTION_LOG:
        if (!log_level_from_text(value, &level))
            return complain(where, value, "is no level: give error, warn, info or debug");
        log_set_level(level);
        return true;
    case OPTION_ACCOUNT:
        world->account = value;
        return is_account(value) ? true : complain(where, value, "is no account: give 12 digits");
    case OPTION_REGION:
        world->region = value;
        return is_region(value) ? true : complain(where, value, "is no region: give one like us-east-1");
    case OPTION_HOST:
        world->host = value;
        return *value ? true : complain(where, value, "is no address: give one like 127.0.0.1");
    case OPTION_DATA:
        world->data_directory = value;
        return *value ? true : complain(where, value, "is no folder");
    case OPTION_ORIGIN:
        return add_origin(options, arena, where, value);
    case OPTION_OVERRIDES:
        break;
    }
    return true;
}

static bool read_environment(struct options *options, struct arena *arena)
{
    options->world.throttles_kinesis = text_is(getenv("LOWCLOUD_KINESIS_THROTTLE"), "on");
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++) {
        const char *value = getenv(settings[i].variable);

        if (value && *value && !set(options, arena, &settings[i], settings[i].variable, value))
            return false;
    }
    return true;
}

static const struct setting *setting_of(int id)
{
    for (size_t i = 0; i < sizeof settings / sizeof *settings; i++)
        if ((int)settings[i].id == id)
            return &settings[i];
    return NULL;
}

/* "--parameter-overrides A=1 B=2": the option's own value, and every following word that has the form. */
static bool read_overrides(struct options *options, struct arena *arena, int argc, char **argv)
{
    if (!options->overrides)
        options->overrides = arena_take(arena, (size_t)(argc + 1) * sizeof *options->overrides);
    if (!strchr(optarg, '=') || optarg[0] == '=')
        return complain("--parameter-overrides", optarg, "is no parameter: give Key=Value, as many as you like");
    options->overrides[options->override_count++] = optarg;
    for (; optind < argc && argv[optind][0] != '-' && strchr(argv[optind], '='); optind++)
        options->overrides[options->override_count++] = argv[optind];
    return true;
}

static const struct option long_options[] = {
    { "port", required_argument, NULL, OPTION_PORT },
    { "host", required_argument, NULL, OPTION_HOST },
    { "data", required_argument, NULL, OPTION_DATA },
    { "region", required_argument, NULL, OPTION_REGION },
    { "account", required_argument, NULL, OPTION_ACCOUNT },
    { "seed", required_argument, NULL, OPTION_SEED },
    { "log", required_argument, NULL, OPTION_LOG },
    { "allow-origin", required_argument, NULL, OPTION_ORIGIN },
    { "freeze", required_argument, NULL, OPTION_FREEZE },
    { "parameter-overrides", required_argument, NULL, OPTION_OVERRIDES },
    { "kinesis-throttle", no_argument, NULL, 't' },
    { "quiet", no_argument, NULL, 'q' },
    { "help", no_argument, NULL, 'h' },
    { 0 },
};

static bool take_positional(struct options *options, bool takes_template, const char *word)
{
    if (takes_template && !options->template_path) {
        options->template_path = word;
        return true;
    }
    return complain(takes_template ? "lowcloud up" : "lowcloud serve", word, "is one argument too many; see --help");
}

static bool read_option(struct options *options, struct arena *arena, int id, int argc, char **argv)
{
    const struct setting *setting = setting_of(id);

    if (setting)
        return set(options, arena, setting, arena_print(arena, "--%s", setting->name), optarg);
    if (id == OPTION_OVERRIDES)
        return read_overrides(options, arena, argc, argv);
    if (id == 'q')
        options->is_quiet = true;
    else if (id == 't')
        options->world.throttles_kinesis = true;
    else if (id == 'h')
        options->wants_help = true;
    else
        return complain(id == ':' ? "an option lacks its value" : "unknown option", argv[optind - 1], "- see --help");
    return true;
}

bool options_read(struct options *options, struct arena *arena, int argc, char **argv, bool takes_template)
{
    int id;

    *options = (struct options){ .world = { .port = 4566, .seed = -1 } };
    if (!read_environment(options, arena))
        return false;
    optind = 1;
    opterr = 0;
    while ((id = getopt_long(argc, argv, "-:qh", long_options, NULL)) != -1) {
        if (id == 1 ? !take_positional(options, takes_template, optarg) : !read_option(options, arena, id, argc, argv))
            return false;
        if (options->wants_help)
            return true;
    }
    for (; optind < argc; optind++)
        if (!take_positional(options, takes_template, argv[optind]))
            return false;
    if (takes_template && !options->template_path) {
        fputs("lowcloud: up needs a template: lowcloud up template.yaml\n", stderr);
        return false;
    }
    return true;
}
