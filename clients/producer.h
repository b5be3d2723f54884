#pragma once
/* Puts records into a Kinesis stream with PutRecords, over the real wire. It knows nothing of vehicles: it is given a batch, and tells of
 * each record of it what became of it. Retries belong to who gave the batch, because only they know what must stay in order. */

#include "base/buffer.h"
#include "remote.h"

#include <stdbool.h>
#include <stddef.h>

/* Kinesis's own bounds for one PutRecords: records, and bytes of data and partition keys (facts: Kinesis, 6). */
enum { PRODUCER_RECORDS_MAX = 500, PRODUCER_BYTES_MAX = 4 << 20 };

struct producer_options {
    const char *stream;
    const struct remote *remote;
    int64_t timeout_ms;
};

struct producer {
    struct courier *courier;
    struct producer_options options; /* texts and the remote borrowed */
};

/* What became of one record, or of all of a call. */
enum producer_fate {
    PRODUCER_TAKEN,   /* it is in the stream */
    PRODUCER_DELAYED, /* throttled, or the service failed for now: put it again later */
    PRODUCER_REFUSED, /* it will never be taken: no such stream, not allowed, not valid */
    PRODUCER_UNHEARD  /* no answer came: nobody listens, or the line broke; it may or may not be in the stream */
};

/* What the options point to is borrowed until the producer is no longer used. */
void producer_init(struct producer *producer, struct courier *courier, const struct producer_options *options);

struct producer_record {
    const char *data;
    size_t size_bytes;
    const char *partition_key;
};

struct producer_result {
    enum producer_fate fate;
    char problem[256]; /* for a person; empty when taken */
};

/* Puts count records (1 to PRODUCER_RECORDS_MAX) in their order. `done` is called once with count results; the records need not live until
 * then. */
void producer_put(struct producer *producer, const struct producer_record *records, size_t count,
                  void (*done)(const struct producer_result *results, size_t count, void *context), void *context);

/* Reads what Kinesis answered to a PutRecords of count records into results. */
void producer_read_answer(const struct courier_answer *answer, struct producer_result *results, size_t count);

/* Adds the body of a PutRecords. */
void producer_print_body(const char *stream, const struct producer_record *records, size_t count, struct buffer *body);
