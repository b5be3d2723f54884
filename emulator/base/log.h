#pragma once
/* lowcloud's own words on standard error: one line each, "lowcloud: <level>: <text>". Set once at start; the level is the only thing that
 * the whole process shares, because a failing allocation or library must be able to speak too. */

#include <stdbool.h>

enum log_level { LOG_ERROR, LOG_WARN, LOG_INFO, LOG_DEBUG };

void log_set_level(enum log_level level);

/* "error", "warn", "info" or "debug"; false for anything else. */
bool log_level_from_text(const char *text, enum log_level *level);

void log_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_warn(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_info(const char *format, ...) __attribute__((format(printf, 1, 2)));
void log_debug(const char *format, ...) __attribute__((format(printf, 1, 2)));
