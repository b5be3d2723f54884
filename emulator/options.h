#pragma once
/* The options of `lowcloud serve` and `lowcloud up`: from the command line, else from LOWCLOUD_* in the environment, else a default. */

#include "base/arena.h"
#include "world.h"

#include <stdbool.h>

struct options {
    struct world_options world;
    const char *template_path; /* up */
    const char **overrides;    /* up: "Key=Value" */
    size_t override_count;
    bool is_quiet;
    bool wants_help;
};

/* Reads the arguments behind the subcommand's name into options; text lives in arena. False after one line on standard error that says what
 * is wrong and what to do. */
bool options_read(struct options *options, struct arena *arena, int argc, char **argv, bool takes_template);
