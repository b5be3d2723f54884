#pragma once
/* The command line of `lowcloud fleet`. */

#include "arguments.h"
#include "convoy.h"
#include "remote.h"

struct fleet_options {
    int64_t vehicles;
    struct option_list track_files;
    struct vehicle_plan plan;
    bool is_spread;
    double duration_s;
    int64_t tries;
    const char *id_prefix;
    const char *stream;
    struct remote remote;
    int64_t seed;
    bool is_json;
    bool is_quiet;
};

/* Reads the command line and, for what it leaves open, the environment. ARGUMENTS_HELP: the help was printed. ARGUMENTS_WRONG: problem says
 * what is. */
enum arguments_outcome fleet_options_read(struct fleet_options *options, int argc, char **argv, char problem[256]);
