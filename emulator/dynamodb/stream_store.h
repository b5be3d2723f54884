#pragma once
/* Where the records of streams are kept: one sqlite table per stream, in order of position, and a catalogue of the streams. The tables of
 * items (store.h) lie in the same database, so a record and the write that it tells of share a commit. */

#include "dynamodb/stream.h"

struct stream_store;

enum stream_event { STREAM_INSERT, STREAM_MODIFY, STREAM_REMOVE };

struct stream_row {
    uint64_t position;
    int64_t made_us;
    uint64_t event; /* of the trace */
    enum stream_event name;
    bool is_expiry;
    unsigned char id[16];
    struct bytes keys; /* packed */
    struct bytes old;  /* packed; no bytes: the record has no such image */
    struct bytes new;
};

enum status stream_store_open(struct stream_store **store, const struct ground *ground);

/* Hands the document (JSON text) of each stream that is kept to `each`, until one is not OK. */
enum status stream_store_each(struct stream_store *store, enum status (*each)(void *context, int64_t number, const char *document),
                              void *context);

/* Keeps a new stream (its number is given here), its document after a change, or drops it with its records. */
enum status stream_store_add(struct stream_store *store, struct stream *stream, const char *document);
enum status stream_store_keep(struct stream_store *store, const struct stream *stream, const char *document);
enum status stream_store_drop(struct stream_store *store, struct stream *stream);

/* Adds a record, which takes stream_row_bytes. */
enum status stream_store_append(struct stream_store *store, struct stream *stream, const struct stream_row *row);
size_t stream_row_bytes(const struct stream_row *row);

/* Where the records that are kept begin and end, when the oldest was made, and what they take; ABSENT when there is none. */
struct stream_extent {
    uint64_t first;
    uint64_t last;
    int64_t oldest_ms;
    size_t bytes;
};
enum status stream_store_measure(struct stream_store *store, struct stream *stream, struct stream_extent *extent);

/* Drops the records before position. */
enum status stream_store_trim(struct stream_store *store, struct stream *stream, uint64_t position);

/* Walks the records from position on: each row is good until the next call. ABSENT at the end. */
struct stream_cursor {
    struct stream_store *store;
    sqlite3_stmt *statement;
};
enum status stream_cursor_open(struct stream_store *store, struct stream *stream, uint64_t position, struct stream_cursor *cursor);
enum status stream_cursor_next(struct stream_cursor *cursor, struct stream_row *row);
void stream_cursor_close(struct stream_cursor *cursor);

void stream_store_close(struct stream_store *store);
