#include "kinesis/subscription.h"

#include "base/memory.h"
#include "kinesis/records.h"
#include "kinesis/room.h"
#include "kinesis/sequence.h"

#include <inttypes.h>
#include <stdlib.h>

struct subscription {
    struct kinesis_consumer *consumer;
    unsigned shard;    /* its index */
    struct call *call; /* NULL: it has ended, or is held */
    bool is_held;      /* by a consumer inside lowcloud, which reads by itself */
    uint64_t position; /* of the next record to send */
    int64_t began_ms;
    struct kinesis_listener listener;
    struct timer heartbeat;
    struct timer life;
    struct timer retaking; /* when who holds it inside may have it back */
};

static struct clock *clock_of(const struct subscription *subscription)
{
    return subscription->consumer->stream->room->ground->clock;
}

static struct shard *shard_of(const struct subscription *subscription)
{
    return subscription->consumer->stream->shards[subscription->shard];
}

/* Lets go of the call, which the caller ends. */
static struct call *release(struct subscription *subscription)
{
    struct call *call = subscription->call;

    kinesis_unlisten(&subscription->listener);
    timer_stop(clock_of(subscription), &subscription->heartbeat);
    timer_stop(clock_of(subscription), &subscription->life);
    subscription->call = NULL;
    return call;
}

static void end(struct subscription *subscription)
{
    call_end_events(release(subscription));
}

/* ---- what is sent ---- */

/* Where a client that has come this far goes on with AFTER_SEQUENCE_NUMBER. It grows with the clock even when no record comes. */
static void print_continuation(struct buffer *text, const struct shard *shard, uint64_t position)
{
    struct sequence sequence = { shard->made_ms / 1000, shard->index, position - 1,
                                 kinesis_shard_second(shard, clock_now_ms(shard->stream->room->ground->clock)) };
    char digits[KINESIS_SEQUENCE_SIZE];

    sequence_print(&sequence, digits);
    buffer_print(text, ",\"ContinuationSequenceNumber\":\"%s\"", digits);
}

static bool is_over(const struct subscription *subscription)
{
    const struct shard *shard = shard_of(subscription);

    return shard->closed_ms && subscription->position >= shard->next_position;
}

static void on_heartbeat(struct timer *timer);

/* The next records, or none. The event that reaches the end of a closed shard names its children and no continuation: by that clients know
 * that it was the last. */
static void say(struct subscription *subscription)
{
    struct shard *shard = shard_of(subscription);
    struct buffer event = { 0 };

    kinesis_shard_trim(shard);
    if (subscription->position < shard->first_position)
        subscription->position = shard->first_position;
    buffer_add_text(&event, "{\"Records\":");
    subscription->position = kinesis_print_records(&event, shard, subscription->position, INT64_MAX, SUBSCRIPTION_EVENT_BYTES);
    if (!is_over(subscription))
        print_continuation(&event, shard, subscription->position);
    buffer_print(&event, ",\"MillisBehindLatest\":%" PRId64, kinesis_shard_behind_ms(shard, subscription->position));
    if (is_over(subscription)) {
        buffer_add_char(&event, ',');
        kinesis_print_children(&event, shard);
    }
    buffer_add_char(&event, '}');
    call_say_event(subscription->call, "SubscribeToShardEvent", &event);
    timer_start(clock_of(subscription), &subscription->heartbeat, SUBSCRIPTION_HEARTBEAT_MS, on_heartbeat);
}

static bool has_room(const struct subscription *subscription)
{
    return call_waiting_bytes(subscription->call) < SUBSCRIPTION_WAITING_BYTES;
}

/* Sends what there is, as far as the client takes it. The subscription may be over afterwards. */
static void advance(struct subscription *subscription)
{
    const struct shard *shard = shard_of(subscription);

    while (has_room(subscription) && (shard->closed_ms || subscription->position < shard->next_position)) {
        say(subscription);
        if (is_over(subscription)) {
            end(subscription);
            return;
        }
    }
}

/* ---- what happens to it ---- */

static void on_heartbeat(struct timer *timer)
{
    struct subscription *subscription = list_item(timer, struct subscription, heartbeat);

    if (call_waiting_bytes(subscription->call))
        timer_start(clock_of(subscription), timer, SUBSCRIPTION_HEARTBEAT_MS, on_heartbeat); /* it has not even taken the last one */
    else
        say(subscription);
}

static void on_life_ends(struct timer *timer)
{
    end(list_item(timer, struct subscription, life));
}

static void on_woken(struct kinesis_listener *listener)
{
    advance(list_item(listener, struct subscription, listener));
}

static void on_drained(struct call *call, void *context)
{
    (void)call;
    advance(context);
}

static void on_left(struct call *call, void *context)
{
    (void)call;
    end(context);
}

/* ---- life ---- */

/* The place that consumer has for its subscription to shard. */
static struct subscription *place_of(struct kinesis_consumer *consumer, const struct shard *shard)
{
    if (shard->index >= consumer->subscription_count) {
        consumer->subscriptions = memory_resize(consumer->subscriptions, (shard->index + 1) * sizeof(struct subscription *));
        while (consumer->subscription_count <= shard->index)
            consumer->subscriptions[consumer->subscription_count++] = NULL;
    }
    if (!consumer->subscriptions[shard->index]) {
        struct subscription *subscription = memory_new(sizeof *subscription);

        subscription->consumer = consumer;
        subscription->shard = shard->index;
        consumer->subscriptions[shard->index] = subscription;
    }
    return consumer->subscriptions[shard->index];
}

static enum outcome fail_in_use(struct call *call, const struct subscription *subscription)
{
    const struct kinesis_consumer *consumer = subscription->consumer;

    return call_fail(call, ERR_RESOURCE_IN_USE, "Another active subscription exists for this consumer: %s:%s:%s:%s", call->ground->account,
                     consumer->stream->name, shard_of(subscription)->id, consumer->name);
}

/* How long it is still too young to be replaced; not above 0: it is old enough. */
static int64_t exclusive_ms(const struct subscription *subscription)
{
    return subscription->began_ms ? subscription->began_ms + SUBSCRIPTION_EXCLUSIVE_MS - clock_now_ms(clock_of(subscription)) : 0;
}

/* The client that has it loses it to another. */
static void take_from_client(struct subscription *subscription)
{
    if (!subscription->call)
        return;
    fail_in_use(subscription->call, subscription);
    end(subscription);
}

static void on_retaking(struct timer *timer)
{
    kinesis_tell(list_item(timer, struct subscription, retaking)->consumer->stream);
}

/* Has who wants it inside told when it may be had. */
static void retake_later(struct subscription *subscription)
{
    timer_start(clock_of(subscription), &subscription->retaking, exclusive_ms(subscription), on_retaking);
}

static void begin(struct subscription *subscription, struct call *call)
{
    struct kinesis_stream *stream = subscription->consumer->stream;

    subscription->call = call;
    call->left = on_left;
    call->drained = on_drained;
    call->context = subscription;
    call_begin_events(call);
    kinesis_listen(stream->room, stream->name, &subscription->listener, on_woken);
    timer_start(clock_of(subscription), &subscription->life, SUBSCRIPTION_LIFE_MS, on_life_ends);
}

enum outcome kinesis_subscribe(struct call *call, struct kinesis_consumer *consumer, const struct shard *shard, uint64_t position)
{
    struct subscription *subscription = place_of(consumer, shard);

    if (exclusive_ms(subscription) > 0)
        return fail_in_use(call, subscription);
    take_from_client(subscription);
    subscription->position = position;
    subscription->began_ms = clock_now_ms(call->ground->clock);
    if (subscription->is_held)
        retake_later(subscription);
    subscription->is_held = false;
    begin(subscription, call);
    advance(subscription);
    if (subscription->call && !timer_is_running(&subscription->heartbeat))
        say(subscription); /* there was nothing yet: the first event comes at once all the same */
    return LATER;
}

bool kinesis_consumer_hold(struct kinesis *room, const char *consumer_arn, const char *shard_id)
{
    struct kinesis_consumer *consumer = kinesis_consumer_by_arn(room, consumer_arn);
    const struct shard *shard = consumer ? kinesis_shard_find(consumer->stream, shard_id) : NULL;
    struct subscription *subscription = shard ? place_of(consumer, shard) : NULL;

    if (!subscription || (subscription->is_held && exclusive_ms(subscription) > SUBSCRIPTION_EXCLUSIVE_MS - SUBSCRIPTION_LIFE_MS))
        return true;
    if (!subscription->is_held && exclusive_ms(subscription) > 0) {
        retake_later(subscription);
        return false;
    }
    take_from_client(subscription);
    subscription->is_held = true;
    subscription->began_ms = clock_now_ms(room->ground->clock);
    return true;
}

void kinesis_consumer_let_go(struct kinesis *room, const char *consumer_arn)
{
    const struct kinesis_consumer *consumer = kinesis_consumer_by_arn(room, consumer_arn);

    for (unsigned i = 0; consumer && i < consumer->subscription_count; i++)
        if (consumer->subscriptions[i])
            consumer->subscriptions[i]->is_held = false; /* whoever else waits inside for a client's is still told when it may be had */
}

void kinesis_subscriptions_clear(struct kinesis_consumer *consumer, const char *why)
{
    for (unsigned i = 0; i < consumer->subscription_count; i++) {
        struct subscription *subscription = consumer->subscriptions[i];

        if (subscription && subscription->call) {
            call_fail(subscription->call, ERR_RESOURCE_NOT_FOUND, "%s", why);
            end(subscription);
        }
        if (subscription)
            timer_stop(clock_of(subscription), &subscription->retaking);
        free(subscription);
    }
    free(consumer->subscriptions);
    consumer->subscriptions = NULL;
    consumer->subscription_count = 0;
}
