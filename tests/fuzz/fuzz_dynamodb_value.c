/* Attribute values as they come over the wire: what is taken is packed and unpacked to an equal item, written as JSON that is read as an
 * equal item, and measured without end. */

#include "base/json.h"
#include "dynamodb/pack.h"
#include "dynamodb/wire.h"

#include <stdint.h>
#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(bool holds)
{
    if (!holds)
        abort();
}

static void check_packed(const struct value *item, struct arena *arena)
{
    struct buffer packed = { 0 };
    struct value again;

    pack_item(&packed, item);
    expect(unpack_item((struct bytes){ packed.data, packed.size }, arena, &again));
    expect(value_equals(item, &again) && value_item_size(item) == value_item_size(&again));
    buffer_clear(&packed);
}

static void check_written(const struct value *item, struct arena *arena)
{
    struct fault fault = { .arena = arena };
    struct buffer text = { 0 };
    struct value again;
    json_t *json;

    wire_write_item(&text, item);
    expect(json_read(text.data, text.size, &json) == OK);
    expect(wire_read_item(json, &again, &fault) && value_equals(item, &again));
    json_decref(json);
    buffer_clear(&text);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct fault fault = { .arena = &arena };
    struct value item;
    json_t *json;

    if (json_read((const char *)data, size, &json) != OK)
        return 0;
    if (wire_read_item(json, &item, &fault)) {
        expect(value_depth(&item) <= VALUE_DEPTH_MAX);
        check_packed(&item, &arena);
        check_written(&item, &arena);
    } else {
        expect(fault.kind != FAULT_NONE && fault.message);
    }
    json_decref(json);
    arena_clear(&arena);
    return 0;
}
