#pragma once
/* The event loop: one thread, in which everything happens. It wraps libev, which no other folder sees except the WebSocket library's
 * plug-in.
 *
 * A turn: wait for events, run their callbacks, run what was deferred, run the turn-end hooks (commit, send answers), wait again.
 * Timers are not here: they hang on base/clock, and the loop wakes for the next one that is due. What may block happens in a child process.
 */

#include "base/clock.h"
#include "base/list.h"
#include "base/status.h"

#include <stdbool.h>
#include <stdint.h>

struct loop;

/* Watches of file descriptors. */
enum { WATCH_READ = 1, WATCH_WRITE = 2 };
struct watch;
typedef void watch_function(struct watch *watch, int events, void *context);

/* Something to do once, at the end of this turn. Zero it before the first use; it may be deferred again when it has run. */
struct deferred {
    struct list link;
    void (*run)(struct deferred *deferred);
};

/* Something to do at the end of every turn, in the order in which hooks were added. `run` answers whether there is more to do at once;
 * then the loop does not sleep before the next turn. */
struct turn_hook {
    struct list link;
    bool (*run)(struct turn_hook *hook);
};

/* Opens the process's loop on clock (which must outlive it). BROKEN when the machine has no event interface. */
enum status loop_open(struct loop **loop, struct clock *clock);

/* Runs turns until loop_stop; then answers. */
void loop_run(struct loop *loop);

/* One turn: waits at most timeout_ms (-1: until something happens, 0: not at all). For tests. */
void loop_turn(struct loop *loop, int64_t timeout_ms);

void loop_stop(struct loop *loop);

/* Calls function whenever fd has one of events (WATCH_READ, WATCH_WRITE); level-triggered. The watch is freed by watch_close, which may be
 * called from its own function; the fd stays with its owner. */
struct watch *watch_open(struct loop *loop, int fd, int events, watch_function *function, void *context);
void watch_set(struct watch *watch, int events); /* 0 pauses */
int watch_fd(const struct watch *watch);
void watch_close(struct watch *watch); /* accepts NULL */

/* Runs deferred at the end of this turn; harmless when it is already waiting. loop_forget takes it back. */
void loop_defer(struct loop *loop, struct deferred *deferred, void (*run)(struct deferred *deferred));
void loop_forget(struct deferred *deferred);

void loop_add_hook(struct loop *loop, struct turn_hook *hook, bool (*run)(struct turn_hook *hook));
void loop_remove_hook(struct turn_hook *hook);

/* Calls function in the loop when the process gets the signal (SIGINT, SIGTERM, ...). At most 8 signals; closed with the loop. */
void loop_on_signal(struct loop *loop, int signal_number, void (*function)(int signal_number, void *context), void *context);

/* The libev loop, for libwebsockets alone. */
void *loop_library(struct loop *loop);

void loop_close(struct loop *loop);
