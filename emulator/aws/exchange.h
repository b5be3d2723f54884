#pragma once
/* One HTTP request and its one answer, whatever library or protocol version carried it. The front door makes it when the request is whole;
 * whoever serves it fills `answer` and calls exchange_send exactly once, at once or later. After that call it must not be touched.
 *
 * Who answers later sets `left`: when the client leaves first, `left` is called, and the exchange still has to be sent (to nobody) or was
 * forgotten by that callback's calling exchange_send itself. Everything in it lives in `arena`. */

#include "base/arena.h"
#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct header {
    const char *name;
    const char *value;
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
    void (*left)(struct exchange *exchange, void *context); /* set by who answers later */
    void *context;
    void (*send)(struct exchange *exchange); /* the front door's */
};

/* The first header called name (any case), or NULL. */
const char *request_header(const struct request *request, const char *name);

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
