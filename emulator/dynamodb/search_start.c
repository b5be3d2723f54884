#include "dynamodb/search_start.h"

#include <string.h>

/* ---- reading ---- */

/* For no known reason the service tells what is wrong with numbers and doubled members without saying that it is in the starting key. */
static bool is_told_bare(const char *message)
{
    static const char *const pieces[] = { "contains duplicates",   "number set", "numeric value", "significant digits",
                                          "number with magnitude", NULL };

    for (const char *const *piece = pieces; *piece; piece++)
        if (strstr(message, *piece))
            return true;
    return false;
}

bool search_start_read(struct intake *intake, struct search *search)
{
    const json_t *key = call_member(intake->call, "ExclusiveStartKey");

    search->has_start_key = key != NULL;
    if (!key || wire_read_item(key, &search->start_key, &intake->fault))
        return true;
    if (intake->fault.kind == FAULT_REQUEST && !is_told_bare(intake->fault.message))
        intake->fault.message = arena_print(intake->arena, "The provided starting key is invalid: %s", intake->fault.message);
    return false;
}

/* ---- checks ---- */

static bool refuse_start(struct intake *intake, const char *why)
{
    return fault_raise(&intake->fault, FAULT_VALIDATION, "%s", why);
}

static uint32_t count_new(const struct key_schema *table_keys, const struct key_part *parts, int count)
{
    uint32_t more = 0;

    for (int i = 0; i < count; i++)
        more += !key_schema_find(table_keys, parts[i].name);
    return more;
}

/* How many attributes the table's key and the index's have. */
static uint32_t name_count(const struct search *search)
{
    const struct key_schema *keys = &search->table->keys;
    uint32_t count = (uint32_t)(keys->hash_count + keys->range_count);

    if (search->index)
        count += count_new(keys, search->index->keys.hash, search->index->keys.hash_count) +
                 count_new(keys, search->index->keys.range, search->index->keys.range_count);
    return count;
}

bool search_start_check_count(struct intake *intake, const struct search *search)
{
    if (!search->has_start_key || search->start_key.count == name_count(search))
        return true;
    if (!search->is_query && !search->index)
        return refuse_start(intake, "The provided starting key is invalid: The provided key element does not match the schema");
    return refuse_start(intake, "The provided starting key is invalid");
}

bool search_start_check_index(struct intake *intake, const struct search *search)
{
    const struct key_schema *keys = search_keys(search);

    if (!search->has_start_key || !search->index)
        return true;
    for (int i = 0; i < keys->hash_count; i++)
        if (!key_check_start_part(&keys->hash[i], false, &search->start_key, &intake->fault))
            return false;
    for (int i = 0; i < keys->range_count; i++)
        if (!key_check_start_part(&keys->range[i], true, &search->start_key, &intake->fault))
            return false;
    return true;
}

static bool check_table_key(struct intake *intake, const struct search *search)
{
    const struct key_schema *keys = &search->table->keys;
    struct value key = { .type = VALUE_M };

    for (uint32_t i = 0; i < search->start_key.count; i++)
        if (key_schema_find(keys, search->start_key.attributes[i].name))
            value_put(&key, search->start_key.attributes[i].name, search->start_key.attributes[i].value, intake->arena);
    if (key_check_key(keys, &key, &intake->fault))
        return true;
    intake->fault.message = arena_print(intake->arena, "The provided starting key is invalid: %s", intake->fault.message);
    return false;
}

bool search_start_take(struct intake *intake, struct search *search)
{
    struct store_range *range = &search->range;

    if (!search->has_start_key)
        return true;
    if (!check_table_key(intake, search))
        return false;
    if (!key_of_item(search_keys(search), &search->start_key, &range->start, intake->arena) ||
        !key_of_item(&search->table->keys, &search->start_key, &range->base_start, intake->arena))
        return refuse_start(intake, "The provided starting key is invalid");
    range->has_start = true;
    return true;
}

/* ---- where it lies ---- */

static bool is_in_range(const struct search *search)
{
    const struct store_range *range = &search->range;

    return bytes_compare(range->start.sort, range->low) >= 0 && (!range->high.size || bytes_compare(range->start.sort, range->high) < 0);
}

static bool is_in_segment(const struct search *search)
{
    const struct store_range *range = &search->range;

    return bytes_compare(range->start.partition, range->low) >= 0 &&
           (!range->high.size || bytes_compare(range->start.partition, range->high) < 0);
}

/* A table without sort keys has one item in a partition, behind which there is none. */
static bool refuse_only_item(struct intake *intake, const struct search *search)
{
    const struct attribute *key = &search->start_key.attributes[0];

    return fault_raise(&intake->fault, FAULT_VALIDATION,
                       "The provided exclusive start key is invalid: ExclusiveStartKey: {%.*s=AttributeValue: %s}", (int)key->name.size,
                       key->name.data, wire_print_value(&key->value, intake->arena));
}

static bool check_query_start(struct intake *intake, const struct search *search)
{
    const struct store_range *range = &search->range;
    bool is_narrowed = range->low.size || range->high.size;

    if (!search->index && !search->table->keys.range_count)
        return refuse_only_item(intake, search);
    if (!is_in_range(search))
        return refuse_start(intake, "The provided starting key does not match the range key predicate");
    if (bytes_are(range->start.partition, range->partition))
        return true;
    return refuse_start(intake, is_narrowed ? "The query can return at most one row and cannot be restarted"
                                            : "The provided starting key is outside query boundaries based on provided conditions");
}

bool search_start_check_place(struct intake *intake, const struct search *search)
{
    if (!search->has_start_key)
        return true;
    if (search->is_query)
        return check_query_start(intake, search);
    return is_in_segment(search) ||
           fault_raise(
               &intake->fault, FAULT_VALIDATION,
               "The provided starting key is invalid: Invalid ExclusiveStartKey. Please use ExclusiveStartKey with correct Segment. "
               "TotalSegments: %lld Segment: %lld",
               (long long)search->segments, (long long)search->segment);
}
