#pragma once
/* What keeps foreign web pages out: a page can make a browser send requests to a port on this machine, so an Origin or a Host that is not
 * local is refused on every API. Local origins, and those that the user named, get AWS's CORS answers. */

#include "aws/exchange.h"

#include <stdbool.h>

/* Looks at the request. False: it was refused with 403, or was a preflight, and has been answered. True: go on; CORS headers were added
 * where due. allowed_origins: further origins, ended by NULL, or NULL for none; host: what we listen on, allowed as a Host. */
bool guard_admits(struct exchange *exchange, const char *const *allowed_origins, const char *host);

/* Whether a Host header's value (with or without a port) is one of ours: localhost and names below it, a loopback address, an AWS host
 * name. */
bool guard_host_is_local(const char *host);
