#pragma once
/* What PutRecord and PutRecords share: where a record goes, and whether it may. */

#include "kinesis/room.h"

/* The stream that takes records: ACTIVE; NULL after call_fail otherwise. */
struct kinesis_stream *kinesis_put_stream(struct call *call);

/* The shard for a record; NULL after call_fail when the explicit hash key (or NULL) is out of range. */
struct shard *kinesis_put_shard(struct call *call, const struct kinesis_stream *stream, const char *partition_key, size_t key_size,
                                const char *explicit_hash_key);

/* Takes room for a record where the stream is throttled. False: the shard is full; *why (in the call's arena) is AWS's text. */
bool kinesis_put_admits(struct call *call, struct shard *shard, size_t size_bytes, const char **why);

/* False, with that text, without asking whether there is room. */
bool kinesis_put_refuse(struct call *call, const struct shard *shard, const char **why);
