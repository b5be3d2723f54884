/* Numbers: what is one, how it is written, how it sorts, and exact sums. */

#include "suites.h"

#include "base/random.h"
#include "dynamodb/number.h"

#include <stdio.h>
#include <string.h>

static const struct {
    const char *text;
    const char *normal;
} numbers[] = {
    { "0", "0" },
    { "-0", "0" },
    { "+3", "3" },
    { "007", "7" },
    { ".5", "0.5" },
    { "-.50", "-0.5" },
    { "5.", "5" },
    { "1e3", "1000" },
    { "1E+3", "1000" },
    { "1000.000", "1000" },
    { "1.5e-3", "0.0015" },
    { "123456789012345678901234567890.12345678", "123456789012345678901234567890.12345678" },
    { "99999999999999999999999999999999999999", "99999999999999999999999999999999999999" },
    { "1000000000000000000000000000000000000000000", "1000000000000000000000000000000000000000000" },
    { "0.0e126", "0" },
    { "0e-130", "0" },
};

START_TEST(a_number_has_one_normal_text)
{
    struct number number;
    char text[NUMBER_TEXT_BYTES];

    ck_assert_int_eq(number_parse(numbers[_i].text, strlen(numbers[_i].text), &number), NUMBER_FINE);
    ck_assert_uint_eq(number_print(&number, text), strlen(numbers[_i].normal));
    ck_assert_str_eq(text, numbers[_i].normal);
}
END_TEST

/* 38 digits at either end of the range are the longest texts that there are. */
START_TEST(the_extremes_are_written_in_full)
{
    static const char *const extremes[] = { "-1.2345678901234567890123456789012345678e-130",
                                            "-9.9999999999999999999999999999999999999e125" };
    struct number number;
    char text[NUMBER_TEXT_BYTES];

    ck_assert_int_eq(number_parse(extremes[0], strlen(extremes[0]), &number), NUMBER_FINE);
    ck_assert_uint_eq(number_print(&number, text), 1 + 2 + 129 + 38);
    ck_assert_str_eq(text + 1 + 2 + 129, "12345678901234567890123456789012345678");
    ck_assert_int_eq(number_parse(extremes[1], strlen(extremes[1]), &number), NUMBER_FINE);
    ck_assert_uint_eq(number_print(&number, text), 1 + 126);
    ck_assert_uint_eq(strspn(text + 1, "9"), 38);
    ck_assert_uint_eq(strspn(text + 39, "0"), 88);
}
END_TEST

static const struct {
    const char *text;
    enum number_fault fault;
} refused[] = {
    { "", NUMBER_NOT_NUMERIC },
    { "-", NUMBER_NOT_NUMERIC },
    { ".", NUMBER_NOT_NUMERIC },
    { " 1", NUMBER_NOT_NUMERIC },
    { "1 ", NUMBER_NOT_NUMERIC },
    { "1e", NUMBER_NOT_NUMERIC },
    { "1e+", NUMBER_NOT_NUMERIC },
    { "1.2.3", NUMBER_NOT_NUMERIC },
    { "0x10", NUMBER_NOT_NUMERIC },
    { "NaN", NUMBER_NOT_NUMERIC },
    { "Infinity", NUMBER_NOT_NUMERIC },
    { "1,5", NUMBER_NOT_NUMERIC },
    { "1e126", NUMBER_OVERFLOW },
    { "-1e126", NUMBER_OVERFLOW },
    { "10e125", NUMBER_OVERFLOW },
    { "1e99999999999999999999999", NUMBER_NOT_NUMERIC },
    { "0e126", NUMBER_OVERFLOW },
    { "0e-131", NUMBER_UNDERFLOW },
    { "1e9223372036854775807", NUMBER_OVERFLOW },
    { "1e9223372036854775808", NUMBER_NOT_NUMERIC },
    { "1e-131", NUMBER_UNDERFLOW },
    { "1e-99999999999999999999999", NUMBER_NOT_NUMERIC },
    { "0.1e-130", NUMBER_UNDERFLOW },
    { "123456789012345678901234567890123456789", NUMBER_TOO_PRECISE },
    { "1.00000000000000000000000000000000000001", NUMBER_TOO_PRECISE },
};

START_TEST(what_is_no_number_is_refused)
{
    struct number number;

    ck_assert_int_eq(number_parse(refused[_i].text, strlen(refused[_i].text), &number), refused[_i].fault);
}
END_TEST

static const struct {
    const char *text;
    enum number_fault fault;
} refused_of_old[] = {
    { "1e125", NUMBER_FINE },
    { "1e126", NUMBER_OVERFLOW },
    { "1e-131", NUMBER_UNDERFLOW },
    { "dog", NUMBER_NOT_NUMERIC },
    { "1e2147483646", NUMBER_OVERFLOW },
    { "1e2147483647", NUMBER_UNDERFLOW }, /* the magnitude, one more, is beyond 32 bits */
    { "12e2147483646", NUMBER_UNDERFLOW },
    { "1e2147483648", NUMBER_NOT_NUMERIC },
    { "-1e-2147483649", NUMBER_NOT_NUMERIC },
    { "1.5e-2147483647", NUMBER_NOT_NUMERIC }, /* the scale is one more */
};

START_TEST(the_older_reader_has_32_bits)
{
    struct number number;
    const char *text = refused_of_old[_i].text;

    ck_assert_int_eq(number_parse_older(text, strlen(text), &number), refused_of_old[_i].fault);
}
END_TEST

static const struct {
    const char *left;
    const char *right;
    const char *sum;
    const char *difference;
} sums[] = {
    { "0.1", "0.2", "0.3", "-0.1" },
    { "1", "-1", "0", "2" },
    { "0", "0", "0", "0" },
    { "-5", "0", "-5", "-5" },
    { "9e125", "9e125", NULL, "0" },
    { "99999999999999999999999999999999999999", "1", "100000000000000000000000000000000000000", "99999999999999999999999999999999999998" },
    { "1.5", "2.25", "3.75", "-0.75" },
    { "1e37", "1e-1", NULL, "9999999999999999999999999999999999999.9" },
    { "1e50", "1", NULL, NULL },
    { "1e36", "1e-1", "1000000000000000000000000000000000000.1", "999999999999999999999999999999999999.9" },
};

static const char *add(const char *left, const char *right, bool is_difference, char *text)
{
    struct number a;
    struct number b;
    struct number sum;
    enum number_fault fault;

    ck_assert_int_eq(number_parse(left, strlen(left), &a), NUMBER_FINE);
    ck_assert_int_eq(number_parse(right, strlen(right), &b), NUMBER_FINE);
    fault = number_add(&a, &b, is_difference, &sum);
    if (fault) {
        ck_assert_int_eq(fault, NUMBER_OVERFLOW);
        return NULL;
    }
    number_print(&sum, text);
    return text;
}

START_TEST(sums_are_exact_or_refused)
{
    char text[NUMBER_TEXT_BYTES];

    ck_assert_pstr_eq(add(sums[_i].left, sums[_i].right, false, text), sums[_i].sum);
    ck_assert_pstr_eq(add(sums[_i].left, sums[_i].right, true, text), sums[_i].difference);
}
END_TEST

static const char *const ascending[] = {
    "-9.9e125", "-1e125",  "-1000", "-999.9",  "-101", "-100.5", "-100", "-99",    "-12.34", "-12.3", "-12",      "-2",    "-1.1",    "-1",
    "-0.9",     "-0.0101", "-0.01", "-1e-130", "0",    "1e-130", "0.01", "0.0101", "0.09",   "0.1",   "0.9",      "1",     "1.1",     "2",
    "9.99",     "10",      "11",    "99",      "99.9", "100",    "101",  "999",    "1000",   "1001",  "12345678", "1e125", "9.9e125",
};

static int sign(int order)
{
    return order < 0 ? -1 : order > 0;
}

/* Both orders at once: of the key bytes and of the normal texts. */
static void check_order(const char *left, const char *right, int expected)
{
    struct number a;
    struct number b;
    unsigned char left_key[NUMBER_KEY_BYTES];
    unsigned char right_key[NUMBER_KEY_BYTES];
    char left_text[NUMBER_TEXT_BYTES];
    char right_text[NUMBER_TEXT_BYTES];
    size_t left_size;
    size_t right_size;
    int order;

    number_parse(left, strlen(left), &a);
    number_parse(right, strlen(right), &b);
    left_size = number_key(&a, left_key);
    right_size = number_key(&b, right_key);
    ck_assert_uint_le(left_size, NUMBER_KEY_BYTES);
    order = memcmp(left_key, right_key, left_size < right_size ? left_size : right_size);
    order = order ? order : (int)left_size - (int)right_size;
    ck_assert_msg(sign(order) == expected, "keys of %s and %s", left, right);
    order = number_compare_texts(left_text, number_print(&a, left_text), right_text, number_print(&b, right_text));
    ck_assert_msg(sign(order) == expected, "texts of %s and %s", left, right);
}

START_TEST(keys_and_texts_sort_as_the_numbers_do)
{
    int count = sizeof ascending / sizeof *ascending;

    for (int i = 0; i < count; i++)
        for (int j = 0; j < count; j++)
            check_order(ascending[i], ascending[j], sign(i - j));
}
END_TEST

/* Random numbers of all sizes: the two orders agree with each other and with the sign of the difference. */
START_TEST(the_two_orders_agree_for_any_numbers)
{
    struct random random;
    struct random_stream stream;

    random_open(&random, 11);
    stream = random_stream(&random, "numbers");
    for (int i = 0; i < 5000; i++) {
        char text[2][64];
        struct number n[2];
        struct number difference;

        for (int j = 0; j < 2; j++) {
            snprintf(text[j], sizeof text[j], "%s%llu%llue%d", random_below(&stream, 2) ? "-" : "",
                     (unsigned long long)random_below(&stream, 1 + random_below(&stream, 1000000)),
                     (unsigned long long)random_below(&stream, 1 + random_below(&stream, 100000000000)),
                     (int)random_below(&stream, 12) - 6);
            number_parse(text[j], strlen(text[j]), &n[j]);
        }
        if (number_add(&n[0], &n[1], true, &difference) == NUMBER_FINE)
            check_order(text[0], text[1], !difference.count ? 0 : difference.is_negative ? -1 : 1);
    }
}
END_TEST

Suite *suite_dynamodb_number(void)
{
    Suite *suite = suite_create("dynamodb_number");
    TCase *cases = tcase_create("numbers");

    tcase_add_loop_test(cases, a_number_has_one_normal_text, 0, sizeof numbers / sizeof *numbers);
    tcase_add_test(cases, the_extremes_are_written_in_full);
    tcase_add_loop_test(cases, what_is_no_number_is_refused, 0, sizeof refused / sizeof *refused);
    tcase_add_loop_test(cases, the_older_reader_has_32_bits, 0, sizeof refused_of_old / sizeof *refused_of_old);
    tcase_add_loop_test(cases, sums_are_exact_or_refused, 0, sizeof sums / sizeof *sums);
    tcase_add_test(cases, keys_and_texts_sort_as_the_numbers_do);
    tcase_add_test(cases, the_two_orders_agree_for_any_numbers);
    suite_add_tcase(suite, cases);
    return suite;
}
