#pragma once
/* HTTP requests from the clients' own loop: libcurl's multi interface, joined to loop/ and base/clock, the only user of libcurl. A request
 * is answered exactly once: from the loop, or by courier_close. */

#include "loop/loop.h"

#include <stddef.h>
#include <stdint.h>

struct courier;

/* AWS credentials and what they sign for. */
struct courier_signature {
    const char *region;
    const char *service; /* "kinesis" */
    const char *key;
    const char *secret;
    const char *session_token; /* or NULL */
};

struct courier_answer {
    int status;       /* 0: no answer came */
    const char *body; /* size bytes and a NUL; never NULL */
    size_t size_bytes;
    const char *problem; /* why no answer came, for a person; NULL when one came */
};

struct courier_request {
    const char *url;
    const char *body; /* sent by POST; NULL: GET */
    size_t size_bytes;
    const char *const *headers;                /* "Name: value"; NULL ends them; NULL: none */
    const struct courier_signature *signature; /* SigV4; NULL: unsigned */
    const char *ca_file;                       /* PEM of the authorities to trust; NULL: the machine's */
    int64_t timeout_ms;
    void (*answered)(const struct courier_answer *answer, void *context);
    void *context;
};

enum { COURIER_BODY_MAX_BYTES = 64 << 20 };

struct courier *courier_open(struct loop *loop, struct clock *clock);

/* Sends a request; everything in it is copied. */
void courier_send(struct courier *courier, const struct courier_request *request);

/* Drops what is under way, each answered with status 0; not to be called from an `answered`. Accepts NULL. */
void courier_close(struct courier *courier);
