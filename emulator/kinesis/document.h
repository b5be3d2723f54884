#pragma once
/* A stream as a JSON document, for keeping it on disk: all but its records. */

#include "kinesis/stream.h"

/* New reference. */
json_t *kinesis_document_of(const struct kinesis_stream *stream);

/* The stream that the document tells of, not yet in the room's map; NULL when the document is none. */
struct kinesis_stream *kinesis_document_read(struct kinesis *room, const json_t *document);
