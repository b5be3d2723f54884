#pragma once
/* The lookout: one nested epoll in which the front door watches its sockets. The loop itself tells only "readable" and "writable"; the
 * door must also know that a client has left (EPOLLRDHUP) while its bytes are still unread, and must not be woken again and again for bytes
 * that it only peeks at: so every watch here is edge-triggered, and reports once for each thing that happens. */

#include "base/status.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stdint.h>
#include <sys/epoll.h>

enum { LOOKOUT_BATCH = 64 };

/* One watched socket; lives inside what owns the socket. A zeroed one watches nothing. */
struct sentry {
    int fd;
    bool is_posted;
    void (*wake)(struct sentry *sentry, uint32_t events); /* EPOLLIN, EPOLLOUT, EPOLLRDHUP, EPOLLHUP, EPOLLERR */
};

struct lookout {
    struct watch *watch;
    int epoll_fd;
    struct epoll_event events[LOOKOUT_BATCH];
    int event_count;
};

/* BROKEN, logged, when the machine has no more file descriptors. */
enum status lookout_open(struct lookout *lookout, struct loop *loop);

/* Wakes sentry when events happen on fd, and whenever the peer leaves. False when the kernel has no room for it. */
bool sentry_post(struct lookout *lookout, struct sentry *sentry, int fd, uint32_t events, void (*wake)(struct sentry *, uint32_t));

/* Watches for other events; those that hold already are reported again. */
void sentry_change(struct lookout *lookout, struct sentry *sentry, uint32_t events);

/* Stops watching; to be called before the socket is closed or given away. Harmless when nothing is watched. */
void sentry_withdraw(struct lookout *lookout, struct sentry *sentry);

void lookout_close(struct lookout *lookout);
