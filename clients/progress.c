#include "progress.h"

#include "base/list.h"

#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

enum { TERMINAL_MS = 250, PLAIN_MS = 5000 };

static void tell_again(struct timer *timer)
{
    struct progress *progress = list_item(timer, struct progress, timer);

    timer_start(progress->clock, timer, progress->interval_ms, tell_again);
    progress->tell(progress, progress->context);
}

void progress_begin(struct progress *progress, struct clock *clock, void (*tell)(struct progress *progress, void *context), void *context)
{
    *progress = (struct progress){ .clock = clock, .tell = tell, .context = context, .is_terminal = isatty(STDERR_FILENO) };
    progress->interval_ms = progress->is_terminal ? TERMINAL_MS : PLAIN_MS;
    timer_start(clock, &progress->timer, progress->interval_ms, tell_again);
}

void progress_line(struct progress *progress, const char *format, ...)
{
    va_list list;

    fputs(progress->is_terminal ? "\r\033[K" : "", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    if (!progress->is_terminal)
        fputc('\n', stderr);
    progress->is_shown = progress->is_terminal;
    fflush(stderr);
}

void progress_clear(struct progress *progress)
{
    if (!progress->is_shown)
        return;
    fputs("\r\033[K", stderr);
    fflush(stderr);
    progress->is_shown = false;
}

void progress_end(struct progress *progress)
{
    if (!progress->clock)
        return;
    timer_stop(progress->clock, &progress->timer);
    progress_clear(progress);
}
