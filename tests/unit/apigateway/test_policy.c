/* Policies: which are allowed on which resource. */

#include "suites.h"

#include "apigateway/policy.h"

#define ARN "arn:aws:execute-api:us-east-1:000000000000:abcd123456/prod/$connect"
#define STATEMENT(effect, resource) "{\"Action\":\"execute-api:Invoke\",\"Effect\":\"" effect "\",\"Resource\":\"" resource "\"}"
#define POLICY(statements) "{\"Version\":\"2012-10-17\",\"Statement\":" statements "}"

static const struct {
    const char *policy;
    enum apigateway_policy_verdict verdict;
} judgements[] = {
    { POLICY("[" STATEMENT("Allow", ARN) "]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY(STATEMENT("Allow", ARN)), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[" STATEMENT("Allow", "*") "]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcd123456/prod/*") "]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcd123456/*") "]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:*:*:abcd12345?/*/$connect") "]"), APIGATEWAY_POLICY_ALLOWED },
    /* "prod / * / *" asks for a second slash, which the ARN of $connect does not have. */
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcd123456/prod/*/*") "]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:us-east-1:000000000000:abcd123456/dev/*") "]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[" STATEMENT("Allow", "arn:aws:execute-api:us-east-1:000000000000:ABCD123456/*") "]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[" STATEMENT("Deny", ARN) "]"), APIGATEWAY_POLICY_DENIED },
    { POLICY("[" STATEMENT("Allow", "*") "," STATEMENT("Deny", ARN) "]"), APIGATEWAY_POLICY_DENIED },
    { POLICY("[" STATEMENT("Deny", ARN) "," STATEMENT("Allow", "*") "]"), APIGATEWAY_POLICY_DENIED },
    { POLICY("[" STATEMENT("Allow", "*") "," STATEMENT("Deny", "x") "]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[{\"Action\":[\"s3:Get\",\"execute-api:*\"],\"Effect\":\"Allow\",\"Resource\":[\"x\",\"*\"]}]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[{\"Action\":\"EXECUTE-API:invoke\",\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[{\"Action\":\"execute-api:ManageConnections\",\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[{\"NotAction\":\"s3:*\",\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_ALLOWED },
    { POLICY("[{\"Action\":\"*\",\"Effect\":\"Allow\",\"NotResource\":\"*\"}]"), APIGATEWAY_POLICY_UNMENTIONED },
    { POLICY("[{\"Action\":\"*\",\"Effect\":\"allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Action\":\"*\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Action\":\"*\",\"Effect\":\"Allow\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Action\":[1],\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Action\":\"*\",\"NotAction\":\"x\",\"Effect\":\"Allow\",\"Resource\":\"*\"}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[{\"Action\":\"*\",\"Effect\":\"Allow\",\"Resource\":\"*\",\"Condition\":{}}]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("[1]"), APIGATEWAY_POLICY_MALFORMED },
    { POLICY("\"*\""), APIGATEWAY_POLICY_MALFORMED },
    { "{}", APIGATEWAY_POLICY_MALFORMED },
    { "[]", APIGATEWAY_POLICY_MALFORMED },
};

START_TEST(a_policy_is_judged)
{
    json_t *policy = json_loads(judgements[_i].policy, 0, NULL);

    ck_assert_ptr_nonnull(policy);
    ck_assert_msg(apigateway_policy_judge(policy, "execute-api:Invoke", ARN) == judgements[_i].verdict, "%s", judgements[_i].policy);
    json_decref(policy);
}
END_TEST

START_TEST(patterns_match)
{
    static const struct {
        const char *pattern;
        const char *text;
        bool matches;
    } cases[] = {
        { "", "", true },         { "", "a", false },        { "*", "", true },          { "**", "abc", true },
        { "a*c", "abbc", true },  { "a*c", "abbcd", false }, { "?", "", false },         { "a?c", "abc", true },
        { "*b*b", "abab", true }, { "*ab", "aab", true },    { "a*b*c", "axbxc", true }, { "a*b*c", "axcxb", false },
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        ck_assert_msg(apigateway_policy_matches(cases[i].pattern, cases[i].text, false) == cases[i].matches, "%s on %s", cases[i].pattern,
                      cases[i].text);
    ck_assert(apigateway_policy_matches("AB", "ab", true));
    ck_assert(!apigateway_policy_matches("AB", "ab", false));
}
END_TEST

Suite *suite_apigateway_policy(void)
{
    Suite *suite = suite_create("apigateway policy");
    TCase *tests = tcase_create("policy");

    tcase_add_loop_test(tests, a_policy_is_judged, 0, (int)(sizeof judgements / sizeof *judgements));
    tcase_add_test(tests, patterns_match);
    suite_add_tcase(suite, tests);
    return suite;
}
