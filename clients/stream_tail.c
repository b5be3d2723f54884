/* `lowcloud kinesis tail`: reads each shard in turn of its own, five times a second when nothing comes, and goes on with a shard's children
 * when it has been read to its end and their other parent has been too. */

#include "base/base64.h"
#include "base/list.h"
#include "base/memory.h"
#include "base/text.h"
#include "loop/loop.h"
#include "stream_parts.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { PAUSE_MS = 200 /* AWS takes five reads a second of each shard */, THROTTLED_MS = 1000 };

struct tail {
    struct list readers;
    json_t *ended; /* object: the shards that were read to their end */
    int64_t count;
};

struct reader {
    struct list link; /* in tail->readers */
    struct stream_run *run;
    char *shard;
    char *iterator;
    struct timer pause;
};

static struct tail *tail_of(struct stream_run *run)
{
    return run->action;
}

static void free_reader(struct reader *reader)
{
    timer_stop(&reader->run->clock, &reader->pause);
    list_remove(&reader->link);
    free(reader->shard);
    free(reader->iterator);
    free(reader);
}

/* ---- printing ---- */

static bool is_text(const char *data, size_t size)
{
    return text_is_utf8(data, size) && !memchr(data, 0, size);
}

static void print_json(const struct reader *reader, const json_t *record, const char *data, size_t size)
{
    json_t *line = json_pack("{s:s, s:O, s:O, s:O}", "shardId", reader->shard, "sequenceNumber", json_object_get(record, "SequenceNumber"),
                             "partitionKey", json_object_get(record, "PartitionKey"), "arrived",
                             json_object_get(record, "ApproximateArrivalTimestamp"));

    if (is_text(data, size))
        json_object_set_new(line, "data", json_stringn(data, size));
    else
        json_object_set(line, "dataBase64", json_object_get(record, "Data"));
    json_dumpf(line, stdout, JSON_COMPACT | JSON_REAL_PRECISION(13));
    putchar('\n');
    json_decref(line);
}

static void print_line(const struct reader *reader, const json_t *record, const char *data, size_t size)
{
    struct arena arena = { 0 };
    double arrived_s = json_number_value(json_object_get(record, "ApproximateArrivalTimestamp"));

    printf("%s %s %s ", text_iso_time(&arena, (int64_t)(arrived_s * 1000 + 0.5)), reader->shard,
           json_string_value(json_object_get(record, "PartitionKey")));
    if (is_text(data, size))
        printf("%.*s\n", (int)size, data);
    else
        printf("base64:%s\n", json_string_value(json_object_get(record, "Data")));
    arena_clear(&arena);
}

static void print_record(const struct reader *reader, const json_t *record)
{
    const struct stream_options *options = &reader->run->options;
    const json_t *encoded = json_object_get(record, "Data");
    char *data = memory_new(json_string_length(encoded) + 1);
    size_t size = 0;

    base64_decode(json_string_value(encoded), json_string_length(encoded), data, &size);
    if (options->is_json)
        print_json(reader, record, data, size);
    else if (options->is_raw) {
        fwrite(data, 1, size, stdout); /* with every NUL that is in it */
        putchar('\n');
    } else
        print_line(reader, record, data, size);
    free(data);
}

static bool is_enough(const struct reader *reader)
{
    int64_t wanted = reader->run->options.count;

    return wanted && tail_of(reader->run)->count >= wanted;
}

/* False when as many were printed as were asked for; others that are answered in the same moment print no more. */
static bool print_records(const struct reader *reader, const json_t *records)
{
    struct tail *tail = tail_of(reader->run);
    size_t i;
    json_t *record;

    json_array_foreach((json_t *)records, i, record)
    {
        if (is_enough(reader))
            break;
        print_record(reader, record);
        tail->count++;
    }
    fflush(stdout);
    return !is_enough(reader);
}

/* ---- reading ---- */

static void on_records(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal);
static void start(struct stream_run *run, const char *shard, const char *type);

static void read_on(struct timer *timer)
{
    struct reader *reader = list_item(timer, struct reader, pause);

    stream_call(reader->run, "GetRecords", json_pack("{s:s}", "ShardIterator", reader->iterator), on_records, reader);
}

static bool is_read_to_its_end(const struct tail *tail, const json_t *parents)
{
    size_t i;
    json_t *parent;

    json_array_foreach((json_t *)parents, i, parent)
    {
        if (!json_object_get(tail->ended, json_string_value(parent)))
            return false;
    }
    return true;
}

static void end_shard(struct reader *reader, const json_t *children)
{
    struct stream_run *run = reader->run;
    struct tail *tail = tail_of(run);
    bool is_alone = run->options.shard != NULL;
    size_t i;
    json_t *child;

    json_object_set_new(tail->ended, reader->shard, json_true());
    free_reader(reader);
    json_array_foreach((json_t *)children, i, child)
    {
        if (!is_alone && is_read_to_its_end(tail, json_object_get(child, "ParentShards")))
            start(run, json_string_value(json_object_get(child, "ShardId")), "TRIM_HORIZON");
    }
    if (list_is_empty(&tail->readers))
        loop_stop(run->loop);
}

static void on_records(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal)
{
    struct reader *reader = context;
    const char *next = json_string_value(json_object_get(answer, "NextShardIterator"));
    bool is_behind = json_integer_value(json_object_get(answer, "MillisBehindLatest")) > 0;

    if (!answer && refusal->is_passing) {
        timer_start(&run->clock, &reader->pause, THROTTLED_MS, read_on);
        return;
    }
    if (!answer) {
        stream_fail(run, "GetRecords", refusal);
        return;
    }
    if (!print_records(reader, json_object_get(answer, "Records"))) {
        loop_stop(run->loop);
        return;
    }
    if (!next) {
        end_shard(reader, json_object_get(answer, "ChildShards"));
        return;
    }
    free(reader->iterator);
    reader->iterator = memory_copy_text(next);
    timer_start(&run->clock, &reader->pause, is_behind ? 0 : PAUSE_MS, read_on);
}

static void on_iterator(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal)
{
    struct reader *reader = context;

    if (!answer) {
        stream_fail(run, "GetShardIterator", refusal);
        return;
    }
    reader->iterator = memory_copy_text(json_string_value(json_object_get(answer, "ShardIterator")));
    read_on(&reader->pause);
}

static void start(struct stream_run *run, const char *shard, const char *type)
{
    struct reader *reader = memory_new(sizeof *reader);
    json_t *input = stream_named(run);

    reader->run = run;
    reader->shard = memory_copy_text(shard);
    list_add(&tail_of(run)->readers, &reader->link);
    json_object_set_new(input, "ShardId", json_string(shard));
    json_object_set_new(input, "ShardIteratorType", json_string(type));
    if (text_is(type, "AT_TIMESTAMP"))
        json_object_set_new(input, "Timestamp", json_real((double)run->options.from_ms / 1000));
    stream_call(run, "GetShardIterator", input, on_iterator, reader);
}

/* ---- the first shards ---- */

static bool is_listed(const json_t *shards, const char *id)
{
    size_t i;
    json_t *shard;

    json_array_foreach((json_t *)shards, i, shard)
    {
        if (id && text_is(json_string_value(json_object_get(shard, "ShardId")), id))
            return true;
    }
    return false;
}

/* From now on: the open shards. From earlier: those whose parents are gone; their children follow. */
static bool begins(const struct stream_run *run, const json_t *shards, const json_t *shard)
{
    if (run->options.shard)
        return text_is(json_string_value(json_object_get(shard, "ShardId")), run->options.shard);
    if (text_is(run->options.iterator_type, "LATEST"))
        return !json_object_get(json_object_get(shard, "SequenceNumberRange"), "EndingSequenceNumber");
    return !is_listed(shards, json_string_value(json_object_get(shard, "ParentShardId"))) &&
           !is_listed(shards, json_string_value(json_object_get(shard, "AdjacentParentShardId")));
}

static void on_shards(struct stream_run *run, const json_t *shards)
{
    size_t i;
    json_t *shard;

    json_array_foreach((json_t *)shards, i, shard)
    {
        if (begins(run, shards, shard))
            start(run, json_string_value(json_object_get(shard, "ShardId")), run->options.iterator_type);
        else if (text_is(run->options.iterator_type, "LATEST"))
            json_object_set_new(tail_of(run)->ended, json_string_value(json_object_get(shard, "ShardId")), json_true());
    }
    if (!list_is_empty(&tail_of(run)->readers))
        return;
    snprintf(run->problem, sizeof run->problem, "it has no shard %s", run->options.shard ? run->options.shard : "that can be read");
    loop_stop(run->loop);
}

void stream_tail_begin(struct stream_run *run)
{
    struct tail *tail = memory_new(sizeof *tail);

    list_init(&tail->readers);
    tail->ended = json_object();
    run->action = tail;
    stream_list_shards(run, on_shards);
}

void stream_tail_end(struct stream_run *run)
{
    struct tail *tail = run->action;

    while (!list_is_empty(&tail->readers))
        free_reader(list_item(tail->readers.next, struct reader, link));
    json_decref(tail->ended);
    free(tail);
}
