/* What the demo tells a person: pushes as they arrive, and the closing report. */

#include "demo_parts.h"

#include <inttypes.h>
#include <stdio.h>

uint64_t demo_expected(const struct demo *demo)
{
    uint64_t count = 0;

    for (int i = 0; i < DEMO_CLIENTS; i++)
        count += demo->expected[demo->clients[i].vehicle].count;
    return count;
}

void demo_print_push(struct demo *demo, const struct demo_client *client, const struct expected_push *push, int64_t latency_us)
{
    if (demo->options.is_quiet)
        return;
    progress_clear(&demo->progress);
    printf("%7.2f s  %-10s  car-%zu %s %-16s fix %4" PRIu64 ", %.1f ms ago\n", (double)(clock_stopwatch_us() - demo->driving_us) / 1e6,
           client->role, client->vehicle + 1, push->is_enter ? "enters" : "leaves", push->fence->id, push->seq, (double)latency_us / 1000);
    fflush(stdout);
}

static void print_stage(const char *name, const struct figures *figures)
{
    printf("  %-28s p50 %8.2f ms   p99 %8.2f ms\n", name, (double)figures_percentile(figures, 50) / 1000,
           (double)figures_percentile(figures, 99) / 1000);
}

static void print_stages(const struct demo *demo)
{
    static const char *const names[] = { "record -> batch", "batch -> invocation", "invocation -> management", "management -> frame" };

    printf("latency of %" PRIu64 " frames, followed back to their records in the trace (the functions' first start included)\n",
           demo->trace.traced);
    for (int i = 0; i < STAGE_COUNT; i++)
        print_stage(names[i], &demo->trace.stages[i]);
    print_stage("fix taken -> client", &demo->fix_to_client_us);
}

/* Prints a sentence for what is wrong, and answers whether it is. */
static bool blame(bool is_wrong, const char *text, uint64_t is, uint64_t should_be)
{
    if (is_wrong)
        printf("NOT OK: %s: %" PRIu64 ", not %" PRIu64 "\n", text, is, should_be);
    return is_wrong;
}

static bool is_all_there(const struct demo *demo)
{
    const struct demo_trace *trace = &demo->trace;
    uint64_t taken = convoy_look(demo->convoy)->taken;
    uint64_t expected = demo_expected(demo);
    bool is_wrong = demo->has_failed;

    is_wrong |= blame(taken != demo->fixes, "fixes taken by the stream", taken, demo->fixes);
    is_wrong |= blame(trace->records != demo->fixes, "records in the trace", trace->records, demo->fixes);
    is_wrong |= blame(trace->results != trace->invocations, "invocations that ended", trace->results, trace->invocations);
    is_wrong |= blame(trace->failures > 0, "failed invocations and faults", trace->failures, 0);
    is_wrong |= blame(demo->arrived != expected, "pushes that arrived as expected", demo->arrived, expected);
    is_wrong |= blame(demo->wrong > 0, "pushes that were not expected", demo->wrong, 0);
    is_wrong |= blame(trace->frames != demo->arrived + demo->wrong + demo->replies, "frames sent, by the trace", trace->frames,
                      demo->arrived + demo->wrong + demo->replies);
    is_wrong |= blame(trace->traced < demo->arrived, "frames followed back to a record", trace->traced, demo->arrived);
    is_wrong |= blame(trace->missed > 0, "events missing from the trace", trace->missed, 0);
    is_wrong |= blame(!expected, "pushes expected (the tracks cross no fence)", expected, 1);
    return !is_wrong;
}

bool demo_report(struct demo *demo)
{
    const struct demo_trace *trace = &demo->trace;
    double minutes = (double)track_duration_ms(&demo->tracks[0]) / 60000;
    bool is_ok;

    for (int i = 1; i < DEMO_VEHICLES; i++)
        if ((double)track_duration_ms(&demo->tracks[i]) / 60000 > minutes)
            minutes = (double)track_duration_ms(&demo->tracks[i]) / 60000;
    printf("\nlowcloud was ready after %.2f s; %d vehicles drove up to %.0f minutes in %.1f s\n", (double)demo->ready_us / 1e6,
           DEMO_VEHICLES, minutes, (double)demo->drove_us / 1e6);
    printf("records      %6" PRIu64 " put, %" PRIu64 " accepted\n", demo->fixes, trace->records);
    printf("batches      %6" PRIu64 "\n", trace->batches);
    printf("invocations  %6" PRIu64 " begun, %" PRIu64 " ended, %" PRIu64 " failed\n", trace->invocations, trace->results, trace->failures);
    printf("pushes       %6" PRIu64 " expected, %" PRIu64 " arrived in their order at %d clients, %" PRIu64 " unexpected\n",
           demo_expected(demo), demo->arrived, DEMO_CLIENTS, demo->wrong);
    print_stages(demo);
    is_ok = is_all_there(demo);
    if (is_ok)
        printf("OK: nothing lost, nothing twice, nothing out of order\n");
    return is_ok;
}
