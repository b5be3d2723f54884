#pragma once
/* A subscription: a registered consumer is sent one shard's records as they come, in an event stream, until it leaves, the shard ends, or
 * five minutes have passed (facts: Kinesis, 9). It is woken by what is put, in the same turn, and says something every five seconds even
 * when there is nothing to say. A client that reads slowly is sent no more than it takes: its records stay in the shard.
 *
 * What is left of one that has ended says when it began, because a consumer may not subscribe to a shard again within five seconds. */

#include "kinesis/consumer.h"

enum {
    SUBSCRIPTION_LIFE_MS = 300 * 1000,
    SUBSCRIPTION_HEARTBEAT_MS = 5000,
    SUBSCRIPTION_EXCLUSIVE_MS = 5000,     /* in which the same consumer is refused the same shard */
    SUBSCRIPTION_EVENT_BYTES = 128 << 10, /* of data in one event; one larger record comes alone */
    SUBSCRIPTION_WAITING_BYTES = 64 << 10 /* above which no event is added to those that the client has not taken */
};

/* Subscribes the call's consumer to shard from position on, in place of an older subscription of the two. LATER, or FAILED after call_fail
 * when there is one that is too young to be replaced. */
enum outcome kinesis_subscribe(struct call *call, struct kinesis_consumer *consumer, const struct shard *shard, uint64_t position);

/* Ends all subscriptions of the consumer, each with a ResourceNotFoundException that says why, and forgets them. */
void kinesis_subscriptions_clear(struct kinesis_consumer *consumer, const char *why);
