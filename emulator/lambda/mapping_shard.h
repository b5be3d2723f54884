#pragma once
/* One shard of a mapping's stream, read by ParallelizationFactor lanes: records that must stay in order (they have the same partition key)
 * share a lane, and each lane has its own batch in flight. The shard's place is what all lanes are done with: the checkpoint. */

#include "lambda/mapping_source.h"

#include <stdbool.h>
#include <stdint.h>

enum { SHARD_LANES_MAX = 10 };

struct mapping;
struct mapping_lane;

struct mapping_shard {
    struct mapping *mapping;
    char parents[2][SOURCE_SHARD_SIZE]; /* "" for none: drained before this one begins */
    struct source_place place;          /* what is before it is done */
    bool is_drained;                    /* closed and wholly read */
    struct mapping_lane *lanes;
    int lane_count;
    /* The lanes as they were before the factor changed, whose records before `next` are done; lane_count 0: there were none. */
    struct {
        int lane_count;
        uint64_t next[SHARD_LANES_MAX];
    } earlier;
};

/* A shard that is read from there (the place is copied). */
struct mapping_shard *mapping_shard_new(struct mapping *mapping, const struct source_place *place);

/* Sends the batches that are there and may be sent. */
void mapping_shard_pump(struct mapping_shard *shard);

/* The lanes have moved on: the place follows the last of them, and is kept. */
void mapping_shard_checkpoint(struct mapping_shard *shard);

/* Whether the record belongs to the lane with that index, and is not done yet. */
bool mapping_shard_is_for(const struct mapping_shard *shard, int lane, const struct source_record *record);

/* When another stream stands under the name of the one that was read, the shard is read from its beginning (not while batches are in
 * flight). True when it is. */
bool mapping_shard_renew(struct mapping_shard *shard);

/* The settings have changed: what was gathered by the old ones is gathered anew. */
void mapping_shard_reconsider(struct mapping_shard *shard);

/* Stops its timers. */
void mapping_shard_stop(struct mapping_shard *shard);

/* No batch may be in flight any more. */
void mapping_shard_free(struct mapping_shard *shard);
