#pragma once
/* A stream: the changes of one table's items in the order in which they were made, for 24 hours.
 *
 * The picture: a table has at most one live stream (table->live); each change of an item that it sees becomes a record in the same commit
 * as the write (stream_capture, called by change_apply). Disabled, or its table deleted, the stream closes and stays readable until a day
 * later, so streams belong to the room, by ARN, and not to tables. Each has one shard, which ends with it. Records lie in the store
 * (stream_store.h) and nowhere else; what stands here is where they begin and end. Positions count from 1 and may have gaps, where a
 * transaction was taken back. */

#include "dynamodb/change.h"
#include "dynamodb/dynamodb.h"
#include "dynamodb/statements.h"

enum { STREAM_LABEL_SIZE = 24, STREAM_LIFE_MS = 24 * 3600 * 1000 };

enum stream_view { STREAM_KEYS_ONLY, STREAM_NEW_IMAGE, STREAM_OLD_IMAGE, STREAM_NEW_AND_OLD_IMAGES };

struct stream {
    struct dynamodb *room;
    char *table; /* its name; the table itself may be gone, or another of the same name may stand in its place */
    char arn[DYNAMODB_STREAM_ARN_SIZE];
    char label[STREAM_LABEL_SIZE]; /* "2026-11-24T00:36:07.123": when it was made */
    char shard[DYNAMODB_SHARD_SIZE];
    enum stream_view view;
    json_t *keys; /* the table's KeySchema */
    int64_t made_ms;
    int64_t closed_ms; /* 0: it is live */
    int64_t number;    /* in the store */
    struct statements statements;
    uint64_t first;    /* position of the oldest record that is kept, or of the next one when none is */
    uint64_t next;     /* position of the next record to come */
    int64_t oldest_ms; /* when the oldest record was made, if there is one */
    size_t bytes;      /* of all records, as they are stored */
    struct timer trim; /* drops what is older than a day, and in the end the stream */
    bool has_news;     /* its listeners are to be woken at the end of this turn */
};

/* Begins a stream of the table's changes, by a StreamSpecification that was checked (StreamEnabled true); the table's own
 * StreamSpecification, label and live stream are set. For CreateTable (after store_add_table) and UpdateTable; the caller then keeps the
 * table's definition. The table has no live stream before. */
enum status stream_enable(struct dynamodb *room, struct table *table, const json_t *specification);

/* Closes the table's live stream, if it has one: its shard ends, and it stays readable for a day. StreamSpecification and live stream are
 * taken from the table; the label of the latest stays, as on AWS. For UpdateTable, where the caller then keeps the table's definition, and
 * for DeleteTable. */
enum status stream_disable(struct dynamodb *room, struct table *table);

/* Makes the change, which has an effect, a record of the table's live stream. Within the change's own commit. */
enum status stream_capture(struct dynamodb *room, const struct change *change, struct arena *arena);

/* The stream with the ARN, or NULL. */
struct stream *stream_find(const struct dynamodb *room, const char *arn);

/* Drops what is too old by now; NULL when that is the stream itself. */
struct stream *stream_trimmed(struct stream *stream);

/* "KEYS_ONLY" */
const char *stream_view_name(enum stream_view view);

/* The sequence number of the record at position (0: of the shard's start); and the position behind a number of this stream, INVALID when it
 * is none. */
void stream_sequence(const struct stream *stream, uint64_t position, char text[DYNAMODB_SEQUENCE_SIZE]);
enum status stream_position(const struct stream *stream, const char *sequence, uint64_t *position);

/* Reads the streams back from the store, and gives each table its live one: at first, and again when what was written is lost; then at the
 * end frees them. */
enum status streams_open(struct dynamodb *room);
enum status streams_reload(struct dynamodb *room);
void streams_close(struct dynamodb *room);
