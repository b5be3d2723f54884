/* Registered consumers: register, describe, list, deregister (facts: Kinesis, 9). */

#include "base/base64.h"
#include "kinesis/consumer.h"
#include "kinesis/describe.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <stdlib.h>
#include <string.h>

#define CONSUMER_NAME                                                              \
    {                                                                              \
        "ConsumerName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define CONSUMER_ARN                                                                  \
    {                                                                                 \
        "ConsumerARN", STRING, .min = 1, .max = 2048, .pattern = CONSUMER_ARN_PATTERN \
    }

const struct member kinesis_register_stream_consumer_input[] = {
    { "StreamARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/.+" },
    { "ConsumerName", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    KINESIS_TAGS_MEMBER(TAG_MAX),
    { 0 },
};
const struct member kinesis_describe_stream_consumer_input[] = { STREAM_ARN_MEMBER, CONSUMER_NAME, CONSUMER_ARN, { 0 } };
const struct member kinesis_deregister_stream_consumer_input[] = { STREAM_ARN_MEMBER, CONSUMER_NAME, CONSUMER_ARN, { 0 } };
const struct member kinesis_list_stream_consumers_input[] = {
    { "StreamARN", STRING, .required = true, .min = 1, .max = 2048, .pattern = "arn:aws.*:kinesis:.*:\\d{12}:stream/.+" },
    { "NextToken", STRING, .min = 1, .max = 1048576 },
    { "MaxResults", INTEGER, .min = 1, .max = 10000 },
    { "StreamCreationTimestamp", TIMESTAMP },
    { 0 },
};

static void become_active(struct timer *timer)
{
    struct kinesis_consumer *consumer = list_item(timer, struct kinesis_consumer, timer);

    consumer->is_creating = false;
    kinesis_tell(consumer->stream);
}

/* AWS's words for both limits are not known. */
static enum outcome check_limits(struct call *call, const struct kinesis_stream *stream)
{
    int creating = 0;
    size_t cursor = 0;

    if (stream->consumers.count >= CONSUMER_MAX)
        return call_fail(call, ERR_LIMIT_EXCEEDED, "Stream %s under account %s has reached the maximum number of consumers: %d.",
                         stream->name, call->ground->account, CONSUMER_MAX);
    for (struct map_entry *entry; (entry = map_next(&stream->consumers, &cursor));)
        creating += ((const struct kinesis_consumer *)entry->value)->is_creating;
    if (creating < CONSUMER_CREATING_MAX)
        return DONE;
    return call_fail(call, ERR_LIMIT_EXCEEDED,
                     "Stream %s under account %s has reached the maximum number of consumers in state CREATING: %d.", stream->name,
                     call->ground->account, CONSUMER_CREATING_MAX);
}

enum outcome kinesis_register_stream_consumer(struct call *call)
{
    struct kinesis *room = room_of(call);
    struct kinesis_stream *stream = kinesis_stream_idle(call);
    const char *name = call_string(call, "ConsumerName");
    struct kinesis_consumer *consumer;

    if (!stream)
        return FAILED;
    if (map_find(&stream->consumers, name))
        return call_fail(call, ERR_RESOURCE_IN_USE, "Consumer %s under stream %s already exists for account %s.", name, stream->name,
                         call->ground->account);
    if (check_limits(call, stream) != DONE)
        return FAILED;
    consumer = kinesis_consumer_add(stream, name, clock_now_ms(call->ground->clock));
    consumer->is_creating = true; /* the answer says so, as AWS's does, whatever comes next */
    call->output = json_pack("{s:o}", "Consumer", kinesis_consumer_json(consumer));
    consumer->is_creating = room->state_ms > 0;
    if (room->state_ms)
        timer_start(call->ground->clock, &consumer->timer, room->state_ms, become_active);
    return kinesis_noted(call, stream);
}

struct kinesis_consumer *kinesis_consumer_named(struct call *call)
{
    const char *arn = call_string(call, "ConsumerARN");
    const char *name = call_string(call, "ConsumerName");
    struct kinesis_consumer *consumer = NULL;
    struct kinesis_stream *stream;

    if (!arn && (!name || !call_has(call, "StreamARN"))) {
        call_fail(call, ERR_INVALID_ARGUMENT, "Either ConsumerARN or both StreamARN and ConsumerName should be provided.");
        return NULL;
    }
    if (arn) {
        consumer = kinesis_consumer_by_arn(room_of(call), arn);
    } else {
        stream = kinesis_stream_named(call);
        if (!stream)
            return NULL;
        consumer = map_find(&stream->consumers, name);
    }
    if (!consumer)
        call_fail(call, ERR_RESOURCE_NOT_FOUND, "Consumer %s, account %s not found.", arn ? arn : name, call->ground->account);
    return consumer;
}

enum outcome kinesis_describe_stream_consumer(struct call *call)
{
    const struct kinesis_consumer *consumer = kinesis_consumer_named(call);
    json_t *description;

    if (!consumer)
        return FAILED;
    description = kinesis_consumer_json(consumer);
    json_object_set_new(description, "StreamARN", json_string(consumer->stream->arn));
    call->output = json_pack("{s:o}", "ConsumerDescription", description);
    return DONE;
}

enum outcome kinesis_deregister_stream_consumer(struct call *call)
{
    struct kinesis_consumer *consumer = kinesis_consumer_named(call);
    struct kinesis_stream *stream;

    if (!consumer)
        return FAILED;
    stream = consumer->stream;
    kinesis_consumer_remove(consumer);
    return kinesis_noted(call, stream);
}

/* The next token is how many consumers were listed before, as text in base64. */
static bool read_token(struct call *call, size_t *skipped)
{
    const char *token = call_string(call, "NextToken");
    char plain[40] = { 0 };
    size_t size;

    *skipped = 0;
    if (!token)
        return true;
    if (strlen(token) > 40 || base64_decode(token, strlen(token), plain, &size) != OK)
        return false;
    *skipped = strtoul(plain, NULL, 10);
    return size && strspn(plain, "0123456789") == size;
}

enum outcome kinesis_list_stream_consumers(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    size_t max = (size_t)call_integer(call, "MaxResults", 100);
    json_t *consumers;
    size_t skipped;
    size_t cursor = 0;
    size_t seen = 0;
    char token[48];

    if (!stream)
        return FAILED;
    if (!read_token(call, &skipped))
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    consumers = json_array();
    for (struct map_entry *entry; json_array_size(consumers) < max && (entry = map_next(&stream->consumers, &cursor)); seen++)
        if (seen >= skipped)
            json_array_append_new(consumers, kinesis_consumer_json(entry->value));
    call->output = json_pack("{s:o}", "Consumers", consumers);
    if (seen < stream->consumers.count) {
        char *plain = call_print(call, "%zu", seen);

        base64_encode(plain, strlen(plain), token);
        json_object_set_new(call->output, "NextToken", json_string(token));
    }
    return DONE;
}
