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

bool search_check_projected(struct intake *intake, const struct search *search)
{
    const char *missing = "";

    if (!search->index || !search->index->is_global)
        return true;
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
    return !search->is_consistent ||
           fault_raise(&intake->fault, FAULT_VALIDATION, "Consistent reads are not supported on global secondary indexes");
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

bool search_check_projection_paths(struct intake *intake, const struct search *search)
{
    return !search->projection || key_path_check_projection(search->table, search->projection, &intake->fault);
}

bool search_check_filter_paths(struct intake *intake, const struct search *search)
{
    return !search->filter || key_path_check_condition(search->table, search->filter, &intake->fault);
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
        page->fetched_units += capacity_read_units(value_item_size(&item), search->is_consistent);
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
        capacity.table_units = page->fetched_units;
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
