#include "dynamodb/stream_lookup.h"

#include "base/text.h"

#include <string.h>

bool stream_check_arn(struct call *call, const char *arn)
{
    const char *table = text_begins(arn, "arn:") && strstr(arn, ":dynamodb:") ? strstr(arn, ":table/") : NULL;

    if (table && strstr(table, "/stream/"))
        return true;
    call_fail(call, ERR_VALIDATION, "Invalid StreamArn");
    return false;
}

struct stream *stream_lookup_arn(struct call *call, const char *arn)
{
    struct stream *stream = stream_find(room_of(call), arn);

    if (stream)
        stream = stream_trimmed(stream);
    if (!stream)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Requested resource not found: Stream: %s not found", arn);
    return stream;
}

struct stream *stream_lookup(struct call *call)
{
    const char *arn = call_string(call, "StreamArn");

    return stream_check_arn(call, arn) ? stream_lookup_arn(call, arn) : NULL;
}
