#pragma once
/* IAM policy documents, as an authorizer answers them: is this action on this resource allowed? '*' and '?' match as in IAM, an explicit
 * Deny wins, and what no statement allows is denied (facts: API Gateway, F1). */

#include <jansson.h>
#include <stdbool.h>

enum policy_verdict {
    POLICY_ALLOWED,
    POLICY_DENIED,      /* by a Deny statement */
    POLICY_UNMENTIONED, /* by no statement's allowing it */
    POLICY_MALFORMED    /* not a policy, or one with what we do not understand (conditions) */
};

/* The verdict of policy ({"Version": ..., "Statement": one or several}) on action ("execute-api:Invoke") and resource (an ARN). */
enum policy_verdict policy_judge(const json_t *policy, const char *action, const char *resource);

/* Whether text matches a pattern in which '*' stands for any run of characters and '?' for any one. */
bool policy_matches(const char *pattern, const char *text, bool ignore_case);
