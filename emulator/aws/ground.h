#pragma once
/* What every room stands on, owned by world and lent to each room when it is opened. */

#include "base/clock.h"
#include "base/database.h"
#include "base/random.h"
#include "loop/loop.h"
#include "trace/trace.h"

#include <stdbool.h>

struct seal_key;

struct ground {
    struct loop *loop;
    struct clock *clock;
    struct random *random;
    struct trace *trace;
    struct database *database;
    struct random_stream *request_ids; /* ids of requests, for whoever answers one */
    const struct seal_key *seal_key;   /* of the tokens that clients carry for us */
    const char *region;                /* "us-east-1" */
    const char *account;               /* "000000000000" */
    const char *endpoint;        /* "http://127.0.0.1:4566": where we are reached; set once the port is known, before the first request */
    const char *data_directory;  /* --data, or NULL: nothing outlives the process */
    const char *state_directory; /* private to this process, made at start and removed at the end: unpacked functions, temporary files */
    const char *ca_file;         /* path of our CA's certificate (PEM) */
    int port;                    /* the front door's port, once known */
    bool throttles_kinesis;      /* shards are bounded as on AWS */
};
