#pragma once
/* What the operations on streams share. */

#include "dynamodb/stream.h"

/* The stream that the call names by StreamArn; NULL after call_fail when the ARN is none, or there is no such stream (any more). */
struct stream *stream_lookup(struct call *call);

/* The same by an ARN that stands elsewhere in the input. */
struct stream *stream_lookup_arn(struct call *call, const char *arn);

/* Whether text has the form of a stream's ARN; otherwise fails the call. */
bool stream_check_arn(struct call *call, const char *arn);
