#pragma once
/* A batch of Kinesis records as a function sees it, and what its answer says about it. Free of rooms and timers. */

#include "base/buffer.h"
#include "kinesis/kinesis.h"

#include <stdbool.h>
#include <stddef.h>

enum { BATCH_EVENT_MAX_BYTES = 6291456 };

struct batch_source {
    const char *shard;
    const char *stream_arn;
    const char *region;
    const char *role; /* of the function: invokeIdentityArn */
};

/* Writes the event of these records, in the order of keys that AWS sends (facts C2), as far as 6 MB allow but at least one; answers how
 * many are in it. */
size_t batch_print(struct buffer *event, const struct batch_source *source, const struct kinesis_record *records, size_t count);

/* What a function that reports batch item failures says. */
enum batch_verdict {
    BATCH_DONE,   /* all of it */
    BATCH_FAILED, /* none of it */
    BATCH_PARTLY  /* what comes before *failed_at is done */
};

/* Reads the answer (facts C5): "", null, {}, an empty or null list: done; an identifier that is empty, null, or not of this batch: failed.
 * Otherwise the lowest reported record's index goes to failed_at. */
enum batch_verdict batch_read_report(const char *answer, size_t size_bytes, const struct kinesis_record *records, size_t count,
                                     size_t *failed_at);
