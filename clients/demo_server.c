#include "demo_server.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "base/text.h"
#include "loop/child.h"

#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { TAIL_BYTES = 8192, LINE_MAX_BYTES = 1 << 20 };

struct demo_server {
    struct demo_server_options options;
    struct child *child;
    struct watch *watch;
    int pipe_fd; /* of what it prints; -1: closed */
    struct buffer line;
    struct buffer tail;
};

static void keep_tail(struct demo_server *server, const char *line, size_t length)
{
    buffer_add(&server->tail, line, length);
    buffer_add_char(&server->tail, '\n');
    if (server->tail.size > TAIL_BYTES)
        buffer_drop(&server->tail, server->tail.size - TAIL_BYTES);
    if (server->options.is_verbose)
        fprintf(stderr, "%.*s\n", (int)length, line);
}

static void take_line(struct demo_server *server, const char *line, size_t length)
{
    json_t *root = length && *line == '{' ? json_loadb(line, length, 0, NULL) : NULL;

    keep_tail(server, line, length);
    if (text_is(json_string_value(json_object_get(root, "event")), "ready"))
        server->options.ready(root, server->options.context);
    json_decref(root);
}

static void take_lines(struct demo_server *server)
{
    char *newline;

    while (server->line.size && (newline = memchr(server->line.data, '\n', server->line.size))) {
        size_t length = (size_t)(newline - server->line.data);

        take_line(server, server->line.data, length);
        buffer_drop(&server->line, length + 1);
    }
    if (server->line.size > LINE_MAX_BYTES)
        buffer_clear(&server->line); /* no line of ours is that long */
}

static void close_pipe(struct demo_server *server)
{
    watch_close(server->watch);
    server->watch = NULL;
    if (server->pipe_fd >= 0)
        close(server->pipe_fd);
    server->pipe_fd = -1;
}

static void readable(struct watch *watch, int events, void *context)
{
    struct demo_server *server = context;
    ssize_t got = read(watch_fd(watch), buffer_reserve(&server->line, 65536), 65536);

    (void)events;
    if (got > 0) {
        server->line.size += (size_t)got;
        take_lines(server);
    } else if (got == 0) {
        close_pipe(server);
    }
}

static void ended(struct child *child, int exit_status, int signal_number, void *context)
{
    struct demo_server *server = context;

    (void)child;
    server->child = NULL;
    if (server->watch)
        readable(server->watch, WATCH_READ, server); /* its last words */
    server->options.gone(exit_status, signal_number, server->options.context);
}

enum status demo_server_open(struct demo_server **result, struct loop *loop, const struct demo_server_options *options)
{
    const char *const arguments[] = { options->program, "up", options->template, "--port", "0", NULL };
    struct demo_server *server = memory_new(sizeof *server);
    int ends[2];
    enum status status;

    server->options = *options;
    server->pipe_fd = -1;
    *result = server;
    if (pipe2(ends, O_CLOEXEC))
        return BROKEN;
    status = child_start(
        &server->child, loop,
        &(struct child_options){ .arguments = arguments, .output_fd = ends[1], .error_fd = ends[1], .ended = ended, .context = server });
    close(ends[1]);
    server->pipe_fd = ends[0];
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    if (status == OK)
        server->watch = watch_open(loop, ends[0], WATCH_READ, readable, server);
    return status;
}

const char *demo_server_tail(const struct demo_server *server)
{
    return server->tail.data ? server->tail.data : "";
}

void demo_server_stop(struct demo_server *server)
{
    if (server->child)
        child_kill(server->child, SIGTERM);
}

void demo_server_close(struct demo_server *server)
{
    if (!server)
        return;
    child_close(server->child);
    close_pipe(server);
    buffer_clear(&server->line);
    buffer_clear(&server->tail);
    free(server);
}
