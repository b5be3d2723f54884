#pragma once
/* Whether a directory of code has changed since somebody last asked. The kernel tells (inotify); it is asked at each invocation, which
 * costs one read of a file that is nearly always empty, so that a saved file is live at once, without a timer and without a guess. */

#include <stdbool.h>

enum { CODE_WATCH_DIRECTORIES_MAX = 4096 };

struct code_watch;

/* Watches directory and all below it, except version control, caches and installed packages (node_modules, ...): NULL, logged, when the
 * machine gives no watches. */
struct code_watch *code_watch_open(const char *directory);

/* Whether anything was written, made, moved or removed since the last question. */
bool code_watch_changed(struct code_watch *watch);

void code_watch_close(struct code_watch *watch); /* accepts NULL */
