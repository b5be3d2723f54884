/* The room's life, and its table of operations. */

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinesis/room.h"
#include "kinesis/store.h"

#include <stdlib.h>
#include <string.h>

#define KINESIS_ROW(action, function) { .name = #action, .run = kinesis_##function, .input = kinesis_##function##_input },
static const struct operation operations[] = { KINESIS_OPERATIONS(KINESIS_ROW){ 0 } };
#undef KINESIS_ROW

static int64_t state_ms(void)
{
    const char *text = getenv("LOWCLOUD_KINESIS_STATE_MS");
    int64_t number;

    return text_to_int64(text, &number) && number >= 0 && number <= 600000 ? number : 0;
}

enum status kinesis_open(struct kinesis **out, const struct ground *ground)
{
    struct kinesis *room = memory_new(sizeof *room);

    *out = room;
    room->ground = ground;
    room->ids = random_stream(ground->random, "kinesis");
    room->state_ms = state_ms();
    list_init(&room->listeners);
    room->service = (struct service){
        .name = "kinesis",
        .target_prefix = "Kinesis_20131202",
        .protocol = PROTOCOL_JSON_1_1,
        .operations = operations,
        .manners = { .older_type_texts = true },
        .has_extended_id = true,
        .empty_without_output = true,
        .body_max_bytes = 14 << 20,
        .room = room,
    };
    return kinesis_store_open(&room->store, room);
}

const struct service *kinesis_service(const struct kinesis *room)
{
    return &room->service;
}

void kinesis_remove(struct kinesis_stream *stream)
{
    struct kinesis *room = stream->room;

    kinesis_tell(stream);
    kinesis_store_remove_stream(room->store, stream);
    map_remove(&room->streams, stream->name);
    kinesis_stream_free(stream);
}

struct kinesis_stream *kinesis_stream_named(struct call *call)
{
    const struct kinesis *room = room_of(call);
    const char *name = call_string(call, "StreamName");
    const char *arn = call_string(call, "StreamARN");
    struct kinesis_stream *stream;

    if (!name && arn)
        name = strrchr(arn, '/') + 1;
    if (!name) {
        call_fail(call, ERR_VALIDATION,
                  "1 validation error detected: Value null at 'streamName' failed to satisfy constraint: Member must not be null");
        return NULL;
    }
    stream = kinesis_stream_find(room, name);
    if (!stream)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Stream %s under account %s not found.", name, room->ground->account);
    return stream;
}

void kinesis_close(struct kinesis *room)
{
    size_t cursor = 0;

    if (!room)
        return;
    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        kinesis_stream_free(entry->value);
    map_clear(&room->streams);
    loop_forget(&room->wake);
    kinesis_store_close(room->store);
    free(room);
}
