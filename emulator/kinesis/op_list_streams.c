/* ListStreams: names in order, 100 an answer at the most. The next token is the last name, in base64. */

#include "base/base64.h"
#include "kinesis/describe.h"
#include "kinesis/shapes.h"

#include <stdlib.h>
#include <string.h>

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

/* The name that the listing goes on behind: "" at the beginning, NULL when the token is none of ours. */
static const char *start_of(struct call *call)
{
    const char *token = call_string(call, "NextToken");
    const char *name = call_string(call, "ExclusiveStartStreamName");
    char *decoded;
    size_t size;

    if (!token)
        return name ? name : "";
    if (strlen(token) > 256)
        return NULL;
    decoded = arena_take(call->arena, strlen(token) + 4);
    return base64_decode(token, strlen(token), decoded, &size) == OK ? decoded : NULL;
}

static json_t *summary_of(const struct kinesis_stream *stream)
{
    return json_pack("{s:s, s:s, s:s, s:{s:s}, s:o}", "StreamName", stream->name, "StreamARN", stream->arn, "StreamStatus",
                     kinesis_state_text(stream), "StreamModeDetails", "StreamMode", stream->is_on_demand ? "ON_DEMAND" : "PROVISIONED",
                     "StreamCreationTimestamp", kinesis_time_json(stream->made_ms / 1000 * 1000));
}

static void set_token(struct call *call, const char *name)
{
    char *token = arena_take(call->arena, base64_encoded_size(strlen(name)) + 1);

    base64_encode(name, strlen(name), token);
    json_object_set_new(call->output, "NextToken", json_string(token));
}

enum outcome kinesis_list_streams(struct call *call)
{
    const char *start = start_of(call);
    int64_t limit = call_integer(call, "Limit", 100);
    json_t *names = json_array();
    json_t *summaries = json_array();
    size_t count = 0;
    struct kinesis_stream **streams = sorted(call, &count);
    size_t i = 0;

    limit = limit > 100 ? 100 : limit;
    while (start && i < count && strcmp(streams[i]->name, start) <= 0)
        i++;
    for (; i < count && json_array_size(names) < (size_t)limit; i++) {
        json_array_append_new(names, json_string(streams[i]->name));
        json_array_append_new(summaries, summary_of(streams[i]));
    }
    call->output = json_pack("{s:o, s:b, s:o}", "StreamNames", names, "HasMoreStreams", i < count, "StreamSummaries", summaries);
    if (!start)
        return call_fail(call, ERR_INVALID_ARGUMENT, "Invalid NextToken.");
    if (i < count && i)
        set_token(call, streams[i - 1]->name);
    return DONE;
}
