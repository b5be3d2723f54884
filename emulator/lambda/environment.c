/* The life of an environment: INIT, and the ways in which it ends; what happens between is environment_invoke.c's. All its ends lead
 * through environment_end, which works in two steps: the process is killed now, the rest is closed at the end of the turn and freed when
 * the process is gone, so that it may be called from any of the callbacks here. */

#include "lambda/environment.h"

#include "base/memory.h"
#include "lambda/directory.h"
#include "lambda/environment_invoke.h"
#include "lambda/environment_report.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/keeper.h"
#include "lambda/room.h"
#include "lambda/variables.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { FILE_LIMIT = 1024 };

static struct clock *clock_of(const struct environment *environment)
{
    return environment->version->room->ground->clock;
}

/* ---- the end ---- */

static void free_environment(struct environment *environment)
{
    list_remove(&environment->link);
    environment_output_close(&environment->output);
    directory_remove(environment->directory);
    free(environment->directory);
    code_unref(environment->code);
    version_unref(environment->version);
    free(environment);
}

/* What the function started and what left its process group: known by the address of its Runtime API, which is nobody else's. */
static void sweep(const struct environment *environment)
{
    char mark[64];

    snprintf(mark, sizeof mark, "AWS_LAMBDA_RUNTIME_API=%s", runtime_api_address(environment->api));
    keeper_sweep(mark);
}

static void close_rest(struct deferred *deferred)
{
    struct environment *environment = list_item(deferred, struct environment, end);

    environment_output_drain(&environment->output);
    sweep(environment);
    runtime_api_close(environment->api);
    environment->api = NULL;
    if (!environment->child)
        free_environment(environment);
}

void environment_end(struct environment *environment)
{
    struct lambda *room = environment->version->room;

    if (environment->state == ENVIRONMENT_ENDING)
        return;
    environment->state = ENVIRONMENT_ENDING;
    timer_stop(room->ground->clock, &environment->deadline);
    timer_stop(room->ground->clock, &environment->rest);
    list_remove(&environment->link);
    list_add(&room->ending, &environment->link);
    if (environment->child)
        child_kill(environment->child, SIGKILL);
    loop_defer(room->ground->loop, &environment->end, close_rest);
    pool_left(&environment->version->pool);
}

void environment_kill(struct environment *environment)
{
    struct clock *clock = clock_of(environment);

    timer_stop(clock, &environment->deadline);
    timer_stop(clock, &environment->rest);
    loop_forget(&environment->end);
    child_close(environment->child);
    runtime_api_close(environment->api);
    if (environment->invocation) {
        environment->invocation->done = NULL;
        log_source_begin(&environment->output.log, NULL);
        invocation_finish(environment->invocation);
    }
    free_environment(environment);
}

/* ---- faults ---- */

/* How Go's os/exec words a process's end, which AWS's texts carry. */
static const char *end_words(int exit_status, int signal_number, char words[96])
{
    if (signal_number)
        snprintf(words, 96, "Runtime exited with error: signal: %s",
                 signal_number == SIGKILL   ? "killed"
                 : signal_number == SIGSEGV ? "segmentation fault"
                 : signal_number == SIGABRT ? "aborted"
                 : signal_number == SIGTERM ? "terminated"
                                            : strsignal(signal_number));
    else if (exit_status)
        snprintf(words, 96, "Runtime exited with error: exit status %d", exit_status);
    else
        snprintf(words, 96, "Runtime exited without providing a reason");
    return words;
}

static void on_ended(struct child *child, int exit_status, int signal_number, void *context)
{
    struct environment *environment = context;
    char words[96];

    (void)child;
    environment->child = NULL;
    if (environment->state == ENVIRONMENT_ENDING) {
        if (!environment->api)
            free_environment(environment);
        return;
    }
    environment_output_drain(&environment->output);
    end_words(exit_status, signal_number, words);
    environment_invoke_fail(environment, words);
    if (environment->state == ENVIRONMENT_STARTING) {
        environment_report_init_error(environment, "Runtime.ExitError");
        pool_failed_start(&environment->version->pool, NULL, "Runtime.ExitError", words);
    }
    environment_end(environment);
}

static enum status start(struct pool *pool, bool is_second_init, struct arena *arena, const char **message);

/* An init that is over its time is begun anew, now under the function's own time-out; over that, the invocation has timed out. */
static void time_out_init(struct environment *environment)
{
    struct pool *pool = &environment->version->pool;
    struct function_version *version = version_ref(environment->version);
    bool was_second = environment->is_second_init;
    struct arena arena = { 0 };
    const char *message;
    char words[64];

    environment_report_init_timeout(environment);
    environment_end(environment);
    snprintf(words, sizeof words, "Task timed out after %.2f seconds", (double)version_timeout_ms(version) / 1e3);
    if (was_second)
        pool_failed_start(pool, NULL, "Sandbox.Timedout", words);
    else if (pool->queue_count && start(pool, true, &arena, &message) != OK)
        pool_failed_start(pool, NULL, "Runtime.InvalidEntrypoint", message);
    arena_clear(&arena);
    version_unref(version);
}

static void on_deadline(struct timer *timer)
{
    struct environment *environment = list_item(timer, struct environment, deadline);

    if (environment->state == ENVIRONMENT_STARTING)
        time_out_init(environment);
    else if (environment->invocation)
        environment_invoke_time_out(environment);
    else
        environment_end(environment); /* it broke off waiting and never asked again */
}

void environment_limit(struct environment *environment, int64_t timeout_ms)
{
    timer_start(clock_of(environment), &environment->deadline, timeout_ms, on_deadline);
}

static enum runtime_verdict on_init_error(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    const char *type = post->error_type ? post->error_type : "Runtime.Unknown";

    if (environment->state != ENVIRONMENT_STARTING)
        return RUNTIME_WRONG_STATE;
    environment_output_drain(&environment->output);
    environment_report_init_error(environment, type);
    pool_failed_start(&environment->version->pool, post->size_bytes ? post->body : NULL, type, "Runtime failed to initialize");
    environment_end(environment);
    return RUNTIME_ACCEPTED;
}

static const struct runtime_events runtime_events = {
    .next = environment_invoke_next,
    .lost = environment_invoke_lost,
    .response = environment_invoke_response,
    .error = environment_invoke_error,
    .init_error = on_init_error,
};

/* ---- the start ---- */

/* "2026/01/31/[$LATEST]0123456789abcdef0123456789abcdef" */
static void name_log_stream(struct environment *environment)
{
    struct lambda *room = environment->version->room;
    time_t seconds = (time_t)(clock_now_ms(room->ground->clock) / 1000);
    char id[33];
    struct tm day;

    random_text(&room->ids, "0123456789abcdef", id, 32);
    gmtime_r(&seconds, &day);
    snprintf(environment->log_stream, sizeof environment->log_stream, "%04d/%02d/%02d/[%.15s]%s", day.tm_year + 1900, day.tm_mon + 1,
             day.tm_mday, environment->version->number, id);
}

static enum status start_process(struct environment *environment, const char *const *arguments, struct arena *arena, const char **message)
{
    int output = environment_output_open(&environment->output, environment->version->room->ground->loop);
    struct child_options options = {
        .arguments = arguments,
        .environment = variables_make(environment, arena),
        .directory = environment->code->directory,
        .output_fd = output,
        .error_fd = output,
        .file_limit = FILE_LIMIT,
        .ended = on_ended,
        .context = environment,
    };
    enum status status = output < 0 ? BROKEN : child_start(&environment->child, environment->version->room->ground->loop, &options);

    if (status != OK)
        *message = arena_print(arena, "%s could not be started: %s", arguments[0], strerror(errno));
    if (output >= 0)
        close(output);
    return status == OK ? OK : ABSENT;
}

static struct environment *new_environment(struct pool *pool)
{
    struct environment *environment = memory_new(sizeof *environment);
    struct lambda *room = pool->version->room;

    environment->version = version_ref(pool->version);
    environment->code = code_ref(pool->version->code);
    environment->generation = pool->generation;
    environment->output.log.sink = room->sink;
    environment->output.log.function = pool->version->name;
    environment->directory = memory_print("%s/tmp-%u", room->ground->state_directory, ++room->started_count);
    name_log_stream(environment);
    return environment;
}

static enum status start(struct pool *pool, bool is_second_init, struct arena *arena, const char **message)
{
    const struct ground *ground = pool->version->room->ground;
    const char *arguments[BOOTSTRAP_ARGUMENTS_MAX];
    struct environment *environment;
    int64_t limit_ms = is_second_init ? version_timeout_ms(pool->version) : ENVIRONMENT_INIT_MS;

    if (!pool->version->code) {
        *message = "a function of package type Image cannot run here: lowcloud runs zip packages and directories";
        return ABSENT;
    }
    if (bootstraps_command(pool->version->room->bootstraps, version_text(pool->version, "Runtime"), pool->version->code->directory, arena,
                           arguments, message) != OK)
        return ABSENT;
    environment = new_environment(pool);
    environment->is_second_init = is_second_init;
    *message = "no execution environment could be opened";
    if ((mkdir(environment->directory, 0700) && errno != EEXIST) ||
        runtime_api_open(&environment->api, ground->loop, &runtime_events, environment) != OK ||
        start_process(environment, arguments, arena, message) != OK) {
        runtime_api_close(environment->api);
        free_environment(environment);
        return ABSENT;
    }
    if (!pool->version->room->keeper)
        pool->version->room->keeper = keeper_open(ground->state_directory);
    environment_report_init(environment);
    environment->init_began_us = clock_now_us(ground->clock);
    environment_limit(environment, limit_ms);
    list_add(&pool->environments, &environment->link);
    pool->environment_count++;
    return OK;
}

enum status environment_start(struct pool *pool, struct arena *arena, const char **message)
{
    return start(pool, false, arena, message);
}
