/* The door itself: peeks at what a visitor says first, and shows it to its room. */

#include "front/inside.h"

#include "base/memory.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    TLS_HANDSHAKE = 0x16, /* the first byte of every TLS connection: a handshake record */
    HTTP2_PREFACE_BYTES = 24
};

#define HTTP2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" /* RFC 9113, 3.4 */

void door_socket_closed(struct front *front)
{
    front->socket_count--;
    if (!front->was_full || front->is_closing)
        return;
    /* Somebody may still stand outside from when descriptors had run out: be told of them again. */
    front->was_full = false;
    listeners_look_again(front);
}

void visitor_leave(struct visitor *visitor)
{
    sentry_withdraw(&visitor->front->lookout, &visitor->sentry);
    timer_stop(visitor->front->ground->clock, &visitor->timer);
    list_remove(&visitor->link);
    free(visitor);
}

void visitor_drop(struct visitor *visitor)
{
    struct front *front = visitor->front;
    int fd = visitor->fd;

    visitor_leave(visitor);
    close(fd);
    door_socket_closed(front);
}

static void turn_away(struct visitor *visitor, int status)
{
    struct front *front = visitor->front;
    const char *body = farewell_body(status);
    int fd = visitor->fd;

    visitor_leave(visitor);
    farewell_say(front, fd, status, NULL, body, strlen(body));
}

static void admit(struct visitor *visitor, const struct head *head, struct arena *arena, const struct request *request)
{
    int refusal;

    if (!head_is_upgrade(request)) {
        http_admit(visitor->front->http, visitor);
        return;
    }
    refusal = head_check_upgrade(request, head);
    if (refusal)
        turn_away(visitor, refusal);
    else
        upgrade_hold(visitor, head, arena, request);
}

static void read_head(struct visitor *visitor, size_t size_bytes, bool has_left)
{
    struct arena arena = { 0 };
    struct request request = { .remote_address = visitor->address, .is_tls = visitor->is_tls };
    struct head head;

    switch (head_read(&arena, visitor->front->peeked, size_bytes, &request, &head)) {
    case HEAD_PARTIAL:
        if (has_left)
            turn_away(visitor, 400);
        break;
    case HEAD_REFUSED:
        turn_away(visitor, head.refusal);
        break;
    case HEAD_WHOLE:
        admit(visitor, &head, &arena, &request);
    }
    arena_clear(&arena);
}

/* Whether the bytes are HTTP/2's preface, or the beginning of it. Many clients send it to a plain port without asking (the JavaScript SDK's
 * Kinesis client does), and some over TLS without ALPN: so the bytes decide, not what was agreed on. */
static bool begins_http2(const char *peeked, size_t size_bytes)
{
    return !memcmp(peeked, HTTP2_PREFACE, size_bytes < HTTP2_PREFACE_BYTES ? size_bytes : HTTP2_PREFACE_BYTES);
}

static void read_preface(struct visitor *visitor, size_t size_bytes, bool has_left)
{
    if (size_bytes >= HTTP2_PREFACE_BYTES)
        http2_admit(visitor->front->http2, visitor);
    else if (has_left)
        turn_away(visitor, 400);
}

static void on_visitor(struct sentry *sentry, uint32_t events)
{
    struct visitor *visitor = list_item(sentry, struct visitor, sentry);
    bool has_left = events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR);
    char *peeked = visitor->front->peeked;
    ssize_t size = recv(visitor->fd, peeked, sizeof visitor->front->peeked, MSG_PEEK | MSG_DONTWAIT);

    if (size < 0 && (errno == EAGAIN || errno == EINTR) && !has_left)
        return;
    if (size <= 0)
        visitor_drop(visitor);
    else if (peeked[0] == TLS_HANDSHAKE && !visitor->is_tls)
        relay_begin(visitor);
    else if (begins_http2(peeked, (size_t)size))
        read_preface(visitor, (size_t)size, has_left);
    else
        read_head(visitor, (size_t)size, has_left);
}

static void on_waited_too_long(struct timer *timer)
{
    turn_away(list_item(timer, struct visitor, timer), 408);
}

/* A half-sent head or handshake, or else an idle kept-alive connection, gives its place to somebody new. */
static bool make_room(struct front *front)
{
    if (list_is_empty(&front->visitors))
        return relay_make_room(front) || http_make_room(front->http) || http2_make_room(front->http2);
    visitor_drop(list_item(front->visitors.next, struct visitor, link));
    return true;
}

void visitor_arrive(struct front *front, int fd, const char *address, bool is_tls)
{
    struct visitor *visitor;

    if (front->is_closing) {
        close(fd); /* the plain end of a handshake that was under way */
        return;
    }
    front->socket_count++;
    if (front->socket_count > front->socket_max && !make_room(front)) {
        const char *body = farewell_body(503);

        farewell_say(front, fd, 503, NULL, body, strlen(body));
        return;
    }
    visitor = memory_new(sizeof *visitor);
    visitor->front = front;
    visitor->fd = fd;
    visitor->is_tls = is_tls;
    strcpy(visitor->address, address);
    list_add(&front->visitors, &visitor->link);
    timer_start(front->ground->clock, &visitor->timer, HEAD_TIMEOUT_MS, on_waited_too_long);
    if (!sentry_post(&front->lookout, &visitor->sentry, fd, EPOLLIN, on_visitor))
        visitor_drop(visitor);
}
