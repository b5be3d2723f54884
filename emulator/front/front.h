#pragma once
/* The front door: the one listening port, and the only room that knows libmicrohttpd, nghttp2, libwebsockets and OpenSSL's TLS. Each
 * accepted socket is peeked, not read: TLS is unwrapped here, a WebSocket upgrade is held until somebody decides, all else is an HTTP
 * request. What is behind the door sees exchanges and upgrades, never a library. */

#include "aws/exchange.h"
#include "aws/ground.h"
#include "base/status.h"
#include "front/websocket.h"

#include <stdbool.h>

struct front;

struct front_options {
    const char *host;      /* an address to listen on: "127.0.0.1" */
    int port;              /* 0: any free one */
    size_t body_max_bytes; /* larger bodies are dropped and marked is_too_large; at least 16 MiB + 1 */
    /* Called with each whole request; it is answered exactly once, now or later. */
    void (*serve)(void *context, struct exchange *exchange);
    /* Called with each WebSocket upgrade that is well-formed; it is accepted or refused exactly once, now or later. */
    void (*upgrade)(void *context, struct upgrade *upgrade);
    void *context;
};

/* Opens the door on ground's loop. BROKEN, with one line in the log, when the port is in use (the line names the port and what to do) or
 * the address is not ours. Certificates come from the CA in ground->ca_file's folder (front/authority.h). */
enum status front_open(struct front **front, const struct ground *ground, const struct front_options *options);

/* The port that is listened on. */
int front_port(const struct front *front);

/* To be called when the turn's commit has failed: the answers that waited for it say what is not so, and become 500s. Accepts NULL. */
void front_fail_answers(struct front *front);

/* Lets nobody in any more, answers what is suspended with 503, closes WebSockets with 1001, and frees everything once the loop has turned;
 * bounded to 150 ms. Who still holds an exchange is told that its client has left, and may send it (to nobody) even after this. Accepts
 * NULL. */
void front_close(struct front *front);
