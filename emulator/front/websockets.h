#pragma once
/* What the two parts of the WebSockets share: websockets.c has the library, its callbacks and the connections as a whole; websocket.c one
 * connection, what goes out of it and comes in, and its end. No other file includes it. */

#include "base/buffer.h"
#include "front/inside.h"

#include <libwebsockets.h>

enum {
    FRAME_BYTES = 32768 /* a longer message goes out as continuation frames of this size, as on AWS */
};

enum close_code {
    CLOSE_GOING_AWAY = 1001,
    CLOSE_UNSUPPORTED_DATA = 1003,
    CLOSE_NO_STATUS = 1005,
    CLOSE_ABNORMAL = 1006,
    CLOSE_INVALID_TEXT = 1007,
    CLOSE_POLICY = 1008,
    CLOSE_TOO_BIG = 1009
};

struct websockets {
    struct front *front;
    struct lws_context *library;
    struct lws_vhost *host;
    struct list all;
    struct websocket *arriving; /* being adopted: the library calls back before it has told us its handle */
    const char *subprotocol;    /* of the one arriving */
    unsigned char frame[LWS_PRE + FRAME_BYTES];
};

struct websocket {
    struct websockets *all;
    struct list link;
    struct lws *library; /* NULL: not adopted, or gone */
    const struct websocket_events *events;
    void *owner;
    struct websocket_limits limits;
    struct list parcels;   /* frames that wait for the reader */
    size_t parcel_bytes;   /* in all parcels */
    size_t library_bytes;  /* at most so many of the last frame wait in the library */
    struct buffer message; /* the fragments so far */
    struct timer timer;    /* bounds closing */
    struct deferred gone;
    int fd;
    int code; /* that we close with, or that the peer gave; 0: none yet */
    char *reason;
    bool is_in_frame;    /* more of the frame is to come */
    bool is_closing;     /* we began to end it: nothing more is taken in or queued */
    bool is_close_said;  /* the close frame has been handed over */
    bool is_peer_closed; /* the peer began */
};

/* ---- what the library tells of one connection ---- */

/* A piece of a frame. */
void websocket_take_piece(struct websocket *websocket, const char *bytes, size_t size_bytes);

/* There is room again; -1: all is said, the library is to close. */
int websocket_write_waiting(struct websocket *websocket);

/* The peer begins to close; payload: its code and reason, or nothing. */
void websocket_note_peer_close(struct websocket *websocket, const unsigned char *payload, size_t size_bytes);

/* The library has closed it. */
void websocket_lost(struct websocket *websocket);

/* Tells its owner of the end, and frees it. */
void websocket_end(struct websocket *websocket);
