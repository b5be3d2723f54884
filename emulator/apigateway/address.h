#pragma once
/* How clients name an API and a stage. Three forms lead to us:
 *
 *     {apiId}.execute-api.{region}.amazonaws.com   /{stage}      as on AWS: names resolved or redirected to us
 *     any host    /_aws/execute-api/{apiId}/{stage}              always unambiguous
 *     any host    /{stage}                                       for plain clients, while one API alone has a stage of that name */

#include "apigateway/stage.h"
#include "aws/exchange.h"

struct apigateway_address {
    const char *api_id; /* NULL: the plain form */
    const char *stage;  /* decoded; "" when the path ends before it */
    const char *rest;   /* what follows the stage, as sent: "" or "/..." */
};

/* Whether the host is an API's own: "abcd123456.execute-api.us-east-1.amazonaws.com". NULL is none. */
bool apigateway_address_host_names_api(const char *host);

/* Reads a request's host and path; texts in arena. */
void apigateway_address_read(const struct request *request, struct arena *arena, struct apigateway_address *address);

/* The stage that is meant; NULL: there is none, or *is_ambiguous. */
struct apigateway_stage *apigateway_address_stage(const struct apigateway *room, const struct apigateway_address *address,
                                                  bool *is_ambiguous);

/* The domainName for events, in arena: a name under which a handler reaches us again. AWS's own host name stays, because handlers'
 * connections to those are led to us; a local one gets our port; anything else becomes localhost. */
const char *apigateway_address_domain(const struct apigateway *room, const struct request *request, struct arena *arena);
