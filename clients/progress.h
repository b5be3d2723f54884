#pragma once
/* How a client says how it is getting on: on a terminal one line that is written over, elsewhere plain lines, fewer of them. All of it goes
 * to standard error, so that standard output carries results alone. */

#include "base/clock.h"

#include <stdbool.h>

struct progress {
    struct clock *clock;
    struct timer timer;
    bool is_terminal;
    bool is_shown; /* a line stands on the terminal and must be cleared before anything else is printed */
    int64_t interval_ms;
    void (*tell)(struct progress *progress, void *context); /* calls progress_line */
    void *context;
};

/* Calls tell every quarter of a second on a terminal, every five seconds elsewhere, until progress_end. */
void progress_begin(struct progress *progress, struct clock *clock, void (*tell)(struct progress *progress, void *context), void *context);

/* Shows the line (printf). */
void progress_line(struct progress *progress, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Takes the line off the terminal, so that something can be printed; the next tell shows it again. */
void progress_clear(struct progress *progress);

void progress_end(struct progress *progress);
