#include "fleet.h"

#include "base/memory.h"
#include "convoy.h"
#include "fleet_options.h"
#include "progress.h"

#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>

/* After Ctrl-C the fixes under way get this long to be answered. */
enum { PATIENCE_MS = 2000, CALL_TIMEOUT_MS = 30000 };

struct fleet {
    struct fleet_options options;
    struct clock clock;
    struct random random;
    struct loop *loop;
    struct courier *courier;
    struct convoy *convoy;
    struct progress progress;
    struct timer patience;
    struct track *tracks;
    size_t track_count;
    int64_t began_us;
    uint64_t told; /* fixes taken when the progress was last told */
    int64_t told_us;
    bool is_interrupted;
    char problem[320]; /* empty: none */
};

static bool read_tracks(struct fleet *fleet)
{
    const struct option_list *files = &fleet->options.track_files;
    struct track_error error;

    fleet->tracks = memory_new(files->count * sizeof *fleet->tracks);
    for (size_t i = 0; i < files->count; i++) {
        if (track_read(&fleet->tracks[i], files->items[i], &error) != OK) {
            fprintf(stderr, "lowcloud fleet: %s\n", error.text);
            return false;
        }
        fleet->track_count++;
    }
    return true;
}

static void tell(struct progress *progress, void *context)
{
    struct fleet *fleet = context;
    const struct convoy_figures *figures = convoy_look(fleet->convoy);
    int64_t now_us = clock_stopwatch_us();
    double per_second = (double)(figures->taken - fleet->told) * 1e6 / (double)(now_us - fleet->told_us + 1);

    fleet->told = figures->taken;
    fleet->told_us = now_us;
    progress_line(progress, "fleet: %zu of %" PRId64 " vehicles driving, %" PRIu64 " fixes taken (%.0f/s), %" PRIu64 " repeated",
                  figures->driving, fleet->options.vehicles, figures->taken, per_second, figures->repeated);
}

static void ended(const char *problem, void *context)
{
    struct fleet *fleet = context;

    if (problem)
        snprintf(fleet->problem, sizeof fleet->problem, "%s", problem);
    loop_stop(fleet->loop);
}

/* What is under way stays unanswered, and so not known to be taken. */
static void leave(struct fleet *fleet)
{
    snprintf(fleet->problem, sizeof fleet->problem, "fixes that were under way have not been answered");
    loop_stop(fleet->loop);
}

static void lose_patience(struct timer *timer)
{
    leave(list_item(timer, struct fleet, patience));
}

/* The first signal lets the fixes under way arrive, the second does not wait for them. */
static void interrupted(int signal_number, void *context)
{
    struct fleet *fleet = context;

    (void)signal_number;
    if (fleet->is_interrupted) {
        leave(fleet);
        return;
    }
    fleet->is_interrupted = true;
    timer_start(&fleet->clock, &fleet->patience, PATIENCE_MS, lose_patience);
    convoy_stop(fleet->convoy);
}

static void open_convoy(struct fleet *fleet)
{
    const struct fleet_options *options = &fleet->options;

    fleet->courier = courier_open(fleet->loop, &fleet->clock);
    fleet->convoy = convoy_open(&fleet->clock, fleet->courier,
                                &(struct convoy_options){
                                    .tracks = fleet->tracks,
                                    .track_count = fleet->track_count,
                                    .vehicle_count = options->vehicles,
                                    .id_prefix = options->id_prefix,
                                    .plan = options->plan,
                                    .is_spread = options->is_spread,
                                    .tries = options->tries,
                                    .duration_ms = (int64_t)(options->duration_s * 1000),
                                    .random = &fleet->random,
                                    .stream = { .stream = options->stream, .remote = &options->remote, .timeout_ms = CALL_TIMEOUT_MS },
                                    .ended = ended,
                                    .context = fleet,
                                });
}

static void drive(struct fleet *fleet)
{
    loop_on_signal(fleet->loop, SIGINT, interrupted, fleet);
    loop_on_signal(fleet->loop, SIGTERM, interrupted, fleet);
    fleet->began_us = fleet->told_us = clock_stopwatch_us();
    if (!fleet->options.is_quiet)
        progress_begin(&fleet->progress, &fleet->clock, tell, fleet);
    convoy_start(fleet->convoy);
    loop_run(fleet->loop);
    progress_end(&fleet->progress);
    timer_stop(&fleet->clock, &fleet->patience);
}

static void print_json(const struct convoy_figures *figures, const struct fleet *fleet, double seconds)
{
    printf("{\"event\":\"summary\",\"vehicles\":%" PRId64 ",\"arrived\":%" PRId64 ",\"fixes\":%" PRIu64 ",\"repeated\":%" PRIu64
           ",\"calls\":%" PRIu64 ",\"seconds\":%.3f,\"putUs\":{\"p50\":%" PRId64 ",\"p99\":%" PRId64 ",\"max\":%" PRId64
           "},\"interrupted\":%s,\"ok\":%s}\n",
           fleet->options.vehicles, fleet->options.vehicles - (int64_t)figures->driving, figures->taken, figures->repeated, figures->calls,
           seconds, figures_percentile(&figures->put_us, 50), figures_percentile(&figures->put_us, 99), figures->put_us.greatest,
           fleet->is_interrupted ? "true" : "false", fleet->problem[0] ? "false" : "true");
}

static void print_summary(const struct fleet *fleet)
{
    const struct convoy_figures *figures = convoy_look(fleet->convoy);
    double seconds = (double)(clock_stopwatch_us() - fleet->began_us) / 1e6;

    if (fleet->options.is_json) {
        print_json(figures, fleet, seconds);
        return;
    }
    printf("%" PRId64 " vehicle%s, %" PRId64 " arrived; %" PRIu64 " fixes taken in %.1f s (%" PRIu64 " repeated, %" PRIu64
           " calls); PutRecords p50 %.2f ms, p99 %.2f ms%s\n",
           fleet->options.vehicles, fleet->options.vehicles == 1 ? "" : "s", fleet->options.vehicles - (int64_t)figures->driving,
           figures->taken, seconds, figures->repeated, figures->calls, (double)figures_percentile(&figures->put_us, 50) / 1000,
           (double)figures_percentile(&figures->put_us, 99) / 1000, fleet->is_interrupted ? "; interrupted" : "");
}

static int run(struct fleet *fleet)
{
    open_convoy(fleet);
    drive(fleet);
    print_summary(fleet);
    if (!fleet->problem[0])
        return EXIT_SUCCESS;
    fprintf(stderr, "lowcloud fleet: %s: stream %s: %s\n", fleet->options.remote.endpoint, fleet->options.stream, fleet->problem);
    return EXIT_FAILURE;
}

static void close_all(struct fleet *fleet)
{
    courier_close(fleet->courier);
    convoy_close(fleet->convoy);
    for (size_t i = 0; i < fleet->track_count; i++)
        track_close(&fleet->tracks[i]);
    free(fleet->tracks);
    loop_close(fleet->loop);
    clock_close(&fleet->clock);
}

int fleet_main(int argc, char **argv)
{
    struct fleet fleet = { 0 };
    char problem[256] = "";
    int status = EXIT_FAILURE;

    switch (fleet_options_read(&fleet.options, argc, argv, problem)) {
    case ARGUMENTS_HELP:
        return EXIT_SUCCESS;
    case ARGUMENTS_WRONG:
        fprintf(stderr, "lowcloud fleet: %s\n", problem);
        return 2;
    case ARGUMENTS_OK:
        break;
    }
    clock_open(&fleet.clock);
    random_open(&fleet.random, fleet.options.seed);
    if (read_tracks(&fleet) && loop_open(&fleet.loop, &fleet.clock) == OK)
        status = run(&fleet);
    close_all(&fleet);
    return status;
}
