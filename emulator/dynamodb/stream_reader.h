#pragma once
/* Telling those inside lowcloud who listen to a stream (dynamodb.h). */

#include "dynamodb/stream.h"

/* Has the stream's listeners woken at the end of this turn. */
void stream_tell(struct stream *stream);
