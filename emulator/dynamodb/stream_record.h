#pragma once
/* The form in which a change is shown: the member "dynamodb" of a record, the same to GetRecords and in Lambda's events. */

#include "dynamodb/stream_store.h"

extern const char *const stream_event_names[]; /* "INSERT", ... by enum stream_event */

/* What a change that has an effect is called. */
enum stream_event stream_event_of(const struct change *change);

enum { STREAM_RECORD_ID_SIZE = 33 };

/* The record's eventID: 32 hexadecimal digits. */
void stream_record_id(const struct stream_row *row, char text[STREAM_RECORD_ID_SIZE]);

/* Writes {"ApproximateCreationDateTime":..., "Keys":..., ...}. False, logged, when the row cannot be read back. */
bool stream_record_print(struct buffer *text, const struct stream *stream, const struct stream_row *row);
