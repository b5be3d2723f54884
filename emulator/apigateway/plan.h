#pragma once
/* A plan is what a stage serves: the routes, integrations and the authorizer as they stood when they were deployed. Later edits of the API
 * do not touch it, until the next deployment makes a new plan (facts: API Gateway, H). */

#include "apigateway/selection.h"
#include "base/map.h"

#include <jansson.h>
#include <stdbool.h>

struct apigateway_api;

enum apigateway_integration_type { APIGATEWAY_AWS_PROXY, APIGATEWAY_MOCK };

struct apigateway_integration {
    enum apigateway_integration_type type;
    const char *function; /* AWS_PROXY: the function's ARN, perhaps with ${stageVariables.name} in it */
    int timeout_ms;
    int mock_status;       /* MOCK: the status code that its request template gives; 0: none, which is an error */
    const char *mock_body; /* MOCK: what its integration response's template says; NULL: nothing */
};

struct apigateway_authorizer {
    const char *function;       /* as above */
    const char *const *sources; /* "route.request.header.Auth"; NULL ends it */
};

enum apigateway_authorization { APIGATEWAY_OPEN, APIGATEWAY_SIGNED /* AWS_IAM */, APIGATEWAY_CUSTOM };

struct apigateway_route {
    const char *key;
    enum apigateway_authorization authorization;
    struct apigateway_authorizer authorizer;
    bool has_integration;
    struct apigateway_integration integration;
    bool is_two_way; /* what the integration answers goes to the client */
};

struct apigateway_plan {
    struct arena arena; /* all texts of it */
    struct apigateway_selection *selection;
    struct map routes; /* key -> struct apigateway_route, in the arena */
};

/* The plan of the API as it stands. */
struct apigateway_plan *apigateway_plan_new(const struct apigateway_api *api);

/* The route with that key; NULL: none. */
const struct apigateway_route *apigateway_plan_route(const struct apigateway_plan *plan, const char *key);

/* The route for a message from a client: by the selection expression, else $default; NULL: neither. */
const struct apigateway_route *apigateway_plan_select(const struct apigateway_plan *plan, const char *body, size_t size_bytes,
                                                      apigateway_selection_lookup *lookup, void *context);

/* Accepts NULL. */
void apigateway_plan_free(struct apigateway_plan *plan);

/* The function's ARN out of an integration's or authorizer's URI
 * (arn:aws:apigateway:REGION:lambda:path/2015-03-31/functions/ARN/invocations), in arena; NULL: it names no function. */
const char *apigateway_function_of(const char *uri, struct arena *arena);
