#pragma once
/* AWS's event stream (application/vnd.amazon.eventstream): what a streaming operation answers with, message by message. A message is framed
 * as: its length and that of its headers (big-endian, 32 bits each), the CRC32 of those eight bytes, the headers, the payload, and the
 * CRC32 of all before. A header is a length of one byte, the name, its type (7: text), a length of two bytes, and the value. */

#include "base/buffer.h"

#include <stddef.h>

struct event_header {
    const char *name;  /* ":event-type"; 1 to 255 bytes */
    const char *value; /* less than 32 KiB */
};

enum { EVENT_OVERHEAD_BYTES = 16 }; /* of a message without headers and payload */

/* Adds one message to out. */
void event_stream_add(struct buffer *out, const struct event_header *headers, size_t count, const void *payload, size_t size_bytes);

/* Adds an event of that type: ":message-type" is "event". The payload is of content_type. */
void event_stream_add_event(struct buffer *out, const char *type, const char *content_type, const void *payload, size_t size_bytes);

/* Adds an error that the operation's model has: ":message-type" is "exception". SDKs raise it, and read no further. */
void event_stream_add_exception(struct buffer *out, const char *type, const char *content_type, const void *payload, size_t size_bytes);
