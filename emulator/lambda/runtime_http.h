#pragma once
/* The server's half of HTTP/1.1 as runtimes speak it: a parser that is fed bytes and yields whole requests. Every environment has its own
 * little listener (docs/decisions/0003), so this is all the HTTP that the Runtime API needs: keep-alive, pipelining, Content-Length and
 * chunked bodies with trailers, Expect: 100-continue, absolute targets. Sizes are bounded before memory is taken; a body over the bound is
 * counted and dropped, so that its sender still gets an answer. */

#include "base/buffer.h"

#include <stdbool.h>
#include <stdint.h>

enum {
    RUNTIME_HEAD_MAX_BYTES = (1 << 20) + (64 << 10), /* Python's runtime client sends up to 1 MiB of error cause in a header */
    RUNTIME_BODY_MAX_BYTES = 6291556,                /* 6 MiB + 100 bytes, as AWS has it */
    RUNTIME_HEADERS_MAX = 64
};

struct runtime_request {
    const char *method;
    const char *path; /* without scheme, host and query */
    const char *body; /* size bytes and a NUL */
    size_t body_size;
    bool is_too_large; /* the body was over the bound, and was dropped */
    bool keeps_alive;
};

enum runtime_parse_state { PARSE_HEAD, PARSE_BODY, PARSE_CHUNK_SIZE, PARSE_CHUNK, PARSE_CHUNK_END, PARSE_TRAILERS, PARSE_WHOLE };

/* A zeroed one is ready. */
struct runtime_parser {
    enum runtime_parse_state state;
    struct buffer in; /* not consumed yet */
    size_t scanned;   /* so far into `in` no end of head was found */
    struct buffer head;
    struct buffer body;
    uint64_t left;  /* bytes of the body or chunk that are still to come */
    bool continues; /* the client waits for "100 Continue" */
    size_t header_count;
    struct {
        const char *name;
        const char *value;
    } headers[RUNTIME_HEADERS_MAX];
    struct runtime_request request;
};

enum runtime_parse {
    RUNTIME_MORE,     /* feed more bytes */
    RUNTIME_CONTINUE, /* send "HTTP/1.1 100 Continue", then step again */
    RUNTIME_WHOLE,    /* parser->request is whole; runtime_parser_next goes on behind it */
    RUNTIME_BAD       /* not HTTP, or over a bound: answer 400 and close */
};

/* Adds bytes that arrived. */
void runtime_parser_feed(struct runtime_parser *parser, const void *bytes, size_t size_bytes);

/* Goes as far as the bytes allow. */
enum runtime_parse runtime_parser_step(struct runtime_parser *parser);

/* A header of the whole request, by name in any case, or NULL. Trailers are not kept. */
const char *runtime_parser_header(const struct runtime_parser *parser, const char *name);

/* Forgets the whole request. */
void runtime_parser_next(struct runtime_parser *parser);

void runtime_parser_clear(struct runtime_parser *parser);
