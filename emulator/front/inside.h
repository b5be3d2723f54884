#pragma once
/* What the parts of the front door share among themselves; no other folder includes it.
 *
 * The way of a socket: the door accepts it as a visitor and peeks at its first bytes. TLS: a relay keeps the visitor's socket, and its
 * plain end comes to the door as a visitor of its own. A WebSocket upgrade is held until it is decided; accepted, its socket goes to the
 * WebSocket library, refused, it gets a farewell. One that begins with HTTP/2's preface goes to the HTTP/2 library, all else to that of
 * HTTP/1.1. Each part counts and closes its own sockets. */

#include "front/front.h"
#include "front/head.h"
#include "front/lookout.h"

#include <netinet/in.h>

enum {
    LISTENER_MAX = 2,
    HEAD_TIMEOUT_MS = 10000,    /* for a whole first head, and for a TLS handshake */
    FAREWELL_TIMEOUT_MS = 5000, /* for a refused client to read its answer */
    FAREWELL_DRAIN_BYTES = 1 << 20,
    CLOSE_BOUND_MS = 100
};

/* One accepted socket that has not found its room yet. */
struct visitor {
    struct front *front;
    struct list link; /* in front->visitors, the longest waiting first */
    struct sentry sentry;
    struct timer timer;
    int fd;
    bool is_tls; /* the plain end of a relay */
    char address[INET6_ADDRSTRLEN];
};

struct listener {
    struct sentry sentry;
    struct front *front;
};

struct front {
    const struct ground *ground;
    struct front_options options;
    struct lookout lookout;
    struct listener listeners[LISTENER_MAX]; /* one, or two when localhost has two addresses */
    int port;
    int spare_fd;        /* given up for a moment when descriptors run out, so that a client can be turned away instead of waiting */
    bool was_full;       /* somebody may wait outside for a free descriptor */
    bool has_complained; /* said so already */
    bool is_closing;     /* nobody is let in any more */
    size_t socket_count; /* that clients hold open here */
    size_t socket_max;
    struct list visitors;
    struct list farewells;
    struct list holds;      /* upgrades that wait for a decision */
    struct list handshakes; /* TLS connections that are being made, the oldest first */
    struct list relays;     /* TLS connections */
    struct http *http;
    struct http2 *http2;
    struct websockets *websockets; /* NULL until the first upgrade is accepted */
    struct authority *authority;   /* NULL until the first TLS connection */
    char peeked[HEAD_MAX_BYTES + 1];
    char piece[16384]; /* of what passes through a relay */
};

/* listener.c */
enum status listeners_open(struct front *front);
void listeners_look_again(struct front *front); /* somebody may wait who could not be let in before */
void listeners_close(struct front *front);

/* door.c */
void visitor_arrive(struct front *front, int fd, const char *address, bool is_tls);
void visitor_leave(struct visitor *visitor);  /* forgets it; its socket stays open, with the caller */
void visitor_drop(struct visitor *visitor);   /* closes its socket without a word */
void door_socket_closed(struct front *front); /* a client's socket is closed: there is room again */

/* farewell.c: the last words to a client that is turned away, and then the patience to let it read them. Takes fd. */
void farewell_say(struct front *front, int fd, int status, const struct header_list *headers, const char *body, size_t size_bytes);
void farewell_close_all(struct front *front);
const char *farewell_body(int status); /* what is said when there is nothing better to say */

/* http.c */
enum status http_open(struct http **http, struct front *front);
void http_admit(struct http *http, struct visitor *visitor); /* takes the visitor, its bytes unread */
bool http_make_room(struct http *http);                      /* closes the longest idle connection; false: none is idle */
void http_fail_answers(struct http *http);
void http_begin_close(struct http *http);
bool http_is_quiet(const struct http *http); /* nothing is being answered */
void http_close(struct http *http);
const char *http_date(struct http *http); /* the Date header's value for now; good until the next call */

/* http2.c */
void http2_open(struct http2 **http2, struct front *front);
void http2_admit(struct http2 *http2, struct visitor *visitor); /* takes the visitor, its bytes (the preface first) unread */
bool http2_make_room(struct http2 *http2);                      /* as http_make_room */
void http2_fail_answers(struct http2 *http2);
void http2_begin_close(struct http2 *http2);
bool http2_is_quiet(const struct http2 *http2);
void http2_close(struct http2 *http2);

/* answer.c: what holds for an answer whatever version of HTTP carries it. */
bool answer_must_wait(const struct front *front);        /* this turn has written what is not committed yet */
int answer_status(const struct answer *answer);          /* what is sent: 500 for what is no final status */
bool answer_has_no_body(const struct answer *answer);    /* by its status */
bool answer_header_is_ours(const struct header *header); /* written by the door, whatever the answer holds */
void answer_fail(struct exchange *exchange);             /* the commit has failed: makes it a 500 */

/* upgrade.c: takes the visitor, whose head is whole and well-formed. */
void upgrade_hold(struct visitor *visitor, const struct head *head, struct arena *arena, const struct request *request);
void upgrade_close_all(struct front *front);

/* websockets.c: fd -1 is a client that has left already. */
struct websocket *websocket_open(struct front *front, int fd, const char *key, const char *subprotocol,
                                 const struct websocket_limits *limits, const struct websocket_events *events, void *owner);
void websockets_begin_close(struct front *front);
bool websockets_are_closed(const struct front *front);
void websockets_close(struct front *front);

/* tls.c */
void relay_begin(struct visitor *visitor);
bool relay_make_room(struct front *front); /* ends the oldest unfinished handshake; false: there is none */
bool relays_are_quiet(const struct front *front);
void relay_close_all(struct front *front);
