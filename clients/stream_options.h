#pragma once
/* The command line of `lowcloud kinesis ACTION STREAM`. */

#include "arguments.h"
#include "remote.h"

enum stream_action { STREAM_TAIL, STREAM_PUT, STREAM_SHARDS };

enum stream_form { STREAM_LINES, STREAM_DATA, STREAM_JSON };

struct stream_options {
    enum stream_action action;
    const char *stream;
    struct remote remote;
    const char *from; /* "start", "latest", or a moment */
    const char *iterator_type;
    int64_t from_ms; /* of AT_TIMESTAMP */
    const char *shard;
    int64_t count; /* 0: no end */
    bool is_raw;
    bool is_json;
    const char *key; /* NULL: one drawn for each line */
    int64_t tries;
    bool is_quiet;
    int64_t seed;
};

/* Reads the command line and, for what it leaves open, the environment. ARGUMENTS_HELP: the help was printed. ARGUMENTS_WRONG: problem says
 * what is. */
enum arguments_outcome stream_options_read(struct stream_options *options, int argc, char **argv, char problem[256]);
