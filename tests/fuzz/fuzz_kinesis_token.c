/* Fuzzes what Kinesis hands out and takes back as text: shard iterators, sequence numbers and the tokens of ListShards and
 * ListStreamConsumers. The input is one of them, as a client would send it; or, for tokens, what stands inside. */

#include "base/base64.h"
#include "base/memory.h"
#include "kinesis/iterator.h"
#include "kinesis/sequence.h"
#include "world.h"
#include "world_rooms.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct world world;

static void note(struct call *call, void *context)
{
    (void)call;
    (void)context;
}

/* input NULL: it was no UTF-8, and cannot come to us. */
static void call(const char *operation, json_t *input)
{
    if (input)
        service_call(kinesis_service(world.kinesis), &world.ground, operation, input, note, NULL);
}

static void open_world(void)
{
    const struct world_options options = { .port = -1, .seed = 1, .frozen_ms = INT64_C(1700000000000) };

    if (world_open(&world, &options) != OK)
        abort();
    call("CreateStream", json_pack("{s:s, s:i}", "StreamName", "fixes", "ShardCount", 3));
}

/* What is read as a sequence number of today's form says the same when it is written and read again. */
static void try_sequence(const char *text)
{
    struct sequence sequence;
    char again[KINESIS_SEQUENCE_SIZE];

    struct sequence read_again;

    if (sequence_parse(text, &sequence) != OK || sequence.version != 2)
        return;
    sequence_print(&sequence, again);
    if (sequence_parse(again, &read_again) != OK || read_again.counter != sequence.counter || read_again.second != sequence.second ||
        read_again.shard_index != sequence.shard_index || read_again.shard_made_s != sequence.shard_made_s)
        abort();
}

static void try_texts(const char *text)
{
    struct iterator iterator;

    if (kinesis_iterator_parse(world.kinesis, text, &iterator) == OK && strlen(iterator.stream) >= STREAM_NAME_SIZE)
        abort();
    call("GetRecords", json_pack("{s:s}", "ShardIterator", text));
    call("GetShardIterator", json_pack("{s:s, s:s, s:s, s:s}", "StreamName", "fixes", "ShardId", "0", "ShardIteratorType",
                                       "AFTER_SEQUENCE_NUMBER", "StartingSequenceNumber", text));
    call("ListStreamConsumers",
         json_pack("{s:s, s:s}", "StreamARN", "arn:aws:kinesis:us-east-1:000000000000:stream/fixes", "NextToken", text));
    call("ListShards", json_pack("{s:s}", "NextToken", text));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = memory_copy((const char *)data, size);
    char *token;

    if (!world.kinesis)
        open_world();
    try_sequence(text);
    try_texts(text);
    token = memory_new(base64_encoded_size(size) + 1);
    base64_encode(data, size, token);
    call("ListShards", json_pack("{s:s}", "NextToken", token));
    free(token);
    free(text);
    return 0;
}
