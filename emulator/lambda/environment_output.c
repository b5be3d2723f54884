/* The pipe that an environment's process writes to. */

#include "lambda/environment_output.h"

#include <fcntl.h>
#include <unistd.h>

enum { READ_BYTES = 65536, DRAIN_MAX_BYTES = 4 * READ_BYTES };

/* Reads once; false when there is nothing (more). At its end the pipe is no longer watched: a process may close its output and live on. */
static bool read_once(struct environment_output *output)
{
    char bytes[READ_BYTES];
    ssize_t got = output->watch ? read(output->fd, bytes, sizeof bytes) : -1;

    if (got > 0)
        log_source_output(&output->log, bytes, (size_t)got);
    if (!got) {
        watch_close(output->watch);
        output->watch = NULL;
    }
    return got > 0;
}

static void on_output(struct watch *watch, int events, void *context)
{
    (void)watch;
    (void)events;
    read_once(context);
}

int environment_output_open(struct environment_output *output, struct loop *loop)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    output->fd = ends[0];
    output->is_open = true;
    output->watch = watch_open(loop, ends[0], WATCH_READ, on_output, output);
    return ends[1];
}

void environment_output_drain(struct environment_output *output)
{
    for (size_t read_bytes = 0; read_bytes < DRAIN_MAX_BYTES && read_once(output); read_bytes += READ_BYTES)
        continue;
}

void environment_output_close(struct environment_output *output)
{
    watch_close(output->watch);
    if (output->is_open)
        close(output->fd);
    log_source_clear(&output->log);
}
