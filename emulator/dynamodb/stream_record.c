#include "dynamodb/stream_record.h"

#include "base/log.h"
#include "dynamodb/pack.h"
#include "dynamodb/wire.h"

#include <inttypes.h>

const char *const stream_event_names[] = { "INSERT", "MODIFY", "REMOVE" };

enum stream_event stream_event_of(const struct change *change)
{
    return !change->has_old ? STREAM_INSERT : change->has_new ? STREAM_MODIFY : STREAM_REMOVE;
}

void stream_record_id(const struct stream_row *row, char text[STREAM_RECORD_ID_SIZE])
{
    for (size_t i = 0; i < sizeof row->id; i++)
        snprintf(text + 2 * i, 3, "%02x", row->id[i]);
}

/* Writes ,"name":{...} for a packed item; nothing when the record has none. Adds its size as AWS counts it. */
static bool print_item(struct buffer *text, const char *name, struct bytes packed, size_t *size)
{
    struct arena arena = { 0 };
    struct value item;
    bool is_whole = !packed.size || unpack_item(packed, &arena, &item);

    if (packed.size && is_whole) {
        buffer_print(text, ",\"%s\":", name);
        wire_write_item(text, &item);
        *size += value_item_size(&item);
    }
    arena_clear(&arena);
    return is_whole;
}

bool stream_record_print(struct buffer *text, const struct stream *stream, const struct stream_row *row)
{
    char sequence[DYNAMODB_SEQUENCE_SIZE];
    size_t size = 0;

    stream_sequence(stream, row->position, sequence);
    buffer_print(text, "{\"ApproximateCreationDateTime\":%" PRId64, row->made_us / 1000000);
    if (!print_item(text, "Keys", row->keys, &size) || !print_item(text, "NewImage", row->new, &size) ||
        !print_item(text, "OldImage", row->old, &size)) {
        log_error("the record %s of the DynamoDB stream %s cannot be read back", sequence, stream->arn);
        return false;
    }
    buffer_print(text, ",\"SequenceNumber\":\"%s\",\"SizeBytes\":%zu,\"StreamViewType\":\"%s\"}", sequence, size,
                 stream_view_name(stream->view));
    return true;
}
