/* Settings and life: made, changed, described, deleted. */

#include "lambda/mapping.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/filter.h"
#include "lambda/mapping_shard.h"
#include "lambda/mapping_source.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdio.h>
#include <stdlib.h>

const struct ground *mapping_ground(const struct mapping *mapping)
{
    return mapping->room->ground;
}

int64_t mapping_setting(const struct mapping *mapping, const char *name, int64_t fallback)
{
    json_t *value = json_object_get(mapping->settings, name);

    return json_is_integer(value) ? json_integer_value(value) : fallback;
}

struct mapping_shard *mapping_find_shard(const struct mapping *mapping, const char *id)
{
    for (size_t i = 0; i < mapping->shard_count; i++)
        if (text_is(mapping->shards[i]->place.shard, id))
            return mapping->shards[i];
    return NULL;
}

void mapping_pump(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->shard_count; i++)
        mapping_shard_pump(mapping->shards[i]);
}

void mapping_make_room(struct mapping *mapping, size_t count)
{
    arena_clear(&mapping->scratch);
    if (mapping->record_capacity >= count)
        return;
    mapping->records = memory_resize(mapping->records, count * sizeof *mapping->records);
    mapping->record_capacity = count;
}

static void touch(struct mapping *mapping)
{
    mapping->modified_s = (double)clock_now_ms(mapping_ground(mapping)->clock) / 1e3;
}

static struct mapping *make(struct lambda *room, const char *uuid, const char *function_arn, const char *source_arn, json_t *settings)
{
    struct mapping *mapping = memory_new(sizeof *mapping);

    mapping->room = room;
    snprintf(mapping->uuid, sizeof mapping->uuid, "%s", uuid);
    mapping->function = memory_copy_text(function_arn);
    mapping->source_arn = memory_copy_text(source_arn);
    mapping->source = source_type_of(source_arn);
    mapping->settings = settings;
    mapping->patterns = filter_compile(json_object_get(settings, "FilterCriteria"));
    mapping->is_enabled = !json_is_false(json_object_get(settings, "Enabled"));
    mapping->last_result = "No records processed";
    touch(mapping);
    map_put(&room->mappings, mapping->uuid, mapping);
    mapping->source->listen(mapping);
    return mapping;
}

struct mapping *mapping_new(struct lambda *room, const char *function_arn, const char *source_arn, json_t *settings)
{
    struct mapping *mapping;
    char uuid[37];

    random_uuid(&room->ids, uuid);
    mapping = make(room, uuid, function_arn, source_arn, settings);
    mapping_discover(mapping, true);
    mapping_pump(mapping);
    return mapping;
}

static void begin_restored(struct deferred *deferred)
{
    struct mapping *mapping = list_item(deferred, struct mapping, begin);

    mapping_discover(mapping, true);
    mapping_pump(mapping);
}

void mapping_restore(struct lambda *room, const char *uuid, const char *function_arn, const char *source_arn, json_t *settings,
                     bool is_enabled, double modified_s)
{
    struct mapping *mapping = make(room, uuid, function_arn, source_arn, settings);

    mapping->is_enabled = is_enabled;
    mapping->modified_s = modified_s;
    /* Functions run only when the front door is open: their SDKs need its port. */
    loop_defer(room->ground->loop, &mapping->begin, begin_restored);
}

static void let_go(const struct mapping *mapping)
{
    if (mapping->source->let_go)
        mapping->source->let_go(mapping);
}

void mapping_change(struct mapping *mapping, const char *function_arn, json_t *settings, bool is_enabled)
{
    free(mapping->function);
    mapping->function = memory_copy_text(function_arn);
    json_decref(mapping->settings);
    json_decref(mapping->patterns);
    mapping->settings = settings;
    mapping->patterns = filter_compile(json_object_get(settings, "FilterCriteria"));
    mapping->is_enabled = is_enabled;
    touch(mapping);
    for (size_t i = 0; i < mapping->shard_count; i++)
        mapping_shard_reconsider(mapping->shards[i]);
    if (!is_enabled)
        let_go(mapping);
    mapping_pump(mapping);
}

static void free_mapping(struct mapping *mapping)
{
    for (size_t i = 0; i < mapping->shard_count; i++)
        mapping_shard_free(mapping->shards[i]);
    mapping->source->unlisten(mapping);
    loop_forget(&mapping->begin);
    list_remove(&mapping->link);
    json_decref(mapping->settings);
    json_decref(mapping->patterns);
    free(mapping->shards);
    free(mapping->records);
    arena_clear(&mapping->scratch);
    free(mapping->function);
    free(mapping->source_arn);
    free(mapping);
}

void mapping_left(struct mapping *mapping)
{
    if (!mapping->running_count)
        free_mapping(mapping);
}

void mapping_delete(struct mapping *mapping)
{
    map_remove(&mapping->room->mappings, mapping->uuid);
    mapping->is_deleted = true;
    loop_forget(&mapping->begin);
    lambda_store_remove_mapping(mapping->room->store, mapping);
    mapping->source->unlisten(mapping);
    let_go(mapping);
    for (size_t i = 0; i < mapping->shard_count; i++)
        mapping_shard_stop(mapping->shards[i]);
    if (mapping->running_count)
        list_add(&mapping->room->leaving, &mapping->link);
    else
        free_mapping(mapping);
}

json_t *mapping_describe(const struct mapping *mapping, const char *state)
{
    const struct ground *ground = mapping_ground(mapping);
    json_t *output = json_deep_copy(mapping->settings);

    json_object_del(output, "Enabled");
    json_object_del(output, "FunctionName");
    json_object_set_new(output, "UUID", json_string(mapping->uuid));
    json_object_set_new(output, "EventSourceMappingArn",
                        json_sprintf("arn:aws:lambda:%s:%s:event-source-mapping:%s", ground->region, ground->account, mapping->uuid));
    json_object_set_new(output, "EventSourceArn", json_string(mapping->source_arn));
    json_object_set_new(output, "FunctionArn", json_string(mapping->function));
    json_object_set_new(output, "LastModified", json_real(mapping->modified_s));
    json_object_set_new(output, "LastProcessingResult", json_string(mapping->last_result));
    json_object_set_new(output, "State", json_string(state ? state : mapping->is_enabled ? "Enabled" : "Disabled"));
    json_object_set_new(output, "StateTransitionReason", json_string("User action"));
    return output;
}

void mapping_close_all(struct lambda *room)
{
    struct map_entry *entry;
    size_t cursor = 0;

    while ((entry = map_next(&room->mappings, &cursor)))
        free_mapping(entry->value);
    map_clear(&room->mappings);
    list_each(link, following, &room->leaving)
        free_mapping(list_item(link, struct mapping, link));
}
