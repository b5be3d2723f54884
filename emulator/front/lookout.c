/* The nested epoll of lookout.h. */

#include "front/lookout.h"

#include "base/log.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

static void look(struct watch *watch, int ready, void *context)
{
    struct lookout *lookout = context;

    (void)watch;
    (void)ready;
    lookout->event_count = epoll_wait(lookout->epoll_fd, lookout->events, LOOKOUT_BATCH, 0);
    for (int i = 0; i < lookout->event_count; i++) {
        struct sentry *sentry = lookout->events[i].data.ptr;

        if (sentry)
            sentry->wake(sentry, lookout->events[i].events);
    }
    lookout->event_count = 0;
}

enum status lookout_open(struct lookout *lookout, struct loop *loop)
{
    lookout->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
    if (lookout->epoll_fd < 0) {
        log_error("cannot watch sockets: %s", strerror(errno));
        return BROKEN;
    }
    lookout->watch = watch_open(loop, lookout->epoll_fd, WATCH_READ, look, lookout);
    return OK;
}

bool sentry_post(struct lookout *lookout, struct sentry *sentry, int fd, uint32_t events, void (*wake)(struct sentry *, uint32_t))
{
    struct epoll_event event = { .events = events | EPOLLRDHUP | EPOLLET, .data.ptr = sentry };

    sentry->fd = fd;
    sentry->wake = wake;
    sentry->is_posted = epoll_ctl(lookout->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0;
    return sentry->is_posted;
}

void sentry_change(struct lookout *lookout, struct sentry *sentry, uint32_t events)
{
    struct epoll_event event = { .events = events | EPOLLRDHUP | EPOLLET, .data.ptr = sentry };

    epoll_ctl(lookout->epoll_fd, EPOLL_CTL_MOD, sentry->fd, &event);
}

void sentry_withdraw(struct lookout *lookout, struct sentry *sentry)
{
    if (!sentry->is_posted)
        return;
    sentry->is_posted = false;
    epoll_ctl(lookout->epoll_fd, EPOLL_CTL_DEL, sentry->fd, NULL);
    /* It may stand later in the batch that is being told. */
    for (int i = 0; i < lookout->event_count; i++)
        if (lookout->events[i].data.ptr == sentry)
            lookout->events[i].data.ptr = NULL;
}

void lookout_close(struct lookout *lookout)
{
    if (!lookout->watch)
        return;
    watch_close(lookout->watch);
    close(lookout->epoll_fd);
    *lookout = (struct lookout){ .epoll_fd = -1 };
}
