/* A shard's lanes and the place that follows them. */

#include "lambda/mapping_shard.h"

#include "base/memory.h"
#include "lambda/mapping.h"
#include "lambda/mapping_lane.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdlib.h>

/* ---- lanes ---- */

static void clear_lanes(struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        mapping_lane_clear(&shard->lanes[i]);
    free(shard->lanes);
    shard->lanes = NULL;
    shard->lane_count = 0;
}

static void set_lanes(struct mapping_shard *shard, int count)
{
    clear_lanes(shard);
    shard->lanes = memory_new((size_t)count * sizeof *shard->lanes);
    shard->lane_count = count;
    for (int i = 0; i < count; i++)
        mapping_lane_init(&shard->lanes[i], shard, i, shard->place.next);
}

static bool is_running(const struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        if (shard->lanes[i].is_running)
            return true;
    return false;
}

static int lanes_wanted(const struct mapping_shard *shard)
{
    return (int)mapping_setting(shard->mapping, "ParallelizationFactor", 1);
}

/* Gives the shard as many lanes as it is to have; false while a batch of the old ones is in flight. What an old lane had done beyond the
 * checkpoint is remembered, so that it is not delivered again. */
static bool settle_lanes(struct mapping_shard *shard)
{
    if (shard->lane_count == lanes_wanted(shard))
        return true;
    if (is_running(shard))
        return false;
    if (shard->lanes[0].window.is_open) /* its lane is to close it first */
        return true;
    mapping_shard_checkpoint(shard);
    shard->earlier.lane_count = shard->lane_count;
    for (int i = 0; i < shard->lane_count; i++)
        shard->earlier.next[i] = mapping_lane_next(&shard->lanes[i]);
    set_lanes(shard, lanes_wanted(shard));
    return true;
}

bool mapping_shard_is_for(const struct mapping_shard *shard, int lane, const struct source_record *record)
{
    uint32_t key;

    if (shard->lane_count < 2 && shard->earlier.lane_count < 2)
        return true;
    key = shard->mapping->source->order_key(record);
    if (shard->earlier.lane_count && record->position < shard->earlier.next[key % (uint32_t)shard->earlier.lane_count])
        return false;
    return key % (uint32_t)shard->lane_count == (uint32_t)lane;
}

/* ---- the place ---- */

/* The lanes of before are forgotten when all that they had done lies behind. */
static void forget_earlier(struct mapping_shard *shard)
{
    for (int i = 0; i < shard->earlier.lane_count; i++)
        if (shard->earlier.next[i] > shard->place.next)
            return;
    shard->earlier.lane_count = 0;
}

void mapping_shard_checkpoint(struct mapping_shard *shard)
{
    uint64_t done = UINT64_MAX;

    for (int i = 0; i < shard->lane_count; i++) {
        uint64_t next = mapping_lane_next(&shard->lanes[i]);

        done = next < done ? next : done;
    }
    if (!shard->lane_count || done == shard->place.next)
        return;
    shard->place.next = done;
    forget_earlier(shard);
    lambda_store_put_place(shard->mapping->room->store, shard);
}

bool mapping_shard_renew(struct mapping_shard *shard)
{
    const struct mapping *mapping = shard->mapping;
    struct source_place place;

    if (is_running(shard) || mapping->source->open(mapping, shard->place.shard, KINESIS_TRIM_HORIZON, 0, &place) != OK ||
        place.made_ms == shard->place.made_ms)
        return false;
    shard->place = place;
    shard->is_drained = false;
    shard->earlier.lane_count = 0;
    set_lanes(shard, lanes_wanted(shard));
    lambda_store_put_place(mapping->room->store, shard);
    return true;
}

/* ---- running ---- */

/* Parents that nobody reads (they have expired) hold nobody up. */
static bool is_shard_drained(const struct mapping *mapping, const char *id)
{
    const struct mapping_shard *shard = mapping_find_shard(mapping, id);

    return !shard || shard->is_drained;
}

static bool may_run(const struct mapping_shard *shard)
{
    const struct mapping *mapping = shard->mapping;

    return mapping->is_enabled && !mapping->is_deleted && !shard->is_drained && is_shard_drained(mapping, shard->parents[0]) &&
           is_shard_drained(mapping, shard->parents[1]);
}

static bool holds(const struct mapping_shard *shard)
{
    const struct mapping *mapping = shard->mapping;

    return !mapping->source->hold || mapping->source->hold(mapping, shard->place.shard);
}

static bool is_lost(const struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        if (shard->lanes[i].is_lost)
            return true;
    return false;
}

static bool is_at_end(const struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        if (!shard->lanes[i].is_at_end || !mapping_lane_rests(&shard->lanes[i]))
            return false;
    return true;
}

void mapping_shard_pump(struct mapping_shard *shard)
{
    if (!may_run(shard) || !holds(shard) || !settle_lanes(shard))
        return;
    for (int i = 0; i < shard->lane_count; i++)
        mapping_lane_pump(&shard->lanes[i]);
    mapping_shard_checkpoint(shard);
    if (is_lost(shard)) {
        if (mapping_shard_renew(shard))
            mapping_shard_pump(shard);
    } else if (is_at_end(shard)) {
        shard->is_drained = true;
        mapping_pump(shard->mapping); /* its children may begin */
    }
}

/* ---- a shard's life ---- */

struct mapping_shard *mapping_shard_new(struct mapping *mapping, const struct source_place *place)
{
    struct mapping_shard *shard = memory_new(sizeof *shard);

    shard->mapping = mapping;
    shard->place = *place;
    set_lanes(shard, lanes_wanted(shard));
    lambda_store_put_place(mapping->room->store, shard);
    return shard;
}

void mapping_shard_reconsider(struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        mapping_lane_reconsider(&shard->lanes[i]);
    lambda_store_put_place(shard->mapping->room->store, shard); /* it is kept by the function's name, which may be another one */
}

void mapping_shard_stop(struct mapping_shard *shard)
{
    for (int i = 0; i < shard->lane_count; i++)
        mapping_lane_stop(&shard->lanes[i]);
}

void mapping_shard_free(struct mapping_shard *shard)
{
    clear_lanes(shard);
    free(shard);
}
