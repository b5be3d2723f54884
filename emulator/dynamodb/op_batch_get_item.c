/* BatchGetItem: up to 100 items of any tables; what would make the answer larger than 16 MiB comes back as UnprocessedKeys. */

#include "base/text.h"
#include "dynamodb/batch.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { KEYS_MAX = 100, ANSWER_BYTES_MAX = 16 << 20 };

const struct member dynamodb_batch_get_item_input[] = {
    { "RequestItems", DOCUMENT, .required = true },
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
};

struct gathering {
    struct intake *intake;
    struct wanted_table tables[KEYS_MAX];
    size_t table_count;
    size_t key_count;
    size_t bytes;        /* of the items read so far */
    json_t *unprocessed; /* by table */
    struct batch_capacity capacity;
};

static bool refuse_count(struct intake *intake, const char *table, size_t count)
{
    if (count > KEYS_MAX)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: Member must "
                           "have length less than or equal to 100",
                           table);
    if (!count)
        return fault_raise(&intake->fault, FAULT_REQUEST,
                           "1 validation error detected: Value at 'RequestItems.%s.member.Keys' failed to satisfy constraint: Member must "
                           "have length greater than or equal to 1",
                           table);
    return fault_raise(&intake->fault, FAULT_REQUEST, "Too many items requested for the BatchGetItem call");
}

static bool check_mix(struct intake *intake, const json_t *from)
{
    static const char *const none[] = { NULL };
    static const char *const expressions[] = { "ProjectionExpression", NULL };
    static const char *const legacy[] = { "AttributesToGet", NULL };

    return intake_check_mix(intake, from, &(struct intake_manners){ .takes_values = none, .others = expressions, .legacy = legacy });
}

static bool read_table(struct gathering *gathering, struct wanted_table *wanted)
{
    struct intake *intake = gathering->intake;
    const json_t *keys = json_object_get(wanted->json, "Keys");

    wanted->count = json_array_size(keys);
    gathering->key_count += wanted->count;
    if (!wanted->count || gathering->key_count > KEYS_MAX)
        return refuse_count(intake, wanted->name, wanted->count);
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
    return intake_read_names(intake, wanted->json, &wanted->projection) && intake_read_aliases(intake, wanted->json) &&
           intake_read_projection(intake, wanted->json, &wanted->projection) && aliases_check_used(&intake->aliases, &intake->fault);
}

static bool read_tables(struct gathering *gathering)
{
    const char *name;
    json_t *json;

    json_object_foreach((json_t *)call_member(gathering->intake->call, "RequestItems"), name, json)
    {
        struct wanted_table *wanted = &gathering->tables[gathering->table_count];

        if (gathering->table_count == KEYS_MAX)
            return refuse_count(gathering->intake, name, 1);
        gathering->table_count++;
        wanted->name = name;
        wanted->json = json;
        if (!read_table(gathering, wanted))
            return false;
    }
    return true;
}

static bool find_keys(struct intake *intake, struct wanted_table *wanted)
{
    wanted->table = intake_find_table(intake, wanted->name);
    if (!wanted->table)
        return false;
    for (size_t i = 0; i < wanted->count; i++) {
        struct wanted_item *item = &wanted->items[i];

        if (!key_check_key(&wanted->table->keys, &item->value, &intake->fault) ||
            !key_of_item(&wanted->table->keys, &item->value, &item->key, intake->arena))
            return false;
        for (size_t j = 0; j < i; j++)
            if (bytes_are(item->key.partition, wanted->items[j].key.partition) && bytes_are(item->key.sort, wanted->items[j].key.sort))
                return fault_raise(&intake->fault, FAULT_VALIDATION, "Provided list of item keys contains duplicates");
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

static bool gather_item(struct gathering *gathering, const struct wanted_table *wanted, const struct wanted_item *item, bool *has_one)
{
    struct intake *intake = gathering->intake;
    struct buffer *text = &intake->call->text;
    struct value found;
    bool is_there;
    size_t bytes;

    if (!change_read_item(intake->room, wanted->table, &item->key, &found, &is_there, &intake->fault))
        return false;
    bytes = value_item_size(&found);
    if (gathering->bytes + bytes > ANSWER_BYTES_MAX) {
        leave(gathering, wanted, item);
        return true;
    }
    gathering->bytes += bytes;
    capacity_add_read(batch_capacity_of(&gathering->capacity, wanted->table), bytes, wanted->is_consistent);
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
        const struct wanted_table *wanted = &gathering->tables[i];
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
