#pragma once
/* One attempt to deliver an output's records. It outlives the output when its answer is still under way. */

#include "analytics/output.h"
#include "aws/call.h"
#include "aws/invoker.h"

struct output_record {
    struct list link;
    char id[37];    /* recordId: the same in every attempt */
    int attempts;   /* made so far: the retryHint */
    bool is_done;   /* by the answer */
    uint64_t cause; /* the trace event of the record that its row came from */
    size_t size_bytes;
    char data[];
};

struct delivery {
    struct output *output; /* NULL: it was closed */
    size_t count;          /* of records */
};

/* Moves as many records from the queue to `sent` as one attempt takes, unless a failed attempt's stand there already, and sends them.
 * output->delivery is set until the answer came; then output_answered is called, never before this returns when the output is a function.
 */
void delivery_send(struct output *output);

/* The answer to the delivery under way came: records with is_done are delivered. why: what was wrong, NULL when all are. */
void output_answered(struct output *output, const char *why);
