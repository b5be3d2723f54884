#pragma once
/* Who serves a request: the guard first, then what the request says of itself (path, host, target, credential scope), as real clients send
 * it. */

#include "world.h"

/* Serves one exchange: hands it to the room that it is for, or refuses it. */
void router_serve(struct world *world, struct exchange *exchange);
