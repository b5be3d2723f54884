/* Registered consumers: register, describe, list, deregister (facts: Kinesis, 9). */

#include "base/text.h"
#include "kinesis/describe.h"
#include "kinesis/next_token.h"
#include "kinesis/resource.h"
#include "kinesis/room.h"
#include "kinesis/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED_MAX = 100 }; /* in one answer, whatever is asked */

#define CONSUMER_NAME                                                              \
    {                                                                              \
        "ConsumerName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" \
    }
#define CONSUMER_ARN                                                                  \
    {                                                                                 \
        "ConsumerARN", STRING, .min = 1, .max = 2048, .pattern = CONSUMER_ARN_PATTERN \
    }

const struct member kinesis_register_stream_consumer_input[] = {
    STREAM_ARN_MEMBER_REQUIRED,
    { "ConsumerName", STRING, .required = true, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    STREAM_ID_MEMBER,
    TAGS_MEMBER,
    { 0 },
};
const struct member kinesis_describe_stream_consumer_input[] = { STREAM_ARN_MEMBER, CONSUMER_NAME, CONSUMER_ARN, STREAM_ID_MEMBER, { 0 } };
const struct member kinesis_deregister_stream_consumer_input[] = {
    STREAM_ARN_MEMBER, CONSUMER_NAME, CONSUMER_ARN, STREAM_ID_MEMBER, { 0 }
};
const struct member kinesis_list_stream_consumers_input[] = {
    STREAM_ARN_MEMBER_REQUIRED,
    { "NextToken", STRING, .min = 1, .max = 1048576 },
    { "MaxResults", INTEGER, .min = 1, .max = 10000 },
    { "StreamCreationTimestamp", TIMESTAMP },
    STREAM_ID_MEMBER,
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
    struct kinesis_resource resource;

    if (!stream)
        return FAILED;
    if (map_find(&stream->consumers, name))
        return call_fail(call, ERR_RESOURCE_IN_USE, "Consumer %s under stream %s already exists for account %s.", name, stream->name,
                         call->ground->account);
    if (check_limits(call, stream) != DONE)
        return FAILED;
    consumer = kinesis_consumer_add(stream, name, clock_now_ms(call->ground->clock));
    resource = kinesis_resource_of_consumer(consumer);
    if (kinesis_resource_tag(call, &resource) != DONE) {
        kinesis_consumer_remove(consumer);
        return FAILED;
    }
    consumer->is_creating = true; /* the answer says so, as AWS's does, whatever comes next */
    call->output = json_pack("{s:o}", "Consumer", kinesis_consumer_json(consumer));
    consumer->is_creating = room->state_ms > 0;
    if (room->state_ms)
        timer_start(call->ground->clock, &consumer->timer, room->state_ms, become_active);
    return kinesis_noted(call, stream);
}

static struct kinesis_consumer *fail_absent(struct call *call, const char *which)
{
    call_fail(call, ERR_RESOURCE_NOT_FOUND, "Consumer %s, account %s not found.", which, call->ground->account);
    return NULL;
}

struct kinesis_consumer *kinesis_consumer_called(struct call *call, const char *arn)
{
    struct kinesis_consumer *consumer = kinesis_consumer_by_arn(room_of(call), arn);

    if (!consumer && kinesis_name_in_arn(call, arn))
        return fail_absent(call, arn);
    return consumer;
}

/* The consumer that the call names by the stream's ARN and its own name. */
static struct kinesis_consumer *find_by_name(struct call *call, const char *name)
{
    struct kinesis_stream *stream = kinesis_stream_named(call);
    struct kinesis_consumer *consumer = stream ? map_find(&stream->consumers, name) : NULL;

    return consumer || !stream ? consumer : fail_absent(call, name);
}

struct kinesis_consumer *kinesis_consumer_named(struct call *call)
{
    const char *arn = call_string(call, "ConsumerARN");
    const char *name = call_string(call, "ConsumerName");
    const char *stream_arn = call_string(call, "StreamARN");
    struct kinesis_consumer *consumer;

    if (!arn && (!name || !stream_arn)) {
        call_fail(call, ERR_INVALID_ARGUMENT, "Either ConsumerARN or both StreamARN and ConsumerName should be provided.");
        return NULL;
    }
    if (!arn)
        return find_by_name(call, name);
    consumer = kinesis_consumer_called(call, arn);
    if (!consumer || ((!name || text_is(name, consumer->name)) && (!stream_arn || text_is(stream_arn, consumer->stream->arn))))
        return consumer;
    call_fail(call, ERR_INVALID_ARGUMENT, "ConsumerARN %s does not name the consumer that StreamARN and ConsumerName name.", arn);
    return NULL;
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

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct kinesis_consumer *const *)a)->name, (*(struct kinesis_consumer *const *)b)->name);
}

static struct kinesis_consumer **sorted(struct call *call, const struct kinesis_stream *stream)
{
    struct kinesis_consumer **consumers = arena_take(call->arena, (stream->consumers.count + 1) * sizeof *consumers);
    size_t cursor = 0;
    size_t count = 0;

    for (struct map_entry *entry; (entry = map_next(&stream->consumers, &cursor));)
        consumers[count++] = entry->value;
    qsort(consumers, count, sizeof *consumers, by_name);
    return consumers;
}

/* Where the listing of the stream goes on. FAILED for a token that is none, and for one that is another stream's. */
static enum outcome find_start(struct call *call, const struct kinesis_stream *stream, struct next_token *token)
{
    if (!call_has(call, "NextToken"))
        return kinesis_is_as_old_as_given(call, stream);
    if (call_has(call, "StreamCreationTimestamp"))
        return call_fail(call, ERR_INVALID_ARGUMENT, "NextToken and StreamCreationTimestamp cannot be provided together.");
    if (next_token_read(call, token) != DONE)
        return FAILED;
    if (!text_is(token->stream, stream->name) || token->stream_made_ms != stream->made_ms)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    return DONE;
}

enum outcome kinesis_list_stream_consumers(struct call *call)
{
    const struct kinesis_stream *stream = kinesis_stream_named(call);
    int64_t max = call_integer(call, "MaxResults", LISTED_MAX);
    struct next_token token = { 0 };
    struct kinesis_consumer **consumers;
    json_t *listed;
    size_t i = 0;

    if (!stream || find_start(call, stream, &token) != DONE)
        return FAILED;
    consumers = sorted(call, stream);
    listed = json_array();
    while (i < stream->consumers.count && strcmp(consumers[i]->name, token.after) <= 0)
        i++;
    for (max = max > LISTED_MAX ? LISTED_MAX : max; i < stream->consumers.count && json_array_size(listed) < (size_t)max; i++)
        json_array_append_new(listed, kinesis_consumer_json(consumers[i]));
    call->output = json_pack("{s:o}", "Consumers", listed);
    if (i < stream->consumers.count) {
        token = (struct next_token){ .stream_made_ms = stream->made_ms };
        strcpy(token.stream, stream->name);
        strcpy(token.after, consumers[i - 1]->name);
        next_token_add(call, &token);
    }
    return DONE;
}
