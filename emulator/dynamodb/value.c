#include "dynamodb/value.h"

#include "dynamodb/number.h"

#include <stdlib.h>
#include <string.h>

enum { INSERTION_MAX = 12 }; /* maps up to this size are sorted by insertion, which costs nothing when they come sorted */

struct bytes bytes_of(const char *text)
{
    return (struct bytes){ text, strlen(text) };
}

bool bytes_are(struct bytes a, struct bytes b)
{
    return a.size == b.size && !memcmp(a.data, b.data, a.size);
}

int bytes_compare(struct bytes a, struct bytes b)
{
    size_t shorter = a.size < b.size ? a.size : b.size;
    int order = shorter ? memcmp(a.data, b.data, shorter) : 0;

    return order ? order : a.size < b.size ? -1 : a.size > b.size;
}

static const char *const type_names[VALUE_TYPES] = { "S", "N", "B", "SS", "NS", "BS", "BOOL", "NULL", "L", "M" };

const char *value_type_name(enum value_type type)
{
    return type_names[type];
}

enum value_type value_type_of_name(struct bytes name)
{
    int type = 0;

    while (type < VALUE_TYPES && !bytes_are(name, bytes_of(type_names[type])))
        type++;
    return (enum value_type)type;
}

bool value_is_set(const struct value *value)
{
    return value->type == VALUE_SS || value->type == VALUE_NS || value->type == VALUE_BS;
}

bool value_type_is_scalar(enum value_type type)
{
    return type == VALUE_S || type == VALUE_N || type == VALUE_B;
}

enum value_type value_member_type(enum value_type set)
{
    return set == VALUE_SS ? VALUE_S : set == VALUE_NS ? VALUE_N : VALUE_B;
}

int value_compare(const struct value *a, const struct value *b)
{
    if (a->type == VALUE_N)
        return number_compare_texts(a->text.data, a->text.size, b->text.data, b->text.size);
    return bytes_compare(a->text, b->text);
}

static bool items_equal(const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (!value_equals(&a->items[i], &b->items[i]))
            return false;
    return true;
}

static bool attributes_equal(const struct value *a, const struct value *b)
{
    for (uint32_t i = 0; i < a->count; i++)
        if (!bytes_are(a->attributes[i].name, b->attributes[i].name) || !value_equals(&a->attributes[i].value, &b->attributes[i].value))
            return false;
    return true;
}

/* Texts compare as bytes: a number's normal text is unique. */
bool value_equals(const struct value *a, const struct value *b)
{
    if (a->type != b->type)
        return false;
    switch ((enum value_type)a->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return bytes_are(a->text, b->text);
    case VALUE_BOOL:
        return a->boolean == b->boolean;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        return a->count == b->count && items_equal(a, b);
    case VALUE_M:
        return a->count == b->count && attributes_equal(a, b);
    case VALUE_NULL:
    case VALUE_TYPES:
        break;
    }
    return true;
}

/* The place of name among the attributes: where it is, or where it would have to go. */
static uint32_t place_of(const struct value *map, struct bytes name, bool *is_there)
{
    uint32_t low = 0;
    uint32_t high = map->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = bytes_compare(map->attributes[middle].name, name);

        if (!order) {
            *is_there = true;
            return middle;
        }
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    *is_there = false;
    return low;
}

struct value *value_find(const struct value *map, struct bytes name)
{
    bool is_there;
    uint32_t place = place_of(map, name, &is_there);

    return is_there ? &map->attributes[place].value : NULL;
}

/* Room for one more element of size_bytes in an array of the map or list. */
static void *grown(struct value *value, const void *elements, size_t size_bytes, struct arena *arena)
{
    void *copy;

    if (value->count < value->capacity)
        return (void *)elements;
    value->capacity = value->count * 2 + 4;
    copy = arena_take(arena, value->capacity * size_bytes);
    if (value->count)
        memcpy(copy, elements, value->count * size_bytes);
    return copy;
}

void value_put(struct value *map, struct bytes name, struct value value, struct arena *arena)
{
    bool is_there;
    uint32_t place = place_of(map, name, &is_there);

    if (!is_there) {
        map->attributes = grown(map, map->attributes, sizeof *map->attributes, arena);
        memmove(&map->attributes[place + 1], &map->attributes[place], (map->count - place) * sizeof *map->attributes);
        map->attributes[place].name = name;
        map->count++;
    }
    map->attributes[place].value = value;
}

bool value_take_out(struct value *map, struct bytes name)
{
    bool is_there;
    uint32_t place = place_of(map, name, &is_there);

    if (is_there) {
        map->count--;
        memmove(&map->attributes[place], &map->attributes[place + 1], (map->count - place) * sizeof *map->attributes);
    }
    return is_there;
}

void value_append(struct value *list, struct value value, struct arena *arena)
{
    list->items = grown(list, list->items, sizeof *list->items, arena);
    list->items[list->count++] = value;
}

bool value_set_has(const struct value *set, const struct value *member)
{
    uint32_t low = 0;
    uint32_t high = set->count;

    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        int order = value_compare(&set->items[middle], member);

        if (!order)
            return true;
        if (order < 0)
            low = middle + 1;
        else
            high = middle;
    }
    return false;
}

static int compare_members(const void *a, const void *b)
{
    return value_compare(a, b);
}

bool value_sort_set(struct value *set)
{
    if (set->count > 1)
        qsort(set->items, set->count, sizeof *set->items, compare_members);
    for (uint32_t i = 1; i < set->count; i++)
        if (!value_compare(&set->items[i - 1], &set->items[i]))
            return false;
    return true;
}

static int compare_names(const void *a, const void *b)
{
    const struct attribute *left = a;
    const struct attribute *right = b;

    return bytes_compare(left->name, right->name);
}

static void sort_by_insertion(struct attribute *attributes, uint32_t count)
{
    for (uint32_t i = 1; i < count; i++) {
        struct attribute moving = attributes[i];
        uint32_t place = i;

        while (place && bytes_compare(attributes[place - 1].name, moving.name) > 0) {
            attributes[place] = attributes[place - 1];
            place--;
        }
        attributes[place] = moving;
    }
}

/* Names are distinct already: JSON objects and stored maps hold each once. */
void value_sort_map(struct value *map)
{
    if (map->count <= INSERTION_MAX)
        sort_by_insertion(map->attributes, map->count);
    else
        qsort(map->attributes, map->count, sizeof *map->attributes, compare_names);
}

/* A byte, one for each two digits on either side of the point (superfluous zeros do not count), and one for a minus. */
static size_t number_size(struct bytes text)
{
    const char *end = text.data + text.size;
    const char *digits = text.data + (text.size && *text.data == '-');
    const char *dot = memchr(digits, '.', (size_t)(end - digits));
    const char *whole_end = dot ? dot : end;
    const char *fraction = dot ? dot + 1 : end;

    while (!dot && whole_end > digits && whole_end[-1] == '0')
        whole_end--;
    while (digits < whole_end && *digits == '0')
        digits++;
    while (digits == whole_end && fraction < end && *fraction == '0')
        fraction++;
    return 1 + (size_t)(whole_end - digits + 1) / 2 + (size_t)(end - fraction + 1) / 2 + (text.size && *text.data == '-');
}

static size_t items_size(const struct value *value)
{
    size_t size = 0;

    for (uint32_t i = 0; i < value->count; i++)
        size += value_size(&value->items[i]);
    return size;
}

size_t value_size(const struct value *value)
{
    switch ((enum value_type)value->type) {
    case VALUE_S:
    case VALUE_B:
        return value->text.size;
    case VALUE_N:
        return number_size(value->text);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
        return items_size(value);
    case VALUE_L:
        return 3 + value->count + items_size(value);
    case VALUE_M:
        return 3 + value->count + value_item_size(value);
    case VALUE_BOOL:
    case VALUE_NULL:
    case VALUE_TYPES:
        break;
    }
    return 1;
}

size_t value_item_size(const struct value *item)
{
    size_t size = 0;

    for (uint32_t i = 0; i < item->count; i++)
        size += item->attributes[i].name.size + value_size(&item->attributes[i].value);
    return size;
}

int value_depth(const struct value *value)
{
    int deepest = 0;

    if (value->type != VALUE_M && value->type != VALUE_L)
        return 0;
    for (uint32_t i = 0; i < value->count; i++) {
        int depth = value_depth(value->type == VALUE_M ? &value->attributes[i].value : &value->items[i]);

        deepest = depth > deepest ? depth : deepest;
    }
    return deepest + 1;
}
