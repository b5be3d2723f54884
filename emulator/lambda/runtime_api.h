#pragma once
/* The Runtime API (2018-06-01) of one execution environment: a listener of its own on loopback, so that whoever speaks there is known by
 * where it speaks, whatever client it uses. This is the wire alone; what a call means is decided by its owner, the environment.
 *
 * At most RUNTIME_CONNECTIONS_MAX connections at a time; a further one waits in the listener's queue. A web page cannot speak here:
 * requests with an Origin, or for another host than the loopback address, are refused. */

#include "base/status.h"
#include "loop/loop.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { RUNTIME_CONNECTIONS_MAX = 8, RUNTIME_ADDRESS_SIZE = 32 };

struct runtime_api;

/* What a runtime's call comes to. */
enum runtime_verdict {
    RUNTIME_ACCEPTED,           /* 202; for `next`: wait until runtime_api_give */
    RUNTIME_WRONG_REQUEST_ID,   /* 400 InvalidRequestID */
    RUNTIME_WRONG_STATE,        /* 403 InvalidStateTransition */
    RUNTIME_WRONG_RESPONSE_MODE /* 400 InvalidFunctionResponseMode */
};

/* What a runtime posted; all borrowed until the function returns. */
struct runtime_post {
    const char *request_id; /* of a response or an error */
    const char *body;       /* size bytes and a NUL */
    size_t size_bytes;
    bool is_too_large;         /* the body was over AWS's cap and is not here; the runtime is answered 413 */
    const char *content_type;  /* or NULL */
    const char *error_type;    /* the header Lambda-Runtime-Function-Error-Type, or NULL */
    const char *response_mode; /* the header Lambda-Runtime-Function-Response-Mode, or NULL */
};

/* How the owner is told. It must not close the API from within these. */
struct runtime_events {
    enum runtime_verdict (*next)(void *owner);
    void (*lost)(void *owner); /* the connection that waits for an invocation closed */
    enum runtime_verdict (*response)(void *owner, const struct runtime_post *post);
    enum runtime_verdict (*error)(void *owner, const struct runtime_post *post);
    enum runtime_verdict (*init_error)(void *owner, const struct runtime_post *post);
};

/* An invocation for the runtime that waits. Empty or NULL texts are left out of the answer's headers. */
struct runtime_delivery {
    const char *request_id;
    int64_t deadline_ms; /* since the epoch */
    const char *function_arn;
    const char *trace_id;
    const char *client_context; /* JSON text, decoded */
    const char *body;
    size_t size_bytes;
};

/* Opens a listener on a free port of 127.0.0.1. BROKEN, logged, when the machine has none. */
enum status runtime_api_open(struct runtime_api **api, struct loop *loop, const struct runtime_events *events, void *owner);

/* "127.0.0.1:40123", for AWS_LAMBDA_RUNTIME_API. */
const char *runtime_api_address(const struct runtime_api *api);

/* Answers the call of `next` that waits. */
void runtime_api_give(struct runtime_api *api, const struct runtime_delivery *delivery);

/* Closes the listener and all its connections. Accepts NULL. */
void runtime_api_close(struct runtime_api *api);
