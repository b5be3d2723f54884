#include "dynamodb/value_fault.h"

#include "dynamodb/number.h"

#include <stdlib.h>
#include <string.h>

/* ---- numbers ---- */

const char *value_number_fault(int number_fault, struct bytes text, const struct fault *fault)
{
    switch ((enum number_fault)number_fault) {
    case NUMBER_NOT_NUMERIC:
        if (!text.size && !fault->has_newer_words)
            return "The parameter cannot be converted to a numeric value";
        return arena_print(fault->arena, "The parameter cannot be converted to a numeric value: %.*s", (int)text.size, text.data);
    case NUMBER_OVERFLOW:
        return "Number overflow. Attempting to store a number with magnitude larger than supported range";
    case NUMBER_UNDERFLOW:
        return "Number underflow. Attempting to store a number with magnitude smaller than supported range";
    case NUMBER_TOO_PRECISE:
        return "Attempting to store more than 38 significant digits in a Number";
    case NUMBER_FINE:
        break;
    }
    return NULL;
}

/* ---- duplicates ---- */

struct place {
    struct bytes text;
    uint32_t at; /* among the members as they were sent */
};

static int compare_places(const void *a, const void *b)
{
    const struct place *left = a;
    const struct place *right = b;
    int order = bytes_compare(left->text, right->text);

    return order ? order : (left->at > right->at) - (left->at < right->at);
}

/* Where the first member stands that was there before. */
static uint32_t first_repeat(const struct place *sorted, uint32_t count)
{
    uint32_t first = count;

    for (uint32_t i = 1; i < count; i++)
        if (bytes_are(sorted[i - 1].text, sorted[i].text) && sorted[i].at < first)
            first = sorted[i].at;
    return first;
}

/* The newer reader puts the members in order until it meets one that it has: it shows those, and the others as they were sent. */
static void order_as_read(struct bytes *order, const struct value *sent, const struct bytes *shown, struct arena *arena)
{
    struct place *sorted = arena_take(arena, sent->count * sizeof *sorted);
    uint32_t repeat;
    uint32_t count = 0;

    for (uint32_t i = 0; i < sent->count; i++)
        sorted[i] = (struct place){ sent->items[i].text, i };
    qsort(sorted, sent->count, sizeof *sorted, compare_places);
    repeat = first_repeat(sorted, sent->count);
    for (uint32_t i = 0; i < sent->count; i++)
        if (sorted[i].at < repeat)
            order[count++] = shown[sorted[i].at];
    for (uint32_t i = repeat; i < sent->count; i++)
        order[count++] = shown[i];
}

/* "[a, b]", or ["a", "b"] and, of binaries, ["YQ==","Yg=="]. */
static const char *print_members(const struct bytes *members, uint32_t count, const char *quote, const char *comma, struct arena *arena)
{
    struct buffer text = { 0 };
    const char *copy;

    buffer_add_char(&text, '[');
    for (uint32_t i = 0; i < count; i++)
        buffer_print(&text, "%s%s%.*s%s", i ? comma : "", quote, (int)members[i].size, members[i].data, quote);
    buffer_add_char(&text, ']');
    copy = arena_copy(arena, text.data, text.size);
    buffer_clear(&text);
    return copy;
}

bool value_refuse_duplicates(const struct value *sent, const struct bytes *shown, struct fault *fault)
{
    const char *kind = sent->type == VALUE_BS ? "of type BS" : "";
    struct bytes *order;

    if (!fault->has_newer_words)
        return sent->type == VALUE_NS ? fault_raise(fault, FAULT_REQUEST, "Input collection contains duplicates")
                                      : fault_parameter(fault, FAULT_REQUEST, "Input collection %s%s contains duplicates.",
                                                        print_members(shown, sent->count, "", ", ", fault->arena), kind);
    if (sent->type == VALUE_NS)
        return fault_parameter(fault, FAULT_REQUEST, "Input collection contains duplicates.");
    order = arena_take(fault->arena, sent->count * sizeof *order);
    order_as_read(order, sent, shown, fault->arena);
    return fault_parameter(fault, FAULT_REQUEST, "Input collection %s%s contains duplicates.",
                           print_members(order, sent->count, "\"", sent->type == VALUE_BS ? "," : ", ", fault->arena), kind);
}
