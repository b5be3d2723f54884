#pragma once
/* Lambda REQUEST authorizers: what they are asked with, and what their answer means (facts: API Gateway, F). */

#include "apigateway/connection.h"
#include "apigateway/plan.h"
#include "aws/exchange.h"

/* Whether all identity sources are there and not empty; else the client gets 401 and the authorizer is not asked. */
bool apigateway_authorizer_is_identified(const struct apigateway_authorizer *authorizer, const struct request *request,
                                         const struct apigateway_connection *connection);

enum apigateway_decision {
    APIGATEWAY_ALLOWED,
    APIGATEWAY_UNAUTHORIZED, /* it raised "Unauthorized": 401 */
    APIGATEWAY_DENIED,       /* by an explicit Deny: 403 */
    APIGATEWAY_NOT_ALLOWED,  /* by no statement's allowing it: 403 */
    APIGATEWAY_UNDECIDED     /* it failed, timed out or answered something malformed: 500 */
};

/* Reads the authorizer's result: does its policy allow method_arn? When it does, *context is the object for later events
 * ({"principalId":...}, with the context's values as texts) as JSON text, which the caller frees. Otherwise fault says why, for the log. */
enum apigateway_decision apigateway_authorizer_decide(const struct invocation_result *result, const char *method_arn, char **context,
                                                      const char **fault);
