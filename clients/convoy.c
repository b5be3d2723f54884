#include "convoy.h"

#include "base/list.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    CALLS_MAX = 8,       /* side by side; what is due while they run is batched into the next */
    PAUSE_FIRST_MS = 50, /* before a fix is put again */
    PAUSE_LONGEST_MS = 2000,
};

struct rider {
    struct vehicle vehicle;
    int64_t due_us;  /* since the start, of the next fix or of the next try; -1: arrived */
    bool has_fix;    /* one is made and not yet taken */
    bool is_waiting; /* it is part of a call */
    int64_t tries;   /* of the fix */
    struct buffer data;
};

struct convoy {
    struct clock *clock;
    struct convoy_options options;
    struct producer producer;
    struct random_stream chance; /* for pauses */
    struct rider *riders;
    size_t count;
    struct timer timer;
    int64_t started_us;
    size_t calls;
    size_t turn; /* the rider who is asked first, so that a full call does not always serve the same ones */
    bool is_stopping;
    bool has_ended;
    char problem[320];
    struct convoy_figures figures;
};

struct convoy_call {
    struct convoy *convoy;
    int64_t began_us;
    size_t count;
    struct rider *riders[PRODUCER_RECORDS_MAX];
};

static void put_what_is_due(struct convoy *convoy);

struct convoy *convoy_open(struct clock *clock, struct courier *courier, const struct convoy_options *options)
{
    struct convoy *convoy = memory_new(sizeof *convoy);

    convoy->clock = clock;
    convoy->options = *options;
    convoy->count = (size_t)options->vehicle_count;
    convoy->riders = memory_new(convoy->count * sizeof *convoy->riders);
    convoy->chance = random_stream(options->random, "convoy pauses");
    producer_init(&convoy->producer, courier, &options->stream);
    for (size_t i = 0; i < convoy->count; i++) {
        char id[VEHICLE_ID_MAX];

        snprintf(id, sizeof id, "%.40s%zu", options->id_prefix, i + 1);
        vehicle_init(&convoy->riders[i].vehicle, id, &options->tracks[i % options->track_count], &convoy->options.plan, options->random,
                     options->is_spread || i >= options->track_count);
        convoy->riders[i].due_us = vehicle_due_us(&convoy->riders[i].vehicle);
    }
    convoy->figures.driving = convoy->count;
    return convoy;
}

static int64_t since_start_us(const struct convoy *convoy)
{
    return clock_now_us(convoy->clock) - convoy->started_us;
}

static void fail(struct convoy *convoy, const char *problem)
{
    if (!convoy->problem[0])
        snprintf(convoy->problem, sizeof convoy->problem, "%s", problem);
    convoy->is_stopping = true;
}

static void make_fix(struct convoy *convoy, struct rider *rider)
{
    int64_t taken_at_ms = (convoy->started_us + rider->due_us) / 1000;
    struct fix fix = vehicle_fix(&rider->vehicle, taken_at_ms);

    rider->has_fix = true;
    rider->tries = 0;
    rider->data.size = 0;
    fix_print(&fix, rider->vehicle.id, &rider->data);
    if (convoy->options.made)
        convoy->options.made(&rider->vehicle, &fix, convoy->options.context);
}

/* The fix was taken: the next one becomes due. */
static void ride_on(struct convoy *convoy, struct rider *rider)
{
    rider->has_fix = false;
    rider->due_us = vehicle_due_us(&rider->vehicle);
    convoy->figures.taken++;
    if (rider->due_us < 0)
        convoy->figures.driving--;
}

/* 50, 100, 200, ... milliseconds up to two seconds, each between half and all of it, so that vehicles do not come back in step. */
static int64_t pause_us(struct convoy *convoy, int64_t tries)
{
    int64_t longest_ms = tries < 7 ? (int64_t)PAUSE_FIRST_MS << (tries - 1) : PAUSE_LONGEST_MS;

    if (longest_ms > PAUSE_LONGEST_MS)
        longest_ms = PAUSE_LONGEST_MS;
    return longest_ms * 500 + (int64_t)random_below(&convoy->chance, (uint64_t)longest_ms * 500);
}

static void settle(struct convoy *convoy, struct rider *rider, const struct producer_result *result)
{
    char text[320];

    rider->is_waiting = false;
    if (result->fate == PRODUCER_TAKEN) {
        ride_on(convoy, rider);
        return;
    }
    rider->due_us = since_start_us(convoy) + pause_us(convoy, rider->tries);
    if (result->fate == PRODUCER_REFUSED || (result->fate == PRODUCER_UNHEARD && !convoy->figures.taken)) {
        fail(convoy, result->problem);
    } else if (rider->tries >= convoy->options.tries) {
        snprintf(text, sizeof text, "gave up after %d tries: %s", (int)rider->tries, result->problem);
        fail(convoy, text);
    }
}

static void settle_all(const struct producer_result *results, size_t count, void *context)
{
    struct convoy_call *call = context;
    struct convoy *convoy = call->convoy;

    convoy->calls--;
    figures_add(&convoy->figures.put_us, clock_stopwatch_us() - call->began_us);
    for (size_t i = 0; i < count; i++)
        settle(convoy, call->riders[i], &results[i]);
    free(call);
    put_what_is_due(convoy);
}

/* Takes a rider into the call when it has something to put now. False when there is no room for it. */
static bool board(struct convoy *convoy, struct rider *rider, struct convoy_call *call, struct producer_record *records, size_t *bytes)
{
    size_t size_bytes;

    if (!rider->has_fix)
        make_fix(convoy, rider);
    size_bytes = rider->data.size + strlen(rider->vehicle.id);
    if (call->count == PRODUCER_RECORDS_MAX || *bytes + size_bytes > PRODUCER_BYTES_MAX)
        return false;
    *bytes += size_bytes;
    records[call->count] = (struct producer_record){ rider->data.data, rider->data.size, rider->vehicle.id };
    call->riders[call->count++] = rider;
    rider->is_waiting = true;
    if (rider->tries++)
        convoy->figures.repeated++;
    return true;
}

static bool is_due(const struct convoy *convoy, const struct rider *rider, int64_t now_us)
{
    if (rider->is_waiting || rider->due_us < 0 || rider->due_us > now_us || convoy->is_stopping)
        return false;
    return rider->has_fix || !convoy->options.duration_ms || rider->due_us <= convoy->options.duration_ms * 1000;
}

/* Puts as many due fixes as one call holds; false when none is due. */
static bool put_one_call(struct convoy *convoy, int64_t now_us)
{
    struct convoy_call *call = memory_new(sizeof *call);
    struct producer_record records[PRODUCER_RECORDS_MAX];
    size_t bytes = 0;
    size_t i;

    *call = (struct convoy_call){ .convoy = convoy };
    for (i = 0; i < convoy->count; i++) {
        struct rider *rider = &convoy->riders[(convoy->turn + i) % convoy->count];

        if (is_due(convoy, rider, now_us) && !board(convoy, rider, call, records, &bytes))
            break;
    }
    convoy->turn = (convoy->turn + i) % convoy->count;
    if (!call->count) {
        free(call);
        return false;
    }
    call->began_us = clock_stopwatch_us();
    convoy->calls++;
    convoy->figures.calls++;
    producer_put(&convoy->producer, records, call->count, settle_all, call);
    return true;
}

/* When the next rider is due, in microseconds since the start; -1 when none ever will be. */
static int64_t next_due_us(const struct convoy *convoy)
{
    int64_t next_us = -1;

    for (size_t i = 0; i < convoy->count; i++) {
        const struct rider *rider = &convoy->riders[i];

        if (is_due(convoy, rider, rider->due_us) && (next_us < 0 || rider->due_us < next_us))
            next_us = rider->due_us;
    }
    return next_us;
}

static void wake(struct timer *timer)
{
    put_what_is_due(list_item(timer, struct convoy, timer));
}

static void end_when_done(struct convoy *convoy)
{
    if (convoy->calls || convoy->has_ended)
        return;
    convoy->has_ended = true;
    timer_stop(convoy->clock, &convoy->timer);
    convoy->options.ended(convoy->problem[0] ? convoy->problem : NULL, convoy->options.context);
}

static void put_what_is_due(struct convoy *convoy)
{
    int64_t now_us = since_start_us(convoy);
    int64_t next_us;

    while (convoy->calls < CALLS_MAX && put_one_call(convoy, now_us))
        continue;
    if (convoy->calls == CALLS_MAX)
        return; /* the next answer brings us back */
    next_us = next_due_us(convoy);
    if (next_us < 0)
        end_when_done(convoy);
    else
        timer_start(convoy->clock, &convoy->timer, next_us > now_us ? (next_us - now_us + 999) / 1000 : 0, wake);
}

void convoy_start(struct convoy *convoy)
{
    convoy->started_us = clock_now_us(convoy->clock);
    put_what_is_due(convoy);
}

void convoy_stop(struct convoy *convoy)
{
    convoy->is_stopping = true;
    if (!convoy->calls)
        end_when_done(convoy);
}

const struct convoy_figures *convoy_look(const struct convoy *convoy)
{
    return &convoy->figures;
}

void convoy_close(struct convoy *convoy)
{
    if (!convoy)
        return;
    timer_stop(convoy->clock, &convoy->timer);
    for (size_t i = 0; i < convoy->count; i++)
        buffer_clear(&convoy->riders[i].data);
    free(convoy->riders);
    free(convoy);
}
