#pragma once
/* An arena is a heap that dies at once: what a request needs lives in its call's arena, and nobody frees it piecemeal.
 * Memory is handed out zeroed and aligned for any type. A zeroed struct arena is an empty, ready one. */

#include <stdarg.h>
#include <stddef.h>

struct arena {
    struct arena_block *blocks; /* newest first; the first one has room left */
    size_t used_bytes;          /* in all blocks, for bounds and figures */
};

/* size_bytes of zeroed memory, good until arena_clear. Never NULL. */
void *arena_take(struct arena *arena, size_t size_bytes);

/* A copy of text (NULL for NULL). */
char *arena_text(struct arena *arena, const char *text);

/* A copy of size_bytes bytes, with a NUL behind them. */
char *arena_copy(struct arena *arena, const void *bytes, size_t size_bytes);

/* printf into the arena. */
char *arena_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
char *arena_vprint(struct arena *arena, const char *format, va_list list);

/* Gives all memory back; the arena is empty and ready again. */
void arena_clear(struct arena *arena);

/* The same, but keeps some memory for the next use, which is likely to follow soon. */
void arena_reset(struct arena *arena);
