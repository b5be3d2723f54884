/* `lowcloud kinesis put`: each line of standard input becomes a record. One call is under way at a time, so that lines stay in order; those
 * that were not taken are put again, and before any that follows them. */

#include "base/memory.h"
#include "base/text.h"
#include "loop/loop.h"
#include "producer.h"
#include "stream_parts.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RECORD_MAX_BYTES = 1 << 20, READ_BYTES = 65536, TIMEOUT_MS = 30000, PAUSE_FIRST_MS = 100, PAUSE_MOST_MS = 5000 };

struct put {
    struct stream_run *run;
    struct producer producer;
    struct random_stream keys;
    struct buffer text; /* what was read and not yet taken */
    bool is_at_end;     /* of standard input */
    struct producer_record records[PRODUCER_RECORDS_MAX];
    char drawn[PRODUCER_RECORDS_MAX][17];
    size_t record_count;
    size_t used_bytes; /* of text, by the records under way */
    int64_t tries;
    struct timer pause;
    struct watch *input;
    uint64_t taken;
    uint64_t repeated;
};

static void send(struct put *put);
static void take_lines(struct put *put);

static void stop(struct put *put)
{
    loop_stop(put->run->loop);
}

static void fail(struct put *put, const char *problem)
{
    snprintf(put->run->problem, sizeof put->run->problem, "%s", problem);
    stop(put);
}

/* ---- lines ---- */

/* The end of the line at `at`; the last one may lack its newline. SIZE_MAX when it is not all there. */
static size_t line_end(const struct put *put, size_t at)
{
    const char *end = at < put->text.size ? memchr(put->text.data + at, '\n', put->text.size - at) : NULL;

    if (end)
        return (size_t)(end - put->text.data);
    return put->is_at_end && at < put->text.size ? put->text.size : SIZE_MAX;
}

static void add_record(struct put *put, size_t at, size_t size)
{
    struct producer_record *record = &put->records[put->record_count];
    const char *key = put->run->options.key;

    if (!key) {
        random_text(&put->keys, "0123456789abcdef", put->drawn[put->record_count], 16);
        key = put->drawn[put->record_count];
    }
    *record = (struct producer_record){ .data = put->text.data + at, .size_bytes = size, .partition_key = key };
    put->record_count++;
}

/* Takes the whole lines that are there, as many as one call may have. False when a line is too long. */
static bool gather(struct put *put)
{
    size_t bytes = 0, end;

    put->record_count = put->used_bytes = 0;
    while (put->record_count < PRODUCER_RECORDS_MAX && (end = line_end(put, put->used_bytes)) != SIZE_MAX) {
        size_t size = end - put->used_bytes;

        if (size > RECORD_MAX_BYTES)
            return false;
        bytes += size + 256;
        if (bytes > PRODUCER_BYTES_MAX)
            break;
        add_record(put, put->used_bytes, size);
        put->used_bytes = end + (end < put->text.size);
    }
    return put->record_count || put->text.size <= RECORD_MAX_BYTES;
}

/* ---- calls ---- */

static void send_again(struct timer *timer)
{
    send(list_item(timer, struct put, pause));
}

/* Those that were not taken move together, in their order. */
static size_t keep_untaken(struct put *put, const struct producer_result *results, size_t count, const struct producer_result **worst)
{
    size_t kept = 0;

    for (size_t i = 0; i < count; i++) {
        if (results[i].fate == PRODUCER_TAKEN)
            continue;
        if (!*worst || results[i].fate != PRODUCER_DELAYED)
            *worst = &results[i];
        put->records[kept++] = put->records[i];
    }
    put->taken += count - kept;
    return kept;
}

static void on_put(const struct producer_result *results, size_t count, void *context)
{
    struct put *put = context;
    const struct producer_result *worst = NULL;
    int64_t pause_ms = PAUSE_FIRST_MS;

    put->record_count = keep_untaken(put, results, count, &worst);
    if (!worst) {
        buffer_drop(&put->text, put->used_bytes);
        put->tries = 0;
        take_lines(put);
        return;
    }
    if (put->run->is_over) {
        fail(put, "lines that were under way have not been answered");
        return;
    }
    if (worst->fate != PRODUCER_DELAYED || ++put->tries >= put->run->options.tries) {
        fail(put, worst->problem);
        return;
    }
    put->repeated += put->record_count;
    for (int64_t i = 1; i < put->tries && pause_ms < PAUSE_MOST_MS; i++)
        pause_ms *= 2;
    timer_start(&put->run->clock, &put->pause, pause_ms < PAUSE_MOST_MS ? pause_ms : PAUSE_MOST_MS, send_again);
}

static void send(struct put *put)
{
    producer_put(&put->producer, put->records, put->record_count, on_put, put);
}

/* Sends the lines that are there, or waits for more. */
static void take_lines(struct put *put)
{
    if (!gather(put))
        fail(put, "a line is longer than 1 MiB, Kinesis's bound for a record");
    else if (put->record_count)
        send(put);
    else if (put->is_at_end)
        stop(put);
    else
        watch_set(put->input, WATCH_READ);
}

static void on_input(struct watch *watch, int events, void *context)
{
    struct put *put = context;
    ssize_t got = read(STDIN_FILENO, buffer_reserve(&put->text, READ_BYTES), READ_BYTES);

    (void)events;
    if (got < 0 && (errno == EINTR || errno == EAGAIN))
        return;
    watch_set(watch, 0);
    if (got < 0) {
        fail(put, "standard input cannot be read");
        return;
    }
    put->text.size += (size_t)got;
    put->is_at_end = got == 0;
    take_lines(put);
}

void stream_put_begin(struct stream_run *run)
{
    struct put *put = memory_new(sizeof *put);

    run->action = put;
    put->run = run;
    put->keys = random_stream(&run->random, "partition keys");
    producer_init(&put->producer, run->courier,
                  &(struct producer_options){ .stream = run->options.stream, .remote = &run->options.remote, .timeout_ms = TIMEOUT_MS });
    put->input = watch_open(run->loop, STDIN_FILENO, WATCH_READ, on_input, put);
}

void stream_put_end(struct stream_run *run)
{
    struct put *put = run->action;

    timer_stop(&run->clock, &put->pause);
    watch_close(put->input);
    if (!run->options.is_quiet)
        fprintf(stderr, "%" PRIu64 " record%s put, %" PRIu64 " repeated\n", put->taken, put->taken == 1 ? "" : "s", put->repeated);
    buffer_clear(&put->text);
    free(put);
}
