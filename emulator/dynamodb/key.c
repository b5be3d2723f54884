#include "dynamodb/key.h"

#include "base/buffer.h"
#include "base/md5.h"
#include "dynamodb/number.h"

#include <string.h>

/* The bytes of one part as they sort. */
static struct bytes part_bytes(const struct value *value, struct arena *arena)
{
    struct number number;
    struct bytes bytes;

    if (value->type != VALUE_N)
        return value->text;
    number_parse(value->text.data, value->text.size, &number);
    bytes.data = arena_take(arena, NUMBER_KEY_BYTES);
    bytes.size = number_key(&number, (unsigned char *)bytes.data);
    return bytes;
}

/* A part among several: a zero byte becomes 00 ff, and 00 00 ends the part; so a shorter part sorts before each longer one. */
static size_t escape(struct bytes bytes, char *escaped)
{
    char *end = escaped;

    for (size_t i = 0; i < bytes.size; i++) {
        *end++ = bytes.data[i];
        if (!bytes.data[i])
            *end++ = (char)0xff;
    }
    *end++ = 0;
    *end++ = 0;
    return (size_t)(end - escaped);
}

static struct bytes join_parts(const struct value *const *values, int count, struct arena *arena)
{
    struct bytes parts[KEY_PARTS_MAX];
    size_t room = 0;
    char *joined;
    size_t size = 0;

    for (int i = 0; i < count; i++) {
        parts[i] = part_bytes(values[i], arena);
        room += 2 * parts[i].size + 2;
    }
    joined = arena_take(arena, room);
    for (int i = 0; i < count; i++)
        size += escape(parts[i], joined + size);
    return (struct bytes){ joined, size };
}

static void hash(struct bytes bytes, unsigned char digest[MD5_SIZE])
{
    /* "Outliers" before the key gives the order in which the service itself scans, as others found out. */
    static const char salt[] = "Outliers";
    char text[256];

    memcpy(text, salt, 8);
    if (bytes.size <= sizeof text - 8) {
        memcpy(text + 8, bytes.data, bytes.size);
        md5(text, bytes.size + 8, digest);
    } else {
        struct buffer whole = { 0 };

        buffer_add(&whole, salt, 8);
        buffer_add(&whole, bytes.data, bytes.size);
        md5(whole.data, whole.size, digest);
        buffer_clear(&whole);
    }
}

struct bytes key_partition(const struct key_schema *keys, const struct value *const *values, struct arena *arena)
{
    struct bytes bytes = keys->hash_count == 1 ? part_bytes(values[0], arena) : join_parts(values, keys->hash_count, arena);
    unsigned char digest[MD5_SIZE];
    char *partition = arena_take(arena, KEY_HASH_BYTES + bytes.size);

    hash(bytes, digest);
    memcpy(partition, digest, KEY_HASH_BYTES);
    memcpy(partition + KEY_HASH_BYTES, bytes.data, bytes.size);
    return (struct bytes){ partition, KEY_HASH_BYTES + bytes.size };
}

struct bytes key_sort(const struct key_schema *keys, const struct value *const *values, int count, struct arena *arena)
{
    if (!count)
        return (struct bytes){ "", 0 };
    return keys->range_count == 1 ? part_bytes(values[0], arena) : join_parts(values, count, arena);
}

static size_t bytes_max(bool is_range)
{
    return is_range ? KEY_RANGE_BYTES_MAX : KEY_HASHKEY_BYTES_MAX;
}

static bool fits(const struct key_part *part, bool is_range, const struct value *value)
{
    return value && value->type == part->type && value->text.size && value->text.size <= bytes_max(is_range);
}

static bool find_parts(const struct key_part *parts, int count, bool is_range, const struct value *item, const struct value **values)
{
    for (int i = 0; i < count; i++) {
        values[i] = value_find(item, parts[i].name);
        if (!fits(&parts[i], is_range, values[i]))
            return false;
    }
    return true;
}

bool key_of_item(const struct key_schema *keys, const struct value *item, struct key *key, struct arena *arena)
{
    const struct value *hash_values[KEY_PARTS_MAX];
    const struct value *range_values[KEY_PARTS_MAX];

    if (!find_parts(keys->hash, keys->hash_count, false, item, hash_values) ||
        !find_parts(keys->range, keys->range_count, true, item, range_values))
        return false;
    key->partition = key_partition(keys, hash_values, arena);
    key->sort = key_sort(keys, range_values, keys->range_count, arena);
    return true;
}

bool key_fits_index(const struct table_index *index, const struct value *item)
{
    const struct value *values[KEY_PARTS_MAX];

    return find_parts(index->keys.hash, index->keys.hash_count, false, item, values) &&
           find_parts(index->keys.range, index->keys.range_count, true, item, values);
}

/* ---- checks, in AWS's words ---- */

static const char empty_text[] = "One or more parameter values are not valid. The AttributeValue for a key attribute cannot contain an "
                                 "empty %s value. Key: %.*s";

bool key_check_value(const struct key_part *part, bool is_range, const struct value *value, struct fault *fault)
{
    if (!value->text.size)
        return fault_raise(fault, FAULT_EMPTY_KEY, empty_text, value->type == VALUE_B ? "binary" : "string", (int)part->name.size,
                           part->name.data);
    if (!is_range && value->text.size > KEY_HASHKEY_BYTES_MAX)
        return fault_parameter(fault, FAULT_VALIDATION, "Size of hashkey has exceeded the maximum size limit of2048 bytes");
    if (is_range && value->text.size > KEY_RANGE_BYTES_MAX)
        return fault_parameter(fault, FAULT_VALIDATION, "Aggregated size of all range keys has exceeded the size limit of 1024 bytes");
    return true;
}

static bool check_item_part(const struct key_part *part, bool is_range, const struct value *item, struct fault *fault)
{
    const struct value *value = value_find(item, part->name);

    if (!value)
        return fault_parameter(fault, FAULT_VALIDATION, "Missing the key %s in the item", part->name.data);
    if (value->type != part->type)
        return fault_parameter(fault, FAULT_VALIDATION, "Type mismatch for key %s expected: %s actual: %s", part->name.data,
                               value_type_name(part->type), value_type_name(value->type));
    return key_check_value(part, is_range, value, fault);
}

bool key_check_item(const struct table *table, const struct value *item, struct fault *fault)
{
    const struct key_schema *keys = &table->keys;

    return check_item_part(&keys->hash[0], false, item, fault) &&
           (!keys->range_count || check_item_part(&keys->range[0], true, item, fault));
}

static bool misfits(const struct key_part *parts, int count, bool is_range, const struct value *item)
{
    for (int i = 0; i < count; i++) {
        const struct value *value = value_find(item, parts[i].name);

        if (value && !fits(&parts[i], is_range, value))
            return true;
    }
    return false;
}

static bool misfits_index(const struct key_schema *keys, const struct value *item)
{
    return misfits(keys->hash, keys->hash_count, false, item) || misfits(keys->range, keys->range_count, true, item);
}

/* Of several indexes that an item misfits AWS names the one whose name sorts first, local or global. NULL if it fits all. */
static const struct table_index *first_misfit(const struct table *table, const struct value *item)
{
    const struct table_index *first = NULL;

    for (size_t i = 0; i < table->index_count; i++)
        if (misfits_index(&table->indexes[i]->keys, item) && (!first || strcmp(table->indexes[i]->name, first->name) < 0))
            first = table->indexes[i];
    return first;
}

static bool raise_mistyped(const struct table_index *index, const struct key_part *part, enum value_type type, enum key_source source,
                           struct fault *fault)
{
    if (source == KEY_COMPUTED)
        return fault_raise(fault, FAULT_VALIDATION,
                           "The update expression attempted to update the secondary index key to unsupported type");
    return fault_parameter(fault, FAULT_VALIDATION, "Type mismatch for Index Key %s Expected: %s Actual: %s IndexName: %s", part->name.data,
                           value_type_name(part->type), value_type_name(type), index->name);
}

static bool raise_empty_part(const struct table_index *index, const struct key_part *part, enum key_source source, struct fault *fault)
{
    const char *what = part->type == VALUE_B ? "binary" : "string";

    if (source != KEY_OF_ITEM)
        return fault_raise(fault, FAULT_EMPTY_KEY,
                           "One or more parameter values are not valid. The update expression attempted to update a secondary index key "
                           "to a value that is not supported. The AttributeValue for a key attribute cannot contain an empty %s value.",
                           what);
    return fault_raise(fault, FAULT_EMPTY_KEY,
                       "One or more parameter values are not valid. A value specified for a secondary index key is not supported. "
                       "The AttributeValue for a key attribute cannot contain an empty %s value. IndexName: %s, IndexKey: %s",
                       what, index->name, part->name.data);
}

static bool check_index_part(const struct table_index *index, const struct key_part *part, bool is_range, const struct value *item,
                             enum key_source source, struct fault *fault)
{
    const struct value *value = value_find(item, part->name);

    if (!value)
        return true;
    if (value->type != part->type)
        return raise_mistyped(index, part, (enum value_type)value->type, source, fault);
    if (!value->text.size)
        return raise_empty_part(index, part, source, fault);
    if (source == KEY_COMPUTED && value->text.size > bytes_max(is_range))
        return fault_raise(fault, FAULT_VALIDATION,
                           "The update expression attempted to update the secondary index key beyond allowed size limits");
    if (value->text.size > bytes_max(is_range))
        return fault_parameter(fault, FAULT_VALIDATION,
                               "Size limit exceeded for Index Key %s Actual Size: %zu bytes Max Size: %zu bytes IndexName: %s",
                               part->name.data, value->text.size, bytes_max(is_range), index->name);
    return true;
}

bool key_check_indexes(const struct table *table, const struct value *item, enum key_source source, struct fault *fault)
{
    const struct table_index *index = first_misfit(table, item);

    for (int i = 0; index && i < index->keys.hash_count; i++)
        if (!check_index_part(index, &index->keys.hash[i], false, item, source, fault))
            return false;
    for (int i = 0; index && i < index->keys.range_count; i++)
        if (!check_index_part(index, &index->keys.range[i], true, item, source, fault))
            return false;
    return true;
}

bool key_check_key(const struct key_schema *keys, const struct value *key, struct fault *fault)
{
    const struct value *hash_value = value_find(key, keys->hash[0].name);
    const struct value *range_value = keys->range_count ? value_find(key, keys->range[0].name) : NULL;

    if (key->count != (uint32_t)(1 + keys->range_count) || !hash_value || hash_value->type != keys->hash[0].type ||
        (keys->range_count && (!range_value || range_value->type != keys->range[0].type)))
        return fault_raise(fault, FAULT_VALIDATION, "The provided key element does not match the schema");
    return key_check_value(&keys->hash[0], false, hash_value, fault) &&
           (!range_value || key_check_value(&keys->range[0], true, range_value, fault));
}

bool key_check_start_part(const struct key_part *part, bool is_range, const struct value *start, struct fault *fault)
{
    const struct value *value = value_find(start, part->name);

    if (!value)
        return fault_raise(fault, FAULT_VALIDATION, "The provided starting key is invalid");
    if (value->type != part->type)
        return fault_raise(fault, FAULT_VALIDATION, "The provided key element does not match the schema");
    return key_check_value(part, is_range, value, fault);
}
