/* Which stream a call means: by its name, by its ARN, or by both, which must then agree. An ARN of another region finds nothing here, and
 * one of another account is refused as AWS refuses whom no policy of that account's lets in. */

#include "base/text.h"
#include "kinesis/describe.h"
#include "kinesis/room.h"

#include <string.h>

static const struct member *declared(const struct call *call, const char *name)
{
    const struct member *member = call->operation->input;

    while (member->name && strcmp(member->name, name))
        member++;
    return member->name ? member : NULL;
}

/* The member, if the operation has it: others are as absent. */
static const char *given(const struct call *call, const char *name)
{
    const char *text = call_string(call, name);

    return text && declared(call, name) ? text : NULL;
}

enum outcome kinesis_fail_absent(struct call *call, const char *name)
{
    return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Stream %s under account %s not found.", name, call->ground->account);
}

static enum outcome deny(struct call *call, const char *arn)
{
    const char *action = call->operation->name;

    return call_fail(call, ERR_ACCESS_DENIED,
                     "User: arn:aws:iam::%s:root is not authorized to perform: kinesis:%s on resource: %s because no resource-based policy "
                     "allows the kinesis:%s action",
                     call->ground->account, action, arn, action);
}

const char *kinesis_name_in_arn(struct call *call, const char *arn)
{
    const struct kinesis *room = room_of(call);
    const char *name = strstr(arn, "stream/");

    if (text_begins(arn, room->arn_prefix))
        return arn + strlen(room->arn_prefix);
    if (!strstr(arn, call_print(call, ":%s:", call->ground->account)))
        deny(call, arn);
    else
        kinesis_fail_absent(call, name ? name + strlen("stream/") : arn);
    return NULL;
}

const char *kinesis_name_given(struct call *call)
{
    const char *name = given(call, "StreamName");
    const char *arn = given(call, "StreamARN");
    const char *named;

    if (!arn)
        arn = given(call, "ResourceARN");
    if (!name && !arn)
        call_fail(call, ERR_VALIDATION,
                  "1 validation error detected: Value null at '%s' failed to satisfy constraint: Member must not be null",
                  declared(call, "StreamName") ? "streamName" : "streamARN");
    if (!arn)
        return name;
    named = kinesis_name_in_arn(call, arn);
    if (!name || !named || text_is(name, named))
        return named;
    call_fail(call, ERR_INVALID_ARGUMENT, "StreamName %s and StreamARN %s do not name the same stream.", name, arn);
    return NULL;
}

struct kinesis_stream *kinesis_stream_named(struct call *call)
{
    const char *name = kinesis_name_given(call);
    struct kinesis_stream *stream = name ? kinesis_stream_find(room_of(call), name) : NULL;

    if (name && !stream)
        kinesis_fail_absent(call, name);
    return stream;
}

enum outcome kinesis_is_as_old_as_given(struct call *call, const struct kinesis_stream *stream)
{
    if (!call_has(call, "StreamCreationTimestamp") ||
        shape_whole(call_number(call, "StreamCreationTimestamp", 0)) == stream->made_ms / 1000)
        return DONE;
    return kinesis_fail_absent(call, stream->name);
}

struct kinesis_stream *kinesis_stream_idle(struct call *call)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);

    if (!stream || stream->state == STREAM_ACTIVE)
        return stream;
    call_fail(call, ERR_RESOURCE_IN_USE, "Stream %s under account %s not ACTIVE, instead in state %s", stream->name, call->ground->account,
              kinesis_state_text(stream));
    return NULL;
}
