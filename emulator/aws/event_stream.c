#include "aws/event_stream.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>
#include <zlib.h>

enum { TEXT_TYPE = 7, TEXT_OVERHEAD_BYTES = 4 };

static void add_number(struct buffer *out, uint32_t number, int size_bytes)
{
    while (size_bytes--)
        buffer_add_char(out, (char)(number >> 8 * size_bytes & 0xff));
}

/* The CRC32 of what was added since `from`. */
static void add_crc(struct buffer *out, size_t from)
{
    add_number(out, (uint32_t)crc32(0, (const Bytef *)out->data + from, (uInt)(out->size - from)), 4);
}

static size_t size_of_headers(const struct event_header *headers, size_t count)
{
    size_t size = 0;

    for (size_t i = 0; i < count; i++)
        size += TEXT_OVERHEAD_BYTES + strlen(headers[i].name) + strlen(headers[i].value);
    return size;
}

static void add_header(struct buffer *out, const struct event_header *header)
{
    size_t name_size = strlen(header->name);
    size_t value_size = strlen(header->value);

    assert(name_size < 256 && value_size < 32768);
    add_number(out, (uint32_t)name_size, 1);
    buffer_add(out, header->name, name_size);
    add_number(out, TEXT_TYPE, 1);
    add_number(out, (uint32_t)value_size, 2);
    buffer_add(out, header->value, value_size);
}

void event_stream_add(struct buffer *out, const struct event_header *headers, size_t count, const void *payload, size_t size_bytes)
{
    size_t headers_bytes = size_of_headers(headers, count);
    size_t whole_bytes = EVENT_OVERHEAD_BYTES + headers_bytes + size_bytes;
    size_t from = out->size;

    buffer_reserve(out, whole_bytes);
    add_number(out, (uint32_t)whole_bytes, 4);
    add_number(out, (uint32_t)headers_bytes, 4);
    add_crc(out, from);
    for (size_t i = 0; i < count; i++)
        add_header(out, &headers[i]);
    if (size_bytes)
        buffer_add(out, payload, size_bytes);
    add_crc(out, from);
}

void event_stream_add_event(struct buffer *out, const char *type, const char *content_type, const void *payload, size_t size_bytes)
{
    const struct event_header headers[] = {
        { ":event-type", type },
        { ":content-type", content_type },
        { ":message-type", "event" },
    };

    event_stream_add(out, headers, sizeof headers / sizeof *headers, payload, size_bytes);
}

void event_stream_add_exception(struct buffer *out, const char *type, const char *content_type, const void *payload, size_t size_bytes)
{
    const struct event_header headers[] = {
        { ":exception-type", type },
        { ":content-type", content_type },
        { ":message-type", "exception" },
    };

    event_stream_add(out, headers, sizeof headers / sizeof *headers, payload, size_bytes);
}
