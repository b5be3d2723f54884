#pragma once
/* A lowcloud of the demo's own, as a child process on a free port. */

#include "base/status.h"
#include "loop/loop.h"

#include <jansson.h>
#include <stdbool.h>

struct demo_server;

struct demo_server_options {
    const char *program;                                             /* path of lowcloud */
    const char *template;                                            /* path of the template */
    bool is_verbose;                                                 /* pass its lines on to standard error */
    void (*ready)(const json_t *line, void *context);                /* told once, with the JSON of its ready line */
    void (*gone)(int exit_status, int signal_number, void *context); /* it ended */
    void *context;
};

/* Starts it. ABSENT when the program cannot be run (errno tells why). */
enum status demo_server_open(struct demo_server **server, struct loop *loop, const struct demo_server_options *options);

/* The last lines that it printed, for a person who looks for what went wrong. */
const char *demo_server_tail(const struct demo_server *server);

/* Asks it to end (SIGTERM); `gone` follows. */
void demo_server_stop(struct demo_server *server);

/* Ends it at once if it still runs. Accepts NULL. */
void demo_server_close(struct demo_server *server);
