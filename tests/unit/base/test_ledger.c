/* The last lines of one kind. */

#include "suites.h"

#include "base/ledger.h"

#include <string.h>

static void add(struct ledger *ledger, const char *text)
{
    struct buffer line = { 0 };

    buffer_add_text(&line, text);
    ledger_add(ledger, &line);
    ck_assert_ptr_null(line.data);
}

static void expect(const struct ledger *ledger, uint64_t since, const char *expected)
{
    struct buffer out = { 0 };

    buffer_add_text(&out, "");
    ledger_print(ledger, since, &out);
    ck_assert_str_eq(out.size ? out.data : "", expected);
    buffer_clear(&out);
}

START_TEST(lines_come_back_from_an_id_on)
{
    struct ledger ledger;

    ledger_open(&ledger, 10, 1000);
    expect(&ledger, 0, "");
    add(&ledger, "a\n");
    add(&ledger, "b\n");
    ck_assert_uint_eq(ledger.newest, 2);
    expect(&ledger, 0, "a\nb\n");
    expect(&ledger, 1, "b\n");
    expect(&ledger, 2, "");
    ledger_close(&ledger);
}
END_TEST

START_TEST(the_oldest_give_way_when_there_are_too_many)
{
    struct ledger ledger;

    ledger_open(&ledger, 2, 1000);
    add(&ledger, "a\n");
    add(&ledger, "b\n");
    add(&ledger, "c\n");
    expect(&ledger, 0, "b\nc\n");
    ck_assert_uint_eq(ledger.newest, 3);
    ledger_close(&ledger);
}
END_TEST

START_TEST(the_oldest_give_way_when_they_are_too_large)
{
    struct ledger ledger;

    ledger_open(&ledger, 100, 6);
    add(&ledger, "aa\n");
    add(&ledger, "bb\n");
    expect(&ledger, 0, "aa\nbb\n");
    add(&ledger, "cccc\n");
    expect(&ledger, 0, "cccc\n");
    add(&ledger, "larger than all\n"); /* not even kept itself */
    expect(&ledger, 0, "");
    ledger_close(&ledger);
}
END_TEST

Suite *suite_base_ledger(void)
{
    Suite *suite = suite_create("base ledger");
    TCase *tests = tcase_create("ledger");

    tcase_add_test(tests, lines_come_back_from_an_id_on);
    tcase_add_test(tests, the_oldest_give_way_when_there_are_too_many);
    tcase_add_test(tests, the_oldest_give_way_when_they_are_too_large);
    suite_add_tcase(suite, tests);
    return suite;
}
