/* Patterns of AWS's models: sets of characters are matched by ourselves, all else by the C library, and nobody can tell. */

#include "suites.h"

#include "aws/shape_pattern.h"

static const struct {
    const char *pattern;
    const char *text;
    bool matches;
} cases[] = {
    { "[a-zA-Z0-9_.-]+", "a.B-9_", true },
    { "[a-zA-Z0-9_.-]+", "a b", false },
    { "[a-zA-Z0-9_.-]+", "", false },
    { "[abc]+", "cab", true },
    { "[abc]+", "cad", false },
    { "[a-c-]+", "b-", true },
    { "[^a]+", "b", true }, /* from here on the C library's */
    { "[^a]+", "a", false },
    { "[a-z]{2}", "ab", true },
    { "[a-z]{2}", "abc", false }, /* the whole text, not a part */
    { "\\d{12}", "000000000000", true },
    { "\\d{12}", "00000000000x", false },
    { "arn:aws:iam::\\d+:role/.+", "arn:aws:iam::1:role/r", true },
    { "a|b", "b", true },
    { "a|b", "ab", false },
};

START_TEST(the_whole_text_matches_or_not)
{
    struct arena arena = { 0 };

    ck_assert_msg(shape_pattern_matches(cases[_i].pattern, cases[_i].text, &arena) == cases[_i].matches, "%s: '%s'", cases[_i].pattern,
                  cases[_i].text);
    arena_clear(&arena);
}
END_TEST

Suite *suite_shape_pattern(void)
{
    Suite *suite = suite_create("shape pattern");
    TCase *tests = tcase_create("patterns");

    tcase_add_loop_test(tests, the_whole_text_matches_or_not, 0, sizeof cases / sizeof *cases);
    suite_add_tcase(suite, tests);
    return suite;
}
