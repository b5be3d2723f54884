/* What a lane has pending: gathered, narrowed, done from the front. Pure. */

#include "suites.h"

#include "lambda/pending.h"

static struct pending pending;

static void fill(void)
{
    for (uint64_t i = 0; i < 100; i++)
        pending_add(&pending, i * 3, (int64_t)i + 7, 10);
}

static void clear(void)
{
    pending_clear(&pending);
}

START_TEST(records_keep_their_order_and_the_first_one_its_time)
{
    ck_assert_uint_eq(pending.count, 100);
    ck_assert_uint_eq(pending.positions[99], 297);
    ck_assert_uint_eq(pending.bytes, 1000);
    ck_assert_int_eq(pending.arrived_ms, 7);
    ck_assert_uint_eq(pending_end(&pending), 100);
}
END_TEST

START_TEST(narrowed_ends_are_reached_innermost_first)
{
    pending_narrow(&pending, 50);
    pending_narrow(&pending, 25);
    pending_narrow(&pending, 60); /* further than the next attempt goes */
    ck_assert_uint_eq(pending_end(&pending), 25);
    pending_advance(&pending, 10);
    ck_assert_uint_eq(pending_end(&pending), 25);
    pending_advance(&pending, 25);
    ck_assert_uint_eq(pending_end(&pending), 50);
    pending_advance(&pending, 50);
    ck_assert_uint_eq(pending_end(&pending), 100);
}
END_TEST

START_TEST(when_all_is_done_it_is_empty_and_open_again)
{
    pending.is_sealed = true;
    pending_narrow(&pending, 30);
    pending_advance(&pending, 100);
    ck_assert(pending_is_empty(&pending));
    ck_assert(!pending.is_sealed);
    pending_add(&pending, 5, 1, 1);
    ck_assert_uint_eq(pending_end(&pending), 1);
    ck_assert_int_eq(pending.arrived_ms, 1);
}
END_TEST

START_TEST(beyond_the_deepest_split_the_attempt_stays_as_it_is)
{
    for (size_t end = 99; end > 99 - PENDING_SPLITS_MAX - 5; end--)
        pending_narrow(&pending, end);
    ck_assert_int_eq(pending.end_count, PENDING_SPLITS_MAX);
    ck_assert_uint_eq(pending_end(&pending), 100 - PENDING_SPLITS_MAX);
}
END_TEST

Suite *suite_lambda_pending(void)
{
    Suite *suite = suite_create("lambda pending");
    TCase *tests = tcase_create("pending");

    tcase_add_checked_fixture(tests, fill, clear);
    tcase_add_test(tests, records_keep_their_order_and_the_first_one_its_time);
    tcase_add_test(tests, narrowed_ends_are_reached_innermost_first);
    tcase_add_test(tests, when_all_is_done_it_is_empty_and_open_again);
    tcase_add_test(tests, beyond_the_deepest_split_the_attempt_stays_as_it_is);
    suite_add_tcase(suite, tests);
    return suite;
}
