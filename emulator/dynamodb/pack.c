#include "dynamodb/pack.h"

static void pack_count(struct buffer *buffer, size_t count)
{
    for (; count >= 0x80; count >>= 7)
        buffer_add_char(buffer, (char)(count | 0x80));
    buffer_add_char(buffer, (char)count);
}

static void pack_bytes(struct buffer *buffer, struct bytes bytes)
{
    pack_count(buffer, bytes.size);
    buffer_add(buffer, bytes.data, bytes.size);
}

static void pack_value(struct buffer *buffer, const struct value *value)
{
    buffer_add_char(buffer, (char)value->type);
    switch ((enum value_type)value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        pack_bytes(buffer, value->text);
        return;
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        pack_count(buffer, value->count);
        for (uint32_t i = 0; i < value->count; i++)
            pack_value(buffer, &value->items[i]);
        return;
    case VALUE_M:
        pack_item(buffer, value);
        return;
    case VALUE_BOOL:
        buffer_add_char(buffer, value->boolean);
        return;
    case VALUE_NULL:
    case VALUE_TYPES:
        return;
    }
}

void pack_item(struct buffer *buffer, const struct value *item)
{
    pack_count(buffer, item->count);
    for (uint32_t i = 0; i < item->count; i++) {
        pack_bytes(buffer, item->attributes[i].name);
        pack_value(buffer, &item->attributes[i].value);
    }
}

struct unpacking {
    const unsigned char *at;
    const unsigned char *end;
    struct arena *arena;
    int depth;
};

static bool unpack_count(struct unpacking *unpacking, size_t *count)
{
    *count = 0;
    for (int shift = 0; shift < 35 && unpacking->at < unpacking->end; shift += 7) {
        unsigned char digit = *unpacking->at++;

        *count |= (size_t)(digit & 0x7f) << shift;
        if (!(digit & 0x80))
            return *count <= (size_t)(unpacking->end - unpacking->at); /* each counted thing takes a byte at least */
    }
    return false;
}

static bool unpack_bytes(struct unpacking *unpacking, struct bytes *bytes)
{
    if (!unpack_count(unpacking, &bytes->size))
        return false;
    bytes->data = (const char *)unpacking->at;
    unpacking->at += bytes->size;
    return true;
}

static bool unpack_map(struct unpacking *unpacking, struct value *map);
static bool unpack_value(struct unpacking *unpacking, struct value *value);

static bool unpack_items(struct unpacking *unpacking, struct value *value)
{
    size_t count;

    if (unpacking->depth >= VALUE_DEPTH_MAX + 2 || !unpack_count(unpacking, &count))
        return false;
    unpacking->depth++;
    value->count = (uint32_t)count;
    value->items = arena_take(unpacking->arena, count * sizeof *value->items);
    for (size_t i = 0; i < count; i++)
        if (!unpack_value(unpacking, &value->items[i]))
            return false;
    unpacking->depth--;
    return true;
}

static bool unpack_value(struct unpacking *unpacking, struct value *value)
{
    if (unpacking->at == unpacking->end)
        return false;
    value->type = *unpacking->at++;
    switch ((enum value_type)value->type) {
    case VALUE_S:
    case VALUE_N:
    case VALUE_B:
        return unpack_bytes(unpacking, &value->text);
    case VALUE_SS:
    case VALUE_NS:
    case VALUE_BS:
    case VALUE_L:
        return unpack_items(unpacking, value);
    case VALUE_M:
        return unpack_map(unpacking, value);
    case VALUE_BOOL:
        value->boolean = unpacking->at < unpacking->end && *unpacking->at;
        return unpacking->at++ < unpacking->end;
    case VALUE_NULL:
        return true;
    case VALUE_TYPES:
        break;
    }
    return false;
}

static bool unpack_map(struct unpacking *unpacking, struct value *map)
{
    size_t count;

    if (unpacking->depth >= VALUE_DEPTH_MAX + 2 || !unpack_count(unpacking, &count))
        return false;
    unpacking->depth++;
    *map = (struct value){ .type = VALUE_M, .count = (uint32_t)count };
    map->attributes = arena_take(unpacking->arena, count * sizeof *map->attributes);
    for (size_t i = 0; i < count; i++)
        if (!unpack_bytes(unpacking, &map->attributes[i].name) || !unpack_value(unpacking, &map->attributes[i].value))
            return false;
    unpacking->depth--;
    return true;
}

bool unpack_item(struct bytes packed, struct arena *arena, struct value *item)
{
    struct unpacking unpacking = { .arena = arena };

    unpacking.at = (const unsigned char *)packed.data;
    unpacking.end = unpacking.at + packed.size;
    return unpack_map(&unpacking, item) && unpacking.at == unpacking.end;
}
