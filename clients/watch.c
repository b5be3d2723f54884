#include "watch.h"

#include "base/buffer.h"
#include "base/memory.h"
#include "figures.h"
#include "progress.h"
#include "push.h"
#include "tracker.h"
#include "watch_options.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

/* How long lines may take to close properly at the end. */
enum { FAREWELL_MS = 500 };

struct watching {
    struct watch_options options;
    struct clock clock;
    struct random random;
    struct loop *loop;
    struct trackers *trackers;
    struct tracker **each; /* options.clients of them */
    struct progress progress;
    struct timer deadline; /* of --duration, then of the farewell */
    int64_t began_us;
    int64_t open;     /* clients that are connected now */
    int64_t finished; /* clients that will not connect again */
    uint64_t connects;
    uint64_t refused;
    uint64_t closed; /* by the other side, or by a broken line */
    uint64_t pushes;
    uint64_t bytes;
    bool is_ending;
    struct figures latency_us;
};

static void begin_end(struct watching *watching);

/* Standard output is one line for each thing that happens. */
static void print_event(struct watching *watching, const struct tracker *tracker, const char *event, const struct buffer *more)
{
    progress_clear(&watching->progress);
    printf("{\"event\":\"%s\",\"client\":%d,\"atMs\":%" PRId64 "%.*s}\n", event, tracker_number(tracker), clock_now_ms(&watching->clock),
           (int)more->size, more->data ? more->data : "");
    fflush(stdout);
}

static void print_plain(struct watching *watching, const struct tracker *tracker, const char *text, size_t size_bytes)
{
    progress_clear(&watching->progress);
    printf("%*d  %9.3f  ", watching->options.clients > 1 ? 5 : 1, tracker_number(tracker),
           (double)(clock_stopwatch_us() - watching->began_us) / 1e6);
    fwrite(text, 1, size_bytes, stdout);
    putchar('\n');
    fflush(stdout);
}

static void send_messages(struct watching *watching, struct tracker *tracker)
{
    for (size_t i = 0; i < watching->options.messages.count; i++) {
        struct buffer message = { 0 };
        const char *text = watching->options.messages.items[i];
        const char *number;

        while ((number = strstr(text, "{n}"))) {
            buffer_add(&message, text, (size_t)(number - text));
            buffer_print(&message, "%d", tracker_number(tracker));
            text = number + 3;
        }
        buffer_add_text(&message, text);
        tracker_send(tracker, message.data ? message.data : "", message.size);
        buffer_clear(&message);
    }
}

static void opened(struct tracker *tracker, void *context)
{
    struct watching *watching = context;

    watching->open++;
    watching->connects++;
    if (watching->options.is_json)
        print_event(watching, tracker, "open", &(struct buffer){ 0 });
    send_messages(watching, tracker);
}

static void print_push(struct watching *watching, const struct tracker *tracker, const char *text, size_t size_bytes, int64_t latency_us)
{
    struct buffer more = { 0 };

    if (!watching->options.is_json) {
        print_plain(watching, tracker, text, size_bytes);
        return;
    }
    if (latency_us >= 0)
        buffer_print(&more, ",\"latencyMs\":%.3f", (double)latency_us / 1000);
    buffer_add_text(&more, ",\"text\":");
    buffer_add_json_string(&more, text, size_bytes);
    print_event(watching, tracker, "push", &more);
    buffer_clear(&more);
}

static void received(struct tracker *tracker, const char *text, size_t size_bytes, void *context)
{
    struct watching *watching = context;
    int64_t now_us = clock_now_us(&watching->clock);
    int64_t latency_us = -1;
    int64_t sent_ms;

    if (watching->is_ending)
        return; /* what comes while lines are closed was not asked for any more */
    watching->pushes++;
    watching->bytes += size_bytes;
    if (push_sent_at(text, size_bytes, &sent_ms)) {
        latency_us = now_us > sent_ms * 1000 ? now_us - sent_ms * 1000 : 0;
        figures_add(&watching->latency_us, latency_us);
    }
    if (!watching->options.is_quiet)
        print_push(watching, tracker, text, size_bytes, latency_us);
    if (watching->options.count && watching->pushes >= (uint64_t)watching->options.count)
        begin_end(watching);
}

static void say_ended(struct watching *watching, const struct tracker *tracker, enum tracker_end how, int code, const char *reason)
{
    struct buffer more = { 0 };

    if (watching->options.is_json) {
        buffer_print(&more, ",\"code\":%d,\"reason\":", code);
        buffer_add_json_string(&more, reason, strlen(reason));
        print_event(watching, tracker, how == TRACKER_REFUSED ? "refused" : "closed", &more);
        buffer_clear(&more);
        return;
    }
    progress_clear(&watching->progress);
    if (how == TRACKER_REFUSED)
        fprintf(stderr, "lowcloud watch: client %d: not connected: %s\n", tracker_number(tracker), reason);
    else
        fprintf(stderr, "lowcloud watch: client %d: closed with %d%s%s\n", tracker_number(tracker), code, *reason ? " " : "", reason);
}

static void ended(struct tracker *tracker, enum tracker_end how, int code, const char *reason, bool is_last, void *context)
{
    struct watching *watching = context;

    if (how == TRACKER_CLOSED)
        watching->open--;
    if (!watching->is_ending) {
        watching->refused += how == TRACKER_REFUSED;
        watching->closed += how == TRACKER_CLOSED;
        say_ended(watching, tracker, how, code, reason);
    }
    watching->finished += is_last;
    if (watching->finished == watching->options.clients || (watching->is_ending && !watching->open))
        loop_stop(watching->loop);
}

static void time_is_up(struct timer *timer)
{
    struct watching *watching = list_item(timer, struct watching, deadline);

    if (watching->is_ending)
        loop_stop(watching->loop);
    else
        begin_end(watching);
}

/* All clients close their lines; the loop stops when they have, or when they take too long. */
static void begin_end(struct watching *watching)
{
    if (watching->is_ending)
        return;
    watching->is_ending = true;
    for (int64_t i = 0; i < watching->options.clients; i++)
        tracker_leave(watching->each[i]);
    if (!watching->open)
        loop_stop(watching->loop);
    timer_start(&watching->clock, &watching->deadline, FAREWELL_MS, time_is_up);
}

static void interrupted(int signal_number, void *context)
{
    struct watching *watching = context;

    (void)signal_number;
    if (watching->is_ending)
        loop_stop(watching->loop);
    begin_end(watching);
}

static void tell(struct progress *progress, void *context)
{
    const struct watching *watching = context;

    progress_line(progress, "watch: %" PRId64 " of %" PRId64 " clients connected, %" PRIu64 " pushes", watching->open,
                  watching->options.clients, watching->pushes);
}

static void print_summary(const struct watching *watching)
{
    const struct figures *latency = &watching->latency_us;
    double seconds = (double)(clock_stopwatch_us() - watching->began_us) / 1e6;

    if (watching->options.is_json)
        printf("{\"event\":\"summary\",\"clients\":%" PRId64 ",\"connects\":%" PRIu64 ",\"refused\":%" PRIu64 ",\"closed\":%" PRIu64
               ",\"pushes\":%" PRIu64 ",\"bytes\":%" PRIu64 ",\"seconds\":%.3f,\"latencyMs\":{\"count\":%" PRIu64
               ",\"p50\":%.3f,\"p90\":%.3f,\"p99\":%.3f,\"max\":%.3f}}\n",
               watching->options.clients, watching->connects, watching->refused, watching->closed, watching->pushes, watching->bytes,
               seconds, latency->count, (double)figures_percentile(latency, 50) / 1000, (double)figures_percentile(latency, 90) / 1000,
               (double)figures_percentile(latency, 99) / 1000, (double)latency->greatest / 1000);
    else
        printf("%" PRId64 " client%s, %" PRIu64 " connects, %" PRIu64 " refused, %" PRIu64 " closed; %" PRIu64 " pushes in %.1f s",
               watching->options.clients, watching->options.clients == 1 ? "" : "s", watching->connects, watching->refused,
               watching->closed, watching->pushes, seconds);
    if (!watching->options.is_json && latency->count)
        printf("; latency p50 %.2f ms, p90 %.2f ms, p99 %.2f ms, max %.2f ms", (double)figures_percentile(latency, 50) / 1000,
               (double)figures_percentile(latency, 90) / 1000, (double)figures_percentile(latency, 99) / 1000,
               (double)latency->greatest / 1000);
    if (!watching->options.is_json)
        putchar('\n');
}

static int judge(const struct watching *watching)
{
    uint64_t wanted = (uint64_t)(watching->options.expect > watching->options.count ? watching->options.expect : watching->options.count);

    if (watching->pushes < wanted) {
        fprintf(stderr, "lowcloud watch: %" PRIu64 " pushes came, %" PRIu64 " were expected\n", watching->pushes, wanted);
        return EXIT_FAILURE;
    }
    if (!watching->options.is_persistent && (watching->refused || watching->closed))
        return EXIT_FAILURE;
    return watching->connects ? EXIT_SUCCESS : EXIT_FAILURE;
}

static int run(struct watching *watching)
{
    watching->each = memory_new((size_t)watching->options.clients * sizeof *watching->each);
    loop_on_signal(watching->loop, SIGINT, interrupted, watching);
    loop_on_signal(watching->loop, SIGTERM, interrupted, watching);
    watching->began_us = clock_stopwatch_us();
    for (int64_t i = 0; i < watching->options.clients; i++)
        watching->each[i] = tracker_open(watching->trackers, NULL);
    if (watching->options.duration_s > 0)
        timer_start(&watching->clock, &watching->deadline, (int64_t)(watching->options.duration_s * 1000), time_is_up);
    if (!watching->options.is_json)
        progress_begin(&watching->progress, &watching->clock, tell, watching);
    loop_run(watching->loop);
    progress_end(&watching->progress);
    timer_stop(&watching->clock, &watching->deadline);
    print_summary(watching);
    return judge(watching);
}

/* Each client takes a file descriptor; the usual limit of 1024 is soft and may be raised. False, with a line, when it may not so far. */
static bool raise_file_limit(int64_t clients)
{
    rlim_t needed = (rlim_t)clients + 64;
    struct rlimit limit;

    if (getrlimit(RLIMIT_NOFILE, &limit) || limit.rlim_cur >= needed)
        return true;
    limit.rlim_cur = limit.rlim_max < needed ? limit.rlim_max : needed;
    if (limit.rlim_cur == needed && !setrlimit(RLIMIT_NOFILE, &limit))
        return true;
    fprintf(stderr, "lowcloud watch: %" PRId64 " clients need %llu file descriptors, and at most %llu are allowed (ulimit -Hn)\n", clients,
            (unsigned long long)needed, (unsigned long long)limit.rlim_max);
    return false;
}

static enum status open_all(struct watching *watching, const char *const *headers, char problem[256])
{
    const struct watch_options *options = &watching->options;

    clock_open(&watching->clock);
    random_open(&watching->random, options->seed);
    if (loop_open(&watching->loop, &watching->clock) != OK)
        return BROKEN;
    return trackers_open(&watching->trackers, watching->loop, &watching->clock,
                         &(struct trackers_options){ .url = options->url,
                                                     .query = options->query,
                                                     .origin = options->origin,
                                                     .headers = headers,
                                                     .ca_file = options->ca_file,
                                                     .is_persistent = options->is_persistent,
                                                     .random = &watching->random,
                                                     .opened = opened,
                                                     .message = received,
                                                     .ended = ended,
                                                     .context = watching },
                         problem);
}

static int watch(struct watching *watching)
{
    const char *headers[TRACKER_HEADERS_MAX + 1] = { NULL };
    char problem[256] = "";
    int status = EXIT_FAILURE;

    if (!raise_file_limit(watching->options.clients))
        return EXIT_FAILURE;
    memcpy(headers, watching->options.headers.items, watching->options.headers.count * sizeof *headers);
    if (open_all(watching, headers, problem) == OK)
        status = run(watching);
    else
        fprintf(stderr, "lowcloud watch: %s\n", problem);
    trackers_close(watching->trackers);
    free(watching->each);
    loop_close(watching->loop);
    clock_close(&watching->clock);
    return status;
}

int watch_main(int argc, char **argv)
{
    struct watching *watching = memory_new(sizeof *watching); /* its histogram is too large for comfort on the stack */
    char problem[256] = "";
    int status = EXIT_SUCCESS;

    switch (watch_options_read(&watching->options, argc, argv, problem)) {
    case ARGUMENTS_HELP:
        break;
    case ARGUMENTS_WRONG:
        fprintf(stderr, "lowcloud watch: %s\n", problem);
        status = 2;
        break;
    case ARGUMENTS_OK:
        status = watch(watching);
        break;
    }
    free(watching);
    return status;
}
