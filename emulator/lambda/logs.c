/* Tail, sink, source: each a few lines. */

#include "lambda/logs.h"

#include "base/memory.h"

#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* ---- the tail ---- */

void log_tail_add(struct log_tail *tail, const char *bytes, size_t size_bytes)
{
    if (size_bytes > LOG_TAIL_BYTES) {
        tail->total_bytes += size_bytes - LOG_TAIL_BYTES;
        bytes += size_bytes - LOG_TAIL_BYTES;
        size_bytes = LOG_TAIL_BYTES;
    }
    for (size_t i = 0; i < size_bytes; i++)
        tail->ring[(tail->total_bytes + i) % LOG_TAIL_BYTES] = bytes[i];
    tail->total_bytes += size_bytes;
}

size_t log_tail_read(const struct log_tail *tail, char bytes[LOG_TAIL_BYTES])
{
    size_t size = tail->total_bytes < LOG_TAIL_BYTES ? tail->total_bytes : LOG_TAIL_BYTES;
    size_t first = tail->total_bytes - size;

    for (size_t i = 0; i < size; i++)
        bytes[i] = tail->ring[(first + i) % LOG_TAIL_BYTES];
    return size;
}

/* ---- the sink ---- */

struct log_sink {
    struct loop *loop;
    int fd;
    struct buffer waiting;
    size_t dropped_lines;
    struct watch *watch; /* while the reader is slow */
    struct deferred flush;
};

/* A pipe that is ready for writing takes this much without blocking. */
enum { WRITE_BYTES = 4096 };

static bool is_writable(int fd)
{
    struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

    return poll(&poll_fd, 1, 0) == 1 && poll_fd.revents & (POLLOUT | POLLERR | POLLHUP);
}

/* Writes while the reader takes it. What cannot be written at all (a closed standard error) is forgotten. */
static void write_waiting(struct log_sink *sink)
{
    size_t done = 0;

    while (done < sink->waiting.size && is_writable(sink->fd)) {
        size_t size = sink->waiting.size - done;
        ssize_t written = write(sink->fd, sink->waiting.data + done, size < WRITE_BYTES ? size : WRITE_BYTES);

        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0 && errno == EAGAIN)
            break;
        done += written < 0 ? size : (size_t)written;
    }
    if (done)
        buffer_drop(&sink->waiting, done);
    if (sink->waiting.capacity > 1 << 18 && !sink->waiting.size)
        buffer_clear(&sink->waiting);
}

static void on_writable(struct watch *watch, int events, void *context)
{
    struct log_sink *sink = context;

    (void)watch;
    (void)events;
    write_waiting(sink);
    if (!sink->waiting.size) {
        watch_close(sink->watch);
        sink->watch = NULL;
    }
}

static void on_turn_end(struct deferred *deferred)
{
    struct log_sink *sink = list_item(deferred, struct log_sink, flush);

    write_waiting(sink);
    if (sink->waiting.size && !sink->watch)
        sink->watch = watch_open(sink->loop, sink->fd, WATCH_WRITE, on_writable, sink);
}

struct log_sink *log_sink_open(struct loop *loop, int fd)
{
    struct log_sink *sink = memory_new(sizeof *sink);

    sink->loop = loop;
    sink->fd = fd;
    return sink;
}

void log_sink_line(struct log_sink *sink, const char *function, const char *line, size_t size_bytes)
{
    if (sink->waiting.size + size_bytes > LOG_WAITING_MAX_BYTES) {
        sink->dropped_lines++;
        return;
    }
    if (sink->dropped_lines)
        buffer_print(&sink->waiting, "lowcloud: warn: %zu lines of functions were dropped: nobody reads standard error\n",
                     sink->dropped_lines);
    sink->dropped_lines = 0;
    buffer_print(&sink->waiting, "[%s] ", function);
    buffer_add(&sink->waiting, line, size_bytes);
    buffer_add_char(&sink->waiting, '\n');
    loop_defer(sink->loop, &sink->flush, on_turn_end);
}

void log_sink_close(struct log_sink *sink)
{
    if (!sink)
        return;
    write_waiting(sink);
    loop_forget(&sink->flush);
    watch_close(sink->watch);
    buffer_clear(&sink->waiting);
    free(sink);
}

/* ---- the source ---- */

/* Shows one line; '\r', by which the runtimes join the lines of one event, begins a new one on a terminal. */
static void show(struct log_source *source, const char *line, size_t size_bytes)
{
    while (size_bytes && line[size_bytes - 1] == '\r')
        size_bytes--;
    for (;;) {
        const char *end = size_bytes ? memchr(line, '\r', size_bytes) : NULL;
        size_t size = end ? (size_t)(end - line) : size_bytes;

        log_sink_line(source->sink, source->function, line, size);
        if (!end)
            return;
        line += size + 1;
        size_bytes -= size + 1;
    }
}

static void show_bounded(struct log_source *source, const char *line, size_t size_bytes)
{
    static const char more[] = "(lowcloud: more output of this invocation is not shown)";
    size_t before = source->shown_bytes;

    if (before > LOG_SHOWN_MAX_BYTES)
        return;
    source->shown_bytes += size_bytes + 1;
    if (source->shown_bytes > LOG_SHOWN_MAX_BYTES)
        log_sink_line(source->sink, source->function, more, sizeof more - 1);
    else
        show(source, line, size_bytes);
}

static void end_partial(struct log_source *source)
{
    if (!source->partial.size)
        return;
    show_bounded(source, source->partial.data, source->partial.size);
    source->partial.size = 0;
    if (source->tail)
        log_tail_add(source->tail, "\n", 1);
}

void log_source_begin(struct log_source *source, struct log_tail *tail)
{
    end_partial(source);
    source->tail = tail;
    source->shown_bytes = 0;
}

void log_source_output(struct log_source *source, const char *bytes, size_t size_bytes)
{
    if (source->tail)
        log_tail_add(source->tail, bytes, size_bytes);
    while (size_bytes) {
        const char *end = memchr(bytes, '\n', size_bytes);
        size_t size = end ? (size_t)(end - bytes) : size_bytes;

        buffer_add(&source->partial, bytes, size);
        bytes += size + (end != NULL);
        size_bytes -= size + (end != NULL);
        if (end || source->partial.size > LOG_LINE_MAX_BYTES) {
            show_bounded(source, source->partial.data, source->partial.size);
            source->partial.size = 0;
        }
    }
}

void log_source_say(struct log_source *source, const char *format, ...)
{
    va_list list;
    char *line;
    int length;

    end_partial(source);
    va_start(list, format);
    length = vasprintf(&line, format, list);
    va_end(list);
    if (length < 0)
        return;
    if (source->tail) {
        log_tail_add(source->tail, line, (size_t)length);
        log_tail_add(source->tail, "\n", 1);
    }
    while (length && line[length - 1] == '\t')
        length--;
    show(source, line, (size_t)length);
    free(line);
}

void log_source_clear(struct log_source *source)
{
    end_partial(source);
    buffer_clear(&source->partial);
}
