#pragma once
/* The one clock. Every "now" and every timer in lowcloud hangs on it, so that a test can freeze time and move it by hand.
 *
 * Two modes: REAL follows the machine; FROZEN stands still until clock_advance. Timers fire from clock_run_due, which the loop calls when
 * the next one is due; clock_advance fires all that become due on the way, each at its own time, in order (ties: first started first).
 * A timer belongs to whoever embeds it; it must be stopped before its memory goes. */

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum clock_mode { CLOCK_REAL, CLOCK_FROZEN };

struct clock {
    enum clock_mode mode;
    int64_t frozen_us;     /* now, while frozen: microseconds since the epoch */
    struct timer **timers; /* a heap: the next one due is first */
    size_t timer_count;
    size_t timer_capacity;
    uint64_t started_count;         /* gives each start its turn among equals */
    void (*changed)(void *context); /* told when the next due time may have changed; the loop re-arms itself */
    void *context;
};

struct timer {
    void (*fire)(struct timer *timer);
    int64_t due_us;
    uint64_t turn;
    size_t place; /* index in the heap + 1; 0 when it is not running */
};

/* A clock in REAL mode without timers. */
void clock_open(struct clock *clock);

/* Milliseconds, or microseconds, since the epoch. */
int64_t clock_now_ms(const struct clock *clock);
int64_t clock_now_us(const struct clock *clock);

/* A stopwatch for figures alone: microseconds that run in every mode and never go back. Nothing that a user can observe as time may hang on
 * it. */
int64_t clock_stopwatch_us(void);

/* Stands still from now on (or from time_ms if it is not negative); clock_thaw follows the machine again. */
void clock_freeze(struct clock *clock, int64_t time_ms);
void clock_thaw(struct clock *clock);

/* Moves a frozen clock on and fires what becomes due. Returns false, doing nothing, when the clock is not frozen. */
bool clock_advance(struct clock *clock, int64_t by_ms);

/* Starts (or restarts) timer: it fires once, delay_ms from now. `fire` may start it again. */
void timer_start(struct clock *clock, struct timer *timer, int64_t delay_ms, void (*fire)(struct timer *timer));

/* Stops timer; harmless when it is not running. */
void timer_stop(struct clock *clock, struct timer *timer);

bool timer_is_running(const struct timer *timer);

/* Microseconds from now to the next timer in REAL mode; -1 when there is none or the clock is frozen. */
int64_t clock_until_next_us(const struct clock *clock);

/* Fires all that is due now. */
void clock_run_due(struct clock *clock);

/* Forgets all timers. */
void clock_close(struct clock *clock);
