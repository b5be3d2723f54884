#pragma once
/* The command line of `lowcloud watch`. */

#include "arguments.h"

struct watch_options {
    const char *url;
    const char *query;
    int64_t clients;
    struct option_list messages; /* sent by each client when it is connected */
    struct option_list headers;
    const char *origin;
    const char *ca_file;
    int64_t count;  /* end after so many pushes; 0: no bound */
    int64_t expect; /* fail with fewer */
    double duration_s;
    bool is_persistent;
    bool is_json;
    bool is_quiet;
    int64_t seed;
    char local_ca_file[4096]; /* behind ca_file, for an address on this machine */
};

/* Reads the command line. ARGUMENTS_HELP: the help was printed. ARGUMENTS_WRONG: problem says what is. */
enum arguments_outcome watch_options_read(struct watch_options *options, int argc, char **argv, char problem[256]);
