#pragma once
/* Shard iterators: opaque to clients, self-contained to us, so that no table of them is needed. One holds the stream, the shard, the
 * position to read next and when it was issued, sealed so that a tampered one is noticed. Each is different from every other, even at the
 * same place (facts: Kinesis, 7). */

#include "kinesis/room.h"

enum { ITERATOR_SIZE = 300, ITERATOR_LIFE_MS = 300 * 1000 };

struct iterator {
    char stream[STREAM_NAME_SIZE];
    int64_t stream_made_ms;
    unsigned shard;
    uint64_t position;
    int64_t issued_ms;
};

/* Writes the iterator for `position` of shard, issued now. */
void kinesis_iterator_print(const struct shard *shard, uint64_t position, char text[ITERATOR_SIZE]);

/* INVALID when text is none of ours. Quotation marks around it are ignored, as AWS does. */
enum status kinesis_iterator_parse(const struct kinesis *room, const char *text, struct iterator *iterator);
