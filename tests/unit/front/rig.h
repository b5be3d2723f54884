#pragma once
/* A front door on a free port, with callbacks that note what they are given, and a client in the same process: it never blocks, the loop is
 * turned until what is waited for has come or a deadline has passed. */

#include "suites.h"

#include "base/log.h"
#include "base/memory.h"
#include "front/authority.h"
#include "front/inside.h"

#include <openssl/ssl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { RIG_BODY_MAX = 100000, RIG_HELD_MAX = 8, PATIENCE_MS = 60000 };

/* Paths that `serve` knows: /echo gives the body back, /show tells what came, /hold is answered by the test, /write answers after a write,
 * /large gives a megabyte; anything else gets "ok". Upgrades: /hold is decided by the test, /refuse gets 403, others are accepted with the
 * subprotocol that "X-Choose" names. */
struct rig {
    struct clock clock;
    struct random random;
    struct ground ground;
    struct front_options options;
    struct front *front;
    char directory[64]; /* of the authority, and for a database */

    int served;
    struct exchange *held[RIG_HELD_MAX];
    int held_count;
    int left_count;

    struct upgrade *upgrade;
    int upgrade_count;
    int upgrade_left_count;

    struct websocket_limits limits;
    struct websocket *websocket; /* the last one accepted */
    struct buffer message;       /* the last one */
    int message_count;
    int closed_count;
    int closed_code;
    bool closed_by_us;
    char closed_reason[128];
};

extern struct rig rig;

void rig_open(void); /* a real clock, memory only */
void rig_open_frozen(void);
void rig_open_kept(void); /* data on disk, with a commit hook before the front's */
void rig_close(void);

/* Answers the exchange that was held as the one of that number (from 0) with 200 and a text. */
void rig_answer(int which, const char *text);

/* Accepts an upgrade that was held, as `upgrade` would have. */
struct websocket *rig_accept(struct upgrade *upgrade);

/* Turns the loop until *count is at least wanted; fails the test when that does not come. */
void rig_await(const int *count, int wanted);
void rig_await_sockets(size_t wanted); /* until the front holds that many */
void rig_turn(int times);              /* without waiting */

/* Whether the loop sleeps: that it was not woken all the while. */
bool rig_is_asleep(void);

/* --- the client --- */

struct peer {
    int fd;
    SSL *tls;
    struct buffer heard;
    bool is_over; /* the other side has closed */
    bool was_reset;
};

void peer_dial(struct peer *peer);
void peer_dial_tls(struct peer *peer, const char *server_name); /* NULL: names none */
void peer_say(struct peer *peer, const char *text);
void peer_say_bytes(struct peer *peer, const void *bytes, size_t size_bytes);
/* Turns until text was heard; fails the test when it does not come. */
void peer_hear(struct peer *peer, const char *text);
/* One whole HTTP answer (by its length) from the front of what is heard; good until the next call. */
const char *peer_answer(struct peer *peer);
void peer_await_end(struct peer *peer);
void peer_listen(struct peer *peer); /* takes what is there, without waiting */
void peer_hang_up(struct peer *peer);

/* Dials, asks, and gives the one answer. */
const char *ask(const char *request);
/* The number of the status line. */
int status_of(const char *answer);

/* --- the WebSocket client --- */

enum { TEXT = 1, BINARY = 2, CLOSE = 8, PING = 9, PONG = 10, FIN = 0x80 };

#define UPGRADE_FIELDS                                     \
    "Host: localhost\r\nUpgrade: websocket\r\n"            \
    "Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n" \
    "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"

void peer_upgrade(struct peer *peer, const char *path); /* dials and completes the handshake */
void peer_frame(struct peer *peer, int first_byte, const void *payload, size_t size_bytes);
void peer_text(struct peer *peer, const char *text);
/* The next frame: its first byte; the payload goes to `frame`. -1 when the line ends instead. */
int peer_next_frame(struct peer *peer, struct buffer *frame);
/* Expects a close frame with that code. */
void peer_expect_close(struct peer *peer, int code);
