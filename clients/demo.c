#include "demo.h"

#include "base/memory.h"
#include "base/text.h"
#include "demo_parts.h"
#include "push.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum {
    READY_MS = 30000,   /* lowcloud may take this long to be ready, first use of Python included */
    CONNECT_MS = 20000, /* and the clients to be let in */
    SETTLE_MS = 10000,  /* after the last push that was still missing */
    FAREWELL_MS = 1500,
    TRACE_WAIT_MS = 700,
};

/* Where a vehicle's receiver may be off by; the same in every run with the same seed. */
#define JITTER_M 2.0

/* As the template's EXIT_MARGIN_M. */
#define EXIT_MARGIN_M 15.0

static const char *const track_files[DEMO_VEHICLES] = { "tracks/harbour.gpx", "tracks/alster.csv", "tracks/rounds.geojson",
                                                        "tracks/ferry.gpx", "tracks/clinic.csv" };

static void read_trace(struct demo *demo);

/* ---- the end ---- */

/* Everything is over, well or not: clients leave, lowcloud is asked to end, and the loop stops when it has. */
static void end(struct demo *demo)
{
    if (demo->phase == DEMO_ENDING)
        return;
    demo->phase = DEMO_ENDING;
    if (demo->convoy)
        convoy_stop(demo->convoy);
    for (int i = 0; i < DEMO_CLIENTS; i++)
        if (demo->clients[i].tracker)
            tracker_leave(demo->clients[i].tracker);
    loop_stop(demo->loop);
}

static void fail(struct demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void fail(struct demo *demo, const char *format, ...)
{
    va_list list;

    if (demo->phase == DEMO_ENDING)
        return;
    progress_clear(&demo->progress);
    fputs("lowcloud demo: ", stderr);
    va_start(list, format);
    vfprintf(stderr, format, list);
    va_end(list);
    fputc('\n', stderr);
    demo->has_failed = true;
    end(demo);
}

static void say(struct demo *demo, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void say(struct demo *demo, const char *format, ...)
{
    va_list list;

    progress_clear(&demo->progress);
    va_start(list, format);
    vprintf(format, list);
    va_end(list);
    putchar('\n');
    fflush(stdout);
}

static void too_late(struct timer *timer)
{
    struct demo *demo = list_item(timer, struct demo, deadline);

    switch (demo->phase) {
    case DEMO_STARTING:
        fail(demo, "lowcloud was not ready within %d s", READY_MS / 1000);
        break;
    case DEMO_CONNECTING:
        fail(demo, "the clients were not connected within %d s", CONNECT_MS / 1000);
        break;
    case DEMO_DRIVING:
    case DEMO_SETTLING:
        end(demo); /* the report says what is missing */
        break;
    case DEMO_ENDING:
        loop_stop(demo->loop);
        break;
    }
}

static void give_time(struct demo *demo, int64_t time_ms)
{
    timer_start(&demo->clock, &demo->deadline, time_ms, too_late);
}

/* ---- the trace ---- */

/* All pushes came, every invocation ended, and nothing has happened for a while: then nothing can come any more. */
static bool is_settled(const struct demo *demo, bool was_silent)
{
    return demo->phase == DEMO_SETTLING && was_silent && demo->trace.results == demo->trace.invocations &&
           demo->arrived >= demo_expected(demo);
}

static void take_trace(const struct courier_answer *answer, void *context)
{
    struct demo *demo = context;
    uint64_t before = demo->trace.newest;

    if (demo->phase == DEMO_ENDING)
        return;
    if (answer->status != 200)
        fail(demo, "the trace cannot be read: %s", answer->problem ? answer->problem : "not what lowcloud answers");
    else if (!demo_trace_read(&demo->trace, answer->body, answer->size_bytes))
        fail(demo, "the trace is not lines of events");
    else if (is_settled(demo, demo->trace.newest == before))
        end(demo);
    else
        read_trace(demo);
}

static void read_trace(struct demo *demo)
{
    char url[256];

    snprintf(url, sizeof url, "%s/_lowcloud/trace?since=%" PRIu64 "&wait=%d", demo->endpoint, demo->trace.newest, TRACE_WAIT_MS);
    courier_send(demo->courier, &(struct courier_request){ .url = url, .timeout_ms = 30000, .answered = take_trace, .context = demo });
}

/* ---- the vehicles ---- */

static size_t index_of(const struct demo *demo, const struct vehicle *vehicle)
{
    return (size_t)(vehicle->track - demo->tracks);
}

static void made(const struct vehicle *vehicle, const struct fix *fix, void *context)
{
    struct demo *demo = context;

    demo->fixes++;
    expected_list_step(&demo->expected[index_of(demo, vehicle)], &demo->fences, fix);
}

static void arrived(const char *problem, void *context)
{
    struct demo *demo = context;

    demo->drove_us = clock_stopwatch_us() - demo->driving_us;
    if (problem) {
        fail(demo, "stream %s: %s", demo->stream, problem);
        return;
    }
    if (demo->phase != DEMO_DRIVING)
        return;
    demo->phase = DEMO_SETTLING;
    give_time(demo, SETTLE_MS);
}

static void set_out(struct demo *demo)
{
    demo->phase = DEMO_DRIVING;
    timer_stop(&demo->clock, &demo->deadline);
    demo->driving_us = clock_stopwatch_us();
    say(demo, "%d clients follow; %d vehicles set out, at %g times their pace", DEMO_CLIENTS, DEMO_VEHICLES, demo->options.speed);
    convoy_start(demo->convoy);
}

static void open_convoy(struct demo *demo)
{
    demo->convoy = convoy_open(&demo->clock, demo->courier,
                               &(struct convoy_options){
                                   .tracks = demo->tracks,
                                   .track_count = DEMO_VEHICLES,
                                   .vehicle_count = DEMO_VEHICLES,
                                   .id_prefix = "car-",
                                   .plan = { .speed = demo->options.speed, .jitter_m = JITTER_M, .loops = 1 },
                                   .tries = 10,
                                   .random = &demo->random,
                                   .stream = { .stream = demo->stream, .remote = &demo->remote, .timeout_ms = 30000 },
                                   .made = made,
                                   .ended = arrived,
                                   .context = demo,
                               });
}

/* ---- the clients ---- */

static struct demo_client *client_of(struct demo *demo, const struct tracker *tracker)
{
    return &demo->clients[tracker_number(tracker) - 1];
}

static void set_out_when_ready(struct demo *demo)
{
    for (int i = 0; i < DEMO_CLIENTS; i++)
        if (!demo->clients[i].is_ready)
            return;
    set_out(demo);
}

/* The last client is let in as a follower of car-1 and then asks for car-2, over the route that answers. */
static void client_opened(struct tracker *tracker, void *context)
{
    static const char subscription[] = "{\"action\":\"subscribe\",\"VehicleID\":\"car-2\"}";
    struct demo *demo = context;
    struct demo_client *client = client_of(demo, tracker);

    client->is_open = true;
    if (client == &demo->clients[DEMO_CLIENTS - 1]) {
        tracker_send(tracker, subscription, sizeof subscription - 1);
        return;
    }
    client->is_ready = true;
    set_out_when_ready(demo);
}

static void take_reply(struct demo *demo, struct demo_client *client, const char *text)
{
    demo->replies++;
    if (!text_is(text, "{\"subscribed\": \"car-2\"}")) {
        fail(demo, "the subscription was answered with %s", text);
        return;
    }
    client->is_ready = true;
    set_out_when_ready(demo);
}

static void take_push(struct demo *demo, struct demo_client *client, const char *text, size_t size_bytes)
{
    const struct expected_list *expected = &demo->expected[client->vehicle];
    int64_t now_us = clock_now_us(&demo->clock);
    int64_t sent_ms = now_us / 1000;
    char vehicle[32];
    const char *problem;

    snprintf(vehicle, sizeof vehicle, "car-%zu", client->vehicle + 1);
    problem = expected_list_check(expected, vehicle, &client->seen, text, size_bytes);
    push_sent_at(text, size_bytes, &sent_ms);
    if (problem) {
        demo->wrong++;
        say(demo, "NOT OK: %s got %s: %s", client->role, text, problem);
        return;
    }
    demo->arrived++;
    figures_add(&demo->fix_to_client_us, now_us - sent_ms * 1000);
    demo_print_push(demo, client, &expected->pushes[client->seen - 1], now_us - sent_ms * 1000);
    if (demo->phase == DEMO_SETTLING)
        give_time(demo, SETTLE_MS);
}

static void client_received(struct tracker *tracker, const char *text, size_t size_bytes, void *context)
{
    struct demo *demo = context;
    struct demo_client *client = client_of(demo, tracker);

    if (client->is_ready)
        take_push(demo, client, text, size_bytes);
    else
        take_reply(demo, client, text);
}

static void client_ended(struct tracker *tracker, enum tracker_end how, int code, const char *reason, bool is_last, void *context)
{
    struct demo *demo = context;
    struct demo_client *client = client_of(demo, tracker);

    (void)is_last;
    client->is_open = false;
    if (demo->phase != DEMO_ENDING)
        fail(demo, "%s (client %d) %s: %d %s", client->role, tracker_number(tracker),
             how == TRACKER_REFUSED ? "was not let in" : "was closed", code, reason);
}

static void connect_clients(struct demo *demo)
{
    char problem[256] = "";
    struct trackers_options options = { .url = demo->websocket,
                                        .random = &demo->random,
                                        .opened = client_opened,
                                        .message = client_received,
                                        .ended = client_ended,
                                        .context = demo };

    demo->phase = DEMO_CONNECTING;
    give_time(demo, CONNECT_MS);
    if (trackers_open(&demo->trackers, demo->loop, &demo->clock, &options, problem) != OK) {
        fail(demo, "%s", problem);
        return;
    }
    for (size_t i = 0; i < DEMO_CLIENTS; i++) {
        char query[64];

        snprintf(query, sizeof query, "VehicleID=car-%zu", i < DEMO_VEHICLES ? i + 1 : 1);
        demo->clients[i] = (struct demo_client){ .vehicle = i < DEMO_VEHICLES ? i : i - DEMO_VEHICLES,
                                                 .role = i < DEMO_VEHICLES    ? "customer"
                                                         : i == DEMO_VEHICLES ? "dispatcher"
                                                                              : "subscriber" };
        demo->clients[i].tracker = tracker_open(demo->trackers, query);
    }
}

/* ---- lowcloud ---- */

static void copy(char *to, size_t room, const json_t *from)
{
    snprintf(to, room, "%s", json_string_value(from) ? json_string_value(from) : "");
}

static void server_ready(const json_t *line, void *context)
{
    struct demo *demo = context;
    json_t *websockets = json_object_get(line, "websocket");

    if (demo->phase != DEMO_STARTING)
        return;
    copy(demo->endpoint, sizeof demo->endpoint, json_object_get(line, "endpoint"));
    copy(demo->region, sizeof demo->region, json_object_get(line, "region"));
    demo->remote = (struct remote){ .endpoint = demo->endpoint, .region = demo->region, .key = "test", .secret = "test" };
    copy(demo->stream, sizeof demo->stream, json_object_get(json_object_get(line, "outputs"), "StreamName"));
    copy(demo->websocket, sizeof demo->websocket, json_object_iter_value(json_object_iter(websockets)));
    demo->ready_us = clock_stopwatch_us() - demo->began_us;
    if (!*demo->endpoint || !*demo->stream || !*demo->websocket) {
        fail(demo, "the template gives no StreamName or no WebSocket API");
        return;
    }
    say(demo, "lowcloud is ready at %s; clients connect to %s", demo->endpoint, demo->websocket);
    read_trace(demo);
    open_convoy(demo);
    connect_clients(demo);
}

static void server_gone(int exit_status, int signal_number, void *context)
{
    struct demo *demo = context;

    if (demo->phase == DEMO_ENDING) {
        loop_stop(demo->loop);
        return;
    }
    if (signal_number)
        fail(demo, "lowcloud was ended by signal %d", signal_number);
    else
        fail(demo, "lowcloud ended with status %d", exit_status);
}

static bool start_server(struct demo *demo)
{
    char program[4096] = "";
    char *template = memory_print("%s/template.yaml", demo->options.scenario);
    struct demo_server_options options = { .program = demo->options.program ? demo->options.program : program,
                                           .template = template,
                                           .is_verbose = demo->options.is_verbose,
                                           .ready = server_ready,
                                           .gone = server_gone,
                                           .context = demo };
    bool is_started;

    if (readlink("/proc/self/exe", program, sizeof program - 1) < 0)
        snprintf(program, sizeof program, "lowcloud");
    is_started = demo_server_open(&demo->server, demo->loop, &options) == OK;
    if (!is_started)
        fail(demo, "%s cannot be run: %s", options.program, strerror(errno));
    free(template);
    return is_started;
}

/* ---- the whole ---- */

static bool read_scenario(struct demo *demo)
{
    struct track_error error = { "" };
    char *path = memory_print("%s/fences.geojson", demo->options.scenario);
    bool is_read = fence_list_read(&demo->fences, path, EXIT_MARGIN_M, &error) == OK;

    free(path);
    for (int i = 0; is_read && i < DEMO_VEHICLES; i++) {
        path = memory_print("%s/%s", demo->options.scenario, track_files[i]);
        is_read = track_read(&demo->tracks[i], path, &error) == OK;
        free(path);
    }
    if (!is_read)
        fprintf(stderr, "lowcloud demo: %s\n", error.text);
    return is_read;
}

static void tell(struct progress *progress, void *context)
{
    const struct demo *demo = context;

    progress_line(progress, "demo: %" PRIu64 " fixes put, %" PRIu64 " pushes of %" PRIu64 " so far", demo->fixes, demo->arrived,
                  demo->phase > DEMO_CONNECTING ? demo_expected(demo) : 0);
}

static void interrupted(int signal_number, void *context)
{
    struct demo *demo = context;

    (void)signal_number;
    demo->is_interrupted = true;
    if (demo->phase == DEMO_ENDING)
        loop_stop(demo->loop);
    end(demo);
}

/* lowcloud gets a moment to end by itself; what is still there after it is killed with its group. */
static void say_farewell(struct demo *demo)
{
    if (!demo->server)
        return;
    demo_server_stop(demo->server);
    give_time(demo, FAREWELL_MS);
    loop_run(demo->loop);
    timer_stop(&demo->clock, &demo->deadline);
}

static int run(struct demo *demo)
{
    bool is_ok;

    loop_on_signal(demo->loop, SIGINT, interrupted, demo);
    loop_on_signal(demo->loop, SIGTERM, interrupted, demo);
    demo->courier = courier_open(demo->loop, &demo->clock);
    demo->began_us = clock_stopwatch_us();
    say(demo, "bringing up %s/template.yaml", demo->options.scenario);
    give_time(demo, READY_MS);
    if (start_server(demo)) {
        progress_begin(&demo->progress, &demo->clock, tell, demo);
        loop_run(demo->loop);
    }
    progress_end(&demo->progress);
    timer_stop(&demo->clock, &demo->deadline);
    if (demo->is_interrupted)
        fprintf(stderr, "lowcloud demo: interrupted\n");
    is_ok = demo->convoy && !demo->is_interrupted && demo_report(demo);
    if (!is_ok && demo->server && !demo->is_interrupted && !demo->options.is_verbose && *demo_server_tail(demo->server))
        fprintf(stderr, "lowcloud's last lines:\n%s", demo_server_tail(demo->server));
    say_farewell(demo);
    return is_ok ? EXIT_SUCCESS : EXIT_FAILURE;
}

static void close_all(struct demo *demo)
{
    trackers_close(demo->trackers);
    courier_close(demo->courier);
    convoy_close(demo->convoy);
    demo_server_close(demo->server);
    for (int i = 0; i < DEMO_VEHICLES; i++) {
        track_close(&demo->tracks[i]);
        expected_list_clear(&demo->expected[i]);
    }
    fence_list_close(&demo->fences);
    demo_trace_clear(&demo->trace);
    loop_close(demo->loop);
    clock_close(&demo->clock);
}

static enum arguments_outcome read_options(struct demo_options *options, int argc, char **argv, char problem[256])
{
    const struct option_row rows[] = {
        { "--scenario", OPTION_TEXT, &options->scenario, 0, 0, "DIR", "The scenario's folder (default scenarios/fleet)." },
        { "--speed", OPTION_NUMBER, &options->speed, 1, 1000, "FACTOR", "Times the recorded pace (default 40)." },
        { "--seed", OPTION_COUNT, &options->seed, 0, 9e15, "N", "The same seed gives the same drive and the same pushes (default 1)." },
        { "--program", OPTION_TEXT, &options->program, 0, 0, "FILE", "The lowcloud to bring up (default: this one)." },
        { "--verbose", OPTION_FLAG, &options->is_verbose, 0, 0, NULL, "Also what lowcloud and the handlers print." },
        { "--quiet", OPTION_FLAG, &options->is_quiet, 0, 0, NULL, "Only the report, not each push." },
        { 0 },
    };
    enum arguments_outcome outcome;

    *options = (struct demo_options){ .scenario = "scenarios/fleet", .speed = 40, .seed = 1 };
    outcome = arguments_parse(rows, argc, argv, problem);
    if (outcome != ARGUMENTS_HELP)
        return outcome;
    puts("usage: lowcloud demo [options]\n"
         "\n"
         "Brings up the scenario's template in a lowcloud of its own, drives five vehicles through\n"
         "geofences, prints what seven WebSocket clients are told, and holds it against what the\n"
         "tracks and fences alone say must come. The exit status is 0 only when they agree.\n");
    arguments_print_help(rows);
    return outcome;
}

int demo_main(int argc, char **argv)
{
    struct demo *demo = memory_new(sizeof *demo); /* its histograms are too large for comfort on the stack */
    char problem[256] = "";
    int status = EXIT_FAILURE;

    switch (read_options(&demo->options, argc, argv, problem)) {
    case ARGUMENTS_HELP:
        status = EXIT_SUCCESS;
        break;
    case ARGUMENTS_WRONG:
        fprintf(stderr, "lowcloud demo: %s\n", problem);
        status = 2;
        break;
    case ARGUMENTS_OK:
        clock_open(&demo->clock);
        random_open(&demo->random, demo->options.seed);
        if (read_scenario(demo) && loop_open(&demo->loop, &demo->clock) == OK)
            status = run(demo);
        close_all(demo);
        break;
    }
    free(demo);
    return status;
}
