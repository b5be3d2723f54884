#include "loop/loop.h"

#include "base/log.h"
#include "base/memory.h"

#include <assert.h>
#include <ev.h>
#include <stdlib.h>

enum { SIGNAL_MAX = 8 };

struct signal_watch {
    ev_signal library;
    void (*function)(int signal_number, void *context);
    void *context;
};

struct loop {
    struct ev_loop *library;
    struct clock *clock;
    ev_timer alarm; /* wakes for the clock's next timer */
    ev_prepare turn_end;
    ev_idle again;  /* runs while a hook has more to do, so that the loop does not sleep */
    ev_timer bound; /* bounds loop_turn */
    struct list deferred;
    struct list hooks;
    struct signal_watch signals[SIGNAL_MAX];
    int signal_count;
    bool rearm; /* the clock's next timer may be another one */
};

struct watch {
    ev_io library;
    struct loop *loop;
    watch_function *function;
    void *context;
    bool is_running; /* inside its function: watch_close leaves freeing to the caller */
    bool is_closed;
};

static void on_alarm(struct ev_loop *library, ev_timer *alarm, int events)
{
    struct loop *loop = alarm->data;

    (void)library;
    (void)events;
    loop->rearm = true;
    clock_run_due(loop->clock);
}

static void on_bound(struct ev_loop *library, ev_timer *timer, int events)
{
    (void)library;
    (void)timer;
    (void)events;
}

static void on_again(struct ev_loop *library, ev_idle *idle, int events)
{
    (void)library;
    (void)idle;
    (void)events;
}

static void clock_changed(void *context)
{
    struct loop *loop = context;

    loop->rearm = true;
}

static void arm(struct loop *loop)
{
    int64_t wait_us;

    if (!loop->rearm)
        return;
    loop->rearm = false;
    ev_timer_stop(loop->library, &loop->alarm);
    wait_us = clock_until_next_us(loop->clock);
    if (wait_us < 0)
        return;
    ev_now_update(loop->library);
    ev_timer_set(&loop->alarm, (double)wait_us / 1e6, 0);
    ev_timer_start(loop->library, &loop->alarm);
}

static void run_deferred(struct loop *loop)
{
    struct list now;

    /* What is deferred while this runs waits for the next round; the rounds are bounded so that two cannot feed each other for ever. */
    for (int round = 0; round < 16 && !list_is_empty(&loop->deferred); round++) {
        list_init(&now);
        while (!list_is_empty(&loop->deferred)) {
            struct list *link = loop->deferred.next;

            list_remove(link);
            list_add(&now, link);
        }
        while (!list_is_empty(&now)) {
            struct deferred *deferred = list_item(now.next, struct deferred, link);

            list_remove(&deferred->link);
            deferred->run(deferred);
        }
    }
}

static void end_turn(struct ev_loop *library, ev_prepare *prepare, int events)
{
    struct loop *loop = prepare->data;
    bool more = false;

    (void)events;
    run_deferred(loop);
    list_each(link, following, &loop->hooks)
        more |= list_item(link, struct turn_hook, link)->run(list_item(link, struct turn_hook, link));
    more |= !list_is_empty(&loop->deferred);
    arm(loop);
    if (more)
        ev_idle_start(library, &loop->again);
    else
        ev_idle_stop(library, &loop->again);
}

enum status loop_open(struct loop **out, struct clock *clock)
{
    struct loop *loop = memory_new(sizeof *loop);

    loop->library = ev_default_loop(EVFLAG_NOENV);
    if (!loop->library) {
        log_error("cannot open an event loop");
        free(loop);
        return BROKEN;
    }
    loop->clock = clock;
    list_init(&loop->deferred);
    list_init(&loop->hooks);
    ev_timer_init(&loop->alarm, on_alarm, 0, 0);
    loop->alarm.data = loop;
    ev_timer_init(&loop->bound, on_bound, 0, 0);
    ev_idle_init(&loop->again, on_again);
    ev_prepare_init(&loop->turn_end, end_turn);
    loop->turn_end.data = loop;
    ev_set_priority(&loop->turn_end, EV_MINPRI);
    ev_prepare_start(loop->library, &loop->turn_end);
    clock->changed = clock_changed;
    clock->context = loop;
    loop->rearm = true;
    *out = loop;
    return OK;
}

void loop_run(struct loop *loop)
{
    ev_run(loop->library, 0);
}

void loop_turn(struct loop *loop, int64_t timeout_ms)
{
    if (timeout_ms > 0) {
        ev_now_update(loop->library);
        ev_timer_set(&loop->bound, (double)timeout_ms / 1e3, 0);
        ev_timer_start(loop->library, &loop->bound);
    }
    ev_run(loop->library, timeout_ms ? EVRUN_ONCE : EVRUN_NOWAIT);
    ev_timer_stop(loop->library, &loop->bound);
}

void loop_stop(struct loop *loop)
{
    ev_break(loop->library, EVBREAK_ALL);
}

static void on_ready(struct ev_loop *library, ev_io *io, int events)
{
    struct watch *watch = io->data;

    (void)library;
    watch->is_running = true;
    watch->function(watch, (events & EV_READ ? WATCH_READ : 0) | (events & EV_WRITE ? WATCH_WRITE : 0), watch->context);
    watch->is_running = false;
    if (watch->is_closed)
        free(watch);
}

static int library_events(int events)
{
    return (events & WATCH_READ ? EV_READ : 0) | (events & WATCH_WRITE ? EV_WRITE : 0);
}

struct watch *watch_open(struct loop *loop, int fd, int events, watch_function *function, void *context)
{
    struct watch *watch = memory_new(sizeof *watch);

    watch->loop = loop;
    watch->function = function;
    watch->context = context;
    ev_io_init(&watch->library, on_ready, fd, library_events(events));
    watch->library.data = watch;
    if (events)
        ev_io_start(loop->library, &watch->library);
    return watch;
}

void watch_set(struct watch *watch, int events)
{
    int wanted = library_events(events);

    if ((watch->library.events & (EV_READ | EV_WRITE)) == wanted && ev_is_active(&watch->library) == (wanted != 0))
        return;
    ev_io_stop(watch->loop->library, &watch->library);
    ev_io_set(&watch->library, watch->library.fd, wanted);
    if (wanted)
        ev_io_start(watch->loop->library, &watch->library);
}

int watch_fd(const struct watch *watch)
{
    return watch->library.fd;
}

void watch_close(struct watch *watch)
{
    if (!watch || watch->is_closed)
        return;
    ev_io_stop(watch->loop->library, &watch->library);
    watch->is_closed = true;
    if (!watch->is_running)
        free(watch);
}

void loop_defer(struct loop *loop, struct deferred *deferred, void (*run)(struct deferred *deferred))
{
    if (deferred->link.next)
        return;
    deferred->run = run;
    list_add(&loop->deferred, &deferred->link);
}

void loop_forget(struct deferred *deferred)
{
    list_remove(&deferred->link);
}

void loop_add_hook(struct loop *loop, struct turn_hook *hook, bool (*run)(struct turn_hook *hook))
{
    hook->run = run;
    list_add(&loop->hooks, &hook->link);
}

void loop_remove_hook(struct turn_hook *hook)
{
    list_remove(&hook->link);
}

static void on_signal(struct ev_loop *library, ev_signal *signal, int events)
{
    struct signal_watch *watch = signal->data;

    (void)library;
    (void)events;
    watch->function(signal->signum, watch->context);
}

void loop_on_signal(struct loop *loop, int signal_number, void (*function)(int signal_number, void *context), void *context)
{
    struct signal_watch *watch = &loop->signals[loop->signal_count++];

    assert(loop->signal_count <= SIGNAL_MAX);
    watch->function = function;
    watch->context = context;
    ev_signal_init(&watch->library, on_signal, signal_number);
    watch->library.data = watch;
    ev_signal_start(loop->library, &watch->library);
}

void *loop_library(struct loop *loop)
{
    return loop->library;
}

void loop_close(struct loop *loop)
{
    if (!loop)
        return;
    for (int i = 0; i < loop->signal_count; i++)
        ev_signal_stop(loop->library, &loop->signals[i].library);
    ev_timer_stop(loop->library, &loop->alarm);
    ev_prepare_stop(loop->library, &loop->turn_end);
    ev_idle_stop(loop->library, &loop->again);
    loop->clock->changed = NULL;
    ev_loop_destroy(loop->library);
    free(loop);
}
