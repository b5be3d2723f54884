#pragma once
/* DynamoDB: tables of items, kept in sqlite. What SDKs ask goes through its operations (service_call); consumers inside lowcloud read the
 * streams of changes with a dynamodb_reader and are woken when there is something to read: nobody polls. */

#include "aws/ground.h"
#include "aws/record_sink.h"
#include "aws/service.h"
#include "base/arena.h"
#include "base/list.h"

struct dynamodb;

/* Opens the room on ground, with the tables that its database holds; their changes may be put into the Kinesis streams behind sink (NULL:
 * there are none). BROKEN, logged, when the database fails. */
enum status dynamodb_open(struct dynamodb **room, const struct ground *ground, const struct record_sink *sink);

/* The wire's view of it: DynamoDB_20120810 and DynamoDBStreams_20120810, JSON 1.0. */
const struct service *dynamodb_service(const struct dynamodb *room);
const struct service *dynamodb_streams_service(const struct dynamodb *room);

void dynamodb_close(struct dynamodb *room);

/* ---- consumers inside lowcloud ----
 *
 * A stream is named by its ARN (arn:aws:dynamodb:<region>:<account>:table/<table>/stream/<label>), which is never used again: a table whose
 * stream was disabled and enabled has another. It can be read for 24 hours after each change, also when it is disabled and when its table
 * is gone. */

enum { DYNAMODB_STREAM_ARN_SIZE = 512, DYNAMODB_SHARD_SIZE = 66, DYNAMODB_SEQUENCE_SIZE = 36 };

struct dynamodb_record {
    const char *id;                               /* eventID: 32 hexadecimal digits */
    const char *name;                             /* eventName: "INSERT", "MODIFY", "REMOVE" */
    const char *change;                           /* the member "dynamodb" as JSON text, alike in GetRecords and in Lambda's events */
    size_t change_bytes;                          /* its length */
    bool is_expiry;                               /* removed by its time to live: userIdentity names DynamoDB itself */
    int64_t made_ms;                              /* when the item was written */
    uint64_t position;                            /* grows within the shard; there may be gaps */
    uint64_t event;                               /* the trace event of its capture */
    char sequence_number[DYNAMODB_SEQUENCE_SIZE]; /* 28 digits */
};

enum dynamodb_start { DYNAMODB_TRIM_HORIZON, DYNAMODB_LATEST, DYNAMODB_AFTER_SEQUENCE };

/* A place in one shard. Plain data: keeps names, not pointers, and may be copied (a copy is a checkpoint). */
struct dynamodb_reader {
    char stream[DYNAMODB_STREAM_ARN_SIZE];
    char shard[DYNAMODB_SHARD_SIZE];
    uint64_t next; /* position of the next record to read */
};

/* Whether the stream can be read: enabled, or disabled less than 24 hours ago. */
bool dynamodb_stream_exists(const struct dynamodb *room, const char *stream);

/* Calls each(context, shard id, its parent's id or NULL) for all shards that can still be read, oldest first. ABSENT: no such stream. */
enum status dynamodb_each_shard(const struct dynamodb *room, const char *stream,
                                void (*each)(void *context, const char *shard, const char *parent), void *context);

/* Puts a reader at the start of a shard. sequence_number is read for AFTER_SEQUENCE alone. ABSENT: no such stream or shard; INVALID: the
 * sequence number is none of its. */
enum status dynamodb_reader_open(const struct dynamodb *room, const char *stream, const char *shard, enum dynamodb_start start,
                                 const char *sequence_number, struct dynamodb_reader *reader);

/* Up to max records (and about max_bytes of JSON, but at least one) from the reader's place on, which moves behind them; how many goes to
 * count. What the records point to lives in arena. ABSENT: the stream or shard is gone. FULL: the shard is closed and wholly read. BROKEN:
 * the store failed. Records that were trimmed are passed over. */
enum status dynamodb_read(const struct dynamodb *room, struct dynamodb_reader *reader, struct arena *arena, struct dynamodb_record *records,
                          size_t max, size_t max_bytes, size_t *count);

/* Milliseconds between the oldest change that the reader has not read and now; 0 when nothing is left to read. */
int64_t dynamodb_behind_ms(const struct dynamodb *room, const struct dynamodb_reader *reader);

/* Has `woken` called at the end of each turn in which changes came into the stream (an ARN), it was disabled, or it went. Stays until
 * dynamodb_unlisten. */
struct dynamodb_listener {
    struct list link;
    char stream[DYNAMODB_STREAM_ARN_SIZE];
    void (*woken)(struct dynamodb_listener *listener);
};
void dynamodb_listen(struct dynamodb *room, const char *stream, struct dynamodb_listener *listener,
                     void (*woken)(struct dynamodb_listener *listener));
void dynamodb_unlisten(struct dynamodb_listener *listener);
