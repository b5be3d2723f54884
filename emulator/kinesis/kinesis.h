#pragma once
/* Kinesis Data Streams: streams of shards of records. Producers and SDK consumers come through its operations; consumers inside lowcloud
 * (event source mappings, analytics applications) read with a kinesis_reader and are woken when there is something to read: nobody polls.
 */

#include "aws/ground.h"
#include "aws/record_sink.h"
#include "aws/service.h"
#include "base/list.h"

struct kinesis;

enum status kinesis_open(struct kinesis **room, const struct ground *ground);

/* The wire's view of it: Kinesis_20131202, JSON 1.1. */
const struct service *kinesis_service(const struct kinesis *room);

void kinesis_close(struct kinesis *room);

/* For producers inside lowcloud that do not know this room. */
struct record_sink kinesis_sink(struct kinesis *room);

/* ---- consumers inside lowcloud ----
 *
 * Wherever a stream is asked for, its name will do, its ARN, or the ARN of a consumer that is registered with it (enhanced fan-out: inside
 * lowcloud all are woken alike, so it is the stream that is read). With the last, the stream is ABSENT when the consumer is. */

enum { KINESIS_SEQUENCE_SIZE = 57 }; /* 56 digits and a NUL */

struct kinesis_record {
    const char *partition_key;
    const void *data;
    size_t size_bytes;
    int64_t arrived_ms;
    uint64_t position; /* grows within the shard */
    uint64_t event;    /* the trace event of its acceptance */
    char sequence_number[KINESIS_SEQUENCE_SIZE];
};

enum kinesis_start { KINESIS_TRIM_HORIZON, KINESIS_LATEST, KINESIS_AT_TIMESTAMP, KINESIS_AFTER_SEQUENCE };

/* A place in one shard. Plain data: keeps names, not pointers, and may be copied (a copy is a checkpoint). */
struct kinesis_reader {
    char stream[129];
    char shard[40];         /* "shardId-000000000000" */
    uint64_t next;          /* position of the next record to read */
    int64_t stream_made_ms; /* tells a stream from a later one of the same name */
};

/* Whether the stream exists and is not being deleted; `arn` (room for 2,048 bytes, or NULL) gets the stream's ARN. */
bool kinesis_stream_exists(const struct kinesis *room, const char *stream, char *arn);

/* Whether the ARN has the form of a consumer's: ...:stream/NAME/consumer/NAME:SECONDS. */
bool kinesis_is_consumer_arn(const char *arn);

/* Whether the consumer is registered and past CREATING; its stream's listeners are woken when that changes. */
bool kinesis_consumer_is_active(const struct kinesis *room, const char *consumer_arn);

/* Subscribes the consumer to the shard from inside, as a client does with SubscribeToShard, or keeps it subscribed: for who reads by
 * itself. False while a client's subscription is younger than five seconds; the stream's listeners are woken when it is old enough, and the
 * client loses it to the next call. A client's SubscribeToShard may take it likewise, five seconds after it began (facts: Kinesis, 9). True
 * when there is no such consumer: reading tells that. */
bool kinesis_consumer_hold(struct kinesis *room, const char *consumer_arn, const char *shard);

/* Ends what kinesis_consumer_hold began, in all shards. */
void kinesis_consumer_let_go(struct kinesis *room, const char *consumer_arn);

/* Calls each(context, shard id, its parents' ids or NULL) for all shards that can still be read, oldest first. ABSENT: no such stream. */
enum status kinesis_each_shard(const struct kinesis *room, const char *stream,
                               void (*each)(void *context, const char *shard, const char *parent, const char *adjacent_parent),
                               void *context);

/* Puts a reader at the start of a shard. timestamp_ms is read for AT_TIMESTAMP, sequence_number for AFTER_SEQUENCE. ABSENT: no such stream
 * or shard. */
enum status kinesis_reader_open(const struct kinesis *room, const char *stream, const char *shard, enum kinesis_start start,
                                int64_t timestamp_ms, const char *sequence_number, struct kinesis_reader *reader);

/* Up to max records (and about max_bytes of data, but at least one) from the reader's place on, which moves behind them; how many goes to
 * count. What the records point to is good until the caller returns to the loop. ABSENT: the stream or shard is gone. FULL: the shard is
 * closed and wholly read. */
enum status kinesis_read(const struct kinesis *room, struct kinesis_reader *reader, struct kinesis_record *records, size_t max,
                         size_t max_bytes, size_t *count);

/* Milliseconds between the reader's place and the tip: 0 when nothing is left to read. */
int64_t kinesis_behind_ms(const struct kinesis *room, const struct kinesis_reader *reader);

/* Has `woken` called at the end of each turn in which records came into the stream, its shards or consumers changed, or it was deleted.
 * Stays until kinesis_unlisten. */
struct kinesis_listener {
    struct list link;
    char stream[129];
    void (*woken)(struct kinesis_listener *listener);
};
void kinesis_listen(struct kinesis *room, const char *stream, struct kinesis_listener *listener,
                    void (*woken)(struct kinesis_listener *listener));
void kinesis_unlisten(struct kinesis_listener *listener);
