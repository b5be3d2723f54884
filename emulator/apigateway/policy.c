/* Judging by an IAM policy document. */

#include "apigateway/policy.h"

#include <ctype.h>
#include <string.h>

static bool is_same(char a, char b, bool ignore_case)
{
    return ignore_case ? tolower((unsigned char)a) == tolower((unsigned char)b) : a == b;
}

/* The last '*' that was passed is where matching goes back to: no recursion, and the time is bounded by the product of the lengths. */
bool apigateway_policy_matches(const char *pattern, const char *text, bool ignore_case)
{
    const char *star = NULL;
    const char *again = NULL;

    while (*text) {
        if (*pattern == '*') {
            star = pattern++;
            again = text;
        } else if (*pattern && (*pattern == '?' || is_same(*pattern, *text, ignore_case))) {
            pattern++;
            text++;
        } else if (star) {
            pattern = star + 1;
            text = ++again;
        } else {
            return false;
        }
    }
    while (*pattern == '*')
        pattern++;
    return !*pattern;
}

enum answer { NO, YES, MALFORMED };

/* Whether one of patterns (a text, or a list of texts) matches. */
static enum answer matches_any(const json_t *patterns, const char *text, bool ignore_case)
{
    enum answer answer = NO;
    size_t i;
    json_t *pattern;

    if (json_is_string(patterns))
        return apigateway_policy_matches(json_string_value(patterns), text, ignore_case) ? YES : NO;
    if (!json_is_array(patterns))
        return MALFORMED;
    json_array_foreach(patterns, i, pattern)
    {
        if (!json_is_string(pattern))
            return MALFORMED;
        if (apigateway_policy_matches(json_string_value(pattern), text, ignore_case))
            answer = YES;
    }
    return answer;
}

/* A statement speaks of what it names, or, with a Not, of all but that. It has one of the two. */
static enum answer speaks_of(const json_t *statement, const char *name, const char *not_name, const char *text, bool ignore_case)
{
    const json_t *named = json_object_get(statement, name);
    const json_t *excluded = json_object_get(statement, not_name);
    enum answer answer = matches_any(named ? named : excluded, text, ignore_case);

    if (!named == !excluded)
        return MALFORMED;
    if (answer != MALFORMED && excluded)
        return answer == YES ? NO : YES;
    return answer;
}

static enum apigateway_policy_verdict judge_statement(const json_t *statement, const char *action, const char *resource)
{
    const char *effect = json_string_value(json_object_get(statement, "Effect"));
    enum answer on_action = speaks_of(statement, "Action", "NotAction", action, true);
    enum answer on_resource = speaks_of(statement, "Resource", "NotResource", resource, false);
    bool allows = effect && !strcmp(effect, "Allow");

    if (!effect || (!allows && strcmp(effect, "Deny") != 0) || on_action == MALFORMED || on_resource == MALFORMED ||
        json_object_get(statement, "Condition"))
        return APIGATEWAY_POLICY_MALFORMED;
    if (on_action == NO || on_resource == NO)
        return APIGATEWAY_POLICY_UNMENTIONED;
    return allows ? APIGATEWAY_POLICY_ALLOWED : APIGATEWAY_POLICY_DENIED;
}

/* Malformed beats Deny, Deny beats Allow. */
static enum apigateway_policy_verdict stronger(enum apigateway_policy_verdict a, enum apigateway_policy_verdict b)
{
    static const int strength[] = { [APIGATEWAY_POLICY_UNMENTIONED] = 0,
                                    [APIGATEWAY_POLICY_ALLOWED] = 1,
                                    [APIGATEWAY_POLICY_DENIED] = 2,
                                    [APIGATEWAY_POLICY_MALFORMED] = 3 };

    return strength[a] >= strength[b] ? a : b;
}

enum apigateway_policy_verdict apigateway_policy_judge(const json_t *policy, const char *action, const char *resource)
{
    const json_t *statements = json_object_get(policy, "Statement");
    enum apigateway_policy_verdict verdict = APIGATEWAY_POLICY_UNMENTIONED;
    size_t i;
    json_t *statement;

    if (json_is_object(statements))
        return judge_statement(statements, action, resource);
    if (!json_is_array(statements))
        return APIGATEWAY_POLICY_MALFORMED;
    json_array_foreach(statements, i, statement) verdict = stronger(verdict, judge_statement(statement, action, resource));
    return verdict;
}
