#pragma once
/* IAM policy documents, as an authorizer answers them: is this action on this resource allowed? '*' and '?' match as in IAM, an explicit
 * Deny wins, and what no statement allows is denied (facts: API Gateway, F1). */

#include <jansson.h>
#include <stdbool.h>

enum apigateway_policy_verdict {
    APIGATEWAY_POLICY_ALLOWED,
    APIGATEWAY_POLICY_DENIED,      /* by a Deny statement */
    APIGATEWAY_POLICY_UNMENTIONED, /* by no statement's allowing it */
    APIGATEWAY_POLICY_MALFORMED    /* not a policy, or one with what we do not understand (conditions) */
};

/* The verdict of policy ({"Version": ..., "Statement": one or several}) on action ("execute-api:Invoke") and resource (an ARN). */
enum apigateway_policy_verdict apigateway_policy_judge(const json_t *policy, const char *action, const char *resource);

/* Whether text matches a pattern in which '*' stands for any run of characters and '?' for any one. */
bool apigateway_policy_matches(const char *pattern, const char *text, bool ignore_case);
