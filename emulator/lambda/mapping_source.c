/* The shards of a stream: found, and found again when the stream says that something happened. */

#include "lambda/mapping_source.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/mapping.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdio.h>
#include <stdlib.h>

struct discovery {
    struct mapping *mapping;
    bool is_first; /* the mapping begins: StartingPosition counts */
};

static enum kinesis_start start_of(const struct mapping *mapping)
{
    const char *position = json_string_value(json_object_get(mapping->settings, "StartingPosition"));

    return text_is(position, "LATEST") ? KINESIS_LATEST : text_is(position, "AT_TIMESTAMP") ? KINESIS_AT_TIMESTAMP : KINESIS_TRIM_HORIZON;
}

/* A drained shard has nothing more to give, unless the stream was deleted and made anew under its name: then this is another shard. */
static void revive(struct mapping_shard *shard)
{
    struct kinesis_reader reader;

    if (!shard->is_drained ||
        kinesis_reader_open(shard->mapping->room->kinesis, shard->place.stream, shard->shard, KINESIS_TRIM_HORIZON, 0, NULL, &reader) != OK)
        return;
    if (reader.stream_made_ms != shard->place.stream_made_ms)
        mapping_shard_begin_anew(shard, &reader);
}

static void set_parents(struct mapping_shard *shard, const char *parent, const char *adjacent_parent)
{
    snprintf(shard->parents[0], sizeof shard->parents[0], "%s", parent ? parent : "");
    snprintf(shard->parents[1], sizeof shard->parents[1], "%s", adjacent_parent ? adjacent_parent : "");
}

static void add_shard(void *context, const char *id, const char *parent, const char *adjacent_parent)
{
    const struct discovery *discovery = context;
    struct mapping *mapping = discovery->mapping;
    struct mapping_shard *shard = mapping_find_shard(mapping, id);

    if (shard) {
        revive(shard);
        set_parents(shard, parent, adjacent_parent);
        return;
    }
    shard = memory_new(sizeof *shard);
    shard->mapping = mapping;
    snprintf(shard->shard, sizeof shard->shard, "%s", id);
    set_parents(shard, parent, adjacent_parent);
    if (kinesis_reader_open(mapping->room->kinesis, mapping->stream_arn, id, discovery->is_first ? start_of(mapping) : KINESIS_TRIM_HORIZON,
                            (int64_t)(json_number_value(json_object_get(mapping->settings, "StartingPositionTimestamp")) * 1000), NULL,
                            &shard->place) != OK) {
        free(shard);
        return;
    }
    if (discovery->is_first)
        lambda_store_find_place(mapping->room->store, shard);
    mapping_shard_move_on(shard, shard->place.next);
    mapping->shards = memory_resize(mapping->shards, (mapping->shard_count + 1) * sizeof(struct mapping_shard *));
    mapping->shards[mapping->shard_count++] = shard;
}

void mapping_discover(struct mapping *mapping, bool is_first)
{
    kinesis_each_shard(mapping->room->kinesis, mapping->stream_arn, add_shard, &(struct discovery){ mapping, is_first });
}

static void on_woken(struct kinesis_listener *listener)
{
    struct mapping *mapping = list_item(listener, struct mapping, listener);

    mapping_discover(mapping, false);
    mapping_pump(mapping);
}

void mapping_listen(struct mapping *mapping)
{
    kinesis_listen(mapping->room->kinesis, mapping->stream_arn, &mapping->listener, on_woken);
}
