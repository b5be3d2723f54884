/* Arena, buffer, map, text, base64 and random: the small things that everything stands on. */

#include "suites.h"

#include "base/arena.h"
#include "base/base64.h"
#include "base/buffer.h"
#include "base/map.h"
#include "base/random.h"
#include "base/text.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

START_TEST(arena_gives_zeroed_memory_of_any_size)
{
    struct arena arena = { 0 };

    for (size_t size = 1; size < 20000; size = size * 2 + 1) {
        char *memory = arena_take(&arena, size);

        for (size_t i = 0; i < size; i++)
            ck_assert_int_eq(memory[i], 0);
        memset(memory, 'x', size);
    }
    ck_assert_str_eq(arena_print(&arena, "%s-%d", "shard", 7), "shard-7");
    arena_clear(&arena);
    ck_assert_uint_eq(arena.used_bytes, 0);
}
END_TEST

/* What one request left behind must not be seen by the next. */
START_TEST(arena_gives_zeroed_memory_after_a_reset)
{
    static const size_t sizes[] = { 100, 8000, 100, 30000, 8192 };
    struct arena arena = { 0 };

    for (int round = 0; round < 3; round++) {
        for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
            char *memory = arena_take(&arena, sizes[i]);

            for (size_t at = 0; at < sizes[i]; at++)
                ck_assert_int_eq(memory[at], 0);
            memset(memory, 'x', sizes[i]);
        }
        arena_reset(&arena);
        ck_assert_uint_eq(arena.used_bytes, 0);
    }
    arena_clear(&arena);
}
END_TEST

START_TEST(buffer_escapes_json_and_keeps_a_nul)
{
    struct buffer buffer = { 0 };

    buffer_add_json_string(&buffer, "a\"\\\n\x01\xc3\xa9", 7);
    ck_assert_str_eq(buffer.data, "\"a\\\"\\\\\\n\\u0001\xc3\xa9\"");
    buffer_drop(&buffer, 3);
    ck_assert_int_eq(buffer.data[0], '"');
    buffer_clear(&buffer);
}
END_TEST

START_TEST(map_keeps_the_order_of_arrival_through_removals)
{
    struct map map = { 0 };
    char key[16];
    size_t cursor = 0;
    int expected = 0;

    for (intptr_t i = 0; i < 1000; i++) {
        snprintf(key, sizeof key, "key-%d", (int)i);
        ck_assert_ptr_null(map_put(&map, key, (void *)(i + 1)));
    }
    for (int i = 0; i < 1000; i += 2) {
        snprintf(key, sizeof key, "key-%d", i);
        ck_assert_ptr_nonnull(map_remove(&map, key));
        ck_assert_ptr_null(map_find(&map, key));
    }
    for (struct map_entry *entry; (entry = map_next(&map, &cursor)); expected++)
        ck_assert_int_eq((int)(intptr_t)entry->value, expected * 2 + 2);
    ck_assert_int_eq(expected, 500);
    ck_assert_uint_eq(map.count, 500);
    map_clear(&map);
}
END_TEST

START_TEST(url_coding_round_trips)
{
    struct arena arena = { 0 };
    const char *id = "L0SM9cOFvHcCIhw=";
    char *encoded = text_url_encode(&arena, id, false);

    ck_assert_str_eq(encoded, "L0SM9cOFvHcCIhw%3D");
    ck_assert_str_eq(text_url_decode(&arena, encoded, strlen(encoded), false), id);
    ck_assert_str_eq(text_url_decode(&arena, "a+b%2", 5, true), "a b%2");
    arena_clear(&arena);
}
END_TEST

START_TEST(utf8_is_judged_strictly)
{
    ck_assert(text_is_utf8("gr\xc3\xbc\xc3\x9f dich \xf0\x9f\x9a\x97", 16));
    ck_assert(!text_is_utf8("\xc0\xaf", 2));
    ck_assert(!text_is_utf8("\xed\xa0\x80", 3));
    ck_assert(!text_is_utf8("\xf4\x90\x80\x80", 4));
    ck_assert(!text_is_utf8("\xe2\x82", 2));
}
END_TEST

/* Every byte at every place of text that is longer than one word. */
START_TEST(plain_text_ends_where_json_needs_an_escape)
{
    char text[27];

    for (size_t place = 0; place < sizeof text; place++)
        for (int byte = 0; byte < 256; byte++) {
            bool is_special = byte < 0x20 || byte == '"' || byte == '\\';
            bool is_ascii = true;

            memset(text, 'x', sizeof text);
            text[place] = (char)byte;
            ck_assert_uint_eq(text_plain_size(text, sizeof text, &is_ascii), is_special ? place : sizeof text);
            ck_assert_int_eq(is_ascii, byte < 0x80);
        }
}
END_TEST

START_TEST(digits_are_those_of_printf)
{
    static const uint64_t numbers[] = { 0, 9, 10, 4294967295, UINT64_MAX };
    char digits[TEXT_DIGITS_BYTES];
    char printed[32];

    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++) {
        snprintf(printed, sizeof printed, "%" PRIu64, numbers[i]);
        ck_assert_str_eq(text_digits(numbers[i], digits), printed);
    }
}
END_TEST

START_TEST(base64_is_strict_and_round_trips)
{
    static const char *const bad[] = { "a", "ab=c", "ab==c", "aB=", "Zh==", "Zg=a", "Z\n==", "====" };
    char text[64];
    char bytes[64];
    size_t size;

    for (size_t length = 0; length < 20; length++) {
        base64_encode("01234567890123456789", length, text);
        ck_assert_uint_eq(strlen(text), base64_encoded_size(length));
        ck_assert_int_eq(base64_decode(text, strlen(text), bytes, &size), OK);
        ck_assert_uint_eq(size, length);
        ck_assert_mem_eq(bytes, "01234567890123456789", length);
    }
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(base64_decode(bad[i], strlen(bad[i]), bytes, &size) == INVALID, "%s was taken", bad[i]);
}
END_TEST

START_TEST(random_is_the_same_for_the_same_seed_and_name)
{
    struct random random;
    struct random_stream a;
    struct random_stream b;
    struct random_stream other;
    char first[37];
    char second[37];

    random_open(&random, 42);
    a = random_stream(&random, "kinesis");
    b = random_stream(&random, "kinesis");
    other = random_stream(&random, "lambda");
    random_uuid(&a, first);
    random_uuid(&b, second);
    ck_assert_str_eq(first, second);
    ck_assert_int_eq(first[14], '4');
    ck_assert_uint_ne(random_u64(&a), random_u64(&other));
    for (int i = 0; i < 1000; i++)
        ck_assert_uint_lt(random_below(&a, 10), 10);
}
END_TEST

START_TEST(codes_are_capital_letters_and_digits_of_the_seed)
{
    struct random random;
    struct random_stream a;
    struct random_stream b;
    int seen[128] = { 0 };
    char first[53];
    char second[53];

    random_open(&random, 42);
    a = random_stream(&random, "request ids");
    b = random_stream(&random, "request ids");
    for (int i = 0; i < 1000; i++) {
        random_code(&a, first, 52);
        random_code(&b, second, 52);
        ck_assert_str_eq(first, second);
        ck_assert_uint_eq(strspn(first, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"), 52);
        ck_assert_uint_eq(strlen(first), 52);
        for (const char *at = first; *at; at++)
            seen[(int)*at]++;
    }
    for (const char *at = "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"; *at; at++)
        ck_assert_msg(seen[(int)*at] > 1200 && seen[(int)*at] < 1700, "%c %d times of 52,000", *at, seen[(int)*at]);
    random_code(&a, first, 52);
    ck_assert_str_ne(first, second);
}
END_TEST

Suite *suite_base(void)
{
    Suite *suite = suite_create("base");
    TCase *tests = tcase_create("base");

    tcase_add_test(tests, arena_gives_zeroed_memory_of_any_size);
    tcase_add_test(tests, arena_gives_zeroed_memory_after_a_reset);
    tcase_add_test(tests, buffer_escapes_json_and_keeps_a_nul);
    tcase_add_test(tests, map_keeps_the_order_of_arrival_through_removals);
    tcase_add_test(tests, url_coding_round_trips);
    tcase_add_test(tests, utf8_is_judged_strictly);
    tcase_add_test(tests, plain_text_ends_where_json_needs_an_escape);
    tcase_add_test(tests, digits_are_those_of_printf);
    tcase_add_test(tests, base64_is_strict_and_round_trips);
    tcase_add_test(tests, random_is_the_same_for_the_same_seed_and_name);
    tcase_add_test(tests, codes_are_capital_letters_and_digits_of_the_seed);
    suite_add_tcase(suite, tests);
    return suite;
}
