/* Fuzzes the conditions and updates from before expressions. The first byte chooses the parameter, the rest is its JSON; as in a request it
 * is held to its shape first. Nothing may crash, leak or take long, whatever it is, and what is read is evaluated too. */

#include "base/json.h"
#include "dynamodb/legacy_condition.h"
#include "dynamodb/legacy_key_condition.h"
#include "dynamodb/legacy_update.h"
#include "dynamodb/shapes.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum parameter { EXPECTED, FILTER, KEY_CONDITIONS, UPDATES, PARAMETERS };

/* Each as the only member of an input, so that the shape's own walk is the one of requests. */
static const struct member shapes[PARAMETERS][2] = {
    [EXPECTED] = { { "map", MAP, .members = shape_expected }, { 0 } },
    [FILTER] = { { "map", MAP, .members = shape_conditions }, { 0 } },
    [KEY_CONDITIONS] = { { "map", MAP, .members = shape_conditions }, { 0 } },
    [UPDATES] = { { "map", MAP, .members = shape_updates }, { 0 } },
};

/* An item with attributes of three types, so that what is read meets what it may be about. */
static struct value item_of(struct arena *arena)
{
    struct value item = { .type = VALUE_M };
    struct value list = { .type = VALUE_L };

    value_append(&list, (struct value){ .type = VALUE_N, .text = { "1", 1 } }, arena);
    value_put(&item, bytes_of("a"), (struct value){ .type = VALUE_S, .text = { "text", 4 } }, arena);
    value_put(&item, bytes_of("n"), (struct value){ .type = VALUE_N, .text = { "1", 1 } }, arena);
    value_put(&item, bytes_of("l"), list, arena);
    return item;
}

static void evaluate(const struct condition *condition, struct arena *arena)
{
    struct value item = item_of(arena);

    if (condition)
        condition_holds(condition, &item);
}

/* A table with the keys a (S) and n (N). */
static void bind(const struct key_condition *terms, struct fault *fault)
{
    struct key_schema keys = {
        .hash = { { .name = bytes_of("a"), .type = VALUE_S } },
        .range = { { .name = bytes_of("n"), .type = VALUE_N } },
        .hash_count = 1,
        .range_count = 1,
    };
    struct store_range range = { 0 };

    key_condition_bind(terms, &keys, NULL, &range, fault);
}

static void apply(const struct update *update, struct fault *fault)
{
    struct value old = item_of(fault->arena);
    struct value item = item_of(fault->arena);

    if (update_apply(update, &old, &item, fault))
        projection_apply(&update->targets, &item, fault->arena);
}

static void read_parameter(enum parameter parameter, const json_t *map, struct fault *fault)
{
    struct condition *condition = NULL;
    struct key_condition terms;
    struct update update;

    switch (parameter) {
    case EXPECTED:
        if (legacy_expected_read(&condition, map, LEGACY_ANY, fault))
            evaluate(condition, fault->arena);
        break;
    case FILTER:
        if (legacy_filter_read(&condition, map, LEGACY_ALL, fault))
            evaluate(condition, fault->arena);
        break;
    case KEY_CONDITIONS:
        if (legacy_key_condition_read(&terms, map, fault))
            bind(&terms, fault);
        break;
    case UPDATES:
        if (legacy_update_read(&update, map, fault))
            apply(&update, fault);
        break;
    case PARAMETERS:
        break;
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct fault fault = { .arena = &arena };
    struct shape_manners manners = { 0 };
    enum parameter parameter;
    json_t *input;
    json_t *map;

    if (!size || json_read((const char *)data + 1, size - 1, &map) != OK)
        return 0;
    parameter = (enum parameter)(data[0] % PARAMETERS);
    input = json_object();
    json_object_set_new(input, "map", map);
    if (json_is_object(map) && !shape_type_fault(shapes[parameter], input, &manners, &arena) &&
        !shape_constraint_fault(shapes[parameter], input, &manners, &arena))
        read_parameter(parameter, map, &fault);
    json_decref(input);
    arena_clear(&arena);
    return 0;
}
