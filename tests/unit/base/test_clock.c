/* The clock: timers fire in order, at their own time, and stand still while it is frozen. */

#include "suites.h"

#include "base/clock.h"
#include "base/list.h"

static struct clock clock_under_test;
static int64_t fired_at[32];
static int fired_id[32];
static int fired;

struct numbered {
    struct timer timer;
    int id;
    int64_t again_ms;
};

static void note(struct timer *timer)
{
    struct numbered *numbered = list_item(timer, struct numbered, timer);

    fired_at[fired] = clock_now_ms(&clock_under_test);
    fired_id[fired++] = numbered->id;
    if (numbered->again_ms)
        timer_start(&clock_under_test, timer, numbered->again_ms, note);
}

static void open_frozen(void)
{
    clock_open(&clock_under_test);
    clock_freeze(&clock_under_test, 1000);
    fired = 0;
}

static void close_clock(void)
{
    clock_close(&clock_under_test);
}

START_TEST(timers_fire_in_order_each_at_its_time)
{
    struct numbered a = { .id = 1 }, b = { .id = 2 }, c = { .id = 3 };

    timer_start(&clock_under_test, &a.timer, 300, note);
    timer_start(&clock_under_test, &b.timer, 100, note);
    timer_start(&clock_under_test, &c.timer, 100, note);
    ck_assert(clock_advance(&clock_under_test, 200));
    ck_assert_int_eq(fired, 2);
    ck_assert_int_eq(fired_id[0], 2);
    ck_assert_int_eq(fired_id[1], 3);
    ck_assert_int_eq(fired_at[0], 1100);
    clock_advance(&clock_under_test, 200);
    ck_assert_int_eq(fired, 3);
    ck_assert_int_eq(fired_at[2], 1300);
    ck_assert_int_eq(clock_now_ms(&clock_under_test), 1400);
}
END_TEST

START_TEST(a_repeating_timer_fires_for_each_period_that_passes)
{
    struct numbered a = { .id = 1, .again_ms = 10 };

    timer_start(&clock_under_test, &a.timer, 10, note);
    clock_advance(&clock_under_test, 100);
    ck_assert_int_eq(fired, 10);
    ck_assert_int_eq(fired_at[9], 1100);
    timer_stop(&clock_under_test, &a.timer);
    clock_advance(&clock_under_test, 100);
    ck_assert_int_eq(fired, 10);
}
END_TEST

START_TEST(a_stopped_timer_does_not_fire)
{
    struct numbered timers[20] = { 0 };

    for (int i = 0; i < 20; i++) {
        timers[i].id = i;
        timer_start(&clock_under_test, &timers[i].timer, 100 - i, note);
    }
    for (int i = 0; i < 20; i += 2)
        timer_stop(&clock_under_test, &timers[i].timer);
    clock_advance(&clock_under_test, 1000);
    ck_assert_int_eq(fired, 10);
    for (int i = 0; i < 10; i++)
        ck_assert_int_eq(fired_id[i], 19 - i * 2);
}
END_TEST

START_TEST(a_real_clock_cannot_be_advanced)
{
    struct clock real;

    clock_open(&real);
    ck_assert(!clock_advance(&real, 10));
    ck_assert_int_gt(clock_now_ms(&real), 1500000000000);
    ck_assert_int_eq(clock_until_next_us(&real), -1);
    clock_close(&real);
}
END_TEST

Suite *suite_clock(void)
{
    Suite *suite = suite_create("clock");
    TCase *tests = tcase_create("clock");

    tcase_add_checked_fixture(tests, open_frozen, close_clock);
    tcase_add_test(tests, timers_fire_in_order_each_at_its_time);
    tcase_add_test(tests, a_repeating_timer_fires_for_each_period_that_passes);
    tcase_add_test(tests, a_stopped_timer_does_not_fire);
    tcase_add_test(tests, a_real_clock_cannot_be_advanced);
    suite_add_tcase(suite, tests);
    return suite;
}
