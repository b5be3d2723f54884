#include "base/map.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static size_t hash_of(const char *key)
{
    size_t hash = 1469598103934665603u; /* FNV-1a */

    for (; *key; key++)
        hash = (hash ^ (unsigned char)*key) * 1099511628211u;
    return hash;
}

static size_t *slot_of(const struct map *map, const char *key, size_t hash)
{
    size_t mask = map->slot_count - 1;
    size_t i = hash & mask;

    while (map->slots[i]) {
        struct map_entry *entry = &map->entries[map->slots[i] - 1];

        if (entry->key && entry->hash == hash && !strcmp(entry->key, key))
            break;
        i = (i + 1) & mask;
    }
    return &map->slots[i];
}

/* Drops removed entries and rebuilds the slots for at least `wanted` entries. */
static void rebuild(struct map *map, size_t wanted)
{
    size_t slot_count = 16;
    size_t kept = 0;
    size_t i;

    while (slot_count < wanted * 2)
        slot_count *= 2;
    for (i = 0; i < map->entry_count; i++)
        if (map->entries[i].key)
            map->entries[kept++] = map->entries[i];
    map->entry_count = kept;
    free(map->slots);
    map->slots = memory_new(slot_count * sizeof *map->slots);
    map->slot_count = slot_count;
    for (i = 0; i < kept; i++) {
        size_t at = map->entries[i].hash & (slot_count - 1);

        while (map->slots[at])
            at = (at + 1) & (slot_count - 1);
        map->slots[at] = i + 1;
    }
}

void *map_find(const struct map *map, const char *key)
{
    size_t *slot;

    if (!map->count || !key)
        return NULL;
    slot = slot_of(map, key, hash_of(key));
    return *slot ? map->entries[*slot - 1].value : NULL;
}

void *map_put(struct map *map, const char *key, void *value)
{
    size_t hash = hash_of(key);
    size_t *slot;

    if ((map->entry_count + 1) * 2 > map->slot_count)
        rebuild(map, map->count + 1);
    slot = slot_of(map, key, hash);
    if (*slot) {
        struct map_entry *entry = &map->entries[*slot - 1];
        void *before = entry->value;

        entry->value = value;
        return before;
    }
    if (map->entry_count == map->entry_capacity) {
        map->entry_capacity = map->entry_capacity ? map->entry_capacity * 2 : 8;
        map->entries = memory_resize(map->entries, map->entry_capacity * sizeof *map->entries);
    }
    map->entries[map->entry_count++] = (struct map_entry){ memory_copy_text(key), value, hash };
    *slot = map->entry_count;
    map->count++;
    return NULL;
}

void *map_remove(struct map *map, const char *key)
{
    struct map_entry *entry;
    void *value;
    size_t *slot;

    if (!map->count)
        return NULL;
    slot = slot_of(map, key, hash_of(key));
    if (!*slot)
        return NULL;
    entry = &map->entries[*slot - 1]; /* the slot stays taken, so that probing goes on behind it */
    value = entry->value;
    free(entry->key);
    *entry = (struct map_entry){ 0 };
    map->count--;
    return value;
}

struct map_entry *map_next(const struct map *map, size_t *cursor)
{
    while (*cursor < map->entry_count) {
        struct map_entry *entry = &map->entries[(*cursor)++];

        if (entry->key)
            return entry;
    }
    return NULL;
}

void map_clear(struct map *map)
{
    size_t i;

    for (i = 0; i < map->entry_count; i++)
        free(map->entries[i].key);
    free(map->entries);
    free(map->slots);
    *map = (struct map){ 0 };
}
