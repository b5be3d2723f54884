/* Tokens that clients carry: what was not sealed here, for this purpose, is none of ours. */

#include "aws/seal.h"
#include "base/base64.h"
#include "suites.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct token {
    uint64_t number;
    char name[16];
    unsigned char seal[SEAL_SIZE];
};

enum { TEXT_SIZE = 64 };

static struct database *database;

static void open_nothing(void)
{
    ck_assert_int_eq(database_open(&database, NULL), OK);
}

static void close_nothing(void)
{
    database_close(database);
}

static struct seal_key key_of(int64_t seed)
{
    struct seal_key key;
    struct random random;

    random_open(&random, seed);
    ck_assert_int_eq(seal_key_open(&key, &random, database), OK);
    return key;
}

static void print(const struct seal_key *key, const char *beside, char text[TEXT_SIZE])
{
    struct token token = { .number = 7, .name = "fixes" };

    seal_print(key, &token, sizeof token, beside, text);
}

static enum status parse(const struct seal_key *key, const char *beside, const char *text)
{
    struct token token;

    return seal_parse(key, text, strlen(text), beside, &token, sizeof token);
}

START_TEST(what_is_sealed_is_read_again)
{
    struct seal_key key = key_of(1);
    struct token token;
    char text[TEXT_SIZE];

    print(&key, "ListShards", text);
    ck_assert_int_eq(seal_parse(&key, text, strlen(text), "ListShards", &token, sizeof token), OK);
    ck_assert_uint_eq(token.number, 7);
    ck_assert_str_eq(token.name, "fixes");
}
END_TEST

START_TEST(another_key_purpose_size_or_letter_is_noticed)
{
    struct seal_key key = key_of(1);
    struct seal_key other = key_of(2);
    char text[TEXT_SIZE];

    print(&key, "ListShards", text);
    ck_assert_int_eq(parse(&other, "ListShards", text), INVALID);
    ck_assert_int_eq(parse(&key, "ListStreams", text), INVALID);
    ck_assert_int_eq(parse(&key, "ListShards", ""), INVALID);
    for (size_t i = 0; text[i]; i++) {
        char kept = text[i];

        text[i] = kept == 'A' ? 'B' : 'A';
        ck_assert_int_eq(parse(&key, "ListShards", text), INVALID);
        text[i] = kept;
    }
    text[strlen(text) - 4] = '\0';
    ck_assert_int_eq(parse(&key, "ListShards", text), INVALID);
}
END_TEST

/* A seal that anybody could compute would be none. */
START_TEST(a_digest_without_the_key_is_no_seal)
{
    struct seal_key key = key_of(1);
    struct seal_key empty = { 0 };
    char text[TEXT_SIZE];

    print(&empty, "ListShards", text);
    ck_assert_int_eq(parse(&key, "ListShards", text), INVALID);
}
END_TEST

START_TEST(one_seed_has_one_key)
{
    struct seal_key one = key_of(1);
    struct seal_key again = key_of(1);

    ck_assert_mem_eq(one.bytes, again.bytes, sizeof one.bytes);
}
END_TEST

/* Where data is kept the key is kept with it: another seed finds it. */
START_TEST(a_key_outlives_its_process_with_the_data)
{
    char directory[] = "/tmp/lowcloud-seal-XXXXXX";
    char command[64];
    struct database *nothing = database;
    struct seal_key first;
    struct seal_key second;

    ck_assert_ptr_nonnull(mkdtemp(directory));
    ck_assert_int_eq(database_open(&database, directory), OK);
    first = key_of(1);
    ck_assert_int_eq(database_commit(database), OK);
    database_close(database);
    ck_assert_int_eq(database_open(&database, directory), OK);
    second = key_of(2);
    database_close(database);
    database = nothing;
    ck_assert_mem_eq(first.bytes, second.bytes, sizeof first.bytes);
    snprintf(command, sizeof command, "rm -r %s", directory);
    ck_assert_int_eq(system(command), 0);
}
END_TEST

Suite *suite_seal(void)
{
    Suite *suite = suite_create("seal");
    TCase *tests = tcase_create("tokens");

    tcase_add_checked_fixture(tests, open_nothing, close_nothing);
    tcase_add_test(tests, what_is_sealed_is_read_again);
    tcase_add_test(tests, another_key_purpose_size_or_letter_is_noticed);
    tcase_add_test(tests, a_digest_without_the_key_is_no_seal);
    tcase_add_test(tests, one_seed_has_one_key);
    tcase_add_test(tests, a_key_outlives_its_process_with_the_data);
    suite_add_tcase(suite, tests);
    return suite;
}
