/* `lowcloud kinesis shards`: the shards with their parts of the hash keys, and how old the oldest record is that each still holds. */

#include "base/memory.h"
#include "base/text.h"
#include "loop/loop.h"
#include "stream_parts.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct shards {
    json_t *list;
    size_t at; /* the shard whose age is asked for */
};

static struct shards *shards_of(struct stream_run *run)
{
    return run->action;
}

/* ---- printing ---- */

static const char *text_of(const json_t *object, const char *name)
{
    const char *text = json_string_value(json_object_get(object, name));

    return text ? text : "";
}

/* The part of all hash keys, which are numbers of 128 bits in decimal. */
static double share(const json_t *shard)
{
    const json_t *range = json_object_get(shard, "HashKeyRange");

    return (strtod(text_of(range, "EndingHashKey"), NULL) - strtod(text_of(range, "StartingHashKey"), NULL)) / 0x1p128;
}

/* "2 h 5 min", "1.250 s" */
static void print_age(char text[32], int64_t age_ms)
{
    if (age_ms < 60000)
        snprintf(text, 32, "%.3f s", (double)age_ms / 1000);
    else if (age_ms < 3600000)
        snprintf(text, 32, "%" PRId64 " min %" PRId64 " s", age_ms / 60000, age_ms / 1000 % 60);
    else
        snprintf(text, 32, "%" PRId64 " h %" PRId64 " min", age_ms / 3600000, age_ms / 60000 % 60);
}

static void print_shard(const json_t *shard)
{
    const json_t *range = json_object_get(shard, "HashKeyRange");
    const json_t *oldest = json_object_get(shard, "oldestAgeMs");
    bool is_closed = json_object_get(json_object_get(shard, "SequenceNumberRange"), "EndingSequenceNumber") != NULL;
    const char *parent = text_of(shard, "ParentShardId"), *adjacent = text_of(shard, "AdjacentParentShardId");
    char age[32] = "empty";

    if (json_is_integer(oldest))
        print_age(age, json_integer_value(oldest));
    printf("%s  %-6s  %5.1f %%  oldest: %-12s  %s to %s%s%s%s%s\n", text_of(shard, "ShardId"), is_closed ? "closed" : "open",
           share(shard) * 100, age, text_of(range, "StartingHashKey"), text_of(range, "EndingHashKey"), *parent ? "  from " : "", parent,
           *adjacent ? " and " : "", adjacent);
}

static void print_all(struct stream_run *run)
{
    size_t i;
    json_t *shard;

    json_array_foreach(shards_of(run)->list, i, shard)
    {
        if (!run->options.is_json) {
            print_shard(shard);
            continue;
        }
        json_dumpf(shard, stdout, JSON_COMPACT);
        putchar('\n');
    }
    loop_stop(run->loop);
}

/* ---- ages ---- */

static void ask_next(struct stream_run *run);

static void on_record(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal)
{
    struct shards *shards = shards_of(run);
    const json_t *record = json_array_get(json_object_get(answer, "Records"), 0);
    double arrived_s = json_number_value(json_object_get(record, "ApproximateArrivalTimestamp"));

    (void)context;
    if (!answer) {
        stream_fail(run, "GetRecords", refusal);
        return;
    }
    if (record) {
        int64_t age_ms = clock_now_ms(&run->clock) - (int64_t)(arrived_s * 1000);

        json_object_set_new(json_array_get(shards->list, shards->at), "oldestAgeMs", json_integer(age_ms > 0 ? age_ms : 0));
    }
    shards->at++;
    ask_next(run);
}

static void on_iterator(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal)
{
    if (answer)
        stream_call(run, "GetRecords", json_pack("{s:O, s:i}", "ShardIterator", json_object_get(answer, "ShardIterator"), "Limit", 1),
                    on_record, context);
    else
        stream_fail(run, "GetShardIterator", refusal);
}

static void ask_next(struct stream_run *run)
{
    struct shards *shards = shards_of(run);
    json_t *input;

    if (shards->at == json_array_size(shards->list)) {
        print_all(run);
        return;
    }
    input = stream_named(run);
    json_object_set(input, "ShardId", json_object_get(json_array_get(shards->list, shards->at), "ShardId"));
    json_object_set_new(input, "ShardIteratorType", json_string("TRIM_HORIZON"));
    stream_call(run, "GetShardIterator", input, on_iterator, NULL);
}

static void on_shards(struct stream_run *run, const json_t *list)
{
    shards_of(run)->list = json_deep_copy(list);
    ask_next(run);
}

void stream_shards_begin(struct stream_run *run)
{
    run->action = memory_new(sizeof(struct shards));
    stream_list_shards(run, on_shards);
}

void stream_shards_end(struct stream_run *run)
{
    json_decref(shards_of(run)->list);
    free(run->action);
}
