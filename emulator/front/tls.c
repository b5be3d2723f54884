/* TLS connections are turned away until their part of the front door is in. */

#include "front/inside.h"

#include <string.h>

static void turn_away(struct visitor *visitor)
{
    struct front *front = visitor->front;
    const char *body = farewell_body(503);
    int fd = visitor->fd;

    visitor_leave(visitor);
    farewell_say(front, fd, 503, NULL, body, strlen(body));
}

void relay_begin(struct visitor *visitor)
{
    turn_away(visitor);
}

bool relays_are_quiet(const struct front *front)
{
    return list_is_empty(&front->relays);
}

void relay_close_all(struct front *front)
{
    (void)front;
}
