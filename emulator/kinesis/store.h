#pragma once
/* The room's only SQL: streams and records on disk when lowcloud keeps its data (--data). Every function accepts a NULL store, which keeps
 * nothing.
 *
 * When a turn's writes are lost (a full disk), the streams that it made are gone again, and those that it removed are there again; records
 * and settings of the others stay in memory, because readers may have seen them and positions are never used twice, and are kept with the
 * next write that succeeds. */

#include "kinesis/stream.h"

struct kinesis_store;

/* Opens the store of room, and loads what it holds into the room. *store is NULL when the database is in memory. */
enum status kinesis_store_open(struct kinesis_store **store, struct kinesis *room);

/* Keeps all of the stream but its records. */
enum status kinesis_store_put(struct kinesis_store *store, const struct kinesis_stream *stream);
enum status kinesis_store_remove(struct kinesis_store *store, const struct kinesis_stream *stream);

enum status kinesis_store_add(struct kinesis_store *store, const struct shard *shard, uint64_t position, int64_t arrived_ms,
                              const char *key, size_t key_size, const void *data, size_t size_bytes);

/* Forgets the records before the first position: of the shard, or of all the stream's shards at once, with one document for all. */
void kinesis_store_trim(struct kinesis_store *store, const struct shard *shard);
void kinesis_store_trim_all(struct kinesis_store *store, const struct kinesis_stream *stream);

void kinesis_store_close(struct kinesis_store *store);

/* Of stream.c, for loading: puts a record at its old position; false when that does not follow the shard's last. */
bool kinesis_shard_restore(struct shard *shard, uint64_t position, int64_t arrived_ms, const char *key, size_t key_size, const void *data,
                           size_t size_bytes);
