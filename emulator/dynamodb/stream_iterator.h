#pragma once
/* Shard iterators: opaque to clients, self-contained to us (aws/seal.h). One looks as AWS's do: the stream's ARN, "|1|", and base64. It
 * holds the position to read next and when it was issued; each is different from every other, even at the same place. */

#include "dynamodb/stream.h"

enum { STREAM_ITERATOR_SIZE = DYNAMODB_STREAM_ARN_SIZE + 80, STREAM_ITERATOR_LIFE_MS = 15 * 60 * 1000 };

struct stream_iterator {
    char stream[DYNAMODB_STREAM_ARN_SIZE];
    uint64_t position;
    int64_t issued_ms;
};

/* Writes the iterator for position, issued now. */
void stream_iterator_print(const struct stream *stream, uint64_t position, char text[STREAM_ITERATOR_SIZE]);

/* INVALID when text is none of ours. */
enum status stream_iterator_parse(const struct dynamodb *room, const char *text, struct stream_iterator *iterator);
