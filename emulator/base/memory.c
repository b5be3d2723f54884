#include "base/memory.h"

#include <malloc.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static void *given(void *memory, size_t size_bytes)
{
    if (!memory) {
        fprintf(stderr, "lowcloud: out of memory (%zu bytes wanted)\n", size_bytes);
        abort();
    }
    return memory;
}

void *memory_new(size_t size_bytes)
{
    return given(calloc(1, size_bytes ? size_bytes : 1), size_bytes);
}

void *memory_resize(void *memory, size_t size_bytes)
{
    return given(realloc(memory, size_bytes ? size_bytes : 1), size_bytes);
}

void memory_trim(void)
{
    malloc_trim(0);
}

char *memory_copy_text(const char *text)
{
    return text ? memory_copy(text, strlen(text)) : NULL;
}

char *memory_copy(const void *bytes, size_t size_bytes)
{
    char *copy = given(malloc(size_bytes + 1), size_bytes);

    if (size_bytes)
        memcpy(copy, bytes, size_bytes);
    copy[size_bytes] = '\0';
    return copy;
}

char *memory_print(const char *format, ...)
{
    va_list list;
    char *text = NULL;
    int length;

    va_start(list, format);
    length = vasprintf(&text, format, list);
    va_end(list);
    return given(length < 0 ? NULL : text, 0);
}
