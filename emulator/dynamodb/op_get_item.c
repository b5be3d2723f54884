/* GetItem: reads one item by its key. */

#include "dynamodb/capacity.h"
#include "dynamodb/intake.h"
#include "dynamodb/key_path.h"
#include "dynamodb/operations.h"
#include "dynamodb/shapes.h"

const struct member dynamodb_get_item_input[] = {
    { "TableName", STRING },
    SHAPE_RETURN_CONSUMED_CAPACITY,
    SHAPE_KEY,
    { "ConsistentRead", BOOLEAN },
    { "ProjectionExpression", STRING },
    SHAPE_NAMES,
    SHAPE_ATTRIBUTES_TO_GET,
    { 0 },
};

struct reading {
    const struct table *table;
    struct value key;
    struct projection *projection;
    struct value item;
    bool is_there;
};

static bool check_mix(struct intake *intake)
{
    static const char *const none[] = { NULL };
    static const char *const expressions[] = { "ProjectionExpression", NULL };
    static const char *const legacy[] = { "AttributesToGet", NULL };

    return intake_check_mix(intake, intake->call->input,
                            &(struct intake_manners){ .takes_values = none, .others = expressions, .legacy = legacy });
}

static bool read_request(struct intake *intake, struct reading *reading)
{
    const json_t *input = intake->call->input;

    return check_mix(intake) && wire_read_item(json_object_get(input, "Key"), &reading->key, &intake->fault) &&
           intake_read_names(intake, input, &reading->projection) && intake_read_name_aliases(intake, input) &&
           intake_read_projection(intake, input, &reading->projection) && aliases_check_used(&intake->aliases, &intake->fault);
}

static bool find_item(struct intake *intake, struct reading *reading)
{
    struct key key;

    reading->table = intake_find_table(intake, call_string(intake->call, "TableName"));
    return reading->table && key_check_key(&reading->table->keys, &reading->key, &intake->fault) &&
           (!reading->projection || key_path_check_projection(reading->table, reading->projection, &intake->fault)) &&
           key_of_item(&reading->table->keys, &reading->key, &key, intake->arena) &&
           change_read_item(intake->room, reading->table, &key, &reading->item, &reading->is_there, &intake->fault);
}

static enum outcome answer(struct intake *intake, const struct reading *reading)
{
    struct answer_writer writer;
    struct capacity capacity = { .table = reading->table };
    struct value part;

    answer_begin(&writer, intake->call);
    if (reading->is_there && reading->projection) {
        part = projection_apply(reading->projection, &reading->item, intake->arena);
        answer_item(&writer, "Item", &part);
    } else if (reading->is_there) {
        answer_item(&writer, "Item", &reading->item);
    }
    capacity_add_read(&capacity, value_item_size(&reading->item), call_boolean(intake->call, "ConsistentRead", false));
    capacity_answer(&capacity, intake->call, &writer);
    answer_end(&writer);
    return DONE;
}

enum outcome dynamodb_get_item(struct call *call)
{
    struct intake intake;
    struct reading reading = { 0 };

    intake_open(&intake, call);
    if (!read_request(&intake, &reading) || !find_item(&intake, &reading))
        return intake_refuse(&intake);
    return answer(&intake, &reading);
}
