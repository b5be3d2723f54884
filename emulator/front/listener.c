/* Where clients come in: one listening socket, or two, accepted from as fast as they come. */

#include "front/inside.h"

#include "base/log.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { ACCEPT_BATCH = 64 };

union address {
    struct sockaddr any;
    struct sockaddr_in v4;
    struct sockaddr_in6 v6;
};

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
    else if (errno == EACCES)
        log_error("cannot listen on port %d of %s: not without more rights: choose a port from 1024 on with --port N", options->port,
                  options->host);
    else
        log_error("cannot listen on port %d of %s: %s", options->port, options->host, strerror(errno));
}

static enum status open_first(struct front *front)
{
    const struct front_options *options = &front->options;
    union address address;
    socklen_t length;
    int fd;

    if (options->port < 0 || options->port > 65535 || !read_address(options->host, options->port, &address, &length)) {
        log_error("cannot listen on port %d of %s: give a port up to 65535, and an address in figures such as 127.0.0.1 or ::1",
                  options->port, options->host);
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
static void open_second(struct front *front)
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

enum status listeners_open(struct front *front)
{
    if (open_first(front) != OK)
        return BROKEN;
    open_second(front);
    return OK;
}

void listeners_look_again(struct front *front)
{
    for (int i = 0; i < LISTENER_MAX; i++)
        if (front->listeners[i].sentry.is_posted)
            sentry_change(&front->lookout, &front->listeners[i].sentry, EPOLLIN);
}

void listeners_close(struct front *front)
{
    for (int i = 0; i < LISTENER_MAX; i++) {
        if (!front->listeners[i].sentry.is_posted)
            continue;
        sentry_withdraw(&front->lookout, &front->listeners[i].sentry);
        close(front->listeners[i].sentry.fd);
    }
}
