#pragma once
/* A growing run of bytes. `data` always has a NUL behind the last byte once anything was added, so text needs no extra step.
 * A zeroed struct buffer is an empty, ready one. */

#include <stdarg.h>
#include <stddef.h>

struct buffer {
    char *data; /* NULL while nothing was ever added */
    size_t size;
    size_t capacity;
};

void buffer_add(struct buffer *buffer, const void *bytes, size_t size_bytes);
void buffer_add_text(struct buffer *buffer, const char *text);
void buffer_add_char(struct buffer *buffer, char c);
void buffer_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));

/* Adds text as a JSON string with its quotes, escaped as JSON asks; UTF-8 goes through as it is. */
void buffer_add_json_string(struct buffer *buffer, const char *text, size_t size_bytes);

/* Room for size_bytes more, so that the caller may write behind the end and then raise `size`. */
char *buffer_reserve(struct buffer *buffer, size_t size_bytes);

/* Drops the first size_bytes bytes. */
void buffer_drop(struct buffer *buffer, size_t size_bytes);

/* Hands the bytes to the caller, who frees them; never NULL. The buffer is empty again. */
char *buffer_take(struct buffer *buffer);

void buffer_clear(struct buffer *buffer);
