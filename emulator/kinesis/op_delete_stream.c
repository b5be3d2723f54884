/* DeleteStream: DELETING for a while on the clock, then gone. */

#include "kinesis/room.h"
#include "kinesis/shapes.h"
#include "kinesis/store.h"

const struct member kinesis_delete_stream_input[] = {
    STREAM_NAME_MEMBER, { "EnforceConsumerDeletion", BOOLEAN }, STREAM_ARN_MEMBER, STREAM_ID_MEMBER, { 0 },
};

static void vanish(struct timer *timer)
{
    struct kinesis_stream *stream = list_item(timer, struct kinesis_stream, timer);

    if (kinesis_remove(stream) != OK)
        kinesis_vanish_later(stream, DELETION_AGAIN_MS);
}

void kinesis_vanish_later(struct kinesis_stream *stream, int64_t delay_ms)
{
    timer_start(stream->room->ground->clock, &stream->timer, delay_ms, vanish);
}

/* A deletion that was asked for outlives lowcloud's end, as every change does that was answered. */
static enum status begin_deletion(struct kinesis_stream *stream)
{
    enum stream_state before = stream->state;

    stream->state = STREAM_DELETING;
    if ((stream->room->state_ms ? kinesis_store_put(stream->room->store, stream) : kinesis_remove(stream)) != OK) {
        stream->state = before;
        return BROKEN;
    }
    return OK;
}

enum outcome kinesis_delete_stream(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);
    struct kinesis *room = room_of(call);

    if (!stream)
        return FAILED;
    if (stream->state == STREAM_DELETING)
        return DONE;
    if (stream->consumers.count && !call_boolean(call, "EnforceConsumerDeletion", false))
        return call_fail(
            call, ERR_RESOURCE_IN_USE,
            "Stream %s under account %s has enhanced consumers. Please delete the stream by setting enforceConsumerDeletion to "
            "true, or deregister all the consumers before deleting it.",
            stream->name, call->ground->account);
    trace_add(room->ground->trace, TRACE_CALL, call->cause, stream->arn, -1, "DeleteStream");
    if (begin_deletion(stream) != OK)
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    if (room->state_ms) {
        kinesis_tell(stream);
        kinesis_vanish_later(stream, room->state_ms);
    }
    return DONE;
}
