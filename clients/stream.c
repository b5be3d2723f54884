#include "stream.h"

#include "base/memory.h"
#include "base/text.h"
#include "stream_parts.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALL_TIMEOUT_MS = 30000 };

struct stream_exchange {
    struct stream_run *run;
    stream_answered *done;
    void *context;
};

static void answered(const struct courier_answer *answer, void *context)
{
    struct stream_exchange *exchange = context;
    json_t *root = answer->status ? json_loadb(answer->body, answer->size_bytes, 0, NULL) : NULL;
    bool is_done = answer->status == 200 && json_is_object(root);
    struct refusal refusal = { 0 };

    if (!answer->status)
        snprintf(refusal.problem, sizeof refusal.problem, "%s", answer->problem);
    else if (!is_done)
        refusal_read(&refusal, answer, root);
    exchange->done(exchange->run, exchange->context, is_done ? root : NULL, &refusal);
    json_decref(root);
    free(exchange);
}

void stream_call(struct stream_run *run, const char *operation, json_t *input, stream_answered *done, void *context)
{
    struct stream_exchange *exchange = memory_new(sizeof *exchange);
    char *target = memory_print("X-Amz-Target: Kinesis_20131202.%s", operation);
    char *body = json_dumps(input, JSON_COMPACT);

    *exchange = (struct stream_exchange){ .run = run, .done = done, .context = context };
    remote_call_kinesis(&run->options.remote, run->courier, target, body, strlen(body), CALL_TIMEOUT_MS, answered, exchange);
    json_decref(input);
    free(target);
    free(body);
}

void stream_fail(struct stream_run *run, const char *operation, const struct refusal *refusal)
{
    if (!run->is_over && !run->problem[0])
        snprintf(run->problem, sizeof run->problem, "%s: %s", operation, refusal->problem);
    loop_stop(run->loop);
}

json_t *stream_named(const struct stream_run *run)
{
    return json_pack("{s:s}", text_begins(run->options.stream, "arn:") ? "StreamARN" : "StreamName", run->options.stream);
}

/* ---- shards ---- */

struct listing {
    json_t *shards;
    void (*told)(struct stream_run *run, const json_t *shards);
};

static void on_page(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal)
{
    struct listing *listing = context;
    const char *next = json_string_value(json_object_get(answer, "NextToken"));

    if (answer)
        json_array_extend(listing->shards, json_object_get(answer, "Shards"));
    if (next) {
        stream_call(run, "ListShards", json_pack("{s:s}", "NextToken", next), on_page, listing);
        return;
    }
    if (answer)
        listing->told(run, listing->shards);
    else
        stream_fail(run, "ListShards", refusal);
    json_decref(listing->shards);
    free(listing);
}

void stream_list_shards(struct stream_run *run, void (*told)(struct stream_run *run, const json_t *shards))
{
    struct listing *listing = memory_new(sizeof *listing);

    *listing = (struct listing){ .shards = json_array(), .told = told };
    stream_call(run, "ListShards", stream_named(run), on_page, listing);
}

/* ---- a run ---- */

static const struct {
    void (*begin)(struct stream_run *run);
    void (*end)(struct stream_run *run);
} actions[] = {
    [STREAM_TAIL] = { stream_tail_begin, stream_tail_end },
    [STREAM_PUT] = { stream_put_begin, stream_put_end },
    [STREAM_SHARDS] = { stream_shards_begin, stream_shards_end },
};

static void interrupted(int signal_number, void *context)
{
    (void)signal_number;
    loop_stop(((struct stream_run *)context)->loop);
}

static int run_action(struct stream_run *run)
{
    enum stream_action action = run->options.action;

    loop_on_signal(run->loop, SIGINT, interrupted, run);
    loop_on_signal(run->loop, SIGTERM, interrupted, run);
    run->courier = courier_open(run->loop, &run->clock);
    actions[action].begin(run);
    loop_run(run->loop);
    run->is_over = true;
    courier_close(run->courier);
    actions[action].end(run);
    if (!run->problem[0])
        return EXIT_SUCCESS;
    fprintf(stderr, "lowcloud kinesis: %s: stream %s: %s\n", run->options.remote.endpoint, run->options.stream, run->problem);
    return EXIT_FAILURE;
}

int stream_main(int argc, char **argv)
{
    struct stream_run run = { 0 };
    char problem[256] = "";
    int status = EXIT_FAILURE;

    switch (stream_options_read(&run.options, argc, argv, problem)) {
    case ARGUMENTS_HELP:
        return EXIT_SUCCESS;
    case ARGUMENTS_WRONG:
        fprintf(stderr, "lowcloud kinesis: %s\n", problem);
        return 2;
    case ARGUMENTS_OK:
        break;
    }
    clock_open(&run.clock);
    random_open(&run.random, run.options.seed);
    if (loop_open(&run.loop, &run.clock) == OK)
        status = run_action(&run);
    loop_close(run.loop);
    clock_close(&run.clock);
    return status;
}
