/* The texts of numbers: what is a number has one normal form, which is read as the same number, and a sortable key whose order is that of
 * the values, by the comparison of texts and by the sum. */

#include "dynamodb/number.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void expect(int holds)
{
    if (!holds)
        abort();
}

struct forms {
    struct number number;
    char text[NUMBER_TEXT_BYTES];
    size_t length;
    unsigned char key[NUMBER_KEY_BYTES];
    size_t key_size;
};

static void check_normal(struct forms *forms)
{
    struct number again;
    char text[NUMBER_TEXT_BYTES];

    forms->length = number_print(&forms->number, forms->text);
    expect(forms->length == strlen(forms->text) && forms->length < NUMBER_TEXT_BYTES);
    expect(number_parse(forms->text, forms->length, &again) == NUMBER_FINE);
    expect(number_print(&again, text) == forms->length && !strcmp(text, forms->text));
    expect(!strchr(forms->text, 'e') && !strchr(forms->text, '+') && strcmp(forms->text, "-0"));
    forms->key_size = number_key(&forms->number, forms->key);
    expect(forms->key_size && forms->key_size <= NUMBER_KEY_BYTES);
}

static int sign(long value)
{
    return (value > 0) - (value < 0);
}

static int order_of_keys(const struct forms *a, const struct forms *b)
{
    int order = memcmp(a->key, b->key, a->key_size < b->key_size ? a->key_size : b->key_size);

    return order ? sign(order) : sign((long)a->key_size - (long)b->key_size);
}

static void check_order(const struct forms *a, const struct forms *b)
{
    struct number difference;
    int order = sign(number_compare_texts(a->text, a->length, b->text, b->length));

    expect(order == order_of_keys(a, b));
    expect(!order == !strcmp(a->text, b->text));
    if (number_add(&a->number, &b->number, true, &difference) == NUMBER_FINE)
        expect(order == (!difference.count ? 0 : difference.is_negative ? -1 : 1));
}

/* Two texts, with a NUL between them. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const char *text = (const char *)data;
    const char *end = size ? memchr(text, '\0', size) : NULL;
    size_t first = end ? (size_t)(end - text) : size;
    struct forms a;
    struct forms b;
    int is_number = number_parse(text, first, &a.number) == NUMBER_FINE;

    if (is_number)
        check_normal(&a);
    if (end && number_parse(end + 1, size - first - 1, &b.number) == NUMBER_FINE) {
        check_normal(&b);
        if (is_number)
            check_order(&a, &b);
    }
    return 0;
}
