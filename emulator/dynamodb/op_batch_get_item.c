/* BatchGetItem: up to 100 items of any tables. What would make the answer larger than 16 MiB, or asks too much of one partition, comes back
 * as UnprocessedKeys. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/partition.h"
#include "dynamodb/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 100, ANSWER_BYTES_MAX = 16 << 20 };

/* AWS says 1 MiB; measured, it is this. */
enum { PARTITION_BYTES_MAX = (1 << 20) + VALUE_ITEM_BYTES_MAX - 3 };

const struct member dynamodb_batch_get_item_input[] = {
    { "RequestItems", MAP, .required = true, .members = shape_batch_get, .shows_json = true },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    { 0 },
};

struct wanted_item {
    struct value value; /* its key, as sent */
    struct key key;
    const json_t *json;
};

struct wanted_table {
    const char *name; /* as sent */
    const json_t *json;
    const struct table *table;
    struct projection *projection;
    bool is_consistent;
    struct wanted_item *items;
    size_t count;
    int partition_count;
    size_t *partition_bytes; /* of the items read so far */
};

struct gathering {
    struct intake *intake;
    struct wanted_table tables[KEYS_MAX + 1]; /* each has a key at least: one more is seen to be too many */
    size_t table_count;
    size_t key_count;
    size_t bytes;        /* of the items read so far */
    json_t *unprocessed; /* by table */
    struct batch_capacity capacity;
};

static bool check_count(struct gathering *gathering, const char *table, const json_t *keys)
{
    struct fault *fault = &gathering->intake->fault;
    size_t count = json_array_size(keys);
    const char *constraint = count > KEYS_MAX ? "have length less than or equal to 100"
                             : count          ? NULL
                             : keys           ? "have length greater than or equal to 1"
                                              : "not be null";

    if (constraint)
        return fault_raise(
            fault, FAULT_REQUEST,
            "1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: Member must %s", table,
            constraint);
    gathering->key_count += count;
    return gathering->key_count <= KEYS_MAX || fault_raise(fault, FAULT_REQUEST, "Too many items requested for the BatchGetItem call");
}

static bool check_mix(struct intake *intake, const json_t *from)
{
    static const char *const none[] = { NULL };
    static const char *const expressions[] = { "ProjectionExpression", NULL };
    static const char *const legacy[] = { "AttributesToGet", NULL };

    return intake_check_mix(intake, from, &(struct intake_manners){ .takes_values = none, .others = expressions, .legacy = legacy });
}

/* Whether two keys are one shows without the table, and is looked for before it. */
static bool check_distinct(const struct wanted_table *wanted, struct fault *fault)
{
    for (size_t i = 0; i < wanted->count; i++)
        for (size_t j = 0; j < i; j++)
            if (value_equals(&wanted->items[i].value, &wanted->items[j].value))
                return fault_raise(fault, FAULT_VALIDATION, "Provided list of item keys contains duplicates");
    return true;
}

static bool read_table(struct gathering *gathering, struct wanted_table *wanted)
{
    struct intake *intake = gathering->intake;
    const json_t *keys = wire_member(wanted->json, "Keys");

    if (!check_count(gathering, wanted->name, keys))
        return false;
    wanted->count = json_array_size(keys);
    wanted->is_consistent = json_is_true(json_object_get(wanted->json, "ConsistentRead"));
    wanted->items = arena_take(intake->arena, wanted->count * sizeof *wanted->items);
    if (!check_mix(intake, wanted->json))
        return false;
    for (size_t i = 0; i < wanted->count; i++) {
        wanted->items[i].json = json_array_get(keys, i);
        if (!wire_read_item(wanted->items[i].json, &wanted->items[i].value, &intake->fault))
            return false;
    }
    intake->aliases = (struct aliases){ 0 };
    return intake_read_names(intake, wanted->json, &wanted->projection) && intake_read_name_aliases(intake, wanted->json) &&
           intake_read_projection(intake, wanted->json, &wanted->projection) && aliases_check_used(&intake->aliases, &intake->fault) &&
           check_distinct(wanted, &intake->fault);
}

static bool read_tables(struct gathering *gathering)
{
    const char *name;
    json_t *json;

    json_object_foreach((json_t *)call_member(gathering->intake->call, "RequestItems"), name, json)
    {
        struct wanted_table *wanted = &gathering->tables[gathering->table_count];

        wanted->name = name;
        wanted->json = json;
        if (!read_table(gathering, wanted))
            return false;
        gathering->table_count++;
    }
    return true;
}

static bool find_keys(struct intake *intake, struct wanted_table *wanted)
{
    wanted->table = intake_find_table(intake, wanted->name);
    if (!wanted->table)
        return false;
    wanted->partition_count = partition_count(wanted->table, NULL);
    wanted->partition_bytes = arena_take(intake->arena, (size_t)wanted->partition_count * sizeof *wanted->partition_bytes);
    for (size_t i = 0; i < wanted->count; i++) {
        struct wanted_item *item = &wanted->items[i];

        if (!key_check_key(&wanted->table->keys, &item->value, &intake->fault) ||
            !key_of_item(&wanted->table->keys, &item->value, &item->key, intake->arena))
            return false;
    }
    return true;
}

/* The key comes back with its table's own options, so that the caller can send it again as it is. */
static void leave(struct gathering *gathering, const struct wanted_table *wanted, const struct wanted_item *item)
{
    json_t *left = json_object_get(gathering->unprocessed, wanted->name);

    if (!left) {
        left = json_copy((json_t *)wanted->json);
        json_object_set_new(left, "Keys", json_array());
        json_object_set_new(gathering->unprocessed, wanted->name, left);
    }
    json_array_append(json_object_get(left, "Keys"), (json_t *)item->json);
}

/* Counts the item in, unless it makes the answer too large. */
static bool takes(struct gathering *gathering, struct wanted_table *wanted, const struct wanted_item *item, size_t bytes)
{
    size_t *of_partition = &wanted->partition_bytes[partition_of(item->key.partition, wanted->partition_count)];

    if (gathering->bytes + bytes > ANSWER_BYTES_MAX || *of_partition + bytes > PARTITION_BYTES_MAX)
        return false;
    gathering->bytes += bytes;
    *of_partition += bytes;
    return true;
}

static bool gather_item(struct gathering *gathering, struct wanted_table *wanted, const struct wanted_item *item, bool *has_one)
{
    struct intake *intake = gathering->intake;
    struct buffer *text = &intake->call->text;
    struct capacity *capacity = batch_capacity_of(&gathering->capacity, wanted->table);
    struct value found;
    bool is_there;
    size_t bytes;

    if (!change_read_item(intake->room, wanted->table, &item->key, &found, &is_there, &intake->fault))
        return false;
    bytes = value_item_size(&found);
    if (!takes(gathering, wanted, item, bytes)) {
        leave(gathering, wanted, item);
        capacity_add_read(capacity, 0, wanted->is_consistent); /* what is left is charged as what is not there */
        return true;
    }
    capacity_add_read(capacity, bytes, wanted->is_consistent);
    if (!is_there)
        return true;
    if (wanted->projection)
        found = projection_apply(wanted->projection, &found, intake->arena);
    if (*has_one)
        buffer_add_char(text, ',');
    wire_write_item(text, &found);
    *has_one = true;
    return true;
}

static bool gather(struct gathering *gathering)
{
    struct buffer *text = &gathering->intake->call->text;

    buffer_add_char(text, '{');
    for (size_t i = 0; i < gathering->table_count; i++) {
        struct wanted_table *wanted = &gathering->tables[i];
        bool has_one = false;

        if (i)
            buffer_add_char(text, ',');
        buffer_add_json_string(text, wanted->name, strlen(wanted->name));
        buffer_add_text(text, ":[");
        for (size_t j = 0; j < wanted->count; j++)
            if (!gather_item(gathering, wanted, &wanted->items[j], &has_one))
                return false;
        buffer_add_char(text, ']');
    }
    buffer_add_char(text, '}');
    return true;
}

static bool prepare(struct gathering *gathering)
{
    if (!batch_check_items(gathering->intake) || !read_tables(gathering))
        return false;
    for (size_t i = 0; i < gathering->table_count; i++)
        if (!find_keys(gathering->intake, &gathering->tables[i]))
            return false;
    return true;
}

static void answer_left(struct gathering *gathering, struct answer_writer *answer)
{
    char *text = json_dumps(gathering->unprocessed, JSON_COMPACT);

    answer_member(answer, "UnprocessedKeys");
    buffer_add_text(answer->text, text);
    free(text);
}

static bool run(struct gathering *gathering)
{
    struct answer_writer answer;
    bool is_done;

    if (!prepare(gathering))
        return false;
    gathering->unprocessed = json_object();
    answer_begin(&answer, gathering->intake->call);
    answer_member(&answer, "Responses");
    is_done = gather(gathering);
    answer_left(gathering, &answer);
    batch_answer_capacity(&gathering->capacity, gathering->intake->call, &answer);
    answer_end(&answer);
    json_decref(gathering->unprocessed);
    return is_done;
}

enum outcome dynamodb_batch_get_item(struct call *call)
{
    struct gathering *gathering = arena_take(call->arena, sizeof *gathering);
    struct intake intake;

    intake_open(&intake, call);
    gathering->intake = &intake;
    return run(gathering) ? DONE : intake_refuse(&intake);
}
