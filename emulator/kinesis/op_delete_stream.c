/* DeleteStream: DELETING for a while on the clock, then gone. */

#include "kinesis/room.h"
#include "kinesis/shapes.h"

const struct member kinesis_delete_stream_input[] = {
    STREAM_NAME_MEMBER,
    { "EnforceConsumerDeletion", BOOLEAN },
    STREAM_ARN_MEMBER,
    { 0 },
};

static void vanish(struct timer *timer)
{
    struct kinesis_stream *stream = list_item(timer, struct kinesis_stream, timer);

    if (kinesis_remove(stream) != OK)
        timer_start(stream->room->ground->clock, timer, stream->room->state_ms, vanish);
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
    stream->state = STREAM_DELETING;
    kinesis_tell(stream);
    if (room->state_ms)
        timer_start(room->ground->clock, &stream->timer, room->state_ms, vanish);
    else if (kinesis_remove(stream) != OK) {
        stream->state = STREAM_ACTIVE;
        return call_fail(call, ERR_INTERNAL_FAILURE, NULL);
    }
    return DONE;
}
