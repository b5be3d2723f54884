#pragma once
/* Event source mappings: a stream's records, shard by shard, become a function's events.
 *
 * The checkpoint of a shard moves only over what is done or given up, so every record is delivered at least once. A mapping never polls:
 * the stream wakes it at the end of the turn in which records came. */

#include "base/clock.h"
#include "lambda/mapping_source.h"
#include "loop/loop.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

struct ground;
struct lambda;
struct mapping_shard;

struct mapping {
    struct list link; /* in the room's list of deleted ones, while a batch is in flight */
    struct lambda *room;
    char uuid[37];
    char *function; /* ARN with the caller's qualifier */
    char *source_arn;
    const struct source_type *source;
    json_t *settings; /* the members of CreateEventSourceMapping, defaults included */
    json_t *patterns; /* of FilterCriteria, compiled; an empty list lets all through */
    bool is_enabled;
    bool is_deleted;
    int running_count;
    double modified_s;
    const char *last_result;
    union {
        struct kinesis_listener stream;
        struct dynamodb_listener table;
    } listener;
    struct deferred begin; /* of one that was kept */
    struct mapping_shard **shards;
    size_t shard_count;
    struct source_record *records; /* room for one batch, which all its shards share */
    size_t record_capacity;
    struct arena scratch; /* what they point to, of sources that lend nothing */
};

/* A mapping with these settings (taken; complete and checked). Its place in the stream is fixed now, by StartingPosition; when it is
 * enabled it begins at once. */
struct mapping *mapping_new(struct lambda *room, const char *function_arn, const char *source_arn, json_t *settings);

/* A mapping as it was kept (settings are taken). Its shards go on at the places that were kept. */
void mapping_restore(struct lambda *room, const char *uuid, const char *function_arn, const char *source_arn, json_t *settings,
                     bool is_enabled, double modified_s);

/* Other settings (taken), another function, or another state; the place in the stream stays. */
void mapping_change(struct mapping *mapping, const char *function_arn, json_t *settings, bool is_enabled);

/* Deletes it: a batch in flight is the last one. */
void mapping_delete(struct mapping *mapping);

/* Its EventSourceMappingConfiguration (owned by the caller); state NULL: the one that it is in. */
json_t *mapping_describe(const struct mapping *mapping, const char *state);

void mapping_close_all(struct lambda *room);

/* ---- for its shards ---- */

const struct ground *mapping_ground(const struct mapping *mapping);

/* The number that a setting has; fallback when it has none. */
int64_t mapping_setting(const struct mapping *mapping, const char *name, int64_t fallback);

/* The shard with the id that is read, or NULL. */
struct mapping_shard *mapping_find_shard(const struct mapping *mapping, const char *id);

/* Sends what can be sent, in all shards. */
void mapping_pump(struct mapping *mapping);

/* Makes room for that many records in `records`, and forgets those that were read before. */
void mapping_make_room(struct mapping *mapping, size_t count);

/* A batch of a deleted mapping has ended: with the last one it is freed. */
void mapping_left(struct mapping *mapping);
