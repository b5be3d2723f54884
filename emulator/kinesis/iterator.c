#include "kinesis/iterator.h"

#include "aws/seal.h"

#include <string.h>

/* Layout of the 200 bytes before base64; numbers in the machine's order, since only we read them. */
struct sealed {
    unsigned char prefix[8]; /* 0, ..., 0, 1: as AWS's begin */
    uint64_t position;
    int64_t issued_ms;
    int64_t stream_made_ms;
    uint64_t serial;
    uint32_t shard;
    uint32_t name_length;
    char name[136];
    unsigned char seal[SEAL_SIZE];
};

void kinesis_iterator_print(const struct shard *shard, uint64_t position, char text[ITERATOR_SIZE])
{
    struct kinesis *room = shard->stream->room;
    struct sealed sealed = { .prefix = { [7] = 1 } };

    sealed.position = position;
    sealed.issued_ms = clock_now_ms(room->ground->clock);
    sealed.stream_made_ms = shard->stream->made_ms;
    sealed.serial = ++room->iterator_count;
    sealed.shard = shard->index;
    sealed.name_length = (uint32_t)strlen(shard->stream->name);
    memcpy(sealed.name, shard->stream->name, sealed.name_length);
    seal_print(room->ground->seal_key, &sealed, sizeof sealed, "", text);
}

enum status kinesis_iterator_parse(const struct kinesis *room, const char *text, struct iterator *iterator)
{
    struct sealed sealed;
    size_t length = strlen(text);

    if (length >= 2 && text[0] == '"' && text[length - 1] == '"') {
        text++;
        length -= 2;
    }
    if (seal_parse(room->ground->seal_key, text, length, "", &sealed, sizeof sealed) != OK || sealed.name_length >= STREAM_NAME_SIZE)
        return INVALID;
    memcpy(iterator->stream, sealed.name, sealed.name_length);
    iterator->stream[sealed.name_length] = '\0';
    iterator->stream_made_ms = sealed.stream_made_ms;
    iterator->shard = sealed.shard;
    iterator->position = sealed.position;
    iterator->issued_ms = sealed.issued_ms;
    return OK;
}
