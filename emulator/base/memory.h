#pragma once
/* Allocation that never returns NULL: when memory is out the process ends with a line that says so.
 * Sizes that come from outside are bounded before they get here. */

#include <stddef.h>

/* size_bytes of zeroed memory; free() releases it. */
void *memory_new(size_t size_bytes);

/* As realloc; new bytes are not zeroed. */
void *memory_resize(void *memory, size_t size_bytes);

/* A copy of text, or NULL for NULL; free() releases it. */
char *memory_copy_text(const char *text);

/* A copy of size_bytes bytes with a NUL behind them; free() releases it. */
char *memory_copy(const void *bytes, size_t size_bytes);

/* printf into fresh memory; free() releases it. */
char *memory_print(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Gives back to the machine what a large piece of work has left free in small pieces; takes milliseconds. */
void memory_trim(void);
