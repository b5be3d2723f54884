/* The door itself: listens, accepts, peeks at what a visitor says first, and shows it to its room. */

#include "front/inside.h"

#include "base/log.h"
#include "base/memory.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
    ACCEPT_BATCH = 64,
    DESCRIPTOR_MAX = 16384,
    TLS_HANDSHAKE = 0x16, /* the first byte of every TLS connection: a handshake record */
    HTTP2_PREFACE_BYTES = 24
};

#define HTTP2_PREFACE "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" /* RFC 9113, 3.4 */

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

void door_socket_closed(struct front *front)
{
    front->socket_count--;
    if (!front->was_full || front->is_closing)
        return;
    /* Somebody may still stand outside from when descriptors had run out: be told of them again. */
    front->was_full = false;
    for (int i = 0; i < LISTENER_MAX; i++)
        if (front->listeners[i].sentry.is_posted)
            sentry_change(&front->lookout, &front->listeners[i].sentry, EPOLLIN);
}

void visitor_leave(struct visitor *visitor)
{
    sentry_withdraw(&visitor->front->lookout, &visitor->sentry);
    timer_stop(visitor->front->ground->clock, &visitor->timer);
    list_remove(&visitor->link);
    free(visitor);
}

static void drop(struct visitor *visitor)
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
        drop(visitor);
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
    drop(list_item(front->visitors.next, struct visitor, link));
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
        drop(visitor);
}

static void write_address(const union address *address, char text[INET6_ADDRSTRLEN])
{
    const struct in6_addr *v6 = &address->v6.sin6_addr;

    if (address->any.sa_family == AF_INET)
        inet_ntop(AF_INET, &address->v4.sin_addr, text, INET6_ADDRSTRLEN);
    else if (IN6_IS_ADDR_V4MAPPED(v6))
        inet_ntop(AF_INET, (const char *)v6 + 12, text, INET6_ADDRSTRLEN);
    else
        inet_ntop(AF_INET6, v6, text, INET6_ADDRSTRLEN);
}

/* Descriptors have run out: the spare one lets the next client in for just long enough to be sent away, because one that stays in the queue
 * would wake us again and again. False when even that fails. */
static bool send_away(struct front *front, int listener)
{
    int fd;

    if (!front->has_complained)
        log_warn("no more file descriptors (%zu connections): clients are turned away; raise the limit with ulimit -n",
                 front->socket_count);
    front->has_complained = true;
    front->was_full = true;
    if (front->spare_fd < 0)
        return false;
    close(front->spare_fd);
    fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
    if (fd >= 0)
        close(fd);
    front->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    return fd >= 0;
}

static bool is_exhausted(void)
{
    return errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM;
}

static void let_in(struct front *front, int fd, const union address *from)
{
    char text[INET6_ADDRSTRLEN];
    int yes = 1;

    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &yes, sizeof yes);
    write_address(from, text);
    visitor_arrive(front, fd, text, false);
}

static void on_arrival(struct sentry *sentry, uint32_t events)
{
    struct listener *listener = list_item(sentry, struct listener, sentry);

    (void)events;
    for (int i = 0; i < ACCEPT_BATCH; i++) {
        union address from = { 0 };
        socklen_t length = sizeof from;
        int fd = accept4(sentry->fd, &from.any, &length, SOCK_NONBLOCK | SOCK_CLOEXEC);

        if (fd >= 0)
            let_in(listener->front, fd, &from);
        else if (errno == EAGAIN || (is_exhausted() && !send_away(listener->front, sentry->fd)))
            return;
    }
    sentry_change(&listener->front->lookout, sentry, EPOLLIN);
}

static bool read_address(const char *host, int port, union address *address, socklen_t *length)
{
    *address = (union address){ 0 };
    if (!strcmp(host, "localhost"))
        host = "127.0.0.1";
    if (inet_pton(AF_INET, host, &address->v4.sin_addr) == 1) {
        address->v4.sin_family = AF_INET;
        address->v4.sin_port = htons((uint16_t)port);
        *length = sizeof address->v4;
        return true;
    }
    address->v6.sin6_family = AF_INET6;
    address->v6.sin6_port = htons((uint16_t)port);
    *length = sizeof address->v6;
    return inet_pton(AF_INET6, host, &address->v6.sin6_addr) == 1;
}

/* A listening socket, or -1 with errno. */
static int listen_at(const union address *address, socklen_t length)
{
    int fd = socket(address->any.sa_family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
    int yes = 1;
    int why;

    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    if (address->any.sa_family == AF_INET6 && !IN6_IS_ADDR_UNSPECIFIED(&address->v6.sin6_addr))
        setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &yes, sizeof yes);
    if (bind(fd, &address->any, length) == 0 && listen(fd, SOMAXCONN) == 0)
        return fd;
    why = errno;
    close(fd);
    errno = why;
    return -1;
}

static enum status add_listener(struct front *front, int fd)
{
    for (int i = 0; i < LISTENER_MAX; i++) {
        struct listener *listener = &front->listeners[i];

        if (listener->sentry.is_posted)
            continue;
        listener->front = front;
        return sentry_post(&front->lookout, &listener->sentry, fd, EPOLLIN, on_arrival) ? OK : BROKEN;
    }
    return FULL;
}

static void complain(const struct front_options *options)
{
    if (errno == EADDRINUSE)
        log_error("port %d of %s is in use (another lowcloud?): choose another with --port N, or --port 0 for a free one", options->port,
                  options->host);
    else
        log_error("cannot listen on port %d of %s: %s", options->port, options->host, strerror(errno));
}

static enum status open_listener(struct front *front)
{
    const struct front_options *options = &front->options;
    union address address;
    socklen_t length;
    int fd;

    if (options->port < 0 || options->port > 65535 || !read_address(options->host, options->port, &address, &length)) {
        log_error("cannot listen on %s, port %d: not an address and a port", options->host, options->port);
        return BROKEN;
    }
    fd = listen_at(&address, length);
    if (fd < 0) {
        complain(options);
        return BROKEN;
    }
    getsockname(fd, &address.any, &length);
    front->port = ntohs(address.any.sa_family == AF_INET ? address.v4.sin_port : address.v6.sin6_port);
    return add_listener(front, fd);
}

/* "localhost" is ::1 first for many clients; where that address is free on our port, we answer there too. */
static void open_second_listener(struct front *front)
{
    union address address;
    socklen_t length;
    int fd = -1;

    if (strcmp(front->options.host, "127.0.0.1") && strcmp(front->options.host, "localhost"))
        return;
    if (read_address("::1", front->port, &address, &length))
        fd = listen_at(&address, length);
    if (fd >= 0)
        add_listener(front, fd);
}

/* As many sockets as this process may hold for clients. */
static size_t count_sockets(void)
{
    struct rlimit limit;
    size_t all;

    if (getrlimit(RLIMIT_NOFILE, &limit) < 0)
        return 512;
    /* The soft limit is often a small default; the WebSocket library, for its part, keeps tables as large as the limit. */
    limit.rlim_cur = limit.rlim_max > DESCRIPTOR_MAX ? DESCRIPTOR_MAX : limit.rlim_max;
    setrlimit(RLIMIT_NOFILE, &limit);
    all = limit.rlim_cur;
    /* Children, files and the database need some. */
    return all - (all / 4 < 128 ? all / 4 : 128);
}

enum status front_open(struct front **out, const struct ground *ground, const struct front_options *options)
{
    struct front *front = memory_new(sizeof *front);

    *out = front;
    front->ground = ground;
    front->options = *options;
    front->socket_max = count_sockets();
    list_init(&front->visitors);
    list_init(&front->farewells);
    list_init(&front->holds);
    list_init(&front->handshakes);
    list_init(&front->relays);
    front->lookout.epoll_fd = -1;
    front->spare_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
    signal(SIGPIPE, SIG_IGN); /* OpenSSL writes to sockets that may be gone */
    if (lookout_open(&front->lookout, ground->loop) != OK || open_listener(front) != OK)
        return BROKEN;
    open_second_listener(front);
    http2_open(&front->http2, front);
    return http_open(&front->http, front);
}

int front_port(const struct front *front)
{
    return front->port;
}

void front_fail_answers(struct front *front)
{
    if (front && front->http)
        http_fail_answers(front->http);
    if (front && front->http2)
        http2_fail_answers(front->http2);
}

static void close_listeners(struct front *front)
{
    for (int i = 0; i < LISTENER_MAX; i++) {
        if (!front->listeners[i].sentry.is_posted)
            continue;
        sentry_withdraw(&front->lookout, &front->listeners[i].sentry);
        close(front->listeners[i].sentry.fd);
    }
}

static bool is_quiet(const struct front *front)
{
    return http_is_quiet(front->http) && http2_is_quiet(front->http2) && list_is_empty(&front->farewells) && websockets_are_closed(front) &&
           relays_are_quiet(front);
}

static void see_out(struct front *front)
{
    int64_t until_us = clock_stopwatch_us() + CLOSE_BOUND_MS * 1000;

    while (!is_quiet(front) && clock_stopwatch_us() < until_us)
        loop_turn(front->ground->loop, 10);
}

void front_close(struct front *front)
{
    if (!front)
        return;
    front->is_closing = true;
    close_listeners(front);
    while (!list_is_empty(&front->visitors))
        drop(list_item(front->visitors.next, struct visitor, link));
    if (front->http) {
        upgrade_close_all(front);
        websockets_begin_close(front);
        http_begin_close(front->http);
        http2_begin_close(front->http2);
        see_out(front);
    }
    websockets_close(front);
    http2_close(front->http2);
    http_close(front->http);
    farewell_close_all(front);
    relay_close_all(front);
    lookout_close(&front->lookout);
    if (front->spare_fd >= 0)
        close(front->spare_fd);
    free(front);
}
