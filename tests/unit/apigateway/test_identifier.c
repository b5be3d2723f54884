/* Ids: AWS's form, a clock that agrees with ids that AWS gave, and the same ids from the same seed. */

#include "suites.h"

#include "apigateway/identifier.h"

#include <stdlib.h>
#include <string.h>

static struct clock frozen;
static struct random seeded;
static struct apigateway_identifier_source source;

static void open_source(void)
{
    clock_open(&frozen);
    clock_freeze(&frozen, 1731324924553); /* the moment of a captured CONNECT event */
    random_open(&seeded, 7);
    apigateway_identifier_open(&source, &seeded, &frozen, "us-east-1");
}

static void close_source(void)
{
    clock_close(&frozen);
}

START_TEST(an_id_tells_its_time_and_kind_as_the_service_does)
{
    char id[APIGATEWAY_IDENTIFIER_SIZE];

    apigateway_identifier_connection(&source, id);
    ck_assert_msg(!strncmp(id, "BFHPh", 5), "%s", id); /* the captured one is BFHPhfCWIAMCKlQ= */
    ck_assert_ptr_nonnull(strchr("cdef", id[5]));
    ck_assert_mem_eq(id + 8, "IAMC", 4);
    ck_assert(apigateway_identifier_is_connection(id));
    apigateway_identifier_request(&source, id);
    ck_assert_msg(!strncmp(id, "BFHPh", 5), "%s", id);
    ck_assert_ptr_nonnull(strchr("EFGH", id[5]));
    ck_assert_mem_eq(id + 8, "IAMF", 4);
    ck_assert(apigateway_identifier_is_connection(id));
}
END_TEST

START_TEST(a_message_shares_the_tail_of_its_connection)
{
    char id[APIGATEWAY_IDENTIFIER_SIZE];

    apigateway_identifier_message(&source, "BFaT_fALIAMCKug=", id);
    ck_assert_str_eq(id + 8, "IAMCKug=");
    ck_assert(apigateway_identifier_is_connection(id));
}
END_TEST

static int compare(const void *a, const void *b)
{
    return memcmp(a, b, APIGATEWAY_IDENTIFIER_SIZE);
}

START_TEST(messages_of_one_moment_have_different_ids)
{
    enum { COUNT = 16384 };
    char(*ids)[APIGATEWAY_IDENTIFIER_SIZE] = malloc(COUNT * sizeof *ids);

    for (int i = 0; i < COUNT; i++)
        apigateway_identifier_message(&source, "BFaT_fALIAMCKug=", ids[i]);
    qsort(ids, COUNT, sizeof *ids, compare);
    for (int i = 1; i < COUNT; i++)
        ck_assert_str_ne(ids[i - 1], ids[i]);
    free(ids);
}
END_TEST

START_TEST(the_same_seed_gives_the_same_ids)
{
    struct apigateway_identifier_source again;
    char a[48], b[48];

    apigateway_identifier_open(&again, &seeded, &frozen, "us-east-1");
    for (int i = 0; i < 100; i++) {
        apigateway_identifier_connection(&source, a);
        apigateway_identifier_connection(&again, b);
        ck_assert_str_eq(a, b);
        apigateway_identifier_trace(&source, a);
        apigateway_identifier_trace(&again, b);
        ck_assert_str_eq(a, b);
        ck_assert_uint_eq(strlen(a), 40);
        apigateway_identifier_resource(&source, a, 10);
        apigateway_identifier_resource(&again, b, 10);
        ck_assert_str_eq(a, b);
        ck_assert_uint_eq(strspn(a, "abcdefghijklmnopqrstuvwxyz0123456789"), 10);
    }
}
END_TEST

START_TEST(the_form_of_an_id_is_recognised)
{
    static const char *const good[] = { "BFHPhfCWIAMCKlQ=", "L0SM9cOFvHcCIhw=", "WDGT8fY4joECJrQ=", "AAAAAAAAAAAAAAA=",
                                        "-_-_-_-_-_-_-_8=" };
    static const char *const bad[] = { "",
                                       "BFHPhfCWIAMCKlQ",
                                       "BFHPhfCWIAMCKlR=",
                                       "BFHPhfCWIAMCKl=Q",
                                       "WDGT8fY4joECJrQ=test",
                                       "BFHPhfCW+AMCKlQ=",
                                       "BFHPhfCWIAMCKlQ==",
                                       "f47ac10b-58cc-4372-a567-0e02b2c3d479",
                                       "BFHPhfCW/AMCKlQ=" };

    for (size_t i = 0; i < sizeof good / sizeof *good; i++)
        ck_assert_msg(apigateway_identifier_is_connection(good[i]), "%s", good[i]);
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(!apigateway_identifier_is_connection(bad[i]), "%s", bad[i]);
}
END_TEST

Suite *suite_apigateway_identifier(void)
{
    Suite *suite = suite_create("apigateway identifier");
    TCase *tests = tcase_create("identifier");

    tcase_add_checked_fixture(tests, open_source, close_source);
    tcase_add_test(tests, an_id_tells_its_time_and_kind_as_the_service_does);
    tcase_add_test(tests, a_message_shares_the_tail_of_its_connection);
    tcase_add_test(tests, messages_of_one_moment_have_different_ids);
    tcase_add_test(tests, the_same_seed_gives_the_same_ids);
    tcase_add_test(tests, the_form_of_an_id_is_recognised);
    suite_add_tcase(suite, tests);
    return suite;
}
