#include "kinesis/records.h"

#include "base/base64.h"
#include "kinesis/describe.h"

#include <inttypes.h>
#include <stdlib.h>

static void print_record(struct buffer *text, const struct shard *shard, uint64_t position)
{
    const struct stored_record *record = kinesis_shard_record(shard, position);
    char sequence[KINESIS_SEQUENCE_SIZE];

    kinesis_shard_sequence(shard, position, sequence);
    buffer_print(text, "{\"SequenceNumber\":\"%s\",\"ApproximateArrivalTimestamp\":%" PRId64 ".%03d,\"Data\":\"", sequence,
                 record->arrived_ms / 1000, (int)(record->arrived_ms % 1000));
    base64_encode(record->bytes + record->key_size + 1, record->size_bytes, buffer_reserve(text, base64_encoded_size(record->size_bytes)));
    text->size += base64_encoded_size(record->size_bytes);
    buffer_add_text(text, "\",\"PartitionKey\":");
    buffer_add_json_string(text, record->bytes, record->key_size);
    if (shard->stream->key_id)
        buffer_add_text(text, ",\"EncryptionType\":\"KMS\"");
    buffer_add_char(text, '}');
}

uint64_t kinesis_print_records(struct buffer *text, const struct shard *shard, uint64_t position, int64_t limit, size_t max_bytes)
{
    uint64_t at = position;
    size_t bytes = 0;

    buffer_add_char(text, '[');
    for (; at < shard->next_position && (int64_t)(at - position) < limit; at++) {
        const struct stored_record *record = kinesis_shard_record(shard, at);

        bytes += record->size_bytes + record->key_size;
        if (at > position && bytes > max_bytes)
            break;
        buffer_add_text(text, at > position ? "," : "");
        print_record(text, shard, at);
    }
    buffer_add_char(text, ']');
    return at;
}

void kinesis_print_children(struct buffer *text, const struct shard *shard)
{
    json_t *children = kinesis_children_json(shard);
    char *children_text = json_dumps(children, JSON_COMPACT);

    buffer_print(text, "\"ChildShards\":%s", children_text);
    free(children_text);
    json_decref(children);
}
