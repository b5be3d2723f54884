#pragma once
/* WebSockets as the rooms see them: an upgrade that waits for a decision, and a connection that gives and takes whole text messages. */

#include "aws/exchange.h"
#include "base/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct websocket;

/* A well-formed upgrade request, held before its 101. The client has seen nothing yet. */
struct upgrade {
    struct arena arena;
    struct request request; /* the head, as sent; there is no body */
    /* Set by who decides later: told when the client leaves before the decision; the upgrade is gone when it returns. */
    void (*left)(struct upgrade *upgrade, void *context);
    void *context;
};

/* How a connection's owner is told what happens on it. Any may close the websocket; none is called after `closed`. */
struct websocket_events {
    /* A whole text message (fragments joined), size bytes of valid UTF-8 and a NUL. */
    void (*message)(struct websocket *websocket, void *owner, const char *text, size_t size_bytes);
    /* It ended; code and reason as the peer gave them or as we closed it: 1005 without a code, 1006 when the line went dead. reason is
     * never NULL. by_us: we began it. The websocket is gone when this returns. */
    void (*closed)(struct websocket *websocket, void *owner, int code, const char *reason, bool by_us);
};

struct websocket_limits {
    size_t frame_max_bytes;   /* a larger frame closes with 1009 (AWS: 32 KiB) */
    size_t message_max_bytes; /* a larger message closes with 1009 (AWS: 128 KiB) */
    size_t queue_max_bytes;   /* what may wait for a slow reader; more closes the connection with 1008 and drops what waits */
};

/* Completes the handshake: the client sees 101 with `subprotocol` (NULL: none) as Sec-WebSocket-Protocol. The upgrade is gone. A binary
 * frame closes with 1003, invalid UTF-8 with 1007, protocol errors with 1002, as on AWS (facts: API Gateway, C3). When the client has just
 * left, `closed` follows with 1006 at the end of the turn. NULL only when the front door itself has closed meanwhile. */
struct websocket *upgrade_accept(struct upgrade *upgrade, const char *subprotocol, const struct websocket_limits *limits,
                                 const struct websocket_events *events, void *owner);

/* Answers the handshake with an HTTP error and closes. headers may be NULL. The upgrade is gone. */
void upgrade_refuse(struct upgrade *upgrade, int status, const struct header_list *headers, const char *body, size_t size_bytes);

/* Sends one text message (as continuation frames of 32 KiB when it is longer). FULL: the reader was too slow, the connection is being
 * closed. ABSENT: it was ending already, nothing is sent. */
enum status websocket_send(struct websocket *websocket, const char *text, size_t size_bytes);

/* Begins the closing handshake after what is queued; `closed` follows. */
void websocket_close(struct websocket *websocket, int code, const char *reason);

/* Drops the line without a close frame, as a lost network does; `closed` follows with 1006. */
void websocket_abort(struct websocket *websocket);

/* Bytes that wait for the reader. */
size_t websocket_queued(const struct websocket *websocket);
