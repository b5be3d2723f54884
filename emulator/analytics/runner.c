/* Reads shards in order of parents before children, passes a micro-batch through the program, and hands its rows to the outputs. */

#include "analytics/runner.h"

#include "analytics/output.h"
#include "base/log.h"
#include "base/memory.h"
#include "base/text.h"

#include <stdlib.h>
#include <string.h>

enum { BATCH_RECORDS = 1000, BATCH_BYTES = 4 << 20, BATCH_ROWS_MAX = 100000, BATCH_ARENA_MAX = 256 << 20, OUTPUTS_MAX = 3 };

/* One shard of the input. */
struct source {
    struct kinesis_reader reader;
    char parent[40];
    char adjacent_parent[40];
    bool is_done; /* closed, and read to its end */
};

struct runner {
    struct application *application;
    struct program *program;
    char *stream; /* ARN of the input; NULL: none */
    struct source *sources;
    size_t source_count;
    enum kinesis_start start; /* of shards that are there when it starts; those that come later are read from their beginning */
    bool is_started;
    struct kinesis_listener listener;
    struct deferred deferred;
    struct output *outputs[OUTPUTS_MAX];
    size_t output_count;
    size_t turn; /* shares the records among the input's in-application streams */
};

/* ---- shards ---- */

static struct source *find_source(const struct runner *runner, const char *shard)
{
    for (size_t i = 0; i < runner->source_count; i++)
        if (!strcmp(runner->sources[i].reader.shard, shard))
            return &runner->sources[i];
    return NULL;
}

/* The place where the last run left this shard, if it was of the same stream. */
static bool resume(const struct runner *runner, struct kinesis_reader *reader)
{
    const struct application *application = runner->application;

    for (size_t i = 0; i < application->stopped_count; i++) {
        const struct kinesis_reader *stopped = &application->stopped[i];

        if (!strcmp(stopped->stream, reader->stream) && !strcmp(stopped->shard, reader->shard) &&
            stopped->stream_made_ms == reader->stream_made_ms) {
            reader->next = stopped->next;
            return true;
        }
    }
    return false;
}

static void add_source(void *context, const char *shard, const char *parent, const char *adjacent_parent)
{
    struct runner *runner = context;
    enum kinesis_start start = runner->is_started ? KINESIS_TRIM_HORIZON : runner->start;
    struct source *source;

    if (find_source(runner, shard))
        return;
    runner->sources = memory_resize(runner->sources, (runner->source_count + 1) * sizeof *runner->sources);
    source = &runner->sources[runner->source_count];
    *source = (struct source){ 0 };
    /* LAST_STOPPED_POINT: a shard that the last run did not know is read from its beginning. */
    if (kinesis_reader_open(runner->application->room->kinesis, runner->stream, shard,
                            start == KINESIS_AFTER_SEQUENCE ? KINESIS_TRIM_HORIZON : start, 0, NULL, &source->reader) != OK)
        return;
    if (start == KINESIS_AFTER_SEQUENCE)
        resume(runner, &source->reader);
    snprintf(source->parent, sizeof source->parent, "%s", parent ? parent : "");
    snprintf(source->adjacent_parent, sizeof source->adjacent_parent, "%s", adjacent_parent ? adjacent_parent : "");
    runner->source_count++;
}

static void find_shards(struct runner *runner)
{
    if (!runner->stream)
        return;
    if (kinesis_each_shard(runner->application->room->kinesis, runner->stream, add_source, runner) != OK)
        runner->source_count = 0; /* the stream is gone: a later one of its name is read from its beginning */
    runner->is_started = true;
}

static bool is_done(const struct runner *runner, const char *shard)
{
    const struct source *source = *shard ? find_source(runner, shard) : NULL;

    return !source || source->is_done;
}

static bool is_readable(const struct runner *runner, const struct source *source)
{
    return !source->is_done && is_done(runner, source->parent) && is_done(runner, source->adjacent_parent);
}

/* ---- a batch ---- */

/* The record that is being read into rows. */
struct reading {
    struct runner *runner;
    struct sql_origin origin;
};

static void take_row(void *context, const struct value *values)
{
    struct reading *reading = context;
    struct program *program = reading->runner->program;

    sql_engine_add(program->engine, program->inputs[reading->runner->turn++ % program->input_count], values, &reading->origin);
}

static void take_fault(void *context, const char *message, const void *data, size_t size_bytes)
{
    struct reading *reading = context;

    sql_engine_add_error(reading->runner->program->engine, "INPUT_ERROR", message, data, size_bytes, NULL, reading->origin.cause);
}

static void take_record(struct runner *runner, const struct source *source, const struct kinesis_record *record)
{
    struct program *program = runner->program;
    struct reading reading = { runner,
                               { .arrived_ms = record->arrived_ms,
                                 .partition_key = record->partition_key,
                                 .sequence_number = record->sequence_number,
                                 .shard_id = source->reader.shard,
                                 .cause = record->event } };
    struct analytics_schema_reader reader = {
        sql_engine_arena(program->engine), BATCH_ROWS_MAX, BATCH_ARENA_MAX, take_row, take_fault, &reading
    };

    analytics_schema_read(&program->input_schema, record->data, record->size_bytes, &reader);
}

struct batch {
    size_t records;
    uint64_t first_cause;
};

/* Reads up to a batch's worth from one shard. */
static void read_source(struct runner *runner, struct source *source, struct kinesis_record *records, struct batch *batch)
{
    size_t count = 0;
    enum status status = kinesis_read(runner->application->room->kinesis, &source->reader, records, BATCH_RECORDS, BATCH_BYTES, &count);

    source->is_done = status == FULL || status == ABSENT;
    for (size_t i = 0; i < count; i++) {
        take_record(runner, source, &records[i]);
        if (!batch->records++)
            batch->first_cause = records[i].event;
    }
}

static struct batch read_sources(struct runner *runner)
{
    struct kinesis_record *records = memory_new(BATCH_RECORDS * sizeof *records);
    struct batch batch = { 0 };

    for (size_t i = 0; i < runner->source_count; i++)
        if (is_readable(runner, &runner->sources[i]))
            read_source(runner, &runner->sources[i], records, &batch);
    free(records);
    return batch;
}

static bool is_busy(const struct runner *runner)
{
    for (size_t i = 0; i < runner->output_count; i++)
        if (output_is_busy(runner->outputs[i]))
            return true;
    return false;
}

static void hand_out(struct runner *runner, uint64_t event)
{
    for (size_t i = 0; i < runner->output_count; i++)
        output_take(runner->outputs[i], sql_engine_rows(runner->program->engine, output_relation(runner->outputs[i])), event);
    for (size_t i = 0; i < runner->output_count; i++)
        output_deliver(runner->outputs[i]);
}

static void again(struct runner *runner);

static void run_batch(struct deferred *deferred)
{
    struct runner *runner = list_item(deferred, struct runner, deferred);
    const struct application *application = runner->application;
    const struct ground *ground = application->room->ground;
    struct batch batch;

    if (is_busy(runner))
        return;
    find_shards(runner);
    sql_engine_begin(runner->program->engine, clock_now_ms(ground->clock));
    batch = read_sources(runner);
    if (!batch.records)
        return;
    sql_engine_run(runner->program->engine);
    hand_out(runner, trace_add(ground->trace, TRACE_BATCH, batch.first_cause, application->name, (int64_t)batch.records, "analytics"));
    if (!is_busy(runner))
        again(runner);
}

static void again(struct runner *runner)
{
    loop_defer(runner->application->room->ground->loop, &runner->deferred, run_batch);
}

static void woken(struct kinesis_listener *listener)
{
    again(list_item(listener, struct runner, listener));
}

static void drained(void *context)
{
    struct runner *runner = context;

    if (!is_busy(runner))
        again(runner);
}

/* ---- its life ---- */

static void open_outputs(struct runner *runner)
{
    const json_t *outputs = json_object_get(runner->application->configuration, "Outputs");
    json_t *description;
    size_t i;

    json_array_foreach((json_t *)outputs, i, description)
    {
        const char *name = json_string_value(json_object_get(description, "Name"));

        if (runner->output_count < OUTPUTS_MAX)
            runner->outputs[runner->output_count++] =
                output_open(runner->application, description, program_output(runner->program, name), drained, runner);
    }
}

static const char *input_stream(const struct application *application)
{
    const json_t *input = json_array_get(json_object_get(application->configuration, "Inputs"), 0);

    return json_string_value(json_object_get(json_object_get(input, "KinesisStreamsInput"), "ResourceARN"));
}

static enum kinesis_start start_of(const struct application *application, const char *position)
{
    if (text_is(position, "TRIM_HORIZON"))
        return KINESIS_TRIM_HORIZON;
    /* Never run before, there is no last point: AWS begins at the newest record. */
    return text_is(position, "LAST_STOPPED_POINT") && application->stopped_count ? KINESIS_AFTER_SEQUENCE : KINESIS_LATEST;
}

bool runner_open(struct application *application, const char *position, struct arena *arena, struct program_error *error)
{
    struct analytics *room = application->room;
    const char *stream = input_stream(application);
    struct program *program;
    struct runner *runner;

    if (stream && !kinesis_stream_exists(room->kinesis, stream, NULL)) {
        *error = (struct program_error){ ERR_INVALID_APPLICATION_CONFIGURATION,
                                         arena_print(arena, "The input stream %s does not exist", stream) };
        return false;
    }
    program = program_open(room, application->configuration, arena, error);
    if (!program)
        return false;
    runner = memory_new(sizeof *runner);
    runner->application = application;
    runner->program = program;
    runner->stream = memory_copy_text(stream);
    runner->start = start_of(application, position);
    application->runner = runner;
    open_outputs(runner);
    if (stream && program->input_count) {
        find_shards(runner);
        kinesis_listen(room->kinesis, stream, &runner->listener, woken);
        again(runner);
    }
    return true;
}

size_t runner_places(const struct runner *runner, struct kinesis_reader **readers)
{
    *readers = memory_new((runner->source_count + 1) * sizeof **readers);
    for (size_t i = 0; i < runner->source_count; i++)
        (*readers)[i] = runner->sources[i].reader;
    return runner->source_count;
}

void runner_close(struct runner *runner)
{
    kinesis_unlisten(&runner->listener);
    loop_forget(&runner->deferred);
    for (size_t i = 0; i < runner->output_count; i++)
        output_close(runner->outputs[i]);
    program_close(runner->program);
    free(runner->sources);
    free(runner->stream);
    free(runner);
}
