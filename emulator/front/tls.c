/* TLS connections and WebSocket upgrades are turned away until their parts of the front door are in. */

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

void upgrade_hold(struct visitor *visitor, const struct head *head, struct arena *arena, const struct request *request)
{
    (void)head;
    (void)arena;
    (void)request;
    turn_away(visitor);
}

void upgrade_close_all(struct front *front)
{
    (void)front;
}

void websockets_begin_close(struct front *front)
{
    (void)front;
}

bool websockets_are_closed(const struct front *front)
{
    return !front->websockets;
}

void websockets_close(struct front *front)
{
    (void)front;
}
