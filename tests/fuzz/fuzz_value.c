/* Fuzzes what reads values from bytes: packed items and numbers. The first byte chooses. What was read must come back the same when it is
 * written again. */

#include "dynamodb/number.h"
#include "dynamodb/pack.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was broken ends the process. */
static void must(bool holds)
{
    if (!holds)
        abort();
}

static void unpack(struct bytes packed)
{
    struct arena arena = { 0 };
    struct buffer again = { 0 };
    struct value item;
    struct value back;

    if (unpack_item(packed, &arena, &item)) {
        pack_item(&again, &item);
        must(unpack_item((struct bytes){ again.data, again.size }, &arena, &back));
        must(value_equals(&item, &back));
        must(value_item_size(&item) == value_item_size(&back) && value_depth(&item) == value_depth(&back));
    }
    buffer_clear(&again);
    arena_clear(&arena);
}

/* A number's normal text is a number whose normal text it is, and two numbers sort by their keys as they do by their texts. */
static bool read_number(struct bytes text, struct number *number, char *normal, size_t *length)
{
    struct number again;
    char twice[NUMBER_TEXT_BYTES];

    if (number_parse(text.data, text.size, number))
        return false;
    *length = number_print(number, normal);
    must(*length < NUMBER_TEXT_BYTES && number_parse(normal, *length, &again) == NUMBER_FINE);
    must(number_print(&again, twice) == *length && !memcmp(normal, twice, *length));
    return true;
}

static int sign(int order)
{
    return order < 0 ? -1 : order > 0;
}

static void compare(struct bytes left, struct bytes right)
{
    struct number numbers[2];
    struct number sum;
    char texts[2][NUMBER_TEXT_BYTES];
    unsigned char keys[2][NUMBER_KEY_BYTES];
    size_t lengths[2];
    size_t sizes[2];

    if (!read_number(left, &numbers[0], texts[0], &lengths[0]) || !read_number(right, &numbers[1], texts[1], &lengths[1]))
        return;
    for (int i = 0; i < 2; i++) {
        sizes[i] = number_key(&numbers[i], keys[i]);
        must(sizes[i] >= 1 && sizes[i] <= NUMBER_KEY_BYTES);
    }
    must(sign(bytes_compare((struct bytes){ (char *)keys[0], sizes[0] }, (struct bytes){ (char *)keys[1], sizes[1] })) ==
         sign(number_compare_texts(texts[0], lengths[0], texts[1], lengths[1])));
    for (int is_difference = 0; is_difference < 2; is_difference++)
        if (!number_add(&numbers[0], &numbers[1], is_difference, &sum))
            must(number_print(&sum, texts[0]) < NUMBER_TEXT_BYTES);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct bytes text = { (const char *)data + 1, size - 1 };
    const char *bar;

    if (!size)
        return 0;
    bar = memchr(text.data, '|', text.size);
    if (data[0] % 2)
        unpack(text);
    else if (bar)
        compare((struct bytes){ text.data, (size_t)(bar - text.data) },
                (struct bytes){ bar + 1, text.size - (size_t)(bar - text.data) - 1 });
    return 0;
}
