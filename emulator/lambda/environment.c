/* The life of an environment. All its ends lead through environment_end, which works in two steps: the process is killed now, the rest is
 * closed at the end of the turn and freed when the process is gone, so that it may be called from any of the callbacks here. */

#include "lambda/environment.h"

#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"
#include "lambda/directory.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/keeper.h"
#include "lambda/room.h"
#include "lambda/runtime_http.h"
#include "lambda/variables.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { READ_BYTES = 65536, DRAIN_MAX_BYTES = 4 * READ_BYTES, FILE_LIMIT = 1024, MEMORY_EVERY_US = 1000000 };

static struct clock *clock_of(const struct environment *environment)
{
    return environment->version->room->ground->clock;
}

/* ---- output ---- */

/* Reads once; false when there is nothing (more). At its end the pipe is no longer watched: a process may close its output and live on. */
static bool read_output(struct environment *environment)
{
    char bytes[READ_BYTES];
    ssize_t got = environment->output ? read(environment->output_fd, bytes, sizeof bytes) : -1;

    if (got > 0)
        log_source_output(&environment->log, bytes, (size_t)got);
    if (!got) {
        watch_close(environment->output);
        environment->output = NULL;
    }
    return got > 0;
}

/* What a process wrote before it spoke to us is in the pipe by now: no waiting is needed. Bounded, because others may write on. */
static void drain_output(struct environment *environment)
{
    for (size_t read_bytes = 0; read_bytes < DRAIN_MAX_BYTES && read_output(environment); read_bytes += READ_BYTES)
        continue;
}

static void on_output(struct watch *watch, int events, void *context)
{
    (void)watch;
    (void)events;
    read_output(context);
}

/* ---- the log's REPORT line ---- */

/* The most memory that the process has used, from /proc; read at most once in a second, because it costs as much as a short invocation. */
static int64_t memory_mb(struct environment *environment)
{
    char path[64];
    char line[128];
    FILE *file;
    int64_t now_us = clock_stopwatch_us();

    if (environment->child && (!environment->memory_kb || now_us - environment->memory_read_us > MEMORY_EVERY_US)) {
        snprintf(path, sizeof path, "/proc/%d/status", (int)child_pid(environment->child));
        file = fopen(path, "re");
        while (file && fgets(line, sizeof line, file))
            if (sscanf(line, "VmHWM: %" SCNd64, &environment->memory_kb) == 1)
                break;
        if (file)
            fclose(file);
        environment->memory_read_us = now_us;
    }
    return environment->memory_kb / 1024 + 1;
}

/* The line that ends an invocation; status is its tail: "", "Status: timeout" or "Status: error\tError Type: ..." */
static void say_report(struct environment *environment, const char *status)
{
    double duration_ms = (double)(clock_now_us(clock_of(environment)) - environment->invoke_began_us) / 1e3;
    double init_ms = environment->is_cold ? (double)environment->init_us / 1e3 : 0;
    int64_t limit_ms = version_number(environment->version, "Timeout", 3) * 1000;
    char init[48] = "";

    if (duration_ms > (double)limit_ms)
        duration_ms = (double)limit_ms;
    if (environment->is_cold)
        snprintf(init, sizeof init, "Init Duration: %.2f ms\t", init_ms);
    environment->is_cold = false;
    log_source_say(&environment->log, "END RequestId: %s", environment->invocation->request_id);
    log_source_say(&environment->log,
                   "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %" PRId64
                   " MB\tMax Memory Used: %" PRId64 " MB\t%s%s",
                   environment->invocation->request_id, duration_ms, ceil(duration_ms + init_ms),
                   version_number(environment->version, "MemorySize", 128), memory_mb(environment), init, status);
}

/* The invocation is over: log, tell, forget. */
static void finish_invocation(struct environment *environment, const char *status)
{
    struct invocation *invocation = environment->invocation;

    if (!invocation)
        return;
    drain_output(environment);
    say_report(environment, status);
    log_source_begin(&environment->log, NULL);
    timer_stop(clock_of(environment), &environment->deadline);
    environment->invocation = NULL;
    invocation_finish(invocation);
}

/* ---- the end ---- */

static void free_environment(struct environment *environment)
{
    list_remove(&environment->link);
    watch_close(environment->output);
    close(environment->output_fd);
    log_source_clear(&environment->log);
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

    drain_output(environment);
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
        log_source_begin(&environment->log, NULL);
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

/* The process ended in the middle of an invocation. An answer that it gave before stays given. */
static void fail_running(struct environment *environment, const char *words)
{
    struct invocation *invocation = environment->invocation;

    if (!invocation)
        return;
    if (environment->state == ENVIRONMENT_BUSY) {
        log_source_say(&environment->log, "RequestId: %s Error: %s", invocation->request_id, words);
        log_source_say(&environment->log, "Runtime.ExitError");
        invocation_fail(invocation, "Runtime.ExitError", "RequestId: %s Error: %s", invocation->request_id, words);
        finish_invocation(environment, "Status: error\tError Type: Runtime.ExitError");
    } else {
        finish_invocation(environment, "");
    }
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
    drain_output(environment);
    end_words(exit_status, signal_number, words);
    fail_running(environment, words);
    if (environment->state == ENVIRONMENT_STARTING) {
        log_source_say(&environment->log, "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: error\tError Type: Runtime.ExitError",
                       (double)(clock_now_us(clock_of(environment)) - environment->init_began_us) / 1e3);
        pool_failed_start(&environment->version->pool, NULL, "Runtime.ExitError", words);
    }
    environment_end(environment);
}

static void time_out_invocation(struct environment *environment)
{
    struct invocation *invocation = environment->invocation;
    struct arena arena = { 0 };
    double limit_s = (double)version_number(environment->version, "Timeout", 3);

    drain_output(environment);
    log_source_say(&environment->log, "%s %s Task timed out after %.2f seconds", text_iso_time(&arena, clock_now_ms(clock_of(environment))),
                   invocation->request_id, limit_s);
    arena_clear(&arena);
    invocation->is_timed_out = !invocation->is_answered;
    invocation_fail(invocation, "Sandbox.Timedout", "RequestId: %s Error: Task timed out after %.2f seconds", invocation->request_id,
                    limit_s);
    finish_invocation(environment, "Status: timeout");
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

    log_source_say(&environment->log, "INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: timeout",
                   (double)(clock_now_us(clock_of(environment)) - environment->init_began_us) / 1e3, was_second ? "invoke" : "init");
    environment_end(environment);
    snprintf(words, sizeof words, "Task timed out after %.2f seconds", (double)version_number(version, "Timeout", 3));
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
        time_out_invocation(environment);
    else
        environment_end(environment); /* it broke off waiting and never asked again */
}

static void on_rested(struct timer *timer)
{
    environment_end(list_item(timer, struct environment, rest));
}

/* ---- the Runtime API ---- */

static enum runtime_verdict on_next(void *owner)
{
    struct environment *environment = owner;
    struct clock *clock = clock_of(environment);

    if (environment->state == ENVIRONMENT_BUSY || environment->state == ENVIRONMENT_ENDING)
        return RUNTIME_WRONG_STATE;
    timer_stop(clock, &environment->deadline);
    if (environment->state == ENVIRONMENT_STARTING) {
        environment->init_us = clock_now_us(clock) - environment->init_began_us;
        environment->is_cold = true;
    }
    finish_invocation(environment, "");
    pool_notice_changes(&environment->version->pool);
    if (environment->generation != environment->version->pool.generation || environment->version->pool.is_closed) {
        environment_end(environment);
        return RUNTIME_ACCEPTED;
    }
    environment->state = ENVIRONMENT_IDLE;
    if (!pool_ready(&environment->version->pool, environment))
        timer_start(clock, &environment->rest, POOL_IDLE_MS, on_rested);
    return RUNTIME_ACCEPTED;
}

/* The runtime gave up waiting (or its connection broke): it is not idle until it asks again, which it has to within the function's time. */
static void on_lost(void *owner)
{
    struct environment *environment = owner;

    if (environment->state != ENVIRONMENT_IDLE)
        return;
    environment->state = ENVIRONMENT_FINISHING;
    timer_start(clock_of(environment), &environment->deadline, version_number(environment->version, "Timeout", 3) * 1000, on_deadline);
}

static enum runtime_verdict check_post(const struct environment *environment, const struct runtime_post *post)
{
    const struct invocation *invocation = environment->invocation;

    if (!invocation || !text_is(post->request_id, invocation->request_id))
        return RUNTIME_WRONG_REQUEST_ID;
    return environment->state == ENVIRONMENT_BUSY ? RUNTIME_ACCEPTED : RUNTIME_WRONG_STATE;
}

static enum runtime_verdict on_response(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    struct invocation *invocation = environment->invocation;
    enum runtime_verdict verdict = check_post(environment, post);

    if (verdict != RUNTIME_ACCEPTED)
        return verdict;
    drain_output(environment);
    environment->state = ENVIRONMENT_FINISHING;
    if (post->response_mode && strcasecmp(post->response_mode, "streaming") && strcasecmp(post->response_mode, "buffered")) {
        invocation_fail(invocation, "Runtime.InvalidResponseModeHeader", "RequestId: %s Error: Invalid response mode header",
                        invocation->request_id);
        return RUNTIME_WRONG_RESPONSE_MODE;
    }
    if (post->is_too_large)
        invocation_fail(invocation, "Function.ResponseSizeTooLarge",
                        "Response payload size exceeded maximum allowed payload size (%d bytes).", RUNTIME_BODY_MAX_BYTES);
    else
        invocation_answer(invocation, post->body, post->size_bytes, NULL);
    return RUNTIME_ACCEPTED;
}

static enum runtime_verdict on_error(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    enum runtime_verdict verdict = check_post(environment, post);

    if (verdict != RUNTIME_ACCEPTED)
        return verdict;
    drain_output(environment);
    environment->state = ENVIRONMENT_FINISHING;
    if (post->is_too_large)
        invocation_fail(environment->invocation, "Function.ResponseSizeTooLarge",
                        "Response payload size exceeded maximum allowed payload size (%d bytes).", RUNTIME_BODY_MAX_BYTES);
    else
        invocation_answer(environment->invocation, post->body, post->size_bytes, post->error_type ? post->error_type : "Unhandled");
    return RUNTIME_ACCEPTED;
}

static enum runtime_verdict on_init_error(void *owner, const struct runtime_post *post)
{
    struct environment *environment = owner;
    const char *type = post->error_type ? post->error_type : "Runtime.Unknown";

    if (environment->state != ENVIRONMENT_STARTING)
        return RUNTIME_WRONG_STATE;
    drain_output(environment);
    log_source_say(&environment->log, "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: error\tError Type: %s",
                   (double)(clock_now_us(clock_of(environment)) - environment->init_began_us) / 1e3, type);
    pool_failed_start(&environment->version->pool, post->size_bytes ? post->body : NULL, type, "Runtime failed to initialize");
    environment_end(environment);
    return RUNTIME_ACCEPTED;
}

static const struct runtime_events runtime_events = {
    .next = on_next,
    .lost = on_lost,
    .response = on_response,
    .error = on_error,
    .init_error = on_init_error,
};

void environment_give(struct environment *environment, struct invocation *invocation)
{
    const struct ground *ground = environment->version->room->ground;
    int64_t timeout_ms = version_number(environment->version, "Timeout", 3) * 1000;
    char trace_id[96];

    timer_stop(ground->clock, &environment->rest);
    environment->state = ENVIRONMENT_BUSY;
    environment->invocation = invocation;
    environment->invoke_began_us = clock_now_us(ground->clock);
    log_source_begin(&environment->log, invocation->tail);
    log_source_say(&environment->log, "START RequestId: %s Version: %s", invocation->request_id, environment->version->number);
    timer_start(ground->clock, &environment->deadline, timeout_ms, on_deadline);
    trace_header(ground->trace, invocation->event, trace_id);
    runtime_api_give(environment->api, &(struct runtime_delivery){
                                           .request_id = invocation->request_id,
                                           .deadline_ms = clock_now_ms(ground->clock) + timeout_ms,
                                           .function_arn = invocation->arn,
                                           .trace_id = trace_id,
                                           .client_context = invocation->client_context,
                                           .body = invocation->payload,
                                           .size_bytes = invocation->size_bytes,
                                       });
}

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

/* A pipe whose reading end does not block; the process has the other end as its output and error. */
static int open_output(struct environment *environment)
{
    int ends[2];

    if (pipe2(ends, O_CLOEXEC) < 0)
        return -1;
    fcntl(ends[0], F_SETFL, O_NONBLOCK);
    environment->output_fd = ends[0];
    environment->output = watch_open(environment->version->room->ground->loop, ends[0], WATCH_READ, on_output, environment);
    return ends[1];
}

static enum status start_process(struct environment *environment, const char *const *arguments, struct arena *arena, const char **message)
{
    int output = open_output(environment);
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
    environment->output_fd = -1;
    environment->log.sink = room->sink;
    environment->log.function = pool->version->name;
    environment->directory = memory_print("%s/tmp-%u", room->ground->state_directory, ++room->started_count);
    name_log_stream(environment);
    return environment;
}

/* "python:3.12" for "python3.12", "nodejs:20" for "nodejs20.x". */
static void say_init_start(struct environment *environment)
{
    const char *runtime = version_text(environment->version, "Runtime");
    size_t letters = runtime ? strspn(runtime, "abcdefghijklmnopqrstuvwxyz") : 0;

    if (bootstraps_is_managed(runtime))
        log_source_say(&environment->log, "INIT_START Runtime Version: %.*s:%.*s", (int)letters, runtime,
                       (int)strspn(runtime + letters, text_begins(runtime, "nodejs") ? "0123456789" : "0123456789."), runtime + letters);
}

static enum status start(struct pool *pool, bool is_second_init, struct arena *arena, const char **message)
{
    const struct ground *ground = pool->version->room->ground;
    const char *arguments[BOOTSTRAP_ARGUMENTS_MAX];
    struct environment *environment;
    int64_t limit_ms = is_second_init ? version_number(pool->version, "Timeout", 3) * 1000 : ENVIRONMENT_INIT_MS;

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
    say_init_start(environment);
    environment->init_began_us = clock_now_us(ground->clock);
    timer_start(ground->clock, &environment->deadline, limit_ms, on_deadline);
    list_add(&pool->environments, &environment->link);
    pool->environment_count++;
    return OK;
}

enum status environment_start(struct pool *pool, struct arena *arena, const char **message)
{
    return start(pool, false, arena, message);
}
