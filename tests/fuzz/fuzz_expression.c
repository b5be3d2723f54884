/* Fuzzes the four kinds of expression. The first byte chooses the kind; nothing may crash, leak or take long, whatever the text is. */

#include "dynamodb/key_condition.h"
#include "dynamodb/update.h"

#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A small item, so that what parses is also evaluated. */
static void evaluate(const struct condition *condition, struct arena *arena)
{
    struct value item = { .type = VALUE_M };
    struct value text = { .type = VALUE_S, .text = { "text", 4 } };

    value_put(&item, bytes_of("a"), text, arena);
    condition_holds(condition, &item);
}

static void apply(struct update *update, struct fault *fault)
{
    struct value old = { .type = VALUE_M };
    struct value item = { .type = VALUE_M };
    struct value number = { .type = VALUE_N, .text = { "1", 1 } };

    value_put(&old, bytes_of("a"), number, fault->arena);
    value_put(&item, bytes_of("a"), number, fault->arena);
    update_apply(update, &old, &item, fault);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct arena arena = { 0 };
    struct fault fault = { .arena = &arena };
    struct aliases aliases = { 0 };
    struct condition *condition;
    struct projection projection = { 0 };
    struct key_condition terms;
    struct update update;
    struct bytes text;

    if (!size)
        return 0;
    text = (struct bytes){ (const char *)data + 1, size - 1 };
    switch (data[0] % 4) {
    case 0:
        if (condition_parse(&condition, "FilterExpression", text, &aliases, &fault))
            evaluate(condition, &arena);
        break;
    case 1:
        if (update_parse(&update, text, &aliases, true, &fault))
            apply(&update, &fault);
        break;
    case 2:
        projection_parse(&projection, text, &aliases, &fault);
        break;
    case 3:
        if (condition_parse(&condition, "KeyConditionExpression", text, &aliases, &fault))
            key_condition_read(&terms, condition, &fault);
        break;
    }
    arena_clear(&arena);
    return 0;
}
