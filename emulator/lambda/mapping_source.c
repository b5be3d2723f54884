/* Source types by ARN, reading from them, and the shards of a stream: found, and found again when the stream says that something happened.
 */

#include "lambda/mapping_source.h"

#include "base/memory.h"
#include "base/text.h"
#include "lambda/mapping.h"
#include "lambda/mapping_shard.h"
#include "lambda/room.h"
#include "lambda/store.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct source_type *const types[] = { &source_kinesis, &source_table };

const struct source_type *source_type_of(const char *arn)
{
    const char *service = text_begins(arn, "arn:") ? strchr(arn + 4, ':') : NULL; /* arn:aws:kinesis:... */

    for (size_t i = 0; service && i < sizeof types / sizeof *types; i++) {
        size_t length = strlen(types[i]->service);

        if (!strncmp(service + 1, types[i]->service, length) && service[1 + length] == ':')
            return types[i];
    }
    return NULL;
}

/* FNV-1a. */
uint32_t source_hash(const char *text, size_t size_bytes)
{
    uint32_t hash = 2166136261u;

    for (size_t i = 0; i < size_bytes; i++)
        hash = (hash ^ (unsigned char)text[i]) * 16777619u;
    return hash;
}

/* A chunk that is not full was the last. */
enum status source_read(struct mapping *mapping, struct source_place *place, struct source_record *records, size_t max, size_t *count)
{
    enum status status;
    size_t wanted;
    size_t read;

    *count = 0;
    do {
        wanted = max - *count < SOURCE_CHUNK ? max - *count : SOURCE_CHUNK;
        status = mapping->source->read_chunk(mapping, place, records + *count, wanted, &read);
        if (status == OK)
            *count += read;
    } while (status == OK && read == wanted && *count < max);
    return *count ? OK : status;
}

struct discovery {
    struct mapping *mapping;
    bool is_first; /* the mapping begins: StartingPosition counts */
};

static enum kinesis_start start_of(const struct mapping *mapping)
{
    const char *position = json_string_value(json_object_get(mapping->settings, "StartingPosition"));

    return text_is(position, "LATEST") ? KINESIS_LATEST : text_is(position, "AT_TIMESTAMP") ? KINESIS_AT_TIMESTAMP : KINESIS_TRIM_HORIZON;
}

/* The shard with its place, or NULL when it is not there (any more). */
static struct mapping_shard *make_shard(const struct discovery *discovery, const char *id)
{
    struct mapping *mapping = discovery->mapping;
    double timestamp_s = json_number_value(json_object_get(mapping->settings, "StartingPositionTimestamp"));
    enum kinesis_start start = discovery->is_first ? start_of(mapping) : KINESIS_TRIM_HORIZON;
    struct source_place place;

    if (mapping->source->open(mapping, id, start, (int64_t)(timestamp_s * 1000), &place) != OK)
        return NULL;
    if (discovery->is_first)
        lambda_store_find_place(mapping->room->store, mapping, &place);
    return mapping_shard_new(mapping, &place);
}

static void add_shard(void *context, const char *id, const char *parent, const char *adjacent_parent)
{
    const struct discovery *discovery = context;
    struct mapping *mapping = discovery->mapping;
    struct mapping_shard *shard = mapping_find_shard(mapping, id);

    if (!shard) {
        shard = make_shard(discovery, id);
        if (!shard)
            return;
        mapping->shards = memory_resize(mapping->shards, (mapping->shard_count + 1) * sizeof(struct mapping_shard *));
        mapping->shards[mapping->shard_count++] = shard;
    } else if (shard->is_drained) {
        mapping_shard_renew(shard); /* a drained shard has nothing more to give, unless it is another stream's by now */
    }
    snprintf(shard->parents[0], sizeof shard->parents[0], "%s", parent ? parent : "");
    snprintf(shard->parents[1], sizeof shard->parents[1], "%s", adjacent_parent ? adjacent_parent : "");
}

void mapping_discover(struct mapping *mapping, bool is_first)
{
    mapping->source->each_shard(mapping, add_shard, &(struct discovery){ mapping, is_first });
}

void mapping_woken(struct mapping *mapping)
{
    mapping_discover(mapping, false);
    mapping_pump(mapping);
}
