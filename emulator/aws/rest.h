#pragma once
/* REST-JSON: which operation a method and path name, and how its members are gathered from path, query, headers and body. */

#include "aws/call.h"

/* Finds the operation of call->service that fits the request's method and path, and puts it into call->operation. False: none. */
bool rest_find(struct call *call);

/* Gathers call->input. False: the body is not what it must be; *message says why, or is NULL. */
bool rest_decode(struct call *call, const char **message);
