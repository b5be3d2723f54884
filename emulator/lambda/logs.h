#pragma once
/* What functions say: the platform's lines (START, END, REPORT) and whatever a process writes to its standard output and error. Each line
 * goes to lowcloud's own standard error behind "[function] ", and the last 4 KiB of an invocation are kept for who asked for the log tail.
 *
 * Nothing here waits: when nobody reads our standard error, a bounded amount is kept and the rest is dropped and counted; a process that
 * writes without end is read on, but only LOG_SHOWN_MAX_BYTES of one invocation are shown. */

#include "base/buffer.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>

enum { LOG_TAIL_BYTES = 4096, LOG_SHOWN_MAX_BYTES = 1 << 20, LOG_WAITING_MAX_BYTES = 4 << 20, LOG_LINE_MAX_BYTES = 65536 };

/* The last bytes of what was added. A zeroed one is empty. */
struct log_tail {
    char ring[LOG_TAIL_BYTES];
    size_t total_bytes; /* ever added */
};

void log_tail_add(struct log_tail *tail, const char *bytes, size_t size_bytes);

/* Writes the kept bytes in order; answers how many. */
size_t log_tail_read(const struct log_tail *tail, char bytes[LOG_TAIL_BYTES]);

/* Where lines go. */
struct log_sink;

/* A sink that writes to fd (which stays with its owner) at the end of each turn. */
struct log_sink *log_sink_open(struct loop *loop, int fd);

/* Adds one line of function, without its newline. */
void log_sink_line(struct log_sink *sink, const char *function, const char *line, size_t size_bytes);

/* Writes what waits as far as the reader takes it, and closes. Accepts NULL. */
void log_sink_close(struct log_sink *sink);

/* One process's output on its way to the sink. */
struct log_source {
    struct log_sink *sink;
    const char *function;
    struct log_tail *tail; /* of the running invocation, or NULL */
    struct buffer partial; /* a line that has no end yet */
    size_t shown_bytes;    /* since log_source_begin */
};

/* From now on lines belong to the invocation with this tail (NULL: to none). */
void log_source_begin(struct log_source *source, struct log_tail *tail);

/* Adds what the process wrote. */
void log_source_output(struct log_source *source, const char *bytes, size_t size_bytes);

/* Adds a line of the platform, printf-like and without its newline; a line that the process left open is ended first. */
void log_source_say(struct log_source *source, const char *format, ...) __attribute__((format(printf, 2, 3)));

void log_source_clear(struct log_source *source);
