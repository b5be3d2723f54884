/* The JSON reader against jansson's own: both take and refuse the same, and read the same values. */

#include "suites.h"

#include "base/json.h"

#include <stdlib.h>
#include <string.h>

static const char *const texts[] = {
    "{}",
    "[]",
    " { \"a\" : [ 1 , -2.5e3 , true , false , null , \"x\" ] } ",
    "\"\"",
    "\"gr\\u00fc\\u00df\"",
    "\"gr\xc3\xbc\xc3\x9f\"",
    "\"\\ud83d\\ude97\"",
    "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
    "{\"a\":1,\"a\":2}",
    "{\"\\u0061\":{\"\\u0062\":1}}",
    "0",
    "-0",
    "1e2",
    "0.1",
    "123456789012345678",
    "9223372036854775807",
    "-9223372036854775808",
    "1E+2",
    "{\"\":0}",
    "[[[[]]]]",
    "[1,2,3]",
    "\"a\\u0041b\"",
    /* malformed */
    "",
    " ",
    "{",
    "}",
    "[",
    "]",
    "[1,]",
    "{\"a\":1,}",
    "{\"a\"}",
    "{a:1}",
    "{\"a\":1 \"b\":2}",
    "[1 2]",
    "01",
    "-",
    "1.",
    ".5",
    "1e",
    "+1",
    "tru",
    "nul",
    "True",
    "\"",
    "\"\\x\"",
    "\"\\u12\"",
    "\"\\ud800\"",
    "\"\\udc00\"",
    "\"\\ud800\\u0041\"",
    "\"\n\"",
    "\"\xc3\x28\"",
    "\"\xff\"",
    "1 2",
    "{}{}",
    "'a'",
    "{\"a\":}",
    "{:1}",
    "1e400",
    "NaN",
    "\xef\xbb\xbf{}",
    "[\"a\" : 1]",
};

START_TEST(texts_are_read_as_jansson_reads_them)
{
    const char *text = texts[_i];
    json_t *expected = json_loads(text, JSON_DECODE_ANY | JSON_ALLOW_NUL, NULL);
    json_t *value = NULL;
    enum status status = json_read(text, strlen(text), &value);

    ck_assert_msg((status == OK) == (expected != NULL), "%s was %s", text, status == OK ? "taken" : "refused");
    if (expected)
        ck_assert_msg(json_equal(value, expected), "%s was misread", text);
    json_decref(value);
    json_decref(expected);
}
END_TEST

START_TEST(what_jansson_refuses_but_aws_reads)
{
    json_t *value;

    ck_assert_int_eq(json_read("[123456789012345678901234567890]", 32, &value), OK);
    ck_assert(json_is_real(json_array_get(value, 0)));
    json_decref(value);
    ck_assert_int_eq(json_read("\"a\\u0000b\"", 10, &value), OK);
    ck_assert_uint_eq(json_string_length(value), 3);
    json_decref(value);
    ck_assert_int_eq(json_read("{\"a\\u0000b\":1,\"a\":2}", 20, &value), OK);
    ck_assert_int_eq(json_integer_value(json_object_getn(value, "a\0b", 3)), 1);
    ck_assert_int_eq(json_integer_value(json_object_get(value, "a")), 2);
    json_decref(value);
}
END_TEST

START_TEST(nesting_is_bounded)
{
    size_t size = 200000;
    char *text = malloc(size);
    json_t *value;

    memset(text, '[', size);
    ck_assert_int_eq(json_read(text, size, &value), INVALID);
    for (size_t i = 0; i + 5 <= size; i += 5)
        memcpy(text + i, "{\"a\":", 5);
    ck_assert_int_eq(json_read(text, size, &value), INVALID);
    free(text);
}
END_TEST

START_TEST(the_order_of_members_is_kept)
{
    static const char text[] = "{\"z\":1,\"a\":2,\"m\":{\"y\":1,\"b\":2}}";
    json_t *value;
    char *again;

    ck_assert_int_eq(json_read(text, strlen(text), &value), OK);
    again = json_dumps(value, JSON_COMPACT);
    ck_assert_str_eq(again, text);
    free(again);
    json_decref(value);
}
END_TEST

Suite *suite_json(void)
{
    Suite *suite = suite_create("json");
    TCase *tests = tcase_create("json");

    tcase_add_loop_test(tests, texts_are_read_as_jansson_reads_them, 0, (int)(sizeof texts / sizeof *texts));
    tcase_add_test(tests, what_jansson_refuses_but_aws_reads);
    tcase_add_test(tests, nesting_is_bounded);
    tcase_add_test(tests, the_order_of_members_is_kept);
    suite_add_tcase(suite, tests);
    return suite;
}
