#include "control/control.h"

#include "base/memory.h"
#include "base/text.h"
#include "version.h"

#include <assert.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>
#include <string.h>

enum { WAIT_MAX_MS = 60000 };
static const json_int_t LATEST_MS = 253402300799999; /* the end of the year 9999 */

struct control {
    const struct ground *ground;
    struct list waiters;
    struct control_listing listings[CONTROL_LISTINGS_MAX];
    size_t listing_count;
};

/* A reader of the trace who waits for the next event. */
struct waiter {
    struct list link;
    struct trace_listener listener;
    struct deferred deferred;
    struct timer timer;
    struct control *control;
    struct exchange *exchange;
    uint64_t since;
};

/* ---- the trace ---- */

static void print_events(const struct trace *trace, uint64_t since, struct buffer *lines)
{
    uint64_t newest = trace_newest(trace);
    uint64_t first = newest > TRACE_CAPACITY ? newest - TRACE_CAPACITY + 1 : 1;

    for (uint64_t id = since + 1 > first ? since + 1 : first; id <= newest; id++) {
        const struct trace_event *event = trace_find(trace, id);

        if (event)
            trace_event_print(event, lines);
    }
}

static void answer_trace(struct control *control, struct exchange *exchange, uint64_t since)
{
    const struct trace *trace = control->ground->trace;
    uint64_t newest = trace_newest(trace);
    uint64_t oldest = newest > TRACE_CAPACITY ? newest - TRACE_CAPACITY + 1 : 1;

    exchange_header(exchange, "Lowcloud-Trace-Oldest", arena_print(&exchange->arena, "%" PRIu64, oldest));
    exchange_header(exchange, "Lowcloud-Trace-Newest", arena_print(&exchange->arena, "%" PRIu64, newest));
    print_events(trace, since, &exchange->answer.body);
    exchange->answer.status = 200;
    exchange_header(exchange, "Content-Type", "application/x-ndjson");
    exchange_send(exchange);
}

static void end_wait(struct waiter *waiter)
{
    struct control *control = waiter->control;
    struct exchange *exchange = waiter->exchange;
    uint64_t since = waiter->since;

    list_remove(&waiter->link);
    list_remove(&waiter->listener.link);
    loop_forget(&waiter->deferred);
    timer_stop(control->ground->clock, &waiter->timer);
    free(waiter);
    answer_trace(control, exchange, since);
}

static void time_is_up(struct timer *timer)
{
    end_wait(list_item(timer, struct waiter, timer));
}

/* A reader who asked for ids that are still far off goes on waiting. */
static void answer_waiter(struct deferred *deferred)
{
    struct waiter *waiter = list_item(deferred, struct waiter, deferred);

    if (trace_newest(waiter->control->ground->trace) > waiter->since)
        end_wait(waiter);
    else
        trace_listen(waiter->control->ground->trace, &waiter->listener);
}

/* An event may come in the middle of anything: the answer waits for the end of the turn. */
static void woken(struct trace_listener *listener)
{
    struct waiter *waiter = list_item(listener, struct waiter, listener);

    loop_defer(waiter->control->ground->loop, &waiter->deferred, answer_waiter);
}

static void reader_left(struct exchange *exchange, void *context)
{
    (void)exchange;
    end_wait(context);
}

static void wait_for_event(struct control *control, struct exchange *exchange, uint64_t since, int64_t wait_ms)
{
    struct waiter *waiter = memory_new(sizeof *waiter);

    waiter->control = control;
    waiter->exchange = exchange;
    waiter->since = since;
    waiter->listener.woken = woken;
    exchange->left = reader_left;
    exchange->context = waiter;
    list_add(&control->waiters, &waiter->link);
    trace_listen(control->ground->trace, &waiter->listener);
    timer_start(control->ground->clock, &waiter->timer, wait_ms, time_is_up);
}

static bool number_parameter(struct exchange *exchange, const char *name, int64_t fallback, int64_t max, int64_t *number)
{
    const char *text = request_parameter(&exchange->request, &exchange->arena, name);

    *number = fallback;
    if (!text)
        return true;
    return text_to_int64(text, number) && *number >= 0 && *number <= max;
}

static void serve_trace(struct control *control, struct exchange *exchange)
{
    int64_t since;
    int64_t wait_ms;

    if (!number_parameter(exchange, "since", 0, INT64_MAX, &since) || !number_parameter(exchange, "wait", 0, WAIT_MAX_MS, &wait_ms)) {
        exchange_reply(exchange, 400, "application/json", "{\"message\":\"since is an event id, wait is 0 to 60000 milliseconds\"}");
        return;
    }
    if (wait_ms && (uint64_t)since >= trace_newest(control->ground->trace))
        wait_for_event(control, exchange, (uint64_t)since, wait_ms);
    else
        answer_trace(control, exchange, (uint64_t)since);
}

/* ---- listings ---- */

void control_add_listing(struct control *control, const struct control_listing *listing)
{
    assert(control->listing_count < CONTROL_LISTINGS_MAX);
    control->listings[control->listing_count++] = *listing;
}

static void serve_listing(const struct control_listing *listing, struct exchange *exchange)
{
    int64_t since;

    if (!number_parameter(exchange, "since", 0, INT64_MAX, &since)) {
        exchange_reply(exchange, 400, "application/json", "{\"message\":\"since is the id of an entry\"}");
        return;
    }
    listing->print(listing->context, (uint64_t)since, &exchange->answer.body);
    exchange->answer.status = 200;
    exchange_header(exchange, "Content-Type", "application/x-ndjson");
    exchange_send(exchange);
}

/* ---- the clock ---- */

static void answer_clock(struct control *control, struct exchange *exchange)
{
    const struct clock *clock = control->ground->clock;

    exchange_reply(exchange, 200, "application/json",
                   arena_print(&exchange->arena, "{\"mode\":\"%s\",\"nowMs\":%" PRId64 "}", clock->mode == CLOCK_FROZEN ? "frozen" : "real",
                               clock_now_ms(clock)));
}

/* {"mode":"frozen","nowMs":1700000000000}, {"mode":"real"}, {"advanceMs":600000} */
static const char *set_clock(struct control *control, const json_t *wanted)
{
    struct clock *clock = control->ground->clock;
    const char *mode = json_string_value(json_object_get(wanted, "mode"));
    const json_t *now = json_object_get(wanted, "nowMs");
    const json_t *advance = json_object_get(wanted, "advanceMs");

    if (now && (!json_is_integer(now) || json_integer_value(now) < 0 || json_integer_value(now) > LATEST_MS))
        return "{\"message\":\"nowMs is a time: milliseconds since the epoch\"}";
    if (text_is(mode, "frozen"))
        clock_freeze(clock, json_is_integer(now) ? json_integer_value(now) : -1);
    else if (text_is(mode, "real"))
        clock_thaw(clock);
    else if (mode || !advance)
        return "{\"message\":\"give a mode of frozen (with nowMs) or real, or advanceMs\"}";
    if (advance &&
        (!json_is_integer(advance) || json_integer_value(advance) < 0 || json_integer_value(advance) > LATEST_MS - clock_now_ms(clock)))
        return "{\"message\":\"advanceMs is a number of milliseconds\"}";
    if (advance && !clock_advance(clock, json_integer_value(advance)))
        return "{\"message\":\"only a frozen clock can be advanced\"}";
    return NULL;
}

static void serve_clock(struct control *control, struct exchange *exchange)
{
    json_t *wanted;
    const char *fault;

    if (!text_is(exchange->request.method, "POST")) {
        answer_clock(control, exchange);
        return;
    }
    wanted = json_loadb(exchange->request.body, exchange->request.body_size, 0, NULL);
    fault = set_clock(control, wanted);
    json_decref(wanted);
    if (fault)
        exchange_reply(exchange, 400, "application/json", fault);
    else
        answer_clock(control, exchange);
}

static void serve_health(struct control *control, struct exchange *exchange)
{
    exchange_reply(exchange, 200, "application/json",
                   arena_print(&exchange->arena,
                               "{\"status\":\"running\",\"version\":\"" LOWCLOUD_VERSION
                               "\",\"region\":\"%s\",\"account\":\"%s\",\"services\":[\"apigatewayv2\",\"apigatewaymanagementapi\","
                               "\"dynamodb\",\"kinesis\",\"kinesisanalytics\",\"kinesisanalyticsv2\",\"lambda\",\"monitoring\"]}",
                               control->ground->region, control->ground->account));
}

static const struct {
    const char *path;
    void (*serve)(struct control *control, struct exchange *exchange);
} pages[] = {
    { "/_lowcloud/health", serve_health },
    { "/_lowcloud/trace", serve_trace },
    { "/_lowcloud/clock", serve_clock },
};

struct control *control_open(const struct ground *ground)
{
    struct control *control = memory_new(sizeof *control);

    control->ground = ground;
    list_init(&control->waiters);
    return control;
}

bool control_serves(struct control *control, struct exchange *exchange)
{
    if (!text_begins(exchange->request.path, "/_lowcloud"))
        return false;
    for (size_t i = 0; i < sizeof pages / sizeof *pages; i++)
        if (text_is(exchange->request.path, pages[i].path)) {
            pages[i].serve(control, exchange);
            return true;
        }
    for (size_t i = 0; i < control->listing_count; i++)
        if (text_is(exchange->request.path, control->listings[i].path)) {
            serve_listing(&control->listings[i], exchange);
            return true;
        }
    exchange_reply(exchange, 404, "application/json",
                   "{\"message\":\"lowcloud has /_lowcloud/health, /_lowcloud/trace, /_lowcloud/clock, /_lowcloud/destinations and "
                   "/_lowcloud/metrics\"}");
    return true;
}

/* The front door has answered all that was suspended by now, through `left` or its own closing. */
void control_close(struct control *control)
{
    if (!control)
        return;
    list_each(link, following, &control->waiters) {
        struct waiter *waiter = list_item(link, struct waiter, link);

        timer_stop(control->ground->clock, &waiter->timer);
        list_remove(&waiter->listener.link);
        loop_forget(&waiter->deferred);
        free(waiter);
    }
    free(control);
}
