/* Sequence numbers, hash keys and shard ranges: the forms that clients compute with. The sample is one that AWS issued in 2026. */

#include "suites.h"

#include "kinesis/hash_key.h"
#include "kinesis/sequence.h"

#include <string.h>

START_TEST(a_number_that_aws_issued_is_read_and_written)
{
    static const char sample[] = "49674026002850188218576229259473476449429298564223254594";
    struct sequence sequence;
    char text[KINESIS_SEQUENCE_SIZE];

    ck_assert_int_eq(sequence_parse(sample, &sequence), OK);
    ck_assert_int_eq(sequence.shard_made_s, 0x069efbd45);
    ck_assert_uint_eq(sequence.shard_index, 3076);
    ck_assert_uint_eq(sequence.counter, 21689507110);
    ck_assert_int_eq(sequence.second, 0x069efc052);
    sequence_print(&sequence, text);
    ck_assert_str_eq(text, sample);
}
END_TEST

START_TEST(numbers_grow_with_the_counter)
{
    char before[KINESIS_SEQUENCE_SIZE] = "0";
    char text[KINESIS_SEQUENCE_SIZE];

    for (uint64_t counter = 1; counter < UINT64_MAX / 4; counter *= 3) {
        sequence_print(&(struct sequence){ 1700000000, 7, counter, 1700000000 }, text);
        ck_assert_uint_eq(strlen(text), 56);
        ck_assert_int_lt(strcmp(before[1] ? before : "", text), 0);
        strcpy(before, text);
    }
}
END_TEST

START_TEST(what_is_no_sequence_number_is_refused)
{
    static const char *const bad[] = { "",
                                       "26227199374822427428162556223570313216",  /* of the oldest form, made after the year 2477 */
                                       "680564733841876926926749214863536422912", /* 2^129 */
                                       "49039857307708443467467104868809893875799651909875269632", /* versions 0 and 4 in 47 digits */
                                       "49039857307708443467467104868809893875799651909875269636",
                                       "4967402600285018821857622925947347644942929856422325459x",
                                       "99999999999999999999999999999999999999999999999999999999",
                                       "49674026002850188218576229259473476449429298564223254595" };
    struct sequence sequence;

    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(sequence_parse(bad[i], &sequence) == INVALID, "%s was taken", bad[i]);
}
END_TEST

/* As an older suite has seen the service read them. */
START_TEST(older_forms_are_read)
{
    struct sequence sequence;

    ck_assert_int_eq(sequence_parse("0", &sequence), OK);
    ck_assert_int_eq(sequence.version, 0);
    ck_assert_uint_eq(sequence.shard_index, 0);
    ck_assert_int_eq(sequence_parse("5", &sequence), OK);
    ck_assert_uint_eq(sequence.shard_index, 5);
    ck_assert_int_eq(sequence_parse("49039857307708443467467104868809893875799651909875269633", &sequence), OK); /* 2, 45 zeros, 1 */
    ck_assert_int_eq(sequence.version, 1);
    ck_assert_int_eq(sequence.second, 0);
    ck_assert_int_eq(sequence_parse("49039857307708443467467104868809893875799651944235008002", &sequence), OK); /* shard 0x80000000 */
    ck_assert_int_eq((int)sequence.shard_index, INT32_MIN);
}
END_TEST

START_TEST(hash_keys_are_decimal_up_to_2_to_the_128)
{
    static const char most[] = "340282366920938463463374607431768211455";
    char text[HASH_KEY_SIZE];
    hash_key key;

    ck_assert_int_eq(hash_key_parse(most, &key), OK);
    hash_key_print(key, text);
    ck_assert_str_eq(text, most);
    ck_assert_int_eq(hash_key_parse("340282366920938463463374607431768211456", &key), INVALID);
    ck_assert_int_eq(hash_key_parse("01", &key), INVALID);
    hash_key_print(hash_key_of("a", 1), text);
    ck_assert_str_eq(text, "16955237001963240173058271559858726497"); /* MD5 0cc175b9c0f1b6a831c399e269772661 */
}
END_TEST

START_TEST(ranges_share_the_key_space_as_aws_does)
{
    char text[HASH_KEY_SIZE];

    hash_key_print(hash_key_range_start(1, 3), text);
    ck_assert_str_eq(text, "113427455640312821154458202477256070485");
    hash_key_print(hash_key_range_start(1, 2), text);
    ck_assert_str_eq(text, "170141183460469231731687303715884105728");
    hash_key_print(hash_key_range_start(0, 1), text);
    ck_assert_str_eq(text, "0");
}
END_TEST

Suite *suite_sequence(void)
{
    Suite *suite = suite_create("sequence");
    TCase *tests = tcase_create("sequence");

    tcase_add_test(tests, a_number_that_aws_issued_is_read_and_written);
    tcase_add_test(tests, numbers_grow_with_the_counter);
    tcase_add_test(tests, what_is_no_sequence_number_is_refused);
    tcase_add_test(tests, older_forms_are_read);
    tcase_add_test(tests, hash_keys_are_decimal_up_to_2_to_the_128);
    tcase_add_test(tests, ranges_share_the_key_space_as_aws_does);
    suite_add_tcase(suite, tests);
    return suite;
}
