/* Compressed requests: what unfolds, what is damaged, and what unfolds to too much. Answers: which coding an Accept-Encoding chooses. */

#include "suites.h"

#include "aws/coding.h"
#include "base/buffer.h"

#include <string.h>
#include <zlib.h>

enum { MAX_BYTES = 4096, GZIP = 15 + 16, DEFLATE = 15 };

static struct arena arena;
static struct buffer packed;

/* Adds one compressed member that unfolds to text. */
static void pack(const char *text, size_t size, int wrapper)
{
    z_stream stream = { .next_in = (unsigned char *)(uintptr_t)text, .avail_in = (unsigned)size };

    ck_assert_int_eq(deflateInit2(&stream, Z_BEST_COMPRESSION, Z_DEFLATED, wrapper, 8, Z_DEFAULT_STRATEGY), Z_OK);
    stream.next_out = (unsigned char *)buffer_reserve(&packed, deflateBound(&stream, size));
    stream.avail_out = (unsigned)deflateBound(&stream, size);
    ck_assert_int_eq(deflate(&stream, Z_FINISH), Z_STREAM_END);
    packed.size += stream.total_out;
    deflateEnd(&stream);
}

static void close_all(void)
{
    arena_clear(&arena);
    buffer_clear(&packed);
}

static enum coding_result undo(const char *coding, const char **text, size_t *size)
{
    return coding_undo(coding, packed.data, packed.size, MAX_BYTES, &arena, text, size);
}

START_TEST(each_coding_unfolds)
{
    const char *text;
    size_t size;

    pack("{\"Limit\":1}", 11, _i ? DEFLATE : GZIP);
    ck_assert_int_eq(undo(_i ? "deflate" : "GZIP", &text, &size), CODING_DONE);
    ck_assert_uint_eq(size, 11);
    ck_assert_str_eq(text, "{\"Limit\":1}");
}
END_TEST

START_TEST(a_gzip_body_may_have_members)
{
    const char *text;
    size_t size;

    pack("{\"Limit\"", 8, GZIP);
    pack(":1}", 3, GZIP);
    ck_assert_int_eq(undo("gzip", &text, &size), CODING_DONE);
    ck_assert_str_eq(text, "{\"Limit\":1}");
}
END_TEST

START_TEST(what_is_cut_short_or_unknown_is_broken)
{
    const char *text = NULL;
    size_t size = 0;

    pack("{\"Limit\":1}", 11, GZIP);
    ck_assert_int_eq(undo("br", &text, &size), CODING_BROKEN);
    packed.data[packed.size - 5] ^= 1; /* in the checksum */
    ck_assert_int_eq(undo("gzip", &text, &size), CODING_BROKEN);
    while (packed.size) {
        packed.size--;
        ck_assert_int_eq(undo("gzip", &text, &size), CODING_BROKEN);
    }
    ck_assert_ptr_null(text);
}
END_TEST

START_TEST(the_bound_is_of_what_is_unfolded)
{
    static char zeroes[1 << 20];
    const char *text;
    size_t size;

    pack(zeroes, MAX_BYTES, GZIP);
    ck_assert_int_eq(undo("gzip", &text, &size), CODING_DONE);
    ck_assert_uint_eq(size, MAX_BYTES);
    packed.size = 0;
    pack(zeroes, MAX_BYTES + 1, GZIP);
    ck_assert_int_eq(undo("gzip", &text, &size), CODING_TOO_LARGE);
    packed.size = 0;
    pack(zeroes, sizeof zeroes, GZIP);
    ck_assert_int_eq(undo("gzip", &text, &size), CODING_TOO_LARGE);
}
END_TEST

START_TEST(identity_is_as_it_stands)
{
    const char *text;
    size_t size;

    buffer_add_text(&packed, "{}");
    ck_assert_int_eq(undo("identity", &text, &size), CODING_DONE);
    ck_assert_ptr_eq(text, packed.data);
    ck_assert_uint_eq(size, 2);
}
END_TEST

/* As DynamoDB itself chose, by the assertions of a public suite that is run against it. */
static const struct {
    const char *accept;
    const char *coding;
} choices[] = {
    { NULL, NULL },
    { "", NULL },
    { "identity", NULL },
    { "br", NULL },
    { "x-gzip", NULL },
    { "gzip", "gzip" },
    { "deflate", "deflate" },
    { "gzip, deflate", "gzip" },
    { "br, identity, deflate, gzip", "deflate" },
    { "GZIP, identity", "gzip" },
    { "dog, gzip ,, cat", "gzip" },
    { "gzip;q=0.8, deflate;q=0.5", "gzip" },
    { "br, gzip;q=0, deflate; q = 0.5 , identity;q=0", "deflate" },
    { "*", "gzip" },
    { "*, deflate;q=0.5", "gzip" },
    { "*, deflate", "deflate" },
    { "*, gzip;q=0.5", "deflate" },
    { "*;q=0", NULL },
    { "*;q=0.5,identity", "gzip" },
    { "gzip ;q=0", NULL },
    { "gzip;q=0.5,identity;q=0.8", "gzip" },
    { "br;q=0.8,identity;q=0.5,*;q=0", NULL },
    { "\"gzip\"", NULL },
    { "gzip br", NULL },
    { "gzip:q=1", NULL },
    { "gzip;q=31,deflate;q=51", "gzip" },
    { "deflate;q=0.5, gzip;q=0.2", "deflate" },
    { "deflate;q=0.5, gzip;q=1;q=0.2", "gzip" },
    { "deflate;q=0.5,gzip;q=0.", "deflate" },
    { "deflate;q=0.5,gzip;q=0.x", "gzip" },
    { "deflate;q=0.5,gzip;q=0. x", "gzip" },
    { "deflate;q=-0.5,gzip;q=0.2", "gzip" },
    { "gzip;q= 0;q=1", NULL },
    { "gzip;q =0;q=1", "gzip" },
    { "gzip;nq=0;q=1", NULL },
    { "gzip;q=0, gzip;q=1, gzip;q=0", "gzip" },
    { "br,identity;q=0.5,gzip;q=0.0001", "gzip" },
};

START_TEST(the_coding_is_chosen_as_dynamodb_does)
{
    ck_assert_pstr_eq(coding_choose(choices[_i].accept), choices[_i].coding);
}
END_TEST

START_TEST(only_a_longer_answer_is_compressed)
{
    const char *text;
    size_t size;

    for (size_t i = 0; i < MAX_BYTES; i++)
        buffer_add_char(&packed, (char)('a' + i % 7));
    ck_assert_ptr_null(coding_apply("gzip", &packed));
    ck_assert_uint_eq(packed.size, MAX_BYTES);
    packed.size--;
    buffer_add_text(&packed, "{}");
    ck_assert_ptr_null(coding_apply("br", &packed));
    ck_assert_str_eq(coding_apply(_i ? "deflate" : "gzip", &packed), _i ? "deflate" : "gzip");
    ck_assert_uint_lt(packed.size, 200);
    ck_assert_int_eq(coding_undo(_i ? "deflate" : "gzip", packed.data, packed.size, 2 * MAX_BYTES, &arena, &text, &size), CODING_DONE);
    ck_assert_uint_eq(size, MAX_BYTES + 1);
    ck_assert_str_eq(text + size - 4, "fg{}");
}
END_TEST

Suite *suite_coding(void)
{
    Suite *suite = suite_create("coding");
    TCase *tests = tcase_create("coding");

    tcase_add_checked_fixture(tests, NULL, close_all);
    tcase_add_loop_test(tests, each_coding_unfolds, 0, 2);
    tcase_add_test(tests, a_gzip_body_may_have_members);
    tcase_add_test(tests, what_is_cut_short_or_unknown_is_broken);
    tcase_add_test(tests, the_bound_is_of_what_is_unfolded);
    tcase_add_test(tests, identity_is_as_it_stands);
    tcase_add_loop_test(tests, the_coding_is_chosen_as_dynamodb_does, 0, sizeof choices / sizeof *choices);
    tcase_add_loop_test(tests, only_a_longer_answer_is_compressed, 0, 2);
    suite_add_tcase(suite, tests);
    return suite;
}
