/* ListStreams: live streams and disabled ones, also of tables that are gone, in order of their ARNs, page by page. */

#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/stream_lookup.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_MAX = 100 };

const struct member dynamodb_list_streams_input[] = {
    { "TableName", STRING, .min = 3, .max = 255, .pattern = "[a-zA-Z0-9_.-]+" },
    { "Limit", INTEGER, .min = 1, .max = PAGE_MAX },
    { "ExclusiveStartStreamArn", STRING, .max = 1024 },
    { 0 },
};

static int compare(const void *a, const void *b)
{
    return strcmp((*(struct stream *const *)a)->arn, (*(struct stream *const *)b)->arn);
}

/* The streams (of the table, if one is named) behind `start`, in order, in the call's arena. */
static struct stream **sorted_streams(struct call *call, const char *table, const char *start, size_t *count)
{
    struct dynamodb *room = room_of(call);
    struct stream **streams = arena_take(call->arena, (room->streams.count + 1) * sizeof *streams);
    size_t cursor = 0;

    *count = 0;
    for (struct map_entry *entry; (entry = map_next(&room->streams, &cursor));) {
        struct stream *stream = stream_trimmed(entry->value);

        if (stream && (!table || text_is(stream->table, table)) && (!start || strcmp(stream->arn, start) > 0))
            streams[(*count)++] = stream;
    }
    qsort(streams, *count, sizeof *streams, compare);
    return streams;
}

enum outcome dynamodb_list_streams(struct call *call)
{
    const char *table = call_string(call, "TableName");
    const char *start = call_string(call, "ExclusiveStartStreamArn");
    size_t limit = (size_t)call_integer(call, "Limit", PAGE_MAX);
    json_t *page = json_array();
    struct stream **streams;
    size_t count;

    call->output = json_pack("{s:o}", "Streams", page);
    if (start && !stream_check_arn(call, start))
        return FAILED;
    streams = sorted_streams(call, table, start, &count);
    if (table && !count && !start && !dynamodb_find_table(room_of(call), table))
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Requested resource not found: Table: %s not found", table);
    for (size_t i = 0; i < count && i < limit; i++)
        json_array_append_new(page, json_pack("{s:s, s:s, s:s}", "StreamArn", streams[i]->arn, "TableName", streams[i]->table,
                                              "StreamLabel", streams[i]->label));
    if (count > limit)
        json_object_set_new(call->output, "LastEvaluatedStreamArn", json_string(streams[limit - 1]->arn));
    return DONE;
}
