#pragma once
/* Registered consumers of a stream (enhanced fan-out): a name, an ARN, a state on the clock, and a subscription to each shard that it
 * reads.
 */

#include "kinesis/stream.h"

enum { CONSUMER_MAX = 20, CONSUMER_CREATING_MAX = 5, CONSUMER_ARN_SIZE = 500 };

struct kinesis_consumer {
    struct kinesis_stream *stream;
    char name[STREAM_NAME_SIZE];
    char arn[CONSUMER_ARN_SIZE];
    int64_t made_ms;
    bool is_creating;
    json_t *tags;                        /* an object of strings */
    char *policy;                        /* NULL: none */
    struct timer timer;                  /* ends CREATING */
    struct subscription **subscriptions; /* by the shard's index; NULL: it never had one (subscription.h) */
    unsigned subscription_count;
};

/* Adds a consumer of that name, which the stream must not have. */
struct kinesis_consumer *kinesis_consumer_add(struct kinesis_stream *stream, const char *name, int64_t made_ms);

/* {ConsumerName, ConsumerARN, ConsumerStatus, ConsumerCreationTimestamp}; new reference. */
json_t *kinesis_consumer_json(const struct kinesis_consumer *consumer);

/* The consumer with the ARN, in any stream of the room; NULL: none. */
struct kinesis_consumer *kinesis_consumer_by_arn(const struct kinesis *room, const char *arn);

/* The same for a call; NULL after call_fail, also when the ARN is of another account or region. */
struct kinesis_consumer *kinesis_consumer_called(struct call *call, const char *arn);

/* The consumer that a call names by its ARN, by the stream's and its name, or by all three when they agree; NULL after call_fail. */
struct kinesis_consumer *kinesis_consumer_named(struct call *call);

/* Removes the consumer; its subscriptions end with ResourceNotFoundException. */
void kinesis_consumer_remove(struct kinesis_consumer *consumer);

/* Removes all of them, because the stream goes. */
void kinesis_consumers_clear(struct kinesis_stream *stream);
