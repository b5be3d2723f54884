/* GetShardIterator: all four types. LATEST is fixed at the call: what is written between it and the first GetRecords is read. */

#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/stream_iterator.h"
#include "dynamodb/stream_lookup.h"

#include <string.h>

static const char *const types[] = { "AFTER_SEQUENCE_NUMBER", "LATEST", "AT_SEQUENCE_NUMBER", "TRIM_HORIZON", NULL };

const struct member dynamodb_get_shard_iterator_input[] = {
    { "StreamArn", STRING, .required = true, .max = 1024 },
    { "ShardId", STRING, .required = true, .min = 28, .max = 65 },
    { "ShardIteratorType", STRING, .required = true, .values = types },
    { "SequenceNumber", STRING, .min = 21, .max = 40 },
    { 0 },
};

static bool is_by_sequence(const char *type)
{
    return strstr(type, "SEQUENCE") != NULL;
}

/* What must not meet is refused by AWS as well; the texts are ours. */
static enum outcome check_combination(struct call *call, const char *type)
{
    if (is_by_sequence(type) == call_has(call, "SequenceNumber"))
        return DONE;
    if (is_by_sequence(type))
        return call_fail(call, ERR_VALIDATION, "SequenceNumber is required for ShardIteratorType %s", type);
    return call_fail(call, ERR_VALIDATION, "SequenceNumber must not be given for ShardIteratorType %s", type);
}

/* The shard's StartingSequenceNumber stands for the oldest record, whichever that is by now. */
static enum outcome at_sequence(struct call *call, const struct stream *stream, bool is_after, uint64_t *position)
{
    if (stream_position(stream, call_string(call, "SequenceNumber"), position) != OK || *position >= stream->next + !is_after)
        return call_fail(call, ERR_VALIDATION, "Invalid SequenceNumber");
    if (*position && *position < stream->first)
        return call_fail(call, ERR_TRIMMED_DATA_ACCESS, "The data you are trying to access has been trimmed");
    *position = *position ? *position + is_after : stream->first;
    return DONE;
}

static enum outcome find_position(struct call *call, const struct stream *stream, const char *type, uint64_t *position)
{
    if (is_by_sequence(type))
        return at_sequence(call, stream, type[1] == 'F', position);
    *position = type[0] == 'L' ? stream->next : stream->first;
    return DONE;
}

enum outcome dynamodb_get_shard_iterator(struct call *call)
{
    const char *type = call_string(call, "ShardIteratorType");
    const struct stream *stream = stream_lookup(call);
    char text[STREAM_ITERATOR_SIZE];
    uint64_t position;

    if (!stream)
        return FAILED;
    if (!text_is(stream->shard, call_string(call, "ShardId")))
        return call_fail(call, ERR_RESOURCE_NOT_FOUND, "Requested resource not found: Shard does not exist");
    if (check_combination(call, type) != DONE || find_position(call, stream, type, &position) != DONE)
        return FAILED;
    stream_iterator_print(stream, position, text);
    call->output = json_pack("{s:s}", "ShardIterator", text);
    return DONE;
}
