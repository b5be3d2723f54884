#pragma once
/* A stream: its shards, and in each shard the records in order of arrival. Records live in memory; with --data they are stored as well
 * (store.h). A record's position in its shard is its counter: the first has 1, each next one more, and none is ever reused. */

#include "base/map.h"
#include "kinesis/hash_key.h"
#include "kinesis/kinesis.h"
#include "kinesis/quota.h"
#include "kinesis/throttle.h"

#include <stdbool.h>

enum { SHARD_ID_SIZE = 24, STREAM_ARN_SIZE = 320, STREAM_NAME_SIZE = 129 };

enum stream_state { STREAM_CREATING, STREAM_ACTIVE, STREAM_UPDATING, STREAM_DELETING };

/* Shard-level metrics, as bits in AWS's order (facts: Kinesis, 3: Enable/DisableEnhancedMonitoring). */
enum { METRIC_COUNT = 7, METRICS_ALL = (1 << METRIC_COUNT) - 1 };
extern const char *const kinesis_metric_names[METRIC_COUNT];

struct stored_record {
    int64_t arrived_ms;
    uint64_t event; /* trace event of its acceptance */
    uint32_t key_size;
    uint32_t size_bytes; /* of the data */
    char bytes[];        /* the partition key, a NUL, the data */
};

struct shard {
    struct kinesis_stream *stream;
    unsigned index;
    char id[SHARD_ID_SIZE];
    hash_key first_key; /* the range, both ends included */
    hash_key last_key;
    int64_t made_ms;
    int64_t closed_ms;              /* 0: open */
    struct shard *parent;           /* NULL: none */
    struct shard *adjacent_parent;  /* of a merge */
    struct stored_record **records; /* from the slot `spent` on, those of positions first_position to next_position - 1 */
    size_t spent;                   /* slots of records that were dropped */
    size_t capacity;
    uint64_t first_position; /* of the oldest record that is kept */
    uint64_t next_position;  /* of the next record to come */
    struct throttle throttle;
};

struct kinesis_stream {
    struct kinesis *room;
    char name[STREAM_NAME_SIZE];
    char arn[STREAM_ARN_SIZE];
    enum stream_state state;
    bool is_on_demand;
    int64_t made_ms;
    int64_t retention_hours;
    int64_t record_max_bytes; /* data and partition key together */
    struct {
        bool is_set;
        int64_t target_mibps;  /* what was asked for */
        int64_t current_mibps; /* what it is while the stream is UPDATING */
    } warm;                    /* throughput, of an on-demand stream */
    struct quota scalings;     /* by UpdateShardCount */
    struct quota switches;     /* of its mode */
    struct shard **shards;     /* all of them, by index; a closed one stays readable */
    unsigned shard_count;
    struct shard **open; /* those that take records, by first_key */
    unsigned open_count;
    unsigned metrics;     /* bits */
    char *key_id;         /* of the encryption; NULL: not encrypted */
    char *policy;         /* NULL: none */
    json_t *tags;         /* an object of strings */
    struct map consumers; /* name -> struct kinesis_consumer */
    struct timer timer;   /* ends CREATING, UPDATING and DELETING */
    bool has_news;        /* its listeners are to be woken at the end of this turn */
};

/* An ACTIVE stream without shards; not yet in the room's map. */
struct kinesis_stream *kinesis_stream_new(struct kinesis *room, const char *name, int64_t made_ms);

/* Adds count shards that share the key space evenly. */
void kinesis_stream_divide(struct kinesis_stream *stream, unsigned count);

/* Adds an open shard for the range from first to last. parents may be NULL. */
struct shard *kinesis_stream_add_shard(struct kinesis_stream *stream, hash_key first, hash_key last, int64_t made_ms, struct shard *parent,
                                       struct shard *adjacent_parent);

/* The shard takes no more records from time_ms on. */
void kinesis_shard_end(struct shard *shard, int64_t time_ms);
void kinesis_stream_free(struct kinesis_stream *stream);

/* The stream called so, or NULL. */
struct kinesis_stream *kinesis_stream_find(const struct kinesis *room, const char *name);

/* The shard with the id ("shardId-000000000000", "0" and the like are read as AWS does), or NULL. */
struct shard *kinesis_shard_find(const struct kinesis_stream *stream, const char *id);

/* The index in a shard id: text before the first '-' is ignored. INVALID when there are no digits or more than 2147483647. */
enum status kinesis_shard_index(const char *id, unsigned *index);

/* The sequence number behind the last record of a closed shard (counter 2^63 - 1). */
void kinesis_shard_last_sequence(const struct shard *shard, char text[KINESIS_SEQUENCE_SIZE]);

/* The open shard whose range holds key. */
struct shard *kinesis_shard_of(const struct kinesis_stream *stream, hash_key key);

/* Appends a record that the caller checked; its position is the result. Listeners are woken at the end of the turn. BROKEN when it could
 * not be stored. */
enum status kinesis_shard_append(struct shard *shard, const char *key, size_t key_size, const void *data, size_t size_bytes, uint64_t cause,
                                 char sequence[KINESIS_SEQUENCE_SIZE]);

/* The record at position, which must lie between first_position and next_position - 1. */
const struct stored_record *kinesis_shard_record(const struct shard *shard, uint64_t position);

/* The first position whose record arrived at or after time_ms; next_position when there is none. */
uint64_t kinesis_shard_position_at(const struct shard *shard, int64_t time_ms);

/* The time before which the stream keeps nothing. */
int64_t kinesis_stream_horizon_ms(const struct kinesis_stream *stream);

/* The first position whose record is not older than the stream's retention; next_position when there is none. */
uint64_t kinesis_shard_oldest(const struct shard *shard);

/* Drops the records that are older than the stream's retention; of all its shards. */
void kinesis_shard_trim(struct shard *shard);
void kinesis_stream_trim(struct kinesis_stream *stream);

/* Whether the shard was closed longer ago than records are kept: then it is listed no more. */
bool kinesis_shard_is_expired(const struct shard *shard);

/* The second that the number of a record says which arrived at arrived_ms: a child's numbers begin a second after its parent's end (facts:
 * Kinesis, 5), and what arrives before counts as of then. */
int64_t kinesis_shard_second(const struct shard *shard, int64_t arrived_ms);

/* The sequence number of the record at position (0: of the shard's start). */
void kinesis_shard_sequence(const struct shard *shard, uint64_t position, char text[KINESIS_SEQUENCE_SIZE]);

/* Milliseconds between the record before position and the newest one; 0 at the tip; at the end of a closed shard, since it was closed. */
int64_t kinesis_shard_behind_ms(const struct shard *shard, uint64_t position);
