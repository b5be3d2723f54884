#include "dynamodb/stream_iterator.h"

#include "aws/seal.h"

#include <string.h>

/* The 40 bytes before base64; numbers in the machine's order, since only we read them. */
struct sealed {
    uint64_t position;
    int64_t issued_ms;
    uint64_t serial;
    unsigned char seal[SEAL_SIZE];
};

static const char mark[] = "|1|";

void stream_iterator_print(const struct stream *stream, uint64_t position, char text[STREAM_ITERATOR_SIZE])
{
    struct dynamodb *room = stream->room;
    struct sealed sealed = { .position = position, .issued_ms = clock_now_ms(room->ground->clock), .serial = ++room->iterator_count };
    int length = snprintf(text, STREAM_ITERATOR_SIZE, "%s%s", stream->arn, mark);

    seal_print(room->ground->seal_key, &sealed, sizeof sealed, stream->arn, text + length);
}

enum status stream_iterator_parse(const struct dynamodb *room, const char *text, struct stream_iterator *iterator)
{
    const char *at = strstr(text, mark);
    size_t length = at ? (size_t)(at - text) : 0;
    struct sealed sealed;

    if (!at || length >= sizeof iterator->stream)
        return INVALID;
    memcpy(iterator->stream, text, length);
    iterator->stream[length] = '\0';
    at += strlen(mark);
    if (seal_parse(room->ground->seal_key, at, strlen(at), iterator->stream, &sealed, sizeof sealed) != OK)
        return INVALID;
    iterator->position = sealed.position;
    iterator->issued_ms = sealed.issued_ms;
    return OK;
}
