#pragma once
/* The room itself, for its own files: what hangs from it, and which of its parts look after what.
 *
 *     apis          api.h: what the control plane made, by id
 *       stages      stage.h: each serves the plan of one deployment (plan.h)
 *     connections   connection.h: the clients that are in, by id
 *     errands       errand.h: invocations that are under way */

#include "apigateway/apigateway.h"

#include "apigateway/identifier.h"
#include "base/list.h"
#include "base/map.h"

struct apigateway {
    const struct ground *ground;
    struct invoker invoker;
    struct service service;
    struct apigateway_identifier_source identifiers;
    struct map apis;        /* API id -> struct apigateway_api; owned */
    struct map connections; /* connection id -> struct apigateway_connection: those that can be pushed to */
    struct list errands;
};
