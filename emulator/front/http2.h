#pragma once
/* What the parts of HTTP/2 share: http2.c has the connections, their sockets and their life; http2_stream.c the streams and their visits;
 * http2_callbacks.c what the library tells of them, http2_answer.c what it is told. No other file includes it. */

#include "front/flow.h"
#include "front/inside.h"

#include <nghttp2/nghttp2.h>

enum {
    HTTP2_HELD_BODIES = 4 /* bodies of the largest size that a connection may make us hold, as requests and as answers */
};

struct http2 {
    struct front *front;
    struct turn_hook hook;
    struct deferred wake;
    struct timer sweep;
    struct list sessions; /* the longest quiet first */
    struct list released; /* streams whose answer leaves at this turn's end */
    uint64_t turns;       /* that the loop has made */
    nghttp2_session_callbacks *callbacks;
    nghttp2_option *options;
};

struct session {
    struct http2 *http2;
    struct list link; /* in http2->sessions */
    nghttp2_session *library;
    struct watch *watch;
    struct list stirred;   /* while the turn's answers are sent: it has some */
    struct deferred again; /* there is more to do without anything happening outside */
    struct timer patience; /* while it is leaving */
    struct list streams;
    struct list whole;      /* streams that are to be served or refused, in the order they came */
    struct buffer out;      /* given by the library, not yet taken by the socket */
    int64_t quiet_since_ms; /* the last stream began or ended */
    size_t body_bytes;      /* of requests, held in all streams */
    size_t unsent_bytes;    /* of answers that the library was given */
    size_t dropped_bytes;   /* while it is leaving */
    bool is_dead;           /* the line is broken, or the client has misbehaved */
    bool is_over;           /* the client sends no more */
    bool is_leaving;        /* we send no more; only the client's own close is awaited */
    bool is_tls;
    char address[INET6_ADDRSTRLEN];
};

/* One request on its way through; with whoever answers it, it may outlive its stream. */
struct visit {
    struct exchange exchange;
    struct stream *stream; /* NULL: the client has left, the answer goes to nobody */
    struct buffer body;
    struct deferred drained;
    const char *cookie;
    bool is_serving; /* inside options.serve */
    bool is_out;     /* with whoever answers it; until then it is ours to free */
    bool is_answered;
};

struct stream {
    struct session *session;
    struct list link;     /* in session->streams */
    struct list whole;    /* in session->whole */
    struct list released; /* in http2->released */
    int32_t id;
    struct visit *visit; /* NULL once it is answered */
    struct flow flow;    /* the answer's body */
    size_t head_bytes;
    size_t received_bytes;
    int64_t moved_ms; /* the last time that bytes of it came or went */
    int refusal;      /* the status that it is refused with, or 0 */
    bool is_headed;   /* its head is whole */
    bool is_ended;    /* the client sends no more of it */
    bool is_replied;  /* the library has the answer, or its head when it comes in pieces */
    bool is_flowing;  /* the answer comes in pieces */
    bool is_deferred; /* the library asks for no more of it until it is told that there is some */
    bool is_reset;    /* by us: the library has the word */
};

static inline int64_t http2_now_ms(const struct session *session)
{
    return clock_now_ms(session->http2->front->ground->clock);
}

/* The most that a request's body may have. */
static inline size_t http2_body_max(const struct session *session)
{
    return session->http2->front->options.body_max_bytes;
}

/* The session has just had a stream begin or end: it is the last to be taken for idle. */
void http2_touch(struct session *session);

nghttp2_session_callbacks *http2_make_callbacks(void);

/* A field for the library, which borrows both texts. */
nghttp2_nv http2_field(const char *name, const char *value);

/* A stream with its visit, whose request is to be read. */
struct stream *http2_stream_begin(struct session *session, int32_t id);

/* Serves, or refuses, the streams that have come whole, unless so many answers wait for the client that they have to. Not to be called
 * from inside the library. */
void http2_serve_whole(struct session *session);

/* Whether so many bytes of answers wait for the client that its next requests have to. */
bool http2_is_full(const struct session *session);

/* Gives the visit's answer to the library, or what there is of one in pieces. */
void http2_stream_reply(struct stream *stream);

/* Answers by ourselves: for what never reaches the rooms, or whose answer will not come. */
void http2_stream_refuse(struct stream *stream, int status);

/* Has the library end the stream with that error code, once. */
void http2_stream_reset(struct stream *stream, uint32_t why);

/* The stream has no more to do with its visit; who still works on the answer is told. */
void http2_stream_detach(struct stream *stream);

/* We close: who answers in pieces is told that nobody listens any more, and what it has given so far is sent, with its end. */
void http2_stream_finish(struct stream *stream);

/* Frees the stream; the library has ended it, or is not asked any more. */
void http2_stream_end(struct stream *stream);
