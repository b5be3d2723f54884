#pragma once
/* One call of one AWS operation: from the checked input to the output or the error, whatever wire it came by.
 *
 * An operation reads with call_string and its like, decides, and answers: it sets call->output and returns DONE, or returns what call_fail
 * gives, or LATER when somebody else will finish the call: then call_done or call_fail and call_finish must follow exactly once. */

#include "aws/error.h"
#include "aws/exchange.h"
#include "aws/ground.h"

#include <jansson.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum outcome { DONE, FAILED, LATER };

struct member;
struct operation;
struct service;
struct call;

typedef enum outcome operation_function(struct call *call);

struct blob {
    const void *bytes;
    size_t size_bytes;
};

struct call_error {
    enum error_id id;    /* ERR_NONE: none */
    const char *message; /* NULL: the answer has none */
    json_t *extra;       /* further members of the error body, or NULL; owned */
};

struct call {
    struct arena *arena; /* dies with the answer */
    const struct service *service;
    const struct operation *operation;
    const struct ground *ground;
    struct exchange *exchange; /* NULL for a call from inside */
    json_t *input;             /* owned; an object, checked against the operation's shape */
    json_t *output;            /* owned; NULL: nothing to say */
    struct buffer text;        /* instead of output: the answer's body, already written */
    struct call_error error;
    int status;                     /* REST: set to override the operation's success status */
    bool is_cbor;                   /* the wire that it came by, and is answered on */
    const struct member *misplaced; /* of CBOR: the first that is no blob and was given bytes; NULL: none */
    bool has_no_body;               /* the body is to be empty */
    const char *region;             /* of the credential scope, or ours */
    uint64_t cause;                 /* the trace event that caused this call, or 0 */
    char request_id[56];            /* a UUID, or DynamoDB's 52 letters and digits */
    /* Who answers LATER sets these: told when the client leaves first. The call must still be finished, then or later. */
    void (*left)(struct call *call, void *context);
    void (*drained)(struct call *call, void *context); /* of an event stream: the client has taken all that was said */
    void *context;
    void (*finish)(struct call *call); /* inside aws/: how the answer is dressed */
    const struct call_origin *origin;  /* inside aws/: of a call from inside */
};

/* The room that serves the call. */
#define room_of(call) ((call)->service->room)

/* Members of the input; absent and null ones give NULL, the fallback, or an empty blob. */
const char *call_string(const struct call *call, const char *name);
int64_t call_integer(const struct call *call, const char *name, int64_t fallback);
bool call_boolean(const struct call *call, const char *name, bool fallback);
double call_number(const struct call *call, const char *name, double fallback);
json_t *call_member(const struct call *call, const char *name); /* borrowed; NULL for null */
bool call_has(const struct call *call, const char *name);

/* The bytes of a blob, decoded into the arena (the shape check made sure that it is base64). The raw body of a REST member that IS_BODY. */
struct blob call_blob(struct call *call, const char *name);

/* Puts the error into the call, printf-like (format NULL: an error without a message); answers FAILED. The first failure wins. */
enum outcome call_fail(struct call *call, enum error_id id, const char *format, ...) __attribute__((format(printf, 3, 4)));

/* A response header (REST). */
void call_header(struct call *call, const char *name, const char *value);

/* Ends a call that answered LATER, with what stands in output or error. The call is gone afterwards. */
void call_finish(struct call *call);

/* ---- an answer that is an event stream (aws/event_stream.h) ----
 *
 * The operation begins it, says events over any time, and answers LATER. The client may read slowly: whoever says more asks
 * call_waiting_bytes first, and goes on when it is told `drained`. */

/* Begins the answer; the model's event "initial-response" is said first. Only for a call that came from outside (exchange is not NULL). */
void call_begin_events(struct call *call);

/* Says an event of that type; payload is JSON text, emptied here, and leaves as CBOR when the call came so. */
void call_say_event(struct call *call, const char *type, struct buffer *payload);

/* What was said and the client has not taken, in bytes. */
size_t call_waiting_bytes(const struct call *call);

/* Ends the answer, with the error as the last message when call_fail gave one. The call is gone afterwards. */
void call_end_events(struct call *call);

/* Text in the call's arena. */
char *call_print(struct call *call, const char *format, ...) __attribute__((format(printf, 2, 3)));
