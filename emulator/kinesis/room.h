#pragma once
/* The room's own furniture; only its files include this. */

#include "base/map.h"
#include "kinesis/kinesis.h"
#include "kinesis/operations.h"
#include "kinesis/stream.h"

struct kinesis_store;

struct kinesis {
    const struct ground *ground;
    struct service service;
    struct map streams; /* name -> struct kinesis_stream */
    struct list listeners;
    struct deferred wake;
    struct kinesis_store *store; /* NULL: in memory only */
    char *arn_prefix;            /* of its streams: "arn:aws:kinesis:us-east-1:000000000000:stream/" */
    uint64_t iterator_count;     /* makes each iterator another one */
    uint64_t batch_count;        /* calls of PutRecords */
    int64_t state_ms;            /* how long CREATING and DELETING last */
    bool has_commitment;         /* a setting of the account */
};

/* Tells the stream's listeners at the end of this turn. */
void kinesis_tell(struct kinesis_stream *stream);

/* Lets the stream be in state (CREATING, UPDATING) for as long as the room's streams stay in it, then ACTIVE again; tells its listeners. */
void kinesis_pass_through(struct kinesis_stream *stream, enum stream_state state);

/* Ends an operation that changed the stream: stores it, traces the call, and passes through UPDATING. FAILED when it could not be stored.
 */
enum outcome kinesis_changed(struct call *call, struct kinesis_stream *stream);

/* The same for what a stream only carries (tags, a policy, consumers): its state stays as it is, whichever that is. */
enum outcome kinesis_noted(struct call *call, struct kinesis_stream *stream);

enum { DELETION_AGAIN_MS = 1000 }; /* until a deletion that could not be kept is tried again */

/* Lets the stream, which is DELETING, go in delay_ms. */
void kinesis_vanish_later(struct kinesis_stream *stream, int64_t delay_ms);

/* The same for streams that the store says are DELETING: lowcloud ended, or lost the turn of their deletion, before they were gone. */
void kinesis_resume_deletions(struct kinesis *room, int64_t delay_ms);

/* Whether the account may have `added` more open shards; FAILED after call_fail. */
enum outcome kinesis_check_shard_limit(struct call *call, int64_t added);

/* Takes the stream out of the store and out of the room, and frees it; BROKEN: it stays. Or takes it out of the room alone. */
enum status kinesis_remove(struct kinesis_stream *stream);
void kinesis_forget(struct kinesis_stream *stream);

/* Sets the stream's warm throughput to what the input says of it, if anything; it is reached when the stream is ACTIVE again. */
void kinesis_stream_warm(struct call *call, struct kinesis_stream *stream);

/* Whether a stream of that mode may be as warm as the input says, if it says anything; FAILED after call_fail. */
enum outcome kinesis_check_warmth(struct call *call, bool is_on_demand);

/* ---- which stream a call means (named.c) ---- */

/* The stream that a call names by StreamName, StreamARN or ResourceARN; NULL after call_fail when there is none, or when name and ARN are
 * of two. */
struct kinesis_stream *kinesis_stream_named(struct call *call);

/* The same, ACTIVE; NULL after call_fail when there is none, or it is busy with a change. */
struct kinesis_stream *kinesis_stream_idle(struct call *call);

/* The name of that stream, which need not exist; NULL after call_fail when the call names none. */
const char *kinesis_name_given(struct call *call);

/* The name in an ARN of one of our streams, and what follows it ("fixes", "fixes/consumer/push:1700000000"); NULL after call_fail when the
 * ARN is of another account (AccessDeniedException) or region (ResourceNotFoundException). */
const char *kinesis_name_in_arn(struct call *call, const char *arn);

/* FAILED, after call_fail: ResourceNotFoundException, that the account has no stream called so. */
enum outcome kinesis_fail_absent(struct call *call, const char *name);

/* FAILED, after call_fail, when the call's StreamCreationTimestamp (in whole seconds) is another stream's of the same name. */
enum outcome kinesis_is_as_old_as_given(struct call *call, const struct kinesis_stream *stream);
