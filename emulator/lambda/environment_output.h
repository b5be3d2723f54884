#pragma once
/* What an environment's process writes to its standard output and error: a pipe, read into the log as it comes. A process may close its end
 * and live on; then the pipe is watched no more. A zeroed one is closed. */

#include "lambda/logs.h"
#include "loop/loop.h"

struct environment_output {
    struct watch *watch; /* NULL: nothing more is to come */
    int fd;              /* our end, from open until close */
    bool is_open;
    struct log_source log; /* sink and function are its owner's to set */
};

/* Opens the pipe; answers the end that is the process's (the caller closes it when the process has it), or -1 with errno. */
int environment_output_open(struct environment_output *output, struct loop *loop);

/* Reads what is there by now, up to a bound, for others may write on: what a process wrote before it spoke to us is in the log then. */
void environment_output_drain(struct environment_output *output);

void environment_output_close(struct environment_output *output);
