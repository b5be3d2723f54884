#include "base/log.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const char *const names[] = { "error", "warn", "info", "debug" };
static enum log_level chosen = LOG_INFO;

void log_set_level(enum log_level level)
{
    chosen = level;
}

bool log_level_from_text(const char *text, enum log_level *level)
{
    for (int i = LOG_ERROR; i <= LOG_DEBUG; i++)
        if (text && !strcmp(text, names[i])) {
            *level = (enum log_level)i;
            return true;
        }
    return false;
}

/* One write a line, so that lines of children and ours do not mix. */
static void speak(enum log_level level, const char *format, va_list list)
{
    char line[4096];
    int head;
    int length;

    if (level > chosen)
        return;
    head = snprintf(line, sizeof line, "lowcloud: %s: ", names[level]);
    length = vsnprintf(line + head, sizeof line - (size_t)head - 1, format, list);
    if (length < 0)
        return;
    length += head;
    if (length > (int)sizeof line - 2)
        length = sizeof line - 2;
    line[length++] = '\n';
    fwrite(line, 1, (size_t)length, stderr);
}

#define SPEAKER(name, level)           \
    void name(const char *format, ...) \
    {                                  \
        va_list list;                  \
                                       \
        va_start(list, format);        \
        speak(level, format, list);    \
        va_end(list);                  \
    }

SPEAKER(log_error, LOG_ERROR)
SPEAKER(log_warn, LOG_WARN)
SPEAKER(log_info, LOG_INFO)
SPEAKER(log_debug, LOG_DEBUG)
