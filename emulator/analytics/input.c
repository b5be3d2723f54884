/* Readers of shards, and the batches that they make. */

#include "analytics/input.h"

#include "analytics/application.h"
#include "analytics/processing.h"
#include "analytics/room.h"
#include "base/log.h"
#include "base/memory.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct analytics *room_of_input(const struct input *input)
{
    return input->application->room;
}

/* ---- shards ---- */

static struct input_shard *find_shard(const struct input *input, const char *shard)
{
    for (size_t i = 0; i < input->shard_count; i++)
        if (!strcmp(input->shards[i].reader.shard, shard))
            return &input->shards[i];
    return NULL;
}

static struct input_shard *add_shard(struct input *input)
{
    input->shards = memory_resize(input->shards, (input->shard_count + 1) * sizeof *input->shards);
    memset(&input->shards[input->shard_count], 0, sizeof *input->shards);
    return &input->shards[input->shard_count++];
}

struct finding {
    struct input *input;
    enum kinesis_start start;
};

static bool is_unfinished(const struct input *input, const char *shard)
{
    const struct input_shard *found = shard ? find_shard(input, shard) : NULL;

    return found && !found->is_finished;
}

static void find(void *context, const char *shard, const char *parent, const char *adjacent_parent)
{
    const struct finding *finding = context;
    struct input *input = finding->input;
    struct kinesis_reader reader;

    bool is_too_early = is_unfinished(input, parent) || is_unfinished(input, adjacent_parent);

    /* From now on there is nothing old to read first. */
    if (find_shard(input, shard) || (is_too_early && finding->start == KINESIS_TRIM_HORIZON))
        return;
    if (kinesis_reader_open(room_of_input(input)->kinesis, input->stream, shard, finding->start, 0, NULL, &reader) == OK)
        add_shard(input)->reader = reader;
}

static enum status find_shards(struct input *input, enum kinesis_start start)
{
    struct finding finding = { input, start };

    return kinesis_each_shard(room_of_input(input)->kinesis, input->stream, find, &finding);
}

static void forget_shards(struct input *input)
{
    free(input->shards);
    input->shards = NULL;
    input->shard_count = 0;
    input->next_shard = 0;
}

/* ---- batches ---- */

/* The next shard with records: how many goes to count. NULL: nothing is left to read anywhere. */
static struct input_shard *read_shard(struct input *input, struct kinesis_record *records, size_t *count)
{
    *count = 0;
    for (size_t tries = 0; tries < input->shard_count; tries++) {
        struct input_shard *shard = &input->shards[input->next_shard++ % input->shard_count];
        enum status status;

        if (shard->is_finished)
            continue;
        status = kinesis_read(room_of_input(input)->kinesis, &shard->reader, records, INPUT_BATCH_RECORDS, INPUT_BATCH_BYTES, count);
        if (*count)
            return shard;
        shard->is_finished = status == FULL || status == ABSENT;
    }
    return NULL;
}

static bool has_finished(const struct input *input)
{
    for (size_t i = 0; i < input->shard_count; i++)
        if (input->shards[i].is_finished)
            return true;
    return false;
}

static void go_on(struct deferred *deferred);

/* Each in-application stream of the input has its share of the shards. */
static size_t stream_of(const struct input *input, const struct input_shard *shard)
{
    return (size_t)(shard - input->shards) % input->application->program->input_count;
}

static void take(struct input *input, const struct input_shard *shard, const struct kinesis_record *records, size_t count)
{
    struct application *application = input->application;

    if (processing_wanted(application)) {
        processing_begin(input, shard->reader.shard, stream_of(input, shard), records, count);
        return;
    }
    application_begin_batch(application);
    for (size_t i = 0; i < count; i++) {
        struct sql_origin origin = { records[i].arrived_ms, records[i].partition_key, records[i].sequence_number, shard->reader.shard,
                                     records[i].event };

        application_add_record(application, stream_of(input, shard), records[i].data, records[i].size_bytes, &origin);
    }
    application_run_batch(application);
}

/* One batch; the rest waits for the next round of the loop, so that a long backlog holds nobody up. */
static void read_on(struct input *input)
{
    struct kinesis_record records[INPUT_BATCH_RECORDS];
    struct input_shard *shard;
    size_t count;

    if (!input->is_running || input->processing || application_is_full(input->application))
        return;
    shard = read_shard(input, records, &count);
    if (!shard && has_finished(input)) { /* children of a shard that has just ended, or a stream that was made again */
        size_t known = input->shard_count;

        find_shards(input, KINESIS_TRIM_HORIZON);
        if (input->shard_count > known)
            loop_defer(room_of_input(input)->ground->loop, &input->more, go_on);
    }
    if (!shard)
        return;
    loop_defer(room_of_input(input)->ground->loop, &input->more, go_on);
    take(input, shard, records, count);
}

static void go_on(struct deferred *deferred)
{
    read_on(list_item(deferred, struct input, more));
}

void input_resume(struct input *input)
{
    if (input->is_running)
        loop_defer(room_of_input(input)->ground->loop, &input->more, go_on);
}

/* A stream that was deleted and made again has the same shard ids: its readers are of no use any more. */
static void drop_stale(struct input *input)
{
    size_t kept = 0;

    for (size_t i = 0; i < input->shard_count; i++) {
        struct kinesis_reader now;
        const struct kinesis_reader *then = &input->shards[i].reader;

        if (kinesis_reader_open(room_of_input(input)->kinesis, input->stream, then->shard, KINESIS_TRIM_HORIZON, 0, NULL, &now) != OK ||
            now.stream_made_ms == then->stream_made_ms)
            input->shards[kept++] = input->shards[i];
    }
    input->shard_count = kept;
}

static void woken(struct kinesis_listener *listener)
{
    struct input *input = list_item(listener, struct input, listener);

    drop_stale(input);
    find_shards(input, KINESIS_TRIM_HORIZON);
    read_on(input);
}

/* ---- life ---- */

static const char *name_of(const char *stream)
{
    const char *slash = strrchr(stream, '/');

    return slash ? slash + 1 : stream;
}

enum status input_start(struct input *input, struct application *application, const char *stream, enum input_position position)
{
    const char *name = name_of(stream);

    input->application = application;
    if (!kinesis_stream_exists(application->room->kinesis, stream, NULL) || strlen(name) >= sizeof input->stream)
        return ABSENT;
    if (position != INPUT_LAST_STOPPED_POINT || strcmp(input->stream, name))
        forget_shards(input);
    snprintf(input->stream, sizeof input->stream, "%s", name);
    drop_stale(input);
    find_shards(input, input->shard_count || position == INPUT_TRIM_HORIZON ? KINESIS_TRIM_HORIZON : KINESIS_LATEST);
    input->is_running = true;
    kinesis_listen(application->room->kinesis, input->stream, &input->listener, woken);
    input_resume(input);
    return OK;
}

void input_stop(struct input *input)
{
    if (!input->is_running)
        return;
    input->is_running = false;
    kinesis_unlisten(&input->listener);
    loop_forget(&input->more);
    processing_abandon(input);
}

void input_close(struct input *input)
{
    input_stop(input);
    forget_shards(input);
}

/* ---- keeping ---- */

json_t *input_save(const struct input *input)
{
    json_t *places = json_array();

    for (size_t i = 0; i < input->shard_count; i++) {
        const struct kinesis_reader *reader = &input->shards[i].reader;

        json_array_append_new(places, json_pack("{s:s, s:s, s:I, s:I, s:b}", "stream", reader->stream, "shard", reader->shard, "next",
                                                (json_int_t)reader->next, "made", (json_int_t)reader->stream_made_ms, "finished",
                                                input->shards[i].is_finished));
    }
    return places;
}

void input_restore(struct input *input, const json_t *places)
{
    for (size_t i = 0; i < json_array_size(places); i++) {
        const json_t *place = json_array_get(places, i);
        const char *stream = json_string_value(json_object_get(place, "stream"));
        const char *shard = json_string_value(json_object_get(place, "shard"));
        struct input_shard *kept;

        if (!stream || !shard)
            continue;
        kept = add_shard(input);
        snprintf(kept->reader.stream, sizeof kept->reader.stream, "%s", stream);
        snprintf(kept->reader.shard, sizeof kept->reader.shard, "%s", shard);
        kept->reader.next = (uint64_t)json_integer_value(json_object_get(place, "next"));
        kept->reader.stream_made_ms = json_integer_value(json_object_get(place, "made"));
        kept->is_finished = json_is_true(json_object_get(place, "finished"));
        snprintf(input->stream, sizeof input->stream, "%s", stream);
    }
}
