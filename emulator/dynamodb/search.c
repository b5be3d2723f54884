#include "dynamodb/search.h"

#include "base/log.h"
#include "base/text.h"
#include "dynamodb/key_path.h"
#include "dynamodb/pack.h"

#include <string.h>

enum { PAGE_BYTES = 1 << 20, ROW_ARENA_BYTES = 1 << 18 };

const struct key_schema *search_keys(const struct search *search)
{
    return search->index ? &search->index->keys : &search->table->keys;
}

/* ---- reading ---- */

bool search_read_expressions(struct intake *intake, struct search *search)
{
    const json_t *input = intake->call->input;

    return intake_read_condition(intake, input, "FilterExpression", &search->filter) &&
           intake_read_projection(intake, input, &search->projection);
}

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

bool search_read_start_key(struct intake *intake, struct search *search)
{
    const json_t *key = call_member(intake->call, "ExclusiveStartKey");

    search->has_start_key = key != NULL;
    if (!key || wire_read_item(key, &search->start_key, &intake->fault))
        return true;
    if (intake->fault.kind == FAULT_REQUEST && !is_told_bare(intake->fault.message))
        intake->fault.message = arena_print(intake->arena, "The provided starting key is invalid: %s", intake->fault.message);
    return false;
}

static bool refuse_select(struct intake *intake, const struct search *search, const char *why)
{
    bool has_prefix = search->is_query && !intake->room->has_older_texts; /* as the service has had it since mid 2026 */

    return fault_raise(&intake->fault, FAULT_REQUEST, "%s%s", has_prefix ? "1 validation error detected: " : "", why);
}

bool search_check_select(struct intake *intake, struct search *search)
{
    const struct call *call = intake->call;
    bool has_expression = call_has(call, "ProjectionExpression");
    bool has_projection = has_expression || call_has(call, "AttributesToGet");

    search->select = call_string(call, "Select");
    search->limit = call_integer(call, "Limit", 0);
    search->is_consistent = call_boolean(call, "ConsistentRead", false);
    if (text_is(search->select, "SPECIFIC_ATTRIBUTES") && !has_projection)
        return refuse_select(intake, search,
                             "Must specify the AttributesToGet or ProjectionExpression when choosing to get SPECIFIC_ATTRIBUTES");
    if (search->select && !text_is(search->select, "SPECIFIC_ATTRIBUTES") && has_projection)
        return refuse_select(intake, search,
                             arena_print(intake->arena, "Cannot specify the %s when choosing to get %s",
                                         has_expression ? "ProjectionExpression" : "AttributesToGet",
                                         text_is(search->select, "COUNT") ? "only the Count" : search->select));
    if (text_is(search->select, "ALL_PROJECTED_ATTRIBUTES") && !call_has(call, "IndexName"))
        return refuse_select(intake, search, "ALL_PROJECTED_ATTRIBUTES can be used only when Querying using an IndexName");
    return true;
}

/* A global index gives only what it projects. */
static bool check_projected(struct intake *intake, const struct search *search)
{
    const char *missing = "";

    if (text_is(search->select, "ALL_ATTRIBUTES") && search->index->projection != PROJECTION_ALL)
        return fault_parameter(&intake->fault, FAULT_VALIDATION,
                               "Select type ALL_ATTRIBUTES is not supported for global secondary index %s because its projection type "
                               "is not ALL",
                               search->index->name);
    for (const struct projection_node *node = search->projection ? search->projection->root.children : NULL; node; node = node->next)
        if (!table_index_projects(search->table, search->index, node->part.name))
            missing =
                arena_print(intake->arena, "%s%s%.*s", missing, *missing ? ", " : "", (int)node->part.name.size, node->part.name.data);
    return !*missing || fault_parameter(&intake->fault, FAULT_VALIDATION, "Global secondary index %s does not project [%s]",
                                        search->index->name, missing);
}

static bool find_index(struct intake *intake, struct search *search)
{
    const char *name = call_string(intake->call, "IndexName");

    if (!name)
        return true;
    search->index = table_find_index(search->table, name);
    search->range.index = search->index;
    if (!search->index)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "The table does not have the specified index: %s", name);
    if (!search->index->is_global)
        return true;
    if (search->index->is_added)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Cannot read from backfilling global secondary index: %s", name);
    if (search->is_consistent)
        return fault_raise(&intake->fault, FAULT_VALIDATION, "Consistent reads are not supported on global secondary indexes");
    return check_projected(intake, search);
}

/* A local index fetches from the table what it does not hold; a global one never does. */
static bool fetches(const struct search *search)
{
    return search->index && !search->index->is_global && search->index->projection != PROJECTION_ALL &&
           (search->projection || text_is(search->select, "ALL_ATTRIBUTES"));
}

bool search_find_table(struct intake *intake, struct search *search)
{
    search->table = intake_find_table(intake, call_string(intake->call, "TableName"));
    search->range.table = search->table;
    if (!search->table || !find_index(intake, search))
        return false;
    search->fetches = fetches(search);
    return true;
}

/* ---- the start key ---- */

static bool refuse_start(struct intake *intake, const char *why)
{
    return fault_raise(&intake->fault, FAULT_VALIDATION, "%s", why);
}

static bool is_key_name(const struct search *search, struct bytes name)
{
    return key_schema_find(&search->table->keys, name) || (search->index && key_schema_find(&search->index->keys, name));
}

static bool has_parts(const struct search *search, const struct key_part *parts, int count)
{
    for (int i = 0; i < count; i++)
        if (!value_find(&search->start_key, parts[i].name))
            return false;
    return true;
}

static bool has_keys(const struct search *search, const struct key_schema *keys)
{
    return has_parts(search, keys->hash, keys->hash_count) && has_parts(search, keys->range, keys->range_count);
}

/* Exactly the table's keys and the index's. */
static bool has_right_names(const struct search *search)
{
    for (uint32_t i = 0; i < search->start_key.count; i++)
        if (!is_key_name(search, search->start_key.attributes[i].name))
            return false;
    return has_keys(search, &search->table->keys) && (!search->index || has_keys(search, &search->index->keys));
}

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

/* A Scan of a table has one text for all that may be wrong with its starting key; others have two. */
static bool refuse_misfit(struct intake *intake, const struct search *search, bool is_of_names)
{
    if (!search->is_query && !search->index)
        return refuse_start(intake, "The provided starting key is invalid: The provided key element does not match the schema");
    return refuse_start(intake,
                        is_of_names ? "The provided starting key is invalid" : "The provided key element does not match the schema");
}

bool search_check_start(struct intake *intake, struct search *search)
{
    struct store_range *range = &search->range;

    if (!search->has_start_key)
        return true;
    if (!has_right_names(search))
        return refuse_misfit(intake, search, true);
    if (!key_of_item(search_keys(search), &search->start_key, &range->start, intake->arena) ||
        !key_of_item(&search->table->keys, &search->start_key, &range->base_start, intake->arena))
        return refuse_misfit(intake, search, false);
    range->has_start = true;
    return true;
}

bool search_bind_start(struct intake *intake, const struct search *search)
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

bool search_check_paths(struct intake *intake, const struct search *search)
{
    return (!search->projection || key_path_check_projection(search->table, search->projection, &intake->fault)) &&
           (!search->filter || key_path_check_condition(search->table, search->filter, &intake->fault));
}

/* ---- walking ---- */

static void add_key_part(struct buffer *key, const struct key_part *part, const struct value *item, struct value *seen, struct arena *arena)
{
    if (value_find(seen, part->name))
        return;
    value_put(seen, part->name, (struct value){ .type = VALUE_NULL }, arena);
    buffer_add_char(key, key->size ? ',' : '{');
    buffer_add_json_string(key, part->name.data, part->name.size);
    buffer_add_char(key, ':');
    wire_write_value(key, value_find(item, part->name));
}

static void add_keys(struct buffer *key, const struct key_schema *keys, const struct value *item, struct value *seen, struct arena *arena)
{
    for (int i = 0; i < keys->hash_count; i++)
        add_key_part(key, &keys->hash[i], item, seen, arena);
    for (int i = 0; i < keys->range_count; i++)
        add_key_part(key, &keys->range[i], item, seen, arena);
}

/* LastEvaluatedKey: the table's key, and on an index the index's. */
static void keep_last_key(struct search_page *page, const struct value *item)
{
    struct value seen = { .type = VALUE_M };

    add_keys(&page->last_key, &page->search->table->keys, item, &seen, &page->arena);
    if (page->search->index)
        add_keys(&page->last_key, &page->search->index->keys, item, &seen, &page->arena);
    buffer_add_char(&page->last_key, '}');
}

static void charge(struct search_page *page, const struct value *item, size_t entry_bytes, bool is_last)
{
    struct key key;

    if (!page->charges.count || !key_of_item(search_keys(page->search), item, &key, &page->arena))
        return;
    partition_charges_add(&page->charges, key.partition, entry_bytes);
    if (is_last)
        partition_charges_stop(&page->charges, key.partition);
}

/* Takes one packed item; answers whether the page has room for more. */
static bool take_item(struct search_page *page, struct bytes packed)
{
    const struct search *search = page->search;
    struct value item;
    struct value entry;
    size_t entry_bytes;
    bool is_last;

    if (page->arena.used_bytes > ROW_ARENA_BYTES)
        arena_clear(&page->arena);
    if (!unpack_item(packed, &page->arena, &item)) {
        log_error("an item of the DynamoDB table %s cannot be read back", search->table->name);
        page->is_broken = true;
        return false;
    }
    entry = search->index ? change_index_entry(search->table, search->index, &item, &page->arena) : item;
    entry_bytes = value_item_size(&entry);
    page->bytes += entry_bytes;
    page->scanned++;
    is_last = page->scanned == search->limit || page->bytes >= PAGE_BYTES;
    charge(page, &item, entry_bytes, is_last);
    if (search->fetches) {
        page->fetched_bytes += value_item_size(&item);
        entry = item;
    }
    if (!search->filter || condition_holds(search->filter, &entry)) {
        page->count++;
        if (page->take)
            page->take(page->context, &entry, &page->arena);
    }
    if (is_last)
        keep_last_key(page, &item);
    return !is_last;
}

bool search_walk(struct intake *intake, const struct store_range *range, struct search_page *page)
{
    struct store_cursor cursor;
    struct bytes packed;
    enum status status = store_range_open(intake->room->store, range, &cursor);

    if (status == OK)
        while ((status = store_range_next(&cursor, &packed)) == OK)
            if (!take_item(page, packed))
                break;
    store_range_close(&cursor);
    if (status == BROKEN || page->is_broken)
        return fault_raise(&intake->fault, FAULT_BROKEN, "Internal server error");
    return true;
}

/* ---- the answer ---- */

void search_answer_capacity(const struct call *call, const struct search_page *page, struct answer_writer *answer)
{
    const struct search *search = page->search;
    struct capacity capacity = { .table = search->table };
    double units = page->charges.count ? partition_charges_units(&page->charges, search->is_consistent)
                                       : capacity_read_units(page->bytes, search->is_consistent);

    if (search->index) {
        for (size_t i = 0; i < search->table->index_count; i++)
            if (search->table->indexes[i] == search->index)
                capacity.index_units[i] = units;
        if (page->fetched_bytes)
            capacity.table_units = capacity_read_units(page->fetched_bytes, search->is_consistent);
    } else {
        capacity.table_units = units;
    }
    capacity_answer(&capacity, call, answer);
}

static void finish(const struct call *call, const struct search_page *page, struct answer_writer *answer)
{
    answer_number(answer, "Count", page->count);
    answer_number(answer, "ScannedCount", page->scanned);
    if (page->last_key.size) {
        answer_member(answer, "LastEvaluatedKey");
        buffer_add(answer->text, page->last_key.data, page->last_key.size);
    }
    search_answer_capacity(call, page, answer);
    answer_end(answer);
}

void search_page_close(struct search_page *page)
{
    buffer_clear(&page->last_key);
    arena_clear(&page->arena);
}

/* Items go straight into the answer's text. */
struct listing {
    const struct search_page *page;
    struct buffer *text;
};

static void write_item(void *context, const struct value *item, struct arena *arena)
{
    struct listing *listing = context;
    const struct projection *projection = listing->page->search->projection;
    struct value part;

    if (listing->page->count > 1)
        buffer_add_char(listing->text, ',');
    if (projection) {
        part = projection_apply(projection, item, arena);
        item = &part;
    }
    wire_write_item(listing->text, item);
}

enum outcome search_run(struct intake *intake, const struct search *search)
{
    struct search_page page = { .search = search };
    struct listing listing = { &page, &intake->call->text };
    struct answer_writer answer;
    bool is_done;

    answer_begin(&answer, intake->call);
    if (!search->is_query && call_has(intake->call, "ReturnConsumedCapacity"))
        partition_charges_begin(&page.charges, &search->range);
    if (!text_is(search->select, "COUNT")) {
        page.take = write_item;
        page.context = &listing;
        answer_member(&answer, "Items");
        buffer_add_char(listing.text, '[');
    }
    is_done = search_walk(intake, &search->range, &page);
    if (page.take)
        buffer_add_char(listing.text, ']');
    if (is_done)
        finish(intake->call, &page, &answer);
    search_page_close(&page);
    return is_done ? DONE : intake_refuse(intake);
}
