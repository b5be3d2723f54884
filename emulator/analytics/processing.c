/* Batches of records go to the function and come back as data of rows. */

#include "analytics/processing.h"

#include "analytics/application.h"
#include "analytics/room.h"
#include "base/base64.h"
#include "base/json.h"
#include "base/log.h"
#include "base/map.h"
#include "base/memory.h"

#include <stdlib.h>
#include <string.h>

enum { PAUSE_FIRST_MS = 500, PAUSE_MAX_MS = 30000 };

/* A batch that is with the function. It outlives the input's interest while its answer is under way. */
struct processing {
    struct input *input; /* NULL: nobody waits any more */
    struct arena arena;
    const char *shard;
    size_t stream;
    struct kinesis_record *records; /* whose bytes are in the arena */
    size_t count;
    struct timer pause;
    int failures;
    bool is_invoked;
};

static const char *processor_arn(const struct application *application)
{
    const json_t *input = json_array_get(json_object_get(application->configuration, "Inputs"), 0);
    const json_t *processor = json_object_get(json_object_get(input, "InputProcessingConfiguration"), "InputLambdaProcessor");

    return json_string_value(json_object_get(processor, "ResourceARN"));
}

bool processing_wanted(const struct application *application)
{
    return processor_arn(application) != NULL;
}

static void processing_free(struct processing *processing)
{
    arena_clear(&processing->arena);
    free(processing);
}

/* ---- the answer ---- */

/* Decodes the data of a record's answer into arena; NULL when it is no base64. */
static char *decode(const json_t *answer, struct arena *arena, size_t *size)
{
    const json_t *data = json_object_get(answer, "data");
    size_t length = json_string_length(data);
    char *bytes = arena_take(arena, length / 4 * 3 + 1);

    return json_is_string(data) && base64_decode(json_string_value(data), length, bytes, size) == OK ? bytes : NULL;
}

static void take_record(struct processing *processing, const struct kinesis_record *record, const json_t *answer)
{
    struct application *application = processing->input->application;
    const char *result = json_string_value(json_object_get(answer, "result"));
    struct sql_origin origin = { record->arrived_ms, record->partition_key, record->sequence_number, processing->shard, record->event };
    struct arena *arena = sql_engine_arena(application->program->engine);
    size_t size = 0;

    if (!strcmp(result, "Dropped"))
        return;
    if (!strcmp(result, "Ok")) {
        char *data = decode(answer, arena, &size);

        application_add_record(application, processing->stream, data, size, &origin);
    } else
        sql_engine_add_error(application->program->engine, "PROCESSING_FAILED", "The preprocessing function answered ProcessingFailed",
                             record->data, record->size_bytes, NULL, record->event);
}

/* Every record that was sent must be answered, once, with a known result; Ok needs data. */
static const char *check_answers(const struct processing *processing, const json_t *answer, const struct map *answers, struct arena *arena)
{
    if (json_array_size(json_object_get(answer, "records")) != processing->count)
        return "its answer has another number of records";
    for (size_t i = 0; i < processing->count; i++) {
        const json_t *record = map_find(answers, processing->records[i].sequence_number);
        const char *result = json_string_value(json_object_get(record, "result"));
        size_t size;

        if (!record)
            return "its answer leaves record ids out";
        if (!result || (strcmp(result, "Ok") && strcmp(result, "Dropped") && strcmp(result, "ProcessingFailed")))
            return "its answer has a result that is none of Ok, Dropped and ProcessingFailed";
        if (!strcmp(result, "Ok") && !decode(record, arena, &size))
            return "its answer has data that is not base64";
    }
    return NULL;
}

static void take_answers(struct processing *processing, const struct map *answers)
{
    struct application *application = processing->input->application;

    application_begin_batch(application);
    for (size_t i = 0; i < processing->count; i++)
        take_record(processing, &processing->records[i], map_find(answers, processing->records[i].sequence_number));
    processing->input->processing = NULL;
    application_run_batch(application);
    input_resume(&application->input);
}

static const char *read_answer(struct processing *processing, const struct invocation_result *result)
{
    json_t *answer = NULL;
    const json_t *records;
    struct map answers = { 0 };
    struct arena arena = { 0 };
    const char *why;

    json_read(result->payload, result->size_bytes, &answer);
    records = json_object_get(answer, "records");
    for (size_t i = 0; i < json_array_size(records); i++) {
        const char *id = json_string_value(json_object_get(json_array_get(records, i), "recordId"));

        if (id)
            map_put(&answers, id, json_array_get(records, i));
    }
    why = check_answers(processing, answer, &answers, &arena);
    if (!why)
        take_answers(processing, &answers);
    map_clear(&answers);
    arena_clear(&arena);
    json_decref(answer);
    return why;
}

/* ---- the question ---- */

static void send(struct processing *processing);

static void pause_ended(struct timer *timer)
{
    send(list_item(timer, struct processing, pause));
}

static void try_again(struct processing *processing, const char *why)
{
    struct application *application = processing->input->application;
    int64_t ms = PAUSE_FIRST_MS;

    for (int i = 0; i < processing->failures && ms < PAUSE_MAX_MS; i++)
        ms *= 2;
    processing->failures++;
    log_warn("analytics: %s: preprocessing of %zu records failed (%s); they are sent again in %lld ms", application->name,
             processing->count, why, (long long)ms);
    timer_start(application->room->ground->clock, &processing->pause, ms, pause_ended);
}

static void answered(void *context, const struct invocation_result *result)
{
    struct processing *processing = context;
    const char *why = "the function failed";

    processing->is_invoked = false;
    if (!processing->input) {
        processing_free(processing);
        return;
    }
    if (result->end == INVOCATION_ABSENT)
        why = "there is no such function";
    else if (result->end == INVOCATION_DONE && !result->error && !result->is_timed_out)
        why = read_answer(processing, result);
    if (why)
        try_again(processing, why);
    else
        processing_free(processing);
}

static void print_record(struct buffer *event, const struct processing *processing, const struct kinesis_record *record)
{
    size_t size = base64_encoded_size(record->size_bytes);

    buffer_print(event, "{\"recordId\":\"%s\",\"data\":\"", record->sequence_number);
    base64_encode(record->data, record->size_bytes, buffer_reserve(event, size + 1));
    event->size += size;
    buffer_print(event, "\",\"kinesisStreamRecordMetadata\":{\"shardId\":\"%s\",\"partitionKey\":", processing->shard);
    buffer_add_json_string(event, record->partition_key, strlen(record->partition_key));
    buffer_print(event, ",\"sequenceNumber\":\"%s\",\"approximateArrivalTimestamp\":%lld}}", record->sequence_number,
                 (long long)record->arrived_ms);
}

static void send(struct processing *processing)
{
    struct application *application = processing->input->application;
    struct analytics *room = application->room;
    struct buffer event = { 0 };
    char id[37], subject[256];
    uint64_t batch;

    random_uuid(&room->ids, id);
    buffer_print(&event,
                 "{\"invocationId\":\"%s\",\"applicationArn\":\"%s\",\"streamArn\":\"arn:aws:kinesis:%s:%s:stream/%s\",\"records\":[", id,
                 application->arn, room->ground->region, room->ground->account, processing->input->stream);
    for (size_t i = 0; i < processing->count; i++) {
        buffer_add_text(&event, i ? "," : "");
        print_record(&event, processing, &processing->records[i]);
    }
    buffer_add_text(&event, "]}");
    snprintf(subject, sizeof subject, "%s/preprocessing", application->name);
    batch = trace_add(room->ground->trace, TRACE_BATCH, processing->records[0].event, subject, (int64_t)processing->count, NULL);
    processing->is_invoked = true;
    room->invoker.invoke(room->invoker.room, processor_arn(application), event.data, event.size, batch, 0, answered, processing);
    buffer_clear(&event);
}

void processing_begin(struct input *input, const char *shard, size_t stream, const struct kinesis_record *records, size_t count)
{
    struct processing *processing = memory_new(sizeof *processing);

    processing->input = input;
    processing->shard = arena_text(&processing->arena, shard);
    processing->stream = stream;
    processing->count = count;
    processing->records = arena_take(&processing->arena, count * sizeof *records);
    for (size_t i = 0; i < count; i++) {
        processing->records[i] = records[i];
        processing->records[i].partition_key = arena_text(&processing->arena, records[i].partition_key);
        processing->records[i].data = arena_copy(&processing->arena, records[i].data, records[i].size_bytes);
    }
    input->processing = processing;
    send(processing);
}

void processing_abandon(struct input *input)
{
    struct processing *processing = input->processing;

    if (!processing)
        return;
    input->processing = NULL;
    timer_stop(input->application->room->ground->clock, &processing->pause);
    for (size_t i = 0; i < input->shard_count; i++)
        if (!strcmp(input->shards[i].reader.shard, processing->shard)) {
            input->shards[i].reader.next = processing->records[0].position;
            input->shards[i].is_finished = false;
        }
    processing->input = NULL;
    if (!processing->is_invoked)
        processing_free(processing);
}
