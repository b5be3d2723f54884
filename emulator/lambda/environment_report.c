/* The platform's lines, measured by the clock; the memory by the kernel. */

#include "lambda/environment_report.h"

#include "base/text.h"
#include "lambda/function.h"
#include "lambda/invocation.h"
#include "lambda/room.h"

#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

enum { MEMORY_EVERY_US = 1000000 };

static double ms_since(const struct environment *environment, int64_t began_us)
{
    return (double)(clock_now_us(environment->version->room->ground->clock) - began_us) / 1e3;
}

/* "python:3.12" for "python3.12", "nodejs:20" for "nodejs20.x". */
void environment_report_init(struct environment *environment)
{
    const char *runtime = version_text(environment->version, "Runtime");
    size_t letters = runtime ? strspn(runtime, "abcdefghijklmnopqrstuvwxyz") : 0;

    if (bootstraps_is_managed(runtime))
        log_source_say(&environment->output.log, "INIT_START Runtime Version: %.*s:%.*s", (int)letters, runtime,
                       (int)strspn(runtime + letters, text_begins(runtime, "nodejs") ? "0123456789" : "0123456789."), runtime + letters);
}

void environment_report_init_error(struct environment *environment, const char *error_type)
{
    log_source_say(&environment->output.log, "INIT_REPORT Init Duration: %.2f ms\tPhase: init\tStatus: error\tError Type: %s",
                   ms_since(environment, environment->init_began_us), error_type);
}

void environment_report_init_timeout(struct environment *environment)
{
    log_source_say(&environment->output.log, "INIT_REPORT Init Duration: %.2f ms\tPhase: %s\tStatus: timeout",
                   ms_since(environment, environment->init_began_us), environment->is_second_init ? "invoke" : "init");
}

void environment_report_start(struct environment *environment)
{
    log_source_say(&environment->output.log, "START RequestId: %s Version: %s", environment->invocation->request_id,
                   environment->version->number);
}

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

void environment_report_end(struct environment *environment, const char *status)
{
    double duration_ms = ms_since(environment, environment->invoke_began_us);
    double init_ms = environment->is_cold ? (double)environment->init_us / 1e3 : 0;
    int64_t limit_ms = version_timeout_ms(environment->version);
    char init[48] = "";

    if (duration_ms > (double)limit_ms)
        duration_ms = (double)limit_ms;
    if (environment->is_cold)
        snprintf(init, sizeof init, "Init Duration: %.2f ms\t", init_ms);
    environment->is_cold = false;
    log_source_say(&environment->output.log, "END RequestId: %s", environment->invocation->request_id);
    log_source_say(&environment->output.log,
                   "REPORT RequestId: %s\tDuration: %.2f ms\tBilled Duration: %.0f ms\tMemory Size: %" PRId64
                   " MB\tMax Memory Used: %" PRId64 " MB\t%s%s",
                   environment->invocation->request_id, duration_ms, ceil(duration_ms + init_ms),
                   version_number(environment->version, "MemorySize", 128), memory_mb(environment), init, status);
}
