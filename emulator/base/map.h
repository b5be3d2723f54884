#pragma once
/* A map from text to pointers. Walking it gives the entries in the order in which they were added, so that what depends on it is
 * the same in every run. Keys are copied; values belong to the caller. A zeroed struct map is an empty, ready one. */

#include <stdbool.h>
#include <stddef.h>

struct map {
    struct map_entry *entries; /* in order of arrival; removed ones have a NULL key until the map is packed */
    size_t entry_count;        /* including removed ones */
    size_t entry_capacity;
    size_t *slots; /* open addressing: index + 1 into entries, 0 when free */
    size_t slot_count;
    size_t count; /* living entries */
};

struct map_entry {
    char *key; /* NULL: removed */
    void *value;
    size_t hash;
};

/* The value at key, or NULL. */
void *map_find(const struct map *map, const char *key);

/* Puts value at key; answers the value that was there before, or NULL. An entry keeps its place in the order when it is put again. */
void *map_put(struct map *map, const char *key, void *value);

/* Removes key; answers its value, or NULL. */
void *map_remove(struct map *map, const char *key);

/* Walks the living entries: start with *cursor = 0; NULL at the end. The current entry may be removed while walking; nothing may be added.
 */
struct map_entry *map_next(const struct map *map, size_t *cursor);

/* Forgets all entries and releases the keys; values stay with their owner. */
void map_clear(struct map *map);
