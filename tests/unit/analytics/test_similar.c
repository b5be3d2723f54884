/* Patterns of SIMILAR TO: what they match, which are none, and that none can run away. */

#include "suites.h"

#include "analytics/similar.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

static const struct {
    const char *pattern;
    const char *text;
    bool is_match;
} matches[] = {
    { "", "", true },
    { "", "a", false },
    { "abc", "abc", true },
    { "abc", "abcd", false },
    { "abc", "ab", false },
    { "%", "anything", true },
    { "a%c", "abbbc", true },
    { "a%c", "abbb", false },
    { "a_c", "abc", true },
    { "a_c", "ac", false },
    { "_", "\xc3\xa4", true },
    { "a|b", "a", true },
    { "a|b", "b", true },
    { "a|b", "ab", false },
    { "a|b|cd", "cd", true },
    { "(a|b)c", "bc", true },
    { "x(a|b|)y", "xy", true },
    { "a*", "", true },
    { "a*", "aaaa", true },
    { "ba+", "b", false },
    { "ba+", "baa", true },
    { "ba?", "b", true },
    { "ba?", "baa", false },
    { "(ab){2}", "abab", true },
    { "(ab){2}", "ab", false },
    { "a{2,}", "a", false },
    { "a{2,}", "aaaaa", true },
    { "a{1,3}b", "aaab", true },
    { "a{1,3}b", "aaaab", false },
    { "a{0}b", "b", true },
    { "(a|b*)*c", "abbabc", true },
    { "()*a", "a", true },
    { "[abc]+", "cab", true },
    { "[a-c0-9]", "5", true },
    { "[^a-c]", "b", false },
    { "[^a-c]", "d", true },
    { "[[:DIGIT:]-]+", "1-2", true },
    { "[[:alpha:][:digit:]]*", "a1B2", true },
    { "[[:ALPHA:]]", "1", false },
    { "[\xc3\xa4-\xc3\xbc]", "\xc3\xb6", true },
    { "!%!(", "%(", true },
    { "[!]]", "]", true },
    { "a.c", "abc", false },
};

START_TEST(pattern_matches)
{
    struct similar *similar = similar_open(matches[_i].pattern, strlen(matches[_i].pattern), '!');

    ck_assert_msg(similar != NULL, "%s is refused", matches[_i].pattern);
    ck_assert_msg(similar_matches(similar, matches[_i].text, strlen(matches[_i].text)) == matches[_i].is_match, "%s and %s",
                  matches[_i].pattern, matches[_i].text);
    similar_close(similar);
}
END_TEST

static const char *const malformed[] = { "(",    ")",      "a)",     "*",   "a|*", "[",   "[]",      "[a",  "[b-a]", "a{",
                                         "a{x}", "a{2,1}", "a{300}", "a{1", "!",   "[a-", "(((((a)", "{1}", "]",     "}" };

START_TEST(malformed_is_refused)
{
    ck_assert_ptr_null(similar_open(malformed[_i], strlen(malformed[_i]), '!'));
}
END_TEST

START_TEST(no_pattern_runs_away)
{
    static const char blowup[] = "(a*)*(a*)*(a*)*(a|aa)+(%a%){3}b";
    char text[20001];
    char deep[400];
    struct similar *similar = similar_open(blowup, strlen(blowup), 0);

    memset(text, 'a', sizeof text - 1);
    ck_assert_ptr_nonnull(similar);
    ck_assert(!similar_matches(similar, text, sizeof text - 1));
    text[sizeof text - 2] = 'b';
    ck_assert(similar_matches(similar, text, sizeof text - 1));
    similar_close(similar);
    memset(deep, '(', sizeof deep);
    ck_assert_ptr_null(similar_open(deep, sizeof deep, 0));
    ck_assert_ptr_null(similar_open("((a{100}){100}){100}", 20, 0));
    memset(text, 'a', sizeof text - 1);
    ck_assert_ptr_null(similar_open(text, 5000, 0));
}
END_TEST

Suite *suite_analytics_similar(void)
{
    Suite *suite = suite_create("analytics similar");
    TCase *tests = tcase_create("similar");

    tcase_add_loop_test(tests, pattern_matches, 0, (int)(sizeof matches / sizeof *matches));
    tcase_add_loop_test(tests, malformed_is_refused, 0, (int)(sizeof malformed / sizeof *malformed));
    tcase_add_test(tests, no_pattern_runs_away);
    suite_add_tcase(suite, tests);
    return suite;
}
