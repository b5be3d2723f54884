#include "kinesis/resource.h"

#include "kinesis/room.h"

struct kinesis_resource kinesis_resource_of(struct kinesis_stream *stream)
{
    return (struct kinesis_resource){ stream, "stream", stream->name, stream->tags, &stream->policy };
}

struct kinesis_resource kinesis_resource_of_consumer(struct kinesis_consumer *consumer)
{
    return (struct kinesis_resource){ consumer->stream, "consumer", consumer->name, consumer->tags, &consumer->policy };
}

enum outcome kinesis_resource_named(struct call *call, struct kinesis_resource *resource)
{
    const char *arn = call_string(call, "ResourceARN");
    struct kinesis_consumer *consumer = NULL;
    struct kinesis_stream *stream = NULL;

    if (arn && kinesis_is_consumer_arn(arn))
        consumer = kinesis_consumer_called(call, arn);
    else
        stream = kinesis_stream_named(call);
    if (consumer)
        *resource = kinesis_resource_of_consumer(consumer);
    else if (stream)
        *resource = kinesis_resource_of(stream);
    return consumer || stream ? DONE : FAILED;
}
