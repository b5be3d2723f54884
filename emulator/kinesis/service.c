/* The room's life, and its table of operations. */

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "kinesis/describe.h"
#include "kinesis/room.h"
#include "kinesis/store.h"

#include <stdlib.h>
#include <string.h>

#define KINESIS_ROW(action, function) { .name = #action, .run = kinesis_##function, .input = kinesis_##function##_input },
static const struct operation operations[] = { KINESIS_OPERATIONS(KINESIS_ROW){ 0 } };
#undef KINESIS_ROW

/* What is no plain text or number in an answer, for CBOR. */
static const struct member cbor_kinds[] = {
    { "Data", BLOB },
    { "ApproximateArrivalTimestamp", TIMESTAMP },
    { "StreamCreationTimestamp", TIMESTAMP },
    { "ConsumerCreationTimestamp", TIMESTAMP },
    { 0 },
};

static int64_t state_ms(void)
{
    const char *text = getenv("LOWCLOUD_KINESIS_STATE_MS");
    int64_t number;

    return text_to_int64(text, &number) && number >= 0 && number <= 600000 ? number : 0;
}

void kinesis_resume_deletions(struct kinesis *room, int64_t delay_ms)
{
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));) {
        struct kinesis_stream *stream = entry->value;

        if (stream->state == STREAM_DELETING && !timer_is_running(&stream->timer))
            kinesis_vanish_later(stream, delay_ms);
    }
}

enum status kinesis_open(struct kinesis **out, const struct ground *ground)
{
    struct kinesis *room = memory_new(sizeof *room);

    *out = room;
    room->ground = ground;
    room->state_ms = state_ms();
    room->arn_prefix = memory_print("arn:aws:kinesis:%s:%s:stream/", ground->region, ground->account);
    list_init(&room->listeners);
    room->service = (struct service){
        .name = "kinesis",
        .target_prefix = "Kinesis_20131202",
        .protocol = PROTOCOL_JSON_1_1,
        .operations = operations,
        .manners = { .older_type_texts = true, .package = "com.amazonaws.kinesis.v20131202." },
        .cbor_kinds = cbor_kinds,
        .is_kinesis = true,
        .empty_without_output = true,
        .body_max_bytes = 16 << 20,
        .room = room,
    };
    if (kinesis_store_open(&room->store, room) != OK)
        return BROKEN;
    kinesis_resume_deletions(room, room->state_ms);
    return OK;
}

const struct service *kinesis_service(const struct kinesis *room)
{
    return &room->service;
}

enum status kinesis_remove(struct kinesis_stream *stream)
{
    if (kinesis_store_remove(stream->room->store, stream) != OK)
        return BROKEN;
    kinesis_forget(stream);
    return OK;
}

void kinesis_forget(struct kinesis_stream *stream)
{
    kinesis_tell(stream);
    map_remove(&stream->room->streams, stream->name);
    kinesis_stream_free(stream);
}

static void become_active(struct timer *timer)
{
    struct kinesis_stream *stream = list_item(timer, struct kinesis_stream, timer);

    stream->state = STREAM_ACTIVE;
    stream->warm.current_mibps = stream->warm.target_mibps;
    kinesis_tell(stream);
}

void kinesis_pass_through(struct kinesis_stream *stream, enum stream_state state)
{
    struct kinesis *room = stream->room;

    if (room->state_ms) {
        stream->state = state;
        timer_start(room->ground->clock, &stream->timer, room->state_ms, become_active);
    } else {
        stream->warm.current_mibps = stream->warm.target_mibps;
    }
    kinesis_tell(stream);
}

enum outcome kinesis_noted(struct call *call, struct kinesis_stream *stream)
{
    if (kinesis_store_put(stream->room->store, stream) != OK)
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    trace_add(call->ground->trace, TRACE_CALL, call->cause, stream->arn, -1, call->operation->name);
    kinesis_tell(stream);
    return DONE;
}

enum outcome kinesis_changed(struct call *call, struct kinesis_stream *stream)
{
    if (kinesis_noted(call, stream) != DONE)
        return FAILED;
    kinesis_pass_through(stream, STREAM_UPDATING);
    return DONE;
}

void kinesis_close(struct kinesis *room)
{
    size_t cursor = 0;

    if (!room)
        return;
    kinesis_store_close(room->store);
    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        kinesis_stream_free(entry->value);
    map_clear(&room->streams);
    loop_forget(&room->wake);
    free(room->arn_prefix);
    free(room);
}
