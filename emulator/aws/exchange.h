#pragma once
/* One HTTP request and its one answer, whatever library or protocol version carried it. The front door makes it when the request is whole;
 * whoever serves it fills `answer` and calls exchange_send exactly once, at once or later. After that call it must not be touched.
 *
 * Who answers later sets `left`: when the client leaves first, `left` is called, and the exchange still has to be sent (to nobody) or was
 * forgotten by that callback's calling exchange_send itself. Everything in it lives in `arena`.
 *
 * An answer may also come in pieces, over any time: exchange_begin, then bytes into answer.body and exchange_flow, at last exchange_end in
 * place of exchange_send. Each piece leaves after the commit of the turn that gave it. What the client does not take waits in memory: the
 * writer asks exchange_waiting, gives no more above a bound of its own, and goes on when it is told `drained`. A client that takes nothing
 * for five minutes while something waits for it is cut off, and has `left` then. */

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

struct header {
    const char *name;
    const char *value;
    size_t name_size; /* strlen(name), for the search */
};

struct header_list {
    struct header *items;
    size_t count;
    size_t capacity;
};

struct request {
    const char *method;         /* "POST" */
    const char *target;         /* as sent: path and query */
    const char *path;           /* as sent, without the query; begins with '/' */
    const char *query;          /* as sent, without the '?'; "" when there is none */
    struct header_list headers; /* in order, as sent, values trimmed */
    const char *body;           /* size bytes and a NUL; "" when there is none */
    size_t body_size;
    bool is_too_large;          /* the body was over the front door's bound, and was dropped */
    const char *remote_address; /* "127.0.0.1" */
    bool is_tls;
};

struct answer {
    int status;
    struct header_list headers;
    struct buffer body; /* owned: freed after sending */
};

struct exchange {
    struct arena arena;
    struct request request;
    struct answer answer;
    void (*left)(struct exchange *exchange, void *context);    /* set by who answers later */
    void (*drained)(struct exchange *exchange, void *context); /* set by who answers in pieces: the client has taken all of them */
    void *context;
    /* Set by who has an error of his own for it: turns the answer, which waits to be sent, into one that says that nothing was kept. */
    void (*spoil)(struct exchange *exchange);
    void (*send)(struct exchange *exchange); /* the front door's */
    void (*flow)(struct exchange *exchange); /* the front door's: there are pieces to take */
    size_t untaken_bytes;                    /* the front door's: of the pieces that it holds */
    bool is_flowing;                         /* the answer has begun, and comes in pieces */
};

/* The value of the first header called name (any case), or NULL. */
const char *header_find(const struct header_list *list, const char *name, size_t name_size);

static inline const char *request_header(const struct request *request, const char *name)
{
    return header_find(&request->headers, name, strlen(name)); /* known to the compiler, mostly */
}

/* Whether it is called name (any case). */
static inline bool header_is(const struct header *header, const char *name)
{
    return header->name_size == strlen(name) && !strcasecmp(header->name, name);
}

/* The value of the first query parameter called name, decoded into arena; NULL when absent; "" when it has no value. */
const char *request_parameter(const struct request *request, struct arena *arena, const char *name);

/* Adds a header; both texts are borrowed until the exchange is sent. */
void header_add(struct header_list *list, struct arena *arena, const char *name, const char *value);

/* Puts a header into the answer; value is copied into the arena. */
void exchange_header(struct exchange *exchange, const char *name, const char *value);

/* Answers with status and a text body of that type, and sends. */
void exchange_reply(struct exchange *exchange, int status, const char *content_type, const char *body);

/* Sends what stands in `answer`. */
void exchange_send(struct exchange *exchange);

/* Begins an answer in pieces with the status and headers in `answer`, and what body it has already. */
void exchange_begin(struct exchange *exchange);

/* More has been put into answer.body; the front door takes it at the turn's end. */
void exchange_flow(struct exchange *exchange);

/* Bytes that were given and that the client has not taken: what they cost in memory. */
size_t exchange_waiting(const struct exchange *exchange);

/* Ends an answer in pieces; what waits is still sent. As after exchange_send, the exchange must not be touched any more. */
void exchange_end(struct exchange *exchange);

/* For the front door: the client has left; who answers is told so, once. */
void exchange_leave(struct exchange *exchange);
