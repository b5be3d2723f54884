#pragma once
/* The stream behind a mapping: which shards it has, the records in them, and when there is something new. A source type is one AWS service
 * whose streams can be mapped; to the rest of the mapping all of them look alike. */

#include "base/buffer.h"
#include "base/status.h"
#include "dynamodb/dynamodb.h"
#include "kinesis/kinesis.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { SOURCE_SHARD_SIZE = 66, SOURCE_CHUNK = 64 };

struct batch_source;
struct lambda;
struct mapping;

/* A place in one shard; plain data. */
struct source_place {
    char shard[SOURCE_SHARD_SIZE];
    uint64_t next;   /* the position that is read next */
    int64_t made_ms; /* tells a stream from a later one of the same name */
};

/* What a record points to is good until the caller returns to the loop, or reads again. */
struct source_record {
    uint64_t position; /* grows within the shard */
    uint64_t event;    /* the trace event of its acceptance */
    int64_t arrived_ms;
    size_t size_bytes;
    char sequence_number[KINESIS_SEQUENCE_SIZE];
    union {
        struct kinesis_record kinesis;
        struct dynamodb_record table;
    };
};

typedef void source_each_shard(void *context, const char *shard, const char *parent, const char *adjacent_parent);

/* Statuses are those of kinesis_each_shard, kinesis_reader_open and kinesis_read. */
struct source_type {
    const char *service;    /* as ARNs name it */
    const char *batch_info; /* what describes a batch to a failure destination */
    bool counts_seconds;    /* its times are whole seconds there */
    /* Whether the source with that ARN can be read. */
    bool (*exists)(const struct lambda *room, const char *arn);
    enum status (*each_shard)(const struct mapping *mapping, source_each_shard *each, void *context);
    enum status (*open)(const struct mapping *mapping, const char *shard, enum kinesis_start start, int64_t timestamp_ms,
                        struct source_place *place);
    /* Reads up to max records, SOURCE_CHUNK at the most, from place on, and moves it behind them. */
    enum status (*read_chunk)(struct mapping *mapping, struct source_place *place, struct source_record *records, size_t max,
                              size_t *count);
    /* Whether the shard may be read now: a registered consumer has one subscription to it, which a client may hold. What wakes the mapping
     * tells when it may be. NULL: always. */
    bool (*hold)(const struct mapping *mapping, const char *shard);
    void (*let_go)(const struct mapping *mapping); /* when the mapping rests; NULL: nothing is held */
    void (*listen)(struct mapping *mapping);
    void (*unlisten)(struct mapping *mapping);
    /* A number that records which must stay in order have in common. */
    uint32_t (*order_key)(const struct source_record *record);
    /* The record as filters see it (owned by the caller). */
    json_t *(*describe)(const struct batch_source *source, const struct source_record *record);
    /* Adds the record to an event, in the order of keys that AWS sends. */
    void (*print)(struct buffer *event, const struct batch_source *source, const struct source_record *record);
};

/* A number for a text that is to stay in order. */
uint32_t source_hash(const char *text, size_t size_bytes);

extern const struct source_type source_kinesis;
extern const struct source_type source_table;

/* The type of the source with that ARN; NULL: none that can be mapped. */
const struct source_type *source_type_of(const char *arn);

/* Reads up to max records from place on, and moves it behind them. OK when there are any, whatever stopped it; otherwise as read_chunk. */
enum status source_read(struct mapping *mapping, struct source_place *place, struct source_record *records, size_t max, size_t *count);

/* Adds the shards that are not read yet. is_first: the mapping begins, and StartingPosition counts; shards that come later are read from
 * their beginning. */
void mapping_discover(struct mapping *mapping, bool is_first);

/* The stream has news: looks for new shards and sends what can be sent. Source types call it. */
void mapping_woken(struct mapping *mapping);
