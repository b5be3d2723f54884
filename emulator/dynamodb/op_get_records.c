/* GetRecords: up to 1,000 records and about 1 MiB an answer, at least one record; the iterator may be used again until it expires. */

#include "base/text.h"
#include "dynamodb/operations.h"
#include "dynamodb/stream_iterator.h"
#include "dynamodb/stream_lookup.h"
#include "dynamodb/stream_record.h"

enum { RECORDS_MAX = 1000, ANSWER_MAX_BYTES = 1 << 20 };

const struct member dynamodb_get_records_input[] = {
    { "ShardIterator", STRING, .required = true, .min = 1, .max = 2048 },
    { "Limit", INTEGER, .min = 1, .max = RECORDS_MAX },
    { 0 },
};

/* False when the row cannot be read back. */
static bool print_record(struct buffer *text, const struct stream *stream, const struct stream_row *row)
{
    char id[STREAM_RECORD_ID_SIZE];

    stream_record_id(row, id);
    buffer_print(text, "{\"awsRegion\":\"%s\",\"dynamodb\":", stream->room->ground->region);
    if (!stream_record_print(text, stream, row))
        return false;
    buffer_print(text, ",\"eventID\":\"%s\",\"eventName\":\"%s\",\"eventSource\":\"aws:dynamodb\",\"eventVersion\":\"1.1\"", id,
                 stream_event_names[row->name]);
    if (row->is_expiry)
        buffer_add_text(text, ",\"userIdentity\":{\"PrincipalId\":\"dynamodb.amazonaws.com\",\"Type\":\"Service\"}");
    buffer_add_char(text, '}');
    return true;
}

/* Writes the records from *position on, which moves to where reading stopped. */
static enum status print_records(struct buffer *text, struct stream *stream, uint64_t *position, int64_t limit)
{
    size_t before = text->size;
    struct stream_cursor cursor;
    struct stream_row row;
    enum status status = stream_cursor_open(stream->room->stream_store, stream, *position, &cursor);
    int64_t count = 0;

    for (; status == OK && count < limit && (status = stream_cursor_next(&cursor, &row)) == OK; count++) {
        size_t start = text->size;

        buffer_add_text(text, count ? "," : "");
        if (!print_record(text, stream, &row))
            status = BROKEN;
        if (count && text->size - before > ANSWER_MAX_BYTES) {
            text->size = start;
            text->data[start] = '\0';
            break;
        }
        *position = row.position + 1;
    }
    stream_cursor_close(&cursor);
    if (status == ABSENT)
        *position = stream->next;
    return status == BROKEN ? BROKEN : OK;
}

/* The answer that has passed the last record of a closed shard lacks the next iterator: consumers see the end by that. */
static void print_end(struct buffer *text, const struct stream *stream, uint64_t reached)
{
    char next[STREAM_ITERATOR_SIZE];

    buffer_add_char(text, ']');
    if (!stream->closed_ms || reached < stream->next) {
        stream_iterator_print(stream, reached, next);
        buffer_print(text, ",\"NextShardIterator\":\"%s\"", next);
    }
    buffer_add_char(text, '}');
}

enum outcome dynamodb_get_records(struct call *call)
{
    struct stream_iterator iterator;
    struct stream *stream;

    if (stream_iterator_parse(room_of(call), call_string(call, "ShardIterator"), &iterator) != OK)
        return call_fail(call, ERR_VALIDATION, "Invalid ShardIterator");
    if (clock_now_ms(call->ground->clock) - iterator.issued_ms > STREAM_ITERATOR_LIFE_MS)
        return call_fail(call, ERR_EXPIRED_ITERATOR, "The provided iterator exceeds the maximum age allowed.");
    stream = stream_lookup_arn(call, iterator.stream);
    if (!stream)
        return FAILED;
    if (iterator.position < stream->first)
        return call_fail(call, ERR_TRIMMED_DATA_ACCESS, "The data you are trying to access has been trimmed");
    buffer_add_text(&call->text, "{\"Records\":[");
    if (print_records(&call->text, stream, &iterator.position, call_integer(call, "Limit", RECORDS_MAX)) != OK)
        return call_fail(call, ERR_INTERNAL_SERVER_ERROR, "Internal server error");
    print_end(&call->text, stream, iterator.position);
    return DONE;
}
