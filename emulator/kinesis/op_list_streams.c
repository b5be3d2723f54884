/* ListStreams: names in order, 100 an answer at the most. */

#include "kinesis/describe.h"
#include "kinesis/next_token.h"
#include "kinesis/shapes.h"

#include <stdlib.h>
#include <string.h>

enum { LISTED_MAX = 100 };

const struct member kinesis_list_streams_input[] = {
    { "Limit", INTEGER, .min = 1, .max = 10000 },
    { "ExclusiveStartStreamName", STRING, .min = 1, .max = 128, .pattern = "[a-zA-Z0-9_.-]+" },
    { "NextToken", STRING, .min = 1, .max = 1048576 },
    { 0 },
};

static int by_name(const void *a, const void *b)
{
    return strcmp((*(struct kinesis_stream *const *)a)->name, (*(struct kinesis_stream *const *)b)->name);
}

static struct kinesis_stream **sorted(struct call *call, size_t *count)
{
    const struct kinesis *room = room_of(call);
    struct kinesis_stream **streams = arena_take(call->arena, (room->streams.count + 1) * sizeof *streams);
    size_t cursor = 0;

    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));)
        streams[(*count)++] = entry->value;
    qsort(streams, *count, sizeof *streams, by_name);
    return streams;
}

static json_t *summary_of(const struct kinesis_stream *stream)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s}, s:o}", "StreamName", stream->name, "StreamARN", stream->arn, "StreamStatus",
                     kinesis_state_text(stream), "StreamModeDetails", "StreamMode", stream->is_on_demand ? "ON_DEMAND" : "PROVISIONED",
                     "StreamCreationTimestamp", kinesis_time_json(stream->made_ms / 1000 * 1000));
}

enum outcome kinesis_list_streams(struct call *call)
{
    int64_t limit = call_integer(call, "Limit", LISTED_MAX);
    const char *start = call_string(call, "ExclusiveStartStreamName");
    struct next_token token = { 0 };
    json_t *names;
    json_t *summaries;
    size_t count = 0;
    struct kinesis_stream **streams = sorted(call, &count);
    size_t i = 0;

    if (call_has(call, "NextToken") && next_token_read(call, &token) != DONE)
        return FAILED;
    start = call_has(call, "NextToken") || !start ? token.after : start;
    while (i < count && strcmp(streams[i]->name, start) <= 0)
        i++;
    names = json_array();
    summaries = json_array();
    for (limit = limit > LISTED_MAX ? LISTED_MAX : limit; i < count && json_array_size(names) < (size_t)limit; i++) {
        json_array_append_new(names, json_string(streams[i]->name));
        json_array_append_new(summaries, summary_of(streams[i]));
    }
    call->output = json_pack("{s:o, s:b, s:o}", "StreamNames", names, "HasMoreStreams", i < count, "StreamSummaries", summaries);
    if (i < count) {
        token = (struct next_token){ 0 };
        strcpy(token.after, streams[i - 1]->name);
        next_token_add(call, &token);
    }
    return DONE;
}
