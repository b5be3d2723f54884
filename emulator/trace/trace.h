#pragma once
/* The event spine: who caused what. Each accepted record, batch, invocation, management call, frame, connect and disconnect is one event
 * with an id that grows by one, the id of the event that caused it (0: the outside world), a time, a kind and a subject. The last
 * TRACE_CAPACITY events are kept in a ring; older ones are gone, and a reader who asks for them is told from where on it can read.
 *
 * A cause crosses into a handler and back in the X-Amzn-Trace-Id that AWS's SDKs pass on: trace_header makes it, trace_cause reads it. */

#include "base/buffer.h"
#include "base/clock.h"
#include "base/list.h"

#include <stdint.h>

enum { TRACE_CAPACITY = 16384 };

/* kind, and its name in the JSON lines */
#define TRACE_KINDS(row)                                                                                            \
    row(RECORD, "record")               /* a record was accepted; subject: stream/shard/sequence number */          \
        row(BATCH, "batch")             /* a batch was handed to a consumer; subject: mapping or application */     \
        row(INVOCATION, "invocation")   /* a function was started; subject: function/request id */                  \
        row(RESULT, "result")           /* an invocation ended; cause: the invocation; note: ok or the error */     \
        row(MANAGEMENT, "management")   /* a call of @connections; subject: connection id; note: verb and status */ \
        row(FRAME_OUT, "frame-out")     /* a message went to a client; subject: connection id */                    \
        row(FRAME_IN, "frame-in")       /* a message came from a client; subject: connection id */                  \
        row(CONNECT, "connect")         /* a client was let in or refused; note: the status */                      \
        row(DISCONNECT, "disconnect")   /* a client left; note: code and reason */                                  \
        row(CALL, "call")               /* a control call changed something; subject: service.Action */             \
        row(DESTINATION, "destination") /* what has ended was told of; subject: to whom; note: how */               \
        row(FAULT, "fault")             /* something was dropped or failed on purpose */

#define TRACE_KIND(name, text) TRACE_##name,
enum trace_kind { TRACE_KINDS(TRACE_KIND) TRACE_KIND_COUNT };
#undef TRACE_KIND

struct trace;

struct trace_event {
    uint64_t id;
    uint64_t cause; /* 0: none */
    int64_t time_us;
    enum trace_kind kind;
    int64_t size_bytes; /* of what the event speaks of, or the number of records in a batch; -1: does not apply */
    char subject[160];  /* cut when longer */
    char note[72];
};

/* Someone who waits for the next event. */
struct trace_listener {
    struct list link;
    void (*woken)(struct trace_listener *listener); /* called once; the listener is then out of the list */
};

struct trace *trace_open(const struct clock *clock);

/* Adds an event; answers its id. subject and note may be NULL. */
uint64_t trace_add(struct trace *trace, enum trace_kind kind, uint64_t cause, const char *subject, int64_t size_bytes, const char *note);

/* The id of the newest event, 0 when there is none. */
uint64_t trace_newest(const struct trace *trace);

/* The event with id, or NULL when it is not kept (any more). Good until the next trace_add. */
const struct trace_event *trace_find(const struct trace *trace, uint64_t id);

/* Adds the event as one line of JSON:
 * {"id":2,"cause":1,"timeUs":...,"kind":"record","subject":"...","size":12,"note":"..."} */
void trace_event_print(const struct trace_event *event, struct buffer *line);

/* Has listener woken at the next event. */
void trace_listen(struct trace *trace, struct trace_listener *listener);

/* "Root=1-xxxxxxxx-xxxxxxxxxxxxxxxxxxxxxxxx;..." for the event with id (AWS's form: 8 digits of time, 24 of id); text has room for 96. */
void trace_header(const struct trace *trace, uint64_t id, char text[96]);

/* The event id in a header made by trace_header; 0 for NULL and for headers of others. */
uint64_t trace_cause(const struct trace *trace, const char *header);

void trace_close(struct trace *trace);
