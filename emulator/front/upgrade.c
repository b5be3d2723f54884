/* WebSocket upgrades, held: the head is read, the client waits, and somebody decides. On AWS the 101 comes only after the $connect
 * integration has said yes, and what it refuses is answered as plain HTTP. */

#include "front/inside.h"

#include "base/memory.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

struct hold {
    struct upgrade upgrade;
    struct front *front; /* NULL: the front door has closed */
    struct list link;    /* in front->holds */
    struct sentry sentry;
    int fd; /* -1: the client has left, and nobody asked to be told */
};

static void free_hold(struct hold *hold)
{
    if (hold->front)
        sentry_withdraw(&hold->front->lookout, &hold->sentry);
    list_remove(&hold->link);
    arena_clear(&hold->upgrade.arena);
    free(hold);
}

/* Tells who decides that there is nothing left to decide. Without anybody to tell, the hold stays until the decision. */
static void forget(struct hold *hold)
{
    sentry_withdraw(&hold->front->lookout, &hold->sentry);
    hold->fd = -1;
    if (!hold->upgrade.left)
        return;
    hold->upgrade.left(&hold->upgrade, hold->upgrade.context);
    free_hold(hold);
}

static void on_client_left(struct sentry *sentry, uint32_t events)
{
    struct hold *hold = list_item(sentry, struct hold, sentry);
    struct front *front = hold->front;

    (void)events;
    close(hold->fd);
    door_socket_closed(front);
    forget(hold);
}

/* Takes the head off the socket; what the client sent behind it stays for the WebSocket library. */
static void take_head(int fd, char *into, size_t size_bytes)
{
    while (size_bytes) {
        ssize_t size = recv(fd, into, size_bytes, MSG_DONTWAIT);

        if (size <= 0)
            return;
        size_bytes -= (size_t)size;
    }
}

void upgrade_hold(struct visitor *visitor, const struct head *head, struct arena *arena, const struct request *request)
{
    struct front *front = visitor->front;
    struct hold *hold = memory_new(sizeof *hold);

    hold->front = front;
    hold->fd = visitor->fd;
    hold->upgrade.arena = *arena;
    *arena = (struct arena){ 0 };
    hold->upgrade.request = *request;
    hold->upgrade.request.remote_address = arena_text(&hold->upgrade.arena, visitor->address);
    take_head(hold->fd, front->peeked, head->size_bytes);
    visitor_leave(visitor);
    list_add(&front->holds, &hold->link);
    sentry_post(&front->lookout, &hold->sentry, hold->fd, 0, on_client_left);
    front->options.upgrade(front->options.context, &hold->upgrade);
}

struct websocket *upgrade_accept(struct upgrade *upgrade, const char *subprotocol, const struct websocket_limits *limits,
                                 const struct websocket_events *events, void *owner)
{
    struct hold *hold = (struct hold *)upgrade;
    const char *key = request_header(&upgrade->request, "Sec-WebSocket-Key");
    struct websocket *websocket = NULL;

    if (hold->front) {
        sentry_withdraw(&hold->front->lookout, &hold->sentry);
        websocket = websocket_open(hold->front, hold->fd, key, subprotocol, limits, events, owner);
    }
    free_hold(hold);
    return websocket;
}

void upgrade_refuse(struct upgrade *upgrade, int status, const struct header_list *headers, const char *body, size_t size_bytes)
{
    struct hold *hold = (struct hold *)upgrade;

    if (hold->front && hold->fd >= 0) {
        sentry_withdraw(&hold->front->lookout, &hold->sentry);
        farewell_say(hold->front, hold->fd, status, headers, body, size_bytes);
    }
    free_hold(hold);
}

void upgrade_close_all(struct front *front)
{
    const char *body = farewell_body(503);

    while (!list_is_empty(&front->holds)) {
        struct hold *hold = list_item(front->holds.next, struct hold, link);

        if (hold->fd >= 0) {
            sentry_withdraw(&front->lookout, &hold->sentry);
            farewell_say(front, hold->fd, 503, NULL, body, strlen(body));
        }
        list_remove(&hold->link);
        if (hold->upgrade.left)
            forget(hold);
        else
            hold->front = NULL;
    }
}
