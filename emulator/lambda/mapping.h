#pragma once
/* Event source mappings: a stream's records, shard by shard, become a function's events.
 *
 * Per shard at most one batch is in flight, in the order of the records; the checkpoint moves only when a batch is done or given up, so
 * every record is delivered at least once. A mapping never polls: the stream wakes it at the end of the turn in which records came. */

#include "base/clock.h"
#include "kinesis/kinesis.h"
#include "loop/loop.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

enum { MAPPING_SPLITS_MAX = 16, MAPPING_PAUSE_FIRST_MS = 500, MAPPING_PAUSE_MOST_MS = 60000 };

struct lambda;
struct mapping;

/* One shard's place. */
struct mapping_shard {
    struct mapping *mapping;
    char shard[40];
    char parents[2][40];               /* "" for none: drained before this one begins */
    struct kinesis_reader place;       /* what is before it is done */
    uint64_t ends[MAPPING_SPLITS_MAX]; /* where narrowed batches end, outermost first */
    int end_count;
    bool is_drained; /* closed and wholly read */
    bool is_running;
    bool is_window_over;
    int attempts;         /* failed ones of the batch at `place` */
    int64_t pause_ms;     /* the next pause after a failure */
    struct timer pause;   /* after a failure */
    struct timer window;  /* while a batch fills */
    uint64_t running_end; /* of the batch in flight */
    uint64_t cause;       /* of the next attempt, after a failed one */
};

struct mapping {
    struct list link; /* in the room's list of deleted ones, while a batch is in flight */
    struct lambda *room;
    char uuid[37];
    char *function; /* ARN with the caller's qualifier */
    char *stream_arn;
    json_t *settings; /* the members of CreateEventSourceMapping, defaults included */
    json_t *patterns; /* of FilterCriteria, compiled; an empty list lets all through */
    bool is_enabled;
    bool is_deleted;
    int running_count;
    double modified_s;
    const char *last_result;
    struct kinesis_listener listener;
    struct deferred begin; /* of one that was kept */
    struct mapping_shard **shards;
    size_t shard_count;
    struct kinesis_record *records; /* room for one batch */
    size_t record_capacity;
};

/* A mapping with these settings (taken; complete and checked). Its place in the stream is fixed now, by StartingPosition; when it is
 * enabled it begins at once. */
struct mapping *mapping_new(struct lambda *room, const char *function_arn, const char *stream_arn, json_t *settings);

/* A mapping as it was kept (settings are taken). Its shards go on at the places that were kept. */
void mapping_restore(struct lambda *room, const char *uuid, const char *function_arn, const char *stream_arn, json_t *settings,
                     bool is_enabled, double modified_s);

/* Other settings (taken), another function, or another state; the place in the stream stays. */
void mapping_change(struct mapping *mapping, const char *function_arn, json_t *settings, bool is_enabled);

/* Deletes it: a batch in flight is the last one. */
void mapping_delete(struct mapping *mapping);

/* Its EventSourceMappingConfiguration (owned by the caller); state NULL: the one that it is in. */
json_t *mapping_describe(const struct mapping *mapping, const char *state);

void mapping_close_all(struct lambda *room);
