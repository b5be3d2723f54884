#include "base/buffer.h"

#include "base/memory.h"
#include "base/text.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

char *buffer_reserve(struct buffer *buffer, size_t size_bytes)
{
    size_t needed = buffer->size + size_bytes + 1;

    if (needed > buffer->capacity) {
        size_t capacity = buffer->capacity ? buffer->capacity * 2 : 256;

        buffer->capacity = capacity > needed ? capacity : needed;
        buffer->data = memory_resize(buffer->data, buffer->capacity);
    }
    return buffer->data + buffer->size;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size_bytes)
{
    char *end = buffer_reserve(buffer, size_bytes);

    if (size_bytes)
        memcpy(end, bytes, size_bytes);
    buffer->size += size_bytes;
    buffer->data[buffer->size] = '\0';
}

void buffer_add_text(struct buffer *buffer, const char *text)
{
    buffer_add(buffer, text, strlen(text));
}

void buffer_add_char(struct buffer *buffer, char c)
{
    *buffer_reserve(buffer, 1) = c;
    buffer->data[++buffer->size] = '\0';
}

void buffer_print(struct buffer *buffer, const char *format, ...)
{
    va_list list;
    va_list again;
    size_t room;
    int length;

    va_start(list, format);
    va_copy(again, list);
    buffer_reserve(buffer, 0);
    room = buffer->capacity - buffer->size;
    length = vsnprintf(buffer->data + buffer->size, room, format, list);
    va_end(list);
    if (length > 0 && (size_t)length >= room)
        vsnprintf(buffer_reserve(buffer, (size_t)length), (size_t)length + 1, format, again);
    va_end(again);
    if (length > 0)
        buffer->size += (size_t)length;
}

static const char *escape_of(unsigned char c)
{
    switch (c) {
    case '"':
        return "\\\"";
    case '\\':
        return "\\\\";
    case '\b':
        return "\\b";
    case '\f':
        return "\\f";
    case '\n':
        return "\\n";
    case '\r':
        return "\\r";
    case '\t':
        return "\\t";
    default:
        return NULL;
    }
}

void buffer_add_json_string(struct buffer *buffer, const char *text, size_t size_bytes)
{
    const char *end = text + size_bytes;
    bool is_ascii = true;

    buffer_reserve(buffer, size_bytes + 2);
    buffer_add_char(buffer, '"');
    for (;;) {
        size_t plain = text_plain_size(text, (size_t)(end - text), &is_ascii);
        const char *escape;

        buffer_add(buffer, text, plain);
        text += plain;
        if (text == end)
            break;
        escape = escape_of((unsigned char)*text);
        if (escape)
            buffer_add_text(buffer, escape);
        else
            buffer_print(buffer, "\\u%04x", (unsigned char)*text);
        text++;
    }
    buffer_add_char(buffer, '"');
}

void buffer_drop(struct buffer *buffer, size_t size_bytes)
{
    if (size_bytes >= buffer->size) {
        buffer->size = 0;
        if (buffer->data)
            buffer->data[0] = '\0';
        return;
    }
    memmove(buffer->data, buffer->data + size_bytes, buffer->size - size_bytes + 1);
    buffer->size -= size_bytes;
}

char *buffer_take(struct buffer *buffer)
{
    char *data = buffer->data ? buffer->data : memory_copy("", 0);

    *buffer = (struct buffer){ 0 };
    return data;
}

void buffer_clear(struct buffer *buffer)
{
    free(buffer->data);
    *buffer = (struct buffer){ 0 };
}
