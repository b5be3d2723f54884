#pragma once
/* What the actions of `lowcloud kinesis` share: one run of one action. */

#include "base/clock.h"
#include "base/random.h"
#include "refusal.h"
#include "stream_options.h"

struct stream_run {
    struct stream_options options;
    struct clock clock;
    struct random random;
    struct loop *loop;
    struct courier *courier;
    void *action;      /* the action's own */
    bool is_over;      /* what is under way is dropped */
    char problem[512]; /* empty: none; set, it ends the run */
};

/* What came of a call: answer is borrowed, and NULL when the call failed; refusal tells why. */
typedef void stream_answered(struct stream_run *run, void *context, const json_t *answer, const struct refusal *refusal);

/* Calls an operation of Kinesis; input is taken. done is told once, from the loop or at its end. */
void stream_call(struct stream_run *run, const char *operation, json_t *input, stream_answered *done, void *context);

/* Ends the run, with what is wrong. */
void stream_fail(struct stream_run *run, const char *operation, const struct refusal *refusal);

/* The actions: begin starts what the loop goes on with until loop_stop; end frees. */
void stream_tail_begin(struct stream_run *run);
void stream_tail_end(struct stream_run *run);
void stream_shards_begin(struct stream_run *run);
void stream_shards_end(struct stream_run *run);
void stream_put_begin(struct stream_run *run);
void stream_put_end(struct stream_run *run);

/* Lists all shards of the stream, page by page; told is called with a JSON array (borrowed) once. A failure ends the run. */
void stream_list_shards(struct stream_run *run, void (*told)(struct stream_run *run, const json_t *shards));

/* {"StreamName": ..., or "StreamARN": ...}: a stream may be named by either. */
json_t *stream_named(const struct stream_run *run);
