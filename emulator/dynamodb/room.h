#pragma once
/* The room as its own files see it. */

#include "aws/record_sink.h"
#include "base/database.h"
#include "base/map.h"
#include "dynamodb/dynamodb.h"
#include "dynamodb/store.h"
#include "dynamodb/table.h"

struct stream_store;
struct backup_store;
struct request_token_store;

struct dynamodb {
    const struct ground *ground;
    struct service service;
    struct service streams_service;
    struct store *store;
    struct map tables; /* struct table by name */
    struct database_watch watch;
    struct timer resumption; /* of what was under way when a turn was lost */
    struct random_stream ids;
    uint64_t cause; /* the trace event behind the call that runs, or 0 */

    struct record_sink sink; /* Kinesis; no functions: there is none */

    /* Streams (stream.h) */
    struct stream_store *stream_store;
    struct map streams; /* struct stream by ARN */
    struct random_stream record_ids;
    uint64_t iterator_count; /* makes each iterator another one */
    size_t stream_max_bytes; /* of the records of one stream */
    struct list listeners;
    struct deferred wake;

    /* Backups (backup.h) */
    struct backup_store *backup_store;
    struct map backups; /* struct backup by resource */
    struct random_stream backup_ids;

    struct request_token_store *request_token_store; /* client request tokens (request_token.h) */

    int64_t state_ms;     /* how long CREATING, UPDATING and DELETING last */
    bool has_older_texts; /* AWS's texts of May 2026 (LOWCLOUD_DYNAMODB_TEXTS=2026-05) instead of today's */
};

/* The table called name, or NULL. */
struct table *dynamodb_find_table(const struct dynamodb *room, const char *name);
