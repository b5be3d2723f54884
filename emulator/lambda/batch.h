#pragma once
/* A batch of records as a function sees it, and what its answer says about it. Free of rooms and timers. */

#include "base/buffer.h"
#include "lambda/mapping_source.h"

#include <stdbool.h>
#include <stddef.h>

enum { BATCH_EVENT_MAX_BYTES = 6291456 };

struct batch_source {
    const struct source_type *type;
    const char *shard;
    const char *source_arn;
    const char *region;
    const char *role;          /* of the function: invokeIdentityArn */
    const struct buffer *more; /* the event's further members; NULL or empty: none */
};

/* Writes the event of these records as far as 6 MB allow but at least one; answers how many are in it. */
size_t batch_print(struct buffer *event, const struct batch_source *source, const struct source_record *records, size_t count);

/* Adds "name":"text". */
void batch_print_text(struct buffer *event, const char *name, const char *text);

/* What a function that reports batch item failures says. */
enum batch_verdict {
    BATCH_DONE,   /* all of it */
    BATCH_FAILED, /* none of it */
    BATCH_PARTLY  /* what comes before *failed_at is done */
};

/* Reads the answer (facts C5): "", null, {}, an empty or null list: done; an identifier that is empty, null, or not of this batch: failed.
 * Otherwise the lowest reported record's index goes to failed_at. */
enum batch_verdict batch_read_report(const char *answer, size_t size_bytes, const struct source_record *records, size_t count,
                                     size_t *failed_at);
