#include "base/clock.h"

#include "base/memory.h"

#include <stdlib.h>
#include <time.h>

void clock_open(struct clock *clock)
{
    *clock = (struct clock){ .mode = CLOCK_REAL };
}

static int64_t machine_us(clockid_t id)
{
    struct timespec now;

    clock_gettime(id, &now);
    return (int64_t)now.tv_sec * 1000000 + now.tv_nsec / 1000;
}

int64_t clock_now_us(const struct clock *clock)
{
    return clock->mode == CLOCK_FROZEN ? clock->frozen_us : machine_us(CLOCK_REALTIME);
}

int64_t clock_now_ms(const struct clock *clock)
{
    return clock_now_us(clock) / 1000;
}

int64_t clock_stopwatch_us(void)
{
    return machine_us(CLOCK_MONOTONIC);
}

static void tell(struct clock *clock)
{
    if (clock->changed)
        clock->changed(clock->context);
}

void clock_freeze(struct clock *clock, int64_t time_ms)
{
    clock->frozen_us = time_ms >= 0 ? time_ms * 1000 : clock_now_us(clock);
    clock->mode = CLOCK_FROZEN;
    tell(clock);
}

void clock_thaw(struct clock *clock)
{
    clock->mode = CLOCK_REAL;
    tell(clock);
}

static bool is_before(const struct timer *a, const struct timer *b)
{
    return a->due_us != b->due_us ? a->due_us < b->due_us : a->turn < b->turn;
}

static void place(struct clock *clock, size_t at, struct timer *timer)
{
    clock->timers[at] = timer;
    timer->place = at + 1;
}

static void sift_up(struct clock *clock, size_t at)
{
    struct timer *timer = clock->timers[at];

    while (at && is_before(timer, clock->timers[(at - 1) / 2])) {
        place(clock, at, clock->timers[(at - 1) / 2]);
        at = (at - 1) / 2;
    }
    place(clock, at, timer);
}

static void sift_down(struct clock *clock, size_t at)
{
    struct timer *timer = clock->timers[at];

    for (;;) {
        size_t child = at * 2 + 1;

        if (child >= clock->timer_count)
            break;
        if (child + 1 < clock->timer_count && is_before(clock->timers[child + 1], clock->timers[child]))
            child++;
        if (!is_before(clock->timers[child], timer))
            break;
        place(clock, at, clock->timers[child]);
        at = child;
    }
    place(clock, at, timer);
}

static void take_out(struct clock *clock, struct timer *timer)
{
    size_t at = timer->place - 1;
    struct timer *last = clock->timers[--clock->timer_count];

    timer->place = 0;
    if (last == timer)
        return;
    place(clock, at, last);
    sift_up(clock, at);
    sift_down(clock, last->place - 1);
}

void timer_start(struct clock *clock, struct timer *timer, int64_t delay_ms, void (*fire)(struct timer *timer))
{
    if (timer->place)
        take_out(clock, timer);
    if (clock->timer_count == clock->timer_capacity) {
        clock->timer_capacity = clock->timer_capacity ? clock->timer_capacity * 2 : 16;
        clock->timers = memory_resize(clock->timers, clock->timer_capacity * sizeof(struct timer *));
    }
    timer->fire = fire;
    timer->due_us = clock_now_us(clock) + (delay_ms > 0 ? delay_ms : 0) * 1000;
    timer->turn = clock->started_count++;
    place(clock, clock->timer_count++, timer);
    sift_up(clock, timer->place - 1);
    tell(clock);
}

void timer_stop(struct clock *clock, struct timer *timer)
{
    if (timer->place)
        take_out(clock, timer);
}

bool timer_is_running(const struct timer *timer)
{
    return timer->place != 0;
}

int64_t clock_until_next_us(const struct clock *clock)
{
    int64_t left;

    if (!clock->timer_count || clock->mode == CLOCK_FROZEN)
        return -1;
    left = clock->timers[0]->due_us - clock_now_us(clock);
    return left > 0 ? left : 0;
}

/* Fires what is due at until_us. A timer started while firing waits for the next call when it is due at once, so none can starve the loop.
 */
static void run_until(struct clock *clock, int64_t until_us, bool stepping)
{
    uint64_t turn = clock->started_count;

    while (clock->timer_count && clock->timers[0]->due_us <= until_us) {
        struct timer *timer = clock->timers[0];

        if (!stepping && timer->turn >= turn)
            break;
        if (stepping && timer->due_us > clock->frozen_us)
            clock->frozen_us = timer->due_us;
        take_out(clock, timer);
        timer->fire(timer);
    }
    tell(clock);
}

void clock_run_due(struct clock *clock)
{
    run_until(clock, clock_now_us(clock), false);
}

bool clock_advance(struct clock *clock, int64_t by_ms)
{
    int64_t until_us;

    if (clock->mode != CLOCK_FROZEN)
        return false;
    until_us = clock->frozen_us + by_ms * 1000;
    run_until(clock, until_us, true);
    clock->frozen_us = until_us;
    return true;
}

void clock_close(struct clock *clock)
{
    free(clock->timers);
    *clock = (struct clock){ 0 };
}
