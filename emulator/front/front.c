/* The front door as a whole: its parts are opened, and closed in an order that lets what is under way come to its end. */

#include "front/inside.h"

#include "base/memory.h"

#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { DESCRIPTOR_MAX = 16384 };

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
    if (lookout_open(&front->lookout, ground->loop) != OK || listeners_open(front) != OK)
        return BROKEN;
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
    listeners_close(front);
    while (!list_is_empty(&front->visitors))
        visitor_drop(list_item(front->visitors.next, struct visitor, link));
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
