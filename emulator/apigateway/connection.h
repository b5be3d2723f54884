#pragma once
/* One client: from the moment when its upgrade is held, through its life, to its end. It is small on purpose, since there are thousands.
 *
 *     held     waits for the authorizer and $connect; websocket is NULL; can not be pushed to (410), as on AWS
 *     open     in room->connections; messages, pushes and timers
 *     ending   we began the closing handshake; out of room->connections, $disconnect was told; waits for the websocket's `closed` */

#include "apigateway/identifier.h"
#include "apigateway/room.h"
#include "base/list.h"

struct apigateway_stage;

struct apigateway_connection {
    struct apigateway *room;
    struct apigateway_stage *stage; /* NULL once the stage was deleted */
    struct list link;               /* in stage->connections */
    struct websocket *websocket;    /* NULL while held */
    struct timer timer;             /* due when the client may have been idle for too long, or its life is over */
    int64_t connected_ms;
    int64_t active_ms;   /* of the last message, either way */
    const char *domain;  /* the host under which the client reached us, with its port */
    const char *address; /* the client's */
    const char *agent;   /* its User-Agent; NULL: none */
    char *authorizer;    /* what the authorizer said, as the JSON object of later events; NULL: none */
    bool is_ending;
    char id[APIGATEWAY_IDENTIFIER_SIZE];
    char names[]; /* domain, address and agent */
};

enum {
    APIGATEWAY_IDLE_MS = 10 * 60 * 1000, /* without a message either way */
    APIGATEWAY_LIFETIME_MS = 2 * 60 * 60 * 1000,
    APIGATEWAY_FRAME_MAX = 32 * 1024,
    APIGATEWAY_MESSAGE_MAX = 128 * 1024,
    APIGATEWAY_QUEUE_MAX = 4 * 1024 * 1024,
};

/* A held connection to stage with an id of its own. agent may be NULL. */
struct apigateway_connection *apigateway_connection_new(struct apigateway *room, struct apigateway_stage *stage, const char *domain,
                                                        const char *address, const char *agent);

/* The open connection with id; NULL: there is none. */
struct apigateway_connection *apigateway_connection_find(const struct apigateway *room, const char *id);

/* Lets the held upgrade in: the client sees 101, and the connection is open. */
void apigateway_connection_open(struct apigateway_connection *connection, struct upgrade *upgrade, const char *subprotocol);

/* Sends a message. FULL: the reader was too slow, and is being closed. ABSENT: the client is leaving. */
enum status apigateway_connection_push(struct apigateway_connection *connection, const char *text, size_t size_bytes);

/* The same, traced as caused by the event `cause`. */
enum status apigateway_connection_send(struct apigateway_connection *connection, const char *text, size_t size_bytes, uint64_t cause);

/* Begins to close an open connection: it can not be reached any more, $disconnect is told code and reason, and the client gets a close
 * frame with code and reason_sent. cause: of the trace. */
void apigateway_connection_end(struct apigateway_connection *connection, int code, const char *reason, const char *reason_sent,
                               uint64_t cause);

/* Its stage is being deleted: closes it with 1001; nobody is told, because there is nobody left to tell. */
void apigateway_connection_expel(struct apigateway_connection *connection);

/* Frees a connection that has no websocket (any more). */
void apigateway_connection_free(struct apigateway_connection *connection);

/* message.c: a message came. */
void apigateway_message(struct apigateway_connection *connection, const char *text, size_t size_bytes);

/* disconnect.c: tells $disconnect that the connection ended. */
void apigateway_disconnect(struct apigateway_connection *connection, int code, const char *reason, uint64_t cause);
